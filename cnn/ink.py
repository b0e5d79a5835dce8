"""Strokes, a drawing, a photo or a scan -> one digit framed as MNIST frames it. Knows no model and no page.

An image: `plain` (any mode -> 8 bits, opaque), `separate` (ink from paper), `digit` (which ink), `close_up` (that ink,
at the image's own resolution), `even_pen` (one stroke width), `centred` (20-pixel box, centre of mass in the middle).
Strokes: `smooth`, drawn as hairlines, inked with the same pen, `centred`.
"""

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageOps
from scipy import ndimage

from cnn.types import SIDE, Framed, InputError, Step, Strokes

MAX_PIXELS = 50_000_000  # an image above this is refused before it is decoded
MAX_POINTS = 20_000  # of one drawing, all strokes together
DRAFT = 1024  # a large JPEG is decoded at the smallest half, quarter or eighth with both sides above this
NEEDS_PROGRAM = {"EPS"}  # formats that Pillow hands to an outside program

BOX = 20  # MNIST's digits fill a box of 20x20 pixels
CENTRE = 14.5  # and have their centre of mass here: measured 14.50 +- 0.29 pixels from either edge, train images
PEN = 2.2  # pixels, MNIST's median `stroke_width` (5 % below 1.6, 5 % above 3.4)
FINE = 5  # the pen's work is done at this many pixels a pixel of the box
GAP = 0.4  # pixels: half of what thickening leaves of a gap, thinning of a stroke, so that none closes or breaks
AS_IT_IS = 1.5 * BOX  # pixels: a digit no larger is as coarse as MNIST's own and keeps its pixels and its pen

WORK = 300  # a digit is looked for in a copy of at most this many pixels squared
LONGEST = 4 * WORK  # and no longer than this, however narrow
COARSE = 3  # paper under uneven light is estimated on a copy this many times smaller still
WIDEST = 5  # on such paper a stroke is thinner than a fifth of the image; what is wider belongs to the paper
SHEET_SIDE, SHEET_FULL = 0.4, 0.65  # a sheet on a table: shares of the image's sides and of its own outline
SPECK = 0.02  # of the digit's mass, or of the image's side: less is dirt
TABLE = 0.42  # of the lightest paper's grey: darker is a table; a lamp's shadow leaves a half and more
RIM = 0.05  # what ink that touches the image's rim counts, beside ink that does not
BLOB = 0.3  # width for its length: more, at the rim, is no stroke
MIN_CONTRAST = 20  # grey levels of 255 between ink and paper; less is paper texture
EDGE = 0.4  # share of the full strength where ink ends; below a half so that light pressure is not lost
MARGIN = 2  # working pixels kept around the ink, for its soft edge


class Ink(NamedTuple):
    """Ink told from paper, at working size: `strength` is (`stands_out` - floor) / contrast, (h, w) float32 in [0, 1].

    `paper` (h, w) float32 grey levels; `sign` 1 where ink is lighter than paper, -1 where it is darker; `white` the
    paper's lightest grey.
    """

    strength: np.ndarray
    paper: np.ndarray
    sign: int
    white: float
    floor: float
    contrast: float

    def of(self, grey: np.ndarray, paper: np.ndarray) -> np.ndarray:
        """Strength of the ink of other grey values over their paper, both (h, w) float32 in grey levels."""
        return np.clip((stands_out(grey, paper, self.sign, self.white) - self.floor) / self.contrast, 0, 1)


# --------------------------------------------------------------------------------------------------- the public doors


def open_image(source: str | Path | bytes | BinaryIO) -> Image.Image:
    """Open and decode an image file of any format Pillow reads, upright; of several frames, the first.

    A JPEG with both sides above 2,048 pixels comes at a half, a quarter or an eighth of its size. EPS is not read.
    Raises InputError "gone", "empty_file", "unreadable", or, before anything is decoded, "too_many_pixels".
    """
    try:
        if hasattr(source, "read"):
            source = source.read()
        data = source if isinstance(source, bytes) else Path(source).read_bytes()
    except FileNotFoundError as error:
        raise InputError("gone") from error
    except OSError as error:
        raise InputError("unreadable") from error
    if not data:
        raise InputError("empty_file")
    Image.init()
    formats = [name for name in Image.ID if name not in NEEDS_PROGRAM]
    try:
        image = Image.open(io.BytesIO(data), formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(*_declared_size(data, formats)) from error
    except Exception as error:  # a broken file makes Pillow's readers raise nearly anything
        raise InputError("unreadable") from error
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels(*image.size)
    try:
        image.draft(None, (DRAFT, DRAFT))
        image.load()
    except Exception as error:
        raise InputError("unreadable") from error
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # broken EXIF data spoils no image
        return image


def from_image(image: Image.Image) -> Framed:
    """Frame the digit of a drawing, photo or scan; all zeros where there is no ink.

    Any mode, size and polarity. `steps` show sent, grey, ink, crop, box (the pen made even) and centred.
    A digit of at most 30 pixels keeps its pixels, so that MNIST's own images pass nearly unchanged.
    Follows LeCun's 20-pixel box and centre of mass (yann.lecun.com/exdb/mnist), with the stroke width made even.
    """
    sent = plain(image)
    factor = max(1, math.ceil(max(math.sqrt(sent.width * sent.height) / WORK, max(sent.size) / LONGEST)))
    small = sent.reduce(factor) if factor > 1 else sent
    channel = telling_channel(small)
    grey = _grey(small, channel)
    steps = [Step("step.sent", np.asarray(small, np.float32) / 255), Step("step.grey", grey / 255)]
    ink, parts = find(grey)
    if ink is None:
        return Framed(np.zeros((SIDE, SIDE), np.float32), tuple(steps))
    steps.append(Step("step.ink", ink.strength * parts))
    crop = close_up(sent, channel, factor, ink, parts)
    steps.append(Step("step.crop", crop))
    if max(crop.shape) > AS_IT_IS + 2 * MARGIN:
        crop = even_pen(crop > EDGE)
    framed = centred(crop)
    steps += [Step("step.box", crop), Step("step.centred", framed)]
    return Framed(framed, tuple(steps))


def parse_strokes(payload: object) -> Strokes:
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
    sent = _hairlines(shown, np.ceil(pad * shrink))
    steps = [Step("step.sent", sent.astype(np.float32))]
    if not paths:
        return Framed(np.zeros((SIDE, SIDE), np.float32), tuple(steps))
    points = np.concatenate(paths)
    low, high = points.min(0), points.max(0)
    # What is smaller than a hundredth of the pad is a dot: enlarged to a box it would be the tremor of a hand.
    scale = (BOX - PEN) * FINE / max((high - low).max(), pad.max() / 100)
    room = PEN * FINE  # around the hairlines, for the pen's width
    mask = _hairlines([(path - low) * scale + room for path in paths], np.ceil((high - low) * scale + 2 * room + 1))
    # A hairline is a pixel wide already, hence the half pixel.
    inked = (ndimage.distance_transform_edt(~mask) <= (PEN * FINE - 1) / 2 + 0.5).astype(np.float32)
    framed = centred(inked, FINE)
    return Framed(framed, (*steps, Step("step.box", inked), Step("step.centred", framed)))


# ------------------------------------------------------------------------------------------- any image -> 8-bit, opaque


def plain(image: Image.Image) -> Image.Image:
    """Any mode as opaque 8-bit 'L' or 'RGB'; the size stays."""
    if image.has_transparency_data:
        return _opaque(image.convert("RGBA"))
    if image.mode in ("1", "L"):
        return image.convert("L")
    if image.mode.startswith(("I", "F")):
        return _eight_bits(np.asarray(image, np.float32))
    if image.mode == "LAB":  # Pillow converts it through colour profiles only; its first channel is the lightness
        return image.getchannel(0)
    return image.convert("RGB")


def _eight_bits(values: np.ndarray) -> Image.Image:
    """Deep or float grey values -> 'L', black at 0 and white at the least usual full scale that holds them all."""
    values = np.nan_to_num(values, posinf=0, neginf=0)
    values = values - min(0, values.min())
    top = float(values.max())
    full = next((scale for scale in (1, 255, 4095, 65535) if top <= scale), top)
    return Image.fromarray((values * (255 / full)).round().astype(np.uint8))


def _opaque(image: Image.Image) -> Image.Image:
    """Lay an RGBA image on the paper that shows its ink.

    What is visible in one tone is ink itself and gets the opposite paper; what has tones is paper with ink on it,
    and its commonest tone goes on behind it.
    """
    alpha = image.getchannel("A")
    if alpha.getextrema()[0] == 255:
        return image.convert("RGB")
    counts = np.array(image.convert("L").histogram(alpha.point(lambda a: 255 * (a > 127))), float)
    share = counts / max(counts.sum(), 1)
    mean = share @ np.arange(256)
    one_tone = share @ (np.arange(256) - mean) ** 2 < (1.5 * MIN_CONTRAST) ** 2
    paper = (255 if mean < 128 else 0) if one_tone else int(np.searchsorted(share.cumsum(), 0.5))
    page = Image.new("RGB", image.size, (paper,) * 3)
    page.paste(image, mask=alpha)
    return page


def telling_channel(image: Image.Image) -> int | None:
    """The colour channel in which the ink shows far better than in luminance (yellow on white), or None."""
    if image.mode == "L":
        return None
    pixels = np.asarray(image)[::4, ::4].reshape(-1, 3).astype(np.float32)
    spread = pixels.std(0)
    luminance = pixels @ np.array([0.299, 0.587, 0.114], np.float32)  # as Pillow weighs them: ITU-R 601
    return int(spread.argmax()) if spread.max() > 2 * luminance.std() else None


def _grey(image: Image.Image, channel: int | None) -> np.ndarray:
    return np.asarray(image.convert("L") if channel is None else image.getchannel(channel), np.float32)


# ------------------------------------------------------------------------------------------------------ ink from paper


def find(grey: np.ndarray) -> tuple[Ink, np.ndarray] | tuple[None, None]:
    """The ink of a grey image in [0, 255] and the (h, w) bool parts of it that are the digit; None, None when blank.

    A drawing's paper has one grey. A photo's has many, and nothing says whether its ink is dark or light: both are
    tried, and what looks more like strokes is taken.
    """
    best, most = (None, None), 0.0
    paper = flat_paper(grey)
    if paper is not None:
        best, most = _digit_on(grey, paper, heavier_tail(grey - paper))
        if best[1] is None or not _is_sheet(best[1]):
            return best
    for sign in (-1, 1):
        tried, likeness = _digit_on(grey, *lit_paper(grey, sign))
        if likeness > most:
            best, most = tried, likeness
    return best


def _is_sheet(parts: np.ndarray) -> bool:
    """Whether what stands out is a sheet of paper on a table: wide, high and full."""
    spans = [end - start for start, end in (_span(parts.any(axis)) for axis in (1, 0))]
    return min(np.divide(spans, parts.shape)) > SHEET_SIDE and parts.sum() > SHEET_FULL * math.prod(spans)


def _digit_on(grey: np.ndarray, paper: np.ndarray, sign: int, doubt: np.ndarray | float = 0) -> tuple[tuple, float]:
    """What `find` gives, for a known paper, and how much it is like strokes: sharp of edge, long for its width."""
    ink = separate(grey, paper, sign, doubt)
    parts, length = digit(ink.strength) if ink else (None, 0)
    if parts is None:
        return (None, None), 0.0
    rise = 0.0
    for axis in (0, 1):
        rise += sign * (np.diff(grey, axis=axis) * np.diff(parts.astype(np.int8), axis=axis)).sum()
    # The rise over the whole outline, by the outline's length and the ink's contrast, is 1 where every edge is sharp.
    return (ink, parts), float(rise / ink.contrast * length / (2 * parts.sum()))


def separate(grey: np.ndarray, paper: np.ndarray, sign: int, doubt: np.ndarray | float = 0) -> Ink | None:
    """Tell ink from paper, all (h, w) float32 grey levels in [0, 255]; None where nothing stands out from the noise.

    `sign` is 1 for ink lighter than paper, else -1; `doubt` says how far the paper may be off.
    """
    white = float(paper.max())
    rise = stands_out(grey, paper, sign, white) - doubt
    middle, noise = _middle_and_noise(rise)
    candidates = rise[rise > max(MIN_CONTRAST, middle + 6 * noise)]
    if not candidates.size:
        return None
    floor = max(0, middle) + 3 * noise
    contrast = float(np.percentile(candidates, 90)) - floor  # of full ink: not of its edges, not of a glint
    return Ink(np.clip((rise - floor) / contrast, 0, 1), paper, sign, white, floor, contrast)


def stands_out(grey: np.ndarray, paper: np.ndarray, sign: int, white: float) -> np.ndarray:
    """How far the ink stands out from its paper, in grey levels; dark ink in a shadow as it would in the light.

    What is far darker than the paper's lightest grey is no shadow but the table it lies on, and holds no dark ink.
    """
    if sign > 0:
        return grey - paper
    return np.where(paper < TABLE * white, 0, (paper - grey) * (white / np.maximum(paper, 1)))


def flat_paper(grey: np.ndarray) -> np.ndarray | None:
    """The paper of a drawing: the one grey that nearly all of the image's rim has; None where the rim has many."""
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    counts = np.convolve(np.bincount(rim.astype(int), minlength=256), np.ones(7), "same")
    near = rim[abs(rim - counts.argmax()) <= 3]
    return np.full_like(grey, np.median(near)) if near.size >= 0.75 * rim.size else None


def lit_paper(grey: np.ndarray, sign: int) -> tuple[np.ndarray, int, np.ndarray]:
    """The paper under uneven light, `sign` again, and how far the paper may be off where the light changes at once.

    A grey closing (dark ink) or opening (light ink) wider than strokes wipes them off and keeps slopes and the
    straight edges of shadows.
    """
    reach = max(3, max(grey.shape) // (COARSE * WIDEST) | 1)
    coarse = _resized(grey, [max(1, n // COARSE) for n in grey.shape])
    wiped = ndimage.grey_opening if sign > 0 else ndimage.grey_closing
    # Beyond the rim the light goes on as it goes near it; were it held, a slope would look like ink in the corners.
    room = [(min(reach, n - 1),) * 2 for n in coarse.shape]
    beyond = np.clip(np.pad(coarse, room, mode="reflect", reflect_type="odd"), 0, 255)
    (top, _), (left, _) = room
    paper = wiped(beyond, (reach, reach))[top : top + coarse.shape[0], left : left + coarse.shape[1]]
    doubt = (ndimage.maximum_filter(paper, 3) - ndimage.minimum_filter(paper, 3)) / 2
    return _resized(paper, grey.shape), sign, _resized(doubt, grey.shape)


def heavier_tail(rise: np.ndarray) -> int:
    """1 where what lies well above 0 outweighs what lies well below, else -1."""
    return 1 if rise[rise > MIN_CONTRAST].sum() > -rise[rise < -MIN_CONTRAST].sum() else -1


def _middle_and_noise(values: np.ndarray) -> tuple[float, float]:
    """Median and, by the median absolute deviation, standard deviation of every second value of every second row."""
    some = values[::2, ::2]
    middle = np.median(some)
    return middle, 1.4826 * np.median(np.abs(some - middle))


def _resized(values: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Float32 values at another (h, w): averaged when smaller, linear when larger."""
    how = Image.Resampling.BOX if shape[0] < values.shape[0] else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(np.ascontiguousarray(values)).resize((shape[1], shape[0]), how))


def digit(strength: np.ndarray) -> tuple[np.ndarray | None, float]:
    """The parts of the ink, (h, w) in [0, 1], that make up the digit, (h, w) bool, and their mean length in pixels.

    Connected parts with a strong core: the heaviest, and others no farther from it than they are long (a 5's bar).
    What touches the rim may be a shadow or the table beside the paper: blobs there are dropped, the rest counts less.
    None, 0 where there are only specks.
    """
    labels, count = ndimage.label(strength > EDGE, np.ones((3, 3)))
    inside = labels > 0
    mass = np.bincount(labels[inside], strength[inside], count + 1)
    mass[np.bincount(labels[strength > 1.5 * EDGE], minlength=count + 1) == 0] = 0
    corners = np.zeros((count + 1, 2, 2))  # of each part: [first, one past the last] of [rows, columns]
    boxes = ndimage.find_objects(labels)
    for i, box in enumerate(boxes, 1):
        corners[i] = [[s.start for s in box], [s.stop for s in box]]
    extent = (corners[:, 1] - corners[:, 0]).max(1)
    at_rim = ((corners[:, 0] == 0) | (corners[:, 1] == strength.shape)).any(1)
    for i in np.flatnonzero(at_rim & (mass > 0)):
        mass[i] *= stroke_width(labels[boxes[i - 1]] == i) < BLOB * extent[i]
    main = np.where(at_rim, RIM * mass, mass).argmax()
    if not mass[main] or extent[main] < max(3, SPECK * max(strength.shape)):
        return None, 0
    gap = np.maximum(corners[:, 0] - corners[main, 1], corners[main, 0] - corners[:, 1]).max(1)
    near = gap <= np.where(at_rim & ~at_rim[main], extent[main] / 4, extent)
    mass *= near & (mass > SPECK * mass[main]) & (extent > 0.15 * extent[main])
    return (mass > 0)[labels], float(mass @ extent / mass.sum())


def close_up(sent: Image.Image, channel: int | None, factor: int, ink: Ink, parts: np.ndarray) -> np.ndarray:
    """The digit's ink cut out of the image itself, (h, w) float32 in [0, 1], large enough for the pen's work.

    `factor` is how many times smaller `ink` and `parts` are. A small digit comes as it is.
    """
    (y0, y1), (x0, x1) = (_span(parts.any(axis)) for axis in (1, 0))
    y0, x0, y1, x1 = max(0, y0 - MARGIN), max(0, x0 - MARGIN), y1 + MARGIN, x1 + MARGIN
    box = (x0 * factor, y0 * factor, min(x1 * factor, sent.width), min(y1 * factor, sent.height))
    close = Image.fromarray(_grey(sent.crop(box), channel))
    side = max(close.size) - 2 * MARGIN * factor
    if side > AS_IT_IS or factor > 1:
        scale = FINE * BOX / side
        size = tuple(max(1, round(n * scale)) for n in close.size)
        close = close.resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC)
    there = np.s_[y0:y1, x0:x1]
    shape = close.size[::-1]
    near = ndimage.maximum_filter(parts[there].astype(np.float32), 2 * MARGIN + 1)
    return ink.of(np.asarray(close), _resized(ink.paper[there], shape)) * (_resized(near, shape) > 0.5)


# ---------------------------------------------------------------------------------------------------- pen, box, centre


def stroke_width(mask: np.ndarray) -> float:
    """Mean width of the strokes of an (h, w) mask in [0, 1], in pixels: twice the area over the outline's length.

    The outline is measured as total variation, so that soft edges count as hard ones do.
    """
    page = np.pad(mask, 1).astype(np.float32)
    down, right = np.diff(page, axis=0)[:, :-1], np.diff(page, axis=1)[:-1]
    return float(2 * page.sum() / max(np.hypot(down, right).sum(), 1e-6))


def even_pen(mask: np.ndarray) -> np.ndarray:
    """Thin or thicken the strokes of an (h, w) bool mask to PEN pixels of the box it will be fitted to; float32.

    By distance to the outline, so that the stroke's middle stays where it is.
    """
    side = _extent(mask)
    # Taking `off` from either side makes the box smaller too: (width - 2 off) / (side - 2 off) = PEN / BOX.
    off = (stroke_width(mask) - PEN * side / BOX) / (2 * (1 - PEN / BOX))
    page = np.pad(mask, math.ceil(abs(off)) + 1)
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
    spans = [_span(ink.any(axis)) for axis in (1, 0)]
    scale = scale or _extent(ink) / BOX
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


def _extent(mask: np.ndarray) -> int:
    """The larger side, in pixels, of the box around what is True."""
    return max(end - start for start, end in (_span(mask.any(axis)) for axis in (1, 0)))


def _span(used: np.ndarray) -> tuple[int, int]:
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


def _hairlines(paths: list[np.ndarray], size: np.ndarray) -> np.ndarray:
    """Draw paths of (n, 2) x, y one pixel wide: bool, (height, width) of `size`."""
    page = Image.new("1", tuple(int(n) for n in np.maximum(size, 1)))
    draw = ImageDraw.Draw(page)
    for path in paths:
        flat = [float(n) for n in path.ravel()]
        draw.line(flat, fill=1)
        draw.point(flat[:2], fill=1)  # a line of one point draws nothing
    return np.asarray(page)


# --------------------------------------------------------------------------------------------------------------- errors


def _check(holds: bool) -> None:
    if not holds:
        raise ValueError


def _too_many_pixels(width: int, height: int) -> InputError:
    return InputError("too_many_pixels", width=width, height=height, limit=MAX_PIXELS // 1_000_000)


def _declared_size(data: bytes, formats: list[str]) -> tuple[int, int]:
    """Width and height by the file's own header, for a file that Image.open refuses as a bomb."""
    for name in formats:
        reader, accepts = Image.OPEN[name]
        try:
            if accepts is None or accepts(data[:16]) is True:
                return reader(io.BytesIO(data), None).size
        except Exception:
            continue
    raise InputError("unreadable")
