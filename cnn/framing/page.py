"""An image as its ink is looked for: small enough, in one channel, without a table around it and lines printed on it.

Knows no digit. What is found on a page is cut out of it here, at the image's own resolution.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PIL import Image
from scipy import ndimage

from cnn.framing.paper import EVERY_RULE, ICON, MARGIN, Ink, Rules, flat_paper, lit_paper, resized
from cnn.framing.pen import span
from cnn.framing.windows import running

FIGURE_AREA, FIGURE_SIDE = 0.15, 0.35  # shares of a page's area that a figure differs in, and of its sides
FIGURE_TONE = 6  # grey levels: a figure's paper differs from the page by more, whose own differ by 3
FIGURE_OWN = 0.5  # of a figure: how much of it is no page, its ink left out
FIGURE_FULL = 0.93  # of its own outline: a stroke is no rectangle
FIGURE_EDGE = 2  # pixels: its border
SHEET_PIXELS = 53  # a sheet on a mottled table is looked for on a copy whose larger side is about as long
INKED = 7  # such pixels: strokes on a sheet are thinner
TABLE_TONE = 0.62  # of a sheet's grey beside it: a table is darker
SHADOW_TONE = 0.5  # the same where light paper goes on beyond the picture's rim, as it does beside a shadow
ON_RIM = 0.25  # of the picture's rim: as much of it is light there
SHEET_AREA = 0.08, 0.93  # of the image: how much of it a sheet on a table fills
BOXY = 0.8, 1.1  # of a sheet's area: that of the four-cornered shape in it, also where it is torn or lies askew
BARE = 0.75  # of a sheet: how much has no ink; of a digit in thick chalk, its gaps filled, less is chalk
STEEPEST_RULE = 0.16  # a slope, 9 degrees: printed lines are no steeper, nor farther from upright
RANGE = 0.2, 99.8  # per cent: tones that are rarer are no ink
RULE = 32  # of the image's larger side: printed lines are thinner than such a part of it
RULE_LOOK = 240  # printed lines are looked for in a copy of at most this many pixels squared
RULE_TONE = 0.04  # of the paper's grey: printed lines that are darker by less do no harm
RULE_SAMPLES = 120  # places along a printed line at which it is looked at
WHOLE = 0.7  # share of its length in which a printed line shows: ink and glare hide the rest
CLEARLY_INK = 0.12  # of the paper's grey: where ink is darker than a line by less, it cannot be told from the line
UNCLEAR = 0.4  # of the paper's grey: as much darker than a line is then ink, so that a blank sheet is blank
MORE = 1.5  # times a line's median tone: how much it is lit up, as some of it is darker


class Page(NamedTuple):
    """An image as its ink is looked for: in `grey`, (h, w) float32 in [0, 255], `factor` times smaller than `image`.

    `sent` is the image sent at that size; `image` is 8-bit 'L' or 'RGB', a pixel of it `shrunk` pixels of the image
    sent, and ink shows in its `channel`.
    """

    sent: Image.Image
    grey: np.ndarray
    factor: int
    image: Image.Image
    channel: int | None
    shrunk: int = 1


def page(sent: Image.Image, work: int, longest: int, without: Rules = EVERY_RULE) -> Page:
    """An 'L' or 'RGB' image as ink is looked for in it: of at most `work` squared pixels, and no longer than `longest`.

    What lies around a figure in a page, or around the paper in a photo, is wiped off, and what is printed on a photo's
    paper. `without` these rules: "channel", "figure", "table", "rules".
    """
    factor = max(1, math.ceil(max(math.sqrt(sent.width * sent.height) / work, max(sent.size) / longest)))
    small = sent.reduce(factor) if factor > 1 else sent
    channel = None if "channel" in without else telling_channel(small)
    grey = np.asarray(one_channel(small, channel), np.float32)
    if min(grey.shape) <= ICON:
        return Page(small, grey, factor, sent, channel)
    if (paper := flat_paper(grey)) is not None:
        grey = grey if "figure" in without else without_page(grey, float(paper[0, 0]))
        if "table" not in without and paper[0, 0] < TABLE_TONE * grey.max():  # a table as even as a drawing's paper
            grey = without_table(grey)
        return Page(small, grey, factor, sent, channel)
    if "table" not in without:
        grey = without_table(grey)
    if "rules" in without:
        return Page(small, grey, factor, sent, channel)
    look = math.ceil(math.sqrt(grey.size) / RULE_LOOK)
    coarse = resized(grey, [n // look for n in grey.shape]) if look > 1 else grey
    slopes = [rule_slope(side) for side in (coarse, coarse.T)]
    if slopes == [None, None]:
        return Page(small, grey, factor, sent, channel)
    # Lines are wiped off at about twice the size: there they are sharp, and it costs little.
    shrunk = math.ceil(factor / 2)
    factor = math.ceil(factor / shrunk)
    fine = np.asarray(one_channel(sent.reduce(shrunk) if shrunk > 1 else sent, channel), np.float32)
    for slope, turned in zip(slopes, (False, True), strict=True):
        if slope is not None:
            fine = without_rules(fine.T, slope).T if turned else without_rules(fine, slope)
    image = Image.fromarray(fine.round().astype(np.uint8))
    grey = np.asarray(image.reduce(factor) if factor > 1 else image, np.float32)
    grey = grey if "table" in without else without_table(grey)
    return Page(small, grey, factor, image, None, shrunk)


def telling_channel(image: Image.Image) -> int | None:
    """The colour channel in which the ink shows far better than in luminance (yellow on white), or None."""
    if image.mode == "L":
        return None
    pixels = np.asarray(image)[::4, ::4].reshape(-1, 3).T.astype(np.float32, order="C")
    luminance = np.array([[0.299, 0.587, 0.114]], np.float32) @ pixels  # as Pillow weighs them: ITU-R 601
    # By the whole range: ink is little of a picture, and a marker laid under it much, but its tone is not as dark.
    *channels, grey = np.ptp(np.percentile(np.concatenate([pixels, luminance]), RANGE, 1), 0)
    return int(np.argmax(channels)) if max(channels) > 2 * grey else None


def one_channel(image: Image.Image, channel: int | None) -> Image.Image:
    """A colour channel of an 'L' or 'RGB' image, or its luminance, as 'L'."""
    return image.convert("L") if channel is None else image.getchannel(channel)


def cut_out(
    page: Page, ink: Ink, parts: np.ndarray, zoom: Callable[[int], float]
) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """Parts of the ink at the image's own resolution times `zoom`, (h, w) float32 in [0, 1], and their box in pixels.

    `ink` and `parts` are of `page.grey`; `zoom` is told the parts' larger side in pixels of `page.image`, which are
    those of the box.
    """
    sent, factor = page.image, page.factor
    (y0, y1), (x0, x1) = (span(parts.any(axis)) for axis in (1, 0))
    y0, x0, y1, x1 = max(0, y0 - MARGIN), max(0, x0 - MARGIN), y1 + MARGIN, x1 + MARGIN
    box = (x0 * factor, y0 * factor, min(x1 * factor, sent.width), min(y1 * factor, sent.height))
    close = one_channel(sent.crop(box), page.channel)
    scale = zoom(max(close.size) - 2 * MARGIN * factor)
    size = max(1, round(close.width * scale)), max(1, round(close.height * scale))
    close = close.resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC)
    there, shape = np.s_[y0:y1, x0:x1], size[::-1]
    strength = ink.of(np.asarray(close, np.float32), resized(ink.paper[there], shape))
    if ink.patched is not None:
        patched = resized(ink.patched[there].astype(np.float32), shape) > 0
        strength = np.where(patched, resized(ink.strength[there], shape), strength)
    near = ndimage.maximum_filter(parts[there].astype(np.float32), 2 * MARGIN + 1)
    return strength * (resized(near, shape) > 0.5), box


# ------------------------------------------------------------------------------------------------- a figure in a page


def without_page(grey: np.ndarray, paper: float) -> np.ndarray:
    """A page of one grey around a figure with a paper of its own, with that going on to the rim; any other as it is.

    A figure, as a notebook or a slide shows one, is a full upright rectangle; its axes, ticks and title lie around it.
    """
    apart = np.abs(grey - paper) > FIGURE_TONE
    if apart.mean() < FIGURE_AREA:  # nearly always
        return grey
    labels, _ = ndimage.label(apart)
    own = labels == np.bincount(labels[apart]).argmax()
    figure = ndimage.binary_fill_holes(own)
    if own.sum() < FIGURE_OWN * figure.sum():  # a frame, or squared paper: lines, and no paper of its own
        return grey
    (top, bottom), (left, right) = (
        span(full > FIGURE_FULL * full.max()) for full in (figure.sum(axis, dtype=float) for axis in (1, 0))
    )
    inside = figure[top:bottom, left:right]
    if inside.mean() < FIGURE_FULL or min(np.divide(inside.shape, grey.shape)) < FIGURE_SIDE:
        return grey
    there = np.s_[top + FIGURE_EDGE : bottom - FIGURE_EDGE, left + FIGURE_EDGE : right - FIGURE_EDGE]
    kept = grey[there]
    rim = np.concatenate([kept[0], kept[-1], kept[:, 0], kept[:, -1]])
    result = np.full_like(grey, np.median(rim))
    result[there] = kept
    return result


# ------------------------------------------------------------------------------------------------- a sheet on a table


def without_table(grey: np.ndarray) -> np.ndarray:
    """A photo of a light sheet on a dark table with its paper going on to the rim; any other photo as it is.

    A sheet is what is light in one piece, has four corners, however it lies, and little ink.
    """
    factor = max(1, max(grey.shape) // SHEET_PIXELS)
    inked = resized(grey, [n // factor for n in grey.shape])
    # Without ink; a narrow strip of table at the rim is no ink, as it goes on beyond.
    coarse = ndimage.grey_closing(np.pad(inked, INKED, mode="edge"), (INKED, INKED))[INKED:-INKED, INKED:-INKED]
    level = _between(coarse)
    light = coarse > level
    if light.all() or not light.any():
        return grey
    labels, _ = ndimage.label(light)
    sheet = ndimage.binary_fill_holes(labels == np.bincount(labels[light]).argmax())
    shares = sheet.mean(), _four_cornered(sheet) / sheet.sum()
    if not all(low < share < high for share, (low, high) in zip(shares, (SHEET_AREA, BOXY), strict=True)):
        return grey
    if (inked > level)[sheet].mean() < BARE:  # a thick digit in chalk, filled
        return grey
    without_edge, with_edge = ndimage.binary_erosion(sheet), ndimage.binary_dilation(sheet)
    inside = without_edge & ~ndimage.binary_erosion(without_edge, iterations=2)
    outside = ndimage.binary_dilation(with_edge, iterations=2) & ~with_edge
    rim = np.concatenate([sheet[0], sheet[-1], sheet[:, 0], sheet[:, -1]])
    tone = SHADOW_TONE if rim.mean() > ON_RIM else TABLE_TONE
    if np.median(coarse[outside]) > tone * np.median(coarse[inside]):  # a shadow; or light that falls off
        return grey
    # Its edge is a mixture of both, and slivers of table lie at the rim.
    nearest = ndimage.distance_transform_edt(~without_edge, return_distances=False, return_indices=True)
    beyond = resized(coarse[tuple(nearest)], grey.shape)
    return np.where(resized(without_edge.astype(np.float32), grey.shape) > 0.5, grey, beyond)


def _four_cornered(mask: np.ndarray) -> float:
    """The area in pixels of a four-cornered shape in what is True, (h, w): its longest diagonal, and what lies farthest
    from that on either side. It is all of a sheet, seen from any side, and 2 / pi of an ellipse.
    """
    rows = np.flatnonzero(mask.any(1))
    ends = np.stack([mask[rows].argmax(1), mask.shape[1] - mask[rows, ::-1].argmax(1)])
    x, y = np.concatenate([ends, ends], 1).ravel(), np.tile(np.concatenate([rows, rows + 1]), 2)  # corners of pixels
    far = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    first, last = divmod(int(far.argmax()), len(x))
    off = (x - x[first]) * (y[last] - y[first]) - (y - y[first]) * (x[last] - x[first])
    return float(np.ptp(off)) / 2


def _between(values: np.ndarray) -> float:
    """The value between the means of what is above it and what is not (Ridler and Calvard 1978)."""
    level = float(values.mean())
    for _ in range(8):
        above = values > level
        if above.all() or not above.any():
            break
        level = float(values[above].mean() + values[~above].mean()) / 2
    return level


# ------------------------------------------------------------------------------------------------------ printed lines


def rule_slope(grey: np.ndarray) -> float | None:
    """The slope of thin dark lines that run from the left rim of a photo to the right one; None where there are none.

    The slope is found as a Radon transform's: that along which the most dark lies in few rows.
    """
    strip = max(2, grey.shape[1] // 27)
    count = grey.shape[1] // strip
    cut = np.ascontiguousarray(grey[:, : strip * count])
    ends = np.concatenate([cut[:, :strip], cut[:, -strip:]], 1)
    if min(_strips(_darker(ends, _under_lines(ends)), strip).max(0)) < RULE_TONE:
        return None
    dark = np.minimum(_strips(_darker(cut, _under_lines(cut)), strip), 2 * RULE_TONE)
    x = (np.arange(count) + 0.5) * strip - grey.shape[1] / 2
    room = math.ceil(0.2 * x[-1])
    padded = np.pad(dark, ((room, room), (0, 0)), mode="edge")
    pixels = np.arange(dark.size).reshape(dark.shape)
    slope = 0.0
    for steps in (np.linspace(-STEEPEST_RULE, STEEPEST_RULE, 41), np.linspace(-0.007, 0.007, 15)):
        slopes = slope + steps
        shift = np.rint(slopes[:, None] * x).astype(int) + room
        along = padded.ravel()[pixels + count * shift[:, None]] @ np.full(count, 1 / count, np.float32)
        found = np.square(np.square(along)).sum(1)
        slope = float(slopes[found > 0.98 * found.max()].mean())  # several slopes may lead through the same pixels
    return slope if _rules(grey, _under_lines(grey), slope)[0].any() else None


def _strips(values: np.ndarray, width: int) -> np.ndarray:
    """The means of (h, n * width) values over strips of columns, (h, n)."""
    return values.reshape(len(values), -1, width).mean(2)


def _under_lines(grey: np.ndarray) -> np.ndarray:
    """The paper under thin dark lines across a page, (h, w).

    A grey closing down the columns wipes off what is thin there, and keeps the edges of shadows.
    """
    reach = max(3, max(grey.shape) // RULE | 1)
    return running(np.minimum, running(np.maximum, grey, reach), reach)


def _darker(grey: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """How much darker than its paper each pixel is, as a share of it."""
    return 1 - grey / np.maximum(paper, 1)


def _rules(grey: np.ndarray, paper: np.ndarray, slope: float) -> tuple[np.ndarray, np.ndarray]:
    """How dark are the lines of a known slope that lead through the rows of the middle column, (n,), and these rows.

    What a line hides most of its way is no ink, which is why the tone that WHOLE of its pixels have is looked at.
    """
    height, width = grey.shape
    columns = np.arange(0, width, max(1, width // RULE_SAMPLES))
    shift = slope * (columns - width / 2)
    room = math.ceil(np.abs(shift).max())
    rows = np.arange(-room, height + room)
    dark = _darker(grey[:, columns], paper[:, columns])
    padded = np.pad(dark, ((2 * room + 1, 2 * room + 2), (0, 0)), constant_values=np.nan)
    at = rows[:, None] + np.floor(shift).astype(int) + 2 * room + 1
    # The darker of two rows: a thin line is now in one, now in the other, and now in both.
    dark = np.maximum(*(np.take_along_axis(padded, at + below, 0) for below in (0, 1)))
    # A seven's bar does not reach the rim; a line that lies across there hides fewer than half of five places.
    rim = np.minimum(*(np.median(np.nan_to_num(end, nan=1), 1) for end in (dark[:, :5], dark[:, -5:])))
    along = np.sort(dark, 1)
    known = (~np.isnan(along)).sum(1)
    quarter, half = (along[np.arange(len(rows)), (known * q).astype(int)] for q in (1 - WHOLE, 0.5))
    rule = (known > 5) & (quarter > RULE_TONE) & (rim > RULE_TONE / 2)
    rule = ndimage.maximum_filter1d(rule, 3)
    return np.where(rule, np.nan_to_num(half) - np.nanmedian(half), 0), rows


def without_rules(grey: np.ndarray, slope: float) -> np.ndarray:
    """A page, (h, w) float32, without its printed lines of one slope; what ink covers of them stays ink.

    A pixel of a line is lit up as much as the line is darker than the paper where it is as light as the line, and not
    at all where it is as dark as ink.
    """
    paper = _under_lines(grey)
    tones, rows = _rules(grey, paper, slope)
    tones = ndimage.maximum_filter1d(tones, 3).astype(np.float32)
    few = grey[::4, ::4]
    ink = 1 - float(np.percentile(few / np.maximum(lit_paper(few, -1)[0], 1), 0.5))
    # The pixels of lines alone, by their place in the flat page: each line's row in the middle, moved by the slope.
    height, width = grey.shape
    x = np.arange(width)
    line = np.flatnonzero(tones > 0)[:, None]
    y = rows[line] + np.rint(slope * (x - width / 2)).astype(int)
    inside = (y >= 0) & (y < height)
    there = (width * y + x)[inside]
    tone = np.broadcast_to(tones[line], y.shape)[inside]
    lit, paper = grey.take(there), paper.take(there)
    darker = np.where(ink - tone > CLEARLY_INK, ink - tone, UNCLEAR)  # ink, than the line
    bare = np.clip(1 - (_darker(lit, paper) - tone) / darker, 0, 1)
    result = grey.copy()
    result.put(there, np.minimum(lit + MORE * tone * paper * bare, paper))
    return result
