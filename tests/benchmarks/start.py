"""From `python app.py` to the first answer, and the memory at rest, beside a Gradio app that does nothing.

    python tests/benchmarks/start.py [TURNS]

The two take turns; the least of each figure counts. On a busy machine processor time says more than waiting.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
STROKES = {"strokes": [[[150, 40], [150, 260]]], "width": 300, "height": 300}
BARE = """
import gradio as gr
with gr.Blocks(analytics_enabled=False) as demo:
    gr.Button().click(lambda strokes, model: strokes, [gr.JSON(), gr.Textbox()], gr.JSON(), api_name="predict_strokes")
demo.launch()
"""
APPS = {"ours": ["app.py"], "bare": ["-c", BARE]}
QUIET = 3  # seconds without work, at rest
Found = dict[str, float]


def main() -> None:
    """Print a table: the least of each figure, and the ratio of the app to the bare one."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    found: dict[str, list[Found]] = {name: [] for name in APPS}
    for _ in range(turns):
        for name, command in APPS.items():
            found[name].append(started(command))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, the least of {turns}")
    print("| | ours | bare | ratio |\n| --- | --- | --- | --- |")
    for what in found["ours"][0]:
        ours, bare = (min(one[what] for one in found[name]) for name in APPS)
        print(f"| {what} | {ours:.1f} | {bare:.1f} | {ours / bare:.2f} |")


def started(command: list[str]) -> Found:
    """Start an app, ask it, wait until it rests, and stop it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "GRADIO_SERVER_PORT": port, "MNIST_DIR": "/nonexistent"},
    )  # fmt: skip
    try:
        while not answers(f"http://127.0.0.1:{port}/gradio_api/call/predict_strokes"):
            if process.poll() is not None:
                raise SystemExit(f"{command[0]} has stopped")
            time.sleep(0.02)
        found = {"first answer, s": time.perf_counter() - begun, "its processor time, s": worked(process.pid)}
        before = -1.0
        while (now := worked(process.pid)) - before > 0.2:  # Gradio's queue looks for work all the time
            before = now
            time.sleep(QUIET)
        return found | {"at rest, MB": memory(process.pid)}
    finally:
        process.kill()
        process.wait()


def answers(url: str) -> bool:
    """Whether the app has answered."""
    try:
        body = json.dumps({"data": [STROKES, "default"]}).encode()
        with urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"})) as sent:
            event = json.load(sent)["event_id"]
        with urllib.request.urlopen(f"{url}/{event}") as answer:
            return b"complete" in answer.read()
    except urllib.error.URLError:
        return False


def worked(pid: int) -> float:
    """Seconds of processor time."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Megabytes in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
