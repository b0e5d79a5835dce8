"""Trainings in the page: begun, asked after, stopped, and taken away; what the lab asks beside its views."""

import base64
import dataclasses
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from cnn.lab.export import package
from cnn.lab.trainings import Epochs, Images, Lesson, News, Optimiser, Order, Rate, Seeds, Trainings
from cnn.models import registry
from cnn.network import design as designs
from cnn.service.views import Asked, Views
from cnn.task import DIGITS, SIDE
from cnn.text import preferred
from cnn.types import Framed, InputError, Why

LEAST, MOST = LESSON = 6, 400  # of a visitor's digits that can be taught


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
        name = _next(own)
        ticket = trainings.begin(name, order, visitor, digit)
    except InputError as error:
        return Begun(why=error.why)
    return Begun(ticket, name, order.multiply_adds, order.seconds)


def teach(
    digit: np.ndarray,
    trainings: Trainings,
    visitor: str,
    own: Mapping[str, str],
    *,
    network: str,
    pixels: list[str],
    labels: list[int],
    remind: bool,
) -> Begun:
    """Teach a network the visitor's own digits, each 28x28 bytes of ink in base64; half of them are held out."""
    try:
        known = trainings.files(own[network]) if network in own else registry.files(network)
        lesson = Lesson(known, _pictures(pixels, labels), labels, remind)
        name = _next(own)
        ticket = trainings.begin(name, lesson, visitor, digit)
    except InputError as error:
        return Begun(why=error.why)
    return Begun(ticket, name, 0, lesson.seconds)


def _next(own: Mapping[str, str]) -> str:
    """The name of a visitor's next network."""
    return f"mine-{1 + max((int(name.split('-')[1]) for name in own), default=0)}"


def _pictures(pixels: list[str], labels: list[int]) -> np.ndarray:
    """(N, 28, 28) uint8. InputError where they are no pictures with a label each, too few or too many."""
    if (
        len(pixels) != len(labels)
        or not LEAST <= len(labels) <= MOST
        or not all(0 <= one < DIGITS.count for one in labels)
    ):
        raise InputError("lesson", least=LEAST, most=MOST)
    try:
        found = [base64.b64decode(one, validate=True) for one in pixels]
    except ValueError:
        found = [b""]
    if any(len(one) != SIDE**2 for one in found):
        raise InputError("lesson", least=LEAST, most=MOST)
    return np.frombuffer(b"".join(found), np.uint8).reshape(-1, SIDE, SIDE)


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
        order, found = trainings.order(ticket), trainings.files(ticket)
    except InputError:
        return Files(ticket, b"")
    with zipfile.ZipFile(packed := io.BytesIO(), "w") as archive:  # weights do not get smaller
        for name, data in package(found, order, preferred(language)).items():
            archive.writestr(name, data)
    return Files(ticket, packed.getvalue())


VIEWS = Views(begin, teach, news, stop, files)
