"""Measured figures -> pictures for a model's card: curves, confusion, reliability, robustness. Knows no network.

Every chart takes what `config.json` or `metrics.json` holds and gives an 'RGB' picture. Drawn by matplotlib, without
pyplot: nothing of a process's own is changed. One accent, the blue of `cnn.pictures`; the rest is ink and grey.
"""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter
from PIL import Image

from cnn.metadata import Bin
from cnn.pictures import FOR, INK, PAPER
from cnn.task import DIGITS
from train.measure.figures import BINS

DPI = 144  # so that a point is two pixels


def _hex(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


ACCENT, DARK, WHITE = _hex(FOR), _hex(INK), _hex(PAPER)
SOFT, LINE, EMPTY = "#606876", "#e2e5ea", "#f3f4f7"
SHADES = LinearSegmentedColormap.from_list("shades", [WHITE, ACCENT])
# By the prefix of a history's figures: how the curve is called and drawn.
CURVES = {
    "": ("training", SOFT, "-"),
    "validation_": ("MNIST held out", ACCENT, "-"),
    "strokes_": ("pen strokes", DARK, "--"),
    "outliers_": ("no digits", DARK, ":"),
}


def curves(history: Sequence[dict[str, float]], least: float = 0.0) -> Image.Image:
    """Loss and share of errors over the epochs of a run, from config.json's `history`.

    A dashed line marks the `least` training loss that smoothed labels leave (`train.measure.figures.least_loss`).
    """
    figure = _figure(1000, 470, "Training", "by epoch; training pictures may be bent and spoilt, held-out ones are not")
    losses, errors = _axes(figure, 80, 130, 300, 240), _axes(figure, 580, 130, 300, 240)
    for axes, title, of in ((losses, "Loss", "loss"), (errors, "Errors", "accuracy")):
        for prefix, (name, colour, line) in CURVES.items():
            if all(prefix + of in epoch for epoch in history):
                values = np.array([epoch[prefix + of] for epoch in history])
                values = 1 - values if axes is errors else values
                axes.plot(range(1, len(history) + 1), values, line, color=colour, linewidth=1.6, label=name)
                axes.plot(len(history), values[-1], "o", color=colour, markersize=3.5, clip_on=False)
        axes.set_title(title, loc="left", fontsize=8.5, color=DARK, pad=10)
        axes.set_xlabel("epoch", fontsize=7, color=SOFT)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.set(xlim=(1, max(2, len(history))), ylim=(0, 1.1 * max(least if axes is losses else 0, axes.dataLim.ymax)))
        axes.grid(axis="y", color=LINE, linewidth=0.5)
    errors.yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
    if least:
        losses.axhline(least, color=SOFT, linewidth=0.8, dashes=(5, 3))
        words = "training at best: labels are smoothed"
        losses.annotate(
            words, (1, least), (0, -3), losses.get_yaxis_transform(), "offset points", ha="right", va="top", fontsize=6,
            color=SOFT,
        )  # fmt: skip
    handles, names = errors.get_legend_handles_labels()
    figure.legend(
        handles, names, loc="lower left", ncols=len(names), bbox_to_anchor=(0.02, 0.0), frameon=False, fontsize=7,
        labelcolor=DARK, handlelength=2.6, columnspacing=2.4,
    )  # fmt: skip
    return _picture(figure)


def confusion(counts: Sequence[Sequence[int]], classes: Sequence[str] = DIGITS.classes) -> Image.Image:
    """What was read for which digit: rows are true labels, shade is the share of the row among the errors."""
    table = np.array(counts)
    total, right = table.sum(), np.trace(table)
    figure = _figure(
        760,
        800,
        "Confusion",
        f"{total:,} test images, {total - right} misread; rows: the true class, columns: what was read",
    )
    axes = _axes(figure, 96, 128, 620, 620)
    wrong = table * (1 - np.eye(len(classes), dtype=int))
    shares = np.sqrt(wrong / max(1, wrong.max()))
    _tiles(axes, np.where(wrong, shares, np.nan))
    size = 9 if len(classes) <= 10 else 6
    axes.xaxis.tick_top()
    names = [name[:3] for name in classes]
    axes.set_xticks(range(len(names)), names, fontsize=size)
    axes.set_yticks(range(len(names)), names, fontsize=size)
    for (row, column), count in np.ndenumerate(table):
        if count:
            colour = SOFT if row == column else _over(float(shares[row, column]))
            axes.text(column, row, f"{count}", ha="center", va="center", fontsize=size - 1, color=colour)
    return _picture(figure)


def reliability(bins: Sequence[Bin], error: float) -> Image.Image:
    """How often answers are right, by how sure they say they are: a bar that ends on the diagonal keeps its word."""
    figure = _figure(
        760, 700, "Reliability", f"expected calibration error {error:.2%}; on each bar its number of images"
    )
    axes = _axes(figure, 88, 120, 632, 490)
    for one in bins:
        start = min(int(one["confidence"] * BINS), BINS - 1) / BINS
        height = max(one["accuracy"], 0.004)
        axes.bar(start, height, 1 / BINS, align="edge", color=SHADES(0.5), edgecolor=WHITE, linewidth=1.5, zorder=2)
        axes.text(
            start + 0.5 / BINS, height + 0.012, f"{one['count']:,}", ha="center", va="bottom", fontsize=6, color=SOFT,
            bbox={"facecolor": WHITE, "edgecolor": "none", "pad": 1}, zorder=4,
        )  # fmt: skip
    axes.plot([0, 1], [0, 1], color=DARK, linewidth=1, linestyle="--", zorder=3)
    axes.set(xlim=(0, 1), ylim=(0, 1.06))
    axes.set_xlabel("stated confidence", fontsize=7.5, color=SOFT)
    axes.set_ylabel("share of answers that are right", fontsize=7.5, color=SOFT)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(np.linspace(0, 1, 6))
        axis.set_major_formatter(PercentFormatter(1))
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    return _picture(figure)


def robustness(accuracy: dict[str, tuple[Sequence[float], str]]) -> Image.Image:
    """Share read right by perturbation, a row each, from its least strength to its most.

    By label: the shares at evenly spaced strengths, and words for the range that they span.
    """
    wide, high, left, top = 52, 30, 276, 122
    columns, rows = max(len(shares) for shares, _ in accuracy.values()), len(accuracy)
    size = (left + columns * wide + 150, top + rows * high + 28)
    figure = _figure(*size, "Robustness", "share of digits read right, an abstention counted as an error")
    axes = _axes(figure, left, top, columns * wide, rows * high)
    table = np.full((rows, columns), np.nan)
    for row, (shares, _) in enumerate(accuracy.values()):
        table[row, : len(shares)] = shares
    _tiles(axes, table)
    axes.set_title("least to greatest strength, as on the right", fontsize=7, color=SOFT, pad=7)
    axes.set_xticks([])
    axes.set_yticks(range(rows), accuracy, fontsize=7.5, color=DARK)
    for row, (_, span) in enumerate(accuracy.values()):
        axes.text(columns - 0.3, row, span, va="center", fontsize=7, color=SOFT)
    for (row, column), share in np.ndenumerate(table):
        if not math.isnan(share):
            axes.text(
                column, row, f"{int(100 * share)}", ha="center", va="center", fontsize=7, color=_over(float(share))
            )
    return _picture(figure)


def _figure(width: int, height: int, title: str, subtitle: str) -> Figure:
    """An empty picture of so many pixels under a title."""
    figure = Figure((width / DPI, height / DPI), DPI, facecolor=WHITE)
    for words, down, size, colour in ((title, 36, 12, DARK), (subtitle, 66, 8, SOFT)):
        figure.text(32 / width, 1 - down / height, words, fontsize=size, color=colour, va="center")
    return figure


def _axes(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Plain axes in a rectangle of the figure, in pixels, y down."""
    wide, high = figure.get_size_inches() * DPI
    axes = figure.add_axes((left / wide, 1 - (top + height) / high, width / wide, height / high), facecolor=WHITE)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelsize=7, labelcolor=SOFT, pad=5)
    return axes


def _tiles(axes: Axes, shares: np.ndarray) -> None:
    """(rows, columns) shares as shaded tiles, NaN as an empty one, the first row on top."""
    axes.set_facecolor(EMPTY)
    axes.imshow(np.ma.masked_invalid(shares), cmap=SHADES, vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    rows, columns = shares.shape
    axes.set_xticks(np.arange(columns + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(rows + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=WHITE, linewidth=1.5)
    axes.tick_params(which="minor", length=0)


def _over(share: float) -> str:
    return WHITE if share > 0.55 else DARK


def _picture(figure: Figure) -> Image.Image:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())
