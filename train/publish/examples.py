"""The app's own digits: a line of CHOSEN each to click, and many that its networks are looked into with.

`python -m train examples` writes them.
"""

import json
from pathlib import Path

import numpy as np

from cnn.inside.views import OWN_DIGITS
from train.pens.strokes import STYLES, chunk, write

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "examples"
STROKES, NUMBERS = FOLDER / "strokes.json", FOLDER / "numbers.json"
CHOSEN = (
    (0, "oval"), (1, "flagged"), (2, "looped"), (3, "round"), (4, "open"), (5, "hatted"),
    (6, "curved"), (7, "plain"), (7, "crossed"), (8, "one stroke"), (9, "hooked"), (1, "footed"),
)  # fmt: skip

WRITTEN = ("42", "1789", "75014", "2026")
LINE = (640, 280)  # the pad's grid for numbers
BASE, HIGH, GAP = (
    0.72,
    0.42,
    0.1,
)  # shares of its height: where the line is, how high a digit is, and what is between two

MANY = 400


def write_digits(path: Path = OWN_DIGITS, seed: int = 5) -> int:
    """Write MANY framed digits in all styles as `images` (N, 28, 28) uint8 and `labels` (N,); gives their number."""
    digits = chunk(seed, 0, MANY)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, images=digits.images, labels=digits.labels)
    return len(digits.labels)


def write_examples(path: Path = STROKES, seed: int = 10) -> int:
    """Write the chosen styles, each by another hand, as a JSON list of {label, style, strokes}; gives their number."""
    rng = np.random.default_rng(seed)
    styles = {(style.label, style.name): style for style in STYLES}
    lines = []
    for label, name in CHOSEN:
        drawn = write(styles[label, name], rng)
        payload = {
            "strokes": [stroke.round().astype(int).tolist() for stroke in drawn.strokes],
            "width": drawn.width,
            "height": drawn.height,
        }
        lines.append(json.dumps({"label": label, "style": name, "strokes": payload}, separators=(",", ":")))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    return len(lines)


def write_numbers(path: Path = NUMBERS, seed: int = 3) -> int:
    """Write numbers on a line, each by one hand in the chosen styles, as `write_examples` does; gives their number."""
    rng = np.random.default_rng(seed)
    lines = []
    for text in WRITTEN:
        payload = {"strokes": on_line(text, rng), "width": LINE[0], "height": LINE[1]}
        lines.append(json.dumps({"label": text, "strokes": payload}, separators=(",", ":")))
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    return len(lines)


def on_line(text: str, rng: np.random.Generator) -> list[list[list[int]]]:
    """A number's digits side by side on the line, in the middle of the pad: strokes of whole points."""
    first = dict(reversed(CHOSEN))
    styles = {(style.label, style.name): style for style in STYLES}
    placed, right = [], 0.0
    for label in map(int, text):
        strokes = write(styles[label, first[label]], rng).strokes
        (left, top), (end, bottom) = (edge(np.concatenate(strokes), axis=0) for edge in (np.min, np.max))
        scale = HIGH * LINE[1] / (bottom - top)
        placed += [(stroke - (left, bottom)) * scale + (right, BASE * LINE[1]) for stroke in strokes]
        right += (end - left) * scale + GAP * LINE[1]
    shift = (LINE[0] - right + GAP * LINE[1]) / 2, 0
    return [(stroke + shift).round().astype(int).tolist() for stroke in placed]
