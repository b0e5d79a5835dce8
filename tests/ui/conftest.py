"""A real server and a real browser, with a fake network, so that no test of the page depends on weights."""

import base64
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
from playwright import sync_api
from playwright.sync_api import Browser, BrowserContext, Frame, Locator, Page, Request, Route, sync_playwright
from playwright.sync_api import expect as playwrights_expect

from cnn.framing.ink import from_strokes, parse_strokes
from cnn.models.registry import Models, load_all
from cnn.task import DIGITS
from cnn.trials.collecting import Collector
from cnn.types import Framed, InputError, Prediction, Reason
from cnn.ui.draw.pad import SIDE as GRID
from cnn.ui.page import build_demo, launch_options

CHROMIUM = Path("/usr/bin/chromium")
SHELL = Path("/usr/bin/chromium-headless-shell")  # without windows, a page costs a quarter
# All but the first two keep a browser that finds no network from asking for it again and again.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
SEVEN = [(0.28, 0.2), (0.72, 0.2), (0.45, 0.85)]  # shares of the pad's side
ONE = [(0.5, 0.2), (0.5, 0.8)]
STEPS = 4  # of the mouse from point to point: each is a frame that the browser paints

# All views of all stations, by their addresses: a script that gives them, to run within the page.
VIEWS = """
    const { href } = document.querySelector("link[href$='/web/stations.js']");
    return import(href).then(({ STATIONS, viewsOf }) => Object.keys(STATIONS).flatMap(viewsOf));
"""

# Whatever goes wrong in a page's scripts from its very beginning, and what does not load: `window.faults`.
FAULTS = """<script>
    window.faults = [];
    addEventListener("error", ({ message, target }) => {
        if (message?.startsWith("ResizeObserver loop")) return; // it is told in the next frame
        faults.push(message ?? target.outerHTML);
    }, true);
    addEventListener("unhandledrejection", ({ reason }) => faults.push(`${reason?.stack ?? reason}`));
    const { error } = console;
    console.error = (...words) => {
        faults.push(words.join(" "));
        error(...words);
    };
</script>"""

PATIENCE, GLANCE = 20_000, 2_400  # milliseconds: machines that test are busy


class Expect:
    """Playwright's `expect`, which looks ten times a second, however long it waits.

    Where it may wait for 2.5 s or more, its own looks but twice a second for what has not come within a third of one,
    and the tests waited for that more than for the page: it is asked again and again to wait a shorter time.
    """

    def __init__(self, of: Any):
        self._of = of

    def __getattr__(self, name: str) -> Callable[..., None]:
        def holds(*wanted: Any, timeout: float = PATIENCE, **options: Any) -> None:
            end = time.monotonic() + (timeout - GLANCE) / 1000
            while time.monotonic() < end:
                with suppress(AssertionError):
                    return once(*wanted, timeout=GLANCE, **options)
            return once(*wanted, timeout=min(timeout, GLANCE), **options)

        once = getattr(playwrights_expect(self._of), name)
        return holds


sync_api.expect = Expect  # which all the tests of the page import

# The tabs that stand within a station's, by their names.
STATION_OF = {
    **dict.fromkeys(["Stress test", "Errors", "My tests"], "Test"),
    **dict.fromkeys(["Mise à l’épreuve", "Erreurs", "Mes essais"], "Tester"),
}

Point = tuple[float, float]

# What a test may do to a page for good: it is closed after that.
LASTING = ("add_init_script", "emulate_media", "expose_function", "on", "once", "route")

_idle: dict[str, list[BrowserContext]] = defaultdict(list)  # contexts that no test uses now, by their options


def prediction(label: int, confidence: float, reason: Reason | None = None) -> Prediction:
    """An answer with what is left of 1 spread evenly over the other digits."""
    probabilities = np.full(10, (1 - confidence) / 9)
    probabilities[label] = confidence
    return Prediction(
        label=None if reason else label,
        best_guess=None if reason == "blank" else label,
        confidence=confidence,
        probabilities=tuple(map(float, probabilities)),
        abstained=reason is not None,
        reason=reason,
        model="fake",
        milliseconds=1.5,
    )


def seven_or_one(framed: Framed) -> Prediction:
    """A seven is wider at the top than at the bottom; all other ink is a one."""
    if framed.blank:
        return prediction(0, 0.1, "blank")
    top, bottom = (half.any(axis=0).sum() for half in (framed.image[:12], framed.image[16:]))
    return prediction(7 if top > bottom else 1, 0.9)


# As a pad leaves it that was drawn on. Only pages of a server keep things.
GREETED = "try { localStorage.setItem('digit-greeted', 'true') } catch {}"


class FakeClassifier:
    """Answers as `answers` says, which a test may replace."""

    name, architecture, revision, parameters, metrics = "fake", "none", "", 0, {}
    task = DIGITS
    refusal = 0.5

    def __init__(self) -> None:
        self.answers: Callable[[Framed], Prediction] = seven_or_one

    @property
    def layers(self) -> None:
        """It cannot be looked into."""
        raise InputError("no_look", model=self.name)

    def predict(self, framed: Framed, logits: np.ndarray | None = None) -> Prediction:
        return self.answers(framed)

    def logits(self, images: np.ndarray) -> np.ndarray:
        return np.zeros((len(images), 10), np.float32)

    def calibrated(self, logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sure of all, so that nothing is looked at again."""
        return np.ones_like(logits), np.zeros(len(logits), np.float32)

    def assess(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As Classifier's, for each image what `answers` says."""
        answers = [self.answers(Framed(image)) for image in images]
        return np.array([answer.probabilities for answer in answers]), np.zeros(len(answers))


@pytest.fixture(scope="session")
def fake_app() -> Iterator[tuple[FakeClassifier, gr.Blocks]]:
    fake = FakeClassifier()
    demo = build_demo(Models([fake], fake.name))
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield fake, demo
    demo.close()


@pytest.fixture(scope="session")
def real_app() -> Iterator[gr.Blocks]:
    """The app with the networks that come with it, whose page keeps its `faults`."""
    demo, options = build_demo(load_all(), collector=Collector()), launch_options()
    demo.launch(prevent_thread_lock=True, quiet=True, **{**options, "head": FAULTS + options["head"]})
    yield demo
    demo.close()


@pytest.fixture
def fake(fake_app: tuple[FakeClassifier, gr.Blocks]) -> Iterator[FakeClassifier]:
    """The network behind the page; afterwards it answers as before."""
    yield fake_app[0]
    fake_app[0].answers = seven_or_one


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}: install Debian's chromium and chromium-headless-shell to test the page")
    with sync_playwright() as playwright:
        shown_nowhere = SHELL if SHELL.exists() else CHROMIUM
        browser = playwright.chromium.launch(executable_path=str(shown_nowhere), args=FLAGS)
        yield browser
        browser.close()


class Visit:
    """A visitor on the page: what they do, what they see, and what their browser sends meanwhile."""

    def __init__(self, page: Page):
        self.page = page
        self.pad, self.reading = page.locator("#pad canvas"), page.locator(".reading")
        self.digit, self.verdict = page.locator(".reading .digit"), page.locator(".reading .verdict")
        self.number, self.boxes = page.locator(".number .text"), page.locator(".number .boxes li")
        self.posts: list[tuple[str, bytes]] = []
        self.requests: list[str] = []
        self.errors: list[str] = []
        self._asked: list[Request] = []  # for an answer
        self._listeners = {"request": self._note, "pageerror": lambda error: self.errors.append(str(error))}
        for event, listener in self._listeners.items():
            page.on(event, listener)

    def _note(self, request: Request) -> None:
        self.requests.append(request.url)
        if "/run/predict" in request.url:
            self._asked.append(request)
        if request.method == "POST":
            self.posts.append((request.url, request.post_data_buffer or b""))

    def leave(self) -> None:
        """Listen to the page no more."""
        for event, listener in self._listeners.items():
            self.page.remove_listener(event, listener)

    def go(self, address: str) -> None:
        """Open the page anew, even where only what follows the address's `#` differs, and wait until it is ready."""
        if self.page.url != "about:blank":
            self.page.goto("about:blank")
        self.page.goto(address)
        ready(self.page)

    def reload(self) -> None:
        """Load the page again, and wait until it is ready."""
        self.page.reload()
        ready(self.page)

    def at(self, point: Point) -> Point:
        """A share of the pad's side as a place on the screen."""
        box = self.pad.bounding_box()
        return box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"]

    def land(self, points: Sequence[Point], steps: int = STEPS) -> None:
        """Move the pen along the points and leave it down; a pad that is a still picture is changed before."""
        board = self.pad.locator("xpath=ancestor::*[contains(@class, 'board')]")
        if "still" in board.get_attribute("class"):
            board.get_by_role("button", name=re.compile("Change|Modifier")).click()
        self.page.mouse.move(*self.at(points[0]))
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*self.at(point), steps=steps)

    def draw(self, points: Sequence[Point], steps: int = STEPS) -> None:
        """One stroke, from landing to lifting."""
        self.land(points, steps)
        self.page.mouse.up()

    def drawings(self) -> list[list[list[Sequence[float]]]]:
        """The strokes of every message that has some."""
        sent = [json.loads(body)["data"] for _, body in self.posts if b'"strokes"' in body]
        return [data[0]["strokes"] for data in sent if data[0] and data[0].get("strokes")]

    def last(self) -> list[list[Sequence[float]]]:
        """The strokes of the last message to the server."""
        return json.loads(self.posts[-1][1])["data"][0]["strokes"]

    def sent(self, strokes: list[list[Sequence[float]]]) -> None:
        """Wait until the last message to the server holds these strokes, to one unit of the pad's grid."""

        def same() -> bool:
            last = self.last()
            alike = len(last) == len(strokes) and all(len(a) == len(b) for a, b in zip(last, strokes, strict=True))
            return alike and all(np.allclose(a, b, atol=1) for a, b in zip(last, strokes, strict=True))

        self.until(same)

    def until(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        """Wait until a condition holds that only Python can see."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"it does not hold after {seconds} s; last sent: {self.posts[-1:]}"
            self.page.wait_for_timeout(20)

    def intercept(self, pattern: str, handler: Callable[[Route], Any]) -> None:
        """As `page.route`, once it holds: what is asked just as it begins may pass Chromium's interception by.

        About one time in four hundred; no listener hears of it, as if nothing had been asked.
        """
        seen: list[Route] = []

        def see(route: Route) -> None:
            seen.append(route)
            route.fulfill(body="")

        self.page.route(pattern, handler)
        self.page.route("**/intercepted", see)
        while not seen:
            self.page.evaluate("fetch('intercepted').catch(() => {})")
        self.page.unroute("**/intercepted", see)

    def answered(self) -> None:
        """Wait until the server has answered all that it was asked."""
        for request in self._asked:  # which may grow meanwhile
            if response := request.response():
                response.finished()
        self._asked.clear()

    def told(self, key: str) -> Any:
        """What the parts of the page told each other last (`web/store.js`)."""
        store = """document.querySelector("link[href$='/web/store.js']").href"""
        return self.page.evaluate(f"async (key) => (await import({store})).get(key)", key)

    def inked(self) -> int:
        """How many of the canvas's pixels have ink."""
        return self.pad.evaluate(
            "c => c.getContext('2d').getImageData(0, 0, c.width, c.height)"
            ".data.filter((value, at) => at % 4 === 3 && value).length"
        )

    def wants(self, task: str) -> None:
        """Ask for a "Digit" or a "Number", or the same in French."""
        choose(self.page.get_by_role("radio", name=task))

    def reads(self, digit: int | str) -> None:
        """Wait until the answer is this digit; '' where there is none."""
        Expect(self.digit).to_have_text(str(digit))


class Onlooker(Visit):
    """A visitor of a tab that looks at the digit: it is drawn on the tab's `pad`, and shown at its `panel`'s head."""

    panel: Locator

    def sketch(self, points: list[Point]) -> np.ndarray:
        """Draw one more stroke, and wait until the view has it: the (28, 28) digit."""
        self.draw(points, steps=4)
        # What is sent while the pen is down is answered too: only what was sent at its end is the digit.
        end = np.multiply(points[-1], GRID)
        self.until(lambda: any(np.allclose(strokes[-1][-1], end, atol=1.5) for strokes in self.drawings()[-1:]))
        return self.arrived()

    def arrived(self) -> np.ndarray:
        """The digit of the strokes sent last, once it is the picture at the head of the open view."""
        self.until(lambda: np.allclose(self.shown(), self.drawn(), atol=0.02))
        return self.drawn()

    def last_strokes(self) -> dict[str, Any]:
        """The drawing that was sent last."""
        return [json.loads(body)["data"][0] for _, body in self.posts if b'"strokes"' in body][-1]

    def drawn(self) -> np.ndarray:
        return from_strokes(parse_strokes(self.last_strokes())).image

    def shown(self) -> np.ndarray:
        """The picture at the head, as (28, 28) shares of full ink."""
        return darkness(self.panel.locator(".says canvas"))


def open_tab(page: Page, name: str) -> None:
    """Open the tab of a station, or of one of the wings that stand in Test; in English or French."""
    if station := STATION_OF.get(name):
        page.get_by_role("tab", name=station, exact=True).click()
    page.get_by_role("tab", name=name, exact=True).click()


def ready(place: Page | Frame) -> None:
    """Wait until a page of the app can be used: its components have started, and nothing on it moves any more."""
    place.wait_for_function(
        """() => {
            const busy = (says) => document.querySelector(`[aria-busy=${says}]`);
            if (busy(true) || !busy(false)) return false;
            const parts = [...document.querySelectorAll("canvas, button, label, [role=tab]")];
            const places = JSON.stringify(parts.map((part) => part.getBoundingClientRect()));
            const rest = (window.rest ??= { places: "", since: 0 });
            if (rest.places !== places) Object.assign(rest, { places, since: performance.now() });
            return performance.now() - rest.since > 100;
        }""",
        polling=50,  # milliseconds: each look lays the page out
        timeout=60_000,  # a busy machine
    )


def choose(radio: Locator) -> None:
    """Click on one of few, as visitors do: on its words, once they stay where they are; its circle is not shown."""
    radio.locator("xpath=ancestor::label").click()


def pixels(canvas: Locator) -> np.ndarray:
    """What a canvas shows: (height, width, 3)."""
    height, width, data = canvas.evaluate(  # a list of numbers would be ten times as long on its way
        """c => [c.height, c.width,
            btoa(String.fromCharCode(...c.getContext("2d").getImageData(0, 0, c.width, c.height).data))]"""
    )
    return np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)[..., :3].astype(float)


def darkness(canvas: Locator) -> np.ndarray:
    """Shares of full ink, in light mode."""
    paper, ink = np.array([253, 253, 254]), np.array([24, 32, 44])
    return ((paper - pixels(canvas)) / (paper - ink)).mean(-1)


@contextmanager
def visits(browser: Browser, url: str, kind: type[Visit] = Visit) -> Iterator[Callable[..., Any]]:
    """Visitors of the app at `url`, each with a browser context of their own: `visit(locale="fr-FR", ...)`.

    They have been here before, and find a blank pad, unless they are not `greeted`.

    A context that a test is through with is emptied and used again, and its page, where that is as it came: what was
    fetched and compiled is not, once more, which is half of what a visit costs.
    """
    used: list[tuple[str, Visit, list[str]]] = []

    def new_context(greeted: bool, **options: Any) -> BrowserContext:
        context = browser.new_context(**options)
        if greeted:
            context.add_init_script(GREETED)
        return context

    def open_page(greeted: bool = True, **options: Any) -> Visit:
        options = {"viewport": DESKTOP, "locale": "en-US", "service_workers": "block", **options}
        key = json.dumps([greeted, options], sort_keys=True)
        context = _idle[key].pop() if _idle[key] else new_context(greeted, **options)
        visitor = kind(next(iter(context.pages), None) or context.new_page())
        used.append((key, visitor, changes(visitor.page)))
        visitor.go(url)
        return visitor

    yield open_page
    for key, visitor, changed in used:
        context = visitor.page.context
        viewport = json.loads(key)[1]["viewport"]
        empty(visitor, url, viewport, changed)
        _idle[key].append(context)


def changes(page: Page) -> list[str]:
    """Grows by what is done to the page for good."""
    changed: list[str] = []

    def noting(name: str) -> Callable[..., Any]:
        def note(*given: Any, **named: Any) -> Any:
            changed.append(name)
            return getattr(type(page), name)(page, *given, **named)

        return note

    for name in LASTING:
        setattr(page, name, noting(name))
    return changed


@contextmanager
def entered(browser: Browser, url: str, kind: type[Visit], tab: str) -> Iterator[Callable[..., Any]]:
    """As `visits`, for visitors who know how to enter a tab: `visit(tab, ...)`. Whatever they did, nothing broke."""
    visitors = []

    def enter(tab: str = tab, **options: Any) -> Any:
        visitors.append(open_page(**options))
        visitors[-1].enter(tab)
        return visitors[-1]

    with visits(browser, url, kind) as open_page:
        yield enter
        for visitor in visitors:
            Expect(visitor.page.locator(".toast-body.error")).to_have_count(0)
            assert visitor.errors == []


# Nothing is kept from now on. A tab's own storage has no other way to be emptied.
FORGET = "() => { Storage.prototype.setItem = () => {}; try { sessionStorage.clear(); } catch {} }"


def empty(visitor: Visit, url: str, viewport: dict[str, int], changed: list[str]) -> None:
    """Forget what the app's pages have kept, and close all pages of the context but a visitor's that is as it came."""
    page, context = visitor.page, visitor.page.context
    context.set_offline(False)
    again = not changed and not page.is_closed() and page.url.startswith(url)
    if again:
        page.evaluate(FORGET)
        page.mouse.up()
        visitor.leave()
        for name in LASTING:
            delattr(page, name)
    for other in context.pages:
        if other != page:
            other.close()
    page = next(iter(context.pages), None) or context.new_page()
    page.goto("about:blank")  # which keeps nothing more
    session = context.new_cdp_session(page)
    kept = "cookies,local_storage,indexeddb,cache_storage,service_workers"
    session.send("Storage.clearDataForOrigin", {"origin": url.rstrip("/"), "storageTypes": kept})
    session.detach()
    if again:
        page.mouse.move(0, 0)
        page.set_viewport_size(viewport)
    else:
        page.close()


@pytest.fixture
def visit(browser: Browser, fake_app: tuple[FakeClassifier, gr.Blocks]) -> Iterator[Callable[..., Visit]]:
    """Open the page as a visitor with this browser: `visit(locale="fr-FR", viewport=PHONE, ...)`."""
    with visits(browser, fake_app[1].local_url) as open_page:
        yield open_page
