"""The first tab: a digit or a number is drawn or photographed, and read while the pen moves."""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import gradio as gr
import PIL.Image

from cnn.framing.ink import parse_strokes
from cnn.models.registry import Models
from cnn.reading.number import read_number, read_number_strokes
from cnn.reading.read import read_image, read_strokes
from cnn.types import Framed, Prediction
from cnn.ui.draw import number
from cnn.ui.draw.pad import Pad, examples
from cnn.ui.draw.reading import Kind, Reading, answer, nothing
from cnn.ui.text import T
from cnn.ui.uploads import SourcedImage

# A mirrored digit is another one, or none; on a phone it is the camera at the back that sees the paper.
CAMERA = gr.WebcamOptions(
    mirror=False,
    constraints={
        "video": {"facingMode": {"ideal": "environment"}, "width": {"ideal": 1920}, "height": {"ideal": 1440}}
    },
)


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
                with gr.Tab(T("draw.pen"), id="pen") as drawing:
                    pad = Pad(examples(), elem_id="pad")  # the page shows the one that the task asks for
                    line = Pad(examples("numbers"), number=True, elem_id="pad-number")
                with gr.Tab(T("draw.photo"), id="photo") as photographing:
                    photo = SourcedImage(
                        label=T("draw.photo_label"),
                        sources=["upload", "clipboard", "webcam"],
                        webcam_options=CAMERA,
                        image_mode=None,
                        show_label=False,
                        buttons=[],
                        elem_id="photo",
                    )
        with gr.Column(elem_classes="card"):  # here too
            reading = Reading(models, elem_id="reading", elem_classes="fill")
            numbers = number.NumberReading(elem_id="numbers", elem_classes="fill")

    def told(framed: Framed | None) -> Framed | None:
        return None if framed is None or framed.blank else dataclasses.replace(framed, steps=())

    def read(framed: Framed, prediction: Prediction, *sent: Any) -> dict[Any, Any]:
        return {reading: answer(framed, prediction, *sent), digit: told(framed)}

    def read_pad(strokes: dict[str, Any]) -> dict[Any, Any]:
        return read(*read_strokes(models["default"], strokes), "pad", "drawn", strokes)

    def read_line(strokes: dict[str, Any]) -> dict[Any, Any]:
        found = read_number_strokes(models["default"], parse_strokes(strokes))
        first = number.first_written(found, parse_strokes(strokes))
        return {numbers: number.pad_answer(found, strokes, first), digit: told(first)}

    def read_drawn(strokes: dict[str, Any], number_strokes: dict[str, Any], task: str) -> dict[Any, Any]:
        return read_line(number_strokes) if task == "number" else read_pad(strokes)

    def read_photo(sent: tuple[PIL.Image.Image, Kind] | None, task: str) -> dict[Any, Any]:
        if sent is None:
            return {reading: nothing("photo"), numbers: number.nothing("photo")}
        image, kind = sent
        if task == "number":
            found = read_number(models["default"], image)
            first = number.first_photographed(found, image)
            return {numbers: number.photo_answer(found, image, first), digit: told(first)}
        return read(*read_image(models["default"], image), "photo", kind)

    def again(read: Callable[..., dict]) -> Callable[..., dict]:
        """`read`, for what was read before: the digit of all tabs stays what it is, and `again` tells."""

        def read_again(*sent: Any) -> dict[Any, Any]:
            return {place: {**value, "again": True} for place, value in read(*sent).items() if place is not digit}

        return functools.wraps(read)(read_again)

    quiet = {"outputs": [reading, numbers, digit], "show_progress": "hidden", "api_visibility": "private"}
    # Live: while one answer is on its way, only the latest drawing waits. The queue would add a round trip.
    pad.input(read_pad, pad, **quiet, trigger_mode="always_last", queue=False)
    line.input(read_line, line, **quiet, trigger_mode="always_last", queue=False)
    drawn = [pad, line, task]
    drawing.select(read_drawn, drawn, **quiet, queue=False)
    for event in (tab.select, task.change):  # an answer to what is not on show is not shown
        event(again(read_drawn), drawn, **quiet, queue=False)
    sent = {photo.change: read_photo, photographing.select: read_photo, task.change: again(read_photo)}
    for event, handler in sent.items():
        # A file that is refused is taken back: the reason is in the message, and the place is free for another.
        event(handler, [photo, task], **quiet).failure(
            lambda: None, outputs=photo, show_progress="hidden", api_visibility="private"
        )
