"""An image file of any format, size and mode -> decoded, upright, opaque, 8 bits, no larger than framing needs it.

Knows no ink. Pillow decodes most formats whole; what comes after is done by bands of rows, and what is large is reduced
at once. All threads together decode no more at a time than one budget of memory allows.
"""

import contextlib
import io
import math
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
from PIL import Image

from cnn import process
from cnn.types import InputError

MAX_PIXELS = 50_000_000  # an image above this is refused before it is decoded
DRAFT = 1024  # a large image is reduced to the smallest fraction with both sides as long
MOST = 8_000_000  # pixels of what is handed on: a long image is reduced to about as many
BAND = 1_000_000  # pixels that are converted at once
BUDGET = 400_000_000  # bytes that all threads together decode into
# Bytes: an image that takes less is small. Small ones share a budget of their own, so that none waits for large ones.
SMALL, SMALL_BUDGET = 16_000_000, 128_000_000
PATIENCE = 30.0  # seconds that a thread waits for its share
# Bytes a pixel that Pillow and its libraries need at most to decode a format, as measured; and, of the others, a mode.
COST = {"JPEG2000": 20, "WEBP": 16, "AVIF": 10, "TIFF": 8}
COST_OF_MODE = {"1": 1, "L": 1, "P": 1, "I;16": 2}  # else 4
CONTAINERS = (b"\0\0\1\0", b"\0\0\2\0", b"icns")  # ICO, CUR, ICNS: what is in them is decoded when they are opened
NEEDS_PROGRAM = {"EPS"}  # formats that Pillow hands to an outside program
ONE_TONE = 30  # grey levels, standard deviation: visible pixels that differ less are ink alone, without its paper
ORIENTATION = 0x0112  # EXIF's tag, and what brings an image upright by its value
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

Source = str | Path | bytes | BinaryIO


class Opened(NamedTuple):
    """A decoded image, 'L' or 'RGB', and the (width, height) that its file has, both upright."""

    image: Image.Image
    size: tuple[int, int]


def open_image(source: Source) -> Image.Image:
    """The image of `open_measured`."""
    return open_measured(source).image


def open_measured(source: Source) -> Opened:
    """Open and decode an image file of any format Pillow reads, upright, opaque, 'L' or 'RGB'; the first of frames.

    One with both sides above 2,048 pixels, or of more than MOST, comes reduced. EPS is not read. Raises InputError
    "gone", "empty_file", "unreadable", "many_pictures" where too many are being decoded at once, or, before anything
    is decoded, "too_many_pixels".
    """
    with _file(source) as file:
        cost = _told(file, _cost)
        with _share(_length(file) + cost):
            return _decoded(_opened(file))


def pixels(source: Source) -> int:
    """How many pixels the image in a file has, as it says itself; 0 for what is not read. Decodes nothing but icons."""
    try:
        with _file(source) as file:
            return _told(file, lambda image: image.width * image.height)
    except InputError:
        return 0


def plain(image: Image.Image, factor: int = 1) -> Image.Image:
    """Any mode as opaque 8-bit 'L' or 'RGB', `factor` times smaller: by areas, rounded up."""
    transparent, mode = image.has_transparency_data, image.mode
    if factor == 1 and not transparent and mode in ("L", "RGB"):
        return image
    if transparent:
        return _opaque(_by_bands(image, "RGBA", lambda band: band.convert("RGBA"), factor))
    if mode in ("1", "L"):
        return _by_bands(image, "L", lambda band: band.convert("L"), factor)
    if mode.startswith(("I", "F")):
        return _by_bands(image, "L", _eight_bits(image), factor)
    if mode == "LAB":  # Pillow converts it through colour profiles only; its first channel is the lightness
        return _by_bands(image, "L", lambda band: band.getchannel(0), factor)
    return _by_bands(image, "RGB", lambda band: band.convert("RGB"), factor)


# ------------------------------------------------------------------------------------------------------------ the file


def _file(source: Source) -> BinaryIO:
    """A source as a file to read and to close. InputError where it is gone or cannot be read."""
    try:
        if isinstance(source, str | Path):
            return open(source, "rb")
        return io.BytesIO(source if isinstance(source, bytes) else source.read())
    except FileNotFoundError as error:
        raise InputError("gone") from error
    except (OSError, ValueError) as error:  # a NUL in its name is a ValueError
        raise InputError("unreadable") from error


def _told(file: BinaryIO, what: Callable[[Image.Image], int]) -> int:
    """What is told of the image in a file, which is let go of again. InputError as `open_measured`."""
    start, length = file.read(4), _length(file)
    if not length:
        raise InputError("empty_file")
    with _share(length + 4 * MAX_PIXELS * start.startswith(CONTAINERS)):
        return what(_opened(file))


def _length(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)


def _opened(file: BinaryIO) -> Image.Image:
    """The image in a file, of a size that is served, not decoded yet where that can wait."""
    Image.init()
    formats = [name for name in Image.ID if name not in NEEDS_PROGRAM]
    file.seek(0)
    try:
        image = Image.open(file, formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(*_declared_size(file, formats)) from error
    except Exception as error:  # a broken file makes Pillow's readers raise nearly anything
        raise InputError("unreadable") from error
    if image.width * image.height > _limit(image):
        raise _too_many_pixels(*image.size, _limit(image))
    return image


def _cost(image: Image.Image) -> int:
    """The bytes that decoding it takes."""
    pixels, each = image.width * image.height, COST.get(image.format or "", COST_OF_MODE.get(image.mode, 4))
    if image.format in ("JPEG", "MPO"):  # all its coefficients are kept, if its scans refine each other
        refined = 6 * pixels * bool(image.info.get("progressive"))
        image.draft(None, (DRAFT, DRAFT))
        return refined + each * image.width * image.height
    return each * pixels


def _decoded(image: Image.Image) -> Opened:
    size = image.size
    try:
        image.draft(None, (DRAFT, DRAFT))
        image.load()
        if image.width * image.height > MAX_PIXELS:  # an icon's file need not say how large it is
            raise _too_many_pixels(*image.size)
        if image.mode in ("P", "PA") and image.palette is None:  # ICNS: Pillow's reader leaves it to be found anew
            image = image.copy()
        made = plain(image, _factor(image.size))
        small = image.copy() if made is image else made  # what was opened holds its decoder's memory too
    except InputError:
        raise
    except Exception as error:
        raise InputError("unreadable") from error
    turn = _turn(image)
    if turn is None:
        return Opened(small, size)
    width, height = size
    sideways = turn in (UPRIGHT[5], UPRIGHT[6], UPRIGHT[7], UPRIGHT[8])
    return Opened(small.transpose(turn), (height, width) if sideways else size)


def _factor(size: tuple[int, int]) -> int:
    """How many times an image is reduced."""
    return max(1, min(size) // DRAFT, math.ceil(math.sqrt(size[0] * size[1] / MOST)))


def _turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return UPRIGHT.get(image.getexif().get(ORIENTATION, 1))
    except Exception:  # broken EXIF data spoils no image
        return None


def _limit(image: Image.Image) -> int:
    """The pixels that are served of an image's format."""
    return min(MAX_PIXELS, BUDGET // COST.get(image.format or "", 1))


def _too_many_pixels(width: int, height: int, limit: int = MAX_PIXELS) -> InputError:
    return InputError("too_many_pixels", width=width, height=height, limit=limit // 1_000_000)


def _declared_size(file: BinaryIO, formats: list[str]) -> tuple[int, int]:
    """Width and height by the file's own header, for a file that Image.open refuses as a bomb."""
    file.seek(0)
    start = file.read(16)
    for name in formats:
        reader, accepts = Image.OPEN[name]
        file.seek(0)
        try:
            if accepts is None or accepts(start) is True:
                return reader(file, "").size
        except Exception:
            continue
    raise InputError("unreadable")


class Budget:
    """So much memory for all threads together: shares are given in the order in which they were asked for."""

    def __init__(self, total: int):
        self.total = self._free = total
        self._changed = threading.Condition()
        self._waiting: list[object] = []

    @contextlib.contextmanager
    def share(self, cost: int) -> Iterator[None]:
        """Meanwhile, so much of it; what costs more than there is gets it all.

        InputError "many_pictures" after PATIENCE seconds.
        """
        cost, me = min(cost, self.total), object()
        with self._changed:
            self._waiting.append(me)
            given = self._changed.wait_for(lambda: self._waiting[0] is me and self._free >= cost, PATIENCE)
            self._waiting.remove(me)
            self._changed.notify_all()
            if not given:
                raise InputError("many_pictures")
            self._free -= cost
        try:
            yield
        finally:
            with self._changed:
                self._free += cost
                self._changed.notify_all()


_SMALL, _LARGE = Budget(SMALL_BUDGET), Budget(BUDGET)


@contextlib.contextmanager
def _share(cost: int) -> Iterator[None]:
    if cost <= SMALL:
        with _SMALL.share(cost):
            yield
        return
    try:
        with _LARGE.share(cost):
            yield
    finally:
        process.give_back_soon()


# ---------------------------------------------------------------------------------------------------------- the pixels


def _bands(image: Image.Image, factor: int = 1) -> Iterator[tuple[int, Image.Image]]:
    """An image's rows in pieces of about BAND pixels, each with its place: from which row on."""
    rows = factor * max(1, BAND // (image.width * factor))
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))


def _by_bands(image: Image.Image, mode: str, change: Callable[[Image.Image], Image.Image], factor: int) -> Image.Image:
    """What is made of each band, in `mode`, reduced and joined."""
    made = Image.new(mode, (-(-image.width // factor), -(-image.height // factor)))
    for top, band in _bands(image, factor):
        changed = change(band)
        made.paste(changed.reduce(factor) if factor > 1 else changed, (0, top // factor))
    return made


def _eight_bits(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """What makes 'L' of bands of deep or float grey values.

    Black is at 0, and white at the least usual full scale that holds all values of the image.
    """
    ends = [(values.min(), values.max()) for values in (_values(band) for _, band in _bands(image))]
    low = min(0, *(low for low, _ in ends))
    top = float(max(high for _, high in ends) - low)
    full = next((scale for scale in (1, 255, 4095, 65535) if top <= scale), top)
    return lambda band: Image.fromarray(((_values(band) - low) * (255 / full)).round().astype(np.uint8))


def _values(image: Image.Image) -> np.ndarray:
    """Grey values, float32, none so large that differences are infinite."""
    largest = float(np.finfo(np.float32).max / 4)
    return np.nan_to_num(np.asarray(image, np.float32), posinf=0, neginf=0).clip(-largest, largest)


def _opaque(image: Image.Image) -> Image.Image:
    """Lay an RGBA image on the paper that shows its ink.

    What is visible in one tone is ink itself and gets the opposite paper; what has tones is paper with ink on it,
    and its commonest tone goes on behind it.
    """
    if image.getchannel("A").getextrema()[0] == 255:
        return _by_bands(image, "RGB", lambda band: band.convert("RGB"), 1)
    visible = [255 * (a > 127) for a in range(256)]
    counts = np.zeros(256)
    for _, band in _bands(image):
        counts += band.convert("L").histogram(band.getchannel("A").point(visible))
    share = counts / max(counts.sum(), 1)
    mean = share @ np.arange(256)
    one_tone = share @ (np.arange(256) - mean) ** 2 < ONE_TONE**2
    paper = (255 if mean < 128 else 0) if one_tone else int(np.searchsorted(share.cumsum(), 0.5))

    def laid(band: Image.Image) -> Image.Image:
        page = Image.new("RGB", band.size, (paper,) * 3)
        page.paste(band, mask=band.getchannel("A"))
        return page

    return _by_bands(image, "RGB", laid, 1)
