"""How much memory the app takes as it is served: at rest, under giant pictures, and after many visits.

The app runs in a process of its own, as people start it; what it has is read from Linux's /proc.
"""

import io
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PIL import Image

from cnn.ui.draw.pad import Pad
from tests.trust import results
from tests.trust.server import Server

pytestmark = [
    pytest.mark.trust,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="how much memory a process has is read from /proc"),
]

REST, PEAK, GROWTH = 420, 1200, 1.05  # megabytes; and how much more there may be afterwards
PREDICTIONS, VISITS = 20_000, 200
SOON = 15  # seconds in which memory comes back
SIDE = 7000  # pixels: 49 megapixels, as many as are served


def test_at_rest_it_is_small(server: Server) -> None:
    rest = server.memory()
    results.note("memory", {"at rest": rest})
    assert rest <= REST


def test_giant_pictures_by_eight_callers_cost_little_and_leave_nothing(server: Server) -> None:
    files = [server.upload(content) for content in giants()]
    before = server.memory()
    server.forget_peak()
    with ThreadPoolExecutor(8) as callers:
        for ask, name in ((server.ask_at_once, "predict"), (server.ask, "read_number")):
            list(callers.map(lambda file, ask=ask, name=name: ask(name, file, "default"), files))
    peak = server.memory("VmHWM")
    until = time.monotonic() + SOON
    while (after := server.memory()) >= GROWTH * before and time.monotonic() < until:
        time.sleep(0.5)
    results.note("memory", {"before giant pictures": before, "under them": peak, "after them": after})
    assert peak < PEAK
    assert after < GROWTH * before


def test_answers_and_visits_leave_nothing(server: Server) -> None:
    strokes = Pad.example_payload(None)  # type: ignore[arg-type]  it is the same for all
    with ThreadPoolExecutor(8) as callers:

        def predict(count: int) -> None:
            for answer in callers.map(lambda _: server.ask("predict_strokes", strokes, "default"), range(count)):
                assert b"complete" in answer

        def visit(count: int) -> None:
            for _ in callers.map(lambda _: (server.get(""), server.get("config")), range(count)):
                pass

        predict(200)  # what every first answer and first visit fetches
        visit(8)
        server.come_to_rest()
        before = server.memory()
        predict(PREDICTIONS)
        visit(VISITS)
    server.come_to_rest()
    after = server.memory()
    found = {"predictions": PREDICTIONS, "visits": VISITS, "before visits": before, "after visits": after}
    results.note("memory", found)
    assert after < GROWTH * before


def giants() -> Iterator[bytes]:
    """Nine small files that hold as many pixels as are served, or say less than they hold."""
    size = (SIDE, SIDE)
    for mode in ("P", "RGB", "I;16"):
        yield _saved(Image.new(mode, size), "PNG", compress_level=1)
    yield _saved(Image.new("RGB", size), "JPEG", progressive=True)
    yield _saved(Image.new("CMYK", size), "TIFF", compression="tiff_lzw")
    yield _saved(Image.new("F", size, 0.5), "TIFF", compression="tiff_lzw")
    yield _saved(Image.new("RGB", (SIDE // 2, SIDE)), "WEBP", method=0)
    inner = _saved(Image.new("RGBA", size), "PNG", compress_level=1)
    yield inner
    yield b"\0\0\1\0\1\0" + b"\0\0\0\0\1\0\40\0" + len(inner).to_bytes(4, "little") + (22).to_bytes(4, "little") + inner
    length = len(inner)
    yield b"icns" + (16 + length).to_bytes(4, "big") + b"ic10" + (8 + length).to_bytes(4, "big") + inner


def _saved(image: Image.Image, format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()
