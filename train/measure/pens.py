"""Real pen strokes as the sketches, photos and numbers people give the app: for measuring only, nothing trains on them.

Made for UCI's "Pen-Based Recognition of Handwritten Digits" (train/data/unipen.py reads it): digits of 44
writers on a pen tablet, crossed sevens and flagged ones among them.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from train.data.unipen import Stroke, Written

PAD = 800  # pixels a side of a sketch
PHOTO = (640, 480)  # pixels


# ----------------------------------------------------------------------------------------------------- sketches, photos


def inked(strokes: list[Stroke], size: tuple[int, int], width: float) -> np.ndarray:
    """Strokes in pixels, drawn by a round pen `width` pixels wide: (h, w) float32, ink = 1."""
    mask = Image.new("L", size, 0)
    draw = ImageDraw.Draw(mask)
    radius = width / 2
    for stroke in strokes:
        path = [(float(x), float(y)) for x, y in stroke]
        if len(path) > 1:
            draw.line(path, fill=255, width=max(1, round(width)), joint="curve")
        for x, y in path:
            draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)
    return np.asarray(mask, np.float32) / 255


def placed(strokes: list[Stroke], height: float, centre: np.ndarray, angle: float = 0.0) -> list[Stroke]:
    """The strokes with their larger side `height` pixels, their box's middle at `centre`, turned by `angle` radians."""
    points = np.concatenate(strokes)
    low, high = points.min(0), points.max(0)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    scale = height / max((high - low).max(), 1e-6)
    return [(stroke - (low + high) / 2) * scale @ turn + centre for stroke in strokes]


def sketch(digit: Written, rng: np.random.Generator, height: tuple, spread: float, width: float) -> Image.Image:
    """A black pen on a white PAD; its height (low, high), its way off the middle and its pen are shares of the side."""
    tall = rng.uniform(*height)
    room = max(0.0, 0.5 - (tall / 2 + width))
    centre = PAD * (0.5 + rng.uniform(-1, 1, 2) * min(spread, room))
    ink = inked(placed(digit.strokes, tall * PAD, centre), (PAD, PAD), width * PAD)
    return Image.fromarray((255 - 255 * ink).astype(np.uint8)).convert("RGB")


def photo(digit: Written, rng: np.random.Generator) -> Image.Image:
    """Ink on paper as a phone sees it: uneven light, a shadow's edge, a little noise, blur and tilt."""
    high = PHOTO[1]
    centre = np.array(PHOTO) / 2 + rng.uniform(-0.1, 0.1, 2) * high
    strokes = placed(digit.strokes, rng.uniform(0.35, 0.6) * high, centre, rng.uniform(-0.15, 0.15))
    return photographed(inked(strokes, PHOTO, rng.uniform(0.02, 0.04) * high), rng)


def photographed(ink: np.ndarray, rng: np.random.Generator) -> Image.Image:
    """A mask of ink, (h, w) in [0, 1], on paper under a lamp, taken by a phone."""
    high, wide = ink.shape
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    slope = rng.uniform(-1, 1, 2)
    light = rng.uniform(170, 215) + 45 * (slope[0] * (x / wide - 0.5) + slope[1] * (y / high - 0.5))
    edge = (x * slope[1] - y * slope[0]) / wide + rng.uniform(-0.2, 0.6)
    light *= 1 - 0.25 / (1 + np.exp(-edge * 20))
    page = light * (1 - ink) + rng.uniform(25, 80) * ink + rng.normal(0, 6, ink.shape)
    picture = Image.fromarray(np.clip(page, 0, 255).astype(np.uint8))
    return picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 1.4))).convert("RGB")


CONDITIONS: dict[str, Callable[[Written, np.random.Generator], Image.Image]] = {
    "sketch": lambda digit, rng: sketch(digit, rng, (0.5, 0.75), 0.08, 0.045),
    "small-corner": lambda digit, rng: sketch(digit, rng, (0.2, 0.32), 0.5, 0.025),
    "thin-pen": lambda digit, rng: sketch(digit, rng, (0.5, 0.75), 0.1, 0.012),
    "marker": lambda digit, rng: sketch(digit, rng, (0.5, 0.7), 0.1, 0.09),
    "photo": photo,
}


def number(digits: list[Written], rng: np.random.Generator, count: int = 5) -> tuple[str, Image.Image]:
    """A photo of a number of `count` digits, taken from `digits` at random, and its text: one pen, one line, a tilt."""
    chosen = [digits[i] for i in rng.integers(len(digits), size=count)]
    wide, high = PHOTO
    gap, pen, line, at = rng.uniform(0.08, 0.35), rng.uniform(0.045, 0.095), [], 0.0
    for digit in chosen:
        strokes = placed(digit.strokes, rng.uniform(0.88, 1.1), np.zeros(2), rng.uniform(-0.06, 0.06))
        points = np.concatenate(strokes)
        start = np.array([at - points[:, 0].min(), rng.normal(0, 0.05)])
        line += [stroke + start for stroke in strokes]
        at += np.ptp(points[:, 0]) + pen + gap * rng.uniform(0.7, 1.4)
    size = rng.uniform(0.6, 0.9) * wide
    centre = np.array(PHOTO) / 2 + rng.uniform(-1, 1, 2) * (0.04 * wide, 0.15 * high)
    strokes = placed(line, size, centre, rng.uniform(-0.1, 0.1))
    ink = inked(strokes, PHOTO, max(1.5, pen * size / at))
    return "".join(str(digit.label) for digit in chosen), photographed(ink, rng)
