"""The third tab in a real browser, over two networks with weights drawn by lot: the numbers it shows are theirs."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from cnn import stress
from cnn.classifier import Classifier
from cnn.hub import Models
from cnn.mnist import Mnist, nowhere
from cnn.perturbations import PERTURBATIONS
from cnn.types import Digits
from cnn.ui import build_demo, launch_options
from tests.ui.conftest import PHONE, SEVEN, Onlooker, darkness, visits
from tests.ui.test_inside import by_lot

SCORES = {"error": dict.fromkeys(["zigzag", "stripe"], 0.125), "mean": 0.125, "like_in_training": ["stripe"]}
TEST_CURVE = {"strengths": [-90, 0, 90], "accuracy": [0.0, 1.0, 0.0]}
METRICS = {"robustness": {"mnist_c": SCORES, "perturbations": {"rotation": TEST_CURVE}}}

# What stands beyond the right edge of the page, but for the row of examples and what scrolls by itself.
BEYOND = """[...document.querySelectorAll(".bending *")]
    .filter((node) => !node.closest(".scrolls"))
    .filter((node) => node.getBoundingClientRect().right > innerWidth + 0.5)
    .map((node) => `${node.tagName} ${node.className}`)"""


@pytest.fixture(scope="module")
def networks() -> Models:
    return Models([Classifier(by_lot(name), name, metrics=METRICS) for name in ("course", "mlp")], "course")


@pytest.fixture(scope="module")
def url(networks: Models, digits: Digits) -> Iterator[str]:
    networks.prepare()
    mnist = Mnist(lambda split: digits)
    mnist.start().join()
    demo = build_demo(networks, mnist)
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield demo.local_url
    demo.close()


class Bender(Onlooker):
    """A visitor of the third tab."""

    def __init__(self, page: Page):
        super().__init__(page)
        self.pad = page.locator("#pad-stress canvas")
        self.panel = page.locator(".bending")
        self.slider = self.panel.locator(".stack input[type=range]").first
        self.after = self.panel.locator(".duel canvas").nth(1)

    def enter(self, tab: str = "Stress test") -> None:
        button = self.page.get_by_role("tab", name=tab, exact=True)
        if not button.is_visible():  # on a phone some tabs are behind a button
            self.page.locator(".overflow-menu > button").first.click()
            button = self.page.locator(".overflow-dropdown button", has_text=tab)
        button.click()
        expect(self.panel.locator(".answers li")).not_to_have_count(0)

    def open(self, view: str) -> Locator:
        self.panel.locator(f"[data-view={view}]").click()
        return self.panel.locator(f"[data-panel={view}]")

    def slide(self, strength: float, place: int = 0) -> None:
        slider = self.panel.locator(".stack input[type=range]").nth(place)
        slider.evaluate("(s, v) => { s.value = v; s.dispatchEvent(new Event('input', { bubbles: true })); }", strength)

    def answer(self, model: str) -> list[str]:
        """What a network's card says: before and after."""
        return self.panel.locator(f".answers [data-model={model}] .signs b").all_text_contents()


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Callable[..., Bender]]:
    with visits(browser, url, Bender) as open_page:

        def enter(tab: str = "Stress test", **options: object) -> Bender:
            visitor = open_page(**options)
            visitor.enter(tab)
            return visitor

        yield enter


def test_the_slider_bends_the_digit_and_every_network_answers(visit: Callable[..., Bender], networks: Models) -> None:
    visitor = visit()
    visitor.page.locator("#another-digit").click()
    expect(visitor.panel.locator(".detail")).to_contain_text("MNIST test digit")
    before = visitor.shown()
    requests = len(visitor.posts)
    for strength in (40, -60):
        visitor.slide(strength)
        expect(visitor.panel.locator(".stack output")).to_have_text(f"{strength}°".replace("-", "−"))
        bent = PERTURBATIONS["rotation"].apply(before[None].astype(np.float32), strength, [0])[0]
        visitor.until(lambda bent=bent: np.allclose(darkness(visitor.after), bent, atol=0.03))
        for model in networks:
            label = networks[model].probabilities(bent[None])[0]
            if np.diff(np.sort(label)[-2:]) > 0.02:  # the page's bytes round; a near tie may go either way
                visitor.until(lambda m=model, p=label: visitor.answer(m)[1] == str(p.argmax()))
    assert len(visitor.posts) > requests
    assert not visitor.errors


def test_perturbations_are_stacked_and_taken_off(visit: Callable[..., Bender]) -> None:
    visitor = visit()
    before = visitor.shown().astype(np.float32)
    visitor.slide(0)
    visitor.panel.get_by_role("button", name="Add another").click()
    visitor.panel.locator(".stack select").nth(1).select_option("inversion")
    visitor.slide(100, 1)
    visitor.until(lambda: np.allclose(darkness(visitor.after), 1 - before, atol=0.03))
    visitor.panel.get_by_role("button", name="Remove this perturbation").nth(1).click()
    visitor.until(lambda: np.allclose(darkness(visitor.after), before, atol=0.03))
    expect(visitor.panel.locator(".stack li")).to_have_count(1)


def test_a_seed_changes_what_is_drawn_by_lot(visit: Callable[..., Bender]) -> None:
    visitor = visit()
    before = visitor.shown().astype(np.float32)
    visitor.panel.locator(".stack select").select_option("salt_and_pepper")
    visitor.slide(50)
    for seed in (0, 7):
        visitor.panel.get_by_label("Seed").fill(str(seed))
        visitor.panel.get_by_label("Seed").press("Enter")
        bent = PERTURBATIONS["salt_and_pepper"].apply(before[None], 50, [seed])[0]
        visitor.until(lambda bent=bent: np.allclose(darkness(visitor.after), bent, atol=0.05))


def test_a_worst_case_is_worked_out_against_the_chosen_network(visit: Callable[..., Bender], networks: Models) -> None:
    visitor = visit()
    expect(visitor.panel.locator(".against label")).to_have_count(0)
    visitor.panel.locator(".stack select").select_option("fgsm")
    visitor.slide(0.2)
    pictures = []
    for model in networks:
        visitor.panel.locator(".against").get_by_role("radio", name=model).check(force=True)
        before = visitor.shown().astype(np.float32)
        bent = PERTURBATIONS["fgsm"].apply(before[None], 0.2, [0], networks[model])[0]
        # The page's digit is rounded to bytes, and so a few pixels' signs may differ.
        visitor.until(lambda bent=bent: np.mean(np.abs(darkness(visitor.after) - bent) < 0.05) > 0.97)
        pictures.append(darkness(visitor.after))
    assert not np.allclose(*pictures, atol=0.05)


def test_a_breaking_point_is_the_networks_own(visit: Callable[..., Bender], networks: Models) -> None:
    visitor = visit()
    digit = visitor.sketch(SEVEN)
    panel = visitor.open("breaking")
    expect(panel.locator("svg polyline")).to_have_count(4)  # two networks, each beside its test digits
    for model, curve in stress.curves(networks, digit, "rotation", 0).items():
        row = panel.locator(f".verdicts [data-model={model}]")
        before, at = curve.labels[curve.start], curve.breaks
        if at is None:
            expect(row).to_contain_text(f"says {before} all the way.")
            continue
        strength = f"{curve.strengths[at]:.0f}°".replace("-", "−")
        expect(row).to_contain_text(f"says {before}, then {curve.labels[at]} at {strength} and beyond.")
        right = 1 - abs(curve.strengths[at]) / 90
        expect(row).to_contain_text(f"{right:.0%} of MNIST")
        np.testing.assert_allclose(darkness(row.locator("canvas")), curve.images[at], atol=0.03)


def test_the_report_card_fills_and_is_downloaded(visit: Callable[..., Bender], tmp_path: Path) -> None:
    visitor = visit()
    panel = visitor.open("card")
    expect(panel.locator("tbody tr")).to_have_count(len(PERTURBATIONS), timeout=60_000)
    expect(panel.locator(".summary")).to_contain_text("The answer holds over this share of all ranges: ")
    with visitor.page.expect_download() as download:
        panel.get_by_role("button", name="Download as an image").click()
    assert download.value.suggested_filename == "report-card.png"
    download.value.save_as(tmp_path / "card.png")
    with Image.open(tmp_path / "card.png") as picture:
        assert picture.width > 1000
        assert picture.height > 2000
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 30
    panel.get_by_role("button", name="Zigzag").click()  # a row's name opens its curve
    expect(visitor.panel.locator("[data-panel=breaking] select")).to_have_value("zigzag")
    expect(visitor.panel.locator("[data-panel=breaking] svg polyline")).to_have_count(2)
    assert not visitor.errors


def test_mnist_c_is_what_metrics_say(visit: Callable[..., Bender]) -> None:
    visitor = visit()
    panel = visitor.open("score")
    row = panel.locator("tr", has_text="stripe")
    expect(row.locator("td")).to_have_text([re.compile(r"12\.5% †"), re.compile(r"12\.5% †")])
    expect(panel.locator("tr", has_text="zigzag").locator("td").first).to_have_text("12.5%")
    expect(panel.locator("tr", has_text="fog").locator("td").first).to_have_text("–")


@pytest.mark.parametrize("number", ["3", "99999"])
def test_a_test_digit_by_its_number(visit: Callable[..., Bender], digits: Digits, number: str) -> None:
    visitor = visit()
    field = visitor.page.get_by_label("MNIST test digit")
    field.fill(number)
    field.press("Enter")
    if number == "3":
        expect(visitor.panel.locator(".detail")).to_contain_text(f"MNIST test digit 3, labelled {digits.labels[3]}")
        np.testing.assert_allclose(visitor.shown(), digits.images[3] / 255, atol=0.03)
    else:
        expect(visitor.page.get_by_text("A test digit is a whole number from 0 to 1499.")).to_be_visible()


def test_without_mnist_the_page_says_so(browser: Browser, networks: Models) -> None:
    mnist = Mnist(nowhere)
    mnist.start().join()
    demo = build_demo(networks, mnist)
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    try:
        with visits(browser, demo.local_url, Bender) as open_page:
            visitor = open_page(locale="fr-FR")
            visitor.enter("Mise à l’épreuve")
            visitor.page.locator("#another-digit").click()
            expect(visitor.page.get_by_text("Les images de MNIST ne sont pas accessibles")).to_be_visible()
            expect(visitor.panel.locator(".answers > li")).to_have_count(2)
    finally:
        demo.close()


def test_every_view_fits_a_phone_and_speaks_french(visit: Callable[..., Bender]) -> None:
    visitor = visit("Mise à l’épreuve", locale="fr-FR", viewport=PHONE)
    for view, words in {
        "compare": "Tourné autour de son centre",
        "breaking": "Tourné autour de son centre",
        "card": "Jusqu’où chaque réseau vous suit",
        "score": "éclaboussures",
    }.items():
        panel = visitor.open(view)
        expect(panel).to_contain_text(words)
        assert visitor.page.evaluate(BEYOND) == []
    assert not visitor.errors
