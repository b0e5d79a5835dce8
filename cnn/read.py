"""A picture or pen strokes -> one digit's answer: framed, read, and looked at again where it is refused."""

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import PIL.Image

from cnn import ink, number
from cnn.classifier import Classifier, since
from cnn.types import Framed, Prediction


def read_image(classifier: Classifier, image: PIL.Image.Image) -> tuple[Framed, Prediction]:
    """Frame a decoded picture and read it; `milliseconds` covers both."""
    return _read(classifier, image, ink.from_image, number.read_number)


def read_strokes(classifier: Classifier, payload: object) -> tuple[Framed, Prediction]:
    """Frame pen strokes (the API's JSON) and read them; `milliseconds` covers both. InputError for anything else."""
    strokes = ink.parse_strokes(payload)
    return _read(classifier, strokes, ink.from_strokes, number.read_number_strokes)


def _read(
    classifier: Classifier,
    source: Any,
    frame: Callable[[Any], Framed],
    count: Callable[[Classifier, Any], number.Number],
) -> tuple[Framed, Prediction]:
    started = time.perf_counter()
    framed = frame(source)
    prediction = classifier.predict(framed)
    if prediction.reason == "not_a_digit" and count(classifier, source).several:
        prediction = dataclasses.replace(prediction, reason="several_digits")
    return framed, prediction.taking(since(started))
