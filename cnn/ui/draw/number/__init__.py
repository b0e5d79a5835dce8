"""The answer to a number: its digits as text, and each boxed on the picture sent. Knows no model."""

import base64
import io
from pathlib import Path
from typing import Any, NotRequired

from PIL import Image
from typing_extensions import TypedDict

from cnn.framing.decode import plain
from cnn.reading.number import Number
from cnn.types import Framed
from cnn.ui.component import Component
from cnn.ui.draw.reading import Source, pixels

SHOWN = 1024  # pixels a side, at most, of the picture that the boxes are drawn on


class DigitShown(TypedDict):
    """A digit of a number; its box in shares of the picture."""

    label: int
    confidence: float
    doubtful: bool
    box: list[float]


class NumberAnswer(TypedDict):
    """A number as the panel shows it; `source` alone where nothing was read. `again`: it was read before.

    `first` are the 28x28 pixels of its first digit, as the answer to a digit has them. A photo has a `picture`, a data
    URL, a pad its `strokes`.
    """

    source: Source
    text: NotRequired[str]
    digits: NotRequired[list[DigitShown]]
    first: NotRequired[str | None]
    model: NotRequired[str]
    width: NotRequired[float]
    height: NotRequired[float]
    picture: NotRequired[str]
    strokes: NotRequired[list[list[list[float]]]]
    again: NotRequired[bool]


class NumberReading(Component):
    """Shows what `photo_answer`, `pad_answer` or `nothing` makes."""

    def __init__(self, source: Source = "pad-number", **options: Any):
        super().__init__(Path(__file__).parent, value=nothing(source), **options)


def nothing(source: Source) -> NumberAnswer:
    """The panel before anything was written on the pad or sent as a photo."""
    return {"source": source}


def photo_answer(number: Number, image: Image.Image, first: Framed | None) -> NumberAnswer:
    """A number read from a picture, JSON-ready: `text`, `digits`, `model`, `source` and the picture as a data URL.

    `first` is its first digit, sent as `first`: its 28x28 pixels, as the answer to a digit has them.
    """
    shown = plain(image).copy()  # `thumbnail` works in place, and the image may be plain already
    shown.thumbnail((SHOWN, SHOWN))
    file = io.BytesIO()
    shown.save(file, "JPEG", quality=85)
    picture = "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")
    return {**_answer("photo", number, first, *image.size), "picture": picture}


def pad_answer(number: Number, drawing: dict[str, Any], first: Framed | None) -> NumberAnswer:
    """A number read from pen strokes, JSON-ready: as `photo_answer`, with the strokes in place of a picture."""
    if not drawing["strokes"]:
        return nothing("pad-number")
    answer = _answer("pad-number", number, first, drawing["width"], drawing["height"])
    return {**answer, "strokes": drawing["strokes"]}


def _answer(source: Source, number: Number, first: Framed | None, width: float, height: float) -> NumberAnswer:
    size = (width, height, width, height)
    digits: list[DigitShown] = [
        {
            "label": digit.label,
            "confidence": round(digit.confidence, 4),
            "doubtful": digit.doubtful,
            "box": [round(n / side, 4) for n, side in zip(digit.box, size, strict=True)],
        }
        for digit in number.digits
    ]
    return {
        "source": source,
        "text": number.text,
        "digits": digits,
        "first": first and pixels(first),
        "model": number.model,
        "width": width,
        "height": height,
    }
