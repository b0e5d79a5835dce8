"""Numbers, drawn here with Pillow so that each digit's place is known, read by a stand-in that knows their shapes."""

import io
import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from scipy import ndimage

from cnn.framing import ink
from cnn.framing.ink import parse_strokes
from cnn.framing.paper import EDGE, find
from cnn.network.classifier import SIZES
from cnn.reading.line import Strip, from_image, line, lines
from cnn.reading.number import (
    DOUBT,
    Digit,
    Line,
    Number,
    frame,
    look,
    pieces,
    read_number,
    read_number_strokes,
    read_strips,
    seams,
)
from cnn.task import DIGITS
from cnn.types import Strokes
from cnn.ui.draw.number import photo_answer

# Strokes on a grid 100 high.
SHAPES = {
    "0": [[(35, 0), (8, 25), (2, 60), (20, 96), (45, 98), (64, 70), (64, 30), (50, 4), (35, 0)]],
    "1": [[(5, 30), (30, 0), (30, 100)]],
    "3": [[(5, 5), (35, 0), (52, 22), (25, 45), (55, 65), (45, 95), (2, 92)]],
    "4": [[(40, 0), (2, 65), (70, 65)], [(48, 40), (48, 100)]],
    "5": [[(14, 6), (10, 44), (45, 42), (62, 65), (50, 94), (4, 94)], [(26, 0), (66, 0)]],  # its bar stands apart
    "7": [[(2, 2), (62, 2), (25, 100)], [(16, 50), (56, 48)]],
    "wide 0": [[(55, 0), (10, 20), (2, 60), (30, 98), (75, 98), (104, 60), (95, 15), (55, 0)]],
}
LABELS = {name: int(name[-1]) for name in SHAPES}
Box = tuple[float, float, float, float]


def page_of(
    names: Sequence[str], *, height: float = 90, gap: float = 25, pen: float = 8, size=(640, 480), at=(60.0, 180.0)
) -> tuple[Image.Image, list[Box]]:
    """A mask, 255 where there is ink, of shapes side by side, and the box of each."""
    page = Image.new("L", size)
    draw, (x, y), boxes = ImageDraw.Draw(page), at, []
    for name in names:
        points = [(x + u * height / 100, y + v * height / 100) for stroke in SHAPES[name] for u, v in stroke]
        for stroke in SHAPES[name]:
            path = [(x + u * height / 100, y + v * height / 100) for u, v in stroke]
            draw.line(path, fill=255, width=round(pen), joint="curve")
            for u, v in path:
                draw.ellipse([u - pen / 2, v - pen / 2, u + pen / 2, v + pen / 2], fill=255)
        low, high = np.min(points, 0) - pen / 2, np.max(points, 0) + pen / 2
        boxes.append((*low, *high))
        x = max(u for u, _ in points) + gap
    return page, boxes


def on_paper(page: Image.Image) -> Image.Image:
    """Dark ink on white."""
    return Image.eval(page, lambda value: 255 - value)


def photographed(page: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Under a lamp to one side, with a shadow's edge across the digits, noise and blur."""
    share = np.asarray(page, float) / 255
    y, x = np.mgrid[: page.height, : page.width] / max(page.size)
    light = (205 + 40 * (x - 0.5)) * (1 - 0.25 / (1 + np.exp(-40 * (x + 0.3 * y - 0.5))))
    grey = light * (1 - share) + 50 * share + rng.normal(0, 5, share.shape)
    return Image.fromarray(grey.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.8))


def overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Intersection over union of two boxes."""
    wide, high = (min(a[i + 2], b[i + 2]) - max(a[i], b[i]) for i in (0, 1))
    both = max(0, wide) * max(0, high)
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def holds(number: Number, names: Sequence[str], boxes: Sequence[Box], least: float = 0.7) -> None:
    """The number has these digits, each in its box."""
    assert number.text == "".join(str(LABELS[name]) for name in names)
    for digit, box in zip(number.digits, boxes, strict=True):
        assert overlap(digit.box, box) > least


class Shapes:
    """Knows SHAPES alone: ink is the digit whose shape it covers best, and no digit where it covers none."""

    name, refusal, task = "shapes", 0.5, DIGITS

    def __init__(self) -> None:
        self.images = np.stack([ink.from_image(on_paper(page_of([name])[0])).image for name in SHAPES])
        self.labels = np.array([LABELS[name] for name in SHAPES])
        self.calls: list[int] = []

    def assess(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.calls.append(len(images))
        pairs = images[:, None], self.images[None]
        likeness = np.minimum(*pairs).sum((2, 3)) / np.maximum(*pairs).sum((2, 3))
        shares = np.exp(25 * likeness)
        probabilities = np.stack([shares[:, self.labels == label].sum(1) for label in range(10)], 1)
        probabilities /= probabilities.sum(1, keepdims=True)
        return probabilities.astype(np.float32), np.clip((0.6 - likeness.max(1)) / 0.2, 0, 1).astype(np.float32)


@pytest.fixture
def shapes() -> Shapes:
    return Shapes()


# ------------------------------------------------------------------------------------------------------------- reading


@pytest.mark.parametrize("names", [["7"], ["1", "1"], ["4", "0", "7", "5", "3"], ["1", "0"] * 4], ids="".join)
def test_a_number_is_read_from_left_to_right_each_digit_in_its_box(shapes: Shapes, names: list[str]) -> None:
    page, boxes = page_of(names, height=60, gap=18, pen=5)
    holds(read_number(shapes, on_paper(page)), names, boxes)
    holds(read_number(shapes, page), names, boxes)  # light ink on dark


def test_few_shapes_are_looked_at_and_the_answer_is_that_of_all(shapes: Shapes) -> None:
    strips = from_image(on_paper(page_of(["4", "0", "7", "5", "3"], gap=-4)[0]))
    number = read_strips(shapes, strips)
    asked, line = sum(shapes.calls), Line(strips[0])
    assert max(shapes.calls) <= SIZES[1]
    assert asked < len(line.runs)
    look(shapes, [(line, at) for at in range(len(line.runs))])
    assert number.text == "".join(str(line.looks[at].probabilities.argmax()) for at in line.way())


def test_light_shadow_and_noise_do_not_matter(shapes: Shapes) -> None:
    names = ["7", "3", "0", "4", "1"]
    page, boxes = page_of(names)
    holds(read_number(shapes, photographed(page, np.random.default_rng(0))), names, boxes)


@pytest.mark.parametrize("degrees", [-9, 6, 12])
def test_a_tilted_line_is_made_level_and_its_boxes_lie_on_the_photo_as_sent(shapes: Shapes, degrees: float) -> None:
    names = ["4", "3", "1", "7", "0"]
    page, boxes = page_of(names)
    turned = page.rotate(degrees, Image.Resampling.BICUBIC)
    number = read_number(shapes, on_paper(turned))
    assert number.text == "43170"
    angle, middle = np.radians(degrees), np.array(page.size) / 2
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    for digit, (x0, y0, x1, y1) in zip(number.digits, boxes, strict=True):
        x, y = (np.array([(x0 + x1) / 2, (y0 + y1) / 2]) - middle) @ turn + middle
        assert digit.box[0] < x < digit.box[2]
        assert digit.box[1] < y < digit.box[3]


@pytest.mark.parametrize("factor", [4, 7])
def test_small_digits_of_a_large_photo_are_read_at_its_own_resolution(shapes: Shapes, factor: int) -> None:
    names = ["5", "3", "7", "4", "0", "1"]
    page, boxes = page_of(names, height=26 * factor, gap=8 * factor, pen=2 * factor, size=(600 * factor, 400 * factor))
    holds(read_number(shapes, on_paper(page)), names, boxes)


def test_a_blank_page_has_no_number(shapes: Shapes) -> None:
    for image in (Image.new("L", (300, 200), 255), Image.new("RGBA", (50, 50)), Image.new("1", (1, 1))):
        assert read_number(shapes, image).as_dict() == {"text": "", "digits": [], "model": "shapes"}


# -------------------------------------------------------------------------------------------------------- cut and join


@pytest.mark.parametrize(("names", "gap"), [("35", -4), ("50", -8), ("30", 1)])
def test_digits_that_touch_are_cut(shapes: Shapes, names: str, gap: float) -> None:
    page, boxes = page_of(names, gap=gap)
    assert len(parts_of(page)) == len(parts_of(page_of(names)[0])) - len(names) + 1  # they do
    holds(read_number(shapes, on_paper(page)), names, boxes)


@pytest.mark.parametrize("name", ["wide 0", "4", "7", "0"])
@pytest.mark.parametrize("pen", [4, 12])
def test_one_digit_is_not_cut_however_wide(shapes: Shapes, name: str, pen: float) -> None:
    names = ["1", name, "3"]
    page, boxes = page_of(names, pen=pen)
    holds(read_number(shapes, on_paper(page)), names, boxes)


def test_a_part_that_stands_apart_joins_its_own_digit(shapes: Shapes) -> None:
    names = ["5", "1", "5"]
    page, boxes = page_of(names, pen=4, gap=14)
    assert len(parts_of(page)) == 5
    holds(read_number(shapes, on_paper(page)), names, boxes)


def test_commas_dots_and_dirt_are_left_out(shapes: Shapes) -> None:
    names = ["3", "0", "7"]
    page, boxes = page_of(names, gap=50)
    draw = ImageDraw.Draw(page)
    for (_, _, right, bottom), tail in zip(boxes, (0, 14, 0), strict=True):
        draw.line([(right + 20, bottom - 4), (right + 16, bottom + tail)], fill=255, width=9)
    for x, y in np.random.default_rng(1).integers(20, 460, (25, 2)).tolist():
        draw.rectangle([x, y, x + 2, y + 2], fill=255)
    holds(read_number(shapes, on_paper(page)), names, boxes)


class Letters(Shapes):
    """Knows that a four is rather a letter."""

    def assess(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        probabilities, strangeness = super().assess(images)
        return probabilities, np.where(probabilities.argmax(1) == 4, np.maximum(strangeness, 0.9), strangeness)


def test_a_word_beside_a_number_is_left_out() -> None:
    names = ["3", "0", "7"]
    number, boxes = page_of(names, height=60, gap=18, pen=5)
    word, _ = page_of(["0", "4", "1"], height=60, gap=18, pen=5)
    page = Image.new("L", (word.width + number.width, number.height))
    page.paste(word, (0, 0))
    page.paste(number, (word.width, 0))
    shifted = [(x0 + word.width, y0, x1 + word.width, y1) for x0, y0, x1, y1 in boxes]
    holds(read_number(Letters(), on_paper(page)), names, shifted)
    assert read_number(Letters(), on_paper(word)).text == "041"  # alone it may be a number


# ------------------------------------------------------------------------------------------ as numbers stand on paper


@pytest.mark.parametrize("tilt", [0, 5])
def test_lines_are_read_from_top_to_bottom_each_digit_in_its_box(shapes: Shapes, tilt: float) -> None:
    rows = (["4", "0", "3", "7"], ["1", "7"], ["5", "1", "3", "0", "7"])
    page, boxes = Image.new("L", (640, 480)), []
    for row, names in enumerate(rows):
        line, places = page_of(names, height=80, pen=7, at=(60, 40 + 140 * row))
        page.paste(255, mask=line)
        boxes += places
    number = read_number(shapes, on_paper(page.rotate(tilt, Image.Resampling.BICUBIC)))
    assert number.text == "4037\n17\n51307"
    answer = number.as_dict()
    assert [line["text"] for line in answer["lines"]] == number.text.split("\n")
    assert [digit for line in answer["lines"] for digit in line["digits"]] == answer["digits"]
    if not tilt:
        assert all(overlap(digit.box, box) > 0.7 for digit, box in zip(number.digits, boxes, strict=True))


def test_what_belongs_to_the_second_line_found_joins_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines hold arrays, which no `==` tells apart."""
    monkeypatch.setattr("cnn.reading.line._is_same", lambda parts, one, other: other.height < 45)
    strength = np.zeros((300, 200), np.float32)
    for x in (20, 60, 100, 140):
        strength[20:70, x : x + 8] = strength[150:190, x : x + 8] = 1
    strength[240:280, 20:28] = strength[240:280, 60:68] = 1
    assert [kept.sum() for kept, _, _ in lines(strength)] == [4 * 50 * 8, 6 * 40 * 8]


def test_a_hand_that_goes_up_and_down_writes_one_line(shapes: Shapes) -> None:
    page = Image.new("L", (640, 300))
    for i, (name, up) in enumerate(zip("4173", (0, 45, -5, 40), strict=True)):
        digit, _ = page_of([name], at=(60 + 130 * i, 120 - up), size=page.size)
        page.paste(255, mask=digit)
    number = read_number(shapes, on_paper(page))
    assert number.text == "4173"
    assert "lines" not in number.as_dict()


def ruled(page: Image.Image, lines: Sequence[Sequence[float]], width: int = 3, tone: int = 200) -> Image.Image:
    """The page with straight lines printed on it."""
    for way in lines:
        ImageDraw.Draw(page).line(list(way), fill=tone, width=width)
    return page


def rectangle(x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float, float, float]]:
    return [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]


@pytest.mark.parametrize("tone", [110, 255])
@pytest.mark.parametrize("form", ["boxes", "frame", "rows", "underlined", "squares"])
def test_a_number_is_read_out_of_its_form(shapes: Shapes, form: str, tone: int) -> None:
    names = ["4", "0", "3", "7", "1"]
    page, boxes = page_of(names, height=66, gap=50, pen=7, size=(720, 300), at=(90, 90))
    (x0, y0), (x1, y1) = np.min(boxes, 0)[:2], np.max(boxes, 0)[2:]
    edges = [x0 - 22, *((a[2] + b[0]) / 2 for a, b in itertools.pairwise(boxes)), x1 + 22]
    lines = {
        "boxes": [line for a, b in itertools.pairwise(edges) for line in rectangle(a, y0 - 25, b, y1 + 25)],
        "frame": rectangle(x0 - 40, y0 - 40, x1 + 60, y1 + 40),
        "rows": [(0, y, 720, y) for y in (y0 - 25, y1 + 12)],
        "underlined": [(x0 - 20, y1 + 6, x1 + 30, y1 + 9)],
        "squares": [(x, 0, x, 300) for x in range(15, 720, 45)] + [(0, y, 720, y) for y in range(20, 300, 45)],
    }[form]
    printed = ruled(Image.new("L", page.size), lines, tone=tone)
    number = read_number(shapes, on_paper(ImageChops.lighter(page, printed)))
    assert number.text == "40371"


@pytest.mark.parametrize("cut", [0, 4])
def test_a_small_cell_with_its_printed_sides_is_read(shapes: Shapes, cut: int) -> None:
    names = ["4", "3"]
    page, _ = page_of(names, height=90, pen=12, gap=30, size=(300, 170), at=(70, 40))
    ruled(page, rectangle(8, 8, 287, 161), width=5, tone=150)
    cell = on_paper(page.crop((0, 0, 300 - 5 * cut, 170))).reduce(5)  # as a photo of a table has them
    assert read_number(shapes, cell).text == "43"


def test_ink_that_is_coarse_keeps_its_tones_and_other_ink_gets_an_even_pen() -> None:
    soft = np.zeros((60, 40), np.float32)
    soft[:, 18:23], soft[:, 16:18], soft[:, 23:25] = 1, 0.5, 0.5
    whole = soft > EDGE
    kept, evened = (frame(8, 0, whole[:, 8:32], Strip(soft, lambda points: points, coarse)) for coarse in (True, False))
    other = frame(8, 0, whole[:, 8:32], Strip(whole.astype(np.float32), lambda points: points, True))
    assert kept.sum() < 0.9 * other.sum()
    assert np.array_equal(evened, frame(8, 0, whole[:, 8:32], Strip(soft / 2, lambda points: points)))


def test_a_small_scan_is_coarse_and_a_large_one_is_not() -> None:
    page = on_paper(page_of(["4", "3"], height=120)[0])
    assert [from_image(image)[0].coarse for image in (page, page.reduce(4))] == [False, True]


def test_faint_ink_on_a_printed_pattern_is_read_in_a_small_scan(shapes: Shapes) -> None:
    names = ["3", "4", "0", "7"]
    page, _ = page_of(names, height=100, pen=11, size=(480, 180), at=(40, 40))
    y, x = np.mgrid[:180, :480]
    pattern = 22 * np.sin((y + 6 * np.sin(x / 40)) * 2 * np.pi / 12)
    grey = 190 + pattern - 0.42 * np.asarray(page) + np.random.default_rng(0).normal(0, 4, page.size[::-1])
    scan = Image.fromarray(grey.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(2)).reduce(3)
    assert read_number(shapes, scan).text == "3407"


def test_a_digit_that_is_cut_off_at_the_rim_is_read(shapes: Shapes) -> None:
    page, boxes = page_of(["7", "3", "0"], at=(60, 60), size=(340, 220))
    left, right = int(boxes[0][0]) + 3, int(boxes[-1][2]) - 2
    assert read_number(shapes, on_paper(page.crop((left, 40, right, 190)))).text == "730"


@pytest.mark.parametrize("mark", [",", ".", "-", "#", "*"])
def test_marks_before_and_after_a_number_are_no_digits(shapes: Shapes, mark: str) -> None:
    strokes = {
        ",": [(0, 92, -6, 112)],
        ".": [(0, 96, 4, 96)],
        "-": [(0, 55, 40, 52)],
        "#": [(0, 65, 60, 65), (0, 35, 60, 35), (22, 10, 12, 92), (48, 10, 38, 92)],
        "*": [(0, 20, 40, 50), (0, 50, 40, 20), (20, 12, 20, 58)],
    }[mark]
    names = ["4", "0", "3"]
    page, boxes = page_of(names, at=(160, 120), size=(640, 320))
    for x in (90, boxes[-1][2] + 32):
        ruled(page, [(x + a, 120 + b, x + c, 120 + d) for a, b, c, d in strokes], width=8, tone=255)
    holds(read_number(shapes, on_paper(page)), names, boxes)


def parts_of(page: Image.Image) -> list[np.ndarray]:
    """The connected parts of a mask."""
    labels, count = ndimage.label(np.asarray(page) > 127, np.ones((3, 3)))
    return [labels == i for i in range(1, count + 1)]


def test_the_pieces_of_a_line_are_all_its_ink_once() -> None:
    (strip,) = from_image(on_paper(page_of(["4", "3", "0", "5"], gap=0)[0]))
    total = np.zeros(strip.strength.shape, int)
    for piece in pieces(strip.strength):
        total[piece.top : piece.bottom, piece.left : piece.right] += piece.mask
    assert total.max() == 1
    assert total.sum() == (strip.strength > EDGE).sum()


def test_a_seam_goes_down_step_by_step_between_two_discs_through_the_neck() -> None:
    y, x = np.mgrid[:81, :166]
    mask = (np.hypot(x - 40, y - 40) < 39) | (np.hypot(x - 125, y - 40) < 39) | ((abs(y - 40) < 4) & (abs(x - 83) < 30))
    paths, crossed = seams(mask, pen=8.0)
    assert paths.shape == (1, 81)
    assert abs(np.diff(paths[0])).max() <= 1
    assert 78 < paths[0, 40] < 88
    assert crossed[0] == pytest.approx(1, abs=0.3)


def test_a_thin_pens_digit_is_looked_at_whole_into_however_many_pieces_it_was_cut() -> None:
    """As on a photo of one large digit: no wider than a digit, all of it may be one."""
    along = np.linspace(0, 1, 400)
    path = zip(8 * (17 + 15 * np.sin(3 * np.pi * along)), 8 * (2 + 60 * along), strict=True)
    page = Image.new("L", (8 * 34, 8 * 65))
    ImageDraw.Draw(page).line(list(path), fill=255, width=7)
    line = Line(Strip(np.asarray(page.resize((34, 65), Image.Resampling.BOX), np.float32) / 255, lambda points: points))
    assert len(line.pieces) > 7
    assert max(run.last - run.first for run in line.runs) == len(line.pieces)


def test_a_piece_is_framed_as_the_single_reader_frames_it() -> None:
    page = page_of(["4"], height=100, pen=9)[0]
    mask = np.asarray(page.crop(page.getbbox())) > 127
    strip = Strip(mask.astype(np.float32), lambda points: points)
    own, single = frame(0, 0, mask, strip), ink.from_image(on_paper(page)).image
    assert np.minimum(own, single).sum() / np.maximum(own, single).sum() > 0.85


# -------------------------------------------------------------------------------------------------------------- doubts


def test_what_is_improbable_or_strange_is_doubtful(shapes: Shapes) -> None:
    strips = from_image(on_paper(page_of(["1", "3", "0"])[0]))
    assert not any(digit.doubtful for digit in read_strips(shapes, strips).digits)
    certain = shapes.assess

    def hesitant(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        probabilities, strangeness = certain(images)
        unsure = probabilities.argmax(1) == 3
        probabilities[unsure] = (1 - (DOUBT - 0.05)) / 9
        probabilities[unsure, 3] = DOUBT - 0.05
        strangeness[probabilities.argmax(1) == 0] = 0.6
        return probabilities, strangeness

    shapes.assess = hesitant
    number = read_strips(shapes, strips)
    assert [(digit.label, digit.doubtful) for digit in number.digits] == [(1, False), (3, True), (0, True)]


def test_json_holds_the_contract_and_boxes_scale_with_the_image() -> None:
    number = Number(((Digit(7, 0.5, (1.0, 2.0, 3.0, 4.0), 0.0, True),),), "m").scaled(2, 10)
    assert number.as_dict() == {
        "text": "7",
        "digits": [{"label": 7, "confidence": 0.5, "box": [2.0, 20.0, 6.0, 40.0]}],
        "model": "m",
    }


# ------------------------------------------------------------------------------------------------------------- strokes


def payload(names: Sequence[str], gap: float = 20) -> dict:
    """A pad of 400 x 300 with shapes on it."""
    strokes, x = [], 30.0
    for name in names:
        strokes += [[[x + u * 0.8, 90 + v * 0.8] for u, v in stroke] for stroke in SHAPES[name]]
        x += 0.8 * max(u for stroke in SHAPES[name] for u, _ in stroke) + gap
    return {"strokes": strokes, "width": 400, "height": 300}


def test_a_number_is_read_from_the_pads_strokes(shapes: Shapes) -> None:
    number = read_number_strokes(shapes, parse_strokes(payload(["4", "5", "1", "0"])))
    assert number.text == "4510"
    first = number.digits[0].box
    assert overlap(first, (30, 90, 30 + 0.8 * 70, 90 + 0.8 * 100)) > 0.7


def test_a_blank_pad_and_a_dot_have_no_number(shapes: Shapes) -> None:
    assert read_number_strokes(shapes, Strokes((), 9, 9)).digits == ()
    assert read_number_strokes(shapes, Strokes((np.array([[4.0, 4.0]]),), 9, 9)).text == ""


# ------------------------------------------------------------------------------------------ one digit, or several


def test_two_sure_digits_are_several_and_one_is_not(shapes: Shapes) -> None:
    assert read_number(shapes, on_paper(page_of(["3", "7"])[0])).several
    assert read_number(shapes, on_paper(page_of(["3", "7"], gap=-4)[0])).several
    assert not read_number(shapes, on_paper(page_of(["7"])[0])).several


@pytest.mark.parametrize("name", SHAPES)
def test_nothing_stands_beside_one_digit_and_its_dirt(name: str) -> None:
    page, (box,) = page_of([name], height=200, pen=14, at=(200, 100))
    ImageDraw.Draw(page).ellipse([box[2] + 60, 200, box[2] + 70, 212], fill=255)
    found, parts = find(np.asarray(on_paper(page), np.float32))
    assert not ink.is_crowded(found.strength, parts)


def test_a_second_digit_far_away_is_noticed() -> None:
    page, _ = page_of(["1", "7"], gap=250)
    found, parts = find(np.asarray(on_paper(page), np.float32))
    assert ink.is_crowded(found.strength, parts)


def test_the_line_of_a_page_without_strokes_is_none() -> None:
    assert line(np.zeros((50, 60), np.float32))[0] is None
    blob = np.zeros((100, 100), np.float32)
    blob[30:70, 30:70] = 1
    assert line(blob)[0] is None


# ------------------------------------------------------------------------------------------------------- whole files


def test_boxes_of_a_jpeg_are_in_its_pixels(shapes: Shapes) -> None:
    names = ["3", "4"]
    page, boxes = page_of(names)
    file = io.BytesIO()
    on_paper(page).save(file, "JPEG")
    holds(read_number(shapes, Image.open(file)), names, boxes)


def test_a_large_photos_boxes_are_shares_of_its_own_sides_and_it_stays_as_it_is() -> None:
    image = Image.new("RGB", (2000, 1000), "white")
    number = Number(((Digit(7, 1.0, (500.0, 250.0, 1000.0, 750.0), 0.0, False),),), "any")
    assert photo_answer(number, image, None)["digits"][0]["box"] == [0.25, 0.25, 0.5, 0.75]
    assert image.size == (2000, 1000)


def test_boxes_end_where_the_picture_does() -> None:
    image = Image.fromarray(np.array([[0, 0, 1, 0, 1], [1, 1, 1, 1, 0]], np.uint8))
    for digit in read_number(Shapes(), image).digits:
        x0, y0, x1, y1 = digit.box
        assert 0 <= x0 < x1 <= 5
        assert 0 <= y0 < y1 <= 2
