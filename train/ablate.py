"""What each step is worth on real pen strokes: the same small network, one step more a row. Writes `ablation.json`.

Every row is trained anew by the same recipe but for what the row adds, and reads the same sketches and photos.
"""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

import cnn.hub
from cnn.ink import from_image
from cnn.types import SIDE
from train import evaluate, machine, pen
from train.augment import Augmentation
from train.config import RECIPES, Recipe
from train.data import Digits
from train.fit import fit

ABLATION = Path(__file__).resolve().parent.parent / "assets" / "ablation.json"

AFFINE = Augmentation(
    rotation=12, shear=0.25, scale=0.12, shift=1.5, elastic=0, thickness=0, blur=0, contrast=0, noise=0
)
PLAIN = Recipe("course", epochs=5)
THICK = dataclasses.replace(AFFINE, elastic=1.2, thickness=0.5)


class Row(NamedTuple):
    """One line of the table: what it adds, how pictures are framed, and what is trained."""

    step: str
    framing: str  # "resized", "boxed" or "inked"
    recipe: Recipe


ROWS = (
    Row("the usual demo: resized to 28x28, inverted", "resized", PLAIN),
    Row("+ ink found, 20-pixel box, centre of mass", "boxed", PLAIN),
    Row("+ one stroke width", "inked", PLAIN),
    Row(
        "+ trained on turned, slanted, scaled, shifted digits", "inked", dataclasses.replace(PLAIN, augmentation=AFFINE)
    ),
    Row("+ and bent, thicker and thinner ones", "inked", dataclasses.replace(PLAIN, augmentation=THICK)),
    Row("+ 60,000 digits by our own pen", "inked", dataclasses.replace(PLAIN, augmentation=THICK, strokes=60_000)),
)
SHIPPED = Row("`robust`: longer, deeper, and able to refuse", "inked", RECIPES["robust"])


def ablate(mnist: Digits, file: Path, folder: Path, report: Callable[[str], None] = print) -> dict[str, Any]:
    """Train what ROWS say into `folder`, and score all rows and the bundled `robust` on the strokes of `file`."""
    with evaluate.workers() as pool:
        pictures = {name: evaluate.written(file, pool, report, frame) for name, frame in FRAMINGS.items()}
    networks: dict[Recipe, Any] = {}
    rows = []
    for row in (*ROWS, SHIPPED):
        report(row.step)
        if row.recipe not in networks:
            networks[row.recipe] = _network(row, mnist, folder / f"row{len(networks)}")
        right = {
            condition: float((evaluate.said(networks[row.recipe], digits.images) == digits.labels).mean())
            for condition, digits in pictures[row.framing].items()
        }
        rows.append({"step": row.step, "right": right})
    return {"images": evaluate.WRITTEN, "rows": rows, "machine": machine.describe()}


def write(figures: dict[str, Any], path: Path = ABLATION) -> None:
    """Write the figures as JSON."""
    path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def table(figures: dict[str, Any]) -> str:
    """The figures as the README's table, Markdown."""
    lines = ["| step | " + " | ".join(pen.CONDITIONS) + " |", "| --- |" + " --- |" * len(pen.CONDITIONS)]
    for row in figures["rows"]:
        lines.append(f"| {row['step']} | " + " | ".join(f"{row['right'][c]:.1%}" for c in pen.CONDITIONS) + " |")
    return "\n".join(lines)


def _network(row: Row, mnist: Digits, folder: Path) -> Any:
    if row is SHIPPED:
        return cnn.hub.load(row.recipe.architecture)
    for _ in fit(row.recipe, mnist, folder):
        pass
    return cnn.hub.load(str(folder))


# ------------------------------------------------------------------------------------------------------------- framings


def resized(picture: Image.Image) -> np.ndarray:
    """What most demos do: (28, 28) uint8, the whole picture made small and inverted."""
    return 255 - np.asarray(picture.convert("L").resize((SIDE, SIDE)))


def boxed(picture: Image.Image) -> np.ndarray:
    """The app's framing with the stroke as wide as it comes: (28, 28) uint8."""
    return (from_image(picture, without=frozenset({"pen"})).image * 255).round().astype(np.uint8)


FRAMINGS = {"resized": resized, "boxed": boxed, "inked": evaluate.framed}
