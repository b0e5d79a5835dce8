"""Real people's digits, letters and symbols as the app frames them: to train on, and, of other writers, to validate on.

Read where a user has them: UNIPEN's release from the folder UNIPEN_DIR, UCI's pen digits from PEN_FILE
(train/data/unipen.py says where both are). Who is held out is decided by writer, and of UNIPEN by donor: nobody is on
both sides.
"""

import hashlib
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image
from scipy import ndimage

from cnn.framing.ink import from_image, from_strokes
from cnn.task import DIGITS
from cnn.types import Framed, Strokes
from train.data import unipen
from train.data.mnist import Digits
from train.data.unipen import Written
from train.pens.hand import PAD, drawing
from train.pens.letters import DOUBLES

HELD_DONORS = frozenset(("aga", "cea", "ceb", "ced", "pri", "tos"))  # of UNIPEN's, one in five of its digits
HELD_WRITERS = 6  # of UCI's: each writer whose number this divides
# Symbols that people's digits really look like: ones, and what is nothing but a piece of one.
SYMBOL_DOUBLES = frozenset("|/\\!()[]'`,.\"")
PEN = 0.015, 0.12  # of the pad: how wide a drawing's pen is

LICENCE = "CC BY 4.0"


class Handwriting(NamedTuple):
    """What pens recorded: `digits`, `symbols` and letters that are no digit's double, and their `sources`."""

    digits: list[Written]
    symbols: list[Written]
    sources: list[dict[str, Any]]

    @property
    def lacks(self) -> list[str]:
        """The variables that name no source here."""
        return [variable for variable in SOURCES if variable not in {source["variable"] for source in self.sources}]


def load() -> Handwriting:
    """What the variables UNIPEN_DIR and PEN_FILE name; empty for those not set. DataError where one cannot be read."""
    digits, symbols, sources = [], [], []
    for variable, (source, read) in SOURCES.items():
        if path := os.environ.get(variable):
            found = [one for one in read(Path(path)) if not one.cut_off]
            digits += [one for one in found if one.label != DIGITS.rejected]
            symbols += [one for one in found if one.label == DIGITS.rejected and not _double(one.character)]
            sources.append({"variable": variable, **source, "licence": LICENCE, **_counted(found)})
    return Handwriting(digits, symbols, sources)


def is_held(written: Written) -> bool:
    """Whether this writer only validates."""
    if written.donor == "uci":
        return int(written.writer.split("/")[1]) % HELD_WRITERS == 0
    return written.donor in HELD_DONORS


def chunk(writings: list[Written], seed: int, number: int) -> Digits:
    """Each writing as the app frames it, in the order given; chunks are independent.

    Three in five are framed as strokes, three in ten as drawings by a pen of any width, one in ten as photos.
    """
    rng = np.random.default_rng([seed, number])
    images = [np.round(framed(one, rng).image * 255).astype(np.uint8) for one in writings]
    return Digits(np.stack(images), np.array([one.label for one in writings], np.uint8))


def framed(written: Written, rng: np.random.Generator) -> Framed:
    """One writing as the app frames it: its strokes, a drawing of them, or a photo of that."""
    strokes, way = on_pad(written, rng.uniform(0.4, 0.85)), rng.random()
    if way < 0.6:
        return from_strokes(strokes)
    drawn = drawing(strokes, rng.uniform(*PEN))
    return from_image(drawn if way < 0.9 else lit(drawn, rng))


def lit(drawn: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A drawing as a cheap camera sees it: ink of any tone on unevenly lit, grainy paper, out of focus."""
    ink = ndimage.gaussian_filter(1 - np.asarray(drawn, np.float32) / 255, rng.uniform(0.3, 1.5))
    y, x = np.mgrid[-0.5 : 0.5 : ink.shape[0] * 1j, -0.5 : 0.5 : ink.shape[1] * 1j]
    light = rng.uniform(120, 240) * (1 + rng.uniform(-0.4, 0.4) * x + rng.uniform(-0.4, 0.4) * y)
    page = light * (1 - rng.uniform(0.3, 0.9) * ink) + rng.normal(0, rng.uniform(1, 8), ink.shape)
    return Image.fromarray(np.clip(page, 0, 255).astype(np.uint8))


def on_pad(written: Written, height: float = 0.7) -> Strokes:
    """Strokes in the middle of a PAD x PAD pad, their larger side `height` of it."""
    points = np.concatenate(written.strokes)
    low, high = points.min(0), points.max(0)
    scale = height * PAD / max((high - low).max(), 1e-6)
    moved = ((stroke - (low + high) / 2) * scale + PAD / 2 for stroke in written.strokes)
    return Strokes(tuple(stroke.astype(np.float32) for stroke in moved), PAD, PAD)


def _double(character: str) -> bool:
    return character.lstrip("\\") in DOUBLES | SYMBOL_DOUBLES or character == "\\\\"


def _release(folder: Path) -> list[Written]:
    return unipen.read_release(folder, unipen.DIGIT_PARTS + unipen.SYMBOL_PARTS)


def _counted(found: list[Written]) -> dict[str, Any]:
    digest = hashlib.sha256()
    for one in found:
        digest.update(one.character.encode() + b"".join(stroke.tobytes() for stroke in one.strokes))
    training = [one for one in found if not is_held(one)]
    return {
        "writings": {"training": len(training), "validation": len(found) - len(training)},
        "writers": len({one.writer for one in found}),
        "sha256": digest.hexdigest(),
    }


SOURCES = {
    "UNIPEN_DIR": ({"name": "UNIPEN train_r01_v07", "url": "https://doi.org/10.5281/zenodo.1195803"}, _release),
    "PEN_FILE": (
        {
            "name": "Pen-Based Recognition of Handwritten Digits (Alpaydin and Alimoglu 1998)",
            "url": "https://archive.ics.uci.edu/dataset/81",
        },
        unipen.read_file,
    ),
}
