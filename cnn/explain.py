"""Why a network said so, and what its units like to see: arrays and gradients -> evidence by pixel. Plain arithmetic.

Knows no Keras and no page: a network is whatever has `layers`, `logits`, `outputs`, `gradients`, `score_gradients` and
`sensitivity`, as `cnn.classifier.Classifier` has. The score that is explained is the logit of a digit. A method is one
decorated function: it appears in the interface, the API and the tests with no other edit.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy import ndimage

from cnn.layers import Layer
from cnn.types import SIDE, InputError

NOISY = 32  # pictures that SmoothGrad averages
NOISE = 0.15  # their noise's standard deviation, as a share of full ink; Smilkov et al. found 0.1 to 0.2 best
STEPS = 128  # from the blank picture to this one, of integrated gradients
PATCH, STRIDE = 5, 2  # pixels: the occluding square's side, and how far it moves
FAINT = 0.02  # of the strongest evidence: less is none

Method = Callable[[Any, np.ndarray, int], np.ndarray]
METHODS: dict[str, Method] = {}


class Explanation(NamedTuple):
    """What speaks for and against a digit: `evidence` (28, 28) float32, positive where it speaks for `label`.

    `evidence` is in the method's own units. `note` is a text key of what has to be said beside it, or None. For a
    method whose evidence ought to add up, `total` is what it adds up to and `expected` what it should.
    """

    method: str
    label: int
    evidence: np.ndarray
    note: str | None = None
    total: float | None = None
    expected: float | None = None

    @property
    def heatmap(self) -> np.ndarray:
        """(28, 28) float32 in [0, 1]: the evidence for the digit alone, its strongest 1."""
        positive = np.maximum(self.evidence, 0)
        return positive / max(float(positive.max()), 1e-12)


def method(explain: Method) -> Method:
    """Register a method under its function's name."""
    METHODS[explain.__name__] = explain
    return explain


def explain(network: Any, image: np.ndarray, name: str, label: int) -> Explanation:
    """Explain the score of `label` for a (28, 28) float32 image in [0, 1] by one of METHODS.

    InputError, which lists the valid names, for an unknown method or a label that is no digit.
    """
    if name not in METHODS:
        raise InputError("unknown_method", name=str(name)[:80], valid=", ".join(METHODS))
    if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label < 10:
        raise InputError("unknown_label", label=str(label)[:20])
    evidence = METHODS[name](network, image, label).astype(np.float32)
    total = expected = None
    if name == integrated_gradients.__name__:
        with_ink, without = network.logits(np.stack([image, np.zeros_like(image)]))[:, label]
        total, expected = float(evidence.sum()), float(with_ink - without)
    return Explanation(name, label, evidence, _note(network, name, evidence), total, expected)


def _note(network: Any, name: str, evidence: np.ndarray) -> str | None:
    if name == grad_cam.__name__ and last_map(network) is None:
        return "explain.no_maps"
    strongest = np.abs(evidence).max()
    if not strongest:
        return "explain.nothing"
    return "explain.none_for" if evidence.max() < FAINT * strongest else None


@method
def saliency(network: Any, image: np.ndarray, label: int) -> np.ndarray:
    """How the score changes with each pixel's ink: Simonyan, Vedaldi and Zisserman 2013 (arXiv 1312.6034).

    They show its magnitude; here its sign is kept: positive where more ink would raise the score.
    """
    return network.score_gradients(image[None], label)[0]


@method
def smoothgrad(network: Any, image: np.ndarray, label: int) -> np.ndarray:
    """The mean saliency of NOISY noisy copies: Smilkov, Thorat, Kim, Viegas and Wattenberg 2017 (arXiv 1706.03825)."""
    noise = np.random.default_rng(0).normal(0, NOISE, (NOISY, *image.shape))
    return network.score_gradients((image + noise).astype(np.float32), label).mean(0)


@method
def integrated_gradients(network: Any, image: np.ndarray, label: int) -> np.ndarray:
    """Each pixel's share of the way from the blank picture's score: Sundararajan, Taly and Yan 2017 (arXiv 1703.01365).

    The evidence adds up to the difference of the two scores, but for the midpoint rule's error over STEPS steps. They
    are shortest at the blank end, where a network changes its mind most: with share = t^2, d share = 2 t dt.
    """
    t = (np.arange(STEPS, dtype=np.float32) + 0.5) / STEPS
    gradients = network.score_gradients((t**2)[:, None, None] * image, label)
    return image * np.tensordot(2 * t / STEPS, gradients, 1)


@method
def grad_cam(network: Any, image: np.ndarray, label: int) -> np.ndarray:
    """The last feature maps, each weighted by its mean gradient: Selvaraju et al. 2017 (arXiv 1610.02391).

    As there, what speaks against the label is cut off. Zeros for a network without feature maps.
    """
    layer = last_map(network)
    if layer is None:
        return np.zeros_like(image)
    maps, gradients = network.sensitivity(image, layer.name, label)
    weighted = np.maximum(maps @ gradients.mean((0, 1)), 0)
    return spread(weighted, layer)


@method
def occlusion(network: Any, image: np.ndarray, label: int) -> np.ndarray:
    """How far the score falls when a PATCH x PATCH square is wiped clean: Zeiler and Fergus 2014 (arXiv 1311.2901).

    A pixel gets the mean over the squares that cover it; squares without ink are not tried, for they change nothing.
    """
    starts = range(0, SIDE - PATCH + 1, STRIDE)
    squares = [np.s_[y : y + PATCH, x : x + PATCH] for y in starts for x in starts]
    squares = [square for square in squares if image[square].any()]
    if not squares:
        return np.zeros_like(image)
    wiped = np.repeat(image[None], len(squares) + 1, 0)
    for picture, square in zip(wiped[1:], squares, strict=True):
        picture[square] = 0
    scores = network.logits(wiped)[:, label]
    fall, covered = np.zeros_like(image), np.zeros_like(image)
    for square, score in zip(squares, scores[1:], strict=True):
        fall[square] += scores[0] - score
    for y in starts:
        for x in starts:
            covered[y : y + PATCH, x : x + PATCH] += 1
    return fall / np.maximum(covered, 1)


def last_map(network: Any) -> Layer | None:
    """The last layer whose output is feature maps with parameters of its own: the deepest convolution; None without."""
    maps = [layer for layer in network.layers if layer.has_filters]
    return maps[-1] if maps else None


def spread(values: np.ndarray, layer: Layer) -> np.ndarray:
    """A layer's (h, w) map over the picture it was made from, (28, 28): linear between the middles of units' fields."""
    for axis, count in enumerate(values.shape):
        middles = layer.field.start + layer.field.jump * np.arange(count) + (layer.field.size - 1) / 2
        values = np.apply_along_axis(lambda line, at=middles: np.interp(np.arange(SIDE), at, line), axis, values)
    return values


# ------------------------------------------------------------------------------------------- what a unit likes to see

ASCENT = 48  # steps uphill
RATE = 0.1  # of full ink: how far the mean pixel moves in a step
BLURRED, LEFT = 1.0, 0.5  # pixels, standard deviation of the blur between steps, at the first and at the last
FADE = 0.008  # of full ink: what every pixel loses in a step, so that only ink that helps stays


def preferred(network: Any, layer: Layer, channels: np.ndarray, seed: int = 0) -> np.ndarray:
    """The picture that excites each of several channels' middle unit most, (N, 28, 28) float32 in [0, 1].

    Activation maximisation (Erhan, Bengio, Courville and Vincent 2009), kept legible by blur between the steps, by
    ink that fades and by pixels that stay within [0, 1] (Yosinski et al. 2015, arXiv 1506.06579).
    """
    wanted = np.zeros((len(channels), *layer.shape), np.float32)
    wanted[(np.arange(len(channels)), *middle(layer), channels)] = 1
    images = np.random.default_rng(seed).uniform(0, 0.2, (len(channels), SIDE, SIDE)).astype(np.float32)
    for step in range(ASCENT):
        uphill = network.gradients(images, layer.name, wanted)
        size = np.sqrt((uphill**2).mean((1, 2), keepdims=True))
        images = images + RATE * uphill / np.maximum(size, 1e-8) - FADE
        softness = BLURRED + (LEFT - BLURRED) * step / ASCENT
        images = np.clip(ndimage.gaussian_filter(images, (0, softness, softness)), 0, 1)
    return images


def middle(layer: Layer) -> tuple[int, ...]:
    """The place of a layer's middle unit: (row, column) of feature maps, () of a dense layer."""
    return tuple(n // 2 for n in layer.shape[:-1])


def seen(layer: Layer, place: tuple[int, ...]) -> tuple[slice, slice]:
    """The part of the picture that a unit sees: rows and columns of (28, 28); all of it for a dense layer."""
    if not layer.is_map:
        return slice(0, SIDE), slice(0, SIDE)
    starts = [layer.field.start + layer.field.jump * at for at in place]
    return tuple(slice(max(0, start), min(SIDE, start + layer.field.size)) for start in starts)


class Excerpt(NamedTuple):
    """What excited a channel: the index of the digit, what its unit said, and the part of the digit that unit saw."""

    index: int
    activation: float
    rows: slice
    columns: slice


def exciting(outputs: np.ndarray, layer: Layer, channel: int, count: int = 8) -> list[Excerpt]:
    """The digits that excite a channel most, each once: (N, ..., channels) outputs -> at most `count`, best first."""
    units = outputs[..., channel].reshape(len(outputs), -1)
    best = units.max(1)
    excerpts = []
    for index in np.argsort(-best, kind="stable")[:count]:
        if best[index] <= 0:
            break
        place = np.unravel_index(units[index].argmax(), layer.shape[:-1]) if layer.is_map else ()
        excerpts.append(Excerpt(int(index), float(best[index]), *seen(layer, place)))
    return excerpts
