"""The first tab: a digit is drawn or photographed, and read while the pen moves."""

from typing import Any

import gradio as gr
import PIL.Image

from cnn.classifier import read_image, read_strokes
from cnn.hub import Models
from cnn.ui.doors import UploadedImage
from cnn.ui.pad import Pad, examples
from cnn.ui.reading import Reading, answer, nothing
from cnn.ui.text import T


def draw_tab(models: Models) -> None:
    """Fill the open tab with the pad, the photo and the answer."""
    with gr.Row(elem_classes="reader"):
        with gr.Column(elem_classes="card"), gr.Tabs(elem_classes="switch"):
            with gr.Tab(T("draw.pen")) as drawing:
                pad = Pad(examples(), elem_id="pad")
            with gr.Tab(T("draw.photo")) as photographing:
                photo = UploadedImage(
                    label=T("draw.photo_label"),
                    sources=["upload", "clipboard", "webcam"],
                    image_mode=None,
                    show_label=False,
                    buttons=[],
                    elem_id="photo",
                )
        with gr.Column(elem_classes="card"):
            reading = Reading(elem_id="reading", elem_classes="fill")

    def read_pad(strokes: dict[str, Any]) -> dict[str, Any]:
        return answer(*read_strokes(models["default"], strokes))

    def read_photo(image: PIL.Image.Image | None) -> dict[str, Any]:
        return nothing("photo") if image is None else answer(*read_image(models["default"], image), "photo")

    quiet = {"outputs": reading, "show_progress": "hidden", "api_visibility": "private"}
    # Live: while one answer is on its way, only the latest drawing waits. The queue would add a round trip.
    pad.input(read_pad, pad, **quiet, trigger_mode="always_last", queue=False)
    drawing.select(read_pad, pad, **quiet, queue=False)
    for event in (photo.change, photographing.select):
        # A file that is refused is taken back: the reason is in the message, and the place is free for another.
        event(read_photo, photo, **quiet).failure(
            lambda: None, outputs=photo, show_progress="hidden", api_visibility="private"
        )
