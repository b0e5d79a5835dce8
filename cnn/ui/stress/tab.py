"""The third tab: the digit is bent until the networks give in, and one sees which gives in first."""

import random
from typing import Any

import gradio as gr
import numpy as np

from cnn.framing.ink import from_strokes, parse_strokes
from cnn.mnist import Mnist
from cnn.models.registry import Models
from cnn.types import Framed, InputError
from cnn.ui.draw.pad import Pad, examples, first_seven
from cnn.ui.stress import Stress, answer
from cnn.ui.text import T


def stress_tab(models: Models, mnist: Mnist, tab: gr.Tab, digit: gr.State) -> None:
    """Fill the open tab; `digit` holds the framed digit of all tabs, None before one was drawn."""
    offered = examples()
    example = first_seven(offered)
    with gr.Row(elem_classes="looking"):
        with gr.Column(elem_classes="card subject"):
            pad = Pad(offered, follows=True, elem_id="pad-stress")
            with gr.Row(elem_classes="from-mnist"):
                index = gr.Number(label=T("stress.test_digit"), elem_id="test-digit")
                another = gr.Button(T("stress.another"), elem_id="another-digit")
        with gr.Column(elem_classes="card"):
            stress = Stress(models, elem_id="stress", elem_classes="wide")
    taken = gr.State()  # the place of the test digit that was taken last

    def shown(asked: dict[str, Any], digit: Framed | None, index: int | None) -> dict[str, Any]:
        shown = answer(asked, example if digit is None else digit, models)
        return {**shown, "example": digit is None, "test": _label(mnist, digit, index)}

    def drawn(strokes: dict[str, Any], asked: dict[str, Any]) -> tuple[Framed | None, dict[str, Any]]:
        digit = from_strokes(parse_strokes(strokes)) if strokes["strokes"] else None
        return digit, shown(asked, digit, None)

    def take(asked: dict[str, Any], index: float | None) -> dict[Any, Any]:
        if index is None:  # the field is being written in
            return gr.skip()
        digit_taken = Framed(_floats(_test_digit(mnist, index)[0]))
        return {digit: digit_taken, taken: int(index), stress: shown(asked, digit_taken, int(index))}

    def take_by_lot(asked: dict[str, Any]) -> dict[Any, Any]:
        place = random.randrange(mnist.first("test"))
        return {index: place, **take(asked, place)}

    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    # A refusal has its sentence only through the queue.
    index.input(take, [stress, index], [taken, digit, stress], trigger_mode="always_last", **quiet)
    another.click(take_by_lot, stress, [index, taken, digit, stress], **quiet)
    quiet["queue"] = False
    pad.input(drawn, [pad, stress], [digit, stress], trigger_mode="always_last", **quiet)
    for event in (stress.input, tab.select):
        event(shown, [stress, digit, taken], stress, trigger_mode="always_last", **quiet)
    stress.submit(shown, [stress, digit, taken], stress, trigger_mode="multiple", **quiet)


def _test_digit(mnist: Mnist, index: float) -> tuple[np.ndarray, int]:
    """A test image and its label. InputError says which there are."""
    if index != index // 1 or index < 0:
        raise InputError("test_digit", last=mnist.first("test") - 1)
    try:
        return mnist.digit("test", int(index))
    except InputError as error:
        if error.key != "mnist_missing":
            raise
        raise InputError("test_digit_away", index=int(index), last=mnist.first("test") - 1) from None


def _label(mnist: Mnist, digit: Framed | None, index: int | None) -> dict[str, int] | None:
    """The place and the label of the test digit that is looked at; None for any other digit."""
    if digit is None or index is None:
        return None
    try:
        image, label = mnist.digit("test", index)
    except InputError:
        return None
    return {"index": index, "label": label} if np.array_equal(digit.image, _floats(image)) else None


def _floats(image: np.ndarray) -> np.ndarray:
    return image.astype(np.float32) / 255
