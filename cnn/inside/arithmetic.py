"""How one number of a layer comes about: the network's own weights and numbers, ready to be added up by hand."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np

from cnn.network.classifier import Output, Weights
from cnn.network.layers import Field, Layer

STRONGEST = 8  # maps that a deeper kernel reads and that are shown, by the size of its weights
PASSING = ("Flatten", "Dropout")  # types of layers that compute nothing when a network answers

Outputs = Mapping[str, Output]  # of one image, by layer


class Convolved(NamedTuple):
    """What one feature map is added up from.

    Its filter's strongest `kernels` (n, h, w) each slide over one of the `sources` (n, H, W), the channels `inputs` of
    what enters, `stride` places a step and from `padding` zeros outside on. With what all its other kernels add,
    `rest` (h', w'), and the `bias` that is the map before its activation. `reads` is how many maps it reads in all.
    """

    kernels: np.ndarray
    inputs: list[int]
    sources: np.ndarray
    rest: np.ndarray
    bias: float
    stride: int
    padding: int
    reads: int


class Pooled(NamedTuple):
    """One map as it `entered`, (H, W): of each window of `window` x `window`, side by side, one number is kept."""

    entered: np.ndarray
    window: int
    by: Literal["max", "mean"]


class Rival(NamedTuple):
    """A class beside the one that is asked about: its `label`, and its weights (n,) and bias."""

    label: int
    weights: np.ndarray
    bias: float


class Weighed(NamedTuple):
    """What one number of a dense layer is added up from: `features` (n,) times `weights` (n,), and a `bias`.

    In the last layer, beside it, the best other class.
    """

    features: np.ndarray
    weights: np.ndarray
    bias: float
    rival: Rival | None = None


def convolved(
    network: Any, outputs: Outputs, image: np.ndarray, layer: Layer, channel: int, changed: Mapping[str, Weights]
) -> Convolved | None:
    """What a channel of a convolution is added up from, for one (28, 28) image and the `outputs` of it.

    None for any other layer, and for a convolution that is not a square window on all that enters: dilated, grouped.
    The kernels that are shown are chosen by the network's own weights, also where those are `changed`.
    """
    known = network.weights(layer.name)
    entering = _entering(network, outputs, image, layer)
    if not layer.is_map or known is None or entering is None:
        return None
    own, (kernel, bias) = known[0], changed.get(layer.name, known)
    if kernel.shape[0] != kernel.shape[1] or kernel.shape[2:] != (entering.shape[-1], layer.shape[-1]):
        return None
    field = network.layer(layer.sources[0]).field if layer.sources else Field()
    stride = layer.field.jump // max(1, field.jump)
    padding = (field.start - layer.field.start) // max(1, field.jump)
    if field.through(len(kernel), stride, padding) != layer.field:
        return None
    weights = kernel[..., channel].transpose(2, 0, 1)
    products = _slid(entering.transpose(2, 0, 1), weights, stride, padding, layer.shape[:2])
    inputs = np.argsort(-_size(own[..., channel]), kind="stable")[:STRONGEST]
    return Convolved(
        kernels=weights[inputs],
        inputs=inputs.tolist(),
        sources=entering[..., inputs].transpose(2, 0, 1),
        rest=np.delete(products, inputs, 0).sum(0),
        bias=float(bias[channel]),
        stride=stride,
        padding=padding,
        reads=len(weights),
    )


def _slid(maps: np.ndarray, kernels: np.ndarray, stride: int, padding: int, shape: tuple[int, ...]) -> np.ndarray:
    """(n, H, W) maps, each under one of (n, h, w) kernels, -> (n, h', w') sums of products; zeros lie outside."""
    side = kernels.shape[1]
    spare = [
        max(0, (count - 1) * stride + side - padding - have) for count, have in zip(shape, maps.shape[1:], strict=True)
    ]
    page = np.pad(maps, [(0, 0), *((padding, after) for after in spare)])
    windows = np.lib.stride_tricks.sliding_window_view(page, (side, side), (1, 2))
    windows = windows[:, ::stride, ::stride][:, : shape[0], : shape[1]]
    return np.einsum("nyxij,nij->nyx", windows, kernels)


def pooled(network: Any, outputs: Outputs, layer: Layer, channel: int) -> Pooled | None:
    """What a channel of a pooling layer was made of; None for any other layer, and where windows overlap."""
    if not layer.type.endswith("Pooling2D") or layer.type.startswith("Global") or len(layer.sources) != 1:
        return None
    entering = network.layer(layer.sources[0])
    window = layer.field.jump // max(1, entering.field.jump)
    if layer.field != entering.field.through(window, window, 0):
        return None
    by = "max" if layer.type.startswith("Max") else "mean"
    return Pooled(outputs[entering.name].after[0, ..., channel], window, by)


def weighed(
    network: Any, outputs: Outputs, layer: Layer, channel: int, changed: Mapping[str, Weights]
) -> Weighed | None:
    """What a number of a dense layer is added up from; None for any other layer, and for one that reads the picture."""
    known = network.weights(layer.name)
    if layer.is_map or known is None or len(layer.sources) != 1:
        return None
    kernel, bias = changed.get(layer.name, known)
    features = outputs[layer.sources[0]].after[0]
    if features.ndim != 1 or kernel.shape != (len(features), layer.shape[-1]):
        return None
    rival = None
    if layer is network.layers[-1] and channel < network.task.count:
        logits = outputs[layer.name].after[0]
        label = max((other for other in range(network.task.count) if other != channel), key=logits.__getitem__)
        rival = Rival(label, kernel[:, label], float(bias[label]))
    return Weighed(features, kernel[:, channel], float(bias[channel]), rival)


def entered(network: Any, outputs: Outputs, layer: Layer, channel: int) -> np.ndarray | None:
    """What a layer that is an activation alone makes a channel of; None for any other layer."""
    if layer.type not in ("Activation", "ReLU") or len(layer.sources) != 1:
        return None
    return outputs[layer.sources[0]].after[0, ..., channel]


# ------------------------------------------------------------------------------------------------------- joining lines


class Joined(NamedTuple):
    """How strongly each channel of a `layer` is joined to each that it is made from: `sizes` (channels, inputs)."""

    layer: str
    sizes: np.ndarray


def sources(network: Any, layer: Layer) -> list[str]:
    """The layers that a layer is made from, past those that pass on what they get; none where it is the picture."""
    found: list[str] = []
    for name in layer.sources:
        before = network.layer(name)
        found += sources(network, before) if before.type in PASSING and not before.is_map else [name]
    return found


def joined(network: Any) -> list[Joined]:
    """For each layer with weights, how large those are that join its channels to the maps or numbers it is made from.

    The size of a kernel, or of all weights on one map, is the root of the sum of their squares.
    """
    found = []
    for layer in network.layers:
        known, from_ = network.weights(layer.name), sources(network, layer)
        if known is None or len(from_) > 1:
            continue
        count = network.layer(from_[0]).shape[-1] if from_ else 1
        kernel = known[0]
        if kernel.ndim == 4 and kernel.shape[2:] == (count, layer.shape[-1]):
            found.append(Joined(layer.name, _size(kernel).T))
        elif kernel.ndim == 2 and len(kernel) % count == 0:
            found.append(Joined(layer.name, np.sqrt((kernel.reshape(-1, count, kernel.shape[-1]) ** 2).sum(0)).T))
    return found


def _size(kernels: np.ndarray) -> np.ndarray:
    """(h, w, ...) -> (...): the root of the sum of squares."""
    return np.sqrt((kernels**2).sum((0, 1)))


def _entering(network: Any, outputs: Outputs, image: np.ndarray, layer: Layer) -> np.ndarray | None:
    """The maps that enter a layer, (H, W, channels); None where they are none, or come from several layers."""
    if len(layer.sources) > 1:
        return None
    maps = outputs[layer.sources[0]].after[0] if layer.sources else image[..., None]
    return maps if maps.ndim == 3 else None
