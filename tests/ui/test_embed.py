"""The README's snippets for other people's pages, as written, in a real browser: the app inside one, and its script."""

import functools
import re
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import gradio as gr
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from tests.test_snippets import snippet
from tests.ui.conftest import SEVEN, FakeClassifier

ASSETS = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
CDN = "https://cdn.jsdelivr.net/npm/@gradio/client@*/dist/index.min.js"


@pytest.fixture
def their_page(browser: Browser, tmp_path: Path) -> Iterator[Callable[[str], Page]]:
    """Open a page of somebody else's, at an address of its own, with a picture of a seven beside it."""
    seven = Image.new("L", (80, 80), 255)
    ImageDraw.Draw(seven).line([(20, 20), (60, 20), (40, 65)], 0, 6)
    seven.save(tmp_path / "seven.png")
    (tmp_path / "favicon.ico").touch()
    handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=tmp_path))
    Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    page = browser.new_page(locale="en-US")

    def open_page(html: str) -> Page:
        (tmp_path / "theirs.html").write_text(html, encoding="utf-8")
        page.goto(f"http://127.0.0.1:{server.server_port}/theirs.html")
        return page

    yield open_page
    page.close()
    server.shutdown()
    server.server_close()


def test_the_app_in_a_page(their_page: Callable[[str], Page], fake_app: tuple[FakeClassifier, gr.Blocks]) -> None:
    page = their_page(snippet("html", "iframe").replace("https://owner-space.hf.space", fake_app[1].local_url))
    frame = page.frame_locator("iframe")
    expect(frame.locator(".reading .verdict")).to_have_text("Draw a digit")
    box = frame.locator("#pad canvas").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=12)
    page.mouse.up()
    expect(frame.locator(".reading .digit")).to_have_text("7")


def test_a_script_in_a_page(their_page: Callable[[str], Page], fake_app: tuple[FakeClassifier, gr.Blocks]) -> None:
    """Gradio's client, which a network would bring, is taken out of Gradio's own page: it is the same class."""
    address = fake_app[1].local_url.rstrip("/")
    page = their_page("<title>theirs</title>")
    headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/javascript"}
    page.route(CDN, lambda route: route.fulfill(body=gradios_client(address), headers=headers))
    code = snippet("js", "@gradio/client").replace("http://127.0.0.1:7860", address)
    with page.expect_console_message(lambda message: message.text == "7 0.9"):
        page.add_script_tag(content=code, type="module")


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
