"""The app's own digits: a line of CHOSEN each to click, and many that its networks are looked into with.

`python -m train examples` writes them.
"""

import json
from pathlib import Path

import numpy as np

from cnn.look import DIGITS
from train.strokes import STYLES, chunk, write

STROKES = Path(__file__).resolve().parent.parent / "assets" / "examples" / "strokes.json"
CHOSEN = (
    (0, "oval"), (1, "flagged"), (2, "looped"), (3, "round"), (4, "open"), (5, "hatted"),
    (6, "curved"), (7, "plain"), (7, "crossed"), (8, "one stroke"), (9, "hooked"), (1, "footed"),
)  # fmt: skip

MANY = 400


def write_digits(path: Path = DIGITS, seed: int = 5) -> int:
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
