"""A page of ink -> one level line of digits, for whoever reads it; and what else stands beside a digit. Knows no model.

An image: `find` (ink from paper), `line` (its parts, its height, its slope), then the same ink at the image's own
resolution, level, its digits about HEIGHT high.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PIL import Image
from scipy import ndimage

from cnn.decode import plain
from cnn.page import Page, cut_out, page
from cnn.paper import EDGE, Ink, find, resized
from cnn.pen import BOX, FINE, extent, hairlines, smooth, stroke_width
from cnn.types import Strokes

WORK = 720  # a line of digits is looked for in a copy of at most this many pixels squared
LONGEST = 3 * WORK  # and no longer than this, however narrow
HEIGHT = FINE * BOX  # pixels: how high the digits of a strip are, about
LOW = 0.45  # of the line's height: what is lower is a digit's part, a comma or dirt
TALL = 2.5  # times the line's height: what is higher is no digit
THICK = 0.35  # a stroke's width for its length: more is a blob
LEVEL = 0.02  # radians: a line that tilts less is left as it is
STEEPEST = 0.35  # a slope


class Strip(NamedTuple):
    """A line of ink made level: (h, w) float32 in [0, 1], its digits about HEIGHT high.

    `place` turns (n, 2) x, y of the strip into pixels of the image.
    """

    strength: np.ndarray
    place: Callable[[np.ndarray], np.ndarray]


def from_image(image: Image.Image) -> Strip | None:
    """The line of ink that an image holds most of, at the image's own resolution; None where there is no ink."""
    sent = plain(image)
    looked_at = page(sent, WORK, LONGEST)
    ink, _ = find(looked_at.grey)
    if ink is None:
        return None
    parts, height, slope = line(ink.strength)
    if parts is None:
        return None
    return _straightened(*_close_up(looked_at, ink, parts, height), math.atan(slope))


def from_strokes(strokes: Strokes) -> Strip | None:
    """The line that pen strokes hold; None for a blank pad."""
    if not strokes.strokes:
        return None
    pad = np.array([strokes.width, strokes.height])
    scale = WORK / pad.max()
    paths = [np.clip(smooth(np.asarray(s, np.float64)) * scale, -WORK, 2 * WORK) for s in strokes.strokes]
    points = np.concatenate(paths)
    room = 0.03 * WORK
    low = points.min(0) - room
    drawn = hairlines([path - low for path in paths], np.ceil(points.max(0) - low + room))
    inked = (ndimage.distance_transform_edt(~drawn) <= 0.012 * WORK).astype(np.float32)
    parts, height, slope = line(inked)
    if parts is None:
        return None
    zoom = HEIGHT / height
    strip = resized(inked * parts, [max(1, round(n * zoom)) for n in inked.shape])
    return _straightened(strip, lambda points: (points / zoom + low) / scale, math.atan(slope))


def line(strength: np.ndarray) -> tuple[np.ndarray | None, float, float]:
    """The line of digits in the ink of a page, (h, w) in [0, 1]: its parts (h, w) bool, height in pixels and slope.

    The parts of the line that holds most ink, those that are too small for digits as well. None, 0, 0 where there is
    none.
    """
    labels, count = ndimage.label(strength > EDGE, np.ones((3, 3)))
    boxes = ndimage.find_objects(labels)
    if not count:
        return None, 0, 0
    mass = np.bincount(labels.ravel(), minlength=count + 1)[1:].astype(float)
    rows, columns = (np.array([[box[axis].start, box[axis].stop] for box in boxes]) for axis in (0, 1))
    high, wide = np.ptp(rows, 1), np.ptp(columns, 1)
    x, y = columns.mean(1), rows.mean(1)
    # A shadow's edge or the table beside the paper reaches the rim; digits on a page that is cut so do not stand there.
    rim = (rows[:, 0] == 0) | (columns[:, 0] == 0) | (rows[:, 1] == strength.shape[0])
    rim |= columns[:, 1] == strength.shape[1]
    stroke = np.array([stroke_width(labels[box] == i) for i, box in enumerate(boxes, 1)])
    thin = stroke < THICK * np.maximum(high, wide)
    usable = thin & (high > max(6, 0.02 * max(strength.shape))) & ~(rim & (mass < 0.5 * mass.max()))
    if not usable.any():
        return None, 0, 0
    height = _heaviest(high[usable], mass[usable])
    tall = usable & (high > LOW * height) & (high < TALL * height)
    seed = np.flatnonzero(tall)[mass[tall].argmax()]
    slope, level = 0.0, y[seed]
    for _ in range(3):  # the line's own parts, and the slope through their middles, by turns
        on = tall & (abs(y - level - slope * (x - x[seed])) < 0.7 * height)
        height = _heaviest(high[on], mass[on])
        slope, level = _fitted(x[on] - x[seed], y[on], mass[on], height)
    off = abs(y - level - slope * (x - x[seed]))
    kept = (off < 0.85 * height) & ~(rim & ~tall) & (mass > 0.15 * np.median(stroke[on]) ** 2) & (high < TALL * height)
    return np.append(False, kept)[labels], float(height), slope


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


def _straightened(strip: np.ndarray, place: Callable[[np.ndarray], np.ndarray], angle: float) -> Strip:
    """A line that slopes by `angle` (radians, down to the right) made level."""
    if abs(angle) < LEVEL:
        return Strip(strip, place)
    turned = Image.fromarray(strip).rotate(math.degrees(angle), Image.Resampling.BICUBIC, expand=True)
    back = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    before, after = np.array(strip.shape[::-1]) / 2, np.array(turned.size) / 2
    return Strip(np.clip(np.asarray(turned), 0, 1), lambda points: place((points - after) @ back + before))


def elsewhere(strength: np.ndarray, parts: np.ndarray) -> bool:
    """Whether ink that could be another digit stands apart from the one that `find` took, both (h, w).

    Another is at least half as high or as wide, of a fifth of the ink, a stroke and no blob, and off the rim.
    """
    rest = (strength > EDGE) & ~parts
    if rest.sum() < 0.2 * parts.sum():  # nearly always
        return False
    side = extent(parts)
    labels, count = ndimage.label(rest, np.ones((3, 3)))
    mass = np.bincount(labels.ravel(), minlength=count + 1)
    for i, box in enumerate(ndimage.find_objects(labels), 1):
        (y0, y1), (x0, x1) = ((s.start, s.stop) for s in box)
        inside = min(y0, x0) > 0 and y1 < strength.shape[0] and x1 < strength.shape[1]
        longest = max(y1 - y0, x1 - x0)
        alike = 0.5 * side < longest < 2 * side and mass[i] > 0.2 * parts.sum()
        if inside and alike and stroke_width(labels[box] == i) < THICK * longest:
            return True
    return False
