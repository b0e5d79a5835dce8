"""A digit under perturbations: its endpoints, and the views of the tab."""

import dataclasses
import random

import numpy as np
import PIL.Image
from typing_extensions import TypedDict

from cnn import pictures
from cnn.framing.frame import frame
from cnn.inside.explain import explain
from cnn.metadata import Curve as TestCurve
from cnn.metadata import MnistC
from cnn.mnist import Mnist
from cnn.models.registry import Models
from cnn.network.classifier import Classifier
from cnn.network.memory import remembered
from cnn.service.draw import sent
from cnn.service.views import Asked, Views
from cnn.stress import scan
from cnn.stress.perturbations import PERTURBATIONS, Perturbation
from cnn.stress.scan import Curve, said
from cnn.task import SIDE
from cnn.types import Framed, InputError, Prediction, Shades

STACK = 4  # perturbations at most, one over the other
LOOKS = 16  # looks at unperturbed digits that a network keeps


def perturbations() -> list[Perturbation]:
    """The ways to perturb a digit, each with its unit and its range; at the neutral strength nothing changes."""
    return list(PERTURBATIONS.values())


def perturb(
    models: Models, image: PIL.Image.Image | None, perturbation: str, strength: float, seed: int = 0
) -> tuple[PIL.Image.Image, dict[str, Prediction]]:
    """The framed digit perturbed, ink white, and what every model says; a worst case is the default model's."""
    digit = frame(sent(image), models["default"].task).image
    bent = scan.perturbed(digit, [(perturbation, strength)], seed, models["default"])
    return pictures.grey(bent), {name: model.predict(Framed(bent)) for name, model in models.items()}


def breaking_point(
    models: Models, image: PIL.Image.Image | None, perturbation: str, model: str = "default", seed: int = 0
) -> Curve:
    """The strength nearest to the neutral one at which a model's answer flips, and its answers at all strengths."""
    classifier = models[model]
    return scan.curves({model: classifier}, frame(sent(image), classifier.task).image, perturbation, seed)[model]


# ------------------------------------------------------------------------------------------------------------ the page


class Row(TypedDict):
    """One perturbation of a stack."""

    name: str
    strength: float


@dataclasses.dataclass(frozen=True)
class Look:
    """What a network says of a picture, and the evidence for its best guess."""

    prediction: Prediction
    evidence: Shades


@dataclasses.dataclass(frozen=True)
class CompareView:
    """The digit under a stack of perturbations; by model, its look before and after."""

    image: Shades
    models: dict[str, list[Look]]


@dataclasses.dataclass(frozen=True)
class BreakAt:
    """Where an answer breaks, what is said then, and between which strengths the first answer is back."""

    strength: float
    after: int | None
    again: list[list[float]]


@dataclasses.dataclass(frozen=True)
class Broken:
    """Between which strengths an answer holds, None where there was none; where it breaks, the nearest first.

    `image` is the picture that breaks it, None where none does.
    """

    before: int | None
    held: list[float] | None
    breaks: list[BreakAt]
    image: Shades | None


@dataclasses.dataclass(frozen=True)
class BrokenCurve(Broken):
    """The same with the whole curve: the share `kept` of the first answer, the labels; and how `test` digits fare."""

    strengths: list[float]
    kept: list[float]
    labels: list[int | None]
    test: TestCurve | None


@dataclasses.dataclass(frozen=True)
class BreakingView:
    """Each model's curve for one perturbation."""

    name: str
    models: dict[str, BrokenCurve]


@dataclasses.dataclass(frozen=True)
class CardView:
    """One row of the report card: where each model breaks under one perturbation."""

    name: str
    models: dict[str, Broken]


@dataclasses.dataclass(frozen=True)
class ScoreView:
    """Each model's errors on MNIST-C, as its metrics have them; None where they were not measured."""

    models: dict[str, MnistC | None]


@dataclasses.dataclass(frozen=True)
class TestDigit:
    """A digit of MNIST's test set: its place and its label."""

    index: int
    label: int


@dataclasses.dataclass(frozen=True)
class StressAnswer:
    """What a view shows of all models at work on a digit: its `part`, sent under the view's name.

    `example`: nobody drew this digit yet. `test`: which test digit it is, None for any other.
    """

    asked: Asked
    pixels: np.ndarray
    prediction: Prediction
    example: bool
    test: TestDigit | None
    part: CompareView | BreakingView | CardView | ScoreView


def look(
    models: Models, asked: Asked, framed: Framed, example: bool = False, test: TestDigit | None = None
) -> StressAnswer:
    """What the view shows that is asked for, of all models at work on a framed digit. InputError for an unknown one."""
    part = VIEWS.show(asked, framed, models)
    return StressAnswer(asked, framed.image, models["default"].predict(framed), example, test, part)


def compare(framed: Framed, models: Models, *, stack: list[Row], seed: int, against: str | None = None) -> CompareView:
    """The digit under a stack of perturbations, and every model's answer and evidence, before and after."""
    if len(stack) > STACK:
        raise InputError("stack", limit=STACK)
    rows = [(row["name"], row["strength"]) for row in stack]
    bent = Framed(scan.perturbed(framed.image, rows, seed, models[against or "default"]))
    before = framed.image.tobytes(), framed.crowded
    return CompareView(
        bent.image, {name: [_look_before(model, *before), _look(model, bent)] for name, model in models.items()}
    )


def _look(model: Classifier, framed: Framed) -> Look:
    prediction = model.predict(framed)
    return Look(prediction, explain(model, framed.image, "saliency", prediction.best_guess or 0).evidence)


@remembered(most=LOOKS)
def _look_before(model: Classifier, image: bytes, crowded: bool) -> Look:
    """A look at the unperturbed digit, which stays the same while the slider moves."""
    return _look(model, Framed(np.frombuffer(image, np.float32).reshape(SIDE, SIDE), crowded=crowded))


def breaking(framed: Framed, models: Models, *, name: str, seed: int) -> BreakingView:
    """Each model's curve for one perturbation, where it breaks, and how the test digits fare."""
    found = scan.curves(models, framed.image, name, seed)
    return BreakingView(name, {model: _curve(models[model], curve) for model, curve in found.items()})


def _curve(model: Classifier, curve: Curve) -> BrokenCurve:
    robustness = model.metrics.get("robustness", {}) if model.metrics else {}
    return BrokenCurve(
        **vars(_broken(curve)),
        strengths=curve.strengths.tolist(),
        kept=curve.kept.tolist(),
        labels=[said(label) for label in curve.labels],
        test=robustness.get("perturbations", {}).get(curve.perturbation.name),
    )


def card(framed: Framed, models: Models, *, name: str, seed: int) -> CardView:
    """One row of the report card: where each model breaks under one perturbation."""
    found = scan.curves(models, framed.image, name, seed)
    return CardView(name, {model: _broken(curve) for model, curve in found.items()})


def _broken(curve: Curve) -> Broken:
    breaks = [
        BreakAt(
            float(curve.strengths[one.place]),
            said(curve.labels[one.place]),
            [curve.span(places) for places in one.again],
        )
        for one in curve.breaks
    ]
    held = curve.span(curve.held) if curve.held else None
    image = curve.images[curve.breaks[0].place] if breaks else None
    return Broken(said(curve.labels[curve.start]), held, breaks, image)


def score(framed: Framed, models: Models) -> ScoreView:
    """Each model's errors on MNIST-C."""
    measured = {name: model.metrics.get("robustness", {}) if model.metrics else {} for name, model in models.items()}
    return ScoreView({name: robustness.get("mnist_c") for name, robustness in measured.items()})


VIEWS = Views(compare, breaking, card, score)


# ------------------------------------------------------------------------------------------------- MNIST's test digits


def test_digit(mnist: Mnist, index: float) -> Framed:
    """The test image at a place, as networks read it. InputError says which there are."""
    if isinstance(index, bool) or not isinstance(index, int | float) or index != index // 1 or index < 0:
        raise InputError("test_digit", last=mnist.first("test") - 1)
    try:
        return Framed(_floats(mnist.digit("test", int(index))[0]))
    except InputError as error:
        if error.key != "mnist_missing":
            raise
        raise InputError("test_digit_away", index=int(index), last=mnist.first("test") - 1) from None


def any_place(mnist: Mnist) -> int:
    """The place of some test digit. InputError where there is none."""
    return random.randrange(mnist.first("test"))


def which(mnist: Mnist, digit: Framed | None, index: int | None) -> TestDigit | None:
    """The test digit at a place, where that is the digit that is looked at."""
    if digit is None or index is None:
        return None
    try:
        image, label = mnist.digit("test", index)
    except InputError:
        return None
    return TestDigit(index, label) if np.array_equal(digit.image, _floats(image)) else None


def _floats(image: np.ndarray) -> np.ndarray:
    return image.astype(np.float32) / 255
