"""The page that an exported network runs in: a pad, MNIST's framing, and an answer. Its runtime is a stub."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from cnn.framing.ink import from_strokes, parse_strokes
from cnn.lab.export import page as exported
from cnn.task import Task
from tests.ui.conftest import SEVEN

SIDE = 280  # of its pad
HEADERS = {"content-type": "text/javascript", "access-control-allow-origin": "*"}
# Says what it was given, and that it is the last of three classes; or what comes after them, where little is drawn.
STUB = """window.ort = {
    env: { wasm: {} },
    Tensor: class { constructor(type, data, dims) { Object.assign(this, { type, data, dims }); } },
    InferenceSession: { create: async (bytes) => ({ run: async ({ picture }) => {
        window.given = { bytes: [...bytes], type: picture.type, data: [...picture.data], dims: picture.dims };
        const ink = picture.data.reduce((sum, one) => sum + one);
        return { logits: { data: Float32Array.from([0, 2, 4, ink > 30 ? 0 : 9]) } };
    } }) },
};"""


@pytest.fixture
def sheet(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page in French, of a network of three bytes and classes, opened from a file."""
    task = Task(("a", "b", "c"))
    html = exported(bytes([1, 2, 3]), "fr", task, 2.0)
    path = tmp_path / "page.html"
    path.write_text(re.sub(r' integrity="\S+"', "", html), encoding="utf-8")
    context = browser.new_context(locale="fr-FR")
    context.route(re.compile("^https://"), lambda route: route.fulfill(body=STUB, headers=HEADERS))
    page = context.new_page()
    page.goto(path.as_uri())
    yield page
    context.close()


def draw(page: Page, points: list[tuple[float, float]]) -> None:
    box = page.locator("#pad").bounding_box()
    assert box
    for at, (x, y) in enumerate(points):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
        if not at:
            page.mouse.down()
    page.mouse.up()


def test_it_reads_what_is_drawn(sheet: Page) -> None:
    expect(sheet.locator("output")).to_be_empty()
    draw(sheet, SEVEN)
    expect(sheet.locator("output")).to_have_text("c")
    shares = np.exp([0, 1, 2]) / np.exp([0, 1, 2]).sum()  # by the temperature
    words = [f"{100 * share:.1f}\u202f%".replace(".", ",") for share in shares]
    shown = [text.replace("\xa0", "\u202f") for text in sheet.locator("li span").all_text_contents()]
    assert shown == words
    given = sheet.evaluate("given")
    assert (given["bytes"], given["type"], given["dims"]) == ([1, 2, 3], "float32", [1, 28, 28, 1])
    sheet.get_by_role("button", name="Effacer").click()
    expect(sheet.locator("output")).to_be_empty()
    draw(sheet, [(0.5, 0.4), (0.5, 0.401)])
    expect(sheet.locator("output")).to_have_text("?")


def test_it_frames_a_digit_as_the_app_does(sheet: Page) -> None:
    draw(sheet, SEVEN)
    expect(sheet.locator("output")).to_have_text("c")
    found = np.reshape(sheet.evaluate("given.data"), (28, 28))
    strokes = [[[x * SIDE, y * SIDE] for x, y in SEVEN]]
    wanted = from_strokes(parse_strokes({"strokes": strokes, "width": SIDE, "height": SIDE})).image
    assert np.corrcoef(found.ravel(), wanted.ravel())[0, 1] > 0.95
    rows, columns = np.indices(found.shape)
    for axis in (rows, columns):
        assert (axis * found).sum() / found.sum() == pytest.approx(14, abs=0.1)


def test_without_the_internet_it_says_so(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(exported(b"", "en"), encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    expect(page.locator("#note")).to_contain_text("needs the internet")
    context.close()
