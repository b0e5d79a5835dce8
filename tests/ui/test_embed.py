"""The README's snippets for other people's pages, as written, in a real browser: the app inside one, and its script."""

import re
from pathlib import Path

import gradio as gr
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from tests.test_snippets import snippet
from tests.ui.conftest import SEVEN, FakeClassifier
from tests.ui.test_draw import png

ASSETS = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
CDN = "https://cdn.jsdelivr.net/npm/@gradio/client@*/dist/index.min.js"


def page_with(browser: Browser, origin: str, html: str) -> Page:
    """A page of somebody else's: `html`, and a picture of a seven beside it."""
    page = browser.new_page()
    page.route("**/theirs.html", lambda route: route.fulfill(body=html, content_type="text/html"))
    seven = Image.new("L", (80, 80), 255)
    ImageDraw.Draw(seven).line([(20, 20), (60, 20), (40, 65)], 0, 6)
    page.route("**/seven.png", lambda route: route.fulfill(body=png(seven)["buffer"], content_type="image/png"))
    page.goto(f"{origin}/theirs.html")
    return page


def test_the_app_in_a_page(browser: Browser, fake_app: tuple[FakeClassifier, gr.Blocks]) -> None:
    html = snippet("html", "iframe").replace("https://owner-space.hf.space", fake_app[1].local_url)
    page = page_with(browser, "http://theirs.example", html)
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
    page.close()


def test_a_script_in_a_page(browser: Browser, fake_app: tuple[FakeClassifier, gr.Blocks]) -> None:
    """Gradio's client, which a network would bring, is taken out of Gradio's own page: it is the same class."""
    origin = fake_app[1].local_url.rstrip("/")
    page = page_with(browser, origin, "<title>theirs</title>")
    page.route(CDN, lambda route: route.fulfill(body=gradios_client(origin), content_type="text/javascript"))
    with page.expect_console_message(lambda message: message.text == "7 0.9"):
        page.add_script_tag(
            content=snippet("js", "@gradio/client").replace("http://127.0.0.1:7860", origin), type="module"
        )
    page.close()


def gradios_client(origin: str) -> str:
    """The script of Gradio's page that holds its client, with the client exported."""
    for path in ASSETS.glob("index-*.js"):
        script = path.read_text(encoding="utf-8")
        before, found, _ = script.partition("static async connect")
        if found:
            name = re.findall(r"(\w+)=class\b", before)[-1]
            script = re.sub(r"""(from|import)(\(?)([`"'])\./""", rf"\1\2\3{origin}/assets/", script)
            return f"{script}\nexport {{ {name} as Client }};"
    raise AssertionError("Gradio's page has no client")
