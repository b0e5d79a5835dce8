"""Pictures by real people, labelled, to measure on: nothing trains on them, and none are part of this project.

A folder of sets: each is a folder with pictures and `labels.csv` (file, label and, where known, writer). A set whose
labels are single digits is of digits; one whose labels are numbers, lines parted by "|", is of numbers; any other is of
what is no digit.
"""

import collections
import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from cnn.errors.statistics import wilson
from cnn.framing.decode import open_image
from cnn.metadata import OnReal
from cnn.network.classifier import Classifier
from cnn.reading.number import read_number
from cnn.reading.read import read_image
from cnn.types import Prediction
from train.data.mnist import DataError
from train.pens.letters import DOUBLES

TABLE = "labels.csv"
# Greek letters that people's digits really look like, by name; of Latin ones train/pens/letters.py tells.
GREEK_DOUBLES = frozenset(
    "omicron theta phi iota sigma zeta beta delta alpha gamma rho tau upsilon".split()  # noqa: SIM905
)

Kind = Literal["digits", "numbers", "others"]


class Picture(NamedTuple):
    """One labelled picture; `writer` is "" where nobody knows."""

    path: Path
    label: str
    writer: str


class RealSet(NamedTuple):
    """The pictures of one folder, in the order of its table."""

    name: str
    pictures: list[Picture]

    @property
    def kind(self) -> Kind:
        """What stands on these pictures."""
        if all(re.fullmatch(r"\d", picture.label) for picture in self.pictures):
            return "digits"
        return "numbers" if all(re.search(r"\d", picture.label) for picture in self.pictures) else "others"


def read(folder: Path) -> list[RealSet]:
    """The sets in a folder, by name; doubles of digits are left out. DataError where there is none."""
    sets = [RealSet(table.parent.name, _pictures(table)) for table in sorted(folder.glob(f"*/{TABLE}"))]
    if not sets:
        raise DataError(f"{folder} has no set: a folder with {TABLE} (file, label, writer) and its pictures.")
    return sets


def measure(classifier: Classifier, real: RealSet) -> OnReal:
    """What a network says to a set through the app's own way in, JSON-ready; shares are of its `images`."""
    found: Any = {"kind": real.kind, "images": len(real.pictures), **MEASURES[real.kind](classifier, real)}
    return found


def misread_numbers(classifier: Classifier, real: RealSet) -> Iterator[tuple[str, str, str]]:
    """Of a set of numbers the file, the label and the answer of each that is not read whole."""
    for picture, text in zip(real.pictures, numbers(classifier, real), strict=True):
        if only_digits(text) != only_digits(picture.label):
            yield picture.path.name, picture.label, text.replace("\n", "|")


def only_digits(text: str) -> str:
    """The digits of a number's text, whatever stands between them."""
    return re.sub(r"\D", "", text)


def by_writer(right: np.ndarray, writers: list[str]) -> dict[str, list[int]]:
    """By writer, how many were right and of how many."""
    found: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0])
    for ok, writer in zip(right, writers, strict=True):
        found[writer][0] += bool(ok)
        found[writer][1] += 1
    return dict(found)


def _pictures(table: Path) -> list[Picture]:
    try:
        with table.open(newline="", encoding="utf-8") as lines:
            rows = [
                Picture(table.parent / row["file"], row["label"], row.get("writer") or "")
                for row in csv.DictReader(lines)
            ]
    except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{table} cannot be read: it needs the columns file and label.") from error
    return [row for row in rows if row.label not in DOUBLES | GREEK_DOUBLES]


def _answers(classifier: Classifier, real: RealSet) -> list[Prediction]:
    return [read_image(classifier, open_image(picture.path))[1] for picture in real.pictures]


def _digits(classifier: Classifier, real: RealSet) -> dict[str, Any]:
    answers = _answers(classifier, real)
    labels = [int(picture.label) for picture in real.pictures]
    right = np.array([answer.label == label for answer, label in zip(answers, labels, strict=True)])
    best = [answer.best_guess == label for answer, label in zip(answers, labels, strict=True)]
    writers = by_writer(right, [picture.writer for picture in real.pictures])
    figures = {
        "right": float(right.mean()),
        "interval": list(wilson(int(right.sum()), len(right))),
        "best_guess": float(np.mean(best)),
        "refused": float(np.mean([answer.abstained for answer in answers])),
    }
    if len(writers) > 1:
        figures["writers"] = len(writers)
        figures["mean_over_writers"] = float(np.mean([ok / all_ for ok, all_ in writers.values()]))
        figures["by_writer"] = writers
    return figures


def numbers(classifier: Classifier, real: RealSet) -> list[str]:
    """The text that is read from each picture of a set."""
    return [read_number(classifier, open_image(picture.path)).text for picture in real.pictures]


def _numbers(classifier: Classifier, real: RealSet) -> dict[str, Any]:
    texts = [only_digits(text) for text in numbers(classifier, real)]
    there = [only_digits(picture.label) for picture in real.pictures]
    whole = [text == label for text, label in zip(texts, there, strict=True)]
    length = [len(text) == len(label) for text, label in zip(texts, there, strict=True)]
    return {
        "whole": float(np.mean(whole)),
        "interval": list(wilson(sum(whole), len(whole))),
        "right_length": float(np.mean(length)),
    }


def _others(classifier: Classifier, real: RealSet) -> dict[str, Any]:
    refused = [answer.abstained for answer in _answers(classifier, real)]
    return {"refused": float(np.mean(refused)), "interval": list(wilson(sum(refused), len(refused)))}


MEASURES: dict[Kind, Callable[[Classifier, RealSet], dict[str, Any]]] = {
    "digits": _digits,
    "numbers": _numbers,
    "others": _others,
}
