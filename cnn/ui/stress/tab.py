"""Where the digit is bent until the networks give in, and one sees which gives in first."""

from collections.abc import Callable
from functools import partial
from typing import Any

import gradio as gr

from cnn.lab.trainings import Trainings
from cnn.mnist import Mnist
from cnn.models.registry import Models
from cnn.service.draw import drawn
from cnn.service.stress import any_place, test_digit, which
from cnn.task import DIGITS
from cnn.types import Framed
from cnn.ui.draw.pad import Pad
from cnn.ui.draw.pictures import looked_at
from cnn.ui.stress import Stress, answer
from cnn.ui.text import T


def stress_tab(
    models: Models, mnist: Mnist, trainings: Trainings, tabs: list[gr.Tab], digit: gr.State, own: gr.State
) -> None:
    """Fill the open tab, the last of `tabs`, which stand within one another.

    `digit` holds the framed digit of all tabs, None before one was drawn.
    `own` holds the visitor's own networks, the tickets of `trainings` by name: they stand beside the others.
    """
    offered, example, instead = looked_at(models, mnist)
    with gr.Row(elem_classes="looking"):
        with gr.Column(elem_classes="card subject"):
            pad = Pad(offered, follows="stress", instead=instead, elem_id="pad-stress")
            of_digits = models["default"].task.is_like(DIGITS)
            with gr.Row(elem_classes="from-mnist", visible=of_digits or mnist.has("test")):
                called = T("stress.test_digit") if of_digits else T("stress.test_picture")
                index = gr.Number(label=called, elem_id="test-digit")
                more = T("stress.another") if of_digits else T("stress.another_picture")
                another = gr.Button(more, elem_id="another-digit")
        with gr.Column(elem_classes="card"):
            stress = Stress(models, elem_id="stress", elem_classes="wide")
    taken = gr.State()  # the place of the test digit that was taken last

    known = partial(trainings.beside, models)
    shown, take = partial(_shown, known, mnist, example), partial(_take, known, mnist, example)
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    # A refusal has its sentence only through the queue.
    index.input(take, [stress, own, index], [taken, digit, stress], trigger_mode="always_last", **quiet)
    another.click(partial(_take_by_lot, known, mnist, example), [stress, own], [index, taken, digit, stress], **quiet)
    quiet["queue"] = False
    view = {**quiet, "concurrency_id": "view"}
    pad.input(
        partial(_drawn, known, mnist, example), [pad, stress, own], [digit, stress], trigger_mode="always_last", **view
    )
    for event in (stress.input, *(tab.select for tab in tabs)):
        event(shown, [stress, own, digit, taken], stress, trigger_mode="always_last", **view)
    stress.submit(shown, [stress, own, digit, taken], stress, trigger_mode="multiple", concurrency_id="heavy", **quiet)


Own = dict[str, str]
Known = Callable[[Own], Models]  # the networks that a visitor has side by side


def _shown(
    known: Known,
    mnist: Mnist,
    example: Framed,
    asked: dict[str, Any],
    own: Own,
    digit: Framed | None,
    index: int | None,
) -> dict[str, Any]:
    test = which(mnist, digit, index)
    return answer(asked, example if digit is None else digit, known(own), example=digit is None, test=test)


def _drawn(
    known: Known, mnist: Mnist, example: Framed, strokes: object, asked: dict[str, Any], own: Own
) -> tuple[Framed | None, dict[str, Any]]:
    digit = drawn(strokes)
    return digit, _shown(known, mnist, example, asked, own, digit, None)


def _take(known: Known, mnist: Mnist, example: Framed, asked: dict[str, Any], own: Own, index: float | None) -> Any:
    """The place of a test digit, the digit, and what is shown of it."""
    if index is None:  # the field is being written in
        return gr.skip()
    digit = test_digit(mnist, index)
    return int(index), digit, _shown(known, mnist, example, asked, own, digit, int(index))


def _take_by_lot(known: Known, mnist: Mnist, example: Framed, asked: dict[str, Any], own: Own) -> tuple[Any, ...]:
    place = any_place(mnist)
    return place, *_take(known, mnist, example, asked, own, place)
