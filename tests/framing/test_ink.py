"""Framing, against digits drawn here with Pillow: where the ink lies is known, so no model is needed to judge."""

import io
import time
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps
from scipy import ndimage

from cnn.framing import decode, ink
from cnn.framing.form import form
from cnn.framing.pen import stroke_width
from cnn.types import Framed, InputError, Strokes
from train.pens.hand import drawing as handwriting
from train.pens.hand import write
from train.pens.styles import STYLES

FIVE = [[(70, 10), (15, 10), (12, 45), (45, 40), (70, 60), (60, 90), (10, 92)]]
SEVEN = [[(8, 10), (70, 10), (30, 95)], [(22, 52), (65, 52)]]
SIX = [[(60, 5), (25, 35), (12, 70), (30, 95), (58, 85), (55, 62), (25, 65)]]
DIGITS = {"5": FIVE, "6": SIX, "7": SEVEN}


def mask(digit=FIVE, size=(400, 400), height=200.0, at=(100.0, 100.0), pen=18.0):
    """255 where there is ink: strokes of a 100-unit grid at a height and a place, round-ended."""
    page = Image.new("L", size)
    draw = ImageDraw.Draw(page)
    for stroke in digit:
        path = [(x * height / 100 + at[0], y * height / 100 + at[1]) for x, y in stroke]
        draw.line(path, fill=255, width=round(pen), joint="curve")
        for x, y in path:
            draw.ellipse([x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2], fill=255)
    return page


def paper_and_ink(page, paper=255, tint=0):
    """The mask as a grey picture of ink of one tone on paper of another."""
    share = np.asarray(page, float) / 255
    return Image.fromarray((paper * (1 - share) + tint * share).round().astype(np.uint8))


def drawing(*args, **kwargs):
    return paper_and_ink(mask(*args, **kwargs))


def frame(image) -> np.ndarray:
    return ink.from_image(image).image


def alike(a, b):
    """Overlap of two framings, 1 when equal."""
    return np.minimum(a, b).sum() / np.maximum(a, b).sum()


def encoded(image, format="PNG", **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def light(width=640, height=480):
    y, x = np.mgrid[:height, :width]
    return 200 + 50 * (x / width - 0.5) - 30 * (y / height - 0.5)


def centre_of_mass(image):
    return np.array(ndimage.center_of_mass(image))


def box_sides(image):
    rows, cols = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
    return np.ptp(rows) + 1, np.ptp(cols) + 1


# ------------------------------------------------------------------------------------------------------------- framing


@pytest.mark.parametrize("digit", DIGITS.values(), ids=DIGITS)
def test_the_ink_fills_a_20_pixel_box_with_its_centre_of_mass_in_the_middle_of_pixel_14(digit):
    framed = ink.from_image(drawing(digit))
    assert framed.image.shape == (28, 28)
    assert framed.image.dtype == np.float32
    assert framed.image.min() == 0
    assert framed.image.max() == 1
    assert max(box_sides(framed.image > 0.1)) in (20, 21)  # 21: a box between pixels touches one more
    assert centre_of_mass(framed.image) == pytest.approx([14, 14], abs=0.15)
    assert np.array_equal(framed.steps[-1].image, framed.image)
    assert [step.name for step in framed.steps] == [
        f"step.{name}" for name in ("sent", "grey", "ink", "crop", "box", "centred")
    ]


@pytest.mark.parametrize("digit", DIGITS.values(), ids=DIGITS)
@pytest.mark.parametrize(("height", "at"), [(300, (60, 60)), (90, (15, 12)), (90, (320, 290)), (50, (200, 30))])
def test_place_and_size_do_not_matter(digit, height, at):
    assert alike(frame(drawing(digit)), frame(drawing(digit, height=height, at=at, pen=height * 0.09))) > 0.8


@pytest.mark.parametrize("digit", DIGITS.values(), ids=DIGITS)
@pytest.mark.parametrize("pen", [3, 8, 30])
def test_stroke_width_does_not_matter(digit, pen):
    usual, other = frame(drawing(digit)), frame(drawing(digit, pen=pen))
    assert stroke_width(other) == pytest.approx(stroke_width(usual), rel=0.25)
    assert alike(usual, other) > 0.6


def test_thickening_keeps_a_loop_open_and_thinning_a_stroke_whole():
    for pen in (3, 30):
        shape = frame(drawing(SIX, pen=pen)) > 0.5
        assert ndimage.label(shape, np.ones((3, 3)))[1] == 1
        assert ndimage.label(~shape)[1] == 2


def test_a_part_of_a_digit_beside_it_is_kept_and_specks_are_not():
    bar = [[(30, 10), (75, 10)], [(15, 14), (12, 45), (45, 40), (70, 60), (60, 90), (10, 92)]]
    clean = drawing(bar, pen=10)
    assert frame(clean)[:8, 17:].max() > 0.9
    dirty = clean.copy()
    for x, y in np.random.default_rng(0).integers(0, 398, (30, 2)).tolist():
        ImageDraw.Draw(dirty).rectangle([x, y, x + 2, y + 2], fill=0)
    assert alike(frame(clean), frame(dirty)) > 0.9


def test_an_image_that_is_framed_already_stays_as_it_is():
    small = mask(SEVEN, (560, 560), 360, (130, 80), 50).resize((28, 28), Image.Resampling.BOX)
    once = frame(small)
    again = frame(Image.fromarray((once * 255).round().astype(np.uint8)))
    assert np.abs(once - again).max() < 0.02
    assert max(box_sides(once)) == 20


def test_a_digit_at_the_border_is_whole():
    page = drawing(FIVE, pen=18)
    tight = page.crop(ImageOps.invert(page).getbbox())
    assert alike(frame(page), frame(tight)) > 0.8


# --------------------------------------------------------------------------------------------- modes, polarity, light

GREY = paper_and_ink(mask(), 230, 30)
RGBA = Image.merge("RGBA", [Image.new("L", (400, 400))] * 3 + [mask()])


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV", "I", "F", "PA"])
def test_every_mode_is_read_in_both_polarities(mode):
    grey = drawing() if mode == "1" else GREY  # Pillow would dither the tones
    for image in (grey, ImageOps.invert(grey)):
        assert (
            alike(
                frame(drawing()),
                frame(
                    image.convert(
                        "P" if mode == "PA" else "RGB" if mode in ("CMYK", "YCbCr", "HSV", "RGBX") else mode
                    ).convert(mode)
                ),
            )
            > 0.8
        ), mode


def test_lab_is_read():
    neutral = Image.new("L", (400, 400), 128)
    assert alike(frame(drawing()), frame(Image.merge("LAB", (GREY, neutral, neutral)))) > 0.9


@pytest.mark.parametrize("factor", [257, 16, 1])
@pytest.mark.parametrize("type_", ["<u2", ">u2", "<i4", "<f4"])
def test_deep_images_keep_their_range(type_, factor):
    values = np.asarray(GREY).astype(np.uint32) * factor
    mode = {"<u2": "I;16", ">u2": "I;16B", "<i4": "I", "<f4": "F"}[type_]
    image = Image.frombytes(mode, (400, 400), values.astype(type_).tobytes())
    assert alike(frame(drawing()), frame(image)) > 0.9


def test_floats_with_holes_are_read():
    values = np.asarray(GREY, np.float32) / 255
    values[0, 0], values[1, 1] = np.nan, np.inf
    assert alike(frame(drawing()), frame(Image.fromarray(values))) > 0.9


@pytest.mark.parametrize("tone", [0, 90, 255])
def test_ink_on_a_transparent_page_is_seen_whatever_its_tone(tone):
    image = Image.merge("RGBA", [Image.new("L", (400, 400), tone)] * 3 + [mask()])
    assert alike(frame(drawing()), frame(image)) > 0.9
    palette = image.convert("RGB").convert("P")
    palette.putalpha(mask())
    assert palette.mode == "PA"
    for other in (image.convert("LA"), palette):
        assert alike(frame(drawing()), frame(other)) > 0.9


def test_a_transparent_palette_entry_is_paper():
    page = mask().point(lambda v: v > 127, "1").convert("P")
    page.info["transparency"] = 0
    assert alike(frame(drawing()), frame(page)) > 0.8


def test_an_opaque_card_on_a_transparent_page_keeps_its_own_paper():
    card = Image.new("RGBA", (600, 600))
    card.paste(drawing().convert("RGBA"), (100, 100))
    assert alike(frame(drawing()), frame(card)) > 0.85


def test_ink_that_only_colour_tells_is_seen():
    share = np.asarray(mask(), float)[..., None] / 255
    for paper, tint in (((255, 255, 255), (255, 250, 40)), ((200, 60, 60), (40, 142, 60))):
        image = Image.fromarray((np.array(paper) * (1 - share) + np.array(tint) * share).astype(np.uint8))
        assert alike(frame(drawing()), frame(image)) > 0.9


@pytest.mark.parametrize("dark", [True, False], ids=["ink", "chalk"])
@pytest.mark.parametrize("digit", DIGITS.values(), ids=DIGITS)
def test_a_photo_gives_what_the_drawing_gives(digit, dark):
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:480, :640]
    page = light() * np.where(x + y < 500, 0.7, 1) * (1 if dark else 0.35)  # the shadow's edge crosses the digit
    share = np.asarray(mask(digit, (640, 480), 200, (200, 120)), float) / 255
    page = page * (1 - share) + (0.25 * page if dark else 215) * share + rng.normal(0, 5, page.shape)
    photo = Image.fromarray(page.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1)).convert("RGB")
    assert alike(frame(drawing(digit)), frame(photo)) > 0.75
    assert alike(frame(photo), frame(decode.open_image(encoded(photo, "JPEG", quality=30)))) > 0.75


def test_squared_paper_is_ignored_behind_ink():
    y, x = np.mgrid[:480, :640]
    page = np.where(np.minimum(x % 30, y % 30) < 2, 0.85, 1) * light()
    share = np.asarray(mask(SEVEN, (640, 480), 200, (200, 120)), float) / 255
    photo = Image.fromarray((page * (1 - share) + 40 * share).astype(np.uint8))
    assert alike(frame(drawing(SEVEN)), frame(photo)) > 0.8


def test_a_bar_from_rim_to_rim_is_a_one_and_no_printed_line():
    page = Image.new("L", (120, 300), 255)
    page.paste(0, (50, 0, 75, 300))
    assert not ink.from_image(page).blank


@pytest.mark.parametrize("digit", DIGITS.values(), ids=DIGITS)
def test_a_small_picture_in_uneven_light_is_read(digit):
    small = np.asarray(mask(digit, (560, 560), 380, (130, 90), 45).resize((28, 28), Image.Resampling.BOX), float) / 255
    y, x = np.mgrid[:28, :28]
    for light_ in (60 + 1.2 * x + 0.6 * y, 110 - 1.2 * x - 0.6 * y):
        page = light_ * (1 - 0.25 * small) + 64 * small
        assert alike(frame(Image.fromarray((255 * small).astype(np.uint8))),
                     frame(Image.fromarray(page.astype(np.uint8)))) > 0.7  # fmt: skip


def test_blots_on_the_rim_of_a_small_picture_do_no_harm():
    clean = mask(FIVE, (560, 560), 380, (130, 90), 45).resize((28, 28), Image.Resampling.BOX)
    dirty = np.array(clean)
    for row, column in ((0, 1), (0, 10), (0, 19), (25, 4), (25, 13), (8, 0), (18, 0), (12, 25), (20, 25)):
        dirty[row : row + 3, column : column + 7] = np.maximum(dirty[row : row + 3, column : column + 7], 63)
    assert alike(frame(clean), frame(Image.fromarray(dirty))) > 0.8


@pytest.mark.parametrize("pen", [10, 20, 30])
def test_bars_and_bows_from_rim_to_rim_are_the_digits_own(pen):
    """A tight picture's digit reaches both sides, as lines across do."""
    for digit in (*DIGITS.values(), NOUGHT):
        picture = mask(digit, (560, 560), 380, (130, 90), pen)
        for size in ((28, 28), (280, 280)):
            tight = picture.crop(picture.getbbox()).resize(size, Image.Resampling.BOX)
            assert form(np.asarray(tight, np.float32) / 255) is None


def test_a_bar_of_the_digits_own_is_kept_however_tight_the_picture():
    for digit in (SEVEN, [[(60, 5), (8, 68), (92, 68)], [(66, 30), (64, 96)]]):
        page = drawing(digit)
        for margin in (0, 10):
            x0, y0, x1, y1 = ImageOps.invert(page).getbbox()
            tight = page.crop((x0 - margin, y0 - margin, x1 + margin, y1 + margin))
            assert alike(frame(page), frame(tight)) > 0.8


NOUGHT = [[(50 + 30 * np.sin(t), 50 - 45 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 40)]]


@pytest.mark.parametrize("seed", range(8))
def test_a_thin_eight_is_not_filled(seed):
    for style in (style for style in STYLES if style.name in ("eight of two rings", "mirrored eight")):
        shape = frame(handwriting(write(style), 0.015 + 0.005 * seed)) > 0.4
        assert shape.mean() < 0.25


@pytest.mark.parametrize("pen", [3, 6, 12])
@pytest.mark.parametrize("digit", [SIX, NOUGHT], ids=["6", "0"])
def test_a_loop_is_not_filled(digit, pen):
    shape = frame(drawing(digit, height=280, at=(60, 60), pen=pen)) > 0.4
    assert ndimage.label(~shape)[1] == 2


@pytest.mark.parametrize("table", [50, 80])
def test_the_digit_on_a_sheet_on_a_table_is_read_and_not_the_sheet(table):
    photo = Image.new("L", (800, 800), table)
    photo.paste(paper_and_ink(mask(pen=10), 220, 40).resize((560, 560)), (120, 120))
    assert alike(frame(drawing(pen=10)), frame(photo)) > 0.75


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 2), (20000, 8), (8, 20000), (3000, 2000)])
def test_any_size_is_taken(size):
    assert ink.from_image(Image.new("RGB", size, "white")).blank
    line = Image.new("L", size, 255)
    line.paste(0, (size[0] // 2, 0, size[0] // 2 + 1, size[1]))
    assert frame(line).shape == (28, 28)


def blanks():
    rng, (y, x) = np.random.default_rng(2), np.mgrid[:480, :640]
    yield from (("white", np.full((90, 90), 255)), ("black", np.zeros((90, 90))), ("grey", np.full((90, 90), 99)))
    yield from ((f"noise {s}", 150 + rng.normal(0, s, (300, 400))) for s in (2, 10, 40))
    yield "uneven light", light() + rng.normal(0, 5, light().shape)
    for name, across in (("upright", x - 300.0), ("slanted", x + y - 500.0)):
        yield f"{name} shadow", light() * np.where(across < 0, 0.7, 1) + rng.normal(0, 5, light().shape)
        yield f"soft {name} shadow", light() * (1 - 0.3 / (1 + np.exp(across / 20))) + rng.normal(0, 5, light().shape)
    yield "vignette", 220 - 1e-3 * ((x - 320) ** 2 + (y - 240) ** 2) + rng.normal(0, 3, light().shape)


@pytest.mark.parametrize(("name", "values"), list(blanks()), ids=lambda v: v if isinstance(v, str) else "")
def test_a_page_without_ink_is_blank(name, values):
    framed = ink.from_image(Image.fromarray(values.clip(0, 255).astype(np.uint8)))
    assert framed.blank, name
    assert framed.steps[0].name == "step.sent"


def test_a_transparent_page_is_blank():
    assert ink.from_image(Image.new("RGBA", (50, 50))).blank
    assert ink.from_image(Image.new("LA", (50, 50), (255, 0))).blank


# --------------------------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "TGA", "JPEG2000"])
def test_formats_are_read(format):
    assert alike(frame(drawing()), frame(decode.open_image(encoded(drawing(), format)))) > 0.9


def test_paths_bytes_and_files_are_read(tmp_path):
    data = encoded(drawing())
    (tmp_path / "digit.png").write_bytes(data)
    for source in (data, io.BytesIO(data), tmp_path / "digit.png", str(tmp_path / "digit.png")):
        assert decode.open_image(source).size == (400, 400)


def test_the_first_frame_of_an_animation_is_taken():
    data = encoded(drawing(), "GIF", save_all=True, append_images=[Image.new("L", (400, 400), 255)])
    assert alike(frame(drawing()), frame(decode.open_image(data))) > 0.9


@pytest.mark.parametrize(
    ("orientation", "stored"),
    [(3, Image.Transpose.ROTATE_180), (6, Image.Transpose.ROTATE_90), (8, Image.Transpose.ROTATE_270)],
)
def test_exif_rotation_is_applied(orientation, stored):
    exif = Image.Exif()
    exif[0x0112] = orientation
    wide = drawing(size=(500, 400))
    opened = decode.open_image(encoded(wide.transpose(stored), "JPEG", quality=90, exif=exif))
    assert opened.size == wide.size
    assert alike(frame(wide), frame(opened)) > 0.9


def test_a_huge_jpeg_is_decoded_small():
    image = decode.open_image(encoded(drawing(size=(2200, 2200), height=1500, pen=100), "JPEG"))
    assert image.size == (1100, 1100)
    assert alike(frame(drawing(pen=200 / 15)), frame(image)) > 0.8


def png(width, height):
    """A PNG that declares a size and holds next to nothing."""

    def chunk(name, data):
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("action", ["ignore", "error"])
@pytest.mark.parametrize(("width", "height"), [(7200, 7000), (10000, 10000), (50000, 40000)])
def test_bombs_are_refused_by_their_declared_size(width, height, action):
    with warnings.catch_warnings():
        warnings.simplefilter(action, Image.DecompressionBombWarning)
        with pytest.raises(InputError) as caught:
            decode.open_image(png(width, height))
    assert caught.value.key == "too_many_pixels"
    assert caught.value.values == {"width": width, "height": height, "limit": 50}


def test_an_empty_file_says_so(tmp_path):
    (tmp_path / "nothing.png").touch()
    for source in (b"", io.BytesIO(), tmp_path / "nothing.png"):
        with pytest.raises(InputError) as caught:
            decode.open_image(source)
        assert caught.value.key == "empty_file"


BROKEN = {
    "text": b"seven",
    "head only": encoded(GREY)[:40],
    "cut": encoded(GREY)[:-300],
    "cut jpeg": encoded(GREY, "JPEG")[:2000],
    "cut tiff": encoded(GREY, "TIFF", compression="tiff_lzw")[:500],
    "damaged": encoded(GREY)[:60] + bytes(50) + encoded(GREY)[110:],
    "no pixels": png(30, 30),
    "needs a program": encoded(GREY, "EPS"),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_broken_files_say_so(data):
    with pytest.raises(InputError) as caught:
        decode.open_image(data)
    assert caught.value.key == "unreadable"


@pytest.mark.parametrize("error", [SyntaxError, OSError, ValueError, MemoryError, ZeroDivisionError])
def test_whatever_a_reader_raises_the_file_is_unreadable(error, monkeypatch):
    def load(self):
        raise error("/srv/secret")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", load)
    with pytest.raises(InputError) as caught:
        decode.open_image(encoded(drawing(), "BMP"))
    assert "secret" not in str(caught.value)


# ------------------------------------------------------------------------------------------------------------- strokes

PAD = {"width": 400, "height": 300}


def on_pad(strokes, **more):
    return ink.parse_strokes({"strokes": strokes, **PAD, **more})


def grid(digit, scale=2.0, shift=50.0):
    return [[[x * scale + shift, y * scale + shift] for x, y in stroke] for stroke in digit]


def test_strokes_are_parsed():
    strokes = on_pad([[[1, 2], [3.5, 4]], [], [[5, 6]]], pen=3)
    assert isinstance(strokes, Strokes)
    assert [s.tolist() for s in strokes.strokes] == [[[1, 2], [3.5, 4]], [[5, 6]]]
    assert {s.dtype for s in strokes.strokes} == {np.dtype(np.float32)}
    assert (strokes.width, strokes.height) == (400, 300)


WRONG = [
    None,
    7,
    "strokes",
    [],
    [[[1, 2]]],
    {},
    {"strokes": []},
    {"strokes": [], "width": 5},
    *({"strokes": [], "width": w, "height": 5} for w in (0, -1, True, "5", None, float("nan"), float("inf"), 10**400)),
    *({"strokes": [], "width": side, "height": side} for side in (1e-308, 3.4028235677973366e38)),
    *(
        {"strokes": s, **PAD}
        for s in (
            None,
            7,
            "ab",
            {},
            ["ab"],
            [7],
            [None],
            [[1, 2]],
            [[[1]]],
            [[[1, 2, 3]]],
            [["ab"]],
            [[{}]],
            [[[1, "2"]]],
            [[[1, True]]],
            [[[1, None]]],
            [[[1, float("nan")]]],
            [[[1, float("inf")]]],
            [[[1, 1e300]]],
            [[[1, 10**400]]],
            [[[0, 0]] * (ink.MAX_POINTS + 1)],
            [[[0, 0]]] * (ink.MAX_POINTS + 1),
            [[]] * (ink.MAX_POINTS + 1),
        )
    ),
]


@pytest.mark.parametrize("payload", WRONG, ids=lambda p: repr(p)[:60])
def test_wrong_strokes_say_what_is_accepted(payload):
    with pytest.raises(InputError) as caught:
        ink.parse_strokes(payload)
    assert caught.value.key == "strokes"
    assert caught.value.values == {"limit": ink.MAX_POINTS}


@pytest.mark.parametrize("digit", DIGITS.values(), ids=DIGITS)
def test_strokes_are_framed_as_mnist_frames(digit):
    framed = ink.from_strokes(on_pad(grid(digit)))
    assert isinstance(framed, Framed)
    assert framed.image.dtype == np.float32
    assert max(box_sides(framed.image > 0.1)) in (20, 21)
    assert centre_of_mass(framed.image) == pytest.approx([14, 14], abs=0.15)
    assert framed.image.max() == 1
    assert np.array_equal(framed.steps[-1].image, framed.image)


@pytest.mark.parametrize("digit", DIGITS.values(), ids=DIGITS)
def test_strokes_and_their_drawing_agree(digit):
    by_strokes = ink.from_strokes(on_pad(grid(digit))).image
    assert alike(by_strokes, frame(drawing(digit))) > 0.65
    assert stroke_width(by_strokes) == pytest.approx(stroke_width(frame(drawing(digit))), rel=0.15)


def test_place_and_size_of_strokes_do_not_matter():
    usual = ink.from_strokes(on_pad(grid(SIX))).image
    for scale, shift in ((0.3, 5), (0.3, 200), (2.5, 3)):
        assert alike(usual, ink.from_strokes(on_pad(grid(SIX, scale, shift))).image) > 0.85


def test_few_points_of_a_curve_give_what_many_give():
    turn = {n: np.linspace(0, 2 * np.pi, n) for n in (12, 400)}
    few, many = ([np.stack([100 + 50 * np.cos(t), 100 + 80 * np.sin(t)], 1).tolist()] for t in turn.values())
    assert alike(ink.from_strokes(on_pad(few)).image, ink.from_strokes(on_pad(many)).image) > 0.9


def test_corners_stay_corners():
    path = ink.smooth(np.array([[0.0, 0], [50, 0], [100, 0], [60, 50], [20, 100]]))
    assert path.max(0) == pytest.approx([100, 100])
    assert path.min(0) == pytest.approx([0, 0])
    straight = path[path[:, 1] < 1e-6]
    assert straight[:, 0].max() == 100


@pytest.mark.parametrize("strokes", [[[[50, 60]]], [[[50, 60]] * 9], [[[50, 60], [50.5, 60]]]])
def test_a_dot_is_a_dot(strokes):
    image = ink.from_strokes(on_pad(strokes)).image
    assert 2 < image.sum() < 20
    assert centre_of_mass(image) == pytest.approx([14, 14], abs=0.3)


def test_no_strokes_are_blank():
    assert ink.from_strokes(on_pad([])).blank
    assert ink.from_strokes(on_pad([[], []])).blank


def test_strokes_far_outside_a_pad_are_framed_all_the_same():
    far, near = (ink.from_strokes(on_pad(grid(FIVE, *place))).image for place in ((1e6, -1e9), (2, 50)))
    assert alike(far, near) > 0.9
    assert not ink.from_strokes(on_pad([[[-3e38, -3e38], [3e38, 3e38]]])).blank
    assert not ink.from_strokes(on_pad(grid(FIVE), width=3e38, height=1e-38)).blank


def test_the_most_points_allowed_are_framed():
    points = np.random.default_rng(0).uniform(0, 400, (ink.MAX_POINTS, 2)).tolist()
    assert not ink.from_strokes(on_pad([points])).blank


def test_strokes_far_off_the_pad_cost_no_more_than_others() -> None:
    """Pillow walks every pixel of a line, on the page or not: 2,000 lines of 10 million pixels would take minutes."""
    far = [[0, 0], [1e7, 1e6]] * 1000
    started = time.monotonic()
    framed = ink.from_strokes(ink.parse_strokes({"strokes": [far], "width": 1, "height": 1}))
    assert time.monotonic() - started < 10
    assert not framed.blank


@pytest.mark.parametrize("size", [(400_000, 4), (4, 400_000), (100_000, 60)])
def test_a_very_long_image_costs_no_more_than_others(size: tuple[int, int]) -> None:
    """Stripes: thousands of parts, each of which touches the rim."""
    stripes = (np.indices(size[::-1]).sum(0) // 10 % 2 * 255).astype(np.uint8)
    started = time.monotonic()
    ink.from_image(Image.fromarray(stripes))
    assert time.monotonic() - started < 10


def test_a_file_that_is_gone_says_so(tmp_path) -> None:
    with pytest.raises(InputError, match="no longer on the server"):
        decode.open_image(tmp_path / "gone.png")
