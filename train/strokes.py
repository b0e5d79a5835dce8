"""Digits drawn with a pen of our own: styles of different schools as pen strokes. Knows no network and no file.

A style is a few control points in a unit box, x to the right and y down; a smooth curve runs through them, and a point
that stands twice is a corner. Adding a style is one line of `STYLES`.
"""

import math
from typing import NamedTuple

import numpy as np

from cnn.pen import smooth
from cnn.types import Strokes

Point = tuple[float, float]
PAD = 400  # the side, in pad units, of the pad that digits are written on


class Style(NamedTuple):
    """One way to write a digit: its name in the field's words, and control points stroke by stroke."""

    label: int
    name: str
    strokes: tuple[tuple[Point, ...], ...]


def arc(x: float, y: float, across: float, down: float, start: float, end: float) -> tuple[Point, ...]:
    """Control points of an ellipse's arc round (x, y): degrees, 0 to the right, 90 down, at most 45 apart."""
    steps = max(2, math.ceil(abs(end - start) / 45))
    angles = (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
    return tuple((x + across * math.cos(a), y + down * math.sin(a)) for a in angles)


def corner(x: float, y: float) -> tuple[Point, ...]:
    """A point where the pen turns sharply."""
    return ((x, y), (x, y))


STYLES = (
    Style(0, "oval", (arc(0.5, 0.5, 0.33, 0.5, -80, -445),)),
    Style(0, "slashed", (arc(0.5, 0.5, 0.33, 0.5, -80, -445), ((0.86, 0.02), (0.14, 0.98)))),
    Style(1, "plain", (((0.5, 0.0), (0.5, 1.0)),)),
    Style(1, "flagged", (((0.2, 0.34), *corner(0.56, 0.0), (0.56, 1.0)),)),
    Style(1, "footed", (((0.28, 0.2), *corner(0.52, 0.0), (0.52, 1.0)), ((0.22, 1.0), (0.82, 1.0)))),
    Style(2, "straight", ((*arc(0.5, 0.28, 0.33, 0.28, 190, 380), (0.6, 0.65), *corner(0.14, 1.0), (0.88, 1.0)),)),
    Style(
        2,
        "looped",
        (
            (
                *arc(0.48, 0.27, 0.32, 0.27, 190, 380),
                (0.52, 0.72),
                (0.2, 0.96),
                (0.12, 0.84),
                (0.3, 0.82),
                (0.6, 0.98),
                (0.92, 0.92),
            ),
        ),
    ),
    Style(
        3,
        "round",
        ((*arc(0.46, 0.25, 0.3, 0.25, 205, 430), *corner(0.44, 0.48), *arc(0.45, 0.73, 0.36, 0.27, -80, 155)),),
    ),
    Style(3, "flat", (((0.16, 0.0), *corner(0.8, 0.0), *corner(0.44, 0.4), *arc(0.44, 0.7, 0.37, 0.3, -75, 150)),)),
    Style(4, "open", (((0.28, 0.0), *corner(0.12, 0.62), (0.9, 0.6)), ((0.66, 0.28), (0.62, 1.0)))),
    Style(4, "closed", (((0.64, 0.0), *corner(0.08, 0.68), (0.94, 0.68)), ((0.64, 0.0), (0.64, 1.0)))),
    Style(
        5,
        "one stroke",
        (((0.82, 0.0), *corner(0.26, 0.0), *corner(0.22, 0.44), *arc(0.45, 0.68, 0.36, 0.31, -110, 145)),),
    ),
    Style(
        5,
        "hatted",
        (((0.28, 0.02), *corner(0.22, 0.45), *arc(0.45, 0.68, 0.36, 0.31, -110, 145)), ((0.28, 0.02), (0.84, 0.0))),
    ),
    Style(6, "curved", (((0.72, 0.02), (0.42, 0.2), (0.2, 0.5), *arc(0.5, 0.73, 0.32, 0.27, 190, -160)),)),
    Style(6, "straight", (((0.6, 0.0), (0.32, 0.4), *arc(0.48, 0.74, 0.3, 0.26, 195, -175)),)),
    Style(7, "plain", (((0.1, 0.02), *corner(0.86, 0.02), (0.56, 0.45), (0.4, 1.0)),)),
    Style(7, "crossed", (((0.1, 0.02), *corner(0.86, 0.02), (0.56, 0.5), (0.36, 1.0)), ((0.28, 0.5), (0.82, 0.48)))),
    Style(7, "hooked", (((0.1, 0.2), *corner(0.12, 0.02), *corner(0.86, 0.04), (0.58, 0.45), (0.42, 1.0)),)),
    Style(
        8,
        "one stroke",
        (
            (
                *arc(0.5, 0.25, 0.28, 0.25, -30, -225),
                (0.5, 0.5),
                *arc(0.5, 0.74, 0.34, 0.26, -35, 215),
                (0.5, 0.5),
                (0.72, 0.34),
                (0.74, 0.13),
            ),
        ),
    ),
    Style(8, "two rings", (arc(0.5, 0.24, 0.26, 0.24, 90, -270), arc(0.5, 0.74, 0.32, 0.26, -90, 270))),
    Style(9, "straight", ((*arc(0.46, 0.28, 0.32, 0.28, -15, -370), *corner(0.78, 0.2), (0.74, 1.0)),)),
    Style(
        9, "hooked", ((*arc(0.46, 0.28, 0.32, 0.28, -15, -370), (0.78, 0.6), (0.62, 0.94), (0.36, 1.0), (0.18, 0.88)),)
    ),
)


def write(style: Style, rng: np.random.Generator | None = None, *, height: float = 0.7) -> Strokes:
    """Write one digit in the middle of a PAD x PAD pad, `height` of it high; with an `rng`, as no two are alike."""
    turn = _shear(rng) if rng else np.eye(2)
    strokes = []
    for points in style.strokes:
        control = np.array(points) - 0.5
        if rng:
            control = control + _jitter(points, rng)
        strokes.append((curve(control @ turn) * height + 0.5) * PAD)
    return Strokes(tuple(stroke.astype(np.float32) for stroke in strokes), PAD, PAD)


def curve(control: np.ndarray) -> np.ndarray:
    """(n, 2) control points -> (m, 2) points of the smooth curve through them, a doubled point being a corner."""
    repeats = np.flatnonzero((np.diff(control, axis=0) == 0).all(axis=1))
    return np.concatenate([smooth(part) for part in np.split(control, repeats + 1)])


def _jitter(points: tuple[Point, ...], rng: np.random.Generator) -> np.ndarray:
    """(n, 2) small moves, the same for the two halves of a corner."""
    moves = {point: rng.normal(0, 0.025, 2) for point in dict.fromkeys(points)}
    return np.array([moves[point] for point in points])


def _shear(rng: np.random.Generator) -> np.ndarray:
    """(2, 2) matrix for row vectors: slant, slight turn, and a digit's own width."""
    slant, turn, wide = rng.normal(0, 0.15), rng.normal(0, 0.06), rng.uniform(0.7, 1.1)
    rotation = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    return np.array([[wide, 0.0], [-slant, 1.0]]) @ rotation
