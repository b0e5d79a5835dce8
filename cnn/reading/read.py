"""A picture or pen strokes -> one digit's answer: framed, read, and looked at again where it is refused."""

import dataclasses
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import PIL.Image
from scipy import ndimage

from cnn.framing import ink
from cnn.framing.frame import frame
from cnn.framing.pen import span
from cnn.framing.warp import warped
from cnn.network.classifier import Classifier, since
from cnn.reading import number
from cnn.task import DIGITS
from cnn.types import Framed, InputError, Prediction

# Where the first look is not sure, the picture is looked at again, smaller and blurred. Chosen on MNIST's validation
# digits and on digits and letters by people who were held out: where 0.3 % of digits are lost, 95.8 % of letters are
# refused instead of 94.3, and of digits as many are answered rightly.
SMALLER, BLURRED = 0.85, 0.6  # times as large; pixels, the standard deviation
SURE = 0.97  # the best probability; lower is not sure
STRANGE = 0.02  # how likely it is no digit; higher is not sure


def read_image(classifier: Classifier, image: PIL.Image.Image) -> tuple[Framed, Prediction]:
    """Frame a decoded picture as the network's task has it and read it; `milliseconds` covers both."""
    return _read(classifier, image, partial(frame, task=classifier.task), number.read_number)


def read_strokes(classifier: Classifier, payload: object, moving: bool = False) -> tuple[Framed, Prediction]:
    """Frame pen strokes (the API's JSON) and read them; `milliseconds` covers both.

    While the pen is `moving` the digit is not finished, and is looked at once: the next answer is on its way.
    InputError for anything else, and for a network that reads nothing drawn.
    """
    if not classifier.task.drawn:
        raise InputError("no_pen", model=classifier.name)
    strokes = ink.parse_strokes(payload)
    # While the first stroke is drawn it is no digit yet, over and over; and who writes two digits lifts the pen.
    count = number.read_number_strokes if len(strokes.strokes) > 1 else None
    return _read(classifier, strokes, ink.from_strokes, count, moving)


def logits(classifier: Classifier, images: np.ndarray) -> np.ndarray:
    """(N, 28, 28) float32 in [0, 1] -> (N, K) float32 logits; of unsure ones, the mean of several looks."""
    found = classifier.logits(images)
    probabilities, strange = classifier.calibrated(found)
    unsure = np.flatnonzero((probabilities.max(axis=1) < SURE) | (strange > STRANGE))
    if unsure.size:
        smaller = np.stack([warped(image, np.eye(2) * SMALLER) for image in images[unsure]])
        looks = (smaller, ndimage.gaussian_filter(images[unsure], (0, BLURRED, BLURRED)))
        found[unsure] = np.mean([found[unsure], *map(classifier.logits, looks)], axis=0)
    return found


def answers(classifier: Classifier, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What `Classifier.read` gives for framed digits, (N, 28, 28) float32 in [0, 1], looked at as the app does."""
    return classifier.read(images, logits(classifier, images))


def predict(classifier: Classifier, framed: Framed) -> Prediction:
    """What `Classifier.predict` says of a framed digit, looked at as the app does."""
    return classifier.predict(framed, None if framed.blank else logits(classifier, framed.image[None]))


def _read(
    classifier: Classifier,
    source: Any,
    frame: Callable[[Any], Framed],
    count: Callable[[Classifier, Any], number.Number] | None,
    moving: bool = False,
) -> tuple[Framed, Prediction]:
    started = time.perf_counter()
    framed = frame(source)
    prediction = classifier.predict(framed) if moving else predict(classifier, framed)
    refused = prediction.reason == "not_a_digit" and classifier.task.is_like(DIGITS)
    if refused and count and _may_be_several(framed.image) and count(classifier, source).several:
        prediction = dataclasses.replace(prediction, reason="several_digits")
    return framed, prediction.taking(since(started))


def _may_be_several(image: np.ndarray) -> bool:
    """Whether it is worth counting the digits in a framed image: it is wide, or in parts."""
    ink = image > 0.4
    (top, bottom), (left, right) = (span(ink.any(axis)) for axis in (1, 0))
    return right - left > bottom - top or ndimage.label(ink, np.ones((3, 3)))[1] > 1
