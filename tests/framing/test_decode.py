"""Files of any format and mode -> small enough, opaque, 8 bits; and how much is decoded at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from cnn.framing import decode, ink
from cnn.types import InputError
from tests.framing.test_ink import alike, drawing, encoded, frame

LARGE = 2200  # pixels a side: twice as large as it has to be


def large() -> Image.Image:
    """A digit drawn on a large white page, 'L'."""
    return drawing(size=(LARGE, LARGE), height=1500, pen=100).convert("L")


def see_through(image: Image.Image) -> Image.Image:
    """The same ink without its page."""
    clear = Image.new("LA", image.size, (0, 0))
    clear.putalpha(image.point(lambda tone: 255 - tone))
    return clear


MODES = {
    "1": lambda image: image.convert("1"),
    "L": lambda image: image,
    "P": lambda image: image.convert("RGB").quantize(8),
    "RGB": lambda image: image.convert("RGB"),
    "CMYK": lambda image: image.convert("CMYK"),
    "LA": see_through,
    "RGBA": lambda image: see_through(image).convert("RGBA"),
    "PA": lambda image: see_through(image).convert("RGBA").quantize(8),
    "I;16": lambda image: Image.fromarray(np.asarray(image, np.uint16) * 200),
    "I": lambda image: Image.fromarray(np.asarray(image, np.int32) * 200),
    "F": lambda image: Image.fromarray(np.asarray(image, np.float32) / 255),
}


HELD = {  # what formats hold of them without loss of meaning
    "PNG": ("1", "L", "P", "RGB", "LA", "RGBA", "PA", "I;16"),
    "TIFF": ("RGB", "RGBA", "CMYK", "I;16", "I", "F"),
    "WEBP": ("RGB", "RGBA"),
    "JPEG": ("L", "RGB", "CMYK"),
    "GIF": ("P",),
    "JPEG2000": ("RGB", "RGBA"),
}


@pytest.mark.parametrize(("format", "mode"), [(format, mode) for format, modes in HELD.items() for mode in modes])
def test_what_is_large_comes_reduced_whatever_its_format_and_mode(format: str, mode: str) -> None:
    data = encoded(MODES[mode](large()), format)
    opened = decode.open_measured(data)
    assert opened.size == (LARGE, LARGE)
    assert opened.image.size == (LARGE // 2, LARGE // 2)
    assert opened.image.mode in ("L", "RGB")
    assert alike(frame(drawing(pen=200 / 15)), frame(opened.image)) > 0.8


@pytest.mark.parametrize("mode", MODES)
def test_by_bands_it_is_the_same_picture(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    image = MODES[mode](drawing().convert("L"))
    whole, third = decode.plain(image), decode.plain(image, 3)
    monkeypatch.setattr(decode, "BAND", 1000)
    np.testing.assert_array_equal(decode.plain(image), whole)
    np.testing.assert_array_equal(decode.plain(image, 3), third)
    assert third.size == (-(-image.width // 3), -(-image.height // 3))


def test_a_long_picture_is_reduced_to_what_is_handed_on() -> None:
    image = decode.open_image(encoded(Image.new("L", (24_000, 2000), 255), "PNG"))
    assert image.width * image.height <= decode.MOST
    assert image.width / image.height == pytest.approx(12, rel=0.01)


def test_an_ordinary_picture_keeps_its_pixels() -> None:
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 255, (1944, 2592, 3), np.uint8))
    np.testing.assert_array_equal(decode.open_image(encoded(photo, "PNG")), photo)


def test_the_size_of_a_turned_file_is_upright_too() -> None:
    exif = Image.Exif()
    exif[decode.ORIENTATION] = 6
    opened = decode.open_measured(encoded(Image.new("L", (4800, 2400)), "JPEG", exif=exif))
    assert opened.size == (2400, 4800)
    assert opened.image.size == (1200, 2400)


def test_what_a_format_makes_costly_has_a_lower_limit() -> None:
    with pytest.raises(InputError, match="5200 x 5200 pixels; the limit is 25 megapixels"):
        decode.open_image(encoded(Image.new("RGB", (5200, 5200)), "WEBP", method=0))


@pytest.mark.filterwarnings("ignore:Image was not the expected size")
def test_an_icon_is_as_large_as_what_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "MAX_PIXELS", 100 * 100)
    inner = encoded(Image.new("RGBA", (120, 100)), "PNG")
    icon = b"\0\0\1\0\1\0" + b"\x10\x10\0\0\1\0\x20\0" + len(inner).to_bytes(4, "little") + b"\x16\0\0\0" + inner
    with pytest.raises(InputError, match="120 x 100 pixels"):
        decode.open_image(icon)


def test_float_values_of_any_size_are_grey_values() -> None:
    largest = np.finfo(np.float32).max
    values = np.array([[-largest, 0, largest], [np.nan, np.inf, -np.inf]], np.float32)
    grey = np.asarray(decode.plain(Image.fromarray(values)))
    assert grey.tolist() == [[0, 128, 255], [128, 128, 128]]


def test_all_threads_share_one_budget() -> None:
    budget, held, most = decode.Budget(100), 0, []
    lock = threading.Lock()

    def work(cost: int) -> None:
        nonlocal held
        with budget.share(cost):
            with lock:
                held += min(cost, 100)
                most.append(held)
            with lock:
                held -= min(cost, 100)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, [30, 60, 200, 10] * 50))
    assert max(most) <= 100


def test_who_waits_too_long_for_a_share_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "PATIENCE", 0.01)
    monkeypatch.setattr(decode, "_LARGE", decode.Budget(1000))
    picture = encoded(Image.new("RGB", (2100, 2100)), "PNG")
    with decode._LARGE.share(1), pytest.raises(InputError, match="Too many large pictures"):
        decode.open_image(picture)
    assert decode.open_image(picture).size == (1050, 1050)
    with decode._LARGE.share(1000):  # a small one waits for none of them
        assert not ink.from_image(decode.open_image(encoded(drawing()))).blank


def test_a_share_is_given_back_by_what_fails() -> None:
    for _ in range(10):
        with pytest.raises(InputError):
            decode.open_image(b"seven")
    assert decode._SMALL._free == decode.SMALL_BUDGET
