"""Batch normalisation folded into the layers before it, for serving and for polishing. Knows no data, no training loop.

A trained normalisation (Ioffe and Szegedy 2015, arXiv 1502.03167) is one scale and one shift a channel, as the
convolution or dense layer before it has them already: the folded network computes the same and has fewer layers.
"""

from itertools import pairwise

import keras
import numpy as np
from keras import layers

from cnn.types import UserError


def folded(model: keras.Model) -> keras.Model:
    """A plain chain of layers that computes what `model` does, with no BatchNormalization where it can be taken over.

    `model` is itself a chain, Sequential or Functional; a Conv2D or Dense without an activation takes over a
    normalisation that follows it, and an Activation or ReLU that then follows. Any other normalisation stays. A network
    that normalises nothing comes back as it is. UserError for one that is no chain.
    """
    if not any(isinstance(layer, layers.BatchNormalization) for layer in model.layers):
        return model
    chain = _chain(model)
    made: list[tuple[keras.Layer, list[np.ndarray]]] = []
    for layer in chain:
        if isinstance(layer, layers.BatchNormalization) and made and _takes_over(made[-1][0]):
            before, weights = made[-1]
            made[-1] = _renewed(before, use_bias=True), _scaled(weights, layer)
        elif isinstance(layer, layers.Activation | layers.ReLU) and made and _takes_over(made[-1][0]):
            activation = getattr(layer, "activation", keras.activations.relu)
            made[-1] = _renewed(made[-1][0], activation=activation), made[-1][1]
        else:
            made.append((_renewed(layer), layer.get_weights() if layer.weights and not _random(layer) else []))
    plain = keras.Sequential(
        [keras.Input(model.input_shape[1:], name="image"), *(layer for layer, _ in made)], name=model.name
    )
    for layer, weights in made:
        if weights:
            layer.set_weights(weights)
    return plain


def _chain(model: keras.Model) -> list[keras.Layer]:
    found = [layer for layer in model.layers if not isinstance(layer, layers.InputLayer)]
    for layer, following in pairwise([] if isinstance(model, keras.Sequential) else found):
        if following.input is not layer.output:
            raise UserError(f"{model.name} is no chain of layers; {following.name} does not follow {layer.name}.")
    return found


def _takes_over(layer: keras.Layer) -> bool:
    return isinstance(layer, layers.Conv2D | layers.Dense) and layer.activation is keras.activations.linear


def _random(layer: keras.Layer) -> bool:
    return isinstance(layer, layers.Dropout)  # its weights are a random state


def _renewed(layer: keras.Layer, **changed: object) -> keras.Layer:
    return type(layer).from_config({**layer.get_config(), **changed})


def _scaled(weights: list[np.ndarray], normalisation: layers.BatchNormalization) -> list[np.ndarray]:
    """Kernel and bias that also do what the normalisation does once it is trained."""
    kernel, bias = weights[0], weights[1] if len(weights) > 1 else 0.0
    variance, mean = (np.asarray(v.value) for v in (normalisation.moving_variance, normalisation.moving_mean))
    scale = 1 / np.sqrt(variance + normalisation.epsilon)
    if normalisation.scale:
        scale = scale * np.asarray(normalisation.gamma.value)
    shift = np.asarray(normalisation.beta.value) if normalisation.center else 0.0
    return [kernel * scale, (bias - mean) * scale + shift]
