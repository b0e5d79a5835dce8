"""Measured figures -> pictures for a model's card: curves, confusion, reliability, robustness. Knows no network.

Every chart takes what `config.json` or `metrics.json` holds and gives an 'RGB' picture, drawn twice as large as it is
given so that lines and letters come out smooth. Colours are those of `cnn.pictures`, safe for colour-blind eyes.
"""

import dataclasses
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from cnn.pictures import AGAINST, FOR, INK, PAPER
from cnn.task import DIGITS
from train.measure.figures import BINS

SOFT, LINE, GREEN = (96, 104, 118), (226, 229, 234), (0, 128, 104)
SCALE = 2

Colour = tuple[int, int, int]
Point = tuple[float, float]


class Sheet:
    """Paper to draw on, in pixels of the finished picture; y down."""

    def __init__(self, width: int, height: int, title: str, subtitle: str = ""):
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), PAPER)
        self._pen = ImageDraw.Draw(self.image)
        self.text((32, 36), title, 24, anchor="lm")
        self.text((32, 66), subtitle, 16, SOFT, anchor="lm")

    def text(self, at: Point, words: str, size: int = 15, colour: Colour = INK, anchor: str = "mm") -> None:
        """Words at a point; `anchor` as Pillow's."""
        self._pen.text(_scaled(at), words, colour, ImageFont.load_default(size * SCALE), anchor)

    def line(self, points: Sequence[Point], colour: Colour = LINE, width: float = 1) -> None:
        """A line through points."""
        self._pen.line([_scaled(point) for point in points], colour, round(width * SCALE), joint="curve")

    def dashes(self, start: Point, end: Point, colour: Colour = SOFT) -> None:
        """A dashed line."""
        ends = np.array([start, end], float)
        steps = np.arange(0, 1, 10 / math.dist(start, end))
        for share in steps:
            self.line(
                [tuple(ends[0] + (ends[1] - ends[0]) * min(1, one)) for one in (share, share + steps[1] / 2)], colour
            )

    def box(self, corner: Point, size: Point, fill: Colour) -> None:
        """A filled box with slightly round corners."""
        left, top = _scaled(corner)
        right, bottom = _scaled((corner[0] + size[0], corner[1] + size[1]))
        self._pen.rounded_rectangle([left, top, right - 1, bottom - 1], 3 * SCALE, fill)

    def dot(self, at: Point, radius: float, fill: Colour) -> None:
        """A filled circle with a rim of paper."""
        (x, y), r = _scaled(at), radius * SCALE
        self._pen.ellipse([x - r, y - r, x + r, y + r], fill, PAPER, SCALE)

    def finished(self) -> Image.Image:
        """The picture."""
        width, height = self.image.size
        return self.image.resize((width // SCALE, height // SCALE), Image.Resampling.LANCZOS)


@dataclasses.dataclass(frozen=True)
class Axes:
    """A rectangle of a sheet with a range of values along either side."""

    sheet: Sheet
    corner: Point
    size: Point
    across: tuple[float, float]
    up: tuple[float, float]

    def at(self, x: float, y: float) -> Point:
        """Where values lie on the sheet."""
        shares = (
            (x - self.across[0]) / (self.across[1] - self.across[0]),
            (y - self.up[0]) / (self.up[1] - self.up[0]),
        )
        return self.corner[0] + shares[0] * self.size[0], self.corner[1] + (1 - shares[1]) * self.size[1]

    def grid(self, xs: Sequence[float], ys: Sequence[float], say_x: Callable, say_y: Callable) -> None:
        """Level lines with their values, and values below."""
        for y in ys:
            self.sheet.line([self.at(self.across[0], y), self.at(self.across[1], y)])
            left, level = self.at(self.across[0], y)
            self.sheet.text((left - 10, level), say_y(y), 14, SOFT, "rm")
        for x in xs:
            place, bottom = self.at(x, self.up[0])
            self.sheet.text((place, bottom + 18), say_x(x), 14, SOFT)


def curves(history: Sequence[dict[str, float]], least: float = 0.0) -> Image.Image:
    """Loss and share of errors over the epochs of a run, from config.json's `history`.

    A dashed line marks the `least` training loss that smoothed labels leave (`train.measure.figures.least_loss`).
    """
    sheet = Sheet(1000, 470, "Training", "by epoch; what it trains on may be bent and spoilt, what is held out is not")
    _curve(sheet, 80, "Loss", history, _series(history, "loss", 1), lambda y: f"{y:.2g}", least)
    _curve(sheet, 580, "Errors", history, _series(history, "accuracy", -1), lambda y: f"{y:.1%}")
    return sheet.finished()


def confusion(counts: Sequence[Sequence[int]], classes: Sequence[str] = DIGITS.classes) -> Image.Image:
    """What was answered for which class: rows are true labels, shade is the share of the row among the errors."""
    table = np.array(counts)
    total, right = table.sum(), np.trace(table)
    sheet = Sheet(
        760,
        800,
        "Confusion",
        f"{total:,} test images, {total - right} misread; rows: the true class, columns: what was read",
    )
    side, left, top = 620 / len(classes), 96, 128
    name = 18 if len(classes) <= 10 else 12  # pixels
    wrong = table * (1 - np.eye(len(classes), dtype=int))
    for row, label in enumerate(classes):
        sheet.text((left - 26, top + (row + 0.5) * side), label[:3], name, SOFT)
        sheet.text((left + (row + 0.5) * side, top - 20), label[:3], name, SOFT)
        for column in range(len(classes)):
            count, same = int(table[row, column]), row == column
            share = 0 if same else math.sqrt(count / max(1, wrong.max()))
            corner = (left + column * side + 2, top + row * side + 2)
            sheet.box(corner, (side - 4, side - 4), LINE if same else _mixed(share))
            middle = (left + (column + 0.5) * side, top + (row + 0.5) * side)
            if count:
                sheet.text(middle, str(count), name - 2, SOFT if same else _over(share))
    return sheet.finished()


def reliability(bins: Sequence[dict[str, float]], error: float) -> Image.Image:
    """How often answers are right, by how sure they say they are: a bar that ends on the diagonal keeps its word."""
    sheet = Sheet(760, 700, "Reliability", f"expected calibration error {error:.2%}; on each bar its number of images")
    sheet.text((88, 108), "share of answers that are right", 15, SOFT, "lm")
    axes = Axes(sheet, (88, 140), (632, 460), (0, 1), (0, 1))
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
    axes.grid(ticks, ticks, "{:.0%}".format, "{:.0%}".format)
    for one in bins:
        start = min(int(one["confidence"] * BINS), BINS - 1) / BINS
        (left, top), (right, bottom) = axes.at(start, one["accuracy"]), axes.at(start + 1 / BINS, 0)
        sheet.box((left + 2, top), (right - left - 4, max(2, bottom - top)), _mixed(0.5))
        sheet.text(((left + right) / 2, top - 10), f"{one['count']:,}", 12, SOFT)
    sheet.dashes(axes.at(0, 0), axes.at(1, 1), INK)
    sheet.text((404, 656), "stated confidence", 15, SOFT)
    return sheet.finished()


def robustness(accuracy: dict[str, tuple[Sequence[float], str]]) -> Image.Image:
    """Share read right by perturbation, a row each, from its least strength to its most.

    By label: the shares at evenly spaced strengths, and words for the range that they span.
    """
    wide, high, left, top = 52, 30, 276, 122
    columns = max(len(shares) for shares, _ in accuracy.values())
    size = (left + columns * wide + 150, top + len(accuracy) * high + 28)
    sheet = Sheet(*size, "Robustness", "share of digits read right, an abstention counted as an error")
    sheet.text((left + columns * wide / 2, top - 18), "least to greatest strength, as on the right", 14, SOFT)
    for row, (label, (shares, span)) in enumerate(accuracy.items()):
        middle = top + (row + 0.5) * high
        sheet.text((left - 12, middle), label, 15, INK, "rm")
        sheet.text((left + columns * wide + 12, middle), span, 14, SOFT, "lm")
        for column, share in enumerate(shares):
            sheet.box((left + column * wide + 1, middle - high / 2 + 1), (wide - 2, high - 2), _mixed(share))
            sheet.text((left + (column + 0.5) * wide, middle), f"{int(100 * share)}", 14, _over(share))
    return sheet.finished()


# What a history calls its figures, and how they are called here.
_NAMES = {
    "": ("training", SOFT), "validation_": ("MNIST held out", FOR),
    "strokes_": ("pen strokes", AGAINST), "outliers_": ("no digits", GREEN),
}  # fmt: skip


def _series(history: Sequence[dict[str, float]], figure: str, sign: int) -> list[tuple[str, Colour, list[float]]]:
    """By name and colour a figure's values over the epochs; of a share that is right (`sign` -1) the rest."""
    found = []
    for prefix, (name, colour) in _NAMES.items():
        if all(prefix + figure in epoch for epoch in history):
            values = [epoch[prefix + figure] for epoch in history]
            found.append((name, colour, values if sign > 0 else [1 - value for value in values]))
    return found


def _curve(
    sheet: Sheet, left: float, title: str, history: Sequence[Any],
    series: list[tuple[str, Colour, list[float]]], say: Callable[[float], str], least: float = 0.0,
) -> None:  # fmt: skip
    top = _round(max(least, *(max(values) for _, _, values in series)))
    axes = Axes(sheet, (left, 140), (250, 250), (1, max(2, len(history))), (0, top))
    sheet.text((left, 112), title, 17, INK, "lm")
    epochs = range(1, len(history) + 1)
    axes.grid(epochs[:: math.ceil(len(history) / 6)], np.linspace(0, top, 5).tolist(), str, say)
    sheet.text((left + 125, 436), "epoch", 14, SOFT)
    if least:
        sheet.dashes(axes.at(1, least), axes.at(max(2, len(history)), least))
        sheet.text((left + 250, axes.at(1, least)[1] + 10), "training at best: labels are smoothed", 12, SOFT, "rm")
    ends = _apart([axes.at(1, values[-1])[1] for _, _, values in series], 20, 390)
    for (name, colour, values), end in zip(series, ends, strict=True):
        sheet.line([axes.at(epoch, value) for epoch, value in zip(epochs, values, strict=True)], colour, 2.5)
        sheet.dot(axes.at(len(history), values[-1]), 4, colour)
        sheet.text((left + 262, end), name, 14, colour, "lm")


def _apart(places: list[float], least: float, lowest: float) -> list[float]:
    """The same heights, moved where two would be closer than `least`, none below `lowest`."""
    moved = list(places)
    order = sorted(range(len(places)), key=places.__getitem__)
    for above, below in itertools.pairwise(order):
        moved[below] = max(moved[below], moved[above] + least)
    for place, at in enumerate(reversed(order)):
        moved[at] = min(moved[at], lowest - least * place)
    return moved


def _round(value: float) -> float:
    """The next number that four steps reach by round ones."""
    power = 10 ** math.floor(math.log10(max(value, 1e-9)))
    return next(step * power for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10) if step * power >= value)


def _mixed(share: float) -> Colour:
    red, green, blue = (
        round(a + (b - a) * share) for a, b in zip(PAPER if share else (246, 247, 249), FOR, strict=True)
    )
    return red, green, blue


def _over(share: float) -> Colour:
    return PAPER if share > 0.55 else INK


def _scaled(point: Point) -> Point:
    return point[0] * SCALE, point[1] * SCALE
