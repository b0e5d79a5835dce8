"""A digit or a number, drawn or photographed, and read; and how the picture got to the network."""

from typing import NamedTuple, TypeVar

import numpy as np
import PIL.Image

from cnn import pictures
from cnn.framing import decode
from cnn.framing.frame import frame
from cnn.framing.ink import from_image, from_strokes, parse_strokes
from cnn.models.registry import Models
from cnn.network.classifier import Classifier
from cnn.reading import number, read
from cnn.reading.number import Number
from cnn.text import say
from cnn.types import Framed, InputError, Prediction, Strokes

RIM = 0.06  # of a digit's height: what is cut out around it

Sent = TypeVar("Sent")
Captioned = list[tuple[PIL.Image.Image, str]]


class ReadNumber(NamedTuple):
    """A number as it was read, and its first digit framed as a picture of one; None where there is none."""

    number: Number
    first: Framed | None


def sent(image: Sent | None) -> Sent:
    """What was sent. InputError where nothing was."""
    if image is None:
        raise InputError("no_image")
    return image


def predict(models: Models, image: PIL.Image.Image | None, model: str) -> Prediction:
    """Read the digit in an image."""
    return read.read_image(models[model], sent(image))[1]


def predict_strokes(models: Models, strokes: object, model: str) -> Prediction:
    """Read the digit in pen strokes: {"strokes": [[[x, y], ...], ...], "width": w, "height": h}, y down."""
    return read.read_strokes(models[model], strokes)[1]


def predict_batch(models: Models, images: list[str], model: str) -> list[Prediction | dict[str, str]]:
    """Read each of several images, by their paths, in their order; one that cannot be read gives {"error": text}."""
    classifier = models[model]
    return [_prediction_or_error(classifier, path) for path in images]


def read_number(models: Models, image: tuple[PIL.Image.Image, tuple[int, int]] | None, model: str) -> Number:
    """Read the number in an image, line by line and from left to right; boxes in the pixels of the image sent.

    The image comes with its own width and height, as it may have been reduced.
    """
    classifier = models[model]
    reduced, (width, height) = sent(image)
    return number.read_number(classifier, reduced).scaled(width / reduced.width, height / reduced.height)


def preprocess(models: Models, image: PIL.Image.Image | None) -> Captioned:
    """Each step from the image sent to the 28x28 the network gets."""
    steps = frame(sent(image), models["default"].task).steps
    return [(pictures.enlarged(pictures.grey(step.image)), say(step.name)) for step in steps]


# ------------------------------------------------------------------------------------------------------------ the page


def drawn(strokes: object) -> Framed | None:
    """Pen strokes framed as a digit, None for a blank pad. InputError for what are no strokes."""
    parsed = parse_strokes(strokes)
    return from_strokes(parsed) if parsed.strokes else None


def read_photo(models: Models, image: PIL.Image.Image) -> tuple[Framed, Prediction]:
    """The digit in a photo, by the model that answers."""
    return read.read_image(models["default"], image)


def read_drawing(models: Models, strokes: object, moving: bool = False) -> tuple[Framed, Prediction]:
    """The digit on a pad, by the model that answers; whether the pen is still `moving`."""
    return read.read_strokes(models["default"], strokes, moving)


def read_number_photo(models: Models, image: PIL.Image.Image) -> ReadNumber:
    """The number in a photo, by the model that answers; its first digit is framed from the photo."""
    found = number.read_number(models["default"], image)
    return ReadNumber(found, _first_photographed(found, image))


def read_number_drawing(models: Models, strokes: object) -> ReadNumber:
    """The number on a pad, by the model that answers; its first digit is framed from the strokes within its box."""
    drawing = parse_strokes(strokes)
    found = number.read_number_strokes(models["default"], drawing)
    return ReadNumber(found, _first_written(found, drawing))


def _first_photographed(number: Number, image: PIL.Image.Image) -> Framed | None:
    if not number.digits:
        return None
    x0, y0, x1, y1 = number.digits[0].box
    rim = RIM * (y1 - y0)
    box = (max(0, x0 - rim), max(0, y0 - rim), min(image.width, x1 + rim), min(image.height, y1 + rim))
    left, top, right, bottom = map(round, box)
    return from_image(image.crop((left, top, right, bottom)))


def _first_written(number: Number, drawing: Strokes) -> Framed | None:
    if not number.digits:
        return None
    box = np.reshape(number.digits[0].box, (2, 2))
    rim = RIM * (box[1, 1] - box[0, 1])
    parts = []
    for stroke in drawing.strokes:
        within = ((stroke >= box[0] - rim) & (stroke <= box[1] + rim)).all(axis=1)
        runs = np.split(np.arange(len(stroke)), np.flatnonzero(np.diff(within)) + 1)
        parts += [stroke[run] for run in runs if within[run[0]]]
    return from_strokes(Strokes(tuple(parts), drawing.width, drawing.height))


def _prediction_or_error(classifier: Classifier, path: str) -> Prediction | dict[str, str]:
    try:
        return read.read_image(classifier, decode.open_image(path))[1]
    except InputError as error:
        return {"error": str(error)}
