"""The lab: a network that learns, and the visitor's digit through its training; the views of the tab."""

import dataclasses
from typing import Any, Literal

import numpy as np

from cnn.errors.statistics import wilson
from cnn.lab import export as exported
from cnn.lab import film as recorded
from cnn.lab import sweep as measured
from cnn.lab.film import Film
from cnn.lab.trainings import Epochs, Images, Optimiser, Order, Seeds
from cnn.lab.trainings import Rate as LearningRate
from cnn.network.design import Design, plan
from cnn.service.views import Asked, Views
from cnn.task import DIGITS
from cnn.text import preferred
from cnn.types import Framed, InputError, Shades, Tiles

Rate = Literal["0.01", "0.1", "1"]  # learning rates to choose from


@dataclasses.dataclass(frozen=True)
class Measured:
    """What a network was worth on so many pictures: the mean cross-entropy in nats, and the share it got right."""

    loss: float
    accuracy: float


@dataclasses.dataclass(frozen=True)
class Moment:
    """A training after so many steps: what it was worth, and its validation pictures by what they are and were read."""

    step: int
    epoch: int
    training: Measured
    validation: Measured
    confusion: list[list[int]]


@dataclasses.dataclass(frozen=True)
class RunView:
    """A recorded training: its recipe, when and on what it ran, its moments, and the filters at each."""

    architecture: str
    epochs: int
    steps: int
    batch_size: int
    learning_rate: float
    seed: int
    date: str
    processor: str
    training: int
    measured: int
    validation: int
    moments: list[Moment]
    layer: str
    filters: Shades


@dataclasses.dataclass(frozen=True)
class MapsShown:
    """Feature maps of one layer: of each moment's `channels` one after the other, (moments * channels, h, w)."""

    layer: str
    channels: list[int]
    maps: Tiles


@dataclasses.dataclass(frozen=True)
class FilmView:
    """The digit at every moment of the training: its `probabilities` (moments, classes), and feature maps."""

    probabilities: np.ndarray
    maps: list[MapsShown]


@dataclasses.dataclass(frozen=True)
class StepView:
    """One step by hand, as `cnn.lab.film.Step`; `at` is the moment, `guess` what the trained network says."""

    at: int
    guess: int
    step: recorded.Step


@dataclasses.dataclass(frozen=True)
class BlockShown:
    """One block worked out, as `cnn.network.design.Planned`; the last of a whole design is its layer of logits."""

    shape: list[int]
    parameters: int
    multiply_adds: int
    receptive_field: int


@dataclasses.dataclass(frozen=True)
class Refused:
    """Why the design cannot be trained, due to the block `at` this place: `error.<key>`, and what fills it in."""

    at: int
    key: str
    values: dict[str, int]


@dataclasses.dataclass(frozen=True)
class BuildView:
    """A design worked out: its `layers` up to the first that is impossible, and what they cost together.

    One that is only too large to be trained is `refused` too, and has all its layers.
    """

    layers: list[BlockShown]
    parameters: int
    multiply_adds: int
    refused: Refused | None


@dataclasses.dataclass(frozen=True)
class ExportView:
    """A file: its `name`, its media `type`, and what is in it."""

    name: str
    type: str
    text: str


@dataclasses.dataclass(frozen=True)
class SweptNetwork:
    """One network of a sweep, as `cnn.lab.sweep.Cell`; `low` to `high` is Wilson's interval of the mean, 95 %."""

    filters: int
    depth: int
    parameters: int
    multiply_adds: int
    accuracies: list[float]
    mean: float
    least: float
    most: float
    low: float
    high: float


@dataclasses.dataclass(frozen=True)
class SweepView:
    """What filters and layers buy: the networks, what is gained, and of what trainings, on so many test pictures."""

    networks: list[SweptNetwork]
    gains: measured.Gains
    trainings: int
    training_images: int
    epochs: int
    test_images: int
    date: str
    processor: str


Part = RunView | FilmView | StepView | BuildView | ExportView | SweepView


@dataclasses.dataclass(frozen=True)
class LabAnswer:
    """What a view shows: its `part`, sent under the view's name. `example`: nobody drew this digit yet."""

    asked: Asked
    pixels: np.ndarray
    blank: bool
    example: bool
    part: Part


def look(asked: Asked, framed: Framed, example: bool = False) -> LabAnswer:
    """What the view shows that is asked for, of a framed digit. InputError for an unknown view."""
    part = VIEWS.show(asked, framed.image, recorded.bundled())
    return LabAnswer(asked, framed.image, framed.blank, example, part)


def run(digit: np.ndarray, film: Film) -> RunView:
    """The training itself, which no digit changes."""
    about: dict[str, Any] = film.about
    recipe, images = about["recipe"], about["images"]
    moments = [
        Moment(one["step"], one["epoch"], Measured(**one["training"]), Measured(**one["validation"]), matrix.tolist())
        for one, matrix in zip(about["moments"], film.confusion, strict=True)
    ]
    return RunView(
        **{name: recipe[name] for name in ("architecture", "epochs", "batch_size", "learning_rate", "seed")},
        steps=about["steps"],
        date=about["date"],
        processor=about["machine"]["processor"],
        **images,
        moments=moments,
        layer=film.convolutions[0],
        filters=film.filters,
    )


def film(digit: np.ndarray, film: Film) -> FilmView:
    """The digit at every moment."""
    seen = film.watch(digit)
    maps = [MapsShown(layer, channels, shown.reshape(-1, *shown.shape[2:])) for layer, channels, shown in seen.maps]
    return FilmView(seen.probabilities, maps)


def step(
    digit: np.ndarray, film: Film, *, at: int, label: int | None = None, channel: int | None = None, rate: Rate = "0.1"
) -> StepView:
    """One step by hand on the digit, at one moment of the film; `label` None is what the trained network says."""
    if label is not None and not 0 <= label < DIGITS.count:
        raise InputError("unknown_label", label=str(label)[:20], last=DIGITS.count - 1)
    at, guess = int(np.clip(at, 0, len(film) - 1)), film.guess(digit)
    return StepView(at, guess, film.step(at, digit, guess if label is None else label, float(rate), channel))


def build(digit: np.ndarray, film: Film, *, design: Design) -> BuildView:
    """A design worked out block by block, which no digit changes. A block that is impossible is no error."""
    planned = plan(design)
    layers = [BlockShown(list(shape), *rest) for _, shape, *rest in planned.layers]
    refused = planned.refused and Refused(*planned.refused)
    return BuildView(layers, planned.parameters, planned.multiply_adds, refused)


def export(
    digit: np.ndarray,
    film: Film,
    *,
    kind: exported.Kind,
    language: str,
    design: Design,
    images: Images,
    epochs: Epochs,
    optimiser: Optimiser,
    learning_rate: LearningRate,
    augmentation: bool,
    seeds: Seeds,
) -> ExportView:
    """A design's training as a file that does it elsewhere, with what is said in it in one of our languages."""
    order = Order(design, images, epochs, optimiser, learning_rate, augmentation, seeds)
    spoken = preferred(language)
    if kind == "script":
        return ExportView(exported.SCRIPT, "text/x-python", exported.script(order, spoken))
    return ExportView(exported.NOTEBOOK, "application/x-ipynb+json", exported.notebook(order, spoken))


def sweep(digit: np.ndarray, film: Film) -> SweepView:
    """The sweep that comes with the app, which no digit changes."""
    found = measured.bundled()
    about, first = found.about, found.runs[0]
    return SweepView(
        networks=[
            SweptNetwork(*cell, *wilson(round(cell.mean * first.test_images), first.test_images))
            for cell in found.cells
        ],
        gains=found.gains,
        trainings=len(found.runs),
        training_images=first.training_images,
        epochs=first.epochs,
        test_images=first.test_images,
        date=about["date"],
        processor=about["machine"]["processor"],
    )


VIEWS = Views(run, film, step, build, export, sweep)
