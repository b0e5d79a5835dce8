"""A network that tells letters apart, in a real browser: every part of the page shows its classes."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import gradio as gr
import keras
import numpy as np
import pytest
from keras import layers
from playwright.sync_api import Browser, expect

from cnn.mnist import Mnist
from cnn.models.registry import Models
from cnn.network.classifier import Classifier
from cnn.task import Task
from cnn.text import say
from cnn.types import Digits
from cnn.ui.page import build_demo, launch_options
from tests.ui.conftest import PHONE, SEVEN, Visit, choose, open_tab, visits
from train.measure.evaluate import Sets, evaluate

LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
W = LETTERS.index("W")


def letters(name: str, favourite: int) -> Classifier:
    """A network that was never trained, and says one letter of everything."""
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(2, 3, strides=2, activation="relu", name="conv1"),
            layers.Flatten(name="flatten"),
            layers.Dense(
                len(LETTERS) + 1, kernel_initializer=keras.initializers.RandomNormal(0, 1e-3, 0), name="logits"
            ),
        ]
    )
    kernel, bias = model.layers[-1].get_weights()
    bias[favourite], bias[-1] = 7, -7
    model.layers[-1].set_weights([kernel, bias])
    return Classifier(model, name, task=Task(LETTERS))


@pytest.fixture(scope="module")
def app(digits: Digits) -> Iterator[gr.Blocks]:
    test, training = (Digits(digits.images[part], digits.labels[part]) for part in (slice(0, 60), slice(60, 160)))
    networks = [letters("letters", W), letters("others", 2)]
    for network in networks:
        network.metrics = evaluate(network, Sets(test, training=training))
    mnist = Mnist({"test": test, "train": training}.__getitem__)
    mnist.start().join()
    demo = build_demo(Models(networks, "letters"), mnist)
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield demo
    demo.close()


@pytest.fixture
def visit(browser: Browser, app: gr.Blocks) -> Iterator[Callable[..., Visit]]:
    """Visit the page; whatever a visitor did, nothing broke."""
    visitors = []

    def enter(**options: object) -> Visit:
        visitors.append(open_page(**options))
        return visitors[-1]

    with visits(browser, app.local_url) as open_page:
        yield enter
        assert [error for visitor in visitors for error in visitor.errors] == []


# What is said on the page, and what its pictures and controls are called; without a word, it is a class or a count.
SAID = """() => [...document.querySelectorAll("body *")].filter((node) => node.checkVisibility()).flatMap((node) => [
    document.title, node.getAttribute("aria-label"), node.getAttribute("placeholder"), node.title,
    ...[...node.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ nodeValue }) => nodeValue),
]).filter((words) => typeof words === "string" && /[a-z]{2}/.test(words))"""
OF_DIGITS = re.compile(r"digit|chiffre|MNIST|0 to 9|0 à 9|LeCun|still being|en cours de chargement", re.IGNORECASE)
VIEWS = {
    "draw": [], "inside": ["network", "why", "play"], "stress": ["compare", "breaking", "card"],
    "errors": ["list", "compare", "calibration"], "trials": ["mine", "class"],
}  # fmt: skip


def is_within(visitor: Visit) -> bool:
    """Whether the page needs no scrolling to the side."""
    return visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_read_and_judged_are_letters(visit: Callable[..., Visit], tmp_path: Path) -> None:
    visitor = visit(viewport=PHONE)
    bars = visitor.page.locator(".reading .bars li")
    expect(bars.locator("button")).to_have_text(LETTERS)
    visitor.draw(SEVEN)
    visitor.reads("W")
    expect(bars.nth(W)).to_have_class("best")
    expect(bars.nth(W)).to_be_in_viewport()  # which holds fewer bars than there are letters
    expect(bars.nth(0)).not_to_be_in_viewport()
    bars.locator("button").nth(25).click()
    expect(visitor.page.locator(".reading .ask")).to_contain_text("Z")
    assert is_within(visitor)
    open_tab(visitor.page, "My tests")
    panel = visitor.page.locator("#trials-mine")
    expect(panel.locator(".matrix thead th")).to_have_text([*LETTERS, "?"])
    expect(panel.locator(".matrix tbody th")).to_have_text(LETTERS)
    expect(panel.locator(".gallery figcaption").first).to_contain_text("Z")
    assert is_within(visitor)
    with visitor.page.expect_download() as download:
        panel.locator("[data-file=csv]").click()
    download.value.save_as(tmp_path / "series.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "series.csv").read_text())))
    assert [(row["meant"], row["said"], row["right"]) for row in rows] == [("25", str(W), "0")]


def test_each_view_of_a_network_has_its_classes(visit: Callable[..., Visit]) -> None:
    visitor = visit(viewport=PHONE)
    visitor.draw(SEVEN)
    visitor.reads("W")
    page = visitor.page
    page.get_by_role("tab", name="Understand").click()
    panel = page.locator(".inside")
    expect(panel.locator(".says .digit")).to_have_text("W")
    for _ in range(20):  # to the last layer
        if panel.locator(".outputs").is_visible():
            break
        panel.get_by_role("button", name="Next layer").click()
    expect(panel.locator(".outputs b")).to_have_text(LETTERS)
    panel.locator(".outputs .tile").nth(W).click()
    expect(panel.locator(".softmax")).to_contain_text("W")
    assert is_within(visitor)
    page.get_by_role("tab", name="Why").click()
    expect(panel.locator(".asks .choice label")).to_have_count(27)
    choose(panel.locator(".asks .choice").get_by_role("radio", name="Q", exact=True))
    expect(panel.locator(".claim")).to_contain_text("Q")


def test_names_have_room_and_nothing_is_called_an_example(browser: Browser) -> None:
    """A network of named classes that came without an example: its page asks for a drawing, and cuts no name."""
    names = ("zéro", "un", "deux", "quatre", "septante")
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(len(names), name="logits")])
    demo = build_demo(Models([Classifier(model, "names", task=Task(names))], "names"))
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    try:
        with visits(browser, demo.local_url) as open_page:
            visitor = open_page()
            visitor.page.get_by_role("tab", name="Understand").click()
            panel = visitor.page.locator(".inside")
            expect(panel.locator(".verdict")).to_have_text("Draw a symbol")
            expect(panel.locator(".detail")).to_have_text(say("pane.empty"))  # and no map of nothing
            expect(panel.locator(".network")).to_be_hidden()
            visitor.pad = visitor.page.locator("#pad-inside canvas")
            visitor.draw(SEVEN)
            expect(panel.locator(".network")).to_be_visible()
            expect(panel.locator(".outputs b")).to_have_text(names)
            assert panel.locator(".outputs b").evaluate_all("all => all.every((b) => b.scrollWidth <= b.clientWidth)")
            assert is_within(visitor)
            visitor.page.set_viewport_size(PHONE)
            assert is_within(visitor)
            assert visitor.errors == []
    finally:
        demo.close()


def test_the_stress_test_and_the_errors_have_them_too(visit: Callable[..., Visit]) -> None:
    visitor = visit(viewport=PHONE)
    visitor.draw(SEVEN)
    visitor.reads("W")
    page = visitor.page
    open_tab(page, "Stress test")
    first = page.locator(".stress .answers > li").first
    expect(first.locator(".bars b")).to_have_text(LETTERS)
    expect(first.locator(".signs b")).to_have_text(["W", "W"])
    page.get_by_role("tab", name="Breaking point").click()
    expect(page.locator(".stress .verdicts")).to_contain_text("W")
    assert is_within(visitor)
    open_tab(page, "Errors")
    table = page.locator(".errors .matrix")
    expect(table.locator("tbody th")).to_have_text(LETTERS)
    assert is_within(visitor)
    box = page.locator(".errors .matrix-box")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")  # in its own box
    caption = page.locator(".errors .matrix-caption")  # which is not cut with it
    expect(caption).to_contain_text("Rows: the label.")
    place = caption.bounding_box()
    assert 0 <= place["x"] < place["x"] + place["width"] <= PHONE["width"]
    counts = np.array(
        [[cell.inner_text() for cell in row.locator("td").all()] for row in table.locator("tbody tr").all()]
    )
    assert counts[0, W] not in ("", "0")
    choose(page.locator(".errors .tools .choice.labels").get_by_role("radio", name="B", exact=True))
    expect(page.locator(".errors .tile b").first).to_have_text("B → W")


@pytest.mark.parametrize("locale", ["en-US", pytest.param("fr-FR", marks=pytest.mark.long)])
def test_no_text_speaks_of_digits(visit: Callable[..., Visit], locale: str) -> None:
    visitor = visit(locale=locale)
    page = visitor.page

    def says_no_digit() -> None:
        said = page.evaluate(SAID)
        assert len(said) > 10
        assert [words for words in dict.fromkeys(said) if OF_DIGITS.search(words)] == []

    says_no_digit()
    visitor.draw(SEVEN)
    visitor.reads("W")
    page.locator(".reading .yes").click()
    for tab, views in VIEWS.items():
        page.evaluate("hash => { location.hash = hash; }", tab)
        for view in views or [None]:
            if view:
                page.locator(f".pane [data-view={view}]:visible").click()
            page.wait_for_timeout(100)  # what it asks for is on its way
            visitor.answered()
            says_no_digit()
    page.evaluate("location.hash = 'errors'")
    page.locator(".errors [data-view=list]").click()
    expect(page.locator(".errors .missing")).to_contain_text(re.compile("do not come with|ne viennent pas avec"))
    page.locator(".errors .tile").first.click()
    expect(page.locator(".errors .opened")).to_be_visible()
    says_no_digit()
    assert is_within(visitor)
