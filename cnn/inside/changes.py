"""A network changed by hand: filters switched off, kernels of other weights. A value that travels; nothing is kept."""

import dataclasses
from typing import Annotated, Any

import numpy as np
import pydantic

from cnn.network.design import Sent
from cnn.types import InputError

MOST_LAYERS, MOST_CHANNELS = 64, 1024  # that can be switched off
MOST_KERNELS = 32  # that can be changed
MOST_WEIGHTS = 16  # a side of one
LARGEST = 100  # of a weight

Number = Annotated[int, pydantic.Field(strict=True, ge=0)]
Weight = Annotated[float, pydantic.Field(strict=True, ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
Row = Annotated[list[Weight], pydantic.Field(min_length=1, max_length=MOST_WEIGHTS)]
Off = Annotated[list[Number], pydantic.Field(max_length=MOST_CHANNELS)]


@dataclasses.dataclass(frozen=True)
class Kernel(Sent):
    """Other `weights` (h, w) by which `channel` of a convolution reads channel `input` of what enters it."""

    layer: Annotated[str, pydantic.Field(strict=True)]
    channel: Number
    input: Number
    weights: Annotated[list[Row], pydantic.Field(min_length=1, max_length=MOST_WEIGHTS)]


@dataclasses.dataclass(frozen=True)
class Changes(Sent):
    """What is changed of the network `model`, and of no other: the channels that are `off` by layer, and `kernels`."""

    model: Annotated[str, pydantic.Field(strict=True)]
    off: Annotated[dict[str, Off], pydantic.Field(max_length=MOST_LAYERS)]
    kernels: Annotated[list[Kernel], pydantic.Field(max_length=MOST_KERNELS)]

    def __bool__(self) -> bool:
        return bool(self.kernels or any(self.off.values()))


def changed_weights(network: Any, changes: Changes) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Kernel and bias of each layer that is changed: a channel that is off has only zeros of both.

    As `cnn.network.classifier.Classifier.outputs` takes them. InputError for a layer without weights, for a channel or
    an input that is not there, and for weights of another shape than the kernel's.
    """
    found: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def of(name: str) -> tuple[np.ndarray, np.ndarray]:
        if name not in found:
            known = network.weights(name)
            if known is None or known[0].shape[-1] != network.layer(name).shape[-1]:
                raise InputError("change", layer=name[:80], model=network.name)
            kernel, bias = known
            found[name] = np.array(kernel), np.array(bias)
        return found[name]

    for one in changes.kernels:
        kernel, _ = of(one.layer)
        other = _matrix(one.weights)
        if kernel.ndim != 4 or other.shape != kernel.shape[:2] or not _within(kernel[0, 0], one.input, one.channel):
            raise InputError("change", layer=one.layer[:80], model=network.name)
        kernel[:, :, one.input, one.channel] = other
    for name, channels in changes.off.items():
        kernel, bias = of(name)
        if not all(_within(bias, channel) for channel in channels):
            raise InputError("change", layer=name[:80], model=network.name)
        kernel[..., channels] = 0
        bias[channels] = 0
    return found


def _within(values: np.ndarray, *place: int) -> bool:
    return all(at < count for at, count in zip(place, values.shape, strict=True))


def _matrix(rows: list[list[float]]) -> np.ndarray:
    """(h, w) float32; without rows of equal length, of no shape that a kernel has."""
    return np.array(rows, np.float32) if len({len(row) for row in rows}) == 1 else np.zeros(0, np.float32)
