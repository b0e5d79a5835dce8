"""The scripted API: what `gradio_client` may rely on. One hidden button an endpoint; the page does not use them.

Inputs are hidden components rather than `gr.api`, which checks nothing: a file reaches a handler decoded and checked.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import gradio as gr
import numpy as np
import PIL.Image

from cnn import decode, ink
from cnn.hub import Models
from cnn.number import read_number
from cnn.read import read_image, read_strokes
from cnn.text import say
from cnn.types import Framed, InputError, Step
from cnn.ui.doors import MeasuredImage, UploadedFiles, UploadedImage

Sent = TypeVar("Sent")
GALLERY_SIDE = 448  # pixels; 28 goes 16 times into it


def scripted_api(models: Models) -> None:
    """Add every public endpoint to the Blocks being built."""

    def predict(image: PIL.Image.Image | None, model: str) -> dict[str, Any]:
        """Read the digit in an image."""
        return read_image(models[model], _sent(image))[1].as_dict()

    def predict_strokes(strokes: Any, model: str) -> dict[str, Any]:
        """Read the digit in pen strokes: {"strokes": [[[x, y], ...], ...], "width": w, "height": h}, y down."""
        return read_strokes(models[model], strokes)[1].as_dict()

    def predict_batch(paths: list[str], model: str) -> list[dict[str, Any]]:
        """Read each of several images, in their order; one that cannot be read gives {"error": text}."""
        classifier = models[model]
        return [_prediction_or_error(classifier, path) for path in paths]

    def number(sent: tuple[PIL.Image.Image, tuple[int, int]] | None, model: str) -> dict[str, Any]:
        """Read the number in an image, digit by digit from left to right; boxes in the pixels of the image sent."""
        classifier, (image, (width, height)) = models[model], _sent(sent)
        return read_number(classifier, image).scaled(width / image.width, height / image.height).as_dict()

    def preprocess(image: PIL.Image.Image | None) -> list[tuple[PIL.Image.Image, str]]:
        """Each step from the image sent to the 28x28 the network gets."""
        return pictures(ink.from_image(_sent(image)))

    with gr.Column(visible=False):
        image, model = UploadedImage(label="image"), gr.Textbox("default", label="model")
        _endpoint(models.describe, "models", [], gr.JSON(label="models"))
        _endpoint(predict, "predict", [image, model], gr.JSON(label="prediction"))
        strokes = gr.JSON(label="strokes")
        _endpoint(predict_strokes, "predict_strokes", [strokes, model], gr.JSON(label="prediction"))
        images = UploadedFiles(label="images")
        _endpoint(predict_batch, "predict_batch", [images, model], gr.JSON(label="predictions"))
        measured = MeasuredImage(label="image")
        _endpoint(number, "read_number", [measured, model], gr.JSON(label="number"))
        _endpoint(preprocess, "preprocess", [image], gr.Gallery(label="steps", format="png"))


def pictures(framed: Framed) -> list[tuple[PIL.Image.Image, str]]:
    """A framing's steps as (picture, English caption) for a gallery; small ones enlarged so that pixels show."""
    return [(_picture(step), say(step.name)) for step in framed.steps]


def _endpoint(handler: Callable, name: str, inputs: list, output: gr.components.Component) -> None:
    gr.Button().click(
        handler, inputs, output, api_name=name, api_description=handler.__doc__, show_progress="hidden",
        concurrency_limit=2, concurrency_id="api",
    )  # fmt: skip


def _sent(image: Sent | None) -> Sent:
    if image is None:
        raise InputError("no_image")
    return image


def _prediction_or_error(classifier: Any, path: str) -> dict[str, Any]:
    try:
        return read_image(classifier, decode.open_image(path))[1].as_dict()
    except InputError as error:
        return {"error": str(error)}


def _picture(step: Step) -> PIL.Image.Image:
    picture = PIL.Image.fromarray((np.clip(step.image, 0, 1) * 255).round().astype(np.uint8))
    times = max(1, GALLERY_SIDE // max(picture.size))
    return picture.resize((picture.width * times, picture.height * times), PIL.Image.Resampling.NEAREST)
