"""Paper that has more on it than ink: printed lines, a dark table around it. Digits are written by our own pen."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter
from scipy import ndimage

from cnn.framing import ink
from cnn.framing.page import rule_slope, telling_channel, without_table
from cnn.reading.number import read_number
from tests.framing.test_ink import alike
from tests.reading.test_number import Shapes, holds, page_of
from train.measure.pens import inked, placed
from train.pens.hand import write
from train.pens.styles import STYLES

SIZE = (640, 480)
FAMILIES = {"rules": ("across",), "squares": ("across", "upright"), "rules and a margin": ("across", "margin")}
GREY, BLUE, RED = (1, 1, 1), (1, 0.75, 0.35), (0.3, 1, 1)  # how much of a line's darkness each colour channel has


def digit(seed: int) -> np.ndarray:
    """A digit by our own pen in the middle of a photo: (h, w) float32, ink = 1."""
    rng = np.random.default_rng(seed)
    strokes = write(STYLES[rng.integers(len(STYLES))], rng).strokes
    return inked(placed(list(strokes), rng.uniform(170, 260), np.array(SIZE) / 2), SIZE, rng.uniform(10, 18))


def lines(
    families: tuple[str, ...], shape: tuple[int, int], *, tone: float, thick: float, pitch: float, degrees: float
) -> np.ndarray:
    """What printed lines leave of the paper's light, (h, w, 3): `tone` darker, `thick` wide and `pitch` apart."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
    turn = np.radians(degrees)
    places = {"upright": x * np.cos(turn) + y * np.sin(turn), "across": y * np.cos(turn) - x * np.sin(turn)}
    left = np.ones((*shape, 3))
    for family in families:
        at = abs(places["upright"] - 150) if family == "margin" else abs(places[family] % pitch - pitch / 2)
        colour = RED if family == "margin" else BLUE if thick > 2 else GREY
        left = np.minimum(left, 1 - tone * np.clip(thick / 2 - at + 0.5, 0, 1)[..., None] * colour)
    return left


def photo(mask: np.ndarray, printed: np.ndarray | float = 1.0, seed: int = 0) -> Image.Image:
    """Ink on paper, printed or plain, in uneven light: noise and a little blur."""
    rng = np.random.default_rng(seed)
    high, wide = mask.shape
    y, x = np.mgrid[:high, :wide]
    light = 190 + 40 * (x / wide - 0.5) - 20 * (y / high - 0.5)
    page = light[..., None] * printed * np.ones(3)
    page = page * (1 - mask[..., None]) + 55 * mask[..., None] + rng.normal(0, 5, (high, wide, 1))
    return Image.fromarray(page.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.8))


def coloured(page: np.ndarray) -> Image.Image:
    return Image.fromarray(page.round().astype(np.uint8))


def frame(image: Image.Image) -> np.ndarray:
    return ink.from_image(image).image


PRINTS = [
    {"tone": 0.15, "thick": 1.5, "pitch": 40, "degrees": 0},
    {"tone": 0.3, "thick": 2, "pitch": 23, "degrees": -7.5},
    {"tone": 0.5, "thick": 1, "pitch": 32, "degrees": 3},
    {"tone": 0.5, "thick": 4, "pitch": 48, "degrees": -2},
]


@pytest.mark.parametrize("families", FAMILIES.values(), ids=FAMILIES)
@pytest.mark.parametrize("seed", range(len(PRINTS)))
def test_printed_lines_are_no_part_of_the_digit(families: tuple[str, ...], seed: int) -> None:
    mask = digit(seed)
    printed = lines(families, mask.shape, **PRINTS[seed])
    assert alike(frame(photo(mask)), frame(photo(mask, printed))) > 0.8


@pytest.mark.parametrize("families", FAMILIES.values(), ids=FAMILIES)
@pytest.mark.parametrize("print_", PRINTS, ids=lambda print_: f"{print_['tone']}")
def test_a_sheet_with_nothing_but_printed_lines_is_blank(families: tuple[str, ...], print_: dict) -> None:
    empty = np.zeros(SIZE[::-1])
    assert ink.from_image(photo(empty, lines(families, empty.shape, **print_))).blank


def test_the_channel_is_chosen_that_shows_the_ink_and_not_a_marker_laid_under_it() -> None:
    white, yellow, black = np.array([255.0, 255, 250]), np.array([255.0, 245, 90]), np.array([40.0, 40, 45])
    mask = digit(0)[..., None]
    assert telling_channel(coloured(white * (1 - mask) + yellow * mask)) == 2
    marked = np.broadcast_to(white, (*mask.shape[:2], 3)).copy()
    marked[120:360, 160:480] = yellow
    assert telling_channel(coloured(marked * (1 - mask) + black * mask)) is None


@pytest.mark.parametrize("degrees", [-8, -1.3, 0, 5])
def test_the_slope_of_printed_lines_is_found(degrees: float) -> None:
    printed = lines(("across",), (160, 213), tone=0.3, thick=1.2, pitch=11, degrees=degrees)
    page = np.asarray(photo(np.zeros((160, 213)), printed).convert("L"), np.float32)
    assert rule_slope(page) == pytest.approx(np.tan(np.radians(degrees)), abs=0.003)
    assert rule_slope(page.T) is None


def test_a_bar_is_no_printed_line() -> None:
    """Nor is it in a picture that ends close around it."""
    seven = inked([np.array([[16.0, 20], [184, 20], [90, 150]])], (200, 160), 8)
    for page in (seven, seven[10:, 6:194]):
        grey = np.asarray(photo(page).convert("L"), np.float32)
        assert rule_slope(grey) is None
        assert rule_slope(grey.T) is None


@pytest.mark.parametrize("factor", [1, 4])
def test_a_number_on_squared_paper_is_read_where_it_stands(factor: int) -> None:
    names = ["7", "3", "0", "4", "1"]
    size = (SIZE[0] * factor, SIZE[1] * factor)
    page, boxes = page_of(
        names, height=90 * factor, gap=25 * factor, pen=8 * factor, size=size, at=(60.0 * factor, 180.0 * factor)
    )
    mask = np.asarray(page, float) / 255
    printed = lines(FAMILIES["squares"], mask.shape, tone=0.3, thick=2 * factor, pitch=30 * factor, degrees=2)
    holds(read_number(Shapes(), photo(mask, printed)), names, boxes)


def on_a_table(sheet: Image.Image, degrees: float, seed: int) -> Image.Image:
    """A photo of a sheet that lies turned by some degrees on dark, mottled and striped wood."""
    rng = np.random.default_rng(seed)
    wide, high = SIZE
    y, x = np.mgrid[:high, :wide]
    wood = 65 + 12 * np.sin((x + 0.3 * y) / rng.uniform(3, 9))
    for scale in (2, 6, 18):
        noise = ndimage.gaussian_filter(rng.normal(size=(high, wide)), scale)
        wood += 8 * noise / noise.std()
    table = Image.fromarray(wood.clip(0, 255).astype(np.uint8)).convert("RGB")
    small = sheet.resize((round(0.8 * wide), round(0.8 * high)))
    outline = Image.new("L", small.size, 255).rotate(degrees, expand=True)
    turned = small.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    table.paste(turned, ((wide - turned.width) // 2, (high - turned.height) // 2), outline)
    return table


@pytest.mark.parametrize(("seed", "degrees"), list(enumerate([-8, -4, 0, 2, 5, 8])))
def test_a_digit_on_a_sheet_on_a_mottled_table_is_read(seed: int, degrees: float) -> None:
    mask = Image.fromarray(digit(seed))
    turned = np.asarray(mask.rotate(degrees, Image.Resampling.BILINEAR))
    framed = ink.from_image(on_a_table(photo(np.asarray(mask)), degrees, seed))
    assert not framed.crowded
    assert alike(frame(photo(turned)), framed.image) > 0.7


@pytest.mark.parametrize(("seed", "degrees"), list(enumerate([-6, 0, 1, 8])))
def test_a_blank_sheet_on_a_mottled_table_is_blank(seed: int, degrees: float) -> None:
    assert ink.from_image(on_a_table(photo(np.zeros(SIZE[::-1])), degrees, seed)).blank


@pytest.mark.parametrize(
    "corners", [[(120, 90), (190, 70), (205, 140), (130, 155)], [(80, 20), (190, 20), (250, 185), (15, 185)]]
)
def test_a_small_sheet_and_one_seen_from_the_side_are_read_off_an_even_table(corners: list[tuple[int, int]]) -> None:
    sent = Image.new("L", (266, 200), 60)
    draw = ImageDraw.Draw(sent)
    draw.polygon(corners, fill=225)
    draw.line([(150, 95), (165, 92), (155, 135)], fill=40, width=4)  # a seven
    steps = {step.name: step.image for step in ink.from_image(sent).steps}
    rows, columns = np.nonzero(steps["step.ink"] > 0.5)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == pytest.approx((92, 136, 149, 167), abs=4)


def test_a_page_half_in_shadow_is_no_sheet_on_a_table() -> None:
    y, x = np.mgrid[:160, :213]
    grey = np.where(x + y < 180, 0.65, 1).astype(np.float32) * 200
    assert np.array_equal(without_table(grey), grey)


def test_a_page_with_a_straight_shadow_across_it_is_no_sheet_on_a_table() -> None:
    y, x = np.mgrid[:200, :266]
    shadow = ndimage.gaussian_filter((x - 133 + (y - 100) / 3 > 0).astype(float), 1.5)
    grey = (235 * (1 - 0.42 * shadow)).astype(np.float32)
    assert np.array_equal(without_table(grey), grey)


def test_bright_paper_of_which_ink_leaves_one_grey_is_no_sheet_on_a_table() -> None:
    """Its rim has many greys, so that it is a photo; what is wider than strokes has one."""
    grey = np.full((240, 160), 255, np.float32)
    grey[12::24] = grey[:, 10::20] = 80
    assert np.array_equal(without_table(grey), grey)


def test_a_thick_digit_in_chalk_is_no_sheet_on_a_table() -> None:
    y, x = np.mgrid[:240, :160]
    far = np.hypot((y - 120) / 105, (x - 80) / 65)
    grey = np.where((far < 1) & (far > 0.45), 180, 45) + np.random.default_rng(0).normal(0, 4, far.shape)
    assert np.array_equal(without_table(grey.astype(np.float32)), grey.astype(np.float32))
    framed = frame(Image.fromarray(grey.clip(0, 255).astype(np.uint8)))
    assert framed[14, 14] < 0.3 < framed[14].max()


def test_a_photo_pasted_on_a_white_page_is_a_figure_as_a_whole() -> None:
    """Its paper is hardly darker than the page, and to one side less than ink is."""
    mask = digit(3)
    pasted = (239.8 - 12 * np.arange(SIZE[0]) / SIZE[0]) * (1 - mask) + 60 * mask
    page = Image.new("L", (760, 700), 255)
    page.paste(Image.fromarray(pasted.astype(np.uint8)), (60, 110))
    assert alike(frame(photo(mask)), frame(page)) > 0.8
