"""A page of ink -> level lines of digits, for whoever reads them; and what else stands beside a digit. Knows no model.

An image: `written` (its ink), `lines` (of each its parts, its height, its slope), then the same ink at the image's own
resolution, level, its digits about HEIGHT high.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFilter
from scipy import ndimage

from cnn.framing.decode import plain
from cnn.framing.page import Page, cut_out, one_channel, page, telling_channel
from cnn.framing.paper import EDGE, Ink, resized
from cnn.framing.pen import THICK, hairlines, smooth, stroke_width
from cnn.reading.writing import written
from cnn.types import Strokes

WORK = 720  # a line of digits is looked for in a copy of at most this many pixels squared
LONGEST = 3 * WORK  # and no longer than this, however narrow
# Pixels: how high the digits of a strip are, about. Of 600 numbers that `python -m train measure numbers` makes 83.3 %
# were read at 64 and 82.2 at 80, which takes longer; when all pens were still made even, 81.8 at 40 and 83.2 at 56.
HEIGHT = 64
LOW = 0.45  # of the line's height: what is lower is a digit's part, a comma or dirt
TALL = 2.5  # times the line's height: what is higher is no digit
ENOUGH = 160  # pixels a side, at least, of what writing is looked for in
SOFT = 0.3  # of an enlarged image's own pixels: how much it is blurred, so that its pattern and its steps are no edges
MOST = 40  # lines
THINNER = 0.4  # of the pen's width: what is thinner is no stroke of it
SLIM = 0.3  # of its height: a frame's side is no wider
BESIDE = 0.35, 0.4  # of its height: a frame's side is no farther from the picture's, and no nearer to the writing
SAME = 0.6  # of their height: lines no farther from each other are one
SMALLER = 0.5  # of the height of the line with most ink: lower lines are none
LEVEL = 0.02  # radians: a line that tilts less is left as it is
STEEPEST = 0.35  # a slope


class Strip(NamedTuple):
    """A line of ink made level: (h, w) float32 in [0, 1], its digits about HEIGHT high.

    `place` turns (n, 2) x, y of the strip into pixels of the image. `coarse`: whether the image's were enlarged for it.
    """

    strength: np.ndarray
    place: Callable[[np.ndarray], np.ndarray]
    coarse: bool = False


def from_image(image: Image.Image) -> list[Strip]:
    """The lines of ink of an image, from top to bottom, at the image's own resolution; none where there is no ink."""
    looked_at, scale = _page(plain(image))
    ink = written(looked_at.grey)
    if ink is None:
        return []
    strips = []
    for parts, height, slope in lines(ink.strength):
        strip, place = _close_up(looked_at, ink, parts, height)
        coarse = HEIGHT * scale > height * looked_at.factor * looked_at.shrunk
        there = Strip(strip, lambda points, place=place: place(points) / scale, coarse)
        strips.append(_straightened(there, math.atan(slope)))
    return strips


def _page(sent: Image.Image) -> tuple[Page, int]:
    """An image as writing is looked for in it; and how many times a small one, of a cell or a scan, is enlarged."""
    scale = -(-ENOUGH // min(sent.size))
    if scale == 1:
        return page(sent, WORK, LONGEST), 1
    scale = max(1, min(scale, LONGEST // max(sent.size)))
    channel = telling_channel(sent)
    size = (sent.width * scale, sent.height * scale)
    image = one_channel(sent, channel).resize(size, Image.Resampling.BICUBIC)
    image = image.filter(ImageFilter.GaussianBlur(SOFT * scale))
    return Page(sent, np.asarray(image, np.float32), 1, image, None), scale


def from_strokes(strokes: Strokes) -> list[Strip]:
    """The line that pen strokes hold; None for a blank pad."""
    if not strokes.strokes:
        return []
    pad = np.array([strokes.width, strokes.height])
    scale = WORK / pad.max()
    paths = [np.clip(smooth(np.asarray(s, np.float64)) * scale, -WORK, 2 * WORK) for s in strokes.strokes]
    points = np.concatenate(paths)
    room = 0.03 * WORK + np.array([np.ptp(points[:, 1]), 0])  # no one is to stand at a side, as a frame's rest does
    low = points.min(0) - room
    drawn = hairlines([path - low for path in paths], np.ceil(points.max(0) - low + room))
    inked = (ndimage.distance_transform_edt(~drawn) <= 0.012 * WORK).astype(np.float32)
    strips = []
    for parts, height, slope in lines(inked):
        zoom = HEIGHT / height
        strip = resized(inked * parts, [max(1, round(n * zoom)) for n in inked.shape])
        place = lambda points, zoom=zoom: (points / zoom + low) / scale  # noqa: E731
        strips.append(_straightened(Strip(strip, place), math.atan(slope)))
    return strips


class _Parts(NamedTuple):
    """The connected parts of a page's ink: `labels` (h, w), and of each of n its middle, size, ink and stroke's width.

    `rim`: whether it lies along the page's. `usable`: whether it may be a digit for its shape. `sides`: whether it is
    what is left of a frame's own side.
    """

    labels: np.ndarray
    x: np.ndarray
    y: np.ndarray
    high: np.ndarray
    mass: np.ndarray
    stroke: np.ndarray
    rim: np.ndarray
    usable: np.ndarray
    sides: np.ndarray


class _Line(NamedTuple):
    """Which parts (n,) bool are a line's, its height in pixels, its slope, and its y at x = 0."""

    kept: np.ndarray
    height: float
    slope: float
    level: float


def lines(strength: np.ndarray) -> list[tuple[np.ndarray, float, float]]:
    """The lines of digits in the ink of a page, (h, w) in [0, 1], from top to bottom.

    Of each its parts (h, w) bool, those that are too small for digits as well, its height in pixels and its slope.
    """
    parts = _parts(strength)
    found: list[_Line] = []
    free = ~parts.sides
    while len(found) < MOST:
        one = _heaviest_line(parts, free)
        if one is None or (found and not SMALLER < one.height / found[0].height < 1 / SMALLER):
            break
        free &= ~one.kept
        same = next((at for at, other in enumerate(found) if _is_same(parts, one, other)), None)
        if same is None:
            found.append(one)
        else:
            found[same] = found[same]._replace(kept=found[same].kept | one.kept)
    found.sort(key=lambda one: np.average(parts.y[one.kept], weights=parts.mass[one.kept]))
    return [(np.append(False, one.kept)[parts.labels], one.height, one.slope) for one in found]


def line(strength: np.ndarray) -> tuple[np.ndarray | None, float, float]:
    """The line that holds most ink, as `lines` gives each; None, 0, 0 where there is none."""
    found = lines(strength)
    return max(found, key=lambda one: (strength * one[0]).sum(), default=(None, 0, 0))


def _parts(strength: np.ndarray) -> _Parts:
    labels, count = ndimage.label(strength > EDGE, np.ones((3, 3)))
    boxes = ndimage.find_objects(labels)
    mass = np.bincount(labels.ravel(), minlength=count + 1)[1:].astype(float)
    rows, columns = (np.array([[b[axis].start, b[axis].stop] for b in boxes]).reshape(-1, 2) for axis in (0, 1))
    high, wide = np.ptp(rows, 1), np.ptp(columns, 1)
    stroke = np.array([stroke_width(labels[box] == i) for i, box in enumerate(boxes, 1)])
    # A shadow's edge or the table beside the paper lies along the rim; a digit that is cut off there crosses it.
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    rim = np.bincount(edge, minlength=count + 1)[1:] > np.maximum(3 * stroke, 0.25 * np.maximum(high, wide))
    thin = stroke < THICK * np.maximum(high, wide)
    heavy = mass >= 0.5 * mass.max(initial=0)
    usable = thin & (high > max(6, 0.02 * max(strength.shape))) & (heavy | ~rim)
    if usable.any():  # one hand, one pen: what is far thinner is printed
        usable &= stroke > THINNER * _heaviest(stroke[usable], mass[usable])
    sides = _sides(columns, high, usable, strength.shape[1])
    return _Parts(labels, columns.mean(1), rows.mean(1), high, mass, stroke, rim, usable, sides)


def _sides(columns: np.ndarray, high: np.ndarray, usable: np.ndarray, width: int) -> np.ndarray:
    """Which of n parts, with their [first, one past the last] columns (n, 2), are what is left of a frame's own sides.

    Narrow, near a side of the picture, with nothing beyond and the writing well apart.
    """
    narrow = usable & (np.ptp(columns, 1) < SLIM * high)
    found = np.zeros(len(high), bool)
    for left, right in (columns.T, width - columns.T[::-1]):  # from either side of the picture
        near = narrow & (left < BESIDE[0] * high)
        for i in np.flatnonzero(near):
            writing = left[usable & ~near & (high > LOW * high[i])]
            found[i] |= bool(writing.size and writing.min() - right[i] > BESIDE[1] * high[i])
    return found


def _heaviest_line(parts: _Parts, free: np.ndarray) -> _Line | None:
    """The line that holds most ink of the parts that are free, (n,) bool; None where there is none."""
    x, y, high, mass = parts.x, parts.y, parts.high, parts.mass
    usable = parts.usable & free
    if not usable.any():
        return None
    height = _heaviest(high[usable], mass[usable])
    tall = usable & (high > LOW * height) & (high < TALL * height)
    seed = np.flatnonzero(tall)[mass[tall].argmax()]
    slope, level, on = 0.0, y[seed], tall
    for _ in range(3):  # the line's own parts, and the slope through their middles, by turns
        on = tall & (abs(y - level - slope * (x - x[seed])) < 0.7 * height)
        height = _heaviest(high[on], mass[on])
        slope, level = _fitted(x[on] - x[seed], y[on], mass[on], height)
    off = abs(y - level - slope * (x - x[seed]))
    kept = free & (off < 0.85 * height) & ~(parts.rim & ~tall) & (high < TALL * height)
    pen = _heaviest(parts.stroke[on], mass[on])
    kept &= (mass > 0.15 * pen**2) & (parts.stroke > THINNER * pen)
    return _Line(kept, float(height), slope, float(level - slope * x[seed]))


def _is_same(parts: _Parts, one: _Line, other: _Line) -> bool:
    """Whether what one line holds stands in another: a hand goes up and down."""
    off = parts.y[one.kept] - other.level - other.slope * parts.x[one.kept]
    return bool(abs(np.average(off, weights=parts.mass[one.kept])) < SAME * max(one.height, other.height))


def _heaviest(values: np.ndarray, weights: np.ndarray) -> float:
    """The median of values by their weights."""
    order = values.argsort()
    sums = weights[order].cumsum()
    return float(values[order][np.searchsorted(sums, sums[-1] / 2)])


def _fitted(x: np.ndarray, y: np.ndarray, weights: np.ndarray, height: float) -> tuple[float, float]:
    """Slope of the line through x, y and its y at x = 0; few digits side by side say little, and their line is level.

    Ridge regression: the middles of digits are off the line by about 0.08 of its height, lines slope by about 0.1.
    """
    middle, level = np.average(x, weights=weights), np.average(y, weights=weights)
    weights = weights / weights.mean()
    slope = (weights * (x - middle) * (y - level)).sum() / ((weights * (x - middle) ** 2).sum() + 0.64 * height**2)
    slope = float(np.clip(slope, -STEEPEST, STEEPEST))
    return slope, float(level - slope * middle)


def _close_up(
    looked_at: Page, ink: Ink, parts: np.ndarray, height: float
) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """The line's ink at the image's own resolution, brought to HEIGHT, and where its points are in the image."""
    zoom = HEIGHT / (height * looked_at.factor)
    strip, (x0, y0, x1, y1) = cut_out(looked_at, ink, parts, lambda _: zoom)
    scale = np.divide((x1 - x0, y1 - y0), strip.shape[::-1])
    return strip, lambda points: (points * scale + (x0, y0)) * looked_at.shrunk


def _straightened(strip: Strip, angle: float) -> Strip:
    """A line that slopes by `angle` (radians, down to the right) made level."""
    if abs(angle) < LEVEL:
        return strip
    turned = Image.fromarray(strip.strength).rotate(math.degrees(angle), Image.Resampling.BICUBIC, expand=True)
    back = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    before, after = np.array(strip.strength.shape[::-1]) / 2, np.array(turned.size) / 2
    return strip._replace(
        strength=np.clip(np.asarray(turned), 0, 1), place=lambda points: strip.place((points - after) @ back + before)
    )
