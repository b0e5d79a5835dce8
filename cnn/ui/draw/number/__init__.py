"""The answer to a number: its digits as text, and each boxed on the picture sent. Knows no model."""

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from cnn.framing.decode import plain
from cnn.framing.ink import from_image, from_strokes
from cnn.reading.number import Number
from cnn.types import Framed, Strokes
from cnn.ui.component import Component
from cnn.ui.draw.reading import Source, pixels

SHOWN = 1024  # pixels a side, at most, of the picture that the boxes are drawn on
RIM = 0.06  # of its height: what is cut out around a digit


class NumberReading(Component):
    """Shows what `photo_answer`, `pad_answer` or `nothing` makes."""

    def __init__(self, source: Source = "pad-number", **options: Any):
        super().__init__(Path(__file__).parent, value=nothing(source), **options)

    def api_info(self) -> dict[str, Any]:
        """The value as JSON schema."""
        return {"type": "object", "title": "number", "additionalProperties": True}


def nothing(source: Source) -> dict[str, Any]:
    """The panel before anything was written on the pad or sent as a photo."""
    return {"source": source}


def photo_answer(number: Number, image: Image.Image, first: Framed | None) -> dict[str, Any]:
    """A number read from a picture, JSON-ready: `text`, `digits`, `model`, `source` and the picture as a data URL.

    `first` is its first digit, sent as `first`: its 28x28 pixels, as the answer to a digit has them.
    """
    shown = plain(image).copy()  # `thumbnail` works in place, and the image may be plain already
    shown.thumbnail((SHOWN, SHOWN))
    file = io.BytesIO()
    shown.save(file, "JPEG", quality=85)
    picture = "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")
    return {**_answer(number, first, *image.size), "source": "photo", "picture": picture}


def pad_answer(number: Number, drawing: dict[str, Any], first: Framed | None) -> dict[str, Any]:
    """A number read from pen strokes, JSON-ready: as `photo_answer`, with the strokes in place of a picture."""
    if not drawing["strokes"]:
        return nothing("pad-number")
    answer = _answer(number, first, drawing["width"], drawing["height"])
    return {**answer, "source": "pad-number", "strokes": drawing["strokes"]}


def first_photographed(number: Number, image: Image.Image) -> Framed | None:
    """A number's first digit, cut out of its picture and framed as a picture of one digit; None where there is none."""
    if not number.digits:
        return None
    x0, y0, x1, y1 = number.digits[0].box
    rim = RIM * (y1 - y0)
    box = (max(0, x0 - rim), max(0, y0 - rim), min(image.width, x1 + rim), min(image.height, y1 + rim))
    return from_image(image.crop(tuple(map(round, box))))


def first_written(number: Number, drawing: Strokes) -> Framed | None:
    """A number's first digit, of the strokes within its box, framed as one digit; None where there is none."""
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


def _answer(number: Number, first: Framed | None, width: float, height: float) -> dict[str, Any]:
    """`{text, digits: [{label, confidence, doubtful, box}], first, model, width, height}`, boxes in shares of it."""
    size = (width, height, width, height)
    digits = [
        {
            "label": digit.label,
            "confidence": round(digit.confidence, 4),
            "doubtful": digit.doubtful,
            "box": [round(n / side, 4) for n, side in zip(digit.box, size, strict=True)],
        }
        for digit in number.digits
    ]
    about = {"first": first and pixels(first), "model": number.model, "width": width, "height": height}
    return {"text": number.text, "digits": digits, **about}
