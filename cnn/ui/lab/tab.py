"""The tab where a network learns: a recorded training, played on the digit that was drawn, and visitors' own."""

from functools import partial
from typing import Any

import gradio as gr

from cnn.lab.trainings import Trainings
from cnn.models.registry import Models
from cnn.service import training
from cnn.service.draw import drawn
from cnn.types import Framed
from cnn.ui.arrays import sendable_view
from cnn.ui.draw.pad import Pad, examples, first_seven
from cnn.ui.lab import Lab, answer


def lab_tab(models: Models, trainings: Trainings, tab: gr.Tab, digit: gr.State, own: gr.State) -> None:
    """Fill the open tab; `digit` holds the framed digit of all tabs, None before one was drawn.

    `own` gets the networks that the visitor has trained here: tickets of `trainings`, by the networks' names.
    """
    offered = examples(models["default"].task)
    example = first_seven(offered)
    with gr.Row(elem_classes="looking"):
        with gr.Column(elem_classes="card subject"):
            pad = Pad(offered, follows=True, elem_id="pad-lab")
        with gr.Column(elem_classes="card"):
            lab = Lab(models, elem_id="lab", elem_classes="wide")

    shown = partial(_shown, example)
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    quiet["concurrency_id"] = "view"
    pad.input(partial(_drawn, example), [pad, lab], [digit, lab], trigger_mode="always_last", **quiet)
    for event in (lab.input, tab.select):
        event(shown, [lab, digit], lab, trigger_mode="always_last", **quiet)
    lab.submit(shown, [lab, digit], lab, trigger_mode="multiple", **quiet)

    def trained(asked: dict[str, Any], digit: Framed | None, own: dict[str, str], request: gr.Request) -> Any:
        return _trained(training.look(asked, digit or example, trainings, request.session_hash or "", own), own)

    quiet["concurrency_id"] = None  # no view is waited for
    lab.select(trained, [lab, digit, own], [lab, own], trigger_mode="multiple", **quiet)


def _trained(told: training.TrainingAnswer, own: dict[str, str]) -> tuple[dict[str, Any], Any]:
    """What is told of a training, as the page takes it; once it is done, its network is among the visitor's own."""
    found = told.part.news if isinstance(told.part, training.TrainingNews) else None
    if found is None or found.state != "done" or found.name in own:
        return sendable_view(told), gr.skip()
    return sendable_view(told), {**own, found.name: told.part.ticket}


def _shown(example: Framed, asked: dict[str, Any], digit: Framed | None) -> dict[str, Any]:
    return answer(asked, example if digit is None else digit, example=digit is None)


def _drawn(example: Framed, strokes: object, asked: dict[str, Any]) -> tuple[Framed | None, dict[str, Any]]:
    digit = drawn(strokes)
    return digit, _shown(example, asked, digit)
