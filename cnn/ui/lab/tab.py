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
from cnn.ui.inside.tab import networks_offered
from cnn.ui.lab import Lab, answer


def lab_tab(
    models: Models, trainings: Trainings, tab: gr.Tab, digit: gr.State, own: gr.State, choice: list[gr.Component]
) -> None:
    """Fill the open tab; `digit` holds the framed digit of all tabs, None before one was drawn.

    `own` gets the networks that the visitor has trained here: tickets of `trainings`, by the networks' names; `choice`,
    of the tab that looks inside, offers them.
    """
    offered = examples(models["default"].task)
    example = first_seven(offered)
    with gr.Row(elem_classes="looking"):
        with gr.Column(elem_classes="card subject"):
            pad = Pad(offered, follows="lab", elem_id="pad-lab")
        with gr.Column(elem_classes="card"):
            lab = Lab(models, elem_id="lab", elem_classes="wide")

    shown = partial(_shown, example)
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    quiet["concurrency_id"] = "view"
    pad.input(partial(_drawn, example), [pad, lab], [digit, lab], trigger_mode="always_last", **quiet)
    for event in (lab.input, tab.select):
        event(shown, [lab, digit], lab, trigger_mode="always_last", **quiet)
    lab.submit(shown, [lab, digit], lab, trigger_mode="multiple", **quiet)

    def trained(
        asked: dict[str, Any],
        digit: Framed | None,
        own: Own,
        model: str,
        choices: list[Any],
        request: gr.Request | None,
    ) -> Any:
        told = training.look(asked, digit or example, trainings, (request and request.session_hash) or "", own)
        changed = _changed(told, own)
        if changed == own:
            return sendable_view(told), *[gr.skip()] * 3
        return sendable_view(told), changed, *networks_offered(models, changed, model, choices)

    quiet["concurrency_id"] = None  # no view is waited for
    lab.select(trained, [lab, digit, own, *choice], [lab, own, *choice], trigger_mode="multiple", **quiet)


Own = dict[str, str]


def _changed(told: training.TrainingAnswer, own: Own) -> Own:
    """The visitor's own networks by what is told: those that are trained, and there."""
    if not isinstance(told.part, training.TrainingNews):
        return own
    ticket, news = told.part.ticket, told.part.news
    if news is None:
        return {name: other for name, other in own.items() if other != ticket}
    return {**own, news.name: ticket} if news.state == "done" else own


def _shown(example: Framed, asked: dict[str, Any], digit: Framed | None) -> dict[str, Any]:
    return answer(asked, example if digit is None else digit, example=digit is None)


def _drawn(example: Framed, strokes: object, asked: dict[str, Any]) -> tuple[Framed | None, dict[str, Any]]:
    digit = drawn(strokes)
    return digit, _shown(example, asked, digit)
