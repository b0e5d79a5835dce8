"""The tab on errors: where each network fails on MNIST's test set, and what its confidence is worth."""

import functools
from typing import Any

import gradio as gr

from cnn.mnist import Mnist
from cnn.models.registry import Models
from cnn.ui.errors import Errors, answer


def errors_tab(models: Models, mnist: Mnist) -> None:
    """Fill the open tab."""
    with gr.Column(elem_classes="card"):
        errors = Errors(models, elem_id="errors", elem_classes="wide")

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    asked = functools.partial(answer, models=models, mnist=mnist)
    errors.input(asked, errors, errors, trigger_mode="multiple", concurrency_id="view", **quiet)
