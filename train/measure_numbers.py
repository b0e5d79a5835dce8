"""How numbers are read in a folder of pictures: labels.csv with the columns file and label, and the files it names.

A label's lines are parted by "|", and what is no digit in it (a comma, a dash) does not count.
"""

import csv
import re
from pathlib import Path
from typing import NamedTuple

from cnn import decode
from cnn.classifier import Classifier
from cnn.number import read_number
from train.data import DataError

LABELS = "labels.csv"


class Figures(NamedTuple):
    """The shares of `images` pictures read whole, and read with as many digits as there are; and what went wrong."""

    images: int
    whole: float
    right_length: float
    wrong: tuple[tuple[str, str, str], ...]  # each a file, its label and the answer


def labelled(folder: Path) -> list[tuple[Path, str]]:
    """The pictures of a folder and their labels. DataError where its table is missing, empty or lacks a column."""
    try:
        with (folder / LABELS).open(newline="", encoding="utf-8") as table:
            rows = [(folder / row["file"], row["label"]) for row in csv.DictReader(table)]
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise DataError(f"{folder / LABELS} cannot be read: it needs the columns file and label.") from error
    if not rows:
        raise DataError(f"{folder / LABELS} names no picture.")
    return rows


def measure(classifier: Classifier, folder: Path) -> Figures:
    """Read every labelled picture of a folder. DataError for its table, InputError for a picture that is none."""
    rows = labelled(folder)
    truths = [_digits(label) for _, label in rows]
    answers = [read_number(classifier, decode.open_image(path)).text for path, _ in rows]
    texts = [_digits(answer) for answer in answers]
    pairs = list(zip(truths, texts, strict=True))
    wrong = [
        (path.name, label, answer.replace("\n", "|"))
        for (path, label), answer, (truth, text) in zip(rows, answers, pairs, strict=True)
        if text != truth
    ]
    right_length = sum(len(truth) == len(text) for truth, text in pairs)
    return Figures(len(rows), 1 - len(wrong) / len(rows), right_length / len(rows), tuple(wrong))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
