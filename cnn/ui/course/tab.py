"""The last tab: what the page and the server say to each other, and what to build on."""

from typing import Any

import gradio as gr

from cnn.lab.trainings import Trainings
from cnn.models.registry import Models
from cnn.ui.course import Course
from cnn.ui.draw.pad import Pad, examples
from cnn.ui.draw.tab import reading_live
from cnn.ui.turns import LIVE


def course_tab(models: Models, trainings: Trainings, digit: gr.State) -> None:
    """Fill the open tab; `digit` gets what is drawn there, the framed digit of all tabs."""
    with gr.Row(elem_classes="looking"):
        with gr.Column(elem_classes="card subject"):
            pad = Pad(examples(models["default"].task), follows=True, elem_id="pad-course")
        with gr.Column(elem_classes="card"):
            course = Course(elem_id="course", elem_classes="wide")

    # As the pad of the first tab asks, so that what is shown here is what travels there.
    live: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "always_last"}
    live |= {"queue": False, "preprocess": False, "postprocess": False, "concurrency_id": LIVE}
    read = reading_live(models, trainings)
    for drawn in (pad, course):
        drawn.input(read, drawn, [course, digit], **live)
