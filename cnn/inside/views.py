"""A look inside one network at one digit: what each view shows, as arrays. Knows no page and no Keras.

Every number shown is the network's own; nothing is computed again by other means.
"""

import dataclasses
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cnn.inside import arithmetic
from cnn.inside.arithmetic import STRONGEST
from cnn.inside.explain import exciting, middle, preferred, seen
from cnn.network.classifier import Weights
from cnn.network.layers import Layer
from cnn.network.memory import remembered
from cnn.task import SIDE
from cnn.types import InputError

OWN_DIGITS = Path(__file__).resolve().parents[2] / "assets" / "examples" / "digits.npz"
CHANNELS = 32  # whose preferred inputs are sought together
PREFERRED = 32  # such groups of channels that a network keeps the preferred inputs of
OUTPUTS = 2  # layers that a network keeps the outputs to the project's own digits of: megabytes each


class Kernels(NamedTuple):
    """A layer's kernels as pictures: `weights` (filters, inputs, h, w), strongest inputs first, and `bias` (filters,).

    `inputs` (filters, inputs) are the channels of the layer before that they belong to.
    """

    weights: np.ndarray
    inputs: np.ndarray
    bias: np.ndarray


def kernels(network: Any, name: str) -> Kernels:
    """The kernels of a convolution, each with its STRONGEST inputs by size, or of a dense layer over the whole picture.

    InputError, which lists the layers that have some, for any other layer.
    """
    found = _pictured(network, name)
    if found is None:
        valid = ", ".join(layer.name for layer in network.layers if _pictured(network, layer.name) is not None)
        raise InputError("no_kernels", name=name, model=network.name, valid=valid)
    weights, bias = found
    size = np.sqrt((weights**2).sum((2, 3)))
    inputs = np.argsort(-size, axis=1, kind="stable")[:, :STRONGEST]
    return Kernels(np.take_along_axis(weights, inputs[..., None, None], 1), inputs, bias)


def _pictured(network: Any, name: str) -> tuple[np.ndarray, np.ndarray] | None:
    """A layer's weights as (filters, inputs, h, w), and its bias; None where they are no pictures."""
    weights = network.weights(name)
    if weights is None or weights[0].shape[-1] != network.layer(name).shape[-1]:
        return None
    kernel, bias = weights
    if kernel.ndim == 4:
        return kernel.transpose(3, 2, 0, 1), bias
    if kernel.shape[0] == SIDE**2:
        return kernel.T.reshape(-1, 1, SIDE, SIDE), bias
    return None


def over_the_picture(network: Any, layer: Layer, channel: int, changed: Mapping[str, Weights]) -> np.ndarray | None:
    """The weights by which a number reads every pixel of the picture, (28, 28); None where it reads anything else."""
    known = network.weights(layer.name)
    if known is None or known[0].ndim != 2 or arithmetic.sources(network, layer):
        return None
    return changed.get(layer.name, known)[0][:, channel].reshape(SIDE, SIDE)


def feature_maps(network: Any, image: np.ndarray, name: str) -> np.ndarray:
    """What a layer makes of a (28, 28) image, one picture a channel: (channels, h, w), or (1, 1, units) of a dense one.

    InputError, which lists the valid names, for an unknown layer.
    """
    layer = network.layer(name)
    output = network.outputs(image[None])[layer.name].after[0]
    return output.transpose(2, 0, 1) if layer.is_map else output.reshape(1, 1, -1)


@dataclasses.dataclass(frozen=True)
class LiveFilter:
    """One filter of a model's first convolution, for whoever applies it to a digit where the model is not.

    Its `kernel` (h, w) and `bias`; its map has `side` places a side, the first of which begins at pixel `start`, which
    may lie outside the picture; `most` is the largest value in the map of an example.
    """

    model: str
    layer: str
    channel: int
    kernel: list[list[float]]
    bias: float
    start: int
    side: int
    most: float


def live_filter(network: Any, image: np.ndarray) -> LiveFilter | None:
    """The filter of the first convolution whose map of a (28, 28) image differs most from place to place.

    None where the network begins with anything but a convolution that moves a pixel a step and ends in ReLU.
    """
    layer = network.layers[0]
    if layer.field.jump != 1 or not layer.has_filters or not network.rectifies(layer.name):
        return None
    kernel, bias = network.weights(layer.name)
    side, outside = layer.shape[0], -layer.field.start
    padded = np.pad(image, ((outside, kernel.shape[0]), (outside, kernel.shape[1])))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape[:2])[:side, :side]
    maps = np.maximum(0, np.einsum("yxij,ijc->cyx", windows, kernel[:, :, 0]) + bias[:, None, None])
    channel = int(maps.std((1, 2)).argmax())
    weights = np.round(kernel[:, :, 0, channel].astype(float), 5).tolist()
    most = round(float(maps[channel].max()), 3)
    return LiveFilter(
        network.name, layer.name, channel, weights, round(float(bias[channel]), 5), layer.field.start, side, most
    )


class Taken(NamedTuple):
    """What a step took away: the share of the units that ReLU set to 0, and of the signal that pooling dropped."""

    by_relu: float | None
    by_pooling: float | None


def taken(network: Any, outputs: dict[str, Any], layer: Layer) -> Taken:
    """What `layer` took away from the one image that `outputs` are of; None for what it does not do."""
    output = outputs[layer.name]
    by_relu = by_pooling = None
    if output.before is not None and network.rectifies(layer.name) and layer is not network.layers[-1]:
        by_relu = float((output.before[0] <= 0).mean())
    if "Pooling" in layer.type and layer.sources:
        entered = outputs[layer.sources[0]].after[0]
        by_pooling = 1 - output.after[0].size / entered.size
    return Taken(by_relu, by_pooling)


class Likes(NamedTuple):
    """What one channel likes to see, its `preferred` input cut to what its middle unit sees, (h, w) in [0, 1].

    `excerpts` are the parts of samples that excite it most, (picture (h, w), activation), best first.
    """

    preferred: np.ndarray
    excerpts: list[tuple[np.ndarray, float]]


def likes(network: Any, name: str, channel: int) -> Likes:
    """What a channel of a layer likes to see: of all pictures, and among the network's samples or our own digits.

    Takes seconds at the first channel of a layer, milliseconds at those that are sought with it.
    """
    layer = network.layer(name)
    channel = channel % layer.shape[-1]
    pictures = _preferred(network, layer, channel // CHANNELS * CHANNELS)
    samples = _samples(network)
    found = exciting(_outputs(network, name), layer, channel)
    excerpts = [(samples[one.index][one.rows, one.columns], one.activation) for one in found]
    return Likes(pictures[channel % CHANNELS][seen(layer, middle(layer))], excerpts)


def favourites(network: Any, image: np.ndarray, name: str, count: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """The channels of a layer that an image excites most, among its first, and what they like to see.

    (count,) ints and (count, h, w) float32 in [0, 1]. Takes seconds at first, as `likes` does.
    """
    layer = network.layer(name)
    excited = network.outputs(image[None])[name].after[0].reshape(-1, layer.shape[-1]).max(0)[:CHANNELS]
    channels = np.argsort(-excited, kind="stable")[:count]
    rows, columns = seen(layer, middle(layer))
    return channels, _preferred(network, layer, 0)[channels][:, rows, columns]


def _samples(network: Any) -> np.ndarray:
    return own_digits() if network.samples is None else network.samples


@functools.cache
def own_digits() -> np.ndarray:
    """Digits by the project's own pen, (N, 28, 28) float32 in [0, 1], as `python -m train examples` drew them."""
    with np.load(OWN_DIGITS) as kept:
        return kept["images"].astype(np.float32) / 255


@remembered(most=PREFERRED)
def _preferred(network: Any, layer: Layer, first: int) -> np.ndarray:
    return preferred(network, layer, np.arange(first, min(first + CHANNELS, layer.shape[-1])))


@remembered(most=OUTPUTS)
def _outputs(network: Any, name: str) -> np.ndarray:
    return network.outputs(_samples(network))[name].after
