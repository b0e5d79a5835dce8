"""The second tab: the digit that was drawn, seen through a network from the pixels to the ten numbers."""

from typing import Any

import gradio as gr

from cnn.hub import Models
from cnn.ink import from_strokes, parse_strokes
from cnn.types import Framed
from cnn.ui.inside import Inside, answer
from cnn.ui.pad import Pad, examples, first_seven
from cnn.ui.text import T


def look_tab(models: Models, tab: gr.Tab, digit: gr.State) -> None:
    """Fill the open tab; `digit` holds the framed digit of all tabs, None before one was drawn."""
    offered = examples()
    example = first_seven(offered)
    with gr.Row(elem_classes="looking"):
        with gr.Column(elem_classes="card subject"):
            pad = Pad(offered, follows=True, elem_id="pad-inside")
            model = gr.Radio(
                list(models),
                value=models.default,
                label=T("inside.model"),
                show_label=False,
                container=False,
                min_width=1,
                elem_id="model",
                elem_classes="pick",
            )
        with gr.Column(elem_classes="card"):
            inside = Inside(elem_id="inside")

    def shown(asked: dict[str, Any], digit: Framed | None, model: str) -> dict[str, Any]:
        shown = answer(asked, example if digit is None else digit, models, model)
        return {**shown, "example": digit is None}

    def drawn(strokes: dict[str, Any], asked: dict[str, Any], model: str) -> tuple[Framed | None, dict[str, Any]]:
        digit = from_strokes(parse_strokes(strokes)) if strokes["strokes"] else None
        return digit, shown(asked, digit, model)

    quiet = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    pad.input(drawn, [pad, inside, model], [digit, inside], trigger_mode="always_last", **quiet)
    for event in (inside.input, model.change, tab.select):
        event(shown, [inside, digit, model], inside, trigger_mode="always_last", **quiet)
    # What takes seconds: several may be on their way at once, and none is dropped.
    inside.submit(shown, [inside, digit, model], inside, trigger_mode="multiple", **quiet)
