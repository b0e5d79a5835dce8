"""Why a network said so, and what its units like to see: arrays and gradients -> evidence by pixel. Plain arithmetic.

Knows no Keras and no page: a network is whatever has `layers`, `logits`, `temperature`, `outputs`, `gradients` and
`sensitivity`, as `cnn.network.classifier.Classifier` has. What is explained is a class's lead over the others.
A method is one decorated function: it appears in the interface, the API and the tests with no other edit.

Not the logit: all ten can rise or fall together, which changes no answer, and a logit's evidence is full of it. Not the
log-probability: once the network is sure, hardly anything moves it. Not the distance to the runner-up alone: what one
wipes off a digit makes it another one, not always that.
"""

import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy import ndimage
from scipy.special import logsumexp, softmax

from cnn.network.layers import Layer
from cnn.task import SIDE
from cnn.types import InputError

NOISY = 32  # pictures that SmoothGrad averages
NOISE = 0.15  # their noise's standard deviation, as a share of full ink; Smilkov et al. found 0.1 to 0.2 best
PIECES = 32  # of the way from the blank picture to this one, at first, of integrated gradients
ROUNDS = 16  # how often the half of so many pieces that are furthest off are halved, at most
COMPLETE, SMALL = 0.01, 0.005  # of the lead gained on that way; and a lead too small to care about
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
    def complete(self) -> bool | None:
        """Whether evidence that ought to add up does, to COMPLETE; None for a method whose need not."""
        if self.total is None or self.expected is None:
            return None
        return abs(self.total - self.expected) <= _allowed(self.expected)

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
    """Explain the lead of `label` for a (28, 28) float32 image in [0, 1] by one of METHODS.

    InputError, which lists the valid names, for an unknown method or a label that is no digit.
    """
    if name not in METHODS:
        raise InputError("unknown_method", name=str(name)[:80], valid=", ".join(METHODS))
    if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label < network.task.count:
        raise InputError("unknown_label", label=str(label)[:20], last=network.task.count - 1)
    evidence = METHODS[name](network, image, label).astype(np.float32)
    total = expected = None
    if name == integrated_gradients.__name__:
        without, with_ink = leads(network, np.stack([np.zeros_like(image), image]), label)
        total, expected = float(evidence.sum()), float(with_ink - without)
    return Explanation(name, label, evidence, _note(network, name, evidence, bool(image.any())), total, expected)


def _note(network: Any, name: str, evidence: np.ndarray, inked: bool) -> str | None:
    if name == grad_cam.__name__ and last_map(network) is None:
        return "explain.no_maps"
    strongest = np.abs(evidence).max()
    if not strongest:
        return "explain.cut_off" if inked and name == grad_cam.__name__ else "explain.nothing"
    return "explain.none_for" if evidence.max() < FAINT * strongest else None


def leads(network: Any, images: np.ndarray, label: int) -> np.ndarray:
    """How far `label` leads the other classes in (N, 28, 28) images: (N,) log-odds, ln(p / (1 - p)).

    p is the network's probability: above 0 where it is more than one half. What is none of them has no part in it.
    """
    logits = network.logits(images)[:, : network.task.count] / network.temperature
    return logits[:, label] - logsumexp(np.delete(logits, label, 1), axis=1)


def slopes(network: Any, logits: np.ndarray, label: int) -> np.ndarray:
    """How the lead of `label` changes with each of (N, K) logits: float32 of their shape.

    1 for its own and -1 shared among its rivals, the more to one the closer it is, over the temperature: that this sum
    is 0 makes it blind to what moves all logits alike, and that the shares are always 1 in all keeps it from fading.
    """
    found = np.zeros_like(logits, np.float32)
    rivals = np.delete(np.arange(network.task.count), label)
    found[:, rivals] = -softmax(logits[:, rivals] / network.temperature, axis=1)
    found[:, label] = 1
    return found / np.float32(network.temperature)


def lead_gradients(network: Any, images: np.ndarray, label: int) -> np.ndarray:
    """How the lead of `label` changes with the pixels of (N, 28, 28) images: (N, 28, 28) float32."""
    return network.gradients(images, None, slopes(network, network.logits(images), label))


@method
def saliency(network: Any, image: np.ndarray, label: int) -> np.ndarray:
    """How the lead changes with each pixel's ink: Simonyan, Vedaldi and Zisserman 2013 (arXiv 1312.6034).

    They show its magnitude; here its sign is kept: positive where more ink would lengthen the lead.
    """
    return lead_gradients(network, image[None], label)[0]


@method
def smoothgrad(network: Any, image: np.ndarray, label: int) -> np.ndarray:
    """The mean saliency of NOISY noisy copies: Smilkov, Thorat, Kim, Viegas and Wattenberg 2017 (arXiv 1706.03825)."""
    noise = np.random.default_rng(0).normal(0, NOISE, (NOISY, *image.shape))
    return lead_gradients(network, (image + noise).astype(np.float32), label).mean(0)


@method
def integrated_gradients(network: Any, image: np.ndarray, label: int) -> np.ndarray:
    """Each pixel's share of the way from the blank picture's lead: Sundararajan, Taly and Yan 2017 (arXiv 1703.01365).

    The evidence ought to add up to what the lead gains on that way, and does to COMPLETE unless ROUNDS were too few.
    The way is cut into pieces, each of which counts by the gradient at its middle. What a piece ought to add up to is
    known from the leads at its ends; so those that are furthest off, at a network's kinks, are halved until the whole
    is right.
    """

    def at(shares: np.ndarray) -> np.ndarray:
        return (shares[:, None, None] * image).astype(np.float32)

    def evidence(ends: np.ndarray) -> np.ndarray:
        return np.diff(ends)[:, :, None] * image * lead_gradients(network, at(ends.mean(1)), label)

    # At first they are shortest at the blank end, where a network changes its mind most.
    marks = np.linspace(0, 1, PIECES + 1) ** 2
    reached = leads(network, at(marks), label)
    pieces, heights = np.stack([marks[:-1], marks[1:]], 1), np.stack([reached[:-1], reached[1:]], 1)
    found = evidence(pieces)
    enough = _allowed(reached[-1] - reached[0])
    for _ in range(ROUNDS):
        off = found.sum((1, 2)) - np.diff(heights)[:, 0]
        if abs(off.sum()) <= enough:
            break
        order = np.argsort(-np.abs(off), kind="stable")
        worst, kept = order[: PIECES // 2], order[PIECES // 2 :]
        middles = pieces[worst].mean(1)
        pieces = np.concatenate([pieces[kept], _halved(pieces[worst], middles)])
        heights = np.concatenate([heights[kept], _halved(heights[worst], leads(network, at(middles), label))])
        found = np.concatenate([found[kept], evidence(pieces[-PIECES:])])
    return found.sum(0)


def _halved(pairs: np.ndarray, middles: np.ndarray) -> np.ndarray:
    """(N, 2) pairs of ends and what lies between each -> (2 N, 2) pairs."""
    return np.concatenate([np.stack([pairs[:, 0], middles], 1), np.stack([middles, pairs[:, 1]], 1)])


def _allowed(expected: float) -> float:
    """How far off a sum of evidence may be that ought to be `expected`."""
    return max(COMPLETE * abs(expected), SMALL)


@method
def grad_cam(network: Any, image: np.ndarray, label: int) -> np.ndarray:
    """The last feature maps, each weighted by its mean gradient: Selvaraju et al. 2017 (arXiv 1610.02391).

    As there, what speaks against the label is cut off. Zeros for a network without feature maps.
    """
    layer = last_map(network)
    if layer is None:
        return np.zeros_like(image)
    weights = slopes(network, network.logits(image[None]), label)[0]
    maps, gradients = network.sensitivity(image, layer.name, weights)
    weighted = np.maximum(maps @ gradients.mean((0, 1)), 0)
    return spread(weighted, layer)


@method
def occlusion(network: Any, image: np.ndarray, label: int) -> np.ndarray:
    """How far the lead falls when a PATCH x PATCH square is wiped clean: Zeiler and Fergus 2014 (arXiv 1311.2901).

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
    scores = leads(network, wiped, label)
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
    top, left = (layer.field.start + layer.field.jump * at for at in place)
    high, wide = (slice(max(0, start), min(SIDE, start + layer.field.size)) for start in (top, left))
    return high, wide


@dataclasses.dataclass(frozen=True)
class Excerpt:
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
        place = tuple(map(int, np.unravel_index(units[index].argmax(), layer.shape[:-1]))) if layer.is_map else ()
        excerpts.append(Excerpt(int(index), float(best[index]), *seen(layer, place)))
    return excerpts
