"""The tab of test series: the visitor's own, and a class's."""

import time
from typing import Any

import gradio as gr

from cnn.models.registry import Models
from cnn.service.trials import look
from cnn.trials.collecting import Collector
from cnn.ui.arrays import sendable_view
from cnn.ui.trials import Trials

# Seconds after each series that is handed in, one at a time: a flood of them leaves the processor to who draws, and
# tries no more than twelve codes a second.
REST = 0.08


def trials_tab(models: Models, collector: Collector | None) -> None:
    """Fill the open tab; where there is a `collector`, series are handed in to classes."""
    with gr.Column(elem_classes="card"):
        trials = Trials(models, collector is not None, elem_id="trials", elem_classes="wide")
    if collector is None:
        return

    def answer(asked: dict[str, Any], request: gr.Request | None) -> dict[str, Any]:
        told = look(asked, collector, (request and request.session_hash) or "")
        if asked["view"] == "submit":
            time.sleep(REST)
        return sendable_view(told)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    trials.input(answer, trials, trials, trigger_mode="multiple", concurrency_id="class", **quiet)
