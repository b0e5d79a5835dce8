"""A network that answers, and can be looked into: compiled calls of fixed shapes, safe for many threads, results as
NumPy. The only room that calls a model.

Keras's own `predict` is not thread-safe on JAX, so the variables are copied once and `stateless_call` is compiled.
"""

import dataclasses
import functools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import keras
import numpy as np

from cnn.metadata import Config, Metrics
from cnn.network.compat import unfilled
from cnn.network.layers import Layer, comes_apart, describe, makers, steps
from cnn.network.memory import Memory
from cnn.task import DIGITS, SIDE, Task
from cnn.types import Framed, InputError, Prediction, Reason

BATCH = 250  # images per call when there are many; a divisor of MNIST's 10,000
SIZES = (1, 4, 51, BATCH)  # images per compiled call: a digit, a few, a scan of strengths, many
PULLED = (1, 10, 32)  # the same where gradients are taken: a digit, one for each label, many

Copies = dict[int, jax.Array]  # of a model's variables, by their ids
Variables = tuple[list[jax.Array], list[jax.Array]]  # trainable, and not, as `stateless_call` takes them
Weights = tuple[np.ndarray, np.ndarray]  # a layer's kernel and bias


class Output(NamedTuple):
    """What a layer made of images: `after` its activation, (N, ...), and `before` it where it has one of its own."""

    after: np.ndarray
    before: np.ndarray | None


class Classifier:
    """A trained network with its name and what is known of it.

    `config` says how it was made, `metrics` what was measured, None where nothing was; `revision` which weights these
    are, `task` what it recognises. `samples` are pictures of that, (N, 28, 28) float32 in [0, 1], where it
    came with some. `memory` keeps what was costly to ask it.
    """

    def __init__(
        self,
        model: keras.Model,
        name: str,
        *,
        config: Config | None = None,
        metrics: Metrics | None = None,
        revision: str = "",
        task: Task = DIGITS,
        samples: np.ndarray | None = None,
    ):
        self.samples = samples
        self.name, self.revision = name, revision
        self.config: Config = config or {"architecture": "", "calibration": {}}
        self.metrics = metrics
        self.memory = Memory()
        calibration = self.config["calibration"]
        self.temperature: float = calibration.get("temperature", 1.0)
        self.refusal: float = calibration.get("refusal", 1.0)
        self.parameters = model.count_params()
        self._model = model
        self._copies = {id(variable): _copy(variable) for variable in model.variables}
        self._logits = _compiled(model, self._copies)
        self._sensitivities: dict[str, Callable] = {}
        self.task = dataclasses.replace(task, rejects=model.output_shape[-1] > task.count)

    @property
    def model(self) -> keras.Model:
        """The network as Keras has it, (N, 28, 28, 1) float32 -> (N, K) float32 logits: to be written, not called."""
        return self._model

    @property
    def architecture(self) -> str:
        """The name of its architecture, '' where its config does not say."""
        return self.config["architecture"]

    def logits(self, images: np.ndarray) -> np.ndarray:
        """(N, 28, 28) float32 in [0, 1], ink = 1 -> (N, K) float32 logits. A few shapes serve every N."""
        images = np.asarray(images, np.float32)[..., None]
        return np.concatenate([np.asarray(self._logits(chunk))[:count] for chunk, count in _chunks(SIZES, images)])

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(N, 28, 28) float32 in [0, 1], ink = 1 -> (N, classes) float32 that sum to 1: calibrated, were it one."""
        return self.assess(images)[0]

    def assess(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The `probabilities` of images, and how likely each is none of the classes, (N,) float32 in [0, 1].

        The latter is 0 for a network without an output for it; above `refusal` an answer is abstained from.
        """
        return self.calibrated(self.logits(images))

    def calibrated(self, logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What `assess` gives, by (N, K) logits."""
        count = self.task.count
        return softmax(logits[:, :count] / self.temperature), strangeness(logits, count)

    def read(self, images: np.ndarray, logits: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """What is answered to each of (N, 28, 28) images: (N,) labels, -1 for an abstention, and `probabilities`.

        `logits` (N, K) take the place of the network's own where there are any.
        """
        probabilities, strange = self.calibrated(self.logits(images) if logits is None else logits)
        blank = ~images.any(axis=(1, 2))
        probabilities[blank] = 1 / self.task.count
        return np.where(blank | (strange > self.refusal), -1, probabilities.argmax(1)), probabilities

    def predict(self, framed: Framed, logits: np.ndarray | None = None) -> Prediction:
        """Read one framed picture; what is blank, stands in company or is none of the classes is abstained from.

        Blank: no best guess, and every class equally likely. `logits` (1, K) take the place of the network's
        own where there are any.
        """
        started = time.perf_counter()
        even = np.full(self.task.count, 1 / self.task.count)
        if framed.blank:
            probabilities, strange = even, 0.0
        else:
            logits = self.logits(framed.image[None]) if logits is None else logits
            probabilities, strange = (out[0] for out in self.calibrated(logits))
        best = None if framed.blank else int(probabilities.argmax())
        reason = self._reason(framed, strange)
        return Prediction(
            label=None if reason else best,
            best_guess=best,
            confidence=float(probabilities.max()),
            probabilities=tuple(map(float, probabilities)),
            abstained=reason is not None,
            reason=reason,
            model=self.name,
            milliseconds=since(started),
        )

    # ------------------------------------------------------------------------------------------------ a look inside

    @functools.cached_property
    def _opens(self) -> bool:
        return comes_apart(self._model)

    @property
    def _plain(self) -> keras.Model:
        if not self._opens:
            raise InputError("no_look", model=self.name)
        return self._model

    @functools.cached_property
    def layers(self) -> tuple[Layer, ...]:
        """What the network is made of, from the picture to the logits.

        InputError, here and wherever it is looked into, for a network that does not come apart into plain layers.
        """
        return tuple(describe(self._plain))

    def layer(self, name: str) -> Layer:
        """One of `layers`. InputError, which lists the valid names, for an unknown one."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        valid = ", ".join(layer.name for layer in self.layers)
        raise InputError("unknown_layer", name=str(name)[:80], model=self.name, valid=valid)

    def weights(self, name: str) -> Weights | None:
        """Kernel and bias of a layer: (h, w, channels in, channels out) or (in, out), and (out,); None without them."""
        layer = self._model.get_layer(self.layer(name).name)
        kernel = getattr(layer, "kernel", None)
        if kernel is None:
            return None
        kernel = np.asarray(kernel.value)
        bias = getattr(layer, "bias", None)
        return kernel, np.zeros(kernel.shape[-1], np.float32) if bias is None else np.asarray(bias.value)

    def rectifies(self, name: str) -> bool:
        """Whether a layer's activation is ReLU."""
        return getattr(self._model.get_layer(self.layer(name).name), "activation", None) is keras.activations.relu

    def activation(self, name: str) -> str | None:
        """The name of a layer's activation, as "relu"; None where it has none, or it changes nothing."""
        function = getattr(self._model.get_layer(self.layer(name).name), "activation", None)
        if function in (None, keras.activations.linear):
            return None
        return getattr(function, "__name__", type(function).__name__)

    def outputs(self, images: np.ndarray, changed: Mapping[str, Weights] | None = None) -> dict[str, Output]:
        """What every layer makes of (N, 28, 28) float32 images in [0, 1], by its name; the last are the logits.

        `changed` are weights, as `weights` gives them, that stand in for those of the layers named: nothing is compiled
        for them.
        """
        images, stand_ins = np.asarray(images, np.float32)[..., None], self._variables(changed or {})
        chunks = [(self._outputs(chunk, stand_ins), count) for chunk, count in _chunks((1, BATCH), images)]
        return {
            name: Output(_joined([(made[name][0], count) for made, count in chunks]), _joined_before(chunks, name))
            for name in chunks[0][0]
        }

    def _variables(self, weights: Mapping[str, Weights]) -> Copies:
        """The kernels and biases of layers, by the ids of the variables that they stand in for."""
        found: Copies = {}
        for name, values in weights.items():
            layer = self._model.get_layer(name)
            parts = [id(layer.kernel), id(getattr(layer, "bias", None))]
            pairs = [(part, value) for part, value in zip(parts, values, strict=True) if part in self._copies]
            found |= {part: jax.device_put(np.asarray(value, self._copies[part].dtype)) for part, value in pairs}
        return found

    def features(self, images: np.ndarray) -> np.ndarray:
        """What enters the last layer, (N, features) float32, for (N, 28, 28) float32 images in [0, 1]."""
        name = self.layers[-2].name
        chunks = (self.outputs(images[at : at + BATCH])[name].after for at in range(0, len(images), BATCH))
        return np.concatenate([chunk.reshape(len(chunk), -1) for chunk in chunks])

    def gradients(self, images: np.ndarray, name: str | None, weights: np.ndarray) -> np.ndarray:
        """How a sum over a layer's units changes with the pixels: (N, 28, 28) images -> (N, 28, 28) float32.

        `weights` (N, ...) say how much each unit, before its activation, counts in each image's sum: a unit that
        ReLU has silenced still says which way to go. Without a name they are the logits', of any network, also of one
        that cannot be looked into.
        """
        images, weights = np.asarray(images, np.float32)[..., None], np.asarray(weights, np.float32)
        if name is None and self._opens:
            name = self.layers[-1].name
        pull = self._logits_pulled if name is None else functools.partial(self._pulled, name)
        pieces = zip(_chunks(PULLED, images), _chunks(PULLED, weights), strict=True)
        return np.concatenate(
            [np.asarray(pull(chunk, wanted))[:count, ..., 0] for (chunk, count), (wanted, _) in pieces]
        )

    def _pulled(self, name: str, images: np.ndarray, weights: np.ndarray) -> jax.Array:
        zeros = {layer.name: np.zeros((len(images), *layer.shape), np.float32) for layer in self.layers}
        return self._gradients(images, {**zeros, name: weights})

    def sensitivity(self, image: np.ndarray, name: str, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The output of a layer for one (28, 28) image, and how a sum of logits changes with it; like shapes.

        `weights` (K,) say how much each logit counts in the sum.
        """
        image, weights = np.asarray(image, np.float32)[None, ..., None], np.asarray(weights, np.float32)
        output, gradient = self._sensitivity(name)(image, weights)
        return np.asarray(output)[0], np.asarray(gradient)[0]

    def prepare_answers(self, sizes: Sequence[int] = SIZES) -> None:
        """Compile the calls of these SIZES, so that the first answer does not wait."""
        for count in sizes:
            self.logits(np.zeros((count, SIDE, SIDE), np.float32))

    def prepare(self) -> None:
        """Compile what answers, the worst case and a look inside need, so that none waits. Takes seconds."""
        self.prepare_answers()
        image = np.zeros((SIDE, SIDE), np.float32)
        outputs = self.logits(image[None]).shape[1]
        for count in PULLED:
            self.gradients(np.stack([image] * count), None, np.zeros((count, outputs)))
        self.outputs(image[None])
        for layer in [layer for layer in self.layers if layer.has_filters][-1:]:
            self.sensitivity(image, layer.name, np.zeros(outputs))

    @functools.cached_property
    def _outputs(self) -> Callable:
        return _compiled_outputs(self._plain, self._copies)

    @functools.cached_property
    def _gradients(self) -> Callable:
        return _compiled_gradients(self._plain, self._copies)

    @functools.cached_property
    def _logits_pulled(self) -> Callable:
        return _compiled_logit_gradients(self._model, self._copies)

    def _sensitivity(self, name: str) -> Callable:
        if name not in self._sensitivities:
            self._sensitivities[name] = _compiled_sensitivity(self._plain, self._copies, name)
        return self._sensitivities[name]

    # ---------------------------------------------------------------------------------------------------------------

    def _reason(self, framed: Framed, strange: float) -> Reason | None:
        if framed.blank:
            return "blank"
        if framed.crowded:
            return "several_digits"
        return "not_a_digit" if strange > self.refusal else None


def softmax(logits: np.ndarray) -> np.ndarray:
    """(N, K) logits -> (N, K) float32 probabilities."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def strangeness(logits: np.ndarray, classes: int = DIGITS.count) -> np.ndarray:
    """(N, K) logits -> (N,) float32 in [0, 1]: what all outputs after the `classes` get; 0 if there are none."""
    return np.minimum(softmax(logits)[:, classes:].sum(axis=1), 1)


def since(started: float) -> float:
    """Milliseconds since a `time.perf_counter()`."""
    return round(1000 * (time.perf_counter() - started), 3)


def _compiled(model: keras.Model, copies: Copies) -> Callable[[np.ndarray], jax.Array]:
    """The model as one jitted function of (N, 28, 28, 1), over copies of its weights."""
    variables = _of(copies, model)

    @jax.jit
    def call(variables: Variables, images: jax.Array) -> jax.Array:
        return model.stateless_call(*variables, images, training=False)[0]

    return lambda images: call(variables, images)


def runner(model: keras.Model, copies: Copies) -> tuple[Callable[..., dict[str, tuple]], list[Variables]]:
    """The model as a function of weights, images and shifts -> by each layer's name, its output after and before its
    activation; and the weights.

    A shift is added to what a layer passes on, for gradients by it. The layers are called one by one, in their order;
    one that takes several outputs gets them as a list, as Keras's merging layers do. The weights are handed in: what is
    compiled would hold constants once more.
    """
    plan = []
    for layer in steps(model):
        linear = None
        if getattr(layer, "activation", keras.activations.linear) is not keras.activations.linear:
            linear = type(layer).from_config({**unfilled(layer.get_config()), "activation": None})
            if not linear.built:
                linear.build(layer.input.shape)
        plan.append((layer, linear, makers(layer)))

    def run(weights: list[Variables], images: jax.Array, shifts: dict[str, jax.Array]) -> dict[str, tuple]:
        passed: dict[str, jax.Array] = {}
        made = {}
        for (layer, linear, sources), variables in zip(plan, weights, strict=True):
            entering = [passed.get(source, images) for source in sources]
            entering = entering[0] if len(entering) == 1 else entering
            output = (linear or layer).stateless_call(*variables, entering)[0]
            made[layer.name] = (layer.activation(output), output) if linear else (output, None)
            passed[layer.name] = made[layer.name][0] + shifts.get(layer.name, 0)
        return made

    return run, [_of(copies, layer) for layer, *_ in plan]


def _compiled_outputs(model: keras.Model, copies: Copies) -> Callable[[np.ndarray, Copies], dict[str, tuple]]:
    """Every layer's output after and before its activation, as one jitted function of the images, and of stand-ins."""
    run, _ = runner(model, copies)
    call = jax.jit(lambda weights, images: run(weights, images, {}))
    return lambda images, stand_ins: call([_of({**copies, **stand_ins}, layer) for layer in steps(model)], images)


def _compiled_gradients(model: keras.Model, copies: Copies) -> Callable[[np.ndarray, dict[str, np.ndarray]], jax.Array]:
    """The gradient by the images of the layers' units, before activation, times factors, summed: jitted."""
    run, weights = runner(model, copies)

    def total(images: jax.Array, factors: dict[str, jax.Array], weights: list[Variables]) -> jax.Array:
        made = run(weights, images, {})
        units = {name: after if before is None else before for name, (after, before) in made.items()}
        return sum(((units[name] * factors[name]).sum() for name in factors), start=jnp.zeros(()))

    pull = jax.jit(jax.grad(total))
    return lambda images, factors: pull(images, factors, weights)


def _compiled_logit_gradients(model: keras.Model, copies: Copies) -> Callable[[np.ndarray, np.ndarray], jax.Array]:
    """The gradient by the images of the logits times factors, summed: jitted, over copies of the weights."""
    variables = _of(copies, model)

    def total(images: jax.Array, factors: jax.Array, variables: Variables) -> jax.Array:
        return (model.stateless_call(*variables, images, training=False)[0] * factors).sum()

    pull = jax.jit(jax.grad(total))
    return lambda images, factors: pull(images, factors, variables)


def _compiled_sensitivity(
    model: keras.Model, copies: Copies, name: str
) -> Callable[[np.ndarray, np.ndarray], tuple[jax.Array, jax.Array]]:
    """One layer's output and a sum of logits' gradient by it, as a jitted function of the images and the factors."""
    run, weights = runner(model, copies)
    last = steps(model)[-1].name

    @jax.jit
    def call(images: jax.Array, factors: jax.Array, weights: list[Variables]) -> tuple[jax.Array, jax.Array]:
        def score(shift: jax.Array) -> tuple[jax.Array, jax.Array]:
            made = run(weights, images, {name: shift})
            return (made[last][0] * factors).sum(), made[name][0]

        shape = jax.eval_shape(lambda x: run(weights, x, {})[name][0], images)
        gradient, output = jax.grad(score, has_aux=True)(jnp.zeros(shape.shape, shape.dtype))
        return output, gradient

    return lambda images, factors: call(images, factors, weights)


def _chunks(sizes: tuple[int, ...], values: np.ndarray) -> Iterator[tuple[np.ndarray, int]]:
    """(N, ...) float32 in pieces of the compiled `sizes`, the last filled up with zeros; and how many of each count."""
    for at in range(0, len(values), sizes[-1]):
        piece = values[at : at + sizes[-1]]
        size = next(size for size in sizes if size >= len(piece))
        filled = piece
        if size > len(piece):
            filled = np.zeros((size, *values.shape[1:]), np.float32)
            filled[: len(piece)] = piece
        yield filled, len(piece)


def _joined(parts: list[tuple[Any, int]]) -> np.ndarray:
    return np.concatenate([np.asarray(part)[:count] for part, count in parts])


def _joined_before(chunks: list[tuple[Any, int]], name: str) -> np.ndarray | None:
    """What a layer made before its activation, None where it has none of its own."""
    parts = [(made[name][1], count) for made, count in chunks]
    return None if parts[0][0] is None else _joined(parts)


def _copy(variable: keras.Variable) -> jax.Array:
    """By way of NumPy: JAX would compile the copying, once for each shape."""
    return jax.device_put(np.array(variable.value))


def _of(copies: Copies, owner: keras.Model | keras.Layer) -> Variables:
    """The copies of what is trained of a model or a layer, and of what is not."""
    trained, other = owner.trainable_variables, owner.non_trainable_variables
    return [copies[id(variable)] for variable in trained], [copies[id(variable)] for variable in other]
