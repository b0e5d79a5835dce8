"""What is no digit, made otherwise than train/pens/outliers.py does: refusals are measured on it, nothing trains on it.

Letters of a printed font, and their skeletons as a shaking hand would draw them; scribbles and textures by other
formulas; printed numbers. All drawn in pixels, as people send them. A kind is one decorated function.
"""

import math
import string
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from cnn.framing.ink import from_image
from train.pens.letters import DOUBLES

PAD = 112  # pixels a side of a picture as it is sent
GLYPH = 64  # pixels a side that a font's letter is drawn and thinned at
LETTERS = "".join(sorted(set(string.ascii_letters) - DOUBLES))

Kind = Callable[[np.random.Generator], Image.Image]
KINDS: dict[str, Kind] = {}


def kind(draw: Kind) -> Kind:
    """Register a way to draw what is no digit under its function's name."""
    KINDS[draw.__name__] = draw
    return draw


def images(name: str, count: int, seed: int) -> np.ndarray:
    """`count` pictures of one of KINDS as they are served, (count, 28, 28) uint8, ink = 255; none is blank."""
    return np.stack([drawn(KINDS[name], np.random.default_rng((seed, number))) for number in range(count)])


def drawn(draw: Kind, rng: np.random.Generator) -> np.ndarray:
    """One picture as it is served, (28, 28) uint8; what the app would call blank is drawn again."""
    while (framed := from_image(draw(rng))).blank:
        pass
    return np.round(framed.image * 255).astype(np.uint8)


# -------------------------------------------------------------------------------------------------------------- letters


@kind
def letters(rng: np.random.Generator) -> Image.Image:
    """One letter that is no digit's double."""
    return letter(LETTERS[rng.integers(len(LETTERS))], rng)


def letter(character: str, rng: np.random.Generator) -> Image.Image:
    """A letter of Pillow's own font: as often as not printed, turned a little, else as a hand would follow its middle.

    A (PAD, PAD) grey drawing, dark on light.
    """
    return _printed(character, rng) if rng.random() < 0.5 else _followed(character, rng)


@kind
def several(rng: np.random.Generator) -> Image.Image:
    """Two to four printed digits."""
    return _printed("".join(str(digit) for digit in rng.integers(0, 10, rng.integers(2, 5))), rng)


def _printed(text: str, rng: np.random.Generator) -> Image.Image:
    """Text in Pillow's font, its strokes up to bold, turned by up to 15 degrees."""
    font = ImageFont.load_default(rng.uniform(40, 80) / max(1, 0.6 * len(text)))
    page = Image.new("L", (PAD, PAD), 255)
    bold = rng.integers(0, 3) if len(text) == 1 else 0
    ImageDraw.Draw(page).text((PAD / 2, PAD / 2), text, 0, font, "mm", stroke_width=int(bold))
    return page.rotate(rng.uniform(-15, 15), Image.Resampling.BICUBIC, fillcolor=255)


def _followed(character: str, rng: np.random.Generator) -> Image.Image:
    """The skeleton of a letter, shaken by a smooth field, slanted and stretched, drawn with a round pen."""
    field = ndimage.gaussian_filter(rng.normal(0, 1, (2, GLYPH, GLYPH)), (0, 10, 10))
    field *= rng.uniform(0.5, 2.5) / field.std()
    y, x = np.nonzero(skeleton(character))
    points = np.stack([x + field[0, y, x], y + field[1, y, x]], 1)
    points = (points - points.mean(0)) @ np.array([[rng.uniform(0.7, 1.3), 0], [rng.normal(0, 0.2), 1]])
    points *= rng.uniform(0.5, 0.8) * PAD / np.ptp(points, axis=0).max()
    points += (PAD - points.min(0) - points.max(0)) / 2
    return _dabbed(points, rng.uniform(1.2, 4.5))


def _dabbed(points: np.ndarray, radius: float) -> Image.Image:
    """A round pen set down at each of (n, 2) points, in pixels."""
    page = Image.new("L", (PAD, PAD), 255)
    draw = ImageDraw.Draw(page)
    for x, y in points.tolist():
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
    return page


@lru_cache
def skeleton(character: str) -> np.ndarray:
    """(GLYPH, GLYPH) bool, the middle of a letter of Pillow's font, one pixel wide.

    Thinned as by Zhang and Suen 1984, "A fast parallel algorithm for thinning digital patterns".
    """
    page = Image.new("1", (GLYPH, GLYPH))
    ImageDraw.Draw(page).text((GLYPH / 2, GLYPH / 2), character, 1, ImageFont.load_default(0.75 * GLYPH), "mm")
    mask = np.asarray(page).copy()
    changed = True
    while changed:
        changed = False
        for first in (True, False):
            around = [np.roll(mask, move, (0, 1)) for move in _AROUND]  # from above, clockwise
            north, east, south, west = around[::2]
            count = sum(side.astype(int) for side in around)
            starts = sum(~side & after for side, after in zip(around, [*around[1:], around[0]], strict=True))
            keeps = (
                (north & east & south, east & south & west) if first else (north & east & west, north & south & west)
            )
            gone = mask & (count >= 2) & (count <= 6) & (starts == 1) & ~keeps[0] & ~keeps[1]
            mask &= ~gone
            changed |= bool(gone.any())
    return mask


_AROUND = ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))


# ------------------------------------------------------------------------------------------------------------ scribbles


@kind
def scribbles(rng: np.random.Generator) -> Image.Image:
    """A curve that means nothing: Lissajous's, a heavy pen's, or of waves upon waves."""
    path = (_lissajous, _heavy_pen, _waves)[rng.integers(3)](rng)
    path = (path - path.min(0)) / np.ptp(path, axis=0).max()
    side, width = rng.uniform(0.5, 0.8) * PAD, rng.uniform(2, 6)
    page = Image.new("L", (PAD, PAD), 255)
    flat = ((path - np.ptp(path, axis=0) / 2) * side + PAD / 2).ravel().tolist()
    ImageDraw.Draw(page).line(flat, 0, round(width), "curve")
    return page


def _lissajous(rng: np.random.Generator) -> np.ndarray:
    """x and y swing at rates that differ: 2 to 3 and up, for a rate of 1 to 2 is an eight."""
    rates = [(2, 3), (3, 4), (3, 5), (4, 5), (2, 5), (5, 6)][rng.integers(6)]
    t = np.linspace(0, 2 * math.pi, 300)
    return np.stack([np.sin(rates[0] * t + rng.uniform(0.3, 1.2)), rng.uniform(0.6, 1.2) * np.sin(rates[1] * t)], 1)


def _heavy_pen(rng: np.random.Generator) -> np.ndarray:
    """A weight pushed about at random, held to the middle by a spring."""
    place, speed, path = np.zeros(2), rng.normal(0, 1, 2), []
    for push in rng.normal(0, rng.uniform(0.3, 0.6), (300, 2)):
        speed = 0.95 * speed + push - 0.03 * place
        place = place + 0.3 * speed
        path.append(place)
    return np.array(path)


def _waves(rng: np.random.Generator) -> np.ndarray:
    """From left to right, y the sum of three waves: four swings or more."""
    t = np.linspace(0, 1, 200)
    y = sum(np.sin(2 * math.pi * rate * t + rng.uniform(0, 6)) / rate for rate in rng.uniform(4, 12, 3))
    return np.stack([t, rng.uniform(0.5, 1.5) * y], 1)


# ------------------------------------------------------------------------------------------------------------- textures


@kind
def textures(rng: np.random.Generator) -> Image.Image:
    """A surface, from rim to rim or a patch of it: woven, cloudy, cells, bricks, wood."""
    field = (_woven, _cloudy, _cells, _bricks, _wood)[rng.integers(5)](rng).astype(float)
    field = (field - field.min()) / np.ptp(field)
    if rng.random() < 0.5:
        y, x = np.mgrid[:PAD, :PAD] - PAD / 2
        field = field * (np.hypot(x, y) < rng.uniform(0.25, 0.45) * PAD)
    grey = 230 - 180 * field + rng.normal(0, 4, field.shape)
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def _woven(rng: np.random.Generator) -> np.ndarray:
    """Threads over and under each other."""
    y, x = np.mgrid[:PAD, :PAD] / rng.uniform(8, 24)
    over = (np.floor(x) + np.floor(y)) % 2 > 0
    return np.where(over, np.sin(math.pi * (x % 1)), np.sin(math.pi * (y % 1)))


def _cloudy(rng: np.random.Generator) -> np.ndarray:
    """Value noise: random numbers on ever finer grids, interpolated."""
    octaves = []
    for side in (4, 8, 16, 32):
        grid = Image.fromarray(rng.random((side, side)).astype(np.float32))
        octaves.append(np.asarray(grid.resize((PAD, PAD), Image.Resampling.BICUBIC)) * 4 / side)
    return np.clip(sum(octaves) - rng.uniform(0.5, 1), 0, None)


def _cells(rng: np.random.Generator) -> np.ndarray:
    """The borders of Voronoi's cells round seven points and more."""
    seeds = rng.uniform(0, PAD, (rng.integers(7, 40), 2))
    far = np.sort(np.linalg.norm(np.indices((PAD, PAD))[..., None] - seeds.T[:, None, None], axis=0), axis=-1)
    return far[..., 1] - far[..., 0] < rng.uniform(2, 6)


def _bricks(rng: np.random.Generator) -> np.ndarray:
    """Rows of bricks, each half a brick on from the last."""
    y, x = np.mgrid[:PAD, :PAD].astype(float)
    high = rng.uniform(10, 28)
    x = x / (2 * high) + 0.5 * (y // high % 2)
    return (y % high < 0.2 * high) | (x % 1 < 0.1)


def _wood(rng: np.random.Generator) -> np.ndarray:
    """Rings of a tree, cut off their middle."""
    y, x = np.mgrid[:PAD, :PAD] / PAD
    far = np.hypot(x - rng.uniform(-1, 2), (y - rng.uniform(-1, 2)) * rng.uniform(0.3, 1))
    shaken = ndimage.gaussian_filter(rng.normal(0, 1, (PAD, PAD)), 8)
    return np.sin(2 * math.pi * (far * rng.uniform(6, 20) + shaken * rng.uniform(0, 6))) > 0.2
