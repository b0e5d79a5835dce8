"""Where the networks fail on MNIST's test set: the endpoint, and the views of the tab."""

import dataclasses

import numpy as np

from cnn.errors.statistics import wilson
from cnn.errors.tables import BinWithInterval, Comparison, compared, measured, with_intervals
from cnn.inside.explain import explain, saliency
from cnn.metadata import Case, Metrics
from cnn.mnist import Mnist
from cnn.models.registry import Models
from cnn.service.views import Asked, Views
from cnn.types import InputError

MOST = 200  # pictures in one answer


def evaluation(models: Models, model: str) -> Metrics:
    """What was measured of a network: `accuracy` on MNIST's test images, `confusion` (rows true), `calibration`."""
    return measured(models[model])


# ------------------------------------------------------------------------------------------------------------ the page


@dataclasses.dataclass(frozen=True)
class CalibrationShown:
    """What a stated confidence is worth, with the intervals of its bins."""

    temperature: float
    expected_calibration_error: float
    bins: list[BinWithInterval]


@dataclasses.dataclass(frozen=True)
class TablesView:
    """All figures of a model, and beside them another one's errors."""

    images: int
    misread: int
    interval: tuple[float, float]
    confusion: list[list[int]]
    errors: list[Case] | None
    doubtful: list[Case]
    calibration: CalibrationShown
    others: list[Case]
    comparison: Comparison


@dataclasses.dataclass(frozen=True)
class Missing:
    """A text key in place of what cannot be had, and the name that it tells of."""

    missing: str
    name: str | None = None


@dataclasses.dataclass(frozen=True)
class PicturesView:
    """28x28 bytes of ink by index, of the images that can be had; and why others are `missing`, as a text key."""

    pixels: dict[str, bytes]
    missing: str | None = None


@dataclasses.dataclass(frozen=True)
class CaseView:
    """What speaks for what was said and for the label, (2, 28, 28); and the training images that are nearest."""

    evidence: np.ndarray
    neighbours: PicturesView


@dataclasses.dataclass(frozen=True)
class ErrorsAnswer:
    """What a view shows: its `part`, sent beside what was `asked`."""

    asked: Asked
    part: TablesView | PicturesView | CaseView | Missing


def look(models: Models, mnist: Mnist, asked: Asked) -> ErrorsAnswer:
    """What the view shows that is asked for. InputError for an unknown view or model."""
    return ErrorsAnswer(asked, VIEWS.show(asked, models, mnist))


def tables(models: Models, mnist: Mnist, *, model: str, other: str) -> TablesView | Missing:
    """All figures of a model, and beside them another one's."""
    network, beside = models[model], models[other]
    if missing := [one.name for one in (network, beside) if not one.metrics]:
        return Missing("error.not_measured", missing[0])
    metrics, others = measured(network), measured(beside)
    errors = round((1 - metrics["accuracy"]) * metrics["images"])
    calibration = metrics["calibration"]
    return TablesView(
        images=metrics["images"],
        misread=errors,
        interval=wilson(errors, metrics["images"]),
        confusion=metrics["confusion"],
        errors=metrics.get("errors"),
        doubtful=metrics.get("doubtful", []),
        calibration=CalibrationShown(
            calibration["temperature"], calibration["expected_calibration_error"], with_intervals(calibration)
        ),
        others=others.get("errors", []),
        comparison=compared(metrics, others),
    )


def pictures(models: Models, mnist: Mnist, *, indices: list[int]) -> PicturesView:
    """Images of MNIST's test set, by their indices."""
    return _from(mnist, "test", indices)


def case(
    models: Models, mnist: Mnist, *, model: str, index: int, said: int, label: int, neighbours: list[int]
) -> CaseView | Missing:
    """One test image: what speaks for what was said and for its label, and the training images that are nearest."""
    try:
        image = mnist.digit("test", index)[0].astype(np.float32) / 255
    except InputError as error:
        return Missing(f"error.{error.key}")
    evidence = [explain(models[model], image, saliency.__name__, one).evidence for one in (said, label)]
    return CaseView(np.stack(evidence), _from(mnist, "train", neighbours))


VIEWS = Views(tables, pictures, case)


def _from(mnist: Mnist, split: str, indices: list[int]) -> PicturesView:
    pixels, missing = {}, None
    for index in indices[:MOST]:
        try:
            pixels[str(index)] = mnist.digit(split, index)[0].tobytes()
        except InputError as error:
            missing = f"error.{error.key}"
    return PicturesView(pixels, missing)
