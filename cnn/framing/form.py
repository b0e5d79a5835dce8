"""What is printed around a digit: a cell's lines, a frame, an underline. Found in the ink, and the ink without them.

A line is thin, nearly straight and nearly level or upright. It belongs to a form, and not to the digit, where it goes
from rim to rim, where it ends on other such lines, as the lines of a box do, or where it goes on to either side of all
other ink, as an underline does. Knows no paper and no network.
"""

import dataclasses
import statistics
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from cnn.framing.pen import span
from cnn.framing.windows import over

EIGHT = np.ones((3, 3), bool)  # a pixel and its eight neighbours


@dataclasses.dataclass(frozen=True)
class Limits:
    """What makes a line; shares are of the picture's larger side where nothing else is said."""

    faint: float = 0.2  # strength of a line's faintest ink
    thick: float = 0.05  # the thickest line
    thin: float = 0.02  # a thin one
    flat: float = 3.0  # how many times longer than thick a level stretch is
    gap: float = 0.02  # dashes no farther apart are one stretch
    joins: float = 0.3  # stretches no farther apart may be one line: what crosses it hides it there
    full: float = 0.6  # share of a line's length in which it has ink
    long: float = 0.12  # the shortest line
    bent: float = 0.02  # of its length: how far a line is off a straight one, root mean square
    reach: float = 0.015  # an end no farther from a line is on it
    at_rim: float = 0.05  # and from the rim
    over: float = 0.1  # of a line's length: how far it may go on beyond the side of its box
    beside: float = 0.22  # of the width: upright lines that touch the digit stand no farther from the rim
    beyond: float = 0.02  # how far an underline goes on to either side of the digit
    rim: float = 0.15  # of the height: a line so near the rim that the digit stands off it may end anywhere
    ringed: float = 0.3  # of a ring's height: the least digit in it; a nought's dot is smaller
    round: float = 0.65  # a ring's width for its height; a nought with a stroke in it is narrower
    box_pixels: int = 16  # a smaller box holds no digit that can be read
    box: float = 0.5  # of the digit's larger side: the least box that is drawn around one
    under: float = 0.75  # of the digit's height: an underline is no higher
    least: float = 0.12  # what is left once lines are gone is no smaller, or they are the digit itself

    def bands(self, side: int) -> list[tuple[float, float]]:
        """Ranges of thickness, in pixels, each looked for alone, so that a pen's stroke joins no thin line."""
        thin, thick = max(3, self.thin * side), max(3, self.thick * side)
        return [(0, thin), (0.6 * thin, thick)] if thick > thin else [(0, thin)]


LIMITS = Limits()


@dataclasses.dataclass(frozen=True, eq=False)
class Line:
    """A nearly level line: the centre row of each column from `start` on, (n,) float, and how thick it is.

    `goes`: first and last column that it may reach, where ink
    hides how it goes on. An `upright` one is level in the picture's transpose.
    """

    start: int
    rows: np.ndarray
    thickness: float
    goes: tuple[int, int]
    upright: bool = False

    @property
    def stop(self) -> int:
        """One past the last column."""
        return self.start + len(self.rows)

    def at(self, column: float) -> float:
        """Its row at a column; beyond its ends as at them."""
        return float(self.rows[int(np.clip(column - self.start, 0, len(self.rows) - 1))])


def level_lines(mask: np.ndarray, limits: Limits = LIMITS) -> list[Line]:
    """The thin, nearly level lines in a mask of ink, (h, w) bool, long ones first; a digit's own bars too."""
    side = max(mask.shape)
    gap = max(1, round(limits.gap * side))
    if not mask.any():
        return []
    # Only where there is ink, with room for what closes gaps: a drawing is paper for the most part.
    (top, bottom), (left, right) = (span(mask.any(axis)) for axis in (1, 0))
    top, left = max(0, top - 1), max(0, left - gap - 1)
    found = _level_lines(mask[top : bottom + 1, left : right + gap + 1], side, gap, limits)
    return [
        dataclasses.replace(
            line, start=line.start + left, rows=line.rows + top, goes=(line.goes[0] + left, line.goes[1] + left)
        )
        for line in found
    ]


def _level_lines(mask: np.ndarray, side: int, gap: int, limits: Limits) -> list[Line]:
    """The same in a piece of a picture whose larger side is `side` pixels."""
    down = run_lengths(mask)
    along = run_lengths(_closed(mask, gap).T).T
    level = mask & (along >= limits.flat * down)
    stretches = []
    for thinnest, thickest in limits.bands(side):
        labels, _ = ndimage.label(level & (down > thinnest) & (down <= thickest), EIGHT)
        for i, box in enumerate(ndimage.find_objects(labels), 1):
            part = labels[box] == i
            if part.shape[1] >= 3:
                rows = (np.arange(part.shape[0]) @ part) / part.sum(0) + box[0].start
                thick = statistics.median(down[box].max(0, where=part, initial=1).tolist())  # faster than NumPy's
                stretches.append((box[1].start, rows, float(thick)))
    stretches.sort(key=lambda stretch: -len(stretch[1]))
    lines = []
    while stretches and len(stretches[0][1]) >= 0.25 * limits.long * side:
        start, rows, thickness, stretches = _joined(stretches, limits.joins * side)
        if len(rows) >= limits.long * side and _is_line(start, rows, mask, limits):
            goes = _goes_on(mask, rows[0], start, -1), _goes_on(mask, rows[-1], start + len(rows) - 1, 1)
            lines.append(Line(start, rows, thickness, goes))
    return sorted(lines, key=lambda line: -len(line.rows))


def _closed(mask: np.ndarray, gap: int) -> np.ndarray:
    """A mask, (h, w) bool, with gaps of up to `gap` pixels along its rows filled, but not where they are at its rim.

    As SciPy's binary_closing.
    """
    wide, off = mask.shape[1], (gap + 1) // 2
    spread = over(np.maximum, np.pad(mask.T, ((gap, gap), (0, 0))), gap + 1)
    spread[:off] = spread[off + wide :] = False
    return over(np.minimum, spread, gap + 1).T


def alone(thickness: float) -> float:
    """How long an upright run of ink may be where nothing but a line is there: its edges are soft."""
    return 1.25 * thickness + 2


def _goes_on(mask: np.ndarray, row: float, column: int, step: int) -> int:
    """The last column to one side of a column that ink leads to along a row."""
    ink = mask[min(max(round(row), 0), len(mask) - 1), column::step]
    return column + step * (len(ink) if ink.all() else int(ink.argmin())) - (step if ink[0] else 0)


def run_lengths(mask: np.ndarray) -> np.ndarray:
    """How long the upright run of True is that each of (h, w) is in; 0 where False. int32."""
    columns = np.pad(mask.T, ((0, 0), (1, 1)))  # one after the other, none joined to the next
    flat = columns.ravel()
    lengths = np.diff(np.flatnonzero(flat[1:] != flat[:-1]))[::2]
    found = np.zeros(flat.size, np.int32)
    found[flat] = np.repeat(lengths, lengths)
    return np.ascontiguousarray(found.reshape(columns.shape)[:, 1:-1].T)


def _joined(stretches: list[tuple], far: float) -> tuple[int, np.ndarray, float, list[tuple]]:
    """The longest stretch with all that lie along it: start, rows and thickness; and the stretches that are left."""
    (start, rows, thick), rest = stretches[0], stretches[1:]
    x, y, weight = np.arange(start, start + len(rows)), rows, len(rows) * thick
    while True:
        slope, level = _fitted(x - x[0], y) if x[-1] - x[0] > 8 * thick else (0.0, y.mean())
        near = None
        for i, (at, its, its_thick) in enumerate(rest):
            gap = max(at - x.max(), x.min() - at - len(its))
            off = abs(its.mean() - level - slope * (at + len(its) / 2 - x[0]))
            alike = its_thick <= 2 * thick + 1 and thick <= 2 * its_thick + 1
            if -1 <= gap <= far and off <= max(1.5, thick) + 0.05 * max(gap, 0) and alike:
                near = i
                break
        if near is None:
            break
        at, its, its_thick = rest.pop(near)
        x, y = np.append(x, np.arange(at, at + len(its))), np.append(y, its)
        weight += len(its) * its_thick
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
    columns = np.arange(x[0], x[-1] + 1)
    return int(x[0]), np.interp(columns, x, y), weight / len(x), rest


def _fitted(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """The slope of the straight line through (n,) x and y, n >= 2, and its y at x = 0: least squares."""
    far = x - x.mean()
    slope = float(far @ y / (far @ far))
    return slope, float(y.mean() - slope * x.mean())


def _is_line(start: int, rows: np.ndarray, mask: np.ndarray, limits: Limits) -> bool:
    """Whether it is straight, and full of ink."""
    x = np.arange(len(rows))
    slope, level = _fitted(x, rows)
    off = rows - slope * x - level
    if off.std() > max(0.7, limits.bent * len(x)):
        return False
    at = np.rint(rows).astype(int) + np.arange(-1, 2)[:, None]
    return mask[np.clip(at, 0, len(mask) - 1), start + x].any(0).mean() >= limits.full


# ------------------------------------------------------------------------------------------------- what is of the form


class Form(NamedTuple):
    """What is printed around a digit: its ink `taken`, (h, w) bool, and the `cell`, (h, w) bool, that the digit is in.

    It is made of `lines` and of a ring, `around` (h, w) bool.
    """

    taken: np.ndarray
    cell: np.ndarray
    lines: tuple[Line, ...]
    around: np.ndarray

    def off(self, strength: np.ndarray) -> np.ndarray:
        """The ink of the same picture, (h, w) in [0, 1], without its form; strokes that a line crossed go on."""
        return np.where(self.around, 0, _without(strength, self.lines)[0])


class _Body(NamedTuple):
    """The heaviest ink that lines leave: its mask and its box, [first, one past the last] of [rows, columns]."""

    mask: np.ndarray
    box: np.ndarray


def form(strength: np.ndarray, limits: Limits = LIMITS) -> Form | None:
    """The form in the ink of a picture, (h, w) float32 in [0, 1]; None where there is none."""
    mask = strength > limits.faint
    lines = level_lines(mask, limits)
    # In one piece, off the rim: nothing lies apart, and a box has two sides either way. So is nearly every drawing.
    whole = _off_rim(mask, limits) and ndimage.label(mask, EIGHT)[1] <= 1
    if whole and len(lines) < 2:
        return None
    upright = [dataclasses.replace(line, upright=True) for line in level_lines(np.ascontiguousarray(mask.T), limits)]
    if whole and len(upright) < 2:
        return None
    lines += upright
    lines.sort(key=lambda line: -len(line.rows))
    chosen, tried = [], []
    for line in lines:
        group = [other for other in lines if _alike(line, other)]
        if not chosen and group not in tried:
            chosen = _printed(group, strength, limits)
            tried.append(group)
    bare, taken = _without(strength, chosen)
    apart = chosen or (not whole and ndimage.label(mask, EIGHT)[1] > 1)  # else every line is joined to the digit
    for line in lines if apart else ():
        if line not in chosen:
            barer, more = _without(bare, [line])
            body = _body(barer > limits.faint, limits)
            if body and _stands_apart(line, body, chosen, mask, limits):
                chosen, bare, taken = [*chosen, line], barer, taken | more
    around = ring(bare > limits.faint, limits)
    if not chosen and around is None:
        return None
    body = _body(bare > limits.faint, limits)
    cell = _cell(chosen, body, mask.shape)
    if around is None:
        around = np.zeros(mask.shape, bool)
    else:
        cell &= ndimage.binary_fill_holes(around) & ~around
    return Form(taken | around, cell, tuple(chosen), around)


def _off_rim(mask: np.ndarray, limits: Limits) -> bool:
    """Whether no ink is so near the picture's rim that a line could end there."""
    near = int(max(2.0, limits.at_rim * max(mask.shape))) + 1
    return not any(side[:near].any() or side[-near:].any() for side in (mask, mask.T))


def _printed(lines: list[Line], strength: np.ndarray, limits: Limits) -> list[Line]:
    """Those of some lines that end on each other or on the rim, and are no strokes of the digit."""
    mask = strength > limits.faint
    chosen = _anchored(lines, mask.shape, limits)
    while chosen:
        bare, _ = _without(strength, chosen)
        body = _body(bare > limits.faint, limits)
        if not (_on_rim(chosen, mask.shape, limits) or _is_box(chosen, body, limits)):
            return []
        wrong = [line for line in chosen if _is_stroke(line, body, mask, chosen, limits)]
        if not wrong:
            break
        chosen = _anchored([line for line in chosen if line not in wrong], mask.shape, limits)
    return chosen


def _anchored(lines: list[Line], shape: tuple[int, int], limits: Limits) -> list[Line]:
    """Those lines of which both ends are on the rim, or on others of them."""
    while True:
        kept = [line for line in lines if all(_ends(line, lines, shape, limits))]
        if len(kept) == len(lines):
            return kept
        lines = kept


def _ends(line: Line, others: list[Line], shape: tuple[int, int], limits: Limits) -> list[bool]:
    """Whether either end of a line is on the rim, or on another line that goes the other way."""
    high, wide = shape[::-1] if line.upright else shape
    reach, rim = max(2.0, limits.reach * max(shape)), max(2.0, limits.at_rim * max(shape))
    crossing = [other for other in others if other.upright != line.upright]
    slopes = abs(line.rows[-1] - line.rows[0]) > 2 * line.thickness + 2  # else one along the rim would end there
    found = []
    for end, far, out in ((line.start, line.goes[0], -1), (line.stop - 1, line.goes[1], 1)):
        row = line.at(end)
        on = far <= rim if out < 0 else far >= wide - 1 - rim
        on |= slopes and not 1 < row < high - 2
        for other in crossing:
            past = out * (end - other.at(row))  # how far the end is beyond the other line
            short = reach + other.thickness + abs(far - end)
            near = -short <= past <= max(reach + other.thickness, limits.over * len(line.rows))
            on |= near and other.goes[0] - reach - line.thickness <= row <= other.goes[1] + reach + line.thickness
        found.append(bool(on))
    return found


def _without(strength: np.ndarray, lines: Sequence[Line]) -> tuple[np.ndarray, np.ndarray]:
    """Ink without lines, and where they were."""
    bare, taken = strength.copy(), np.zeros(strength.shape, bool)
    for line in lines:
        if line.upright:
            wipe(bare.T, line, taken.T)
        else:
            wipe(bare, line, taken)
    return bare, taken


def wipe(strength: np.ndarray, line: Line, taken: np.ndarray) -> None:
    """Take a line off (h, w) ink in [0, 1] and note where, both in place: strokes go on from above it to below it."""
    high, wide = strength.shape
    soft, more = 0.08, round(line.thickness) + 2
    columns = np.arange(max(0, line.start - more), min(wide, line.stop + more))
    rows = np.interp(columns, np.arange(line.start, line.stop), line.rows)
    room = int(np.ceil(line.thickness)) + 3
    first = max(0, int(rows.min()) - room)
    slab = strength[first : int(rows.max()) + room + 2, columns[0] : columns[-1] + 1]
    y = np.arange(len(slab))[:, None] + first
    ink = slab > soft
    above = np.where(~ink & (y <= rows), y, first - 1).max(0)
    below = np.where(~ink & (y >= rows), y, first + len(slab)).min(0)
    single = below - above - 1 <= alone(line.thickness)
    half = line.thickness / 2 + 0.5
    top = np.where(single, above + 1, np.ceil(rows - half)).astype(int)
    bottom = np.where(single, below - 1, np.floor(rows + half)).astype(int)
    gone = (y >= top) & (y <= bottom)
    at = np.arange(len(columns))

    def beyond(row: np.ndarray) -> np.ndarray:
        inside = (row >= 0) & (row < high)
        return np.where(inside, strength[np.clip(row, 0, high - 1), columns], 0)

    upper, lower = beyond(top - 1), beyond(bottom + 1)
    share = (y - top + 1) / np.maximum(bottom - top + 2, 1)
    filled = np.minimum(upper, lower) + np.abs(upper - lower) * np.where(upper > lower, 1 - share, share)
    lean = int(np.ceil(1.5 * (line.thickness + 1)))
    for slant in range(-lean, lean + 1):  # a slanted stroke goes on elsewhere than straight below
        from_, to = at - np.rint(slant * share).astype(int), at + np.rint(slant * (1 - share)).astype(int)
        last = len(columns) - 1
        filled = np.maximum(filled, np.minimum(upper[np.clip(from_, 0, last)], lower[np.clip(to, 0, last)]))
    slab[...] = np.where(gone, filled, slab)
    taken[first : first + len(slab), columns[0] : columns[-1] + 1] |= gone


def _body(mask: np.ndarray, limits: Limits) -> _Body | None:
    """The heaviest part of the ink, parts at the rim counting little; None where it is too small for a digit."""
    labels, count = ndimage.label(mask, EIGHT)
    if not count:
        return None
    mass = np.bincount(labels.ravel(), minlength=count + 1)[1:].astype(float)
    rim = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    mass[rim[rim > 0] - 1] *= 0.2
    best = int(mass.argmax())
    box = np.array([[s.start, s.stop] for s in ndimage.find_objects(labels)[best]])
    if np.ptp(box, 1).max() < max(4, limits.least * max(mask.shape)):
        return None
    return _Body(labels == best + 1, box)


def _is_stroke(line: Line, body: _Body | None, ink: np.ndarray, chosen: list[Line], limits: Limits) -> bool:
    """Whether a line whose ends are on others or on the rim is a stroke of the digit all the same."""
    if body is None:
        return line.upright or not _on_rim(chosen, ink.shape, limits)
    shape = ink.shape
    box = body.box[::-1] if line.upright else body.box
    high, wide = shape[::-1] if line.upright else shape
    reach = max(2.0, limits.at_rim * max(shape))
    contact = _contact(line, ink, body)
    touching = contact.size > 0
    place = line.rows.mean() / high
    central = limits.beside < place < 1 - limits.beside
    boxed = not _on_rim(chosen, shape, limits)
    if line.upright and central and not boxed and (touching or np.ptp(box[1]) < 0.45 * len(line.rows)):
        return True  # a four's stem, a one between two lines
    if line.upright and touching and not boxed and (box[0, 0] <= 1 if place > 0.5 else box[0, 1] >= high - 1):
        return True  # a tight picture's nine
    near = line.thickness + 2
    starts, ends = (contact <= near).any(), (contact >= len(line.rows) - 1 - near).any()
    left, right = _rims(line, wide, reach)
    return bool((left and starts) or (right and ends))  # a tight picture's seven: its stem starts where its bar ends


def _is_box(lines: list[Line], body: _Body | None, limits: Limits) -> bool:
    """Whether lines that keep off the rim make a box about the middle of the digit, and no small one."""
    if body is None:
        return False
    for upright in (False, True):
        middle, across = body.box.mean(1)[::-1] if upright else body.box.mean(1)
        size = max(limits.box_pixels, limits.box * np.ptp(body.box, 1).max())
        long = [line.at(across) for line in lines if line.upright == upright and np.ptp(line.goes) >= size]
        if not long or not min(long) < middle < max(long):
            return False
    return True


def _alike(line: Line, other: Line) -> bool:
    """Whether two lines are as thick as those of one form are."""
    thin, thick = sorted((line.thickness, other.thickness))
    return thick <= 1.7 * thin + 1


def _rims(line: Line, wide: int, reach: float) -> tuple[bool, bool]:
    return line.goes[0] <= reach, line.goes[1] >= wide - 1 - reach


def _on_rim(chosen: list[Line], shape: tuple[int, int], limits: Limits) -> bool:
    """Whether any of these lines ends on the picture's rim."""
    reach = max(2.0, limits.at_rim * max(shape))
    return any(any(_rims(line, shape[not line.upright], reach)) for line in chosen)


def _contact(line: Line, mask: np.ndarray, body: _Body) -> np.ndarray:
    """The columns of a line, (n,) int from its start, in which the digit's ink, of a mask, leaves it."""
    if line.upright:
        mask, body_mask = mask.T, body.mask.T
    else:
        body_mask = body.mask
    high, wide = mask.shape
    more = round(line.thickness) + 2
    x = np.arange(max(0, line.start - more), min(wide, line.stop + more))
    rows = np.interp(x, np.arange(line.start, line.stop), line.rows)
    half = line.thickness / 2 + 0.5
    band = np.zeros(mask.shape, bool)
    band[:, x] = np.abs(np.arange(high)[:, None] - rows) <= half
    labels, count = ndimage.label(mask & ~band, EIGHT)
    own = np.zeros(count + 1, bool)
    own[np.unique(labels[body_mask])] = True
    own[0] = False
    own = own[labels]
    beside = [own[np.clip(np.rint(rows + off).astype(int), 0, high - 1), x] for off in (-half - 1, half + 1)]
    found = np.flatnonzero(beside[0] | beside[1]) + x[0] - line.start
    for end in (line.start - more - 1, line.stop + more):  # or at its ends
        row = int(line.at(end))
        if 0 <= end < wide and own[max(0, row - 2) : row + 3, end].any():
            found = np.append(found, end - line.start)
    return found


def _stands_apart(line: Line, body: _Body, chosen: list[Line], ink: np.ndarray, limits: Limits) -> bool:
    """Whether a line apart from the digit goes on beyond it at either end, or lies between it and the rim."""
    if _contact(line, ink, body).size:
        return False
    (top, bottom), (left, right) = body.box[::-1] if line.upright else body.box
    row, high = line.rows.mean(), ink.shape[line.upright]
    under, over = row >= top + limits.under * (bottom - top), row <= top
    more = max(1.5, limits.beyond * max(ink.shape))
    on = _ends(line, chosen, ink.shape, limits)
    passes = [line.start <= left - more, line.stop >= right + more]
    if not line.upright and row > bottom - 1 and any(on):
        return True
    near = limits.rim * high
    if (any(on) or not line.upright) and min(row, high - row) < near and not top - near / 2 < row < bottom + near / 2:
        return True
    if line.upright and not any(on):
        return False
    return all(a or b for a, b in zip(on, passes, strict=True)) and (under or over)


def ring(mask: np.ndarray, limits: Limits = LIMITS) -> np.ndarray | None:
    """The part of the ink, (h, w) bool, that goes all around another, as a circle or a frame does; None without one."""
    labels, count = ndimage.label(mask, EIGHT)
    if count < 2:
        return None
    corners = np.array([[[s.start, s.stop] for s in box] for box in ndimage.find_objects(labels)])
    size = np.ptp(corners, 2)
    for i in np.argsort(-size.max(1))[:3]:
        inside = ((corners[:, :, 0] > corners[i, :, 0]) & (corners[:, :, 1] < corners[i, :, 1])).all(1)
        large = inside & (size.max(1) > limits.ringed * size[i, 0])
        if not large.any() or size[i, 1] < limits.round * size[i, 0]:
            continue
        own = labels == i + 1
        gap = max(1, round(limits.gap * size[i].max()))
        filled = ndimage.binary_fill_holes(ndimage.binary_dilation(own, EIGHT, gap))
        if filled[np.isin(labels, np.flatnonzero(large) + 1)].mean() > 0.9:
            return own
    return None


def _cell(lines: list[Line], body: _Body | None, shape: tuple[int, int]) -> np.ndarray:
    """What lies on the digit's line of every line."""
    cell = np.ones(shape, bool)
    if body is None:
        return cell
    middle = body.box.mean(1)
    for line in lines:
        page, at = (cell.T, middle[::-1]) if line.upright else (cell, middle)
        columns = np.clip(np.arange(page.shape[1]), line.start, line.stop - 1) - line.start
        y = np.arange(page.shape[0])[:, None]
        page &= (y < line.rows[columns]) == (at[0] < line.at(at[1]))
    return cell | body.mask
