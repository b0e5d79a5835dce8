"""What each step is worth on real people's digits: the same small network, one step more a row. Writes `ablation.json`.

Every row is trained anew by the same recipe but for what the row adds, and reads the same pictures.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from cnn.files import write_json
from cnn.framing.decode import open_image, plain
from cnn.framing.ink import from_image
from cnn.models import registry
from cnn.network.classifier import Classifier
from cnn.task import SIDE
from train import machine
from train.data.handwriting import Handwriting
from train.data.mixture import NOBODY
from train.data.mnist import Digits
from train.fit.augment import Augmentation
from train.fit.loop import fit
from train.fit.recipes import RECIPES, Recipe
from train.measure import evaluate, real_pictures
from train.measure.real_pictures import RealSet

ABLATION = Path(__file__).resolve().parents[2] / "assets" / "ablation.json"

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
    Row("+ or by real people's pens", "inked", dataclasses.replace(PLAIN, augmentation=THICK, pens=4)),
    Row("+ or by both", "inked", dataclasses.replace(PLAIN, augmentation=THICK, strokes=60_000, pens=4)),
)
SHIPPED = Row("`robust`: longer, deeper, able to refuse, and looking again where unsure", "inked", RECIPES["robust"])


def ablate(
    mnist: Digits,
    folder: Path,
    runs: Path,
    people: Handwriting = NOBODY,
    report: Callable[[str], None] = print,
    processes: int = 1,
) -> dict[str, Any]:
    """Train what ROWS say into `runs`; score all rows and the bundled `robust` on the sets of digits in `folder`.

    `people` are the writers whom two rows learn from. Shares of each set's pictures answered right.
    """
    sets = [one for one in real_pictures.read(folder) if one.kind == "digits"]
    report("framing the pictures")
    pictures = {name: [_framed(one, frame) for one in sets] for name, frame in FRAMINGS.items()}
    networks: dict[Recipe, Classifier] = {}
    rows = []
    for row in ROWS:
        report(row.step)
        if row.recipe not in networks:
            networks[row.recipe] = _trained(row.recipe, mnist, runs / f"row{len(networks)}", people, processes)
        # One look, as the usual demo has; the last row alone looks again where it is unsure.
        answers = [networks[row.recipe].read(digits.images / np.float32(255))[0] for digits in pictures[row.framing]]
        rows.append({"step": row.step, "right": [
            float((read == digits.labels).mean()) for read, digits in zip(answers, pictures[row.framing], strict=True)
        ]})  # fmt: skip
    report(SHIPPED.step)
    shipped = registry.load(SHIPPED.recipe.architecture)
    rows.append({"step": SHIPPED.step, "right": [real_pictures.measure(shipped, one).get("right") for one in sets]})
    return {"sets": {one.name: len(one.pictures) for one in sets}, "rows": rows, "machine": machine.describe()}


def write(figures: dict[str, Any], path: Path = ABLATION) -> None:
    """Write the figures as JSON."""
    write_json(path, figures)


def table(figures: dict[str, Any]) -> str:
    """The figures as the documents' table, Markdown."""
    names = [f"{name.replace('_', ' ')}, {count}" for name, count in figures["sets"].items()]
    lines = ["| step | " + " | ".join(names) + " |", "| --- |" + " --- |" * len(names)]
    for row in figures["rows"]:
        lines.append(f"| {row['step']} | " + " | ".join(f"{share:.1%}" for share in row["right"]) + " |")
    return "\n".join(lines)


def _framed(one: RealSet, frame: Callable[[Image.Image], np.ndarray]) -> Digits:
    images = np.stack([frame(open_image(picture.path)) for picture in one.pictures])
    return Digits(images, np.array([int(picture.label) for picture in one.pictures], np.uint8))


def _trained(recipe: Recipe, mnist: Digits, folder: Path, people: Handwriting, processes: int) -> Classifier:
    for _ in fit(recipe, mnist, folder, people=people, processes=processes):
        pass
    return registry.load(str(folder))


# ------------------------------------------------------------------------------------------------------------- framings


def resized(picture: Image.Image) -> np.ndarray:
    """What most demos do: (28, 28) uint8, the whole picture made small and inverted."""
    return 255 - np.asarray(plain(picture).convert("L").resize((SIDE, SIDE)))


def boxed(picture: Image.Image) -> np.ndarray:
    """The app's framing with the stroke as wide as it was drawn: (28, 28) uint8."""
    return (from_image(picture, without=frozenset({"pen"})).image * 255).round().astype(np.uint8)


FRAMINGS = {"resized": resized, "boxed": boxed, "inked": evaluate.framed}
