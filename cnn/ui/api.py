"""The scripted API: what `gradio_client` may rely on. One hidden button an endpoint; the page does not use them.

A table over `cnn.service`. Inputs are hidden components rather than `gr.api`, which checks nothing: a file reaches a
function decoded and checked.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import gradio as gr

from cnn.models.registry import Models
from cnn.service import draw, errors, inside, stress
from cnn.ui.arrays import sendable
from cnn.ui.uploads import MeasuredImage, UploadedFiles, UploadedImage

HEAVY = {"predict_batch", "explain", "breaking_point"}  # what takes a second or more


class JSON(gr.JSON):
    """gr.JSON whose value in Python is what a function of `cnn.service` gives."""

    def get_block_name(self) -> str:
        """The browser's part is Gradio's own."""
        return "json"

    def postprocess(self, value: Any) -> Any:
        """As JSON has it."""
        return super().postprocess(sendable(value))


def scripted_api(models: Models) -> None:
    """Add every public endpoint to the Blocks being built."""
    with gr.Column(visible=False):
        image, model = UploadedImage(label="image"), gr.Textbox("default", label="model")
        images, measured = UploadedFiles(label="images"), MeasuredImage(label="image")
        strokes, layer, seed = gr.JSON(label="strokes"), gr.Textbox(label="layer"), gr.Number(0, label="seed")
        method, label = gr.Textbox("integrated_gradients", label="method"), gr.JSON(label="label")
        perturbation, strength = gr.Textbox(label="perturbation"), gr.JSON(label="strength")

        def gallery(name: str) -> gr.Gallery:
            return gr.Gallery(label=name, format="png")

        def picture(name: str) -> gr.Image:
            return gr.Image(label=name, format="png")

        asked = [  # name, function, whether it is asked of the models, inputs, what it gives
            ("models", models.describe, False, [], JSON(label="models")),
            ("predict", draw.predict, True, [image, model], JSON(label="prediction")),
            ("predict_strokes", draw.predict_strokes, True, [strokes, model], JSON(label="prediction")),
            ("predict_batch", draw.predict_batch, True, [images, model], JSON(label="predictions")),
            ("read_number", draw.read_number, True, [measured, model], JSON(label="number")),
            ("preprocess", draw.preprocess, True, [image], gallery("steps")),
            ("layers", inside.layers, True, [model], JSON(label="layers")),
            ("filters", inside.filters, True, [layer, model], gallery("filters")),
            ("feature_maps", inside.feature_maps, True, [image, layer, model], gallery("maps")),
            ("explain", inside.explained, True, [image, method, label, model],
             [picture("heatmap"), JSON(label="explanation")]),
            ("perturbations", stress.perturbations, False, [], JSON(label="perturbations")),
            ("perturb", stress.perturb, True, [image, perturbation, strength, seed],
             [picture("perturbed"), JSON(label="predictions")]),
            ("breaking_point", stress.breaking_point, True, [image, perturbation, model, seed],
             JSON(label="breaking point")),
            ("evaluation", errors.evaluation, True, [model], JSON(label="metrics")),
        ]  # fmt: skip
        for name, function, of_models, inputs, output in asked:
            _endpoint(name, partial(function, models) if of_models else function, function.__doc__, inputs, output)


def _endpoint(name: str, handler: Callable, described: str | None, inputs: list, output: Any) -> None:
    gr.Button().click(
        handler, inputs, output, api_name=name, api_description=described, show_progress="hidden",
        concurrency_id="heavy" if name in HEAVY else "queued",
    )  # fmt: skip
