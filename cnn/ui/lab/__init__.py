"""The lab: `cnn.service.lab` as the page takes it.

The page asks with a small JSON object, `{"view": ..., ...}`; the answer repeats it and adds what the view shows.
"""

from pathlib import Path
from typing import Any, get_args

from cnn.lab import build
from cnn.models.registry import Models, bundled
from cnn.network.design import MOST_BLOCKS
from cnn.service.lab import Rate, look
from cnn.service.training import LESSON
from cnn.types import Framed
from cnn.ui.arrays import sendable, sendable_view
from cnn.ui.component import Component, networks


class Lab(Component):
    """Asks with `input`, and with `submit` for what is asked beside it; shows what `answer` makes."""

    def __init__(self, models: Models, **options: Any):
        offers = {"blocks": build.BLOCKS, "training": build.TRAINING, "presets": build.PRESETS, "most": MOST_BLOCKS}
        teachable = [name for name in models if name in bundled()]
        known = {
            "networks": networks(models),
            "teachable": teachable,
            "lesson": LESSON,
            "rates": list(get_args(Rate)),
            "offers": sendable(offers),
        }
        super().__init__(Path(__file__).parent, known, value={"view": "film"}, **options)


def answer(asked: dict[str, Any], framed: Framed, example: bool = False) -> dict[str, Any]:
    """What a view shows of a framed digit, as the page takes it: its part by its name."""
    return sendable_view(look(asked, framed, example))
