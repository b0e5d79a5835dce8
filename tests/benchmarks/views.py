"""How long a view into the network takes: the app's answer, beside the way a course's notebook does it.

    python tests/benchmarks/views.py            # the server's part, and the usual way with matplotlib
    python tests/benchmarks/views.py --browser  # from a change of the drawing to the painted view, in Chromium

Needs tests/benchmarks/requirements.txt; the browser's part tests/requirements.txt and Debian's chromium.
"""

import argparse
import io
import itertools
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import cnn.models.registry  # noqa: E402  the path comes first
from cnn.inside.explain import METHODS  # noqa: E402
from cnn.inside.views import own_digits  # noqa: E402
from cnn.models.registry import DEFAULT, Models  # noqa: E402
from cnn.network.layers import steps  # noqa: E402
from cnn.types import Framed  # noqa: E402
from cnn.ui.inside import answer  # noqa: E402

ROUNDS = 20
ASKED = {
    "network": {"view": "network"},
    "network, a channel open": {"view": "network", "layer": "conv2", "channel": 5},
    "moved digit, all networks": {"view": "shift", "across": 3, "down": 2},
    **{f"why: {method}": {"view": "why", "method": method} for method in METHODS},
}


def main() -> None:
    """Print a table: medians, 90th percentiles, and for the server's part the ratio to the usual way."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--browser", action="store_true", help="measure in Chromium, the app running")
    options = parser.parse_args()
    models = cnn.models.registry.load_all(DEFAULT)
    models.prepare()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {ROUNDS} rounds by turns")
    rows = in_browser(models) if options.browser else on_the_server(models)
    for row in rows:
        print(row, flush=True)


def on_the_server(models: Models) -> Iterator[str]:
    """Each view's answer, as JSON, and the usual way, by turns; another digit each round."""
    usual = usual_way(models)
    contenders = {"the usual way": usual}
    for name, asked in ASKED.items():
        contenders[name] = lambda digit, asked=asked: json.dumps(answer(asked, Framed(digit), models, DEFAULT))
    yield from table(by_turns(contenders))


def by_turns(contenders: dict[str, Callable]) -> dict[str, list[float]]:
    """Milliseconds of ROUNDS runs of each, by name, after one that does not count; another digit each round."""
    times = {name: [] for name in contenders}
    for digit in own_digits()[: ROUNDS + 1]:
        for name, run in contenders.items():
            started = time.perf_counter()
            run(digit)
            times[name].append(1000 * (time.perf_counter() - started))
    return {name: found[1:] for name, found in times.items()}


def table(times: dict[str, list[float]]) -> Iterator[str]:
    """A row each, beside the usual way."""
    peer = statistics.median(times["the usual way"])
    for name, found in times.items():
        yield f"{name:28} {summary(found)}   {statistics.median(found) / peer:6.3f} of the usual way"


def usual_way(models: Models) -> Callable:
    """Every layer's output by `model.predict`, and the maps as a matplotlib figure, a subplot a channel."""
    import keras
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    model = models[DEFAULT]._model
    probe = keras.Model(model.inputs, [layer.output for layer in steps(model)])

    def draw(digit) -> None:
        for output in probe.predict(digit[None, ..., None], verbose=0):
            if output.ndim == 4:
                figure, axes = pyplot.subplots(8, -(-output.shape[-1] // 8))
                for channel, axis in enumerate(axes.flat[: output.shape[-1]]):
                    axis.imshow(output[0, ..., channel], cmap="gray")
                    axis.axis("off")
                figure.savefig(io.BytesIO(), format="png")
                pyplot.close(figure)

    return draw


def in_browser(models: Models) -> Iterator[str]:
    """From a click on an example digit of the second tab's pad to the view painted with it, without its animation."""
    from playwright.sync_api import sync_playwright

    from cnn.ui.page import build_demo, launch_options
    from tests.ui.conftest import CHROMIUM, DESKTOP, FLAGS, Visit, choose

    demo = build_demo(models)
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_context(viewport=DESKTOP, reduced_motion="reduce", locale="en-US").new_page()
        Visit(page).go(demo.local_url)
        page.get_by_role("tab", name="Understand").click()
        turns = itertools.cycle(range(10))  # on and on: the same digit twice would change nothing
        for view in ("network", "why", "play"):
            page.locator(f".inside [data-view={view}]").click()
            for method in METHODS if view == "why" else [None]:
                if method:
                    choose(page.locator(f"[name=inside-method][value={method}]"))
                page.wait_for_timeout(1500)
                found = [page.evaluate(CHANGE, next(turns)) for _ in range(ROUNDS + 1)]
                yield f"{view} {method or '':22} {summary(found[1:])}"
        browser.close()
    demo.close()


# Milliseconds from the change to the frame after the one in which the small picture of the digit is another.
CHANGE = """turn => new Promise(done => {
    const shown = () => document.querySelector(".inside .says canvas").toDataURL();
    const before = shown(), started = performance.now();
    const look = () => shown() === before ? requestAnimationFrame(look)
        : requestAnimationFrame(() => done(performance.now() - started));
    document.querySelectorAll("#pad-inside .examples button")[turn].click();
    look();
})"""


def summary(times: list[float]) -> str:
    """Median and 90th percentile, ms."""
    return f"{statistics.median(times):7.1f} ms (90 % within {sorted(times)[int(0.9 * len(times)) - 1]:.1f})"


if __name__ == "__main__":
    main()
