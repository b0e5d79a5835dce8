"""A line that crosses a whole picture, straight or zigzag, and the ink without it. Knows no paper and no frame.

Sought on a grid of about 28x28 as the brightest of many regular waves from side to side, a straight line among them:
a digit's strokes hide and imitate a line here and there, but not its teeth all along. A path along the ink, near that
wave, is the line at the picture's own size.
"""

import functools
import math

import numpy as np
from scipy import ndimage

from cnn.pen import EDGE, stroke_width
from cnn.types import SIDE

TALLEST = 3.0  # grid units: how far teeth reach to either side of the line's middle
LENGTHS = np.geomspace(5, 12, 10)  # grid units from tooth to tooth; finer teeth are a straight line as seen on the grid
STEEPEST_TOOTH = 1.3  # a slope
STEEPEST = 0.36  # a slope of the whole line
BANDS = 60  # straight bands that are tried with every wave
BESIDE = np.array([1, 0, 0, 0, 0, 0, 1]) / 4  # three rows away from a line there is rarely ink
UNSEEN = 0.4  # what counts as the ink of a line where it is outside of the picture
NEAR = 2  # grid units: how far the path may be from the wave
CROSSED = 1.5  # times a line's thickness: longer runs are of a stroke that it crosses
THICKEST = 3.5  # grid units down a column, a line's soft edges among them
FAINT = 0.15  # strength of a line's faintest edge
NEAR_RIM = 0.11  # of the picture's width: a line from rim to rim ends no farther from either
ALONG = 0.96  # share of the columns in which a line from rim to rim has ink
TURNS = 4  # from one side of its middle to the other: a zigzag, which no digit's bar is
TEETH = 0.45  # grid units: how far they are off a smooth curve, on average
THINNER = 0.6  # of the digit's pen: a straight line as thick as that may be a tightly cropped seven's bar


def crossing(strength: np.ndarray) -> np.ndarray | None:
    """The ink, (h, w) bool, of one nearly level line from rim to rim in (h, w) `strength` in [0, 1], or None.

    A line may leave through the top or the bottom. Of a stroke that it crosses, what lies within the line is the
    line's.
    """
    unit = -(-max(strength.shape) // SIDE)
    height, width = strength.shape
    if min(strength.shape) < SIDE // 3 * unit or not _reaches_rims(strength, max(1, width // 7)):
        return None
    wave = _wave(np.minimum(_largest(strength, unit) / EDGE, 1))
    if wave is None:
        return None
    x = np.arange(width)
    wave = (np.interp((x + 0.5) / unit - 0.5, np.arange(wave.size), wave) + 0.5) * unit - 0.5
    path = _path(strength, np.rint(wave).astype(int), unit)
    y = np.arange(height)[:, None]
    above, below = _run(strength > FAINT, path)
    length = below - above - 1
    if not _goes_across(length > 0, (path >= 0) & (path < height)):
        return None
    thickness = np.percentile(length[length > 0], 25)
    if thickness > THICKEST * unit:
        return None
    alone = length <= thickness
    line = np.where(alone, (y > above) & (y < below), (length > 0) & (np.abs(y - path) <= thickness / 2))
    line &= strength > FAINT
    # The middle of a run says more than the path, which may turn as it likes within a thick bar.
    clear = (length > 0) & (length <= CROSSED * thickness)
    middle = np.where(clear, (above + below) / 2, path)
    toothed = _swing(middle, clear, 3).std() > TEETH * unit  # a cubic follows a bar or a bow of the digit's own
    if toothed and _turns(_swing(middle, length > 0, 1), unit / 3) >= TURNS:
        return line
    return line if thickness < THINNER * stroke_width(np.where(line, 0, strength)) else None


def bridged(strength: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Ink, (h, w) in [0, 1], without a line across it, (h, w) bool: there it goes on from above to below."""
    height = len(strength)
    y = np.arange(height)[:, None]
    above = np.maximum.accumulate(np.where(line, -1, y), 0)
    below = np.minimum.accumulate(np.where(line, height, y)[::-1], 0)[::-1]
    page = np.pad(strength, ((1, 1), (0, 0)))  # beyond the rim there is no ink
    upper, lower = (np.take_along_axis(page, rows + 1, 0) for rows in (above, below))
    share = (y - above) / np.maximum(below - above, 1)
    return np.where(line, upper + (lower - upper) * share, strength).astype(np.float32)


def _reaches_rims(strength: np.ndarray, near: int) -> bool:
    """Whether there is ink near both sides, or near one of them and at the top or the bottom."""
    sides = [side.max() > EDGE for side in (strength[:, :near], strength[:, -near:])]
    return all(sides) or (any(sides) and max(strength[0].max(), strength[-1].max()) > EDGE)


def _largest(strength: np.ndarray, unit: int) -> np.ndarray:
    """The largest value of each `unit` x `unit` square."""
    page = np.pad(strength, [(0, -n % unit) for n in strength.shape])
    return page.reshape(page.shape[0] // unit, unit, -1, unit).max((1, 3))


def _wave(grid: np.ndarray) -> np.ndarray | None:
    """The rows (w,), float, of the wave with the most ink along it and the least beside it; grid (h, w) in [0, 1].

    Only straight bands that hold much ink are tried with every wave. None where the best has gaps.
    """
    height, width = grid.shape
    room = math.ceil(2 + STEEPEST * width / 2 + TALLEST)
    page = np.pad(grid, ((room, room), (0, 0)))
    page -= ndimage.correlate1d(page, BESIDE, 0, mode="constant")
    page[:room] = page[-room:] = UNSEEN
    at = np.arange(width)
    across = slice(width // 14, width - width // 14)
    column_starts = (at * len(page) + room + 0.5).astype(np.float32)[across]

    def along(values: np.ndarray, paths: np.ndarray) -> np.ndarray:
        return values.T.ravel()[(paths[..., across] + column_starts).astype(np.int32)].mean(-1)

    slopes = np.linspace(-STEEPEST, STEEPEST, 19, dtype=np.float32)[:, None] * (at - width / 2).astype(np.float32)
    bands = (np.arange(-2, height + 2, dtype=np.float32)[:, None, None] + slopes).reshape(-1, width)
    reach = 2 * int(TALLEST) + 1
    hopes = along(ndimage.maximum_filter1d(page, reach, 0) + ndimage.uniform_filter1d(page, reach, 0) / 2, bands)
    paths = bands[np.argsort(-hopes)[:BANDS], None] + _waves(width)
    ink = along(page, paths)
    wave = paths[np.unravel_index(ink.argmax(), ink.shape)]
    about = np.pad(ndimage.maximum_filter(grid, NEAR + 1), ((room, room), (0, 0)), constant_values=1)
    return wave if along(about, wave) > ALONG else None


@functools.lru_cache(16)
def _waves(width: int) -> np.ndarray:
    """Triangular waves about 0, (n, width), of many lengths, heights and phases; the first is straight."""
    x, waves = np.arange(width), [np.zeros(width)]
    for length in LENGTHS:
        for height in np.arange(1, min(TALLEST, STEEPEST_TOOTH * length / 4) + 0.01, 0.5):
            for phase in np.arange(0, 1, 1.2 / length):
                waves.append(height * (4 * np.abs((x / length + phase) % 1 - 0.5) - 1))
    return np.array(waves, np.float32)


def _path(strength: np.ndarray, wave: np.ndarray, unit: int) -> np.ndarray:
    """Rows (w,) of the path with the most ink from left to right, no farther than NEAR units from `wave` (w,) int."""
    height, width = strength.shape
    away = np.arange(-NEAR * unit, NEAR * unit + 1)
    rows = wave + away[:, None]
    inside = (rows >= 0) & (rows < height)
    cost = np.where(inside, 1 - strength[np.clip(rows, 0, height - 1), np.arange(width)], 1 - UNSEEN)
    cost += 0.05 * np.abs(away)[:, None] / unit
    total, came = cost[:, 0], np.zeros(cost.shape, int)
    steps = np.arange(-2, 3)
    before = np.arange(away.size) + steps[:, None]
    bend = np.where((before >= 0) & (before < away.size), 0.05 * np.abs(steps)[:, None], np.inf)
    before = np.clip(before, 0, away.size - 1)
    for i in range(1, width):
        reached = total[before] + bend
        best = reached.argmin(0)
        came[:, i] = before[best, np.arange(away.size)]
        total = reached.min(0) + cost[:, i]
    path = np.empty(width, int)
    at = int(total.argmin())
    for i in range(width - 1, -1, -1):
        path[i] = rows[at, i]
        at = came[at, i]
    return path


def _run(ink: np.ndarray, path: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The upright run of ink, (h, w) bool, through each row of a path (w,): the rows just above it and below it.

    Where the path meets no ink, the row before it and its own.
    """
    height, width = ink.shape
    y = np.arange(height)[:, None]
    above = np.where(~ink & (y <= path), y, -1).max(0)
    below = np.where(~ink & (y >= path), y, height).min(0)
    met = (path >= 0) & (path < height) & ink[np.clip(path, 0, height - 1), np.arange(width)]
    return np.where(met, above, path - 1), np.where(met, below, path)


def _goes_across(inked: np.ndarray, inside: np.ndarray) -> bool:
    """Whether a path has ink, (w,) bool, wherever it is inside of the picture, (w,) bool, but for its very ends."""
    room = int(NEAR_RIM * len(inked))
    across = slice(room, len(inked) - room)
    return inside.sum() >= len(inside) / 2 and inked[across].sum() >= ALONG * inside[across].sum()


def _swing(path: np.ndarray, known: np.ndarray, degree: int) -> np.ndarray:
    """How far a path (w,) is off its polynomial where it is known, (w,) bool; 0 where little is."""
    x = np.flatnonzero(known)
    if len(x) <= degree + 1:
        return np.zeros(1)
    return path[x] - np.polyval(np.polyfit(x - len(path) / 2, path[x], degree), x - len(path) / 2)


def _turns(swing: np.ndarray, least: float) -> int:
    """How often a swing (n,) goes from one side to the other, at least so far."""
    return int((np.diff(np.sign(swing[np.abs(swing) > least])) != 0).sum())
