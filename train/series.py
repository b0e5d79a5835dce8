"""A visitor's own test series, as the page saves it: labelled digits, framed, and the strokes of those that were drawn.

The zip holds `series.json`, a list of `{"file": "7/0001.png", "meant": 7, "strokes": {...} or null, ...}`, and the
28x28 grey PNG files that it names, ink white on black, as MNIST has it.
"""

import io
import json
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from cnn.ink import parse_strokes
from cnn.types import LABELS, SIDE, Digits, Strokes
from train.data import DataError

LIST = "series.json"


class Series(NamedTuple):
    """What was tried: `digits` as the networks saw them, labelled with what was meant; a photo's `strokes` are None."""

    digits: Digits
    strokes: tuple[Strokes | None, ...]


def read(path: Path) -> Series:
    """The series in a zip that the page saved, or that was packed anew. DataError says what is wrong with it."""
    try:
        with zipfile.ZipFile(path) as file:
            place = next(name for name in file.namelist() if name.split("/")[-1] == LIST)
            trials = json.loads(file.read(place))
            folder = place.removesuffix(LIST)
            images = [_picture(file.read(folder + trial["file"])) for trial in trials]
            labels = [_label(trial["meant"]) for trial in trials]
            strokes = tuple(trial["strokes"] and parse_strokes(trial["strokes"]) for trial in trials)
        return Series(Digits(np.stack(images), np.array(labels, np.uint8)), strokes)
    except (OSError, zipfile.BadZipFile, StopIteration, KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path} is not a test series as the page saves it: {error or 'no ' + LIST}.") from error


def _picture(content: bytes) -> np.ndarray:
    image = Image.open(io.BytesIO(content))
    if image.size != (SIDE, SIDE):
        raise ValueError(f"a picture has {image.width} x {image.height} pixels")
    return np.asarray(image.convert("L"))


def _label(label: object) -> int:
    if label not in range(LABELS):
        raise ValueError(f"{label!r} is no digit")
    return label
