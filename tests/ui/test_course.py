"""The course's starters that are pages, in a real browser: one asks the app, one has the network with it."""

import functools
import json
import re
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from cnn.models.registry import Models, load
from cnn.network.classifier import softmax
from cnn.ui.page import build_demo, launch_options
from tests.ui.conftest import SEVEN, FakeClassifier
from train.publish import lesson
from train.publish.notebooks import FOLDER

RUNTIME = "https://cdn.jsdelivr.net/npm/onnxruntime-web@*/dist/ort.wasm.min.js"
# What the page uses of ONNX Runtime Web, which a network would bring; `network` is the test's.
STAND_IN = """
window.ort = {
    env: { wasm: {} },
    Tensor: class { constructor(type, data, dims) { Object.assign(this, { type, data, dims }); } },
    InferenceSession: { create: async (model) => {
        await fetch(model);
        const run = async ({ picture }) => ({ logits: { data: await network([...picture.data], picture.dims) } });
        return { inputNames: ["picture"], outputNames: ["logits"], run };
    } },
};
"""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The starters' folder served as their READMEs say, another site than the app's."""
    handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=FOLDER))
    Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["en-US"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 360, "height": 740}, locale=request.param)
    yield page
    page.close()


@pytest.fixture
def asked(fake: FakeClassifier, site: str) -> Iterator[str]:
    """The address of an app that lets the starters' site ask it."""
    demo = build_demo(Models([fake], fake.name))
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options([site]))
    yield demo.local_url.rstrip("/")
    demo.close()


def draw(page: Page) -> None:
    """A seven, in one stroke."""
    box = page.locator("#pad").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()


def test_a_page_of_ones_own_asks_the_app(page: Page, site: str, asked: str) -> None:
    page.goto(f"{site}/page-js/?app={asked}")
    draw(page)
    expect(page.locator("output")).to_have_text("7")
    sent, received = (json.loads(page.locator(place).text_content()) for place in ("#sent", "#received"))
    assert len(sent["strokes"][0]) > 8
    assert (received["label"], received["model"]) == (7, "fake")
    page.get_by_role("button").click()
    expect(page.locator("output")).to_have_text("?")


def test_a_page_of_ones_own_says_why_there_is_no_answer(page: Page, site: str, fake_app: tuple) -> None:
    """This app was not told that it may be asked."""
    app = fake_app[1].local_url.rstrip("/")
    page.goto(f"{site}/page-js/?app={app}")
    expect(page.get_by_role("heading")).to_have_text("Draw a digit")
    draw(page)
    expect(page.locator("output")).to_have_text("⚠")
    expect(page.locator("#received")).to_contain_text("python app.py --allow-origin")
    page.goto(f"{site}/page-js/?app=http://127.0.0.1:9")
    draw(page)
    expect(page.locator("#received")).to_contain_text(
        "The app does not answer at http://127.0.0.1:9. If it is at another"
    )


def test_the_network_in_the_browser_gets_what_mnist_would_have(page: Page, site: str) -> None:
    """The page frames the drawing, and the network reads it; here the real one, by Keras."""
    seen: list[np.ndarray] = []
    course, closed = load("course"), False

    def network(values: list[float], shape: list[int]) -> list[float]:
        seen.append(np.reshape(values, shape)[..., 0])
        logits = course.logits(seen[-1])
        return (softmax(logits) if closed else logits)[0].tolist()

    def without_integrity(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub(r'integrity="[^"]*"', "", answer.text()))

    page.expose_function("network", network)
    page.route("**/browser-onnx/", without_integrity)
    page.route(RUNTIME, lambda route: route.fulfill(body=STAND_IN, headers={"Access-Control-Allow-Origin": "*"}))
    page.goto(f"{site}/browser-onnx/")
    expect(page.locator("output")).to_have_text("?")
    draw(page)
    expect(page.locator("output")).to_have_text("7")
    image = seen[0][0]
    rows, columns = (np.flatnonzero((image > 0.2).any(axis)) for axis in (1, 0))
    assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 21
    middle = [np.average(np.arange(28), weights=image.sum(axis)) for axis in (1, 0)]
    np.testing.assert_allclose(middle, 13.5, atol=0.3)
    received = page.locator("#received").text_content()
    assert re.search(r"^7  (1\.|0\.[5-9])", received, re.MULTILINE)
    closed = True  # by a softmax of its own
    page.get_by_role("button").click()
    draw(page)
    expect(page.locator("output")).to_have_text("7")
    assert page.locator("#received").text_content() == received
    # Of other classes, by its config; an output more stands for none of them.
    page.route("**/config.json", lambda route: route.fulfill(json={"task": {"classes": [*"abcdefg"]}}))
    page.goto(f"{site}/browser-onnx/")
    expect(page.locator("output")).to_have_text("?")
    draw(page)
    expect(page.locator("#received")).to_contain_text(re.compile(r"^a  .*^g  .*^\?  (1\.|0\.[5-9])", re.S | re.M))


@pytest.mark.parametrize("page", ["fr-CH"], indirect=True)
def test_the_network_in_the_browser_says_that_its_runtime_could_not_be_fetched(page: Page, site: str) -> None:
    page.route(RUNTIME, lambda route: route.abort())
    page.goto(f"{site}/browser-onnx/")
    expect(page.locator("output")).to_have_text("⚠")
    said = page.locator("#received")
    expect(said).to_contain_text("n'a pas pu être téléchargé ; le README dit")
    expect(page.get_by_role("heading")).to_have_text("Le réseau est ici")
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_observation_sheet_is_one_printed_page(browser: Browser, language: str) -> None:
    page = browser.new_page()
    page.set_content(lesson.printable(lesson.sheet(language), language))
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
    page.close()
