"""A visitor's own test series, as the page saves it: labelled digits, framed, and the strokes of those that were drawn.

The zip holds `series.json`, a list of `{"file": "7/0001.png", "meant": 7, "strokes": {...} or null, ...}`, and the
28x28 grey PNG files that it names, ink white on black, as MNIST has it. What was meant may also be one of NO_DIGIT.
One that was merged of a class's says the `writer` of each test.
Of other classes than the digits, its `task.json` says which, as a model's `config.json` does.
"""

import io
import itertools
import json
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from cnn.framing.ink import parse_strokes
from cnn.task import DIGITS, SIDE, Task, task_of
from cnn.types import Digits, Strokes
from train.data.mnist import DataError

LIST, TASK = "series.json", "task.json"
MOST, MOST_LIST, MOST_PICTURE = 100_000, 200_000_000, 100_000  # tests, and bytes of their list and of one picture
NO_DIGIT = ("not_a_digit", "several_digits")  # what may be meant besides the classes


class Series(NamedTuple):
    """What was tried: `digits` as the networks saw them, labelled with what was meant; a photo's `strokes` are None.

    `others` are the pictures of what is no digit, or several, labelled `rejected`.
    """

    digits: Digits
    strokes: tuple[Strokes | None, ...]
    others: Digits


def read(path: Path, task: Task = DIGITS) -> Series:
    """The series in a zip that the page saved, or that was packed anew, labels as the `task` numbers its classes.

    DataError says in one sentence what is wrong with it.
    """
    try:
        with zipfile.ZipFile(path) as file:
            place = next((name for name in file.namelist() if name.split("/")[-1] == LIST), LIST)
            trials = json.loads(_part(file, place, MOST_LIST))
            if not isinstance(trials, list) or not 0 < len(trials) <= MOST:
                raise ValueError(f"{LIST} is no list of 1 to {MOST} tests")
            folder = place.removesuffix(LIST)
            images = np.stack([_picture(_part(file, folder + trial["file"], MOST_PICTURE)) for trial in trials])
            labels = np.array([_label(trial["meant"], task) for trial in trials], np.uint8)
            strokes = [trial["strokes"] and parse_strokes(trial["strokes"]) for trial in trials]
    except Exception as error:  # a broken file makes zipfile, json and Pillow raise nearly anything
        raise DataError(f"{path} is not a test series as the page saves it: {_why(error)}.") from error
    other = labels == task.rejected
    digits, others = (Digits(images[which], labels[which]) for which in (~other, other))
    return Series(digits, tuple(itertools.compress(strokes, ~other)), others)


def task_of_zip(path: Path) -> Task:
    """What was to be told apart in a series, by the `task.json` in its zip; the digits where there is none.

    DataError where it makes no sense, or there is no zip.
    """
    try:
        with zipfile.ZipFile(path) as file:
            place = next((name for name in file.namelist() if name.split("/")[-1] == TASK), None)
            return task_of({"task": json.loads(_part(file, place, MOST_PICTURE))}) if place else DIGITS
    except Exception as error:  # as `read`
        raise DataError(f"{path} is not a test series as the page saves it: {_why(error)}.") from error


def _part(file: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A file of a zip, unpacked no further than `most` bytes: what the zip says of its size may be a lie."""
    with file.open(name) as part:
        content = part.read(most + 1)
    if len(content) > most:
        raise ValueError(f"{name} holds more than {most} bytes")
    return content


def _why(error: Exception) -> str:
    return " ".join((str(error) or type(error).__name__)[:200].split()).removesuffix(".")


def _picture(content: bytes) -> np.ndarray:
    image = Image.open(io.BytesIO(content), formats=["PNG"])
    if image.size != (SIDE, SIDE):
        raise ValueError(f"a picture has {image.width} x {image.height} pixels")
    return np.asarray(image.convert("L"))


def _label(meant: Any, task: Task) -> int:
    if meant in NO_DIGIT:
        return task.rejected
    if type(meant) is not int or meant not in range(task.count):
        raise ValueError(f"{meant!r} is neither a label below {task.count} nor one of {', '.join(NO_DIGIT)}")
    return meant
