"""A picture or pen strokes -> one digit's answer: framed, read, and looked at again where it is refused."""

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import PIL.Image
from scipy import ndimage

from cnn import ink, number
from cnn.classifier import Classifier, since
from cnn.pen import span
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
    refused = prediction.reason == "not_a_digit"
    if refused and _may_be_several(framed.image) and count(classifier, source).several:
        prediction = dataclasses.replace(prediction, reason="several_digits")
    return framed, prediction.taking(since(started))


def _may_be_several(image: np.ndarray) -> bool:
    """Whether it is worth counting the digits in a framed image: it is wide, or in parts."""
    ink = image > 0.4
    (top, bottom), (left, right) = (span(ink.any(axis)) for axis in (1, 0))
    return right - left > bottom - top or ndimage.label(ink, np.ones((3, 3)))[1] > 1
