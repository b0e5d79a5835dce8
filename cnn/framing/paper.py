"""Ink told from its paper: a drawing's, a photo's in uneven light. Knows no frame and no file."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image
from scipy import ndimage

from cnn.framing.form import form as form_of
from cnn.framing.pen import EDGE, span, stroke_width
from cnn.framing.windows import around

COARSE = 3  # paper under uneven light is estimated on a copy this many times smaller still
WIDEST = 5  # on such paper a stroke is thinner than a fifth of the image; what is wider belongs to the paper
ICON = 64  # pixels a side: an image no larger is as coarse as MNIST's, its strokes up to a third of it
SHEET_SIDE, SHEET_FULL = 0.4, 0.65  # a sheet on a table: shares of the image's sides and of its own outline
FAINT = 0.25  # share of the full strength where ink that goes on from stronger ink ends
SPECK = 0.02  # of the digit's mass, or of the image's side: less is dirt
TABLE = 0.42  # of the lightest paper's grey: darker is a table; a lamp's shadow leaves a half and more
RIM = 0.05  # what ink that touches the image's rim counts, beside ink that does not
BLOB = 0.3  # width for its length: more, at the rim, is no stroke
MARGIN = 2  # working pixels kept around the ink, for its soft edge
MIN_CONTRAST = 20  # grey levels of 255 between ink and paper; less is paper texture
SURE = 6  # likeness to strokes: with as much, dark ink is not weighed against light ink, whose gaps came to 4.4 at most


Rules = frozenset[str]  # rules of framing, by name
EVERY_RULE: Rules = frozenset()


class Ink(NamedTuple):
    """Ink told from paper, at working size: `strength` is (`stands_out` - floor) / contrast, (h, w) float32 in [0, 1].

    `paper` (h, w) float32 grey levels; `sign` 1 where ink is lighter than paper, -1 where it is darker; `white` the
    paper's lightest grey. `patched` (h, w) bool is where the strength is not the image's, as lines were taken off.
    """

    strength: np.ndarray
    paper: np.ndarray
    sign: int
    white: float
    floor: float
    contrast: float
    patched: np.ndarray | None = None

    def of(self, grey: np.ndarray, paper: np.ndarray) -> np.ndarray:
        """Strength of the ink of other grey values over their paper, both (h, w) float32 in grey levels."""
        return np.clip((stands_out(grey, paper, self.sign, self.white) - self.floor) / self.contrast, 0, 1)


def find(grey: np.ndarray, without: Rules = EVERY_RULE) -> tuple[Ink, np.ndarray] | tuple[None, None]:
    """The ink of a grey image in [0, 255] and the (h, w) bool parts of it that are the digit; None, None when blank.

    A drawing's paper has one grey. A photo's has many, and nothing says whether its ink is dark or light: both are
    tried, and what looks more like strokes is taken. Lines and frames around the digit are no ink. `without` these
    rules: "form", "faint".
    """
    best, most = (None, None), 0.0
    paper = flat_paper(grey)
    if paper is not None:
        best, most = _digit_on(grey, paper, heavier_tail(grey - paper), 0, without)
        if best[1] is None or max(grey.shape) <= ICON or not _is_sheet(best[1]):
            return best
    for sign in (-1, 1):
        tried, likeness = _digit_on(grey, *lit_paper(grey, sign), without)
        if likeness > most:
            best, most = tried, likeness
        if most > SURE and max(grey.shape) > ICON:
            break
    return best


def _is_sheet(parts: np.ndarray) -> bool:
    """Whether what stands out is a sheet of paper on a table: wide, high and full."""
    spans = [end - start for start, end in (span(parts.any(axis)) for axis in (1, 0))]
    return min(np.divide(spans, parts.shape)) > SHEET_SIDE and parts.sum() > SHEET_FULL * math.prod(spans)


def _digit_on(
    grey: np.ndarray, paper: np.ndarray, sign: int, doubt: np.ndarray | float, without: Rules
) -> tuple[tuple, float]:
    """What `find` gives, for a known paper, and how much it is like strokes: sharp of edge, long for its width."""
    ink = separate(grey, paper, sign, doubt)
    if ink is None:
        return (None, None), 0.0
    contrast, faintest, cell = ink.contrast, EDGE if "faint" in without else FAINT, 1
    if "form" not in without and (found := form_of(ink.strength)):
        paler = separate(grey, paper, sign, doubt, found.taken) or ink
        ink, cell = paler._replace(strength=found.off(paler.strength), patched=found.taken), found.cell
    parts, length = digit(ink.strength * cell, faintest)
    if parts is not None and "faint" not in without and (full := at_full_strength(ink, parts)) is not ink:
        ink = full
        parts, length = digit(ink.strength * cell, faintest)
    if parts is None:
        return (None, None), 0.0
    rise = 0.0
    there = _around(parts, 1)
    for axis in (0, 1):
        rise += sign * (np.diff(grey[there], axis=axis) * np.diff(parts[there].astype(np.int8), axis=axis)).sum()
    # The rise over the whole outline, by the outline's length and the ink's contrast, is 1 where every edge is sharp.
    return (ink, parts), float(rise / contrast * length / (2 * parts.sum()))


def separate(
    grey: np.ndarray, paper: np.ndarray, sign: int, doubt: np.ndarray | float = 0, form: np.ndarray | None = None
) -> Ink | None:
    """Tell ink from paper, all (h, w) float32 grey levels in [0, 255]; None where nothing stands out from the noise.

    `sign` is 1 for ink lighter than paper, -1 for darker; `doubt` says how far the paper may be off.
    What is printed, `form` (h, w) bool, does not say how dark ink is.
    """
    white = float(paper.max())
    rise = stands_out(grey, paper, sign, white) - doubt
    middle, noise = _middle_and_noise(rise)
    candidates = rise > max(MIN_CONTRAST, middle + 6 * noise)
    candidates = rise[candidates if form is None else candidates & ~form]
    if not candidates.size:
        return None
    floor = max(0, middle) + 3 * noise
    contrast = float(np.percentile(candidates, 90)) - floor  # of full ink: not of its edges, not of a glint
    return Ink(np.clip((rise - floor) / contrast, 0, 1), paper, sign, white, floor, contrast)


def at_full_strength(ink: Ink, parts: np.ndarray) -> Ink:
    """The same ink with the digit's own darkest tone as its full strength, where it had been set by darker ink."""
    top = float(np.percentile(ink.strength[parts], 90))
    if top > 0.9:
        return ink
    return ink._replace(strength=np.minimum(ink.strength / top, 1), contrast=ink.contrast * top)


def stands_out(grey: np.ndarray, paper: np.ndarray, sign: int, white: float) -> np.ndarray:
    """How far the ink stands out from its paper, in grey levels; dark ink in a shadow as it would in the light.

    What is far darker than the paper's lightest grey is no shadow but the table it lies on, and holds no dark ink.
    """
    if sign > 0:
        return grey - paper
    return np.where(paper < TABLE * white, 0, (paper - grey) * (white / np.maximum(paper, 1)))


def flat_paper(grey: np.ndarray) -> np.ndarray | None:
    """The paper of a drawing: the one grey that nearly all of the image's rim has; None where the rim has many.

    It is taken from all that is about as light as the rim, which may be shaded.
    """
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    counts = np.convolve(np.bincount(rim.astype(int), minlength=256), np.ones(7), "same")
    near = rim[abs(rim - counts.argmax()) <= 3]
    most = 0.75 if max(grey.shape) > ICON else 0.5
    if near.size < most * rim.size:
        return None
    some = grey[::2, ::2]
    alike = some[abs(some - np.median(near)) < MIN_CONTRAST]  # none in a picture of a pixel or two
    return np.full_like(grey, np.median(alike if alike.size else near))


def lit_paper(grey: np.ndarray, sign: int) -> tuple[np.ndarray, int, np.ndarray]:
    """The paper under uneven light, `sign` again, and how far the paper may be off where the light changes at once.

    A grey closing (dark ink) or opening (light ink) wider than strokes wipes them off and keeps slopes and the
    straight edges of shadows.
    """
    factor, widest = (COARSE, WIDEST) if max(grey.shape) > ICON else (1, 3)
    reach = max(3, max(grey.shape) // (factor * widest) | 1)
    coarse = resized(grey, [max(1, n // factor) for n in grey.shape])
    first, then = (np.minimum, np.maximum) if sign > 0 else (np.maximum, np.minimum)
    # Beyond the rim the light goes on as it goes near it; were it held, a slope would look like ink in the corners.
    room = [(min(reach, n - 1),) * 2 for n in coarse.shape]
    beyond = np.clip(np.pad(coarse, room, mode="reflect", reflect_type="odd"), 0, 255)
    (top, _), (left, _) = room
    wiped = around(then, around(first, beyond, reach), reach)
    paper = wiped[top : top + coarse.shape[0], left : left + coarse.shape[1]]
    doubt = (ndimage.maximum_filter(paper, 3) - ndimage.minimum_filter(paper, 3)) / 2
    return resized(paper, grey.shape), sign, resized(doubt, grey.shape)


def _around(mask: np.ndarray, room: int = 0) -> tuple[slice, slice]:
    """The box around what is True in (h, w), with some room about it as far as there is."""
    (top, bottom), (left, right) = (span(mask.any(axis)) for axis in (1, 0))
    return slice(max(0, top - room), bottom + room), slice(max(0, left - room), right + room)


def heavier_tail(rise: np.ndarray) -> int:
    """1 where what lies well above 0 outweighs what lies well below, else -1."""
    return 1 if rise[rise > MIN_CONTRAST].sum() > -rise[rise < -MIN_CONTRAST].sum() else -1


def _middle_and_noise(values: np.ndarray) -> tuple[float, float]:
    """Median and, by the median absolute deviation, standard deviation of every second value of every second row."""
    some = values[::2, ::2]
    middle = np.median(some)
    return middle, 1.4826 * np.median(np.abs(some - middle))


def resized(values: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Float32 values at another (h, w): averaged when smaller, linear when larger."""
    how = Image.Resampling.BOX if shape[0] < values.shape[0] else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(np.ascontiguousarray(values)).resize((shape[1], shape[0]), how))


def digit(strength: np.ndarray, faintest: float = FAINT) -> tuple[np.ndarray | None, float]:
    """The parts of the ink, (h, w) in [0, 1], that make up the digit, (h, w) bool, and their mean length in pixels.

    Connected parts, down to the `faintest` ink, with a strong core: the heaviest, and others no farther from it than
    they are long (a 5's bar). What touches the rim may be a shadow or the table beside the paper: blobs there are
    dropped, the rest counts less.
    None, 0 where there are only specks.
    """
    inked = strength > faintest
    if not inked.any():
        return None, 0
    there = _around(inked)
    labels, count = ndimage.label(inked[there], np.ones((3, 3)))
    mass = np.bincount(labels.ravel(), strength[there].ravel(), count + 1)
    mass[0] = 0
    mass[np.bincount(labels[strength[there] > 1.5 * EDGE], minlength=count + 1) == 0] = 0
    corners = np.zeros((count + 1, 2, 2))  # of each part: [first, one past the last] of [rows, columns]
    boxes = ndimage.find_objects(labels)
    for i, box in enumerate(boxes, 1):
        corners[i] = [[s.start for s in box], [s.stop for s in box]]
    extent = (corners[:, 1] - corners[:, 0]).max(1)
    corners += [s.start for s in there]
    at_rim = ((corners[:, 0] == 0) | (corners[:, 1] == strength.shape)).any(1)
    for i in np.flatnonzero(at_rim & (mass > 0)):
        mass[i] *= stroke_width(labels[boxes[i - 1]] == i) < BLOB * extent[i]
    main = np.where(at_rim, RIM * mass, mass).argmax()
    if not mass[main] or extent[main] < max(3, SPECK * max(strength.shape)):
        return None, 0
    gap = np.maximum(corners[:, 0] - corners[main, 1], corners[main, 0] - corners[:, 1]).max(1)
    near = gap <= np.where(at_rim & ~at_rim[main], extent[main] / 4, extent)
    mass *= near & (mass > SPECK * mass[main]) & (extent > 0.15 * extent[main])
    parts = np.zeros(strength.shape, bool)
    parts[there] = (mass > 0)[labels]
    return parts, float(mass @ extent / mass.sum())
