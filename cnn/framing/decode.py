"""An image file of any format, size and mode -> decoded, upright, opaque, 8 bits. Knows no ink."""

import io
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps

from cnn.types import InputError

MAX_PIXELS = 50_000_000  # an image above this is refused before it is decoded
DRAFT = 1024  # a large JPEG is decoded at the smallest half, quarter or eighth with both sides above this
NEEDS_PROGRAM = {"EPS"}  # formats that Pillow hands to an outside program
ONE_TONE = 30  # grey levels, standard deviation: visible pixels that differ less are ink alone, without its paper


def open_image(source: str | Path | bytes | BinaryIO) -> Image.Image:
    """Open and decode an image file of any format Pillow reads, upright; of several frames, the first.

    A JPEG with both sides above 2,048 pixels comes at a half, a quarter or an eighth of its size. EPS is not read.
    Raises InputError "gone", "empty_file", "unreadable", or, before anything is decoded, "too_many_pixels".
    """
    try:
        if isinstance(source, str | Path):
            data = Path(source).read_bytes()
        else:
            data = source if isinstance(source, bytes) else source.read()
    except FileNotFoundError as error:
        raise InputError("gone") from error
    except OSError as error:
        raise InputError("unreadable") from error
    if not data:
        raise InputError("empty_file")
    Image.init()
    formats = [name for name in Image.ID if name not in NEEDS_PROGRAM]
    try:
        image = Image.open(io.BytesIO(data), formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(*_declared_size(data, formats)) from error
    except Exception as error:  # a broken file makes Pillow's readers raise nearly anything
        raise InputError("unreadable") from error
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels(*image.size)
    try:
        image.draft(None, (DRAFT, DRAFT))
        image.load()
    except Exception as error:
        raise InputError("unreadable") from error
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # broken EXIF data spoils no image
        return image


def plain(image: Image.Image) -> Image.Image:
    """Any mode as opaque 8-bit 'L' or 'RGB'; the size stays."""
    if image.has_transparency_data:
        return _opaque(image.convert("RGBA"))
    if image.mode in ("L", "RGB"):
        return image
    if image.mode == "1":
        return image.convert("L")
    if image.mode.startswith(("I", "F")):
        return _eight_bits(np.asarray(image, np.float32))
    if image.mode == "LAB":  # Pillow converts it through colour profiles only; its first channel is the lightness
        return image.getchannel(0)
    return image.convert("RGB")


def _eight_bits(values: np.ndarray) -> Image.Image:
    """Deep or float grey values -> 'L', black at 0 and white at the least usual full scale that holds them all."""
    values = np.nan_to_num(values, posinf=0, neginf=0)
    values = values - min(0, values.min())
    top = float(values.max())
    full = next((scale for scale in (1, 255, 4095, 65535) if top <= scale), top)
    return Image.fromarray((values * (255 / full)).round().astype(np.uint8))


def _opaque(image: Image.Image) -> Image.Image:
    """Lay an RGBA image on the paper that shows its ink.

    What is visible in one tone is ink itself and gets the opposite paper; what has tones is paper with ink on it,
    and its commonest tone goes on behind it.
    """
    alpha = image.getchannel("A")
    if alpha.getextrema()[0] == 255:
        return image.convert("RGB")
    counts = np.array(image.convert("L").histogram(alpha.point([255 * (a > 127) for a in range(256)])), float)
    share = counts / max(counts.sum(), 1)
    mean = share @ np.arange(256)
    one_tone = share @ (np.arange(256) - mean) ** 2 < ONE_TONE**2
    paper = (255 if mean < 128 else 0) if one_tone else int(np.searchsorted(share.cumsum(), 0.5))
    page = Image.new("RGB", image.size, (paper,) * 3)
    page.paste(image, mask=alpha)
    return page


def _too_many_pixels(width: int, height: int) -> InputError:
    return InputError("too_many_pixels", width=width, height=height, limit=MAX_PIXELS // 1_000_000)


def _declared_size(data: bytes, formats: list[str]) -> tuple[int, int]:
    """Width and height by the file's own header, for a file that Image.open refuses as a bomb."""
    for name in formats:
        reader, accepts = Image.OPEN[name]
        try:
            if accepts is None or accepts(data[:16]) is True:
                return reader(io.BytesIO(data), "").size
        except Exception:
            continue
    raise InputError("unreadable")
