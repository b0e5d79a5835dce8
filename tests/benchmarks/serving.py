"""What the server bears: pads that draw at once and scripts that call, beside a Gradio app that does nothing.

    python tests/benchmarks/serving.py                     # all of the below
    python tests/benchmarks/serving.py "30 pads" "1 script"

Each pad sends its drawing, a point longer each time, at most every 80 ms, and the next when the last answer is there,
as the page does. Each script sends a picture to `/predict` by gradio_client, and the next when it has the answer. The
two apps are processes of their own and take turns; so is whoever asks them.
"""

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

LOADS = ("1 pads", "30 pads", "1 script", "8 scripts")
PACE, SECONDS, TURNS = 0.08, 10, 3
TICK = os.sysconf("SC_CLK_TCK")


def main(loads: list[str]) -> None:
    """Print a table: medians over the turns, and the ratio of the app to the bare one."""
    apps = {role: started(role) for role in ("ours", "bare")}
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {TURNS} turns of {SECONDS} s each")
    print("| | | ours | bare | ratio |\n| --- | --- | --- | --- | --- |")
    for load in loads:
        turns = [{role: loaded(load, *app) for role, app in apps.items()} for _ in range(TURNS)]
        for name in turns[0]["ours"]:
            mine, theirs = (statistics.median(turn[role][name] for turn in turns) for role in apps)
            cells = load, name, f"{mine:.1f}", f"{theirs:.1f}", f"{mine / theirs:.2f}"
            print("|", *(f"{cell} |" for cell in cells), flush=True)
    for app, _ in apps.values():
        app.terminate()


def started(role: str) -> tuple[subprocess.Popen, str]:
    """An app as a process, once it is served and warm: and its address."""
    app = subprocess.Popen([sys.executable, __file__, role], stdout=subprocess.PIPE, text=True)
    return app, app.stdout.readline().strip()


def loaded(load: str, app: subprocess.Popen, url: str) -> dict[str, float]:
    """What is met under a load, by name."""
    before = busy(app.pid)
    asked = subprocess.run([sys.executable, __file__, "ask", url, load], capture_output=True, text=True, check=True)
    times, asking = json.loads(asked.stdout)
    times.sort()
    return {
        "answers a second": len(times) / SECONDS,
        "processor an answer, ms": 1000 * (busy(app.pid) - before) / len(times),
        "of who asks, ms": 1000 * asking / len(times),
        "median, ms": 1000 * statistics.median(times),
        "95 %, ms": 1000 * times[int(0.95 * len(times))],
    }


def busy(process: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


# ------------------------------------------------------------------------------------------------------------ the apps


def ours() -> None:
    """Serve the app."""
    import cnn.models.registry
    from cnn.ui.page import build_demo, launch_options

    models = cnn.models.registry.load_all()
    models.prepare()
    serve(build_demo(models), launch_options())


def bare() -> None:
    """Serve a pad that gets an answer, a panel that shows it and a state, and `/predict`, with nothing behind them."""
    import gradio as gr

    with gr.Blocks(analytics_enabled=False) as demo:
        pad, panel, state = gr.HTML(elem_id="pad", js_on_load="trigger('input')"), gr.HTML(), gr.State()
        pad.input(lambda drawing: ("", None), pad, [panel, state], queue=False)
        gr.Button().click(lambda image, model: {}, [gr.Image(), gr.Textbox()], gr.JSON(), api_name="predict")
    serve(demo, {})


def serve(demo, options: dict) -> None:
    """Serve, and say where."""
    _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, **options)
    print(url.rstrip("/"), flush=True)
    demo.block_thread()


# ------------------------------------------------------------------------------------------------------- who asks them


def ask(url: str, load: str) -> None:
    """Put a load on an app, and write how long each answer took, and how long the processor was at asking: seconds."""
    count, who = load.split()
    print(json.dumps(asyncio.run(draw(url, int(count))) if who.startswith("pad") else call(url, int(count))))


async def draw(url: str, count: int) -> tuple[list[float], float]:
    """Draw on so many pads: seconds from sending to the answer, of all answers, and of processor."""
    import httpx2

    async with httpx2.AsyncClient(base_url=url, limits=httpx2.Limits(max_connections=count), timeout=60) as client:
        config = (await client.get("/config")).json()
        parts = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
        live = next(
            event["id"]
            for event in config["dependencies"]
            if any(name == "input" and parts[target] == "pad" for target, name in event["targets"])
        )
        times: list[float] = []
        began = time.process_time()
        until = time.perf_counter() + SECONDS

        async def pad(number: int) -> None:
            await asyncio.sleep(random.random() * PACE)
            points = 2
            while (begin := time.perf_counter()) < until:
                body = {"data": [drawing(points)], "fn_index": live, "session_hash": f"pad{number}"}
                (await client.post("/gradio_api/run/predict", json=body)).raise_for_status()
                times.append(time.perf_counter() - begin)
                points = points + 1 if points < 28 else 2
                await asyncio.sleep(PACE - times[-1])

        await asyncio.gather(*map(pad, range(count)))
    return times, time.process_time() - began


def drawing(points: int) -> dict:
    """A seven somewhere on the pad, as far as so many points."""
    x, y = random.uniform(60, 120), random.uniform(40, 80)
    bar, foot = [(x + 8 * i, y) for i in range(10)], [(x + 80 - 3 * i, y + 8 * i) for i in range(1, 19)]
    return {"strokes": [[[round(a), round(b)] for a, b in (bar + foot)[:points]]], "width": 280, "height": 280}


def call(url: str, count: int) -> tuple[list[float], float]:
    """Call `/predict` by so many scripts: seconds from sending to the answer, of all answers, and of processor."""
    import PIL.Image
    import PIL.ImageDraw
    from gradio_client import Client, handle_file

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "seven.png")
        picture = PIL.Image.new("L", (280, 280), 255)
        PIL.ImageDraw.Draw(picture).line([(90, 60), (190, 60), (120, 220)], 0, 14)
        picture.save(file)
        clients = [Client(url, verbose=False, download_files=False) for _ in range(count)]
        began = time.process_time()
        until = time.perf_counter() + SECONDS

        def script(client: Client) -> list[float]:
            times = []
            while (begin := time.perf_counter()) < until:
                client.predict(handle_file(file), "default", api_name="/predict")
                times.append(time.perf_counter() - begin)
            return times

        with ThreadPoolExecutor(count) as scripts:
            times = [one for times in scripts.map(script, clients) for one in times]
        return times, time.process_time() - began


if __name__ == "__main__":
    roles: dict[str, Callable] = {"ours": ours, "bare": bare, "ask": ask}
    if sys.argv[1:2] and sys.argv[1] in roles:
        roles[sys.argv[1]](*sys.argv[2:])
    else:
        main(sys.argv[1:] or list(LOADS))
