"""A network of four classes that no pen makes, in a real browser: pictures are uploaded, or tried."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from cnn.models.registry import load_all
from cnn.types import Digits
from cnn.ui.page import build_demo, launch_options
from tests.train.data.test_folders import drawer, pictures
from tests.ui.conftest import PHONE, Visit, open_tab, ready, visits
from tests.ui.test_classes import OF_DIGITS, SAID
from train import __main__ as train

OF_PENS = re.compile(r"draw|pen\b|stroke of|dessin|stylet|symbol", re.IGNORECASE)


NAMES = ("standing", "lying", "cross", "frame")  # as they are in `kinds`
IN_ORDER = sorted(NAMES)


def kinds(count: int) -> Digits:
    """Bars that stand and that lie, both at once, and a frame; so many of each."""
    bars = pictures(2 * count)
    standing, lying = bars.images[::2], bars.images[1::2]
    frame = np.zeros_like(lying)
    for image, side in zip(frame, np.random.default_rng(0).integers(6, 12, count), strict=True):
        image[14 - side : 14 + side, 14 - side : 14 + side] = 200
        image[16 - side : 12 + side, 16 - side : 12 + side] = 0
    images = np.concatenate([standing, lying, np.maximum(standing, lying), frame])
    return Digits(images, np.repeat(np.arange(4, dtype=np.uint8), count))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gr.Blocks]:
    folder = tmp_path_factory.mktemp("bars")
    data, run = ["--data", str(drawer(folder / "bars", kinds(120), NAMES))], str(folder / "run")
    assert train.main(["fit", "tiny", *data, "--folder", run, "--epochs", "10", "--batch", "16"]) == 0
    assert train.main(["evaluate", run, *data, "--quick"]) == 0
    demo = build_demo(load_all(run))
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield demo
    demo.close()


@pytest.fixture
def visit(browser: Browser, app: gr.Blocks) -> Iterator[Callable[..., Visit]]:
    with visits(browser, app.local_url) as open_page:
        yield open_page


@pytest.fixture
def lying(tmp_path: Path) -> str:
    """A bar that lies, dark on a white page."""
    page = np.full((300, 200), 250, np.uint8)
    page[140:170, 20:180] = 30
    Image.fromarray(page).save(tmp_path / "bar.png")
    return str(tmp_path / "bar.png")


def test_there_is_no_pad_but_pictures_to_upload_and_to_try(visit: Callable[..., Visit], lying: str) -> None:
    visitor = visit()
    page = visitor.page
    tabs = page.locator(".pages > .tab-wrapper > .tab-container:not(.visually-hidden) > button")
    expect(tabs).to_have_text(["Read", "Understand", "Test"])
    expect(page.locator("#pad, #task, .reader .switch")).to_have_count(0)
    expect(visitor.verdict).to_have_text("Add a picture")
    expect(visitor.reading.locator(".bars button")).to_have_text(IN_ORDER)
    page.locator("#photo input[type=file]").set_input_files(lying)
    visitor.reads("lying")
    tried = page.locator("#pictures button")
    expect(tried.first).to_be_visible()
    tried.last.click()  # of the last class
    visitor.reads("standing")
    tried.first.click()
    visitor.reads("cross")
    expect(visitor.reading.locator(".ask")).to_have_text("An example is no test of yours: add a picture of your own.")
    assert visitor.errors == []


def test_the_picture_travels_and_nothing_speaks_of_pens(visit: Callable[..., Visit], lying: str) -> None:
    visitor = visit(viewport=PHONE, locale="fr-FR")
    page = visitor.page
    said: set[str] = set(page.evaluate(SAID))
    page.locator(".pages > .tab-wrapper [data-tab-id=inside]:visible").click()
    head = page.locator(".inside .says .digit")
    expect(head).to_have_text("cross")  # the first of the test pictures, before there is another
    still = page.locator("#pad-inside canvas")
    expect(still).to_have_attribute("role", "img")
    assert still.evaluate("c => c.getContext('2d').getImageData(0, 0, 28, 28).data.some((byte) => byte > 0)")
    expect(page.locator("#pad-inside").get_by_role("button")).to_have_count(0)
    said |= set(page.evaluate(SAID))
    page.locator(".pages > .tab-wrapper [data-tab-id=draw]:visible").click()
    page.locator("#pictures button").last.click()
    visitor.reads("standing")
    open_tab(page, "Mise à l’épreuve")
    expect(page.locator(".stress .says .digit")).to_have_text("standing")
    visitor.answered()
    ready(page)
    page.get_by_label("Image de test").fill("1")
    expect(page.locator(".stress .detail")).to_contain_text(
        re.compile(f"Image de test 1, étiquetée ({'|'.join(NAMES)})")
    )
    said |= set(page.evaluate(SAID))
    open_tab(page, "Erreurs")
    expect(page.locator(".errors .matrix tbody th")).to_have_text(IN_ORDER)
    said |= set(page.evaluate(SAID))
    open_tab(page, "Mes essais")
    expect(page.locator(".trials")).to_be_visible()
    said |= set(page.evaluate(SAID))
    assert sorted(words for words in said if OF_DIGITS.search(words) or OF_PENS.search(words)) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert visitor.errors == []


def test_a_script_that_sends_strokes_is_told(app: gr.Blocks) -> None:
    import gradio_client

    client = gradio_client.Client(app.local_url, verbose=False)
    with pytest.raises(Exception, match="reads pictures and nothing that is drawn"):
        client.predict(
            {"strokes": [[[1, 1], [9, 9]]], "width": 10, "height": 10}, "default", api_name="/predict_strokes"
        )
    steps = client.predict(gradio_client.handle_file("assets/pictures/inside.png"), api_name="/preprocess")
    assert [step["caption"] for step in steps][-1] == "In a square, 28 × 28"
