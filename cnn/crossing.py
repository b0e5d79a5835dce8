"""A line that crosses a whole picture, straight or zigzag, and the ink without it. Knows no paper and no frame.

Sought on a grid of about 28x28 as the brightest of many regular waves from side to side, a straight line among them:
a digit's strokes hide and imitate a line here and there, but not its teeth all along. A path along the ink, near that
wave, is the line at the picture's own size.
"""

import functools

import numpy as np
from scipy import ndimage

from cnn.pen import EDGE, span, stroke_width
from cnn.types import SIDE

TALLEST = 3.0  # grid units: how far teeth reach to either side of the line's middle
LENGTHS = np.geomspace(5, 12, 12)  # grid units from tooth to tooth; finer teeth are a straight line as seen on the grid
STEEPEST_TOOTH = 1.3  # a slope
STEEPEST = 0.36  # a slope of the whole line
BANDS = 40  # straight bands that are tried with every wave
BESIDE = np.array([1, 0, 0, 0, 0, 0, 1]) / 4  # three rows away from a line there is rarely ink
UNSEEN = 0.4  # what counts as the ink of a line where it is outside of the picture
NEAR = 3  # grid units: how far the path may be from the wave
FAINT = 0.15  # strength of a line's faintest edge
NEAR_RIM = 0.11  # of the picture's width: a line from rim to rim ends no farther from either
ALONG = 0.96  # share of the columns in which a line from rim to rim has ink
TURNS = 4  # from one side of its middle to the other: a zigzag, which no digit's bar is
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
    x = np.arange(width)
    wave = (np.interp((x + 0.5) / unit - 0.5, np.arange(wave.size), wave) + 0.5) * unit - 0.5
    path = _path(strength, np.rint(wave).astype(int), unit)
    line, thickness = _run(strength, path)
    if line is None:
        return None
    there = line.any(0)
    x, middle = x[there], (line * np.arange(height)[:, None]).sum(0)[there] / line.sum(0)[there]
    swing = middle - np.polyval(np.polyfit(x, middle, 1), x)
    sides = np.sign(swing)[np.abs(swing) > unit / 3]
    zigzag = (np.diff(sides) != 0).sum() >= TURNS
    return line if zigzag or thickness < THINNER * stroke_width(np.where(line, 0, strength)) else None


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


def _wave(grid: np.ndarray) -> np.ndarray:
    """The rows (w,), float, of the wave with the most ink along it and the least beside it; grid (h, w) in [0, 1]."""
    height, width = grid.shape
    room = 8
    page = np.pad(grid, ((room, room), (0, 0)))
    page -= ndimage.correlate1d(page, BESIDE, 0, mode="constant")
    page[:room] = page[-room:] = UNSEEN
    x, last = np.arange(width), len(page) - 1

    def along(values: np.ndarray, paths: np.ndarray) -> np.ndarray:
        rows = np.clip(np.rint(paths).astype(int) + room, 0, last)
        return values[rows, x][..., width // 14 : width - width // 14].mean(-1)

    slopes = np.linspace(-STEEPEST, STEEPEST, 19)[:, None] * (x - width / 2)
    bands = (np.arange(-2, height + 2)[:, None, None] + slopes).reshape(-1, width)
    reach = 2 * int(TALLEST) + 1
    hopes = along(ndimage.maximum_filter1d(page, reach, 0), bands)
    hopes += along(ndimage.uniform_filter1d(page, reach, 0), bands) / 2
    paths = bands[np.argsort(-hopes)[:BANDS], None] + _waves(width)
    ink = along(page, paths)
    return paths[np.unravel_index(ink.argmax(), ink.shape)]


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


def _run(strength: np.ndarray, path: np.ndarray) -> tuple[np.ndarray | None, float]:
    """The ink about a path (w,) that is the line's, (h, w) bool, and the line's thickness down a column."""
    height, width = strength.shape
    ink, at, y = strength > FAINT, np.arange(width), np.arange(height)[:, None]
    inside = (path >= 0) & (path < height)
    there = inside & ink[np.clip(path, 0, height - 1), at]
    above = np.where(~ink & (y <= path), y, -1).max(0)  # the last row without ink before the path
    below = np.where(~ink & (y >= path), y, height).min(0)
    length = np.where(there, below - above - 1, 0)
    room = int(NEAR_RIM * width)
    across = slice(room, width - room)
    if inside.sum() < width / 2 or there[across].sum() < ALONG * inside[across].sum():
        return None, 0
    thickness = np.percentile(length[there], 35)
    line = np.where(length <= thickness * 1.25, (y > above) & (y < below), np.abs(y - path) <= thickness / 2)
    return line & there & ink, float(thickness)
