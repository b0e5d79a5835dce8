"""Strokes, a drawing, a photo or a scan -> one digit framed as MNIST frames it. Knows no model and no page.

An image: `plain` (any mode -> 8 bits, opaque), `find` (ink from paper, and which ink is the digit), `close_up` (that
ink, at the image's own resolution), `even_pen` (one stroke width), `centred` (20-pixel box, centre of mass in the
middle). Strokes: `smooth`, drawn as hairlines, inked with the same pen, `centred`.
"""

from typing import Any

import numpy as np
from PIL import Image
from scipy import ndimage

from cnn.framing.decode import plain
from cnn.framing.page import Page, cut_out, page
from cnn.framing.paper import EDGE, EVERY_RULE, MARGIN, Ink, Rules, find
from cnn.framing.pen import AS_IT_IS, BOX, FINE, PEN, THICK, centred, even_pen, extent, hairlines, smooth, stroke_width
from cnn.task import SIDE
from cnn.types import Framed, InputError, Step, Strokes

RULES = {  # each can be switched off, to measure what it is worth
    "channel": "ink is looked for in the colour that shows it best",
    "figure": "a figure is read out of the page around it",
    "table": "a sheet is read off the table it lies on",
    "rules": "lines printed on a photo's paper are lit up",
    "form": "lines, boxes, frames and rings around a digit are left out",
    "faint": "ink goes on where it gets faint, and counts by the digit's own darkest tone",
    "pen": "strokes are made as wide as MNIST's",
}
MAX_POINTS = 20_000  # of one drawing, all strokes together
WORK = 240  # a digit is looked for in a copy of at most this many pixels squared
LONGEST = 4 * WORK  # and no longer than this, however narrow


def from_image(image: Image.Image, *, without: Rules = EVERY_RULE) -> Framed:
    """Frame the digit of a drawing, photo or scan; all zeros where there is no ink.

    Any mode, size and polarity. `steps` show sent, grey, form (lines and frames that were left out, if any), ink, crop,
    box (the pen made even) and centred. A digit of at most 30 pixels keeps its pixels, so that MNIST's own images pass
    nearly unchanged. `without` some of RULES, to measure what they are worth.
    Follows LeCun's 20-pixel box and centre of mass (yann.lecun.com/exdb/mnist), with the stroke width made even.
    """
    sent = plain(image)
    looked_at = page(sent, WORK, LONGEST, without)
    steps = [Step("step.sent", np.asarray(looked_at.sent, np.float32) / 255), Step("step.grey", looked_at.grey / 255)]
    ink, parts = find(looked_at.grey, without)
    if ink is None or parts is None:
        return Framed(np.zeros((SIDE, SIDE), np.float32), tuple(steps))
    if ink.patched is not None:
        steps.append(Step("step.form", ink.patched.astype(np.float32)))
    steps.append(Step("step.ink", ink.strength * parts))
    crop = close_up(looked_at, ink, parts)
    steps.append(Step("step.crop", crop))
    if max(crop.shape) > AS_IT_IS + 2 * MARGIN and "pen" not in without:
        crop = even_pen(crop > EDGE)
    framed = centred(crop)
    steps += [Step("step.box", crop), Step("step.centred", framed)]
    return Framed(framed, tuple(steps), is_crowded(ink.strength, parts))


def parse_strokes(payload: Any) -> Strokes:
    """Check strokes as they come in JSON: {"strokes": [[[x, y], ...], ...], "width": w, "height": h}.

    Finite numbers in pad units, y down, at most MAX_POINTS points. Strokes without points are dropped, other keys
    ignored; no strokes at all are a blank pad. Raises InputError "strokes".
    """
    try:
        strokes, size = payload["strokes"], [payload["width"], payload["height"]]
        _check(isinstance(payload, dict) and isinstance(strokes, list) and len(strokes) <= MAX_POINTS)
        _check(all(isinstance(stroke, list) for stroke in strokes))
        _check(sum(map(len, strokes)) <= MAX_POINTS)
        points = [point for stroke in strokes for point in stroke]
        _check(all(isinstance(point, list) and len(point) == 2 for point in points))
        _check(all(type(n) in (int, float) for n in size) and min(size) > 0)
        _check(
            max(size) >= float(np.finfo(np.float32).smallest_subnormal)
        )  # on a smaller pad, no point fits the numbers either
        _check(all(type(n) in (int, float) for point in points for n in point))
        arrays = [np.array(stroke, np.float64) for stroke in (*strokes, size) if stroke]
        _check(all((np.abs(array) < np.finfo(np.float32).max).all() for array in arrays))  # not for NaN either
    except (TypeError, KeyError, ValueError, OverflowError, IndexError) as error:
        raise InputError("strokes", limit=MAX_POINTS) from error
    return Strokes(tuple(array.astype(np.float32) for array in arrays[:-1]), float(size[0]), float(size[1]))


def from_strokes(strokes: Strokes) -> Framed:
    """Frame a digit from the pen's own path, drawn with MNIST's pen; all zeros where there are no strokes.

    Sparse points are joined by a smooth curve. A lone dot stays a dot. `steps` show sent (the pad), box and centred.
    Follows LeCun's 20-pixel box and centre of mass (yann.lecun.com/exdb/mnist).
    """
    paths = [smooth(np.asarray(stroke, np.float64)) for stroke in strokes.strokes]
    pad = np.array([strokes.width, strokes.height])
    shrink = 4 * SIDE / pad.max()
    # What lies far off the pad is drawn no farther than its own side away: Pillow walks every pixel of a line.
    shown = [np.clip(path * shrink, -4 * SIDE, 8 * SIDE) for path in paths]
    sent = hairlines(shown, np.ceil(pad * shrink))
    steps = [Step("step.sent", sent.astype(np.float32))]
    if not paths:
        return Framed(np.zeros((SIDE, SIDE), np.float32), tuple(steps))
    points = np.concatenate(paths)
    low, high = points.min(0), points.max(0)
    # What is smaller than a hundredth of the pad is a dot: enlarged to a box it would be the tremor of a hand.
    scale = (BOX - PEN) * FINE / max((high - low).max(), pad.max() / 100)
    room = PEN * FINE  # around the hairlines, for the pen's width
    mask = hairlines([(path - low) * scale + room for path in paths], np.ceil((high - low) * scale + 2 * room + 1))
    # A hairline is a pixel wide already, hence the half pixel.
    inked = (ndimage.distance_transform_edt(~mask) <= (PEN * FINE - 1) / 2 + 0.5).astype(np.float32)
    framed = centred(inked, FINE)
    return Framed(framed, (*steps, Step("step.box", inked), Step("step.centred", framed)))


def close_up(looked_at: Page, ink: Ink, parts: np.ndarray) -> np.ndarray:
    """The digit's ink cut out of the image itself, (h, w) float32 in [0, 1], large enough for the pen's work.

    `ink` and `parts` are of the page's `grey`. A small digit comes as it is.
    """

    def zoom(side: int) -> float:
        return FINE * BOX / side if side > AS_IT_IS or looked_at.factor > 1 else 1.0

    return cut_out(looked_at, ink, parts, zoom)[0]


def is_crowded(strength: np.ndarray, parts: np.ndarray) -> bool:
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


def _check(holds: bool) -> None:
    if not holds:
        raise ValueError
