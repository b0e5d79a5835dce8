"""The view into a network: `cnn.service.inside` as the page takes it. Knows no picture format.

The page asks with a small JSON object, `{"view": ..., ...}`; the answer repeats it and adds what the view shows. Arrays
travel as bytes and are painted by the browser, so that a change of scale or of place asks nobody.
"""

from pathlib import Path
from typing import Any

from cnn.inside.explain import METHODS
from cnn.models.registry import Models
from cnn.service.inside import look
from cnn.types import Framed
from cnn.ui.arrays import sendable_view
from cnn.ui.component import Component, networks


class Inside(Component):
    """Asks with `input`, and with `submit` for what takes seconds; shows what `answer` makes."""

    def __init__(self, models: Models, **options: Any):
        super().__init__(
            Path(__file__).parent,
            {"methods": list(METHODS), "networks": networks(models)},
            value={"view": "network"},
            **options,
        )


def answer(asked: dict[str, Any], framed: Framed, models: Models, name: str, example: bool = False) -> dict[str, Any]:
    """What a view shows of the model `name` at work on a framed digit, as the page takes it: its part by its name."""
    looked = look(models, asked, framed, name, example)
    shown = sendable_view(looked)
    if looked.shut:
        del shown[asked["view"]]
    return shown
