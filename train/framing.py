"""What each rule of framing is worth on labelled pictures: read with all of them, then without each in turn.

A folder holds sets, a sub-folder each: pictures and `labels.csv` (file, label). A label that is no digit says that the
picture is to be refused.
"""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from cnn.classifier import Classifier
from cnn.decode import open_image
from cnn.ink import RULES, from_image
from train.data import DataError

TABLE = "labels.csv"
ALL = "all rules"  # the row that the others are compared with

Labelled = list[tuple[Path, int | None]]  # a picture's file, and its digit; None where it shows none


def read_set(folder: Path) -> Labelled:
    """The pictures of one set. DataError where its table cannot be read, or names no picture."""
    try:
        with open(folder / TABLE, newline="", encoding="utf-8") as table:
            rows = [(folder / row["file"], row["label"].strip()) for row in csv.DictReader(table)]
    except (OSError, KeyError, AttributeError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{folder / TABLE} cannot be read as a table of file and label.") from error
    if not rows:
        raise DataError(f"{folder / TABLE} names no picture.")
    return [(file, int(label) if label in set("0123456789") else None) for file, label in rows]


def read_sets(folder: Path) -> dict[str, Labelled]:
    """The sets in a folder, by the names of their sub-folders; sets of numbers are left out. DataError without any."""
    tables = sorted(folder.glob(f"*/{TABLE}"))
    sets = {table.parent.name: read_set(table.parent) for table in tables if not _of_numbers(table)}
    if not sets:
        raise DataError(f"{folder} holds no sub-folder with a {TABLE} of single digits.")
    return sets


def measure(
    classifier: Classifier, sets: dict[str, Labelled], report: Callable[[str], None] = print
) -> dict[str, dict[str, dict[str, Any]]]:
    """By rule that is switched off (`ALL`: none), and by set: `images`, and shares `right`, `best_guess`, `refused`.

    `right` is what is answered rightly; of pictures that show no digit, what is refused.
    """
    found = {}
    for rule in (ALL, *RULES):
        report(rule if rule == ALL else f"without {rule}")
        without = frozenset() if rule == ALL else frozenset({rule})
        found[rule] = {name: _score(classifier, pictures, without) for name, pictures in sets.items()}
    return found


def table(found: dict[str, dict[str, dict[str, Any]]]) -> str:
    """For people: the shares with all rules, then by how many points each is off without one."""
    names = list(found[ALL])
    width = max(map(len, names)) + 2
    lines = [f"{'':{width}}{'images':>8}{'right':>8}{'guess':>8}{'refused':>9}   right, without: {', '.join(RULES)}"]
    for name in names:
        whole = found[ALL][name]
        shares = "".join(f"{whole[what]:>{w}.1%}" for what, w in (("right", 8), ("best_guess", 8), ("refused", 9)))
        off = "".join(f"{100 * (found[rule][name]['right'] - whole['right']):>+8.1f}" for rule in RULES)
        lines.append(f"{name:{width}}{whole['images']:>8}{shares}   {off}")
    return "\n".join(lines)


def write(found: dict[str, dict[str, dict[str, Any]]], file: Path) -> None:
    """Write the figures and what each rule says, as JSON."""
    file.write_text(json.dumps({"rules": RULES, "without": found}, indent=2) + "\n", encoding="utf-8")


def _score(classifier: Classifier, pictures: Labelled, without: frozenset[str]) -> dict[str, Any]:
    """The answers' shares. A picture is framed and read once: `read.py`'s second look is no rule of framing."""
    framed = [from_image(open_image(file), without=without) for file, _ in pictures]
    answers, probabilities = classifier.read(np.stack([one.image for one in framed]))
    answers[[one.crowded for one in framed]] = -1
    labels = np.array([-1 if label is None else label for _, label in pictures])
    return {
        "images": len(labels),
        "right": float((answers == labels).mean()),
        "best_guess": float((probabilities.argmax(axis=1) == labels).mean()),
        "refused": float((answers < 0).mean()),
    }


def _of_numbers(file: Path) -> bool:
    """Whether most labels of a set are numbers of several digits."""
    with open(file, newline="", encoding="utf-8") as rows:
        labels = [row.get("label") or "" for row in csv.DictReader(rows)]
    return sum(any(c.isdigit() for c in label) and len(label) > 1 for label in labels) > len(labels) / 2
