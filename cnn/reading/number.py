"""A photo or drawing of a handwritten number -> boxes of digits -> text. Knows no page.

The ink of each line is cut into pieces, more than there are digits; each run of neighbouring pieces may be a digit, and
the cheapest way through the line is the number: heuristic over-segmentation, as LeCun, Bottou, Bengio and Haffner 1998
read cheques (Gradient-based learning applied to document recognition, V to VIII). The network is asked of those runs
alone that may be on the cheapest way: lazily, as A* opens nodes (Hart, Nilsson and Raphael 1968). A cut is a seam, a
path from top to bottom that crosses as little ink as it can (Avidan and Shamir 2007), so that slanted and interlocked
digits come apart.
"""

import dataclasses
import itertools
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
APART = 0.6  # of the digits' height: a wider gap parts two words
WORD = 3, 0.8  # as many signs together, one of them as likely no digit, are a word

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
    """Neighbouring pieces that may be one digit: from `first` to one past the `last`, and what they cost but reading.

    `pieces` may begin with the stroke that the first of them shares with the digit before.
    """

    first: int
    last: int
    pieces: list[Piece]
    cost: float


class Look(NamedTuple):
    """What the network says of a run: its (10,) probabilities, and how likely it is no digit."""

    probabilities: np.ndarray
    strangeness: float


class Line:
    """A line of ink while it is read: `looks` are what the network has said of some `runs`, by their index.

    `costs` (n,) are what each run costs to read; the least that it can where the network was not asked yet.
    """

    def __init__(self, strip: Strip):
        self.strip, self.pieces = strip, pieces(strip.strength)
        self.runs = _runs(self.pieces)
        self.costs = np.full(len(self.runs), DIGIT)
        self.looks: dict[int, Look] = {}
        pen = stroke_width(_union(self.pieces)[2]) if self.pieces else 0.0
        self._skips = [SKIP * piece.mask.sum() / (pen * HEIGHT) for piece in self.pieces]

    def way(self) -> list[int]:
        """The runs of the cheapest way through the line (Viterbi), by their index, from left to right."""
        best = [0.0] + [math.inf] * len(self.pieces)
        came: list[tuple[int, int | None]] = [(0, None)] * (len(self.pieces) + 1)
        ending: dict[int, list[int]] = {}
        for index, run in enumerate(self.runs):
            ending.setdefault(run.last, []).append(index)
        for end, skip in enumerate(self._skips, 1):
            best[end], came[end] = best[end - 1] + skip, (end - 1, None)
            for index in ending.get(end, []):
                run = self.runs[index]
                cost = best[run.first] + self.costs[index] + run.cost
                if cost < best[end]:
                    best[end], came[end] = cost, (run.first, index)
        way, end = [], len(self.pieces)
        while end:
            end, index = came[end]
            if index is not None:
                way.append(index)
        return way[::-1]


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
    lines = [Line(strip) for strip in strips]
    ways = [line.way() for line in lines]
    while unread := [(line, at) for line, way in zip(lines, ways, strict=True) for at in way if at not in line.looks]:
        look(classifier, unread)
        ways = [line.way() for line in lines]
    digits = [tuple(_digit(line, at, classifier.refusal) for at in way) for line, way in zip(lines, ways, strict=True)]
    return Number(tuple(_numbers(digits)), classifier.name)


def look(classifier: Classifier, unread: list[tuple[Line, int]]) -> None:
    """Ask the network of runs of lines, all together."""
    framed = [frame(*_union(line.runs[at].pieces), line.strip) for line, at in unread]
    probabilities, strangeness = _assessed(classifier, np.stack(framed))
    costs = _reading_costs(probabilities, strangeness)
    for i, (line, at) in enumerate(unread):
        line.costs[at], line.looks[at] = costs[i], Look(probabilities[i], float(strangeness[i]))


def _digit(line: Line, at: int, refusal: float) -> Digit:
    """A run that was read, as a digit in the pixels of the image."""
    left, top, right, bottom = _bounds(line.runs[at].pieces)
    outline = line.strip.place(np.array([[x, y] for x in (left, right) for y in (top, bottom)]))
    (x0, y0), (x1, y1) = outline.min(0).tolist(), outline.max(0).tolist()
    probabilities, odd = line.looks[at]
    confidence = float(probabilities.max())
    doubtful = confidence < DOUBT or odd > refusal
    return Digit(int(probabilities.argmax()), confidence, (x0, y0, x1, y1), odd, doubtful)


def _numbers(lines: list[tuple[Digit, ...]]) -> list[tuple[Digit, ...]]:
    """The lines that are numbers, without words: of several, those that are not mostly doubtful."""
    lines = [_without_words(line) for line in lines if line]
    sure = [line for line in lines if sum(digit.doubtful for digit in line) < len(line) / 2]
    return sure or lines[:1]


def _without_words(line: tuple[Digit, ...]) -> tuple[Digit, ...]:
    """A line without the words beside its number; as it is where there is nothing else.

    Of 800 numbers on forms and cheques one is lost by it.
    """
    boxes = np.array([digit.box for digit in line])
    gaps = boxes[1:, 0] - boxes[:-1, 2]
    ends = [0, *(np.flatnonzero(gaps > APART * np.median(boxes[:, 3] - boxes[:, 1])) + 1).tolist(), len(line)]
    groups = [line[start:stop] for start, stop in itertools.pairwise(ends)]
    least, odd = WORD
    numbers = [group for group in groups if len(group) < least or max(digit.strangeness for digit in group) < odd]
    return tuple(itertools.chain.from_iterable(numbers)) or line


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
    (down, up), (came, went) = _walked(np.stack([price, price[::-1]]))
    up, went = up[::-1], went[::-1]
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
    """The cheapest ways from the first row of each of n price lists, (n, h, w), to each pixel.

    And the step in columns (-1, 0, 1) from there back to the row before.
    """
    total = np.pad(price, ((0, 0), (0, 0), (1, 1)), constant_values=np.inf)
    left, straight, right = total[:, :, :-2], total[:, :, 1:-1], total[:, :, 2:]  # the way that comes from there
    for row in range(1, price.shape[1]):
        before = np.s_[:, row - 1]
        straight[:, row] += np.minimum(straight[before], np.minimum(left[before], right[before]) + SIDEWAYS)
    left, right = left[:, :-1] + SIDEWAYS, right[:, :-1] + SIDEWAYS
    aside = np.minimum(left, right) < straight[:, :-1]
    step = np.zeros(price.shape, np.int8)
    step[:, 1:] = np.where(left <= right, np.int8(-1), np.int8(1)) * aside
    return straight, step


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
    return centred(even_pen(mask))


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
        shared = found[first].shared
        for last in range(first + 1, len(found) + 1):  # a thin pen is cut into many
            left, _, right, _ = _bounds(found[first:last])
            if right - left > WIDEST * HEIGHT:
                break
            for more in [[], [shared]] if shared else [[]]:
                run = more + found[first:last]
                left, top, right, bottom = _bounds(run)
                fits = right - left <= WIDEST * HEIGHT and bottom - top >= LOW * HEIGHT
                if fits and (shape := _shape_cost(run)) < WORST:
                    runs.append(Run(first, last, run, shape + _cut_cost(found[first]) + BORROW * bool(more)))
    return runs


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
