"""Pictures to click, in place of a pad's drawings, where networks read what no pen makes."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from cnn.mnist import Mnist
from cnn.models.registry import Models
from cnn.task import Task
from cnn.types import Framed, InputError
from cnn.ui.component import Component
from cnn.ui.draw import pad
from cnn.ui.draw.reading import pixels

MOST = 12  # pictures


class Example(NamedTuple):
    """A picture to click: as networks read it, and its label."""

    framed: Framed
    label: int


class Pictures(Component):
    """A row of examples, whose value is the place of the one that was clicked last; `input` fires with each click."""

    def __init__(self, task: Task, examples: list[Example], **options: Any):
        shown = [{"name": task.classes[one.label], "pixels": pixels(one.framed)} for one in examples]
        super().__init__(Path(__file__).parent, {"pictures": shown}, value={}, **options)


def examples(task: Task, mnist: Mnist) -> list[Example]:
    """Up to MOST of the test pictures that can be had, as many of each class; none where there are none."""
    try:
        labelled = [mnist.digit("test", place) for place in range(mnist.first("test"))]
    except InputError:
        return []
    of_class = [[image for image, label in labelled if label == one] for one in range(task.count)]
    each = max(1, MOST // task.count)
    chosen = [(image, label) for label, images in enumerate(of_class) for image in images[:each]]
    return [Example(Framed(image.astype(np.float32) / 255), label) for image, label in chosen[:MOST]]


def clicked(examples: list[Example], value: Any) -> Image.Image:
    """The picture at the place that a page says. InputError for a place where there is none."""
    place = value.get("place") if isinstance(value, dict) else None
    if type(place) is not int or not 0 <= place < len(examples):
        raise InputError("no_image")
    return Image.fromarray(np.rint(255 * examples[place].framed.image).astype(np.uint8))


class LookedAt(NamedTuple):
    """What a tab that looks at a digit has before there is one: drawings to try, the first looked at, and a picture.

    That picture is shown `instead` of a drawing where there is no pen; else it is None.
    """

    drawings: list[dict[str, Any]]
    first: Framed
    instead: Framed | None


def looked_at(models: Models, mnist: Mnist) -> LookedAt:
    """What is there to look at before anything was drawn or sent."""
    task = models["default"].task
    if task.drawn:
        drawings = pad.examples(task, folder=models.folder)
        return LookedAt(drawings, pad.first_seven(drawings), None)
    pictures = examples(task, mnist)
    first = pictures[0].framed if pictures else Framed(np.zeros((task.side, task.side), np.float32))
    return LookedAt([], first, first)
