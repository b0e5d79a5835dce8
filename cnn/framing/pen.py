"""The pen's path and its width, the box and the centre of mass: masks of ink -> MNIST's frame. Knows no paper."""

import math
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from cnn.task import SIDE

BOX = 20  # MNIST's digits fill a box of 20x20 pixels
CENTRE = 14.5  # and have their centre of mass here: measured 14.50 +- 0.29 pixels from either edge, train images
PEN = 2.2  # pixels, MNIST's median `stroke_width` (5 % below 1.6, 5 % above 3.4)
FINE = 5  # the pen's work is done at this many pixels a pixel of the box
GAP = 0.4  # pixels: half of what thickening leaves of a gap, thinning of a stroke, so that none closes or breaks
EDGE = 0.4  # share of the full strength where ink ends; below a half so that light pressure is not lost
THICK = 0.35  # a stroke's width for its length: more is a blob
AS_IT_IS = 1.5 * BOX  # pixels: a digit no larger is as coarse as MNIST's own and keeps its pixels and its pen


def stroke_width(mask: np.ndarray) -> float:
    """Mean width of the strokes of an (h, w) mask in [0, 1], in pixels: twice the area over the outline's length.

    The outline is measured as total variation, so that soft edges count as hard ones do.
    """
    page = _margined(mask, 1).astype(np.float32)
    down, right = np.diff(page, axis=0)[:, :-1], np.diff(page, axis=1)[:-1]
    return float(2 * page.sum() / max(np.hypot(down, right).sum(), 1e-6))


def _margined(mask: np.ndarray, width: int) -> np.ndarray:
    """An (h, w) mask with `width` empty pixels on each side; of a digit's size ten times as fast as np.pad."""
    page = np.zeros([side + 2 * width for side in mask.shape], mask.dtype)
    page[width:-width, width:-width] = mask
    return page


def even_pen(mask: np.ndarray) -> np.ndarray:
    """Thin or thicken the strokes of an (h, w) bool mask to PEN pixels of the box it will be fitted to; float32.

    By distance to the outline, so that the stroke's middle stays where it is.
    """
    side = extent(mask)
    # Taking `off` from either side makes the box smaller too: (width - 2 off) / (side - 2 off) = PEN / BOX.
    off = (stroke_width(mask) - PEN * side / BOX) / (2 * (1 - PEN / BOX))
    page = _margined(mask, math.ceil(abs(off)) + 1)
    return (_thinned(page, off) if off > 0 else ~_thinned(~page, -off)).astype(np.float32)


def _thinned(mask: np.ndarray, off: float) -> np.ndarray:
    """Take `off` pixels from the outline, but leave a core of GAP along the middle of what is too thin for that."""
    depth = ndimage.distance_transform_edt(mask)
    middle = ndimage.maximum_filter(depth, 2 * math.ceil(off) + 1)
    return mask & (depth > np.minimum(off, np.maximum(middle - GAP * FINE, 0)))


def centred(ink: np.ndarray, scale: float | None = None) -> np.ndarray:
    """Fit (h, w) ink in [0, 1] to MNIST's box and put its centre of mass into the middle of (28, 28), float32.

    `scale`: how many of its pixels make one, where that is known; else the larger side becomes BOX. Near 1 the box
    lies on whole pixels, as LeCun's did: a fraction would blur an image that is as coarse as the answer.
    """
    spans = [span(ink.any(axis)) for axis in (1, 0)]
    scale = scale or extent(ink) / BOX
    shares = []
    for axis, (start, end) in zip((1, 0), spans, strict=True):
        mass = ink.sum(axis)
        first = mass @ (np.arange(len(mass)) + 0.5) / mass.sum() - CENTRE * scale
        first = min(max(first, end - SIDE * scale), start)  # a lopsided digit stays inside
        if scale < AS_IT_IS / BOX:
            first = start - math.floor((start - first) / scale + 0.5) * scale
        shares.append(_overlaps(len(mass), first, scale))
    return np.clip(shares[0] @ ink @ shares[1].T, 0, 1).astype(np.float32)


def _overlaps(count: int, first: float, scale: float) -> np.ndarray:
    """How much of each of SIDE pixels, `scale` wide from `first` on, each of `count` pixels covers: (SIDE, count)."""
    edges = first + scale * np.arange(SIDE + 1)
    pixels = np.arange(count)
    ends = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return np.maximum(ends, 0) / scale


def extent(mask: np.ndarray) -> int:
    """The larger side, in pixels, of the box around what is True."""
    return max(end - start for start, end in (span(mask.any(axis)) for axis in (1, 0)))


def span(used: Any) -> tuple[int, int]:
    """First and one past the last of the True entries."""
    return int(used.argmax()), int(len(used) - used[::-1].argmax())


# -------------------------------------------------------------------------------------------------------------- strokes


def smooth(points: np.ndarray) -> np.ndarray:
    """A curve through (n, 2) points, six for each: centripetal Catmull-Rom (Yuksel, Schaefer, Keyser 2011).

    Real corners, where the path turns by more than 60 degrees, stay corners.
    """
    steps = np.diff(points, axis=0)
    moved = np.append(True, steps.any(1))
    points, steps = points[moved], steps[moved[1:]]
    if len(points) < 3:
        return points
    knots = np.sqrt(np.hypot(*steps.T))[:, None]  # centripetal: no loops, no overshoot
    slopes = steps / knots
    before, after = slopes[:-1], slopes[1:]
    through = (before * knots[1:] + after * knots[:-1]) / (knots[:-1] + knots[1:])
    cosine = (steps[:-1] * steps[1:]).sum(1) / (knots[:-1] * knots[1:])[:, 0] ** 2
    corner = (cosine < 0.5)[:, None]
    leaving = np.concatenate([slopes[:1], np.where(corner, after, through)]) * knots
    arriving = np.concatenate([np.where(corner, before, through), slopes[-1:]]) * knots
    t = np.linspace(0, 1, 6, endpoint=False)[None, :, None]
    start, step = points[:-1, None], steps[:, None]
    curve = start + leaving[:, None] * t * (1 - t) ** 2 + step * t**2 * (3 - 2 * t) - arriving[:, None] * t**2 * (1 - t)
    return np.concatenate([curve.reshape(-1, 2), points[-1:]])


def hairlines(paths: list[np.ndarray], size: np.ndarray) -> np.ndarray:
    """Draw paths of (n, 2) x, y one pixel wide: bool, (height, width) of `size`."""
    page = Image.new("1", (int(max(size[0], 1)), int(max(size[1], 1))))
    draw = ImageDraw.Draw(page)
    for path in paths:
        flat = path.ravel().tolist()
        draw.line(flat, fill=1)
        draw.point(flat[:2], fill=1)  # a line of one point draws nothing
    return np.asarray(page)
