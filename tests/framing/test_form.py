"""What is printed around a digit is left out of it, whatever its tone, width, place and size."""

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from cnn.framing import ink
from cnn.framing.form import _closed, form, ring, run_lengths
from tests.framing.test_ink import DIGITS, NOUGHT, alike, drawing, frame

ALL = {**DIGITS, "0": NOUGHT}


def lined(page: Image.Image, *paths: list[tuple[float, float]], width: int = 3, tone: int = 60) -> Image.Image:
    result = page.copy()
    for path in paths:
        ImageDraw.Draw(result).line(path, fill=tone, width=width)
    return result


def box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]


@pytest.mark.parametrize("digit", ALL.values(), ids=ALL)
@pytest.mark.parametrize(("width", "tone"), [(2, 0), (4, 120), (6, 60)])
@pytest.mark.parametrize("outline", [(40, 40, 350, 360), (85, 80, 300, 330), (6, 4, 395, 394)])
def test_a_box_around_a_digit_is_left_out(digit, outline, width, tone):
    page = drawing(digit, pen=14)
    framed = ink.from_image(lined(page, box(*outline), width=width, tone=tone))
    assert alike(frame(page), framed.image) > 0.8
    assert not framed.crowded
    assert "step.form" in [step.name for step in framed.steps]


@pytest.mark.parametrize("digit", ALL.values(), ids=ALL)
def test_a_box_is_left_out_in_light_ink_on_dark_as_well(digit):
    page = lined(drawing(digit, pen=14), box(60, 60, 330, 340), tone=40)
    assert alike(frame(drawing(digit, pen=14)), frame(page.point(lambda v: 255 - v))) > 0.8


@pytest.mark.parametrize("digit", DIGITS.values(), ids=DIGITS)
@pytest.mark.parametrize("outline", [(90, 150, 270, 258), (100, 150, 290, 330)])
def test_a_digit_across_its_box_is_whole(digit, outline):
    page = drawing(digit, pen=16)
    assert alike(frame(page), frame(lined(page, box(*outline), width=4, tone=90))) > 0.7


@pytest.mark.parametrize("digit", ALL.values(), ids=ALL)
@pytest.mark.parametrize(
    "lines",
    [
        [[(0, 60), (399, 66)], [(0, 340), (399, 346)]],
        [[(0, 350), (399, 344)]],
        [[(30, 0), (30, 399)], [(0, 30), (399, 30)]],
        [[(60, 330), (200, 322), (330, 333)]],
    ],
    ids=["row", "rule", "corner of a cell", "underline"],
)
def test_lines_beside_a_digit_are_left_out(digit, lines):
    page = drawing(digit, pen=14)
    framed = ink.from_image(lined(page, *lines, width=5))
    assert alike(frame(page), framed.image) > 0.8
    assert not framed.crowded


@pytest.mark.parametrize("digit", ALL.values(), ids=ALL)
def test_a_circle_around_a_digit_is_left_out(digit):
    page = drawing(digit, pen=14)
    circled = page.copy()
    ImageDraw.Draw(circled).ellipse([45, 50, 340, 355], outline=30, width=6)
    assert alike(frame(page), frame(circled)) > 0.8


def test_a_noughts_dot_makes_it_no_ring():
    dotted = np.zeros((100, 100), bool)
    y, x = np.mgrid[:100, :100]
    far = np.hypot(y - 50, x - 50)
    dotted[(far < 40) & (far > 32) | (far < 5)] = True
    assert ring(dotted) is None
    assert ring((far < 40) & (far > 32) | (far < 14)) is not None


@pytest.mark.parametrize("side", [28, 60, 280])
@pytest.mark.parametrize("digit", ALL.values(), ids=ALL)
def test_a_digits_own_strokes_are_no_form(digit, side):
    page = drawing(digit, pen=16).point(lambda v: 255 - v).resize((side, side), Image.Resampling.BOX)
    assert form(np.asarray(page, np.float32) / 255) is None


def test_an_empty_ruled_row_is_blank():
    assert ink.from_image(lined(Image.new("L", (400, 200), 255), [(0, 40), (399, 42)], [(0, 160), (399, 163)])).blank


@pytest.mark.parametrize("digit", ALL.values(), ids=ALL)
@pytest.mark.parametrize("dark", [True, False])
def test_a_figure_in_a_page_is_read_without_its_axes(digit, dark):
    tile = drawing(digit, pen=18)
    page = Image.new("L", (520, 500), 255 if dark else 20)
    page.paste(tile.point(lambda v: 255 - v) if dark else tile, (70, 30))
    draw = ImageDraw.Draw(page)
    for k in range(6):
        draw.text((90 + 60 * k, 445), str(5 * k), fill=0 if dark else 230)
        draw.text((40, 50 + 60 * k), str(5 * k), fill=0 if dark else 230)
    assert alike(frame(tile), frame(page)) > 0.75


@pytest.mark.parametrize("gap", [1, 4, 7])
def test_gaps_are_closed_as_scipy_closes_them(gap):
    rng = np.random.default_rng(gap)
    for full in (0.1, 0.3, 0.7):
        mask = rng.random((20, 60)) < full
        assert np.array_equal(_closed(mask, gap), ndimage.binary_closing(mask, np.ones((1, gap + 1), bool)))


def test_a_box_that_the_digit_touches_is_found_though_all_is_in_one_piece():
    page = lined(drawing(DIGITS["7"], pen=16), box(100, 90, 300, 330), [(100, 120), (130, 120)], width=4)
    strength = 1 - np.asarray(page, np.float32) / 255
    assert ndimage.label(strength > 0.2, np.ones((3, 3)))[1] == 1
    assert form(strength).taken[92:328:20, 100].all()


def test_faint_ends_of_strokes_are_kept():
    """Pressed hard at the top, hardly at the foot: the digit's faint half is as much its own."""
    page = np.asarray(drawing(DIGITS["7"], pen=12), np.float32)
    fading = np.linspace(1, 0.33, 400)[:, None]
    pencil = 235 - (255 - page) * 0.75 * fading
    assert alike(frame(drawing(DIGITS["7"], pen=12)), frame(Image.fromarray(pencil.astype(np.uint8)))) > 0.7


@pytest.mark.parametrize("digit", ALL.values(), ids=ALL)
@pytest.mark.parametrize("side", [60, 300])
def test_faint_ink_counts_from_its_own_paper(digit, side):
    """A cell cut out at its shaded rim: the paper within is lighter than the rim, and the pencil hardly darker."""
    page = np.asarray(drawing(digit, pen=20).resize((side, side), Image.Resampling.BOX), np.float32)
    cell = np.full((side, side), 180, np.float32)
    cell[3:-3, 3:-3] = 190
    faint = Image.fromarray((cell - (255 - page) / 255 * 28).round().astype(np.uint8))
    assert alike(frame(Image.fromarray(page.astype(np.uint8))), frame(faint)) > 0.7


def test_rules_can_be_switched_off():
    page = lined(drawing(DIGITS["5"]), box(40, 40, 350, 360))
    assert alike(frame(drawing(DIGITS["5"])), ink.from_image(page, without=frozenset({"form"})).image) < 0.6


def test_run_lengths_are_each_columns_own() -> None:
    mask = np.array([[1, 0, 1], [1, 1, 0], [0, 1, 1], [1, 1, 1]], bool)
    assert run_lengths(mask).tolist() == [[2, 0, 1], [2, 3, 0], [0, 3, 2], [1, 3, 2]]
    assert not run_lengths(np.zeros((3, 0), bool)).size
