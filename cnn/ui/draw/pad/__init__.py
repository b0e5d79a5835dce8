"""The drawing pad: pen strokes as JSON while the pen moves. Knows no model."""

import json
from pathlib import Path
from typing import Any

from cnn.framing.ink import from_strokes, parse_strokes
from cnn.task import DIGITS, Task
from cnn.types import Framed
from cnn.ui.component import Component
from cnn.ui.draw.reading import pixels

HERE = Path(__file__).parent
SIDE, WIDE = 280, 640  # the grid of the pad's own drawings: its side, and the width of the one for numbers
EXAMPLES = HERE.parents[3] / "assets" / "examples"


class Pad(Component):
    """A pad whose value is `{"strokes": [[[x, y], ...], ...], "width": w, "height": h}`, on a grid of SIDE x SIDE.

    `input` fires while the pen moves, and once more when it lifts: then `"lifted": true` stands in what is sent. What
    is not answered within some seconds is sent again. `examples` are digits to click:
    `[{"label": 7, "style": "plain seven", "strokes": <a pad's value>}, ...]`. All pads of a page show one drawing. One
    that `follows` a wing, by its name, is a still picture of the digit that is looked at there, which the page scrolls
    over, until it is to be changed; it says nothing of it before. On a phone it is one line, with what is said of the
    digit. One for a `number` is WIDE, has a line to write on, and a drawing of its own. One with an `instead` follows
    where there is no pen: it stays a picture, at first this one.
    """

    def __init__(
        self,
        examples: list[dict[str, Any]] | None = None,
        follows: str | None = None,
        number: bool = False,
        instead: Framed | None = None,
        **options: Any,
    ):
        width = WIDE if number else SIDE
        options.setdefault("value", {"strokes": [], "width": width, "height": SIDE})
        picture = None if instead is None else pixels(instead)
        kind = {"follows": follows, "number": number, "grid": [width, SIDE], "instead": picture}
        super().__init__(HERE, {"examples": examples or [], **kind}, **options)

    def example_payload(self) -> dict[str, Any]:
        """A vertical line: a one."""
        return {"strokes": [[[140, 60], [140, 220]]], "width": SIDE, "height": SIDE}

    example_value = example_payload


def examples(task: Task, name: str = "strokes", folder: Path | None = None) -> list[dict[str, Any]]:
    """The examples the project made: digits ("strokes") or "numbers"; of another task, those in its network's `folder`.

    None without the file.
    """
    place = EXAMPLES if task.is_like(DIGITS) else folder
    path = place and place / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path and path.is_file() else []


def first_seven(offered: list[dict[str, Any]]) -> Framed:
    """What is looked at before anything was drawn: an example seven, else the first; a blank where there are none."""
    blank = {"label": None, "strokes": {"strokes": [], "width": 1, "height": 1}}
    one = next((one for one in offered if one["label"] == 7), offered[0] if offered else blank)
    return from_strokes(parse_strokes(one["strokes"]))
