"""A training that was recorded, and what the network made of one digit at each of its moments.

`python -m train record` writes the file. Every number shown is of the network with the weights that are in it.
"""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cnn.network.architectures import ARCHITECTURES
from cnn.network.classifier import softmax
from cnn.network.weightless import Weightless

FILE = Path(__file__).resolve().parents[2] / "assets" / "lab" / "film.npz"
SCALE = ":scale"  # after the name of weights that are a byte each: a column's, in 127ths
SHOWN = 8  # channels of a convolution


class Maps(NamedTuple):
    """Feature maps of one convolution at every moment: its `channels` (C,) and their `maps` (moments, C, h, w)."""

    layer: str
    channels: list[int]
    maps: np.ndarray


class Watched(NamedTuple):
    """One digit through the film: `probabilities` (moments, classes) float32, and the maps of each convolution."""

    probabilities: np.ndarray
    maps: list[Maps]


class Step(NamedTuple):
    """One step of gradient descent by hand, on one digit of class `label`, at one moment, and one kernel of `layer`.

    Of its `filters`, `channel` is the one that is looked at, `largest` the one with the largest gradient.

    Forward: `logits` (K,), `probabilities` (K,), and the `loss` in nats. Back: `errors` (K,), the loss's gradient by
    the logits; the map `before` its ReLU and the gradient by it, `error`, both (h, w); and the `kernel`'s `gradient`,
    (kh, kw). Then the kernel `updated`, kernel - rate * gradient, and the loss again, with that kernel alone updated
    and with all weights; and what the gradient foretold of the former.
    """

    layer: str
    channel: int
    filters: int
    largest: int
    label: int
    rate: float
    logits: np.ndarray
    probabilities: np.ndarray
    loss: float
    errors: np.ndarray
    before: np.ndarray
    error: np.ndarray
    kernel: np.ndarray
    gradient: np.ndarray
    updated: np.ndarray
    foretold: float
    loss_kernel: float
    loss_all: float
    probability_all: float


class Film:
    """A recorded training: `about` it, as `train record` wrote, and what was known at each moment.

    `about["moments"]` say the step, the epoch, and the loss and accuracy on training and validation pictures;
    `confusion` (moments, classes, classes) has the validation pictures by what they are and what they were taken for.
    """

    def __init__(self, path: Path = FILE):
        with np.load(path) as kept:
            arrays = {name: kept[name] for name in kept.files}
        self.about: dict[str, Any] = json.loads(str(arrays.pop("about")))
        self.confusion: np.ndarray = arrays.pop("confusion")
        self._narrow = arrays

    def __len__(self) -> int:
        return len(self.confusion)

    def weights(self, at: int) -> dict[str, np.ndarray]:
        """All weights of a moment, float32."""
        return widened({name: values[at] for name, values in self._narrow.items()})

    @functools.cached_property
    def network(self) -> Weightless:
        """What computes with them."""
        return Weightless(ARCHITECTURES[self.about["recipe"]["architecture"]]())

    @functools.cached_property
    def convolutions(self) -> list[str]:
        """The names of the convolutions, in order."""
        return [name.split("/")[0] for name, values in self._narrow.items() if values.ndim == 5]

    @property
    def filters(self) -> np.ndarray:
        """The first convolution's kernels at every moment, (moments, filters, h, w) float32."""
        kernels = self._narrow[f"{self.convolutions[0]}/kernel"].astype(np.float32)
        return kernels[:, :, :, 0].transpose(0, 3, 1, 2)

    def watch(self, image: np.ndarray) -> Watched:
        """A (28, 28) image in [0, 1], ink = 1, through the film; the maps are those strongest at its end."""
        made = [self.network.outputs(self.weights(at), image) for at in range(len(self))]
        logits = np.concatenate([outputs[self.network.last].after for outputs in made])
        maps = []
        for layer in self.convolutions:
            channels = np.argsort(-made[-1][layer].after[0].max((0, 1)), kind="stable")[:SHOWN]
            shown = np.stack([outputs[layer].after[0][..., channels].transpose(2, 0, 1) for outputs in made])
            maps.append(Maps(layer, channels.tolist(), shown))
        return Watched(softmax(logits), maps)

    def guess(self, image: np.ndarray) -> int:
        """What the trained network takes a (28, 28) image for."""
        return int(self.network.logits(self.weights(len(self) - 1), image[None])[0].argmax())

    def step(self, at: int, image: np.ndarray, label: int, rate: float, channel: int | None = None) -> Step:
        """One step by hand on one image, of one kernel of the first convolution: the one with the largest gradient.

        Plain gradient descent on a batch of one, without dropout and smoothing of labels.
        """
        layer, weights = self.convolutions[0], self.weights(at)
        name = f"{layer}/kernel"
        found = self.network.loss(weights, image, label, layer)
        kernels, gradients = weights[name][:, :, 0], found.by_weights[name][:, :, 0]
        most = int((gradients**2).sum((0, 1)).argmax())
        opened = most if channel is None else channel % kernels.shape[-1]
        logits = found.outputs[self.network.last].after
        errors = softmax(logits)[0]
        errors[label] -= 1
        before = found.outputs[layer].before
        assert before is not None  # it has a ReLU of its own
        silent = before[0, ..., opened] <= 0
        alone = weights[name].copy()
        alone[..., opened] -= rate * found.by_weights[name][..., opened]
        after_all = self.network.logits(
            {key: weights[key] - rate * found.by_weights[key] for key in weights}, image[None]
        )
        after_alone = self.network.logits({**weights, name: alone}, image[None])
        gradient = gradients[..., opened]
        return Step(
            layer=layer,
            channel=opened,
            filters=kernels.shape[-1],
            largest=most,
            label=label,
            rate=rate,
            logits=logits[0],
            probabilities=softmax(logits)[0],
            loss=found.value,
            errors=errors,
            before=before[0, ..., opened],
            error=np.where(silent, 0, found.by_output[..., opened]),
            kernel=kernels[..., opened],
            gradient=gradient,
            updated=alone[:, :, 0, opened],
            foretold=float(-rate * (gradient.astype(float) ** 2).sum()),
            loss_kernel=surprise(after_alone, label),
            loss_all=surprise(after_all, label),
            probability_all=float(softmax(after_all)[0, label]),
        )


def surprise(logits: np.ndarray, label: int) -> float:
    """The cross-entropy in nats of (1, K) logits against a label."""
    scores = logits[0].astype(float) - logits.max()
    return float(np.log(np.exp(scores).sum()) - scores[label])


def widened(narrow: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Weights as `train.fit.film.narrowed` packed them, float32 again."""
    return {
        name: values.astype(np.float32) * narrow[name + SCALE] if name + SCALE in narrow else values.astype(np.float32)
        for name, values in narrow.items()
        if not name.endswith(SCALE)
    }


@functools.cache
def bundled() -> Film:
    """The film that comes with the app, read once."""
    return Film()
