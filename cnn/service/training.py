"""Trainings in the page: begun, asked after, stopped, and taken away; what the lab asks beside its views."""

import dataclasses
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from cnn.lab.export import package
from cnn.lab.trainings import Epochs, Images, News, Optimiser, Order, Rate, Seeds, Trainings, Why
from cnn.network import design as designs
from cnn.service.views import Asked, Views
from cnn.text import preferred
from cnn.types import Framed, InputError


@dataclasses.dataclass(frozen=True)
class Begun:
    """A training that waits for its turn: what to ask for it by, and what its network is called; or why there is none.

    `multiply_adds` for one picture; about so many `seconds`.
    """

    ticket: str = ""
    name: str = ""
    multiply_adds: int = 0
    seconds: float = 0.0
    why: Why | None = None


@dataclasses.dataclass(frozen=True)
class TrainingNews:
    """How the training of that ticket stands; None where it was let go."""

    ticket: str
    news: News | None = None


@dataclasses.dataclass(frozen=True)
class Files:
    """A trained network's folder as a zip, empty where it was let go."""

    ticket: str
    archive: bytes


@dataclasses.dataclass(frozen=True)
class TrainingAnswer:
    """What is told: its `part`, sent under the name of what was asked."""

    asked: Asked
    part: Begun | TrainingNews | Files


def look(asked: Asked, framed: Framed, trainings: Trainings, visitor: str, own: Mapping[str, str]) -> TrainingAnswer:
    """What is asked of `trainings` by a visitor, who has their `own` networks, tickets by name. InputError as Views."""
    return TrainingAnswer(asked, VIEWS.show(asked, framed.image, trainings, visitor, own))


def begin(
    digit: np.ndarray,
    trainings: Trainings,
    visitor: str,
    own: Mapping[str, str],
    *,
    design: list[dict[str, Any]],
    images: Images,
    epochs: Epochs,
    optimiser: Optimiser,
    learning_rate: Rate,
    augmentation: bool,
    seeds: Seeds,
) -> Begun:
    """Train a network, once with each seed; the digit is read by it after each epoch."""
    try:
        order = Order(designs.read(design), images, epochs, optimiser, learning_rate, augmentation, seeds)
        name = f"mine-{1 + max((int(other.split('-')[1]) for other in own), default=0)}"
        ticket = trainings.begin(name, order, visitor, digit)
    except InputError as error:
        return Begun(why=Why(error.key, error.values))
    return Begun(ticket, name, order.multiply_adds, order.seconds)


def news(
    digit: np.ndarray, trainings: Trainings, visitor: str, own: Mapping[str, str], *, ticket: str, since: int = 0
) -> TrainingNews:
    """What happened since; a training that nobody asks after ends."""
    try:
        return TrainingNews(ticket, trainings.news(ticket, since, digit))
    except InputError:
        return TrainingNews(ticket)


def stop(digit: np.ndarray, trainings: Trainings, visitor: str, own: Mapping[str, str], *, ticket: str) -> TrainingNews:
    """End it: nothing comes of it; one that is through is let go."""
    try:
        trainings.stop(ticket)
    except InputError:
        return TrainingNews(ticket)
    return news(digit, trainings, visitor, own, ticket=ticket)


def files(
    digit: np.ndarray, trainings: Trainings, visitor: str, own: Mapping[str, str], *, ticket: str, language: str
) -> Files:
    """The trained network, to keep: its folder, as `python app.py --model` and `python -m train` take it.

    With it, for other programs: its ONNX and a page that runs it, and what trains it again, which say in one of our
    languages what they say.
    """
    try:
        order, found = trainings.files(ticket)
    except InputError:
        return Files(ticket, b"")
    with zipfile.ZipFile(packed := io.BytesIO(), "w") as archive:  # weights do not get smaller
        for name, data in package(found, order, preferred(language)).items():
            archive.writestr(name, data)
    return Files(ticket, packed.getvalue())


VIEWS = Views(begin, news, stop, files)
