"""A network whose weights are handed in at every call: one compilation serves all the weights it ever had.

For a training looked at step by step. Results are NumPy.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import keras
import numpy as np

from cnn.network.classifier import Output, runner
from cnn.network.layers import steps

Weights = Mapping[str, np.ndarray]  # by the names that `weights_of` gives, float32


class Loss(NamedTuple):
    """A picture's cross-entropy, and how it changes with the weights, by name, and with a layer's output, (h, w, c)."""

    value: float
    outputs: dict[str, Output]
    by_weights: dict[str, np.ndarray]
    by_output: np.ndarray


def weights_of(model: keras.Model) -> dict[str, np.ndarray]:
    """All that is trained of a model, "conv1/kernel" and so on, in its order; copies."""
    return {
        f"{layer.name}/{one.name}": np.array(one.value) for layer in steps(model) for one in layer.trainable_variables
    }


class Weightless:
    """What a built model computes, with the weights of the moment. The model's own serve nowhere."""

    def __init__(self, model: keras.Model):
        copies: dict[int, Any] = {id(one): np.array(one.value) for one in model.variables}
        self._run, known = runner(model, copies)
        self._layers = steps(model)
        self.last = self._layers[-1].name  # the layer that makes the logits
        self._fixed = [fixed for _, fixed in known]
        self._losses: dict[str, Callable] = {}  # by the layer whose output is asked about

    def logits(self, weights: Weights, images: np.ndarray) -> np.ndarray:
        """(N, 28, 28) float32 in [0, 1], ink = 1 -> (N, K) float32. Each N is compiled once."""
        return np.asarray(self._logits(self._variables(weights), np.asarray(images, np.float32)[..., None]))

    def outputs(self, weights: Weights, image: np.ndarray) -> dict[str, Output]:
        """What every layer makes of one (28, 28) image, by its name, each (1, ...); `last` are the logits."""
        return _arrays(self._outputs(self._variables(weights), _batch(image)))

    def loss(self, weights: Weights, image: np.ndarray, label: int, layer: str) -> Loss:
        """The cross-entropy in nats of one (28, 28) image of class `label`, and its gradients.

        By all weights, and by what `layer` passes on, after its activation.
        """
        trained, fixed = zip(*self._variables(weights), strict=True)
        if layer not in self._losses:
            self._losses[layer] = self._compiled_loss(layer)
        (value, made), (by_weights, shift) = self._losses[layer](trained, fixed, _batch(image), np.int32(label))
        named = {
            f"{one.name}/{variable.name}": np.asarray(gradient)
            for one, gradients in zip(self._layers, by_weights, strict=True)
            for variable, gradient in zip(one.trainable_variables, gradients, strict=True)
        }
        return Loss(float(value), _arrays(made), named, np.asarray(shift)[0])

    def _variables(self, weights: Weights) -> list[Any]:
        trained = ([weights[f"{one.name}/{v.name}"] for v in one.trainable_variables] for one in self._layers)
        return list(zip(trained, self._fixed, strict=True))

    @functools.cached_property
    def _outputs(self) -> Callable:
        return jax.jit(lambda weights, images: self._run(weights, images, {}))

    @functools.cached_property
    def _logits(self) -> Callable:
        return jax.jit(lambda weights, images: self._run(weights, images, {})[self.last][0])

    def _compiled_loss(self, layer: str) -> Callable:
        shape = next(one.output.shape[1:] for one in self._layers if one.name == layer)

        def loss(moving: tuple, fixed: tuple, images: jax.Array, label: jax.Array) -> tuple:
            trained, shift = moving
            made = self._run(list(zip(trained, fixed, strict=True)), images, {layer: shift})
            return -jax.nn.log_softmax(made[self.last][0][0])[label], made

        def call(trained: tuple, fixed: tuple, images: jax.Array, label: jax.Array) -> tuple:
            shift = jnp.zeros((1, *shape))
            return jax.value_and_grad(loss, has_aux=True)((trained, shift), fixed, images, label)

        return jax.jit(call)


def _batch(image: np.ndarray) -> np.ndarray:
    return np.asarray(image, np.float32)[None, ..., None]


def _arrays(made: dict[str, tuple]) -> dict[str, Output]:
    return {
        name: Output(np.asarray(after), None if before is None else np.asarray(before))
        for name, (after, before) in made.items()
    }
