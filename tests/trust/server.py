"""The app in a process of its own, as people start it; what it has is read from Linux's /proc."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.test_app import free_port

ROOT = Path(__file__).parent.parent.parent
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


@contextmanager
def served() -> Iterator[Server]:
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


def _answers(server: Server) -> bool:
    try:
        return bool(server.get("config"))
    except urllib.error.URLError:
        return False
