"""How much memory the app takes as it is served: at rest, under giant pictures, and after many visits.

The app runs in a process of its own, as people start it; what it has is read from Linux's /proc.
"""

import io
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import Image

from cnn.ui.draw.pad import Pad
from tests.test_app import free_port
from tests.trust import results

pytestmark = [
    pytest.mark.trust,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="how much memory a process has is read from /proc"),
]

ROOT = Path(__file__).parent.parent.parent
REST, PEAK, GROWTH = 420, 1200, 1.05  # megabytes; and how much more there may be afterwards
PREDICTIONS, VISITS = 20_000, 200
SIDE = 7000  # pixels: 49 megapixels, as many as are served
ORDINARY = {**os.environ, "MNIST_DIR": "/nonexistent"} | {"XLA_FLAGS": "", "JAX_ENABLE_COMPILATION_CACHE": "false"}


class Server(NamedTuple):
    """A served app."""

    process: subprocess.Popen
    url: str

    def memory(self, what: str = "VmRSS") -> int:
        """Megabytes: what there is now, or the most that there was since it was forgotten (VmHWM)."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(what)).split()[1]) // 1024

    def forget_peak(self) -> None:
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def processor_time(self) -> int:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def come_to_rest(self) -> None:
        """Wait until it does no more than look for work, as Gradio's queue does twenty times a second."""
        before = -100
        while (now := self.processor_time()) - before > 20:
            before = now
            time.sleep(3)

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self.url}/{path}", timeout=120) as answer:
            return answer.read()

    def post(self, path: str, body: bytes, kind: str = "application/json") -> Any:
        request = urllib.request.Request(f"{self.url}/gradio_api/{path}", body, {"Content-Type": kind})
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def ask(self, name: str, *values: Any) -> bytes:
        """What an endpoint says, through the queue; b"" for an answer that is no success."""
        body = json.dumps({"data": values}).encode()
        try:
            return self.get(f"gradio_api/call/{name}/{self.post(f'call/{name}', body)['event_id']}")
        except urllib.error.HTTPError:
            return b""

    def ask_at_once(self, name: str, *values: Any) -> None:
        """The same past the queue, where that is possible."""
        try:
            self.post(f"run/{name}", json.dumps({"data": values}).encode())
        except urllib.error.HTTPError:
            return

    def upload(self, content: bytes) -> dict[str, Any]:
        head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="picture.png"\r\n\r\n'
        (path,) = self.post("upload", head + content + b"\r\n--x--\r\n", "multipart/form-data; boundary=x")
        return {"path": path, "meta": {"_type": "gradio.FileData"}}


@pytest.fixture
def server() -> Iterator[Server]:
    """The app with its own networks, at rest."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "app.py", "--port", str(port)],
        cwd=ROOT, env=ORDINARY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    server = Server(process, f"http://127.0.0.1:{port}")
    try:
        while not _answers(server):
            assert process.poll() is None
            time.sleep(0.2)
        server.come_to_rest()
        yield server
    finally:
        process.kill()
        process.wait()


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
    server.come_to_rest()
    after = server.memory()
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


def _answers(server: Server) -> bool:
    try:
        return bool(server.get("config"))
    except urllib.error.URLError:
        return False
