"""Snippets of docs/api.md for other people's pages, as written, in a real browser: the app in one, and its script."""

import functools
import json
import re
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import gradio as gr
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cnn.models.registry import Models
from cnn.text import say
from cnn.ui.page import build_demo, launch_options
from tests.docs.test_snippets import snippet
from tests.ui.conftest import CHROMIUM, DESKTOP, FLAGS, ONE, SEVEN, FakeClassifier, Visit, choose, open_tab, ready

ASSETS = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
CDN = "https://cdn.jsdelivr.net/npm/@gradio/client@*/dist/index.min.js"
# Settings of Chromium in which a page, or a page in another site's frame, may keep nothing.
NO_SITE_DATA = {"default_content_setting_values": {"cookies": 2}}
NO_THIRD_PARTIES = {"cookie_controls_mode": 1}
SHUT = "() => { try { return Boolean(localStorage) } catch (error) { return error.name } }"


@pytest.fixture
def profile(browser: Browser, tmp_path: Path) -> Iterator[Callable[[dict], BrowserContext]]:
    """Start a browser of its own with these settings of a profile."""
    started = []

    def start(settings: dict) -> BrowserContext:
        folder = tmp_path / "profile"
        (folder / "Default").mkdir(parents=True)
        (folder / "Default" / "Preferences").write_text(json.dumps({"profile": settings}))
        options = {"executable_path": str(CHROMIUM), "args": FLAGS, "locale": "en-US", "viewport": DESKTOP}
        started.append(browser.browser_type.launch_persistent_context(folder, **options))
        return started[-1]

    yield start
    for context in started:
        context.close()


@pytest.fixture
def their_site(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Serve a page of somebody else's, with a picture of a seven beside it; gives its address, of another site."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    seven = Image.new("L", (80, 80), 255)
    ImageDraw.Draw(seven).line([(20, 20), (60, 20), (40, 65)], 0, 6)
    seven.save(folder / "seven.png")
    (folder / "favicon.ico").touch()
    handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=folder))
    Thread(target=server.serve_forever, args=[0.02], daemon=True).start()

    def serve(html: str) -> str:
        (folder / "theirs.html").write_text(html, encoding="utf-8")
        return f"http://localhost:{server.server_port}/theirs.html"  # the app is at 127.0.0.1: two sites

    yield serve
    server.shutdown()
    server.server_close()


@pytest.fixture
def their_page(browser: Browser, their_site: Callable[[str], str]) -> Iterator[Callable[[str], Page]]:
    """Open a page of somebody else's."""
    page = browser.new_page(locale="en-US")

    def open_page(html: str) -> Page:
        page.goto(their_site(html))
        return page

    yield open_page
    page.close()


def test_the_app_in_a_page_that_may_keep_nothing(
    their_site: Callable[[str], str],
    profile: Callable[[dict], BrowserContext],
    fake_app: tuple[FakeClassifier, gr.Blocks],
) -> None:
    page = profile(NO_THIRD_PARTIES).new_page()
    complaints = complained(page)
    page.goto(their_site(snippet("html", "iframe").replace("https://owner-space.hf.space", fake_app[1].local_url)))
    frame = page.frame_locator("iframe")
    expect(frame.locator(".reading .verdict")).not_to_be_empty()  # a seven greets whom nobody can know
    assert page.frames[1].evaluate(SHUT) == "SecurityError"
    ready(page.frames[1])
    box = frame.locator("#pad canvas").bounding_box()
    places = [
        (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in ONE
    ]  # nobody knows whether the visitor was here: a seven greets them
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=12)
    page.mouse.up()
    expect(frame.locator(".reading .digit")).to_have_text("1")
    assert not complaints


def test_a_browser_that_keeps_nothing_remembers_as_long_as_the_page(
    profile: Callable[[dict], BrowserContext], fake_app: tuple[FakeClassifier, gr.Blocks]
) -> None:
    visitor = Visit(profile(NO_SITE_DATA).new_page())
    complaints = complained(visitor.page)
    visitor.go(fake_app[1].local_url)
    assert visitor.page.evaluate(SHUT) == "SecurityError"
    choose(visitor.page.get_by_role("radio", name="Thick pen"))
    visitor.draw(SEVEN)
    visitor.reads(7)
    visitor.page.get_by_role("button", name="Right", exact=True).click()
    open_tab(visitor.page, "Stress test")
    visitor.pad = visitor.page.locator("#pad-stress canvas")
    visitor.until(lambda: visitor.inked() > 0)
    visitor.page.locator("#pad-stress").get_by_role("button", name="Change").click()
    expect(visitor.page.locator("#pad-stress").get_by_role("radio", name="Thick pen")).to_be_checked()
    open_tab(visitor.page, "My tests")
    panel = visitor.page.locator("#trials-mine")
    expect(panel.locator(".result .verdict")).to_have_text("1 of 1 read right: 100%.")
    expect(panel.locator(".notice")).to_contain_text("does not keep the series")
    panel.get_by_role("button", name="Clear").click()
    panel.get_by_role("button", name="Bring back").click()
    expect(panel.locator(".result .verdict")).to_have_text("1 of 1 read right: 100%.")
    assert not visitor.errors
    assert not complaints


def test_the_policy_of_what_a_page_may_do_lets_it_do_all_it_does(visit: Callable[..., Visit], tmp_path: Path) -> None:
    visitor = visit()
    complaints = complained(visitor.page)
    visitor.page.reload()
    visitor.draw(SEVEN)
    visitor.reads(7)
    for tab in ("Understand", "Stress test", "Errors"):
        with visitor.page.expect_response(re.compile("/run/predict")):
            open_tab(visitor.page, tab)
    open_tab(visitor.page, "My tests")
    expect(visitor.page.locator(".trials")).to_be_visible()
    visitor.page.get_by_role("tab").first.click()
    visitor.page.get_by_role("tab", name="Photo").click()
    Image.new("L", (80, 80), 255).save(tmp_path / "blank.png")
    with visitor.page.expect_response(re.compile("/file=")):  # the picture that was sent is shown
        visitor.page.locator("#photo input[type=file]").set_input_files(tmp_path / "blank.png")
    assert not complaints


@pytest.fixture
def asked(fake: FakeClassifier) -> Iterator[Callable[..., str]]:
    """Serve the app so that pages of these sites may ask it; gives its address."""
    served = []

    def serve(*origins: str) -> str:
        served.append(build_demo(Models([fake], fake.name)))
        served[-1].launch(prevent_thread_lock=True, quiet=True, **launch_options(origins))
        return served[-1].local_url.rstrip("/")

    yield serve
    for demo in served:
        demo.close()


def asking(page: Page, address: str) -> str:
    """The script of docs/api.md for an app at `address`, in a page that has Gradio's client.

    That, which a network would bring, is taken out of Gradio's own page: it is the same class.
    """
    headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/javascript"}
    page.route(CDN, lambda route: route.fulfill(body=gradios_client(address), headers=headers))
    return snippet("js", "@gradio/client").replace("http://127.0.0.1:7860", address)


def test_a_script_in_a_page(their_page: Callable[[str], Page], asked: Callable[..., str]) -> None:
    page = their_page("<title>theirs</title>")
    code = asking(page, asked(page.url.removesuffix("/theirs.html")))
    with page.expect_console_message(lambda message: message.text == "7 0.9"):
        page.add_script_tag(content=code, type="module")


def test_a_script_in_a_page_that_the_operator_did_not_allow(
    their_page: Callable[[str], Page], asked: Callable[..., str]
) -> None:
    page = their_page("<title>theirs</title>")
    code = asking(page, asked("https://school.example"))
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        page.add_script_tag(content=code, type="module")
    assert (answer.value.status, answer.value.json()["detail"]) == (403, say("error.foreign"))


def complained(page: Page) -> list[str]:
    """Grows by what the browser says that a policy forbids the page."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "policy" in message.text.lower() else None)
    return said


def gradios_client(address: str) -> str:
    """The script of Gradio's page that holds its client, with the client exported."""
    for path in ASSETS.glob("index-*.js"):
        script = path.read_text(encoding="utf-8")
        before, found, _ = script.partition("static async connect")
        if found:
            name = re.findall(r"(\w+)=class\b", before)[-1]
            script = re.sub(r"""(from|import)(\(?)([`"'])\./""", rf"\1\2\3{address}/assets/", script)
            return f"{script}\nexport {{ {name} as Client }};"
    raise AssertionError("Gradio's page has no client")
