"""A picture of writing -> its ink, without what is around it: frames, boxes, combs, lines, a ring. Knows no digit.

A number is rarely alone on its paper, and often cut out tightly, of a cheque with a printed pattern or of a table's
cell. So ink is told from paper by the level that parts the picture's greys best (Otsu 1979), and not by what stands out
from the paper's noise.
"""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from cnn.framing.form import EIGHT, ring, run_lengths
from cnn.framing.paper import Ink, flat_paper, heavier_tail, lit_paper, stands_out
from cnn.framing.pen import EDGE
from cnn.framing.windows import around, long_runs, running

LEAST = 0.035  # of the paper's grey: ink that is darker by less is none
NOISE = 4  # times the paper's own noise: what stands out by as much may be ink
NEARBY = 0.06  # of the larger side: the paper so far around it tells the level
BINS = 128
LONG = 2.5  # times the writing's height: a straight line as long is printed
HELD = 1.25  # the same of one that ends at the picture's rim or at another line
AT_RIM = 0.08  # of the smaller side
RIM_TO_RIM = 0.9  # of the picture's height: an upright line of squared paper is as long
OVER = 1.15  # times the height of all other writing: so long is the side of a cell that digits nearly fill
ASIDE = 0.15  # of the width: so far from a side a frame's own side is
CLEAR = 0.75  # share of a line that no stroke crosses
CROSSED = 1.6  # times a line's thickness: a longer run is of a stroke that crosses it
HEAVIEST = 64  # parts: frames are looked for among so many
FRAMED = 0.1  # of a frame's ink: what stands in it has more
TEETH = 3  # at least: so many make a comb
TOOTH = 0.25, 0.8  # of the writing's height: a comb's teeth are lower, but no serifs
EVEN = 0.2  # of the middle one: how far teeth differ in height, and the gaps between them from its multiples
SLENDER = 8  # times its thickness: a printed line is at least as long
# Pixels, shares of its thickness and of its length: nine tenths of a line's middle are no farther off the straight.
STRAIGHT = 0.8, 0.12, 0.004


def written(grey: np.ndarray) -> Ink | None:
    """The ink that is written on a page, (h, w) float32 grey levels in [0, 255]; None for a blank one.

    `strength` is EDGE where ink and paper part, and 0 in printed lines and in a ring around it, which `patched` has.
    """
    paper = flat_paper(grey)
    if paper is None:
        paper, sign, _ = lit_paper(grey, tone(grey))
    else:
        sign = heavier_tail(grey - paper)
    white = max(1.0, float(paper.max()))
    rise = stands_out(grey, paper, sign, white) / white
    level = _level(rise, np.ones(grey.shape, bool))
    if level is None:
        return None
    lines = printed(rise > level)
    if (ringed := ring((rise > level) & ~lines)) is not None:
        lines |= ringed
    if lines.any():
        # Faint writing in a strong frame: what is left has a level of its own.
        level = _level(rise, ~around(np.maximum, lines, 5))
        if level is None:
            return None
        lines = around(np.maximum, lines, 3) & ~((rise > level) & ~lines)
    inked = (rise > level) & ~lines
    if not inked.any():
        return None
    contrast = (float(np.percentile(rise[inked], 75)) - level) / (1 - EDGE)
    floor = level - EDGE * contrast
    strength = np.where(lines, 0, np.clip((rise - floor) / contrast, 0, 1)).astype(np.float32)
    return Ink(strength, paper, sign, white, floor * white, contrast * white, lines if lines.any() else None)


def tone(grey: np.ndarray) -> int:
    """-1 where ink is darker than its paper, 1 where it is lighter: it is the smaller part of its surroundings."""
    step = max(1, max(grey.shape) // 240)
    few = grey[::step, ::step]
    off = few - ndimage.uniform_filter(few, max(few.shape) // 5 | 1)
    return 1 if (off * off * off).mean() > 0 else -1


def _level(rise: np.ndarray, where: np.ndarray) -> float | None:
    """What parts ink from paper, by how far pixels stand out, (h, w), `where` it counts; None where nothing does.

    Paper far from any ink says nothing, and there is much of it: a level of all would part the paper's own tones.
    """
    few = rise[where][::4]
    if not few.size:
        return None
    middle = float(np.median(few))
    noise = 1.4826 * float(np.median(np.abs(few - middle)))
    sure = (rise > max(LEAST, middle + NOISE * noise)) & where
    if not sure.any():
        return None
    reach = 2 * max(2, round(NEARBY * max(rise.shape))) + 1
    near = around(np.maximum, sure, reach) & where
    counts, edges = np.histogram(rise[near], BINS)
    middles = (edges[1:] + edges[:-1]) / 2
    below, sums = counts.cumsum(), (counts * middles).cumsum()
    above = below[-1] - below
    with np.errstate(invalid="ignore", divide="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return max(float(middles[np.nanargmax(between)]), LEAST / 2)


# -------------------------------------------------------------------------------------------------------- printed lines


class Line(NamedTuple):
    """A straight, level or upright line: its pixels in the `box` of a (h, w) bool mask, and its two ends (y, x)."""

    box: tuple[slice, slice]
    pixels: np.ndarray
    ends: np.ndarray
    length: float


def printed(mask: np.ndarray) -> np.ndarray:
    """The pixels, (h, w) bool, of straight level or upright lines in a mask of ink that are too long for a digit's.

    What is too long is known when the writing's height is, and that only without the lines: they are taken off by
    turns, the longest first. Of a stroke that crosses a line nothing is taken. With a line go a comb's teeth on it.
    """
    found = np.zeros_like(mask)
    height = float(len(mask))
    level = _level_lines(mask, min(LONG * height, RIM_TO_RIM * mask.shape[1]))
    if len(level) > 1:  # squared paper
        found |= _drawn(level, mask.shape)
        across = [_turned(line) for line in _level_lines((mask & ~found).T, RIM_TO_RIM * height)]
        found |= _drawn([line for line in across if sum(_crosses(line, other) for other in level) > 1], mask.shape)
    taken: list[Line] = []
    for _ in range(6):
        left = mask & ~found
        lines = _level_lines(left, HELD * height)
        lines += [_turned(line) for line in _level_lines(left.T, min(HELD * height, RIM_TO_RIM * len(mask)))]
        near = max(3.0, min(AT_RIM * min(mask.shape), height / 2))
        for line in lines:
            ends = [_at_rim(end, mask.shape, near) or _meets(end, line, lines + taken, near) for end in line.ends]
            aside = abs(line.ends[:, 1].mean() / mask.shape[1] - 0.5) > 0.5 - ASIDE
            held = all(ends) or (any(ends) and aside and _upright(line))
            if line.length > LONG * height or (held and (line.length > HELD * height or _overtops(line, left))):
                taken.append(line)
        found |= _drawn(taken, mask.shape)
        lower = min(height, writing_height(mask & ~found))
        if lower > 0.95 * height or not lower:
            break
        height = lower
    if combs := [line for line in level + taken if not _upright(line)]:
        found |= _drawn(_teeth(mask & ~found, combs), mask.shape)
    return found


def _teeth(mask: np.ndarray, combs: list[Line]) -> list[Line]:
    """The upright lines that part a comb's cells: as thin as the level line they stand on, low, alike, evenly spaced.

    `mask`, (h, w) bool, is the ink without these lines.
    """
    height = writing_height(mask)
    upright = [_turned(line) for line in _level_lines(mask.T, TOOTH[0] * height)]
    found = []
    for comb in combs:
        near = 2 * _thickness(comb) + 1
        teeth = [
            line
            for line in upright
            if line.length < TOOTH[1] * height
            and _thickness(line) < CROSSED * _thickness(comb)
            and any(_meets(end, line, [comb], near) for end in line.ends)
        ]
        if len(teeth) < TEETH:
            continue
        long = np.array([line.length for line in teeth])
        teeth = [teeth[i] for i in np.flatnonzero(abs(long / np.median(long) - 1) < EVEN)]
        gaps = np.diff(sorted(line.ends[:, 1].mean() for line in teeth))
        steps = gaps / np.median(gaps) if len(gaps) else gaps
        if len(teeth) >= TEETH and (abs(steps - np.rint(steps)) < EVEN).all():
            found += teeth
    return found


def _thickness(line: Line) -> float:
    """In pixels, on the average."""
    return float(line.pixels.sum()) / line.length


def _drawn(lines: list[Line], shape: tuple[int, ...]) -> np.ndarray:
    """The pixels of lines, (h, w) bool."""
    drawn = np.zeros(shape, bool)
    for line in lines:
        drawn[line.box] |= line.pixels
    return drawn


def _crosses(upright: Line, level: Line) -> bool:
    (top, bottom), (left, right) = np.sort(upright.ends[:, 0]), np.sort(level.ends[:, 1])
    y, x = level.ends[:, 0].mean(), upright.ends[:, 1].mean()
    return bool(top < y < bottom and left < x < right)


def _turned(line: Line) -> Line:
    return Line((line.box[1], line.box[0]), line.pixels.T, line.ends[:, ::-1], line.length)


def _upright(line: Line) -> bool:
    return np.ptp(line.ends[:, 0]) > np.ptp(line.ends[:, 1])


def _at_rim(end: np.ndarray, shape: tuple[int, ...], near: float) -> bool:
    return bool(min(*end, *(np.array(shape) - 1 - end)) < near)


def _overtops(line: Line, mask: np.ndarray) -> bool:
    """Whether a line is longer than all other ink, (h, w) bool, is high: a one is as high as its neighbours."""
    rest = mask & ~_drawn([line], mask.shape)
    return bool(line.length > OVER * writing_height(rest))


def _meets(end: np.ndarray, line: Line, lines: list[Line], near: float) -> bool:
    """Whether a line ends where one of the other direction does, or on its way."""
    for other in lines:
        if _upright(other) != _upright(line):
            low, high = other.ends.min(0) - near, other.ends.max(0) + near
            if (low <= end).all() and (end <= high).all():
                return True
    return False


def writing_height(mask: np.ndarray) -> float:
    """How high the parts of a mask are that hold most of its ink, in pixels; 0 for none.

    Of the heaviest parts, one around another is a frame, and not counted.
    """
    labels, count = ndimage.label(mask, EIGHT)
    if not count:
        return 0.0
    mass = np.bincount(labels.ravel())[1:]
    boxes = np.array([[(side.start, side.stop) for side in box] for box in ndimage.find_objects(labels)])
    heavy = mass.argsort()[-HEAVIEST:]
    mass[heavy[_are_frames(boxes[heavy], mass[heavy])]] = 0
    high = np.ptp(boxes[:, 0], axis=1)
    order = high.argsort()
    sums = mass[order].cumsum()
    return float(high[order][np.searchsorted(sums, sums[-1] / 2)])


def _are_frames(boxes: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Which of n parts are around another that is no speck: (n,) bool.

    `boxes` (n, 2, 2) are [first, one past the last] of [rows, columns].
    """
    low, high = boxes[..., 0], boxes[..., 1]
    inside = ((low[:, None] < low) & (high < high[:, None])).all(2)  # of the first, the second
    return np.asarray((inside & (mass > FRAMED * mass[:, None])).any(1))


def _level_lines(mask: np.ndarray, least: float) -> list[Line]:
    """The nearly level straight lines in a mask, (h, w) bool, that are at least so many pixels long."""
    least = max(int(least), 12)
    if least > mask.shape[1]:
        return []
    # A line that slopes a little is in one of three rows for as long as a part of its length.
    part = min(least, 60) | 1
    thick = mask.copy()
    thick[1:] |= mask[:-1]
    thick[:-1] |= mask[1:]
    along = mask & long_runs(thick.T, part).T
    if not along.any():
        return []
    labels, _ = ndimage.label(running(np.maximum, along.T, 9).T, EIGHT)
    found, run = [], None
    for index, box in enumerate(ndimage.find_objects(labels), 1):
        mine = (labels[box] == index) & along[box]
        x = np.flatnonzero(mine.any(0))
        if not x.size or np.ptp(x) < least:
            continue
        run = run_lengths(mask) if run is None else run
        thickness = float(np.percentile(run[box][mine], 25))
        mine &= run[box] <= max(CROSSED * thickness, thickness + 1)
        x = np.flatnonzero(mine.any(0))
        if not x.size or np.ptp(x) < max(least, SLENDER * thickness) or len(x) < CLEAR * np.ptp(x):
            continue
        y = (mine * np.arange(len(mine))[:, None]).sum(0)[x] / mine.sum(0)[x]
        slope, start = np.polyfit(x, y, 1)
        if np.percentile(abs(y - start - slope * x), 90) > np.dot(STRAIGHT, (1, thickness, len(x))):
            continue
        corner = np.array([box[0].start, box[1].start])
        ends = corner + np.array([[start + slope * at, at] for at in (x[0], x[-1])])
        found.append(Line(box, mine, ends, float(np.ptp(x))))
    return found
