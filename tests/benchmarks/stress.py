"""How long the stress test takes: a move of the slider, a breaking point, a report card.

    python tests/benchmarks/stress.py            # the server's part, and the usual way: a loop over `model.predict`
    python tests/benchmarks/stress.py --browser  # from a move of the slider to the painted answers, in Chromium

The browser's part needs tests/requirements.txt and Debian's chromium.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402  the path comes first

import cnn.models.registry  # noqa: E402
from cnn.models.registry import DEFAULT, Models  # noqa: E402
from cnn.stress.perturbations import PERTURBATIONS  # noqa: E402
from cnn.types import Framed  # noqa: E402
from cnn.ui.stress import answer  # noqa: E402
from tests.benchmarks.views import ROUNDS, by_turns, summary, table  # noqa: E402

SLIDER = {"view": "compare", "seed": 0, "against": None}
ASKED = {
    "slider: rotation": {**SLIDER, "stack": [{"name": "rotation", "strength": 30}]},
    "slider: elastic, fog, noise": {
        **SLIDER,
        "stack": [{"name": name, "strength": 0.5} for name in ("elastic", "fog", "gaussian_noise")],
    },
    "slider: pgd, the largest": {**SLIDER, "stack": [{"name": "pgd", "strength": 0.5}]},
    "slider: pgd, moved on": {**SLIDER, "stack": [{"name": "pgd", "strength": 0.3}]},  # the same digit
    **{f"breaking: {name}": {"view": "breaking", "seed": 0, "name": name} for name in PERTURBATIONS},
}


def main() -> None:
    """Print a table: medians, 90th percentiles, and for the server's part the ratio to the usual way."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--browser", action="store_true", help="measure in Chromium, the app running")
    options = parser.parse_args()
    models = cnn.models.registry.load_all(DEFAULT)
    models.prepare()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {ROUNDS} rounds by turns")
    for row in in_browser(models) if options.browser else on_the_server(models):
        print(row, flush=True)


def on_the_server(models: Models) -> Iterator[str]:
    """Each answer, as JSON, and the usual way to a breaking point, by turns; another digit each round."""
    contenders = {"the usual way": lambda digit: usual_way(models, digit)}
    for name, asked in ASKED.items():
        contenders[name] = lambda digit, asked=asked: json.dumps(answer(asked, Framed(digit), models))
    times = by_turns(contenders)
    yield from table(times)
    card = np.sum([found for name, found in times.items() if name.startswith("breaking")], axis=0)
    yield f"{'a report card, all of these':28} {summary(card.tolist())}"


def usual_way(models: Models, digit: np.ndarray) -> None:
    """A breaking point under rotation: strength by strength, model by model, by `model.predict`."""
    bend = PERTURBATIONS["rotation"]
    for strength in bend.strengths():
        bent = bend.apply(digit[None], strength, [0])
        for model in models.values():
            model._model.predict(bent[..., None], verbose=0)


def in_browser(models: Models) -> Iterator[str]:
    """From a move of the slider to the frame after the one in which the bent digit is another."""
    from playwright.sync_api import sync_playwright

    from cnn.ui.page import build_demo, launch_options
    from tests.ui.conftest import CHROMIUM, DESKTOP, FLAGS, Visit, open_tab

    demo = build_demo(models)
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_context(viewport=DESKTOP, reduced_motion="reduce", locale="en-US").new_page()
        Visit(page).go(demo.local_url)
        open_tab(page, "Stress test")
        for name in ("rotation", "gaussian_noise", "fog", "pgd"):
            page.locator(".stack select").select_option(name)
            page.wait_for_timeout(1500)
            bend = PERTURBATIONS[name]
            strengths = np.linspace(bend.neutral + bend.step, bend.maximum, ROUNDS + 1)
            found = [page.evaluate(MOVE, float(strength)) for strength in strengths]
            yield f"slider: {name:20} {summary(found[1:])}"
        page.locator("[data-view=breaking]").click()
        page.wait_for_timeout(1500)
        names = [name for name in PERTURBATIONS if not PERTURBATIONS[name].worst_case]
        yield f"breaking: {'all but the worst cases':18} {summary([page.evaluate(CHOOSE, name) for name in names][1:])}"
        for name in ("fgsm", "pgd", "deepfool"):
            found = []
            for _ in range(5):
                page.evaluate(CHOOSE, "rotation")
                found.append(page.evaluate(CHOOSE, name))
            yield f"breaking: {name:18} {summary(found[1:])}"
        browser.close()
    demo.close()


MOVE = """strength => new Promise(done => {
    const shown = () => document.querySelectorAll(".duel canvas")[1].toDataURL();
    const slider = document.querySelector(".stack input[type=range]");
    const before = shown(), started = performance.now();
    const look = () => shown() === before ? requestAnimationFrame(look)
        : requestAnimationFrame(() => done(performance.now() - started));
    slider.value = strength;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    look();
})"""

CHOOSE = """name => new Promise(done => {
    const chart = () => document.querySelector(".chart svg");
    const select = document.querySelector(".pick-one select");
    const before = chart(), started = performance.now();
    const look = () => chart() === before ? requestAnimationFrame(look)
        : requestAnimationFrame(() => done(performance.now() - started));
    select.value = name;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    look();
})"""


if __name__ == "__main__":
    main()
