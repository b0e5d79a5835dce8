"""The Draw tab's example digits, a line of CHOSEN each. `python -m train examples` writes them."""

import json
from pathlib import Path

import numpy as np

from train.strokes import STYLES, write

STROKES = Path(__file__).resolve().parent.parent / "assets" / "examples" / "strokes.json"
CHOSEN = (
    (0, "oval"), (1, "flagged"), (2, "looped"), (3, "round"), (4, "open"), (5, "hatted"),
    (6, "curved"), (7, "plain"), (7, "crossed"), (8, "one stroke"), (9, "hooked"), (1, "footed"),
)  # fmt: skip


def write_examples(path: Path = STROKES, seed: int = 1) -> int:
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
