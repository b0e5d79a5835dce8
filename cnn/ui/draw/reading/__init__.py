"""The answer panel: one prediction, the picture it was made from, how that came about, and the visitor's verdict.

Knows no model. The verdict stays in the visitor's browser.
"""

import base64
import dataclasses
import io
from pathlib import Path
from typing import Any, Literal, NotRequired

import numpy as np
from PIL import Image
from typing_extensions import TypedDict

from cnn.inside.views import LiveFilter
from cnn.models.registry import Models
from cnn.types import Framed, Prediction, Step
from cnn.ui.component import Component, networks

Source = Literal["pad", "pad-number", "photo"]  # what was read, by its place in the page
Kind = Literal["drawn", "uploaded", "photographed"]  # as KINDS in trials.js
PadStrokes = dict[str, Any]  # as the pad sends them
THUMBNAIL = 112  # pixels a side, at most, of a step's picture


class StepShown(TypedDict):
    """A step between the picture sent and the picture read: its text key, and a data URL."""

    name: str
    picture: str


class ReadingShown(TypedDict):
    """What the panel shows beside a prediction; `source` alone where nothing was read.

    `strokes` are the pad's, None for a photo; `pixels` are the 28x28 the network got, one byte a pixel, ink = 255, as
    base64; `again`: it was read before; `moving`: the pen was still down, and another answer follows.
    """

    source: Source
    kind: NotRequired[Kind]
    strokes: NotRequired[PadStrokes | None]
    pixels: NotRequired[str]
    steps: NotRequired[list[StepShown]]
    again: NotRequired[bool]
    moving: NotRequired[bool]


class Reading(Component):
    """Shows what `answer` or `nothing` makes, and what `filter`, one of the network's own, makes of the picture."""

    def __init__(self, models: Models, filter: LiveFilter | None = None, source: Source = "pad", **options: Any):
        known = {"networks": networks(models), "filter": dataclasses.asdict(filter) if filter else None}
        super().__init__(Path(__file__).parent, known, value=nothing(source), **options)


def nothing(source: Source) -> dict[str, Any]:
    """The panel before anything was drawn on the pad or sent as a photo."""
    return {"source": source}


def answer(
    framed: Framed, prediction: Prediction, source: Source, kind: Kind, strokes: dict[str, Any] | None = None
) -> dict[str, Any]:
    """One answer, JSON-ready: the API's prediction, `source`, `kind`, `strokes`, `pixels` and `steps`.

    `strokes` are the pad's, None for a photo; `pixels` are the 28x28 the network got, one byte a pixel, ink = 255, as
    base64; `steps` are `{"name": text key, "picture": data URL}`, for a photo only, so that live answers stay small.
    """
    steps = [] if source == "pad" else [_thumbnail(step) for step in framed.steps]
    sent = {"source": source, "kind": kind, "strokes": strokes}
    return {**prediction.as_dict(), **sent, "pixels": pixels(framed), "steps": steps}


def pixels(framed: Framed) -> str:
    """The 28x28 the network got, one byte a pixel, ink = 255, as base64."""
    return _base64(_bytes(framed.image))


def _thumbnail(step: Step) -> dict[str, str]:
    picture = Image.fromarray(_bytes(step.image))
    if max(picture.size) > THUMBNAIL:
        picture.thumbnail((THUMBNAIL, THUMBNAIL))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return {"name": step.name, "picture": "data:image/png;base64," + _base64(file.getvalue())}


def _bytes(image: np.ndarray) -> np.ndarray:
    return np.rint(255 * np.clip(image, 0, 1)).astype(np.uint8)


def _base64(data: Any) -> str:
    return base64.b64encode(data).decode("ascii")
