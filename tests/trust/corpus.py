"""Bad inputs, made here by kind: pictures, strokes, values of the wrong type, names, paths."""

import copy
import io
import json
import math
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

Files = dict[str, bytes]  # by what is wrong with them

JUNK = np.random.default_rng(0).bytes(4000)
META = {"_type": "gradio.FileData"}


# ----------------------------------------------------------------------------------------------------------- pictures


def page(mode: str = "L", side: int = 96) -> Image.Image:
    """A dark seven on light paper."""
    image = Image.new("L", (side, side), 255)
    line = [(0.3 * side, 0.2 * side), (0.7 * side, 0.2 * side), (0.45 * side, 0.85 * side)]
    ImageDraw.Draw(image).line(line, 0, max(2, side // 16))
    return image.convert(mode)


def saved(image: Image.Image, name: str, **options: Any) -> bytes:
    """An image as a file of a format."""
    file = io.BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


def formats() -> Files:
    """The page in every format that Pillow writes without a program or a library of others."""
    Image.init()
    found = {}
    for name in sorted(Image.SAVE):
        for mode in ("RGB", "L", "1"):
            try:
                found[name] = saved(page(mode), name)
                break
            except Exception:
                continue
    return {name: content for name, content in found.items() if name != "PDF"}


def whole() -> Files:
    """Every format, as it is."""
    return {f"a whole {name}": content for name, content in formats().items()}


def truncated() -> Files:
    """Every format, ending too early."""
    return {
        f"{name} cut at {part:.0%}": content[: max(1, int(part * len(content)))]
        for name, content in formats().items()
        for part in (0.02, 0.3, 0.7, 0.97)
    }


def damaged() -> Files:
    """Every format with bytes changed, in its head and anywhere."""
    found = {}
    for name, content in formats().items():
        for seed in range(3):
            rng, changed = np.random.default_rng(seed), bytearray(content)
            reach = 64 if seed < 2 else len(changed)
            for at in rng.integers(4, min(reach, len(changed)), 6):
                changed[at] = rng.integers(256)
            found[f"{name} changed, {seed}"] = bytes(changed)
    return found


def lying() -> Files:
    """Heads that promise other sizes than follow: none, one that never comes, one beyond all limits."""
    sizes = {"no width": (0, 9), "no height": (9, 0), "much too wide": (2**31 - 1, 1), "too large": (60_000, 60_000)}
    found = {f"a PNG of {what}": png(*size) for what, size in sizes.items()}
    found |= {f"a BMP of {what}": bmp(*size) for what, size in sizes.items()}
    found |= {f"a GIF of {what}": gif(*(side % 65536 for side in size)) for what, size in sizes.items()}
    found |= {f"a PPM of {what}": b"P6\n%d %d\n255\n" % size for what, size in sizes.items()}
    found |= {f"a TIFF of {what}": tiff({256: size[0], 257: size[1]}) for what, size in sizes.items()}
    found |= {f"a Targa of {what}": tga(*(side % 65536 for side in size)) for what, size in sizes.items()}
    found |= {f"a WebP of {what}": webp(*(side % 2**24 for side in size)) for what, size in sizes.items()}
    found["a PNG of less than it says"] = png(500, 500, zlib.compress(bytes(100)))
    found["a PNG of more than it says"] = png(5, 5, zlib.compress(bytes(100_000)))
    found["a PNG with a text that unpacks to much"] = png(8, 8, zlib.compress(bytes(72)), text=bytes(70_000_000))
    found["a JPEG that says another size"] = saved(page(), "JPEG").replace(
        struct.pack(">HH", 96, 96), struct.pack(">HH", 65_000, 65_000)
    )
    found["a TIFF whose tiles are nowhere"] = tiff({256: 64, 257: 64, 322: 16, 323: 16, 324: 2**31, 325: 2**31})
    found["a TIFF whose strips are its own head"] = tiff({256: 64, 257: 64, 273: 0, 279: 2**31})
    found["a TIFF that refers to itself"] = tiff({256: 8, 257: 8}, following=8)
    found["a TIFF of no bits"] = tiff({256: 64, 257: 64, 258: 0, 273: 8, 279: 64})
    found["an ICO with no pictures"] = struct.pack("<HHH", 0, 1, 0)
    found["an ICO with 65,535 pictures"] = struct.pack("<HHH", 0, 1, 65_535) + JUNK
    found["an ICO whose picture lies behind its end"] = ico(9, 9, JUNK, offset=2**31)
    found["an ICO with a large PNG inside"] = ico(0, 0, png(20_000, 20_000))
    found["an ICNS with a large PNG inside"] = icns(b"ic10", png(20_000, 20_000))
    found["an ICNS of no length"] = b"icns" + struct.pack(">I", 8) + b"ic10" + struct.pack(">I", 0)
    found["an ICNS with junk inside"] = icns(b"ic09", JUNK)
    return found


def unusual() -> Files:
    """Pictures that are right and rarely met: deep, float, many channels, animated, turned, tiny, long."""
    found = {
        "16 bits": saved(Image.fromarray(np.asarray(page(), np.uint16) * 257), "PNG"),
        "32 bits": saved(Image.fromarray(np.asarray(page(), np.int32) * 1000), "TIFF"),
        "float": saved(Image.fromarray(np.asarray(page(), np.float32) / 255), "TIFF"),
        "float, some of it no number": saved(Image.fromarray(_nan(np.asarray(page(), np.float32))), "TIFF"),
        "float, all of it no number": saved(Image.fromarray(np.full((40, 40), np.nan, np.float32)), "TIFF"),
        "float, endless": saved(Image.fromarray(np.full((40, 40), np.inf, np.float32)), "TIFF"),
        "CMYK": saved(page("CMYK"), "JPEG"),
        "CMYK in TIFF": saved(page("CMYK"), "TIFF"),
        "YCbCr": saved(page("YCbCr"), "JPEG"),
        "LAB": saved(Image.new("LAB", (40, 40)), "TIFF"),
        "a palette": saved(page("P"), "PNG"),
        "a palette with a transparent colour": saved(page("P"), "PNG", transparency=0),
        "grey with transparency": saved(page("LA"), "PNG"),
        "all transparent": saved(Image.new("RGBA", (40, 40)), "PNG"),
        "one bit": saved(page("1"), "TIFF", compression="group4"),
        "animated GIF": saved(page(), "GIF", save_all=True, append_images=[page().rotate(a) for a in (90, 180)]),
        "animated WebP": saved(page("RGB"), "WEBP", save_all=True, append_images=[page("RGB").rotate(90)]),
        "animated PNG": saved(page(), "PNG", save_all=True, append_images=[page().rotate(90)]),
        "several pages": saved(page(), "TIFF", save_all=True, append_images=[page()] * 40),
        "tiled": saved(page(side=256), "TIFF", tiffinfo={322: 64, 323: 64}),
        "one pixel": saved(Image.new("L", (1, 1)), "PNG"),
        "one pixel wide": saved(Image.new("L", (1, 4000)), "PNG"),
        "one pixel high": saved(Image.new("L", (60_000, 1)), "PNG"),
        "all black": saved(Image.new("L", (300, 300)), "PNG"),
        "all white": saved(Image.new("L", (300, 300), 255), "PNG"),
        "noise": saved(Image.fromarray(np.random.default_rng(0).integers(0, 256, (200, 200), np.uint8)), "PNG"),
    }
    for orientation in (0, 3, 6, 9, 255, 65535):
        found[f"EXIF says turned {orientation}"] = saved(page(), "JPEG", exif=_exif(orientation))
    found["EXIF is junk"] = saved(page(), "JPEG", exif=b"Exif\0\0" + JUNK)
    found["EXIF of many entries"] = saved(page(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + JUNK)
    found["EXIF that refers to itself"] = saved(page(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\x08\0\0\0")
    found["a colour profile of junk"] = saved(page(), "JPEG", icc_profile=JUNK)
    return found


def no_pictures() -> Files:
    """Files that are something else, whatever they are called."""
    return {
        "nothing": b"",
        "one byte": b"\0",
        "a signature alone": b"\x89PNG\r\n\x1a\n",
        "junk": JUNK,
        "zeros": bytes(5000),
        "text": "Voilà, une lettre.".encode() * 99,
        "JSON": json.dumps({"strokes": []}).encode(),
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        "HTML": b"<!doctype html><script>alert(1)</script>",
        "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n(x) run\n",
        "PDF": saved(page(), "PDF"),
        "a zip": b"PK\x03\x04" + JUNK,
        "a program": b"\x7fELF" + JUNK,
        "a pickle": b"\x80\x04\x95" + JUNK,
        "a sound": b"RIFF\x24\0\0\0WAVEfmt " + JUNK,
        "a film": b"\0\0\0\x18ftypmp42" + JUNK,
        "an HDF5 file": b"\x89HDF\r\n\x1a\n" + JUNK,
        "a FITS file": b"SIMPLE  =                    T" + JUNK,
        "a WMF file": b"\xd7\xcd\xc6\x9a" + JUNK,
        "a GRIB file": b"GRIB" + JUNK,
        "an IPTC record": b"\x1c\x03\x3c" + JUNK,
    }


def bombs() -> Files:
    """Small files that decode to very much."""
    rows = zlib.compress(bytes(8001 * 6000), 9)  # 48 megapixels: within the limit
    return {
        "48 megapixels in 48 kB": png(8000, 6000, rows),
        "81 megapixels in 80 kB": png(9000, 9000, zlib.compress(bytes(9001 * 9000), 9)),
        "179 megapixels": png(13_300, 13_400, zlib.compress(bytes(10**6), 9)),
        "a GIF of 65,535 x 65,535": gif(65_535, 65_535),
        "a TIFF of 40,000 x 40,000, packed": tiff({256: 40_000, 257: 40_000, 259: 8, 273: 8, 279: 50}),
        "an animated GIF of 3,000 pictures": saved(
            page(), "GIF", save_all=True, append_images=[page().rotate(a / 10) for a in range(300)]
        ),
    }


PICTURES = {kind.__name__: kind for kind in (whole, truncated, damaged, lying, unusual, no_pictures)}


def png(width: int, height: int, data: bytes = b"", text: bytes = b"") -> bytes:
    """A PNG of 8-bit grey that says so many pixels, with compressed rows and a compressed text."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    told = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(text, 9)) if text else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + told + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def bmp(width: int, height: int) -> bytes:
    """A BMP without pixels."""
    head = struct.pack("<IiiHHIIiiII", 40, width - 2**32 if width >= 2**31 else width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + head


def gif(width: int, height: int) -> bytes:
    """A GIF of one picture with no data."""
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0) + b"," + struct.pack(
        "<HHHHB", 0, 0, width, height, 0
    ) + b"\x02\x01\x4c\x00;"  # fmt: skip


def tga(width: int, height: int) -> bytes:
    """A Targa file without pixels."""
    return struct.pack("<BBBHHBHHHHBB", 0, 0, 2, 0, 0, 0, 0, 0, width, height, 24, 0)


def webp(width: int, height: int) -> bytes:
    """A WebP whose extended head says the size, and that nothing follows."""
    sides = struct.pack("<I", max(width - 1, 0))[:3] + struct.pack("<I", max(height - 1, 0))[:3]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + sides
    return b"RIFF" + struct.pack("<I", len(body)) + body


def tiff(tags: dict[int, int], following: int = 0) -> bytes:
    """A little-endian TIFF of one directory of long values: 8-bit grey where nothing else is said."""
    tags = {258: 8, 259: 1, 262: 1, 277: 1, 278: tags.get(257, 1), **tags}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value % 2**32) for tag, value in sorted(tags.items()))
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", following) + bytes(64)


def ico(width: int, height: int, content: bytes, offset: int = 22) -> bytes:
    """An ICO of one picture."""
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, width, height, 0, 0, 1, 32, len(content), offset) + content


def icns(kind: bytes, content: bytes) -> bytes:
    """An ICNS of one picture."""
    return b"icns" + struct.pack(">I", len(content) + 16) + kind + struct.pack(">I", len(content) + 8) + content


def _nan(values: np.ndarray) -> np.ndarray:
    values = values.copy()
    values[::3] = np.nan
    values[1::3, ::2] = -np.inf
    return values


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


# ------------------------------------------------------------------------------------------------------------- values

HUGE = 10**400
# Of every type that JSON has, and some that only Python's reads.
WRONG: list[Any] = [
    None, True, -1, 1.5, 1e308, HUGE, math.nan, -math.inf, "", "x", "\x00", "\ud800", "a\nb\r\n\u2028c", "é" * 5000,
    [], [[]], [None, 1, "x"], {}, {"x": 1}, {"view": []}, {"path": "/etc/passwd"}, {"__type__": "update", "value": 3},
    {"path": "/etc/passwd", "meta": META}, {"path": "http://127.0.0.1:9/x.png", "meta": META},
]  # fmt: skip
FEW: list[Any] = [None, math.nan, "x\x00\ud800", [[]], {"path": "/etc/passwd", "meta": META}]


def nested(depth: int) -> Any:
    """Lists within lists."""
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


WRONG += [nested(60), nested(300), nested(900)]


def replaced(values: list[Any], at: int, wrong: Any) -> list[Any]:
    """The values with another one in a place."""
    return [*values[:at], wrong, *values[at + 1 :]]


def fields(value: Any) -> Iterator[tuple[str | int, ...]]:
    """The places within a value, itself first."""
    yield ()
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from ((key, *rest) for rest in fields(one))


def at(value: Any, place: tuple[str | int, ...]) -> Any:
    """What stands at a place within a value."""
    for key in place:
        value = value[key]
    return value


def put(value: Any, place: tuple[str | int, ...], wrong: Any) -> Any:
    """The value with another one at a place within it."""
    if not place:
        return wrong
    changed = copy.deepcopy(value)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = wrong
    return changed


NAMES = [
    "", " ", "\x00", "Default", "default ", "ones", "../robust", "/etc/passwd", "owner/name", "owner/name@main",
    "a" * 10_000, "\u202eeno", "{valid}", "%s%n", "'; --", "__class__", "<b>one</b>", "one\ntwo", "ⅦⅦ",
]  # fmt: skip

PATHS = [
    "", ".", "/", "/etc/passwd", "../../etc/passwd", "a\x00b", "/tmp", "/proc/self/mem", "/dev/zero", "file:///etc/passwd",
    "http://127.0.0.1:9/x", "https://example.com/x.png", "data:image/png;base64,AAAA", "\\\\host\\share", "x" * 5000,
    "\ud800", None, 5, True, [], {}, ["x"],
]  # fmt: skip


def strokes() -> Iterator[tuple[str, Any]]:
    """Drawings that are none."""
    line = [[10, 10], [90, 90]]
    for what, point in {
        "no number": [math.nan, 1], "endless": [1, math.inf], "text": ["1", 2], "null": [None, 1], "true": [True, 1],
        "one number": [1], "three numbers": [1, 2, 3], "nested": [[1], [2]], "an object": {"x": 1, "y": 2},
        "a number alone": 5, "beyond float32": [1e39, 1], "a whole number without end": [HUGE, 1],
    }.items():  # fmt: skip
        yield f"a point is {what}", {"strokes": [[*line, point]], "width": 100, "height": 100}
    for what, stroke in {
        "null": None,
        "text": "line",
        "a number": 3,
        "an object": {"0": [1, 2]},
        "deep": nested(50),
    }.items():
        yield f"a stroke is {what}", {"strokes": [line, stroke], "width": 100, "height": 100}
    for what, side in {
        "nothing": 0, "less than nothing": -5, "no number": math.nan, "endless": math.inf, "text": "100", "null": None,
        "a list": [100], "true": True, "without end": HUGE,
    }.items():  # fmt: skip
        yield f"its width is {what}", {"strokes": [line], "width": side, "height": 100}
        yield f"its height is {what}", {"strokes": [line], "width": 100, "height": side}
    for what, value in {"null": None, "text": "x", "a number": 7, "a list": [line], "empty": {}}.items():
        yield f"it is {what}", value
    for key in ("strokes", "width", "height"):
        whole = {"strokes": [line], "width": 100, "height": 100}
        yield f"it has no {key}", {name: value for name, value in whole.items() if name != key}
    yield "20,001 points", {"strokes": [[[1, 2]] * 20_001], "width": 100, "height": 100}
    yield "20,001 strokes", {"strokes": [[[1, 2]]] * 20_001, "width": 100, "height": 100}
    yield "20,001 empty strokes", {"strokes": [[]] * 20_001, "width": 100, "height": 100}


def odd_strokes() -> Iterator[tuple[str, Any]]:
    """Drawings that are right and rarely met."""
    for what, drawn in {
        "far off": [[[1e30, -1e30], [-1e30, 1e30]]],
        "on one spot": [[[5, 5]] * 500],
        "a dot": [[[50, 50]]],
        "empty strokes": [[], [], [[1, 1], [2, 2]]],
        "20,000 points": [[[at % 97, at % 89] for at in range(20_000)]],
        "tiny": [[[1e-30, 1e-30], [2e-30, 2e-30]]],
    }.items():
        yield what, {"strokes": drawn, "width": 100, "height": 100}
    for what, (width, height) in {"wide": (1e30, 1), "high": (1e-30, 1e30), "small": (1e-38, 1e-38)}.items():
        yield f"a pad that is {what}", {"strokes": [[[0, 0], [1, 1]]], "width": width, "height": height}


LABELS = [-1, 10, HUGE, 3.5, 3.0, True, "3", "seven", [], [3], {}, math.nan]
STRENGTHS = [None, True, "10", "much", math.nan, math.inf, -math.inf, 1e308, HUGE, -91, 90.01, [], [10], {}]
SEEDS = [-1, 0.5, 2**32, 1e300, math.nan, math.inf, "1", "x", [], {}]
