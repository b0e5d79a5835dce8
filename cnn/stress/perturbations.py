"""Ways to bend, blur, dirty and hide a digit until a network gives in. Knows no model.

A perturbation takes a (28, 28) float32 image in [0, 1], ink = 1, a strength in its own unit and an `rng`, and gives the
perturbed image. Adding one is one decorated function, and its words in `assets/text`: it appears in the interface, the
API, the evaluation and the tests with no other edit, and in docs/api.md by `python -m train readme`. The same seed
draws the same numbers at every strength, so that a digit changes smoothly as the strength grows.

A worst case is worked out against a network: whatever has `task`, `logits` and `gradients`, as
`cnn.network.classifier.Classifier` has.
"""

import dataclasses
import io
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import numpy as np
import PIL.Image
from scipy import ndimage

from cnn.framing.warp import warped
from cnn.task import SIDE
from cnn.text import say
from cnn.types import InputError

SCAN = 51  # strengths of a scan, from the minimum to the maximum
PGD_STEP = (
    3  # times as far as the radius grows; one step at each of a scan's strengths, fifty on the way to the largest
)
DEEPFOOL_STEPS = 10  # at most; most digits need three
MIDDLE = (SIDE - 1) / 2

Bend = Callable[[np.ndarray, float, np.random.Generator], np.ndarray]
Attack = Callable[[np.ndarray, Sequence[float], Any], Iterator[np.ndarray]]


@dataclasses.dataclass(frozen=True)
class Perturbation:
    """One way to perturb a digit; the texts `perturbation.<name>.label` and `.description` say what it is.

    `strength` runs from `minimum` to `maximum` in `unit`; at `neutral` the image stays as it is.
    """

    name: str
    bend: Callable[..., Any]  # a Bend, or an Attack where it is a worst case
    unit: str
    minimum: float
    maximum: float
    step: float
    neutral: float
    worst_case: bool = False

    def strengths(self, count: int = SCAN) -> np.ndarray:
        """(count,) float64, evenly from the minimum to the maximum; with an odd count the neutral one is among them."""
        return np.linspace(self.minimum, self.maximum, count).round(6)

    def checked(self, strength: Any) -> float:
        """A strength as a number. InputError when it is none, or out of range."""
        number = isinstance(strength, int | float) and not isinstance(strength, bool)
        if not number or not self.minimum <= strength <= self.maximum:
            span = {"minimum": self.minimum, "maximum": self.maximum, "unit": self.unit}
            raise InputError("strength", name=self.name, strength=repr(strength)[:20], **span)
        return float(strength)

    def apply(self, images: np.ndarray, strength: float, seeds: Sequence[int], network: Any = None) -> np.ndarray:
        """(N, 28, 28) float32 images, each with its seed, at one strength; the same shape. `network` is attacked."""
        return self.scan(images, [strength], seeds, network)[0]

    def scan(
        self, images: np.ndarray, strengths: Sequence[float] | np.ndarray, seeds: Sequence[int], network: Any = None
    ) -> np.ndarray:
        """`apply` at each of S strengths: (S, N, 28, 28). A worst case goes its way but once."""
        if self.worst_case:
            way = [s for s in np.union1d(self.strengths(), strengths) if self.neutral < s <= max(strengths)]
            made = {self.neutral: images, **dict(zip(way, self.bend(images, way, network), strict=True))}
            return _image(np.stack([made[strength] for strength in strengths]))
        rows = [[self._bent(*one, strength) for one in zip(images, seeds, strict=True)] for strength in strengths]
        return _image(np.stack(rows))

    def _bent(self, image: np.ndarray, seed: int, strength: float) -> np.ndarray:
        return image if strength == self.neutral else self.bend(image, strength, np.random.default_rng(seed))

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, as the scripted API gives it; the label and the description in English."""
        numbers = {field: getattr(self, field) for field in ("unit", "minimum", "maximum", "step", "neutral")}
        told = {"description": self.say("description"), "worst_case": self.worst_case}
        return {"name": self.name, "label": self.say("label"), **numbers, **told}

    def say(self, part: Literal["label", "description"], language: str = "en") -> str:
        """Its label or its description, in one of `cnn.text.languages()`."""
        return say(f"perturbation.{self.name}.{part}", language)


PERTURBATIONS: dict[str, Perturbation] = {}


def perturbation(unit: str, minimum: float, maximum: float, step: float, neutral: float = 0) -> Callable[[Bend], Bend]:
    """Register a perturbation under its function's name."""
    return _registered(unit, minimum, maximum, step, neutral, False)


def worst_case(unit: str, maximum: float, step: float) -> Callable[[Attack], Attack]:
    """Register an attack, from strength 0: images (N, 28, 28), ascending strengths, network -> images at each."""
    return _registered(unit, 0, maximum, step, 0, True)


def _registered(*fields: Any) -> Callable[[Callable], Callable]:
    def register(bend: Callable) -> Callable:
        PERTURBATIONS[bend.__name__] = Perturbation(bend.__name__, bend, *fields)
        return bend

    return register


def find(name: str) -> Perturbation:
    """One of PERTURBATIONS. InputError, which lists the valid names, for an unknown one."""
    try:
        return PERTURBATIONS[name]
    except (KeyError, TypeError):
        raise InputError("unknown_perturbation", name=str(name)[:80], valid=", ".join(PERTURBATIONS)) from None


def _image(values: np.ndarray) -> np.ndarray:
    return np.clip(values, 0, 1).astype(np.float32)


# ------------------------------------------------------------------------------------------------------------- moving


@perturbation("°", -90, 90, 1)
def rotation(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    cos, sin = math.cos(math.radians(strength)), math.sin(math.radians(strength))
    return warped(image, np.array([[cos, sin], [-sin, cos]]))


@perturbation("px", -12, 12, 0.5)
def shift_across(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return warped(image, np.eye(2), (0, strength))


@perturbation("px", -12, 12, 0.5)
def shift_down(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return warped(image, np.eye(2), (strength, 0))


@perturbation("×", 0.3, 1.7, 0.02, 1)
def scale(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return warped(image, np.eye(2) * strength)


@perturbation("°", -60, 60, 1)
def shear(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return warped(image, np.array([[1, 0], [-math.tan(math.radians(strength)), 1]]))


@perturbation("px", 0, 6, 0.1)
def elastic(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    field = ndimage.gaussian_filter(rng.normal(size=(2, SIDE, SIDE)), (0, 4, 4), mode="wrap")
    field *= strength / field.std()
    return ndimage.map_coordinates(image, np.indices(image.shape) + field, order=1)


# -------------------------------------------------------------------------------------------------------------- noise


@perturbation("σ", 0, 1, 0.02)
def gaussian_noise(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return image + strength * rng.normal(size=image.shape)


@perturbation("%", 0, 60, 1)
def salt_and_pepper(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    chosen, black = rng.random((2, SIDE, SIDE))
    return np.where(chosen < strength / 100, black < 0.5, image)


@perturbation("σ", 0, 2, 0.04)
def shot_noise(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    photons = 1 / max(strength, 1e-6) ** 2  # more cannot be drawn, nor told apart
    return rng.poisson(photons * image) / photons


# --------------------------------------------------------------------------------------------------------------- blur


@perturbation("px", 0, 5, 0.1)
def gaussian_blur(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return ndimage.gaussian_filter(image, strength)


@perturbation("px", 0, 20, 0.5)
def motion_blur(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    angle = rng.uniform(0, math.pi)
    steps = np.linspace(-strength / 2, strength / 2, math.ceil(strength) + 1)
    return np.mean([ndimage.shift(image, (t * math.sin(angle), t * math.cos(angle)), order=1) for t in steps], axis=0)


@perturbation("px", 0, 5, 0.1)
def glass_blur(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    moves = strength * rng.uniform(-1, 1, (2, SIDE, SIDE))
    return ndimage.map_coordinates(image, np.indices(image.shape) + moves, order=1)


@perturbation("px", 1, 15, 0.25, 1)
def pixelation(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    count = max(1, round(SIDE / strength))
    small = PIL.Image.fromarray(image).resize((count, count), PIL.Image.Resampling.BOX)
    return np.asarray(small.resize((SIDE, SIDE), PIL.Image.Resampling.NEAREST))


@perturbation("%", 0, 100, 1)
def jpeg(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    file = io.BytesIO()
    PIL.Image.fromarray(np.rint(image * 255).astype(np.uint8)).save(file, "JPEG", quality=max(1, round(100 - strength)))
    return np.asarray(PIL.Image.open(file), np.float32) / 255


# -------------------------------------------------------------------------------------------------------------- light


@perturbation("%", 0, 100, 1)
def contrast(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return 0.5 + (image - 0.5) * (1 - strength / 100)


@perturbation("%", -100, 100, 2)
def brightness(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return image - strength / 100


@perturbation("%", 0, 100, 1)
def inversion(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return image + strength / 100 * (1 - 2 * image)


@perturbation("%", 0, 100, 1)
def fog(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    octaves = [_smooth(rng, size) * size for size in (1.5, 3, 6)]
    haze = np.sum(octaves, axis=0)
    haze = (haze - haze.min()) / np.ptp(haze)
    return image + strength / 100 * (haze - image)


def _smooth(rng: np.random.Generator, size: float) -> np.ndarray:
    """(28, 28) noise of mean 0 and standard deviation 1, smooth over `size` pixels."""
    noise = ndimage.gaussian_filter(rng.normal(size=(SIDE, SIDE)), size, mode="wrap")
    return (noise - noise.mean()) / noise.std()


# ----------------------------------------------------------------------------------------------------------- the hand


@perturbation("px", -2, 3, 0.1)
def thickness(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    grow = ndimage.grey_dilation if strength > 0 else ndimage.grey_erosion
    share, whole = math.modf(abs(strength))
    less, more = (grow(image, footprint=_disc(radius)) for radius in (int(whole), int(whole) + 1))
    return less + share * (more - less)


def _disc(radius: int) -> np.ndarray:
    y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    return x**2 + y**2 <= radius * (radius + 0.5)


@perturbation("px", 0, 20, 0.5)
def occlusion(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    down, across = rng.uniform(-5, 5, 2)
    inside = [np.clip(strength / 2 + 0.5 - np.abs(np.arange(SIDE) - MIDDLE - at), 0, 1) for at in (down, across)]
    return image * (1 - np.outer(*inside))


# ------------------------------------------------------------------------------------------------- what is laid over it


@perturbation("px", 0, 28, 0.5)
def stripe(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    band = np.clip(strength / 2 + 0.5 - np.abs(np.arange(SIDE) - MIDDLE), 0, 1)
    return image + band * (1 - 2 * image)


@perturbation("%", 0, 60, 1)
def spatter(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    liquid = _smooth(rng, 1.2)
    edge = np.quantile(liquid, 1 - strength / 100)
    return np.maximum(image, np.clip((liquid - edge) / 0.3, 0, 1))


@perturbation("×", 0, 10, 0.2)
def dotted_line(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    dots = np.arange(SIDE) % 4 < 2
    return _crossed(image, strength, rng, lambda start, end: np.where(dots, np.linspace(start, end, SIDE), np.inf))


@perturbation("×", 0, 5, 0.1)
def zigzag(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    teeth = 2 * np.abs((np.arange(SIDE) + 2) % 8 - 4) - 4
    return _crossed(image, strength, rng, lambda start, end: np.linspace(start, end, SIDE) + teeth / 2)


def _crossed(image: np.ndarray, count: float, rng: np.random.Generator, line: Callable) -> np.ndarray:
    """`count` lines from the left side to the right one over the image; `line(start, end)` is the row by column."""
    rows = np.arange(SIDE)[:, None]
    for number in range(math.ceil(count)):
        ink = np.clip(1.5 - np.abs(rows - line(*rng.uniform(2, SIDE - 3, 2))), 0, 1)
        image = np.maximum(image, min(1, count - number) * ink)
    return image


# ------------------------------------------------------------------------------------------------------ the worst case


def _answers(images: np.ndarray, network: Any) -> np.ndarray:
    """(N,) the labels that the network answers."""
    return _of_classes(network.logits(images), network).argmax(1)


def _of_classes(logits: np.ndarray, network: Any) -> np.ndarray:
    """(N, K) logits without those of outputs for what is none of the classes."""
    return logits[:, : network.task.count]


def _uphill(images: np.ndarray, labels: np.ndarray, network: Any) -> np.ndarray:
    """(N, 28, 28): how the lead of the strongest other output over `labels` grows with the pixels.

    The lead rather than the cross-entropy, whose gradient vanishes where a network is sure: Carlini and Wagner 2017
    (arXiv 1608.04644).
    """
    logits = network.logits(images).copy()
    every = np.arange(len(images))
    weights = np.zeros_like(logits)
    weights[every, labels] = -1
    logits[every, labels] = -np.inf
    weights[every, logits.argmax(1)] = 1
    return network.gradients(images, None, weights)


@worst_case("ε", 0.5, 0.01)
def fgsm(images: np.ndarray, strengths: Sequence[float], network: Any) -> Iterator[np.ndarray]:
    signs = np.sign(_uphill(images, _answers(images, network), network))
    for strength in strengths:
        yield np.clip(images + np.float32(strength) * signs, 0, 1)


@worst_case("ε", 0.5, 0.01)
def pgd(images: np.ndarray, strengths: Sequence[float], network: Any) -> Iterator[np.ndarray]:
    labels, here, before = _answers(images, network), images, 0.0
    for strength in strengths:
        step = np.float32(PGD_STEP * (strength - before)) * np.sign(_uphill(here, labels, network))
        here = np.clip(here + step, images - np.float32(strength), images + np.float32(strength))
        here = np.clip(here, 0, 1)
        before = strength
        yield here


@worst_case("L²", 4, 0.08)
def deepfool(images: np.ndarray, strengths: Sequence[float], network: Any) -> Iterator[np.ndarray]:
    labels, way = _answers(images, network), np.zeros_like(images)
    for _ in range(DEEPFOOL_STEPS):
        there = np.clip(images + 1.02 * way, 0, 1)
        logits = network.logits(there)
        held = np.flatnonzero(_of_classes(logits, network).argmax(1) == labels)
        if not len(held):
            break
        way[held] += _to_the_nearest(there[held], logits[held], labels[held], network)
    way /= np.maximum(np.sqrt((way**2).sum((1, 2), keepdims=True)), 1e-12)
    for strength in strengths:
        yield np.clip(images + np.float32(strength) * way, 0, 1)


def _to_the_nearest(images: np.ndarray, logits: np.ndarray, labels: np.ndarray, network: Any) -> np.ndarray:
    """(N, 28, 28): the shortest change to another label, were the network linear."""
    count, every, classes = len(images), np.arange(len(images)), network.task.count
    weights = np.tile(np.eye(classes, logits.shape[1], dtype=np.float32), (count, 1))
    found = network.gradients(np.repeat(images, classes, 0), None, weights).reshape(count, classes, -1)
    slopes = found - found[every, labels][:, None]
    flat = images.reshape(count, 1, -1)
    slopes[((flat <= 0) & (slopes < 0)) | ((flat >= 1) & (slopes > 0))] = 0  # there is no less than no ink
    steepness = np.maximum((slopes**2).sum(2), 1e-12)
    gap = logits[every, labels][:, None] - _of_classes(logits, network)
    far = gap / np.sqrt(steepness)
    far[every, labels] = np.inf
    nearest = far.argmin(1)
    share = (gap / steepness)[every, nearest] + 1e-4
    return (share[:, None] * slopes[every, nearest]).reshape(images.shape)
