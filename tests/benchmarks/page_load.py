"""What a visit costs: `/` and `/config` of the app, beside a Gradio app with as many components and none of ours.

    python tests/benchmarks/page_load.py

Processor time of the server, and how long the last of the visitors waits, alone and thirty at once. The two apps take
turns; the visitors are a process of their own, and accept what a browser accepts.
"""

import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import gradio as gr  # noqa: E402  the path comes first

import cnn.models.registry  # noqa: E402
from cnn.ui.page import build_demo, launch_options  # noqa: E402

TURNS = 15
AT_ONCE = 30
BROWSERS = {"Accept-Encoding": "gzip, deflate, br, zstd"}


def main() -> None:
    """Print a table: medians, and the ratio of the app to the bare one."""
    ours = build_demo(cnn.models.registry.load_all())
    count = len(ours.blocks) - 1  # the page itself is one of them
    apps = {ours: launch_options(), bare(count): {}}
    for demo, options in apps.items():
        demo.launch(prevent_thread_lock=True, quiet=True, **options)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {count} components, {TURNS} turns")
    print("| address | visitors | | ours | bare | ratio |\n| --- | --- | --- | --- | --- | --- |")
    visitors = subprocess.Popen(
        [sys.executable, __file__, "visit"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    for path in ("", "config"):
        for together in (1, AT_ONCE):
            for what, times in by_turns(visitors, [demo.local_url + path for demo in apps], together).items():
                mine, theirs = map(statistics.median, times)
                cells = f"/{path}", together, what, f"{mine:.1f} ms", f"{theirs:.1f} ms", f"{mine / theirs:.2f}"
                print("|", *(f"{cell} |" for cell in cells), flush=True)
    visitors.stdin.close()
    for demo in apps:
        demo.close()


def bare(count: int) -> gr.Blocks:
    """A Gradio app of `count` components and nothing else."""
    with gr.Blocks(analytics_enabled=False) as demo:
        for _ in range(count):
            gr.HTML()
    return demo


def by_turns(visitors: subprocess.Popen, addresses: list[str], together: int) -> dict[str, Iterator[tuple[float, ...]]]:
    """Milliseconds, a list for each address: of processor a visit, and until the last visitor is served."""
    busy, waits = [[[] for _ in addresses] for _ in range(2)]
    for turn in range(TURNS + 1):
        for place, address in enumerate(addresses):
            before = time.process_time()
            print(address, together, file=visitors.stdin, flush=True)
            wait = float(visitors.stdout.readline())
            if turn:  # the first one warms up
                busy[place].append(1000 * (time.process_time() - before) / together)
                waits[place].append(1000 * wait)
    return {"processor, a visit": busy, "until the last is served": waits}


def visit() -> None:
    """Read an address and a number of visitors a line, and write how long the last of them waited, in seconds."""

    def load(address: str) -> None:
        urllib.request.urlopen(urllib.request.Request(address, headers=BROWSERS), timeout=600).read()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        for line in sys.stdin:
            address, together = line.split()
            start = time.perf_counter()
            list(threads.map(load, [address] * int(together)))
            print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    visit() if "visit" in sys.argv else main()
