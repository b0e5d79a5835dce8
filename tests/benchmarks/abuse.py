"""What one abuser costs everybody else: a pad's 95th percentile while they are at it, over the quiet one's.

    python tests/benchmarks/abuse.py                 # every abuser, by turns with quiet times
    python tests/benchmarks/abuse.py flood points    # these alone
    python tests/benchmarks/abuse.py --url http://127.0.0.1:7860

Each abuser is a process of its own, at the lowest priority: on one machine it would otherwise take the server's cores,
which an abuser elsewhere cannot. Two cores make a table in some three minutes.
"""

import argparse
import asyncio
import base64
import io
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
PACE = 0.08  # seconds from one of a pad's messages to the next
SECONDS = 6  # that a pad is watched at a time
ROUNDS = 3
PORT = 8219
SEVEN = {"strokes": [[[60, 60], [180, 60], [150, 100], [110, 220]]], "width": 280, "height": 280}


def main() -> None:
    """Print a line an abuser: quiet, abused and their ratio, medians over the rounds, and how many calls failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("abusers", nargs="*", choices=[*ABUSERS, []], help="all, where none is named")
    parser.add_argument("--url", help="an app that runs already, in place of one started here")
    parser.add_argument("--abuse", choices=list(ABUSERS), help=argparse.SUPPRESS)  # what such a process does
    options = parser.parse_args()
    if options.abuse:
        os.nice(19)
        asyncio.run(ABUSERS[options.abuse](options.url))
        return
    with served(options.url) as url:
        asyncio.run(pad(url, 3))  # warm
        for name in options.abusers or ABUSERS:
            print(f"{name:9} {compared(url, name)}", flush=True)


class served:
    """An app of our own at `PORT`, or the one that runs at `url`."""

    def __init__(self, url: str | None):
        self.url, self.process = url, None

    def __enter__(self) -> str:
        if self.url:
            return self.url.rstrip("/")
        command = [sys.executable, "app.py", "--collect", "--port", str(PORT)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=sys.stderr)
        url = f"http://127.0.0.1:{PORT}"
        for _ in range(120):
            time.sleep(0.5)
            try:
                httpx.get(f"{url}/config")
                return url
            except httpx.TransportError:
                continue
        raise SystemExit("the app does not start")

    def __exit__(self, *_: object) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait()


def compared(url: str, name: str) -> str:
    """Quiet and abused by turns."""
    quiet, abused, failed = [], [], 0
    for _ in range(ROUNDS):
        quiet.append(asyncio.run(pad(url, SECONDS))[0])
        abuser = subprocess.Popen(
            [sys.executable, __file__, "--url", url, "--abuse", name],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            time.sleep(15 if name == "trainings" else 4)  # until it is at work
            found, refused = asyncio.run(pad(url, SECONDS))
        finally:
            abuser.kill()
            abuser.wait()
        abused.append(found)
        failed += refused
        time.sleep(1)
    before, after = statistics.median(quiet), statistics.median(abused)
    ratio = statistics.median(b / a for a, b in zip(quiet, abused, strict=True))
    return f"quiet {1e3 * before:5.0f} ms   abused {1e3 * after:5.0f} ms   ratio {ratio:5.1f}   failed {failed}"


# ------------------------------------------------------------------------------------------------------- the pad


async def pad(url: str, seconds: float) -> tuple[float, int]:
    """The 95th percentile of a pad's answers, in seconds, and how many there were not."""
    times: list[float] = []
    failed = 0
    async with httpx.AsyncClient(timeout=60) as client:
        function, inputs = live(await config(client, url))
        data = [SEVEN if name == "pad" else None for name in inputs]
        until = time.perf_counter() + seconds
        while time.perf_counter() < until or len(times) < 20:
            begin = time.perf_counter()
            answer = await client.post(
                f"{url}/gradio_api/run/predict", json={"data": data, "fn_index": function, "session_hash": "quiet"}
            )
            took = time.perf_counter() - begin
            times.append(took)
            failed += answer.status_code != 200
            await asyncio.sleep(max(0, PACE - took))
    return statistics.quantiles(times, n=20)[-1], failed


async def config(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    """The app's configuration."""
    return (await client.get(f"{url}/config")).json()


def live(found: dict[str, Any]) -> tuple[int, list[str]]:
    """The event of the pad's pen, and its inputs' names."""
    parts = {part["id"]: part["props"].get("elem_id") for part in found["components"]}
    return next(
        (event["id"], [parts[one] for one in event["inputs"]])
        for event in found["dependencies"]
        if any(parts[target] == "pad" and name == "input" for target, name in event["targets"])
    )


# ------------------------------------------------------------------------------------------------------ the abusers

Abuse = Callable[[httpx.AsyncClient, str], Awaitable[Any]]


def many(count: int, once: Abuse) -> Callable[[str], Awaitable[None]]:
    """An abuser who does something `count` times at once, again and again."""

    async def abuse(url: str) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        async with httpx.AsyncClient(timeout=600, limits=limits) as client:

            async def endless() -> None:
                while True:
                    try:
                        await once(client, url)
                    except (httpx.HTTPError, KeyError, ValueError):
                        await asyncio.sleep(0.01)

            await asyncio.gather(*(endless() for _ in range(count)))

    return abuse


def digest() -> str:
    """A session's name."""
    return f"{random.getrandbits(64):x}"


async def join(client: httpx.AsyncClient, url: str, name: str, data: list[Any], listen: bool) -> None:
    """Join the queue as a script does; and wait for the answer, or not."""
    event = next(one["id"] for one in (await known(client, url))["dependencies"] if one["api_name"] == name)
    session = digest()
    body = {"data": data, "fn_index": event, "session_hash": session}
    answer = await client.post(f"{url}/gradio_api/queue/join", json=body)
    if listen and answer.status_code == 200:
        async with client.stream("GET", f"{url}/gradio_api/queue/data", params={"session_hash": session}) as stream:
            async for _ in stream.aiter_lines():
                pass


_known: dict[str, Any] = {}


async def known(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    """The app's configuration, asked for once."""
    if not _known:
        _known.update(await config(client, url))
    return _known


async def flood(client: httpx.AsyncClient, url: str) -> None:
    """Join, and never read."""
    await join(client, url, "breaking_point", [await file(client, url, 28), "rotation", "default", 0], listen=False)


async def points(client: httpx.AsyncClient, url: str) -> None:
    """A drawing of a million points; then one as large as may be."""
    for count in (1_000_000, 60_000):
        body = json.dumps({"data": [{**SEVEN, "strokes": [[[1, 2]] * count]}, "default"]})
        await client.post(f"{url}/gradio_api/call/predict_strokes", content=body, headers=JSON)
        await client.post(f"{url}/gradio_api/run/predict_strokes", content=body, headers=JSON)


async def giant(client: httpx.AsyncClient, url: str) -> None:
    """A picture of 49 megapixels, past the queue and through it."""
    sent = await file(client, url, 7000)
    await client.post(f"{url}/gradio_api/run/predict", json={"data": [sent, "default"]})
    await join(client, url, "predict", [sent, "default"], listen=True)


async def batch(client: httpx.AsyncClient, url: str) -> None:
    """Twenty such pictures in one call."""
    sent = await file(client, url, 7000)
    await join(client, url, "predict_batch", [[sent] * 20, "default"], listen=True)
    await join(client, url, "predict_batch", [[sent] * 256, "default"], listen=True)


async def uploads(client: httpx.AsyncClient, url: str) -> None:
    """A byte a second."""

    async def slowly() -> Any:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
        while True:
            yield b"x"
            await asyncio.sleep(1)

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    await client.post(f"{url}/gradio_api/upload?upload_id={digest()}", content=slowly(), headers=headers)


async def streams(client: httpx.AsyncClient, url: str) -> None:
    """Answers that never end, of every kind there is."""
    session = digest()
    where = random.choice(
        (f"heartbeat/{session}", f"queue/data?session_hash={session}", "upload_progress?upload_id=open")
    )
    if where.endswith("open") and not _known.get("uploading"):
        _known["uploading"] = asyncio.create_task(uploads_named(client, url))
    async with client.stream("GET", f"{url}/gradio_api/{where}") as stream:
        async for _ in stream.aiter_lines():
            pass


async def uploads_named(client: httpx.AsyncClient, url: str) -> None:
    """An upload whose progress many look at."""

    async def slowly() -> Any:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
        while True:
            yield b"x" * 5000
            await asyncio.sleep(1)

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    await client.post(f"{url}/gradio_api/upload?upload_id=open", content=slowly(), headers=headers)


async def pages(client: httpx.AsyncClient, url: str) -> None:
    """The page and what Gradio says of it, over and over."""
    for path in ("/", "/config", "/gradio_api/info"):
        await client.get(url + path)


async def trainings(client: httpx.AsyncClient, url: str) -> None:
    """The course's network on all of MNIST, again and again, and a class that waits behind it."""
    event, session = await event_of(client, url, "lab", "select"), digest()

    async def ask(**asked: Any) -> dict[str, Any]:
        body = {"data": [asked, None, None], "fn_index": event, "session_hash": session}
        return (await client.post(f"{url}/gradio_api/run/predict", json=body)).json()["data"][0][asked["view"]]

    begun = await ask(view="begin", **TRAINING)
    seen, state = 0, "refused" if begun.get("why") else "waiting"
    while state in ("waiting", "training", "measuring"):
        await asyncio.sleep(0.5)
        found = (await ask(view="news", ticket=begun["ticket"], since=seen))["news"]
        seen, state = found["seen"], found["state"]


async def event_of(client: httpx.AsyncClient, url: str, component: str, event: str) -> int:
    """The number of a component's event."""
    found = await known(client, url)
    parts = {part["id"]: part["props"].get("elem_id") for part in found["components"]}
    return next(
        one["id"]
        for one in found["dependencies"]
        if any(parts.get(target) == component and name == event for target, name in one["targets"])
    )


async def classes(client: httpx.AsyncClient, url: str) -> None:
    """Series as large as may be, handed in to a class of their own, each by another visitor; and classes opened."""
    event = await event_of(client, url, "trials", "input")

    async def ask(**asked: Any) -> dict[str, Any]:
        body = {"data": [asked], "fn_index": event, "session_hash": digest()}
        return (await client.post(f"{url}/gradio_api/run/predict", json=body)).json()["data"][0][asked["view"]]

    code = (await ask(view="open"))["code"] or "FHJKLMQR"  # a guess, where no more can be opened
    test = {
        "at": "2026-01-02T03:04:05Z", "kind": "drawn", "meant": 7, "said": 7, "reason": None, "guess": 7,
        "confidence": 0.9, "model": "robust", "pixels": base64.b64encode(bytes(784)).decode(),
        "strokes": {**SEVEN, "strokes": [[[1.5, 2.5]] * 80]},
    }  # fmt: skip
    for number in range(80):
        receipt = f"{random.getrandbits(128):032x}"
        await ask(view="submit", code=code, name=f"{number}", trials=json.dumps([test] * 150), receipt=receipt)


TRAINING = {
    "design": [
        {"kind": "convolution", "filters": 32}, {"kind": "activation"}, {"kind": "pooling"},
        {"kind": "convolution", "filters": 64}, {"kind": "activation"}, {"kind": "pooling"},
        {"kind": "dense", "units": 128}, {"kind": "activation"}, {"kind": "dropout", "rate": 0.5},
    ],
    "images": 60000, "epochs": 5, "optimiser": "adam", "learning_rate": 4e-3, "augmentation": True, "seeds": [0],
}  # fmt: skip
JSON = {"Content-Type": "application/json"}
_files: dict[int, asyncio.Task] = {}


async def file(client: httpx.AsyncClient, url: str, side: int) -> dict[str, Any]:
    """An uploaded PNG of so many pixels a side, as a component takes it; sent once."""
    if side not in _files:
        _files[side] = asyncio.create_task(_sent(client, url, side))
    return await _files[side]


async def _sent(client: httpx.AsyncClient, url: str, side: int) -> dict[str, Any]:
    picture = io.BytesIO()
    image = Image.new("L", (side, side), 255)
    image.paste(0, (side // 3, side // 5, side // 2, side * 4 // 5))
    image.save(picture, "PNG")
    answer = await client.post(f"{url}/gradio_api/upload", files={"files": ("a.png", picture.getvalue())})
    return {"path": answer.json()[0], "meta": {"_type": "gradio.FileData"}}


ABUSERS: dict[str, Callable[[str], Awaitable[None]]] = {
    "flood": many(40, flood),
    "points": many(8, points),
    "giant": many(8, giant),
    "batch": many(8, batch),
    "uploads": many(300, uploads),
    "streams": many(300, streams),
    "pages": many(40, pages),
    "trainings": many(8, trainings),
    "classes": many(8, classes),
}

if __name__ == "__main__":
    main()
