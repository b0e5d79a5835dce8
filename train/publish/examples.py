"""The app's own digits: a line of CHOSEN each to click, and many that its networks are looked into with.

`python -m train examples` writes them.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from cnn.files import whole, write_whole
from cnn.inside.views import OWN_DIGITS
from cnn.models.registry import BUNDLED
from cnn.types import Strokes
from train.pens import letters
from train.pens.digits import chunk
from train.pens.hand import write
from train.pens.styles import STYLES, Style

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "examples"
LETTERS = BUNDLED / "letters" / "strokes.json"
STROKES, NUMBERS = FOLDER / "strokes.json", FOLDER / "numbers.json"
CHOSEN = (
    "oval zero", "flagged one", "looped two", "round three", "open four", "hatted five",
    "curved six", "plain seven", "crossed seven", "eight in one stroke", "hooked nine", "footed one",
)  # fmt: skip

SIGNS = "ACEFHKMPRTWX"  # the letters to try, which the pen of train/pens/letters.py has
WRITTEN = ("42", "1789", "75014", "2026")
LINE = (640, 280)  # the pad's grid for numbers
# Shares of its height: where the line is, how high a digit is, and what is between two.
BASE, HIGH, GAP = 0.72, 0.42, 0.1

MANY = 400


def write_digits(path: Path = OWN_DIGITS, seed: int = 5) -> int:
    """Write MANY framed digits in all styles as `images` (N, 28, 28) uint8 and `labels` (N,); gives their number."""
    digits = chunk(seed, 0, MANY)
    with whole(path) as aside:
        np.savez_compressed(aside, images=digits.images, labels=digits.labels)
    return len(digits.labels)


def write_examples(path: Path = STROKES, seed: int = 10) -> int:
    """Write the chosen styles, each by another hand, as a JSON list of {label, style, strokes}; gives their number."""
    rng = np.random.default_rng(seed)
    return _listed(
        path,
        [{"label": one.label, "style": one.name, "strokes": _whole_points(write(one, rng))} for one in _chosen()],
    )


def write_numbers(path: Path = NUMBERS, seed: int = 3) -> int:
    """Write numbers on a line, each by one hand in the chosen styles, as `write_examples` does; gives their number."""
    rng = np.random.default_rng(seed)
    across, high = LINE
    written = [(text, {"strokes": on_line(text, rng), "width": across, "height": high}) for text in WRITTEN]
    return _listed(path, [{"label": text, "strokes": strokes} for text, strokes in written])


def write_letters(path: Path = LETTERS, seed: int = 1) -> int:
    """Write the letters to try, each by another hand, as `write_examples` does; gives their number."""
    rng = np.random.default_rng(seed)
    hands = ((sign, letters.pen(letters.outline(letters.LETTERS[sign][0]), rng)) for sign in SIGNS)
    return _listed(path, [{"label": sign, "strokes": _whole_points(letters.on_pad(hand))} for sign, hand in hands])


def _whole_points(drawn: Strokes) -> dict[str, Any]:
    strokes = [stroke.round().astype(int).tolist() for stroke in drawn.strokes]
    return {"strokes": strokes, "width": drawn.width, "height": drawn.height}


def _listed(path: Path, examples: list[dict[str, Any]]) -> int:
    lines = [json.dumps(one, separators=(",", ":")) for one in examples]
    write_whole(path, "[\n" + ",\n".join(lines) + "\n]\n")
    return len(lines)


def on_line(text: str, rng: np.random.Generator) -> list[list[list[int]]]:
    """A number's digits side by side on the line, in the middle of the pad: strokes of whole points."""
    first = {style.label: style for style in reversed(_chosen())}
    placed, right = [], 0.0
    for label in map(int, text):
        strokes = write(first[label], rng).strokes
        (left, top), (end, bottom) = (edge(np.concatenate(strokes), axis=0) for edge in (np.min, np.max))
        scale = HIGH * LINE[1] / (bottom - top)
        placed += [(stroke - (left, bottom)) * scale + (right, BASE * LINE[1]) for stroke in strokes]
        right += (end - left) * scale + GAP * LINE[1]
    shift = (LINE[0] - right + GAP * LINE[1]) / 2, 0
    return [(stroke + shift).round().astype(int).tolist() for stroke in placed]


def _chosen() -> list[Style]:
    by_name = {style.name: style for style in STYLES}
    return [by_name[name] for name in CHOSEN]
