"""The hand that writes: a style's control points -> pen strokes on a pad, and a drawing of them.

Each stroke is a smooth curve through its points. What all writing shares is added here: slant, width, a bend of the
whole, tremor, haste, strokes that start late or run on, little hooks where the pen lands or leaves.
"""

import math
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from cnn.framing.pen import smooth
from cnn.types import Strokes
from train.pens.drawings import Path
from train.pens.styles import Style

PAD = 400  # the side, in pad units, of the pad that digits are written on
DRAWING = 160  # pixels a side of a drawing


def write(style: Style, rng: np.random.Generator | None = None, *, height: float = 0.7) -> Strokes:
    """Write one digit in the middle of a PAD x PAD pad, `height` of it high; with an `rng`, as no two are alike."""
    if rng is None:
        paths = [curve(np.array(path)) - 0.5 for path in style.drawing(lambda low, high: (low + high) / 2)]
    else:
        paths = [_by_hand(path, rng) for path in style.drawing(rng.uniform)]
        bend, turn = _bend(rng), _shear(rng)
        paths = [bend(path) @ turn for path in paths]
    return Strokes(tuple(_on_pad(paths, height)), PAD, PAD)


def curve(control: np.ndarray) -> np.ndarray:
    """(n, 2) control points -> (m, 2) points of the smooth curve through them, a doubled point being a corner."""
    repeats = np.flatnonzero((np.diff(control, axis=0) == 0).all(axis=1))
    return np.concatenate([smooth(part) for part in np.split(control, repeats + 1)])


def drawing(written: Strokes, width: float) -> Image.Image:
    """Strokes on white paper by a round pen `width` of the pad wide: a grey picture, DRAWING pixels a side."""
    page = Image.new("L", (DRAWING, DRAWING), 255)
    draw, scale = ImageDraw.Draw(page), DRAWING / PAD
    pen = max(2, round(width * DRAWING))
    for stroke in written.strokes:
        path = (stroke * scale).ravel().tolist()
        draw.line(path, fill=0, width=pen, joint="curve")
        for x, y in (path[:2], path[-2:]):
            draw.circle((x, y), pen / 2, fill=0)
    return page


def _by_hand(path: Path, rng: np.random.Generator) -> np.ndarray:
    """One stroke, (n, 2) from the middle of the unit box: jittered, hasty, trembling, begun and ended anywhere."""
    moves = {point: rng.normal(0, 0.022, 2) for point in dict.fromkeys(path)}  # the same for the halves of a corner
    line = curve(np.array([np.add(point, moves[point]) for point in path])) - 0.5 + rng.normal(0, 0.02, 2)
    line = _even(line)
    haste = rng.exponential(0.015)  # share of the stroke over which a hurried hand rounds its corners off
    if haste > 0.008:
        line = ndimage.gaussian_filter1d(line, haste * len(line), axis=0, mode="nearest")
    tremor = ndimage.gaussian_filter1d(rng.normal(0, 1, line.shape), 2, axis=0) * rng.exponential(0.01)
    line = line + tremor
    first, last = (rng.uniform(0, 0.06, 2) * len(line)).astype(int)
    return np.concatenate([_hook(line[0], rng), line[first : len(line) - last], _hook(line[-1], rng)[::-1]])


def _even(line: np.ndarray) -> np.ndarray:
    """(n, 2) points -> points at even distances along the same line, about 0.035 apart."""
    along = np.append(0, np.hypot(*np.diff(line, axis=0).T).cumsum())
    at = np.linspace(0, along[-1], max(8, round(along[-1] / 0.035)))
    return np.stack([np.interp(at, along, line[:, axis]) for axis in (0, 1)], axis=1)


def _hook(end: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Now and then a point beside a stroke's end, where the pen landed or left; else nothing: (0 or 1, 2)."""
    return end + rng.normal(0, 0.04, (int(rng.random() < 0.12), 2))


def _bend(rng: np.random.Generator) -> Callable[[np.ndarray], np.ndarray]:
    """A gentle bend of the whole digit: what a quadratic does to the unit box round its middle."""
    amounts = rng.normal(0, 0.14, (3, 2))

    def bend(points: np.ndarray) -> np.ndarray:
        x, y = points.T
        return points + np.stack([x * x, x * y, y * y], axis=1) @ amounts

    return bend


def _shear(rng: np.random.Generator) -> np.ndarray:
    """(2, 2) matrix for row vectors: slant, slight turn, and a digit's own width."""
    slant, turn, wide = rng.normal(0.06, 0.2), rng.normal(0, 0.08), np.exp(rng.normal(-0.1, 0.25))
    rotation = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    return np.array([[wide, 0.0], [-slant, 1.0]]) @ rotation


def _on_pad(paths: list[np.ndarray], height: float) -> list[np.ndarray]:
    """The paths in pad units, in the middle, shrunk where they would leave the pad; float32."""
    points = np.concatenate(paths)
    low, high = points.min(0), points.max(0)
    scale = min(height, 0.9 / max(high - low)) * PAD
    return [((path - (low + high) / 2) * scale + PAD / 2).astype(np.float32) for path in paths]
