"""The answer to a number: its digits as text, and each boxed on the picture sent. Knows no model."""

import base64
import io
from pathlib import Path
from typing import Any

from PIL import Image

from cnn.decode import plain
from cnn.number import Number
from cnn.ui.component import Component
from cnn.ui.reading import Source

SHOWN = 1024  # pixels a side, at most, of the picture that the boxes are drawn on


class NumberReading(Component):
    """Shows what `photo_answer`, `pad_answer` or `nothing` makes."""

    def __init__(self, source: Source = "pad", **options: Any):
        super().__init__(Path(__file__).parent, ("number.",), value=nothing(source), **options)

    def api_info(self) -> dict[str, Any]:
        """The value as JSON schema."""
        return {"type": "object", "title": "number", "additionalProperties": True}


def nothing(source: Source) -> dict[str, Any]:
    """The panel before anything was written on the pad or sent as a photo."""
    return {"source": source}


def photo_answer(number: Number, image: Image.Image) -> dict[str, Any]:
    """A number read from a picture, JSON-ready: `text`, `digits`, `model`, `source` and the picture as a data URL."""
    shown = plain(image).copy()  # `thumbnail` works in place, and the image may be plain already
    shown.thumbnail((SHOWN, SHOWN))
    file = io.BytesIO()
    shown.save(file, "JPEG", quality=85)
    picture = "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")
    return {**_answer(number, *image.size), "source": "photo", "picture": picture}


def pad_answer(number: Number, drawing: dict[str, Any]) -> dict[str, Any]:
    """A number read from pen strokes, JSON-ready: as `photo_answer`, with the strokes in place of a picture."""
    if not drawing["strokes"]:
        return nothing("pad")
    return {**_answer(number, drawing["width"], drawing["height"]), "source": "pad", "strokes": drawing["strokes"]}


def _answer(number: Number, width: float, height: float) -> dict[str, Any]:
    """`{text, digits: [{label, confidence, doubtful, box}], model, width, height}`, boxes in shares of the sides."""
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
    return {"text": number.text, "digits": digits, "model": number.model, "width": width, "height": height}
