"""The tab on errors: where each network fails on MNIST's test set, and what its confidence is worth."""

from functools import partial
from typing import Any

import gradio as gr

from cnn.lab.trainings import Trainings
from cnn.mnist import Mnist
from cnn.models.registry import Models
from cnn.ui.errors import Errors, answer


def errors_tab(models: Models, mnist: Mnist, trainings: Trainings, own: gr.State) -> None:
    """Fill the open tab; `own` holds the visitor's own networks, the tickets of `trainings` by name."""
    with gr.Column(elem_classes="card"):
        errors = Errors(models, elem_id="errors", elem_classes="wide")

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    asked = partial(_answer, models, mnist, trainings)
    errors.input(asked, [errors, own], errors, trigger_mode="multiple", concurrency_id="view", **quiet)


def _answer(
    models: Models, mnist: Mnist, trainings: Trainings, asked: dict[str, Any], own: dict[str, str]
) -> dict[str, Any]:
    return answer(asked, trainings.beside(models, own), mnist)
