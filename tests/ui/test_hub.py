"""Models from the Hub on the page: a visitor names one, and is told when the one that was to answer is missing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import gradio as gr
import pytest
from playwright.sync_api import Browser, expect

from cnn.models.registry import Models
from cnn.network.classifier import Classifier
from cnn.types import InputError
from cnn.ui.page import build_demo, launch_options
from tests import hub_server
from tests.ui.conftest import PHONE, FakeClassifier, Visit, choose, visits


@pytest.fixture(scope="module")
def address(
    classifier: Classifier, tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:  # fmt: skip
    """The app open to a small Hub with one model, while the one that was to answer cannot be reached."""
    models = Models([classifier], classifier.name, open_to_hub=True)
    models.expected, models.missing = "me/mine", InputError("hub_away", name="me/mine")
    with hub_server.serving() as hub, hub_server.signed_in(hub, tmp_path_factory.mktemp("cache")):
        hub.add("them/theirs", {"model.keras": (tiny_folder / "model.keras").read_bytes()})
        demo = build_demo(models)
        demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
        yield demo.local_url
        demo.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Visit]]:
    with visits(browser, address) as open_page:
        yield open_page


@pytest.mark.parametrize("name", ["them/theirs", " https://huggingface.co/them/theirs/ "])
def test_a_visitor_names_a_model(visit: Callable[..., Visit], name: str) -> None:
    visitor = visit(viewport=PHONE)
    visitor.page.get_by_role("tab", name="Understand").click()
    field = visitor.page.locator("#hub-request").get_by_role("textbox")
    field.fill(name)
    field.press("Enter")
    expect(visitor.page.locator("#model").get_by_role("radio", name="theirs")).to_be_checked(timeout=20_000)
    expect(visitor.page.locator("#inside")).to_contain_text("read by “them/theirs”")
    expect(field).to_be_empty()
    choose(visitor.page.locator("#model").get_by_role("radio", name="tiny"))
    expect(visitor.page.locator("#inside")).to_contain_text("read by “tiny”")
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert not visitor.errors


@pytest.mark.parametrize(
    ("name", "says"),
    [("them/nobody", "Il n’y a pas de modèle public nommé « them/nobody »"), ("theirs", "s’appelle owner/name")],
)
def test_a_refusal_is_a_sentence_in_the_visitors_language(visit: Callable[..., Visit], name: str, says: str) -> None:
    visitor = visit(locale="fr-FR")
    visitor.page.get_by_role("tab", name="Comprendre").click()
    field = visitor.page.locator("#hub-request").get_by_role("textbox")
    field.fill(name)
    field.press("Enter")
    expect(visitor.page.get_by_text(says)).to_be_visible()
    expect(visitor.page.locator("#model").get_by_role("radio")).to_have_count(1)


@pytest.mark.parametrize(("locale", "says"), [("en-US", "cannot be reached from here"), ("fr-FR", "« tiny » répond.")])
def test_the_page_says_which_model_is_missing(visit: Callable[..., Visit], locale: str, says: str) -> None:
    expect(visit(locale=locale).page.locator("#notice")).to_contain_text(says)


def test_a_closed_app_offers_no_box(browser: Browser, fake_app: tuple[FakeClassifier, gr.Blocks]) -> None:
    with visits(browser, fake_app[1].local_url) as open_page:
        visitor = open_page()
        visitor.page.get_by_role("tab", name="Understand").click()
        expect(visitor.page.locator("#model")).to_be_visible()
        expect(visitor.page.locator("#hub-request")).to_have_count(0)
        expect(visitor.page.locator("#notice")).to_be_hidden()
