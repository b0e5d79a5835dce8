"""The first tab: a digit or a number is drawn or photographed, and read while the pen moves."""

import dataclasses
from collections.abc import Callable
from typing import Any

import gradio as gr
import PIL.Image

from cnn.hub import Models
from cnn.ink import parse_strokes
from cnn.number import read_number, read_number_strokes
from cnn.read import read_image, read_strokes
from cnn.types import Framed, Prediction
from cnn.ui import number
from cnn.ui.doors import SourcedImage
from cnn.ui.pad import Pad, examples
from cnn.ui.reading import Kind, Reading, answer, nothing
from cnn.ui.text import T


def draw_tab(models: Models, tab: gr.Tab, digit: gr.State) -> None:
    """Fill the open tab with the pad, the photo and the answer, to a digit or to a number.

    `digit` gets the framed digit that was read last, None for a blank pad.
    """
    with gr.Row(elem_classes="reader"):
        with gr.Column(elem_classes="card"):
            task = gr.Radio(
                [(T("draw.digit"), "digit"), (T("draw.number"), "number")],
                value="digit",
                label=T("draw.task"),
                show_label=False,
                container=False,
                min_width=1,
                elem_id="task",
                elem_classes="pick",
            )
            with gr.Tabs(elem_classes="switch"):
                with gr.Tab(T("draw.pen")) as drawing:
                    pad = Pad(examples(), elem_id="pad")
                with gr.Tab(T("draw.photo")) as photographing:
                    photo = SourcedImage(
                        label=T("draw.photo_label"),
                        sources=["upload", "clipboard", "webcam"],
                        image_mode=None,
                        show_label=False,
                        buttons=[],
                        elem_id="photo",
                    )
        with gr.Column(elem_classes="card"):  # the page shows the one that the task asks for
            reading = Reading(elem_id="reading", elem_classes="fill")
            numbers = number.NumberReading(elem_id="numbers", elem_classes="fill")

    def read(framed: Framed, prediction: Prediction, *sent: Any) -> dict[gr.HTML, Any]:
        return {
            reading: answer(framed, prediction, *sent),
            digit: None if framed.blank else dataclasses.replace(framed, steps=()),
        }

    def read_pad(strokes: dict[str, Any], task: str) -> dict[gr.HTML, Any]:
        model = models["default"]
        if task == "number":
            return {numbers: number.pad_answer(read_number_strokes(model, parse_strokes(strokes)), strokes)}
        return read(*read_strokes(model, strokes), "pad", "drawn", strokes)

    def read_photo(sent: tuple[PIL.Image.Image, Kind] | None, task: str) -> dict[gr.HTML, Any]:
        if sent is None:
            return {reading: nothing("photo"), numbers: number.nothing("photo")}
        image, kind = sent
        model = models["default"]
        if task == "number":
            return {numbers: number.photo_answer(read_number(model, image), image)}
        return read(*read_image(model, image), "photo", kind)

    def again(read: Callable[[Any, str], dict]) -> Callable[[Any, str], dict]:
        """`read`, for what was read before: the digit of all tabs stays what it is."""
        return lambda source, task: {place: value for place, value in read(source, task).items() if place is not digit}

    quiet = {"outputs": [reading, numbers, digit], "show_progress": "hidden", "api_visibility": "private"}
    # Live: while one answer is on its way, only the latest drawing waits. The queue would add a round trip.
    pad.input(read_pad, [pad, task], **quiet, trigger_mode="always_last", queue=False)
    drawing.select(read_pad, [pad, task], **quiet, queue=False)
    for event in (tab.select, task.change):  # an answer to what is not on show is not shown
        event(again(read_pad), [pad, task], **quiet, queue=False)
    sent = {photo.change: read_photo, photographing.select: read_photo, task.change: again(read_photo)}
    for event, handler in sent.items():
        # A file that is refused is taken back: the reason is in the message, and the place is free for another.
        event(handler, [photo, task], **quiet).failure(
            lambda: None, outputs=photo, show_progress="hidden", api_visibility="private"
        )
