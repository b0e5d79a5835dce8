"""The last tab: what the page and the server say to each other, and what to build on."""

import gradio as gr

from cnn.lab.trainings import Trainings
from cnn.models.registry import Models
from cnn.ui.course import Course
from cnn.ui.draw.pad import Pad, examples
from cnn.ui.draw.tab import LIVE_EVENT, reading_live


def course_tab(models: Models, trainings: Trainings, digit: gr.State) -> None:
    """Fill the open tab; `digit` gets what is drawn there, the framed digit of all tabs."""
    with gr.Row(elem_classes="looking"):
        with gr.Column(elem_classes="card subject"):
            pad = Pad(examples(models["default"].task), follows="course", elem_id="pad-course")
        with gr.Column(elem_classes="card"):
            course = Course(elem_id="course", elem_classes="wide")

    # As the pad of the first tab asks, so that what is shown here is what travels there.
    read = reading_live(models, trainings)
    for drawn in (pad, course):
        drawn.input(read, drawn, [course, digit], **LIVE_EVENT)
