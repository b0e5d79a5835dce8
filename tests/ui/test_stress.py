"""The stress test in a real browser, over two networks with weights drawn by lot: the numbers it shows are theirs."""

import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from cnn.mnist import Mnist, nowhere
from cnn.models.registry import Models
from cnn.network.classifier import Classifier
from cnn.stress import scan
from cnn.stress.perturbations import PERTURBATIONS, SCAN
from cnn.text import say
from cnn.types import Digits
from cnn.ui.page import build_demo, launch_options
from tests.conftest import tiny
from tests.ui.conftest import PHONE, SEVEN, Onlooker, choose, darkness, open_tab, visits
from tests.ui.test_inside import by_lot

SCORES = {"error": dict.fromkeys(["zigzag", "stripe"], 0.125), "mean": 0.125, "like_in_training": ["stripe"]}
TEST_CURVE = {"strengths": [-90, 0, 90], "accuracy": [0.0, 1.0, 0.0]}
METRICS = {"robustness": {"mnist_c": SCORES, "perturbations": {"rotation": TEST_CURVE}}}

# What stands beyond the right edge of its card, but for the row of examples and what scrolls by itself.
BEYOND = """[...document.querySelectorAll(".stress *")]
    .filter((node) => node.checkVisibility())
    .filter((node) => {
        const scroller = node.parentElement.closest(".scrolls");
        return !scroller || getComputedStyle(scroller).overflowX === "visible";
    })
    .filter((node) => node.getBoundingClientRect().right > node.closest(".stress").getBoundingClientRect().right + 0.5)
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
    """A visitor who bends the digit."""

    def __init__(self, page: Page):
        super().__init__(page)
        self.pad = page.locator("#pad-stress canvas")
        self.panel = page.locator(".stress")
        self.slider = self.panel.locator(".stack input[type=range]").first
        self.after = self.panel.locator(".duel canvas").nth(1)

    def enter(self, tab: str = "Stress test") -> None:
        open_tab(self.page, tab)
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
        against = visitor.panel.locator(".against")
        choose(against.get_by_role("radio", name=say(f"network.{model}"), exact=True))
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
    for model, curve in scan.curves(networks, digit, "rotation", 0).items():
        row = panel.locator(f".verdicts [data-model={model}]")
        before = curve.labels[curve.start]
        if not curve.breaks:
            expect(row).to_contain_text(f"says {before} all the way.")
            continue
        at = curve.breaks[0].place
        strength = f"{curve.strengths[at]:g}°".replace("-", "−")
        expect(row).to_contain_text(f"says {before} and first breaks at {strength}, where it says {curve.labels[at]}.")
        right = 1 - abs(curve.strengths[at]) / 90
        expect(row).to_contain_text(f"{right:.0%} of MNIST")
        np.testing.assert_allclose(darkness(row.locator("canvas")), curve.images[at], atol=0.03)


def test_the_report_card_fills_and_is_downloaded(visit: Callable[..., Bender], tmp_path: Path) -> None:
    visitor = visit()
    panel = visitor.open("card")
    expect(panel.locator(".summary")).to_contain_text(
        "The answer holds over this share of all ranges: ", timeout=60_000
    )
    expect(panel.locator("tbody tr")).to_have_count(5)
    panel.get_by_role("button", name=f"Show all {len(PERTURBATIONS)}").click()
    expect(panel.locator("tbody tr")).to_have_count(len(PERTURBATIONS))
    with visitor.page.expect_download() as download:
        panel.get_by_role("button", name="Download as an image").click()
    assert download.value.suggested_filename == "report-card.png"
    download.value.save_as(tmp_path / "card.png")
    with Image.open(tmp_path / "card.png") as picture:
        assert picture.width > 1000
        assert picture.height > 2000
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 30
    panel.get_by_role("button", name="Zigzag").click()  # a row's name opens its curve
    expect(visitor.panel.get_by_role("tab", name="Breaking point")).to_be_focused()
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
            expect(visitor.page.get_by_text("Les images de MNIST demandées ici")).to_be_visible()
            expect(visitor.panel.locator(".answers > li")).to_have_count(2)
    finally:
        demo.close()


class Told(Classifier):
    """A network that says to a scan's pictures what it is told to, and knows only a few of MNIST's figures."""

    def __init__(self, name: str, metrics: dict, answers: list[int]):
        super().__init__(tiny(), name, metrics=metrics)
        self.answers = np.array(answers)

    def read(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        labels, probabilities = super().read(images)
        return (self.answers if len(images) == SCAN else labels), probabilities


# A scan's places are 3.6° apart from -90° on, and 0° is the 26th.
BACK = [2] * 12 + [7] * 22 + [1] * 7 + [7] * 5 + [-1] * 5  # 7 from -46.8° to 28.8°, and from 57.6° to 72°
RARE = {"error": {"zigzag": 0.0003, "fog": 0.9997, "stripe": 0.0}, "mean": 0.3}
SURE = {"strengths": [-90, 0, 90], "accuracy": [0.999, 0.999, 0.999]}


@pytest.fixture(scope="module")
def told() -> Models:
    rare = {"robustness": {"mnist_c": RARE, "perturbations": {"rotation": SURE}}}
    steady = Told("robust", {}, [7] * SCAN)
    networks = [
        Told("course", rare, BACK),
        steady,
        Told("somebody/a-network-of-another-size", {}, [-1] * 30 + [3] * 21),
    ]
    return Models(networks, "course")


@pytest.fixture
def tell(browser: Browser, told: Models) -> Iterator[Callable[..., Bender]]:
    demo = build_demo(told)
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    with visits(browser, demo.local_url, Bender) as open_page:

        def enter(tab: str = "Stress test", **options: object) -> Bender:
            visitor = open_page(**options)
            visitor.enter(tab)
            return visitor

        yield enter
    demo.close()


def test_where_an_answer_comes_back_and_what_was_never_read(tell: Callable[..., Bender], told: Models) -> None:
    visitor = tell()
    panel = visitor.open("breaking")
    rows = panel.locator(".verdicts > li")
    expect(rows.nth(0)).to_contain_text(
        f"{say('network.course')} says 7 and first breaks at 32.4°, where it says 1. "
        "On the other side it first breaks at −50.4°, where it says 2. It says 7 again from 57.6° to 72°."
    )
    expect(rows.nth(0)).to_contain_text("it still reads > 99% of MNIST’s test digits")
    expect(rows.nth(1)).to_contain_text(f"{say('network.robust')} says 7 all the way.")
    expect(rows.nth(2)).to_contain_text("does not read the digit as it is; it first gives an answer, 3, at 18°.")
    expect(panel.locator(".chart circle.mark")).to_have_count(2)  # a refusal cannot break
    expect(panel.locator(".chart circle.back")).to_have_count(1)
    bands = [band.locator("text").all_text_contents() for band in panel.locator(".chart g.band").all()]
    assert bands == [["2", "7", "1", "7", "?"], ["7"], ["?", "3"]]
    expect(panel.locator(".chart g.band rect.first")).to_have_count(3)

    card = visitor.open("card")
    summary = card.locator(".summary")
    curves = [scan.curves({"course": told["course"]}, visitor.shown(), name, 0)["course"] for name in PERTURBATIONS]
    held = np.mean([(last - first) / (SCAN - 1) for first, last in (curve.held for curve in curves)])
    course, robust = say("network.course"), say("network.robust")
    expect(summary).to_contain_text(f"of all ranges: {robust} 100%, {course} {held:.0%}.", timeout=60_000)
    expect(summary).to_contain_text(f"rather than none: {course} 27 of 27 times.")  # robust never broke
    expect(summary).to_contain_text("Not scored, because this digit was not read to begin with: somebody/a-network")
    turned = card.get_by_role("row", name="Rotation")
    if not turned.count():
        card.get_by_role("button", name="Show all").click()
    cells = turned.locator("td")
    expect(cells.nth(0)).to_contain_text("32.4° → 1, back from 57.6°")
    expect(cells.nth(0).locator(".track i")).to_have_count(2)
    expect(cells.nth(0).locator(".track .again")).to_have_count(1)
    expect(cells.nth(1)).to_contain_text("never")
    expect(cells.nth(2)).to_contain_text("not read")
    expect(cells.nth(2).locator(".track i")).to_have_count(0)

    score = visitor.open("score")
    cell = lambda corruption: score.locator("tr", has_text=corruption).locator("td").first  # noqa: E731
    expect(cell("zigzag")).to_have_text("< 0.1%")
    expect(cell("fog")).to_have_text("> 99.9%")
    expect(cell("stripe")).to_have_text("0.0%")
    visitor.page.set_viewport_size(PHONE)
    for view in ("compare", "breaking", "card", "score"):
        visitor.open(view)
        assert visitor.page.evaluate(BEYOND) == [], view
    assert not visitor.errors


def test_a_network_keeps_its_colour_when_another_joins_and_on_paper(tell: Callable[..., Bender], told: Models) -> None:
    colours = """() => Object.fromEntries([...document.querySelectorAll(".stress .answers > li")]
        .map((card) => [card.dataset.model, getComputedStyle(card.querySelector(".dot")).backgroundColor]))"""
    visitor = tell()
    before = visitor.page.evaluate(colours)
    assert len(set(before.values())) == 3
    present = told._classifiers, told.default
    told._join(Told("owner/first", {}, [7] * SCAN))  # as a model of the Hub does that becomes the default
    visitor.slide(20)
    expect(visitor.panel.locator(".answers > li")).to_have_count(4)
    after = visitor.page.evaluate(colours)
    assert {name: after[name] for name in before} == before
    assert len(set(after.values())) == 4
    again = tell().page.evaluate(colours)  # from visit to visit
    assert {name: again[name] for name in ("course", "robust")} == {name: before[name] for name in ("course", "robust")}
    told._classifiers, told.default = present

    visitor.open("card")
    expect(visitor.panel.locator(".report tbody tr")).to_have_count(5)
    fills = {tuple(map(int, re.findall(r"\d+", bar))) for bar in visitor.page.evaluate(FILLS)}
    visitor.page.emulate_media(color_scheme="dark")
    expect(visitor.page.locator("body.dark")).to_have_count(1)
    assert fills <= printed(visitor.page.pdf())  # a dark page is printed as a light one
    expect(visitor.page.locator("body.dark")).to_have_count(1)


# Found and looked at in one step: each row that comes makes the table anew.
FILLS = """[...document.querySelectorAll(".stress .report .track i:not(.again)")]
    .map((bar) => getComputedStyle(bar).backgroundColor)"""


def printed(pdf: bytes) -> set[tuple[int, ...]]:
    """The colours, 0 to 255, with which a PDF fills something."""
    parts = re.findall(rb"FlateDecode.*?stream\r?\n(.*?)endstream", pdf, re.S)
    streams = [zlib.decompressobj().decompress(part) for part in parts]
    fills = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) rg", b"".join(streams))
    return {tuple(round(255 * float(part)) for part in fill) for fill in fills}


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


def test_a_link_shows_what_its_sender_bent(visit: Callable[..., Bender], digits: Digits) -> None:
    sender = visit()
    field = sender.page.get_by_label("MNIST test digit")
    field.fill("3")
    expect(sender.panel.locator(".detail")).to_contain_text("MNIST test digit 3")
    expect(sender.page.locator("#pad-stress .board")).to_have_class(re.compile("pixels"))
    sender.slide(40)
    sender.panel.get_by_role("button", name="Add another").click()
    sender.panel.locator(".stack select").nth(1).select_option("gaussian_noise")
    sender.panel.get_by_role("button", name="New").click()
    expect(sender.page).to_have_url(re.compile(r"#stress\?test=3&bend=rotation%7E40%21\w+%7E[\d.]+&seed=\d+$"))
    receiver, held = visit(), []
    receiver.page.route(
        "**/run/predict*",
        lambda route: (
            held.append((route, route.fetch())) if '"compare"' in route.request.post_data else route.continue_()
        ),
    )
    receiver.go(sender.page.url.replace("lang=en", "lang=fr"))
    expect(receiver.panel.locator(".stack output").first).to_have_text("40°")
    expect(receiver.panel.locator(".stack li")).to_have_count(2)
    expect(receiver.panel.locator(".detail")).to_contain_text("MNIST")
    assert held
    for route, response in held:  # what was answered before the test digit had come arrives after
        route.fulfill(response=response)
    receiver.page.wait_for_timeout(500)  # no event tells that an answer has come and is not shown
    receiver.until(lambda: np.allclose(darkness(receiver.after), darkness(sender.after), atol=0.03))
    assert not receiver.errors
