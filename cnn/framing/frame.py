"""A picture as the networks of a task get it."""

from PIL import Image

from cnn.framing.ink import from_image
from cnn.framing.picture import from_picture
from cnn.task import Task
from cnn.types import Framed

_FRAMES = {"mnist": from_image, "picture": from_picture}


def frame(image: Image.Image, task: Task) -> Framed:
    """Frame a picture of any mode and size in the task's way; all zeros where there is nothing to read."""
    return _FRAMES[task.framing](image)
