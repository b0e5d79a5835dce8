"""A photo or drawing of a handwritten number -> boxes of digits -> text. Knows no page.

The ink of each line is cut into pieces, more than there are digits; each run of neighbouring pieces may be a digit, all
lines' are read together, and the cheapest way through the line is the number: heuristic over-segmentation, as
LeCun, Bottou, Bengio and Haffner 1998 read cheques (Gradient-based learning applied to document recognition, V to
VIII). A cut is a seam, a path from top to bottom that crosses as little ink as it can (Avidan and Shamir 2007), so that
slanted and interlocked digits come apart.
"""

import dataclasses
import math
from typing import Any, NamedTuple

import numpy as np
from PIL import Image
from scipy import ndimage

from cnn.framing.paper import EDGE
from cnn.framing.pen import centred, even_pen, span, stroke_width
from cnn.network.classifier import SIZES, Classifier
from cnn.reading.line import HEIGHT, LOW, Strip, from_image, from_strokes
from cnn.task import DIGITS
from cnn.types import InputError, Strokes

SIDEWAYS = 0.05  # of a pixel of ink: what a step to the side costs a seam, so that it does not wander
DEEPEST = 3.2  # pens' widths of ink: a seam that crosses more cuts no two digits
THROUGH = (0.5,)  # of a part's height: where seams are sought
LONG = 0.25  # of the line's height: a stretch where a part may be cut anywhere is cut at both ends
INSET = 3  # pixels from them
PAIR = 0.9  # of the line's height: two digits that overlap are together no narrower
ALONG = 0.3  # of the line's height: a stroke that runs along a seam for so long may belong to either side
DOUBT = 0.6  # a digit less probable than this is marked as doubtful

# What a reading costs, in nats: how many times less often one meets it than the plain case. None of them,
# taken 0.6 to 1.6 times alone, read over one in a thousand more of what `python -m train measure numbers` makes (seeds
# 0 and 1; when all pens were still made even).
WIDEST = 1.6  # of the line's height; no digit is wider
READ = 5.0  # times -log of the digit's probability: networks are sure of most digits, and of most else
ODD = 2.5  # times -log of the probability that it is a digit at all, of which networks are less sure
DIGIT = 1.0  # one more digit
CUT = 2.5  # a stroke cut once: few digits touch, and a nought cut in two is a sure 1 and a sure 7
CROSS = 1.2  # every further pen's width of ink that the cut crosses
BORROW = 1.5  # one stroke in two digits: they overlap
JOIN = 2.0  # two parts in one digit: the pen was lifted; and by the gap between them
GAP = 12.0  # a gap as wide as the line is high
WIDE = 0.2  # of the line's height: how widths above 0.8 of it spread
HIGH = 0.25  # how heights spread, as the log of their ratio to the line's
WORST = 16.0  # a shape that costs more is not looked at: leaving the ink out is cheaper
SKIP = 8.0  # ink that is left out, by its length over the line's height
DIM = 1e-4  # no single digit is less probable than this: a network is sure of nonsense


class Digit(NamedTuple):
    """One digit of a number: its label, calibrated confidence, box (x0, y0, x1, y1) in pixels, and whether to check it.

    `strangeness` is the probability that it is no digit, 0 where the network does not say.
    """

    label: int
    confidence: float
    box: tuple[float, float, float, float]
    strangeness: float
    doubtful: bool


@dataclasses.dataclass(frozen=True)
class Number:
    """A number as it was read: its lines from top to bottom, each its digits from left to right; and the model."""

    lines: tuple[tuple[Digit, ...], ...]
    model: str

    @property
    def digits(self) -> tuple[Digit, ...]:
        """All lines' digits, in order."""
        return tuple(digit for line in self.lines for digit in line)

    @property
    def text(self) -> str:
        """The digits' labels, a line for each; '' where there are none."""
        return "\n".join(map(_text, self.lines))

    @property
    def several(self) -> bool:
        """Whether these are two digits or more beyond doubt."""
        return sum(not digit.doubtful for digit in self.digits) > 1

    def scaled(self, x: float, y: float) -> "Number":
        """The same number on an image so many times as wide and as high."""
        by = np.array([x, y, x, y])
        lines = (tuple(d._replace(box=tuple(map(float, d.box * by))) for d in line) for line in self.lines)
        return Number(tuple(lines), self.model)

    def within(self, width: int, height: int) -> "Number":
        """The same number with boxes that end where the image does: a tilted line's reach a little beyond."""
        end = np.array([width, height, width, height], float)
        lines = (tuple(d._replace(box=tuple(np.clip(d.box, 0, end).tolist())) for d in line) for line in self.lines)
        return Number(tuple(lines), self.model)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, as the scripted API gives it: with `lines` where there are several."""
        lines = [{"text": _text(line), "digits": [_as_dict(digit) for digit in line]} for line in self.lines]
        digits = [digit for line in lines for digit in line["digits"]]
        number = {"text": self.text, "digits": digits, "model": self.model}
        return {**number, "lines": lines} if len(lines) > 1 else number


def _text(line: tuple[Digit, ...]) -> str:
    return "".join(str(digit.label) for digit in line)


def _as_dict(digit: Digit) -> dict[str, Any]:
    return {"label": digit.label, "confidence": digit.confidence, "box": [round(n, 1) for n in digit.box]}


class Piece(NamedTuple):
    """Ink that is not cut any further: its part of the strip, a (h, w) bool mask there, and the part it is of.

    `cut`: how many pens' widths of ink the seam on its left crosses, 0 where there is none. `shared`: the ink just left
    of that seam, where it is a long stroke: two noughts that overlap have but one there.
    """

    left: int
    top: int
    mask: np.ndarray
    part: int
    cut: float
    shared: "Piece | None" = None

    @property
    def right(self) -> int:
        """One past the last column."""
        return self.left + self.mask.shape[1]

    @property
    def bottom(self) -> int:
        """One past the last row."""
        return self.top + self.mask.shape[0]


class Run(NamedTuple):
    """Neighbouring pieces that may be one digit: from `first` to one past the `last`, and what else it may be made of.

    `borrowed`: whether `pieces` begin with the stroke that the first of them shares with the digit before.
    """

    first: int
    last: int
    pieces: list[Piece]
    borrowed: bool


def read_number(classifier: Classifier, image: Image.Image) -> Number:
    """Read the number in a decoded picture of any mode, size and polarity; no digits where there is no ink."""
    return read_strips(classifier, from_image(image)).within(*image.size)


def read_number_strokes(classifier: Classifier, strokes: Strokes) -> Number:
    """Read the number in pen strokes, boxes in pad units."""
    return read_strips(classifier, from_strokes(strokes))


def read_strips(classifier: Classifier, strips: list[Strip]) -> Number:
    """Read lines of ink, from top to bottom, all together; no digits for none.

    InputError for a network that reads no digits.
    """
    if not classifier.task.is_like(DIGITS):
        raise InputError("no_digits", model=classifier.name)
    cut = [pieces(strip.strength) for strip in strips]
    runs = [_runs(found) for found in cut]
    masks = [_union(run.pieces) for line in runs for run in line]
    if not masks:
        return Number((), classifier.name)
    lines_of = [strip for strip, line in zip(strips, runs, strict=True) for _ in line]
    framed = [frame(*found, strip) for found, strip in zip(masks, lines_of, strict=True)]
    probabilities, strangeness = _assessed(classifier, np.stack(framed))
    costs = _reading_costs(probabilities, strangeness)
    lines, first = [], 0
    for strip, found, line in zip(strips, cut, runs, strict=True):
        here = slice(first, first + len(line))
        first += len(line)
        digits = []
        for index in _cheapest(found, line, costs[here]):
            at = here.start + index
            left, top, mask = masks[at]
            corners = np.array([[x, y] for x in (left, left + mask.shape[1]) for y in (top, top + mask.shape[0])])
            outline = strip.place(corners)
            (x0, y0), (x1, y1) = outline.min(0).tolist(), outline.max(0).tolist()
            confidence, odd = float(probabilities[at].max()), float(strangeness[at])
            doubtful = confidence < DOUBT or odd > classifier.refusal
            digits.append(Digit(int(probabilities[at].argmax()), confidence, (x0, y0, x1, y1), odd, doubtful))
        lines.append(tuple(digits))
    return Number(tuple(_numbers(lines)), classifier.name)


def _numbers(lines: list[tuple[Digit, ...]]) -> list[tuple[Digit, ...]]:
    """The lines that are numbers: of several, those that are not mostly doubtful."""
    lines = [line for line in lines if line]
    sure = [line for line in lines if sum(digit.doubtful for digit in line) < len(line) / 2]
    return sure or lines[:1]


# ---------------------------------------------------------------------------------------------------------- the pieces


def pieces(strip: np.ndarray) -> list[Piece]:
    """Cut a line of ink, (h, w) in [0, 1], its digits about HEIGHT high, into pieces from left to right."""
    labels, _ = ndimage.label(strip > EDGE, np.ones((3, 3)))
    pen = stroke_width(labels > 0)
    found = []
    for part, (rows, columns) in enumerate(ndimage.find_objects(labels), 1):
        mask = labels[rows, columns] == part
        if mask.sum() < (pen / 2) ** 2:
            continue
        found += _cut(mask, pen, rows.start, columns.start, part)
    return sorted(found, key=lambda piece: piece.left + piece.right)


def _cut(mask: np.ndarray, pen: float, top: int, left: int, part: int) -> list[Piece]:
    """The pieces of one connected part."""
    if mask.shape[1] < 0.4 * HEIGHT or mask.shape[0] < LOW * HEIGHT:
        return [Piece(left, top, mask, part, 0.0)]
    paths, costs = seams(mask, pen)
    between = np.arange(mask.shape[1])
    number = (between[None] >= paths[:, :, None]).sum(0) if len(paths) else np.zeros(mask.shape, int)
    found = []
    for index in range(len(paths) + 1):
        mine = mask & (number == index)
        if mine.any():
            (y0, y1), (x0, x1) = (span(mine.any(axis)) for axis in (1, 0))
            cut = costs[index - 1] if found else 0.0
            shared = _beside(mask, paths[index - 1], pen, top, left, part) if found else None
            found.append(Piece(left + x0, top + y0, mine[y0:y1, x0:x1], part, cut, shared))
    return found


def _beside(mask: np.ndarray, path: np.ndarray, pen: float, top: int, left: int, part: int) -> Piece | None:
    """The ink of a part within a pen's width left of a seam, (h,) columns; None where no long stroke runs there."""
    away = path[:, None] - np.arange(mask.shape[1])
    near = mask & (away > 0) & (away <= pen + 2 * INSET)
    if mask.shape[1] < PAIR * HEIGHT or near.sum() < ALONG * HEIGHT * pen:
        return None
    (y0, y1), (x0, x1) = (span(near.any(axis)) for axis in (1, 0))
    return Piece(left + x0, top + y0, near[y0:y1, x0:x1], part, 0.0)


def seams(mask: np.ndarray, pen: float) -> tuple[np.ndarray, list[float]]:
    """Where a connected part, (h, w) bool, may be cut: (n, h) first columns right of each cut, and the ink they cross.

    Ink in pens' widths. A seam goes down from row to row, straight or to a neighbouring column. From left to right.
    """
    price = np.where(mask, 1.0, 0.02)
    down, came = _walked(price)
    up, went = (array[::-1] for array in _walked(price[::-1]))
    through = (down + up - price) / pen
    rows = sorted({round(share * (len(mask) - 1)) for share in THROUGH})
    starts = [(through[row, x], row, x) for row in rows for x in _lowest(np.round(4 * through[row]) / 4)]
    found = []
    for crossed, row, column in sorted(starts):
        path = _followed(row, column, came, went)
        left = int((mask & (np.arange(mask.shape[1]) < path[:, None])).sum())
        # A dot comes off either side, and no cheaper seam cuts off nearly the same.
        apart = min(abs(left - other) for other in (0, int(mask.sum()), *(cut[0] for cut in found)))
        if crossed < DEEPEST and apart > pen**2:
            found.append((left, path, max(1.0, float(crossed))))
    found.sort(key=lambda cut: cut[0])
    return np.array([path for _, path, _ in found]).reshape(len(found), len(mask)), [cut[2] for cut in found]


def _followed(row: int, column: int, came: np.ndarray, went: np.ndarray) -> np.ndarray:
    """The cheapest path through one pixel, as its column in each row: (h,) ints."""
    path = np.full(len(came), column)
    for at in range(row, 0, -1):
        path[at - 1] = path[at] + came[at, path[at]]
    for at in range(row, len(path) - 1):
        path[at + 1] = path[at] + went[at, path[at]]
    return path


def _walked(price: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cheapest way from the first row to each pixel, and the step in columns (-1, 0, 1) back to the row before."""
    total, step = price.copy(), np.zeros(price.shape, int)
    left, right = np.full((2, price.shape[1]), np.inf)  # the way that comes from there
    for row in range(1, len(price)):
        before = total[row - 1]
        left[1:], right[:-1] = before[:-1] + SIDEWAYS, before[1:] + SIDEWAYS
        aside = np.minimum(left, right)
        step[row] = np.where(aside < before, np.where(left <= right, -1, 1), 0)
        total[row] += np.minimum(aside, before)
    return total, step


def _lowest(values: np.ndarray) -> list[int]:
    """The local minima of (n,) values; of a long flat one both ends, as one of two digits owns the stroke that it cuts.

    Of a flat one that reaches a side, as under a 7's bar, the inner end: cut at the side, nothing comes off.
    """
    changes = np.flatnonzero(np.diff(values)) + 1
    starts, ends = np.append(0, changes), np.append(changes, len(values))
    level = np.concatenate([[np.inf], values[starts], [np.inf]])
    chosen = []
    for i, (first, last) in enumerate(zip(starts.tolist(), (ends - 1).tolist(), strict=True)):
        if level[i + 1] > min(level[i], level[i + 2]):
            continue
        inner = [x for x, side in ((first + INSET, first == 0), (last - INSET, last == len(values) - 1)) if not side]
        chosen += inner if last - first > LONG * HEIGHT or len(inner) < 2 else [(first + last) // 2]
    return [x for x in chosen if 0 < x < len(values)]


def _bounds(run: list[Piece]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of several pieces together."""
    sides = np.array([[piece.left, piece.top, -piece.right, -piece.bottom] for piece in run]).min(0)
    return int(sides[0]), int(sides[1]), -int(sides[2]), -int(sides[3])


def _union(run: list[Piece]) -> tuple[int, int, np.ndarray]:
    """Left, top and (h, w) bool mask of several pieces together."""
    left, top, right, bottom = _bounds(run)
    mask = np.zeros((bottom - top, right - left), bool)
    for piece in run:
        mask[piece.top - top : piece.bottom - top, piece.left - left : piece.right - left] |= piece.mask
    return left, top, mask


def frame(left: int, top: int, mask: np.ndarray, strip: Strip) -> np.ndarray:
    """(h, w) bool ink of one digit of a strip -> (28, 28) float32, as `cnn.framing.ink` frames a digit.

    The pen is made even; ink that the image has but coarsely keeps its own tones and its pen, as there.
    """
    if strip.coarse:
        return centred(strip.strength[top : top + mask.shape[0], left : left + mask.shape[1]] * mask)
    return centred(even_pen(np.pad(mask, 1)))


def _assessed(classifier: Classifier, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What `Classifier.assess` says of N images, a few at a time: as fast as many at once, none filled up."""
    few = SIZES[1]
    parts = [classifier.assess(images[at : at + few]) for at in range(0, len(images), few)]
    probabilities, strangeness = (np.concatenate(part) for part in zip(*parts, strict=True))
    return probabilities, strangeness


# ------------------------------------------------------------------------------------------------------------ the path


def _runs(found: list[Piece]) -> list[Run]:
    """Which neighbouring pieces may be one digit, narrow and high enough; with a stroke they share, and without."""
    runs = []
    for first in range(len(found)):
        for last in range(first + 1, min(len(found), first + 7) + 1):
            shared = found[first].shared
            for more in [[], [shared]] if shared else [[]]:
                run = more + found[first:last]
                left, top, right, bottom = _bounds(run)
                fits = right - left <= WIDEST * HEIGHT and bottom - top >= LOW * HEIGHT
                if fits and _shape_cost(run) < WORST:
                    runs.append(Run(first, last, run, bool(more)))
    return runs


def _cheapest(found: list[Piece], runs: list[Run], reading: np.ndarray) -> list[int]:
    """The runs of the cheapest way through the line (Viterbi), by their index, from left to right."""
    pen = stroke_width(_union(found)[2])
    best = [0.0] + [math.inf] * len(found)
    came: list[tuple[int, int | None]] = [(0, None)] * (len(found) + 1)

    def offer(start: int, end: int, cost: float, index: int | None) -> None:
        if best[start] + cost < best[end]:
            best[end], came[end] = best[start] + cost, (start, index)

    ending: dict[int, list[int]] = {}
    for index, run in enumerate(runs):
        ending.setdefault(run.last, []).append(index)
    for end in range(1, len(found) + 1):
        offer(end - 1, end, SKIP * found[end - 1].mask.sum() / (pen * HEIGHT), None)
        for index in ending.get(end, []):
            run = runs[index]
            joint = _cut_cost(found[run.first]) + BORROW * run.borrowed
            offer(run.first, end, reading[index] + _shape_cost(run.pieces) + joint, index)
    way, end = [], len(found)
    while end:
        end, index = came[end]
        if index is not None:
            way.append(index)
    return way[::-1]


def _reading_costs(probabilities: np.ndarray, strangeness: np.ndarray) -> np.ndarray:
    """What it costs that each of N pieces of ink is the digit it looks like most: (N,)."""
    best = READ * np.log(np.maximum(DIM, probabilities.max(1)))
    return DIGIT - best - ODD * np.log(np.maximum(DIM, 1 - strangeness))


def _cut_cost(piece: Piece) -> float:
    """What it costs that a digit begins with this piece: nothing, or a cut."""
    return CUT + CROSS * (piece.cut - 1) if piece.cut else 0.0


def _shape_cost(run: list[Piece]) -> float:
    """What it costs that these pieces are one digit, by its height and width, and by the gaps that it bridges."""
    left, top, right, bottom = _bounds(run)
    height, width = (bottom - top) / HEIGHT, (right - left) / HEIGHT
    cost = 0.5 * (math.log(height) / HIGH) ** 2 + 0.5 * (max(0, width - 0.8) / WIDE) ** 2
    reach, part = run[0].right, run[0].part
    for piece in run[1:]:
        if piece.part != part:
            overlap = reach - piece.left
            narrow = min(piece.right - piece.left, reach - left)
            cost += 0.3 if overlap > 0.5 * narrow else JOIN + GAP * max(0, -overlap) / HEIGHT
        reach, part = max(reach, piece.right), piece.part
    return cost
