"""The scripted API: what `gradio_client` may rely on. One hidden button an endpoint; the page does not use them.

Inputs are hidden components rather than `gr.api`, which checks nothing: a file reaches a handler decoded and checked.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import gradio as gr
import numpy as np
import PIL.Image

from cnn import pictures
from cnn.errors import tables
from cnn.framing import decode, ink
from cnn.inside import views
from cnn.inside.explain import explain
from cnn.models.registry import Models
from cnn.reading import read
from cnn.reading.number import read_number
from cnn.reading.read import read_image, read_strokes
from cnn.stress import scan
from cnn.stress.perturbations import PERTURBATIONS
from cnn.text import say
from cnn.types import Framed, InputError, Step
from cnn.ui.uploads import MeasuredImage, UploadedFiles, UploadedImage

Sent = TypeVar("Sent")
Captioned = list[tuple[PIL.Image.Image, str]]


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
        """Read the number in an image, line by line and from left to right; boxes in the pixels of the image sent."""
        classifier, (image, (width, height)) = models[model], _sent(sent)
        return read_number(classifier, image).scaled(width / image.width, height / image.height).as_dict()

    def preprocess(image: PIL.Image.Image | None) -> Captioned:
        """Each step from the image sent to the 28x28 the network gets."""
        return [(_picture(step), say(step.name)) for step in ink.from_image(_sent(image)).steps]

    def layers(model: str) -> list[dict[str, Any]]:
        """A network's layers, in order; the receptive field is in pixels of the 28x28."""
        return [layer.as_dict() for layer in models[model].layers]

    def filters(layer: str, model: str) -> Captioned:
        """A layer's filters, each by its strongest kernels on its own scale: white zero, blue above, orange below."""
        weights = views.kernels(models[model], layer).weights
        drawn = [pictures.row([pictures.diverging(part, np.abs(one).max()) for part in one]) for one in weights]
        return [(pictures.enlarged(picture), str(i)) for i, picture in enumerate(drawn)]

    def feature_maps(image: PIL.Image.Image | None, layer: str, model: str) -> Captioned:
        """What a layer makes of an image: its feature maps, each on its own scale; captions say how strong it is."""
        maps = views.feature_maps(models[model], ink.from_image(_sent(image)).image, layer)
        draw = pictures.sequential if maps.min() >= 0 else pictures.diverging
        return [(pictures.enlarged(draw(one)), f"{i}: {one.max():.2f}") for i, one in enumerate(maps)]

    def explained(
        image: PIL.Image.Image | None, method: str, label: int | None = None, model: str = "default"
    ) -> tuple[PIL.Image.Image, dict[str, Any]]:
        """The evidence for a digit's lead over the others, blue for it, orange against; label null is the predicted."""
        classifier, framed = models[model], ink.from_image(_sent(image))
        prediction = read.predict(classifier, framed)
        label = label if label is not None else prediction.best_guess or 0
        found = explain(classifier, framed.image, method, label)
        notes = [found.note or f"explain.{method}", "explain.lead"]
        note = " ".join(map(say, [*notes, "explain.incomplete"] if found.complete is False else notes))
        answer = {"method": method, "label": label, "probability": prediction.probabilities[label], "note": note}
        return pictures.enlarged(pictures.overlay(found.evidence, framed.image)), answer

    def perturbations() -> list[dict[str, Any]]:
        """The ways to perturb a digit, each with its unit and its range; at the neutral strength nothing changes."""
        return [one.as_dict() for one in PERTURBATIONS.values()]

    def perturb(
        image: PIL.Image.Image | None, perturbation: str, strength: float, seed: int = 0
    ) -> tuple[PIL.Image.Image, dict[str, Any]]:
        """The framed digit perturbed, ink white, and what every model says; a worst case is the default model's."""
        digit = ink.from_image(_sent(image)).image
        bent = scan.perturbed(digit, [(perturbation, strength)], seed, models["default"])
        return pictures.grey(bent), {name: model.predict(Framed(bent)).as_dict() for name, model in models.items()}

    def breaking_point(
        image: PIL.Image.Image | None, perturbation: str, model: str = "default", seed: int = 0
    ) -> dict[str, Any]:
        """The strength nearest to the neutral one at which a model's answer flips, and its answers at all strengths."""
        classifier = models[model]
        digit = ink.from_image(_sent(image)).image
        return scan.curves({model: classifier}, digit, perturbation, seed)[model].as_dict()

    def evaluation(model: str) -> dict[str, Any]:
        """What was measured of a network: `accuracy` on MNIST's test images, `confusion` (rows true), `calibration`."""
        return tables.measured(models[model])

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
        _endpoint(layers, "layers", [model], gr.JSON(label="layers"))
        layer = gr.Textbox(label="layer")
        _endpoint(filters, "filters", [layer, model], gr.Gallery(label="filters", format="png"))
        _endpoint(feature_maps, "feature_maps", [image, layer, model], gr.Gallery(label="maps", format="png"))
        method, label = gr.Textbox("integrated_gradients", label="method"), gr.JSON(label="label")
        heatmap = gr.Image(label="heatmap", format="png")
        _endpoint(explained, "explain", [image, method, label, model], [heatmap, gr.JSON(label="explanation")])
        _endpoint(perturbations, "perturbations", [], gr.JSON(label="perturbations"))
        perturbation, strength = gr.Textbox(label="perturbation"), gr.JSON(label="strength")
        seed = gr.Number(0, label="seed")
        bent = gr.Image(label="perturbed", format="png")
        _endpoint(perturb, "perturb", [image, perturbation, strength, seed], [bent, gr.JSON(label="predictions")])
        _endpoint(breaking_point, "breaking_point", [image, perturbation, model, seed], gr.JSON(label="breaking point"))
        _endpoint(evaluation, "evaluation", [model], gr.JSON(label="metrics"))


def _endpoint(handler: Callable, name: str, inputs: list, output: Any) -> None:
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
    return pictures.enlarged(pictures.grey(step.image))
