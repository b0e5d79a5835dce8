"""What each rule of framing is worth on labelled pictures: read with all of them, then without each in turn.

Of the sets that train/measure/real_pictures.py reads, those of numbers are left out; a picture of what is no digit is
to be refused.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from cnn.files import write_json
from cnn.framing.decode import open_image
from cnn.framing.ink import RULES, from_image
from cnn.network.classifier import Classifier
from train.measure.real_pictures import RealSet

ALL = "all rules"  # the row that the others are compared with


def measure(
    classifier: Classifier, sets: list[RealSet], report: Callable[[str], None] = print
) -> dict[str, dict[str, dict[str, Any]]]:
    """By rule that is switched off (`ALL`: none), and by set: `images`, and shares `right`, `best_guess`, `refused`.

    `right` is what is answered rightly; of pictures that show no digit, what is refused.
    """
    found = {}
    for rule in (ALL, *RULES):
        report(rule if rule == ALL else f"without {rule}")
        without = frozenset() if rule == ALL else frozenset({rule})
        found[rule] = {one.name: _score(classifier, one, without) for one in sets if one.kind != "numbers"}
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
    write_json(file, {"rules": RULES, "without": found})


def _score(classifier: Classifier, real: RealSet, without: frozenset[str]) -> dict[str, Any]:
    """The answers' shares. A picture is framed and read once: `read.py`'s second look is no rule of framing."""
    framed = [from_image(open_image(file), without=without) for file, _, _ in real.pictures]
    answers, probabilities = classifier.read(np.stack([one.image for one in framed]))
    answers[[one.crowded for one in framed]] = -1
    labels = np.array([int(one.label) if real.kind == "digits" else -1 for one in real.pictures])
    return {
        "images": len(labels),
        "right": float((answers == labels).mean()),
        "best_guess": float((probabilities.argmax(axis=1) == labels).mean()),
        "refused": float((answers < 0).mean()),
    }
