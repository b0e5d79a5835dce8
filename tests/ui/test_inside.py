"""Understand in a real browser, over two networks with weights drawn by lot: the numbers it shows are theirs."""

import re
from collections.abc import Callable, Iterator

import keras
import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from cnn.inside.explain import METHODS, explain
from cnn.models.registry import Models
from cnn.network.architectures import ARCHITECTURES
from cnn.network.classifier import Classifier
from cnn.text import say
from cnn.types import Framed
from cnn.ui.page import build_demo, launch_options
from tests.ui.conftest import ONE, PHONE, SEVEN, Onlooker, choose, darkness, open_tab, pixels, visits

ROUNDED = 0.0051  # of a number shown with two digits
FINE = 0.00051  # of one with three
VIEWS = ("network", "hand", "why", "play")

# What stands beyond the right edge of the page, but for the row of examples, which scrolls.
BEYOND = """[...document.querySelectorAll(".looking *")]
    .filter((node) => !node.closest(".examples"))
    .filter((node) => node.getBoundingClientRect().right > innerWidth + 0.5)
    .map((node) => `${node.tagName} ${node.className}`)"""


def by_lot(name: str) -> keras.Model:
    """An architecture with weights of a fixed lot, and biases that are not zero, so that none can be forgotten."""
    model, rng = ARCHITECTURES[name](), np.random.default_rng(5)
    shapes = [weights.shape for weights in model.weights]
    model.set_weights(
        [rng.normal(0, np.sqrt(2 / np.prod(shape[:-1])) if shape[1:] else 0.1, shape) for shape in shapes]
    )
    return model


@pytest.fixture(scope="session")
def networks() -> Models:
    return Models([Classifier(by_lot(name), name) for name in ("course", "mlp")], "course")


@pytest.fixture(scope="session")
def course(networks: Models) -> Classifier:
    return networks["course"]


@pytest.fixture(scope="session")
def url(networks: Models) -> Iterator[str]:
    demo = build_demo(networks)
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield demo.local_url
    demo.close()


class Insider(Onlooker):
    """A visitor of Understand."""

    def __init__(self, page: Page):
        super().__init__(page)
        self.first_pad, self.pad = self.pad, page.locator("#pad-inside canvas")
        self.panel = page.locator(".inside")
        self.sums, self.aloud = page.locator(".bench .sums"), page.locator(".inside .aloud")
        self.reason, self.claim = page.locator(".reason"), page.locator(".claim")

    def enter(self, tab: str = "Understand") -> None:
        open_tab(self.page, tab)
        expect(self.panel.locator(".layer[data-layer]").first).to_be_visible()

    def open(self, view: str) -> Locator:
        """One of VIEWS, once it shows something."""
        self.panel.locator(f"[data-view={view}]").click()
        panel = self.panel.locator(f"[data-panel={view}]")
        expect(panel).to_be_visible()
        parts = {"network": ".layer", "hand": "section, .note", "why": ".claim", "play": ".answer-line"}
        expect(panel.locator(parts[view]).first).to_be_attached()
        return panel

    def tile(self, layer: str, channel: int) -> Locator:
        """A layer's tile of this channel, wherever it stands."""
        return self.panel.locator(f"[data-layer={layer}] .tile[data-channel='{channel}']")

    def choose(self, name: str, within: str = ".inside") -> None:
        choose(self.page.locator(within).get_by_role("radio", name=name, exact=True))

    def table(self, number: int) -> np.ndarray:
        """The cells of one of the tables of numbers: 0 patch, 1 kernel, 2 products, 3 window, 4 pooled."""
        return numbers(self.panel.locator("[data-panel=hand] .cells").nth(number).locator("td"))


def channels(tiles: Locator) -> list[int]:
    """In the order in which they stand."""
    return [int(at) for at in tiles.evaluate_all("all => all.map((one) => one.dataset.channel)")]


def by_strength(most: np.ndarray) -> list[int]:
    return np.argsort(-most, kind="stable").tolist()


def coloured(canvas: Locator) -> int:
    """How many pixels are neither paper nor grey ink."""
    return int((np.ptp(pixels(canvas), axis=-1) > 25).sum())


def numbers(cells: Locator) -> np.ndarray:
    return np.array([number(text) for text in cells.all_text_contents()])


def number(text: str) -> float:
    found = re.search(r"-?\d[\d,]*(\.\d+)?(E-?\d+)?", text.replace("−", "-"))
    return float(found[0].replace(",", ""))


Visiting = Callable[..., Insider]


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visiting]:
    """Open it; whatever a visitor did, nothing broke and nothing came from elsewhere."""
    visitors = []

    def enter(tab: str = "Understand", **options: object) -> Insider:
        visitors.append(open_page(**options))
        visitors[-1].enter(tab)
        return visitors[-1]

    with visits(browser, url, Insider) as open_page:
        yield enter
        for visitor in visitors:
            expect(visitor.page.locator(".toast-body.error")).to_have_count(0)
            assert visitor.errors == []
            assert [sent for sent in visitor.requests if not sent.startswith((url, "data:", "blob:"))] == []


# --------------------------------------------------------------------------------------------------------- the network


def test_the_network_from_the_picture_to_the_ten_numbers(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    digit = visitor.sketch(SEVEN)
    outputs = course.outputs(digit[None])
    layers = visitor.panel.locator(".layer[data-layer]")
    assert layers.locator("h3 b").all_text_contents() == [layer.name for layer in course.layers]
    off = (outputs["conv1"].before <= 0).mean()
    expect(layers.nth(0).locator(".facts")).to_have_text(
        f"32 maps of 26×26 · 320 parameters · each pixel sees 3×3 · ReLU set {off:.0%} to zero"
    )
    expect(layers.nth(1).locator(".facts")).to_have_text(
        "32 maps of 13×13 · each pixel sees 4×4 · pooling dropped 75% of the numbers"
    )
    for name, count in {"conv1": 32, "pool1": 32, "conv2": 64, "pool2": 64, "dense1": 128}.items():
        tiles = visitor.panel.locator(f"[data-layer={name}] .tile")
        expect(tiles).to_have_count(count)
        made = outputs[name].after
        label = visitor.tile(name, 5).get_attribute("aria-label")
        assert label.startswith(f"{name}, {'number' if name == 'dense1' else 'map'} 5, at most ")
        assert number(label.split()[-1]) == pytest.approx(made[..., 5].max(), abs=ROUNDED)
    shares = visitor.panel.locator(".outputs li:not(.head) .share")
    np.testing.assert_allclose(numbers(shares), 100 * course.probabilities(digit[None])[0], atol=0.101)
    scores = numbers(visitor.panel.locator(".outputs li:not(.head) .logit"))
    np.testing.assert_allclose(scores, outputs["logits"].after[0], atol=ROUNDED)
    second, best = np.argsort(outputs["logits"].after[0])[-2:]
    ahead = outputs["logits"].after[0][best] - outputs["logits"].after[0][second]
    compared = visitor.panel.locator(".outputs + .passes")
    expect(compared).to_contain_text(re.compile(rf"logit.* {best} is -?\d+\.\d\d ahead of {second}\."))
    assert number(compared.text_content().split(f"{best} is ")[1]) == pytest.approx(ahead, abs=ROUNDED)
    expect(visitor.panel.locator(".total")).to_have_text("225,034 parameters (weights and biases) in all.")
    assert best == course.predict(Framed(digit)).best_guess
    expect(visitor.panel.locator(".says .digit")).to_have_text(str(best))
    expect(visitor.aloud).to_contain_text(f"{best}, ")


def test_a_tile_opens_its_channel_and_closes_again(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    card, tile = visitor.panel.locator(".unit"), visitor.tile("conv1", 3)
    tile.click()
    expect(card.locator("h4")).to_have_text("conv1, map 3")
    expect(card.locator("figcaption")).to_contain_text(["Kernel", "Before ReLU: from", "After ReLU: from 0.00 to"])
    kernel = course.weights("conv1")[0][:, :, 0, 3]
    red, blue = pixels(card.locator(".kernels canvas"))[..., ::2].transpose(2, 0, 1)
    np.testing.assert_array_equal(blue > red + 20, kernel > 0.15 * np.abs(kernel).max())  # blue is positive
    tile.click()
    expect(card).to_have_count(0)
    visitor.tile("conv2", 9).click()
    expect(card.locator(".kernels figure")).to_have_count(8)
    expect(card.locator("figcaption").filter(has_text="←").first).to_be_visible()
    number_tile = visitor.panel.locator("[data-layer=dense1] .tile").nth(2)
    number_tile.click()
    expect(card.locator("h4")).to_have_text(f"dense1, number {number_tile.get_attribute('data-channel')}")
    expect(card.locator(".facts")).to_contain_text("Before ReLU: ")
    card.get_by_role("button", name="Close").click()
    expect(card).to_have_count(0)
    expect(number_tile).to_be_focused()


def test_a_layers_name_opens_the_layer(visit: Visiting) -> None:
    visitor = visit()
    name = visitor.panel.get_by_role("button", name="conv2", exact=True)
    tile = visitor.panel.locator("[data-layer=conv2] .tile").first
    small = tile.bounding_box()["width"]
    name.press("Enter")
    expect(name).to_have_attribute("aria-expanded", "true")
    assert tile.bounding_box()["width"] == pytest.approx(2.5 * small, abs=1)
    name.click()
    expect(name).to_have_attribute("aria-expanded", "false")
    assert tile.bounding_box()["width"] == pytest.approx(small, abs=1)


def test_tiles_are_reached_and_opened_by_keyboard(visit: Visiting) -> None:
    visitor = visit()
    card, tiles = visitor.panel.locator(".unit"), visitor.panel.locator("[data-layer=conv1] .tile")
    stops = visitor.panel.locator("[data-layer=conv1] .tile[tabindex='0']")
    expect(stops.filter(visible=True)).to_have_count(1)
    press = visitor.page.keyboard.press
    tiles.first.focus()
    press("ArrowRight")
    press("ArrowRight")
    press("ArrowLeft")
    expect(tiles.nth(1)).to_be_focused()
    press("ArrowDown")
    wide = tiles.evaluate_all("all => all.findIndex(one => one.offsetTop > all[0].offsetTop)")
    expect(tiles.nth(1 + wide)).to_be_focused()
    press("Enter")
    expect(tiles.nth(1 + wide)).to_have_attribute("aria-expanded", "true")
    expect(card.locator("h4")).to_have_text(f"conv1, map {tiles.nth(1 + wide).get_attribute('data-channel')}")
    opened = visitor.panel.locator("[data-layer=conv1] .tile.open")
    card.get_by_role("button", name="Close").focus()
    visitor.page.evaluate("document.querySelector('#pad-inside [data-digit=\"7\"]').click()")  # as it draws itself ...
    visitor.until(lambda: any(b'"strokes"' in body for _, body in visitor.posts))
    visitor.arrived()
    expect(card.get_by_role("button", name="Close")).to_be_focused()  # ... the keyboard stays where it is
    place = int(opened.get_attribute("data-channel"))
    opened.focus()
    press("Escape")
    expect(card).to_have_count(0)
    expect(visitor.tile("conv1", place)).to_be_focused()


def test_the_strongest_maps_come_first_and_the_silent_are_folded_away(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    digit = visitor.sketch(SEVEN)
    most = course.outputs(digit[None])["dense1"].after[0]
    loud = int((most > most.max() / 255).sum())
    layer = visitor.panel.locator("[data-layer=dense1]")
    shown, fold = layer.locator(".tile").filter(visible=True), layer.locator(".fold")
    expect(shown).to_have_count(loud)
    assert 0 < loud < len(most)
    assert channels(shown) == by_strength(most)[:loud]
    maps = course.outputs(digit[None])["conv2"].after[0].max((0, 1))
    assert channels(visitor.panel.locator("[data-layer=conv2] .tile"))[:5] == by_strength(maps)[:5]
    expect(fold).to_have_text(f"{len(most) - loud} of {len(most)} silent")
    fold.press("Enter")
    expect(shown).to_have_count(len(most))
    expect(fold).to_have_attribute("aria-expanded", "true")
    layer.locator(".tiles").last.locator(".tile").first.focus()  # the arrow keys go round the silent too
    visitor.page.keyboard.press("ArrowRight")
    expect(layer.locator(".tiles").last.locator(".tile").nth(1)).to_be_focused()
    fold.press("Enter")
    expect(shown).to_have_count(loud)
    before, posts = channels(layer.locator(".tile")), len(visitor.posts)
    visitor.land([(0.2, 0.5), (0.8, 0.6)], steps=4)  # while the pen is down the tiles keep their places
    visitor.until(lambda: len(visitor.posts) > posts)
    visitor.arrived()
    assert channels(layer.locator(".tile")) == before
    visitor.page.mouse.up()
    most = course.outputs(visitor.arrived()[None])["dense1"].after[0]
    visitor.until(lambda: channels(shown)[:5] == by_strength(most)[:5])
    assert channels(layer.locator(".tile")) != before


def test_each_kind_of_layer_says_what_it_does(visit: Visiting) -> None:
    visitor = visit()
    for name, words in {"conv1": "kernels of one filter", "pool2": "Pooling", "dense1": "dense layer"}.items():
        layer = visitor.panel.locator(f"[data-layer={name}]")
        about = layer.locator(".about")
        expect(about).to_be_hidden()
        layer.locator(".term").press("Enter")
        expect(about).to_contain_text(words)
        expect(layer.locator(".term")).to_have_attribute("aria-expanded", "true")
        layer.locator(".term").click()
        expect(about).to_be_hidden()
    for name, words in {"flatten": "Flatten", "dropout": "training only"}.items():
        expect(visitor.panel.locator(f"[data-layer={name}] .about")).to_contain_text(words)


def test_what_a_channel_likes_comes_late_and_leaves_the_drawing_alone(visit: Visiting) -> None:
    visitor = visit()
    visitor.panel.locator("[data-layer=pool1] .tile").nth(4).click()
    visitor.panel.get_by_role("button", name="What does it like to see?").click()
    expect(visitor.panel.locator(".likes")).to_be_focused()
    visitor.sketch(SEVEN)
    expect(visitor.panel.locator(".likes > figure").first).to_be_visible(timeout=60_000)
    assert 0 < visitor.panel.locator(".excerpts figure").count() <= 8
    visitor.arrived()  # still
    visitor.sketch([(0.3, 0.5), (0.7, 0.5)])
    expect(visitor.panel.locator(".likes > figure").first).to_be_visible()


def test_scales_and_filters(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    digit = visitor.sketch(SEVEN)
    most = course.outputs(digit[None])["conv1"].after[0].max((0, 1))
    weak = int(np.where(most > 0.01, most, np.inf).argmin())
    canvas = visitor.tile("conv1", weak).locator("canvas")
    assert darkness(canvas).max() > 0.98  # its own scale
    visitor.choose("Same for a layer")
    visitor.until(lambda: abs(darkness(canvas).max() - most[weak] / most.max()) < 0.02)
    expect(visitor.panel.locator(".legend").first).to_have_text("0most")
    visitor.choose("Filters")
    expect(visitor.panel.locator(".legend").first).to_have_text("negativepositive")
    kernels = course.weights("conv1")[0]
    visitor.until(lambda: pixels(canvas).shape == (3, 3, 3))
    strongest = np.unravel_index(np.abs(kernels).argmax(), kernels.shape)
    assert channels(visitor.panel.locator("[data-layer=conv1] .tile")) == by_strength(np.abs(kernels).max((0, 1, 2)))
    for name in ("conv1", "conv2"):
        expect(visitor.panel.locator(f"[data-layer={name}]")).not_to_have_class(re.compile("no-filters"))
    expect(visitor.panel.locator("[data-layer=pool1]")).to_have_class(re.compile("no-filters"))
    pole = [42, 79, 196] if kernels[strongest] > 0 else [180, 84, 10]
    first = visitor.panel.locator("[data-layer=conv1] .tile canvas").first
    np.testing.assert_allclose(pixels(first)[strongest[:2]], pole, atol=2)
    visitor.choose("Scale per tile")
    for last in (visitor.panel.locator(f"[data-layer={name}] .tile canvas").last for name in ("conv1", "conv2")):
        visitor.until(lambda last=last: np.ptp(pixels(last), axis=-1).max() > 140)  # no outlier pales the others
    visitor.choose(say("network.mlp"), "#model")
    visitor.until(lambda: pixels(visitor.panel.locator("[data-layer=dense1] canvas").first).shape == (28, 28, 3))


# ------------------------------------------------------------------------------------------------------------- by hand


def adds_up(visitor: Insider, course: Classifier, digit: np.ndarray) -> None:
    """What stands on the desk is what the network computes, at the place and for the filter that stand there."""
    row, column = map(int, visitor.sums.get_attribute("data-place").split(","))
    channel = int(visitor.sums.get_attribute("data-channel"))
    outputs, (kernel, bias) = course.outputs(digit[None]), course.weights("conv1")
    patch, kernel = digit[row : row + 3, column : column + 3].ravel(), kernel[:, :, 0, channel].ravel()
    np.testing.assert_allclose(visitor.table(0), patch, atol=ROUNDED)
    np.testing.assert_allclose(visitor.table(1), kernel, atol=ROUNDED)
    np.testing.assert_allclose(visitor.table(2), patch * kernel, atol=ROUNDED)
    total, shown_bias, before, after = numbers(visitor.sums.locator("b"))
    assert total == pytest.approx(visitor.table(2).sum(), abs=9 * ROUNDED)
    assert total == pytest.approx((patch * kernel).sum(), abs=FINE)
    assert shown_bias == pytest.approx(bias[channel], abs=FINE)
    assert before == pytest.approx(total + shown_bias, abs=2 * FINE)
    assert after == max(0, before)
    assert before == pytest.approx(outputs["conv1"].before[0, row, column, channel], abs=FINE)
    assert after == pytest.approx(outputs["conv1"].after[0, row, column, channel], abs=FINE)
    window = outputs["conv1"].after[0, row // 2 * 2 : row // 2 * 2 + 2, column // 2 * 2 : column // 2 * 2 + 2, channel]
    np.testing.assert_allclose(visitor.table(3), window.ravel(), atol=ROUNDED)
    assert visitor.table(4) == visitor.table(3).max()
    assert visitor.table(4) == pytest.approx(outputs["pool1"].after[0, row // 2, column // 2, channel], abs=ROUNDED)


def test_one_convolution_by_hand_is_the_networks_own(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    visitor.open("hand")
    digit = visitor.sketch(SEVEN)
    adds_up(visitor, course, digit)  # where the map is brightest
    picture, result = visitor.page.locator(".bench .movable").all()
    picture.hover(position={"x": 90, "y": 60})
    adds_up(visitor, course, digit)
    size = result.bounding_box()["width"] / 26
    result.hover(position={"x": 3.5 * size, "y": 20.5 * size})
    expect(visitor.sums).to_have_attribute("data-place", "20,3")
    adds_up(visitor, course, digit)
    visitor.page.mouse.move(5, 5)
    picture.focus()
    for key, place in {"ArrowUp": "19,3", "ArrowRight": "19,4", "ArrowDown": "20,4", "ArrowLeft": "20,3"}.items():
        visitor.page.keyboard.press(key)
        expect(visitor.sums).to_have_attribute("data-place", place)
    expect(visitor.aloud).to_have_text(re.compile(r"Row 20, column 3: -?\d\.\d\d before ReLU, \d\.\d\d after\."))
    for _ in range(5):
        visitor.page.keyboard.press("ArrowLeft")
    expect(visitor.sums).to_have_attribute("data-place", "20,0")  # not beyond the edge
    adds_up(visitor, course, digit)
    slider = visitor.panel.locator(".chooser input")
    before = int(slider.input_value())
    slider.focus()
    for step in (1, 2):
        visitor.page.keyboard.press("ArrowLeft" if before > 5 else "ArrowRight")
        expect(visitor.sums).to_have_attribute("data-channel", str(before + (-step if before > 5 else step)))
        expect(slider).to_be_focused()  # the desk was not made anew under the hand
    adds_up(visitor, course, digit)
    digit = visitor.sketch([(0.3, 0.5), (0.7, 0.5)])  # another drawing, the same place and filter
    expect(visitor.sums).to_have_attribute("data-place", "20,0")
    adds_up(visitor, course, digit)


def test_the_last_layer_adds_up_to_the_score_and_the_probability(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    digit = visitor.sketch(SEVEN)
    visitor.open("hand")
    title = visitor.page.locator(".hand section h4").last
    logits, shares = course.logits(digit[None])[0], course.probabilities(digit[None])[0]
    second, best = np.argsort(logits)[-2:]
    worst = int(logits.argmin())
    for label, rival in ((best, second), (second, best), (worst, best)):
        if label != best:
            visitor.choose(str(label), ".hand")
        expect(title).to_have_text(f"3. The last layer weighs {label} against {rival}")
        *parts, ahead = numbers(visitor.page.locator(".account tr td:last-child").filter(visible=True))
        assert len(parts) == 8  # six products, the others together, the biases
        assert sum(parts) == pytest.approx(ahead, abs=9 * FINE)
        assert ahead == pytest.approx(logits[label] - logits[rival], abs=FINE)
        product = visitor.page.locator(".hand .account td:nth-child(2)").first.text_content()
        feature, weight, other = map(number, re.split("×| − ", product))
        slack = 3 * ROUNDED * (abs(feature) + abs(weight) + abs(other))
        assert feature * (weight - other) == pytest.approx(parts[0], abs=slack)
        words = visitor.page.locator(".softmax").text_content()
        counts = np.exp((logits - logits.max()) / course.temperature)
        assert number(words.split("all together ")[1]) == pytest.approx(counts.sum(), abs=FINE)
        assert number(words.split("= " if label == best else "share of ")[1]) == pytest.approx(
            100 * shares[label], abs=0.101
        )
        if label != best:
            count = words.split(f"{label} counts ")[1]
            assert (0 if count.startswith("nearly 0") else number(count)) == pytest.approx(counts[label], abs=FINE)
        assert not re.search(r"\dE|10⁻", words)  # no number in powers of ten


# ----------------------------------------------------------------------------------------------------------------- why


def test_every_method_paints_and_says_what_it_is(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    visitor.open("why")
    digit = visitor.sketch(SEVEN)
    label = int(course.probabilities(digit[None])[0].argmax())
    for method in METHODS:
        visitor.choose(say(f"inside.{method}"))
        expect(visitor.reason).to_contain_text(say(f"explain.{method}"), timeout=30_000)  # the first is compiled
        expect(visitor.reason).to_contain_text("lead over all others together")
        found = explain(course, digit, method, label)
        note = visitor.reason.locator(".note")
        if found.note:
            expect(note).to_have_text(say(found.note))
        else:
            expect(note).to_have_count(0)
            assert coloured(visitor.reason.locator("canvas")) > 10
    assert [m for m in METHODS if not explain(course, digit, m, label).note]  # the lot is not all silent
    expect(visitor.reason.locator(".legend")).to_have_text(f"against {label}for {label}your ink")


def test_why_not_another_digit_and_whether_the_evidence_adds_up(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    digit = visitor.sketch(SEVEN)
    visitor.open("why")
    visitor.choose("1", ".asks")
    share = course.probabilities(digit[None])[0, 1]
    said = f"{share:.1%}" if share >= 0.0005 else "<\u00a00.1%"
    expect(visitor.claim).to_have_text(f"Is it a 1? The network says {said}.")
    expect(visitor.aloud).to_contain_text("Is it a 1?")
    visitor.choose("Integrated gradients")
    found = explain(course, digit, "integrated_gradients", 1)
    sums = visitor.reason.locator(".sums")
    expect(sums).to_contain_text("Completeness")
    total, expected = (number(part) for part in sums.text_content().split(";"))
    assert (total, expected) == (pytest.approx(found.total, abs=0.01), pytest.approx(found.expected, abs=0.01))
    digit = visitor.sketch(ONE)  # the open view follows the drawing, and keeps its question
    found = explain(course, digit, "integrated_gradients", 1)
    total, expected = (number(part) for part in sums.text_content().split(";"))
    assert total == pytest.approx(found.total, abs=0.01)
    visitor.choose("predicted", ".asks")
    expect(visitor.claim).to_contain_text(f"Is it a {course.probabilities(digit[None])[0].argmax()}?")
    held: list[Route] = []
    visitor.page.route(
        "**/run/predict*",
        lambda route: held.append(route) if "integrated" in (route.request.post_data or "") else route.continue_(),
    )
    visitor.choose(say("network.mlp"), "#model")
    visitor.until(lambda: held)
    visitor.choose("Grad-CAM")
    expect(visitor.reason.locator(".note")).to_have_text(say("explain.no_maps"))
    with visitor.page.expect_response(held[0].request.url):
        held[0].continue_()  # what was asked before is answered after
    visitor.page.wait_for_timeout(500)  # no event tells that an answer has come and is not shown
    expect(visitor.reason.locator(".note")).to_have_text(say("explain.no_maps"))
    assert coloured(visitor.reason.locator("canvas")) == 0


# ---------------------------------------------------------------------------------------------------------- principles


def test_kernel_stride_and_padding_change_the_map(visit: Visiting) -> None:
    visitor = visit()
    demo = visitor.open("play").locator("[data-principle=convolution]")
    visitor.sketch(SEVEN)
    size, result = demo.locator(".size"), demo.locator("canvas").last
    expect(size).to_contain_text("(28 + 0 − 3) ÷ 1 + 1 = 26")
    for answer in ("vertical", "max"):  # what is asked for is for the visitor to find
        expect(visitor.panel.locator(f".principles [value={answer}]")).not_to_be_checked()
    # 25, 27, 27 and 27 steps: the last of three fits, the others of two do not.
    for words, side, rounded in (
        ("stride 2", 13, True),
        ("padded", 14, True),
        ("stride 1", 28, False),
        ("stride 3", 10, False),
    ):
        visitor.choose(words)
        expect(size).to_have_text(re.compile(rf"= {side}{', rounded down' if rounded else ''}$"))
        assert pixels(result).shape[:2] == (side, side)
    edges = pixels(result)
    visitor.choose("sharpen")
    assert not np.array_equal(pixels(result), edges)
    visitor.choose("blur")
    expect(demo.locator(".cells td").nth(4)).to_have_text("0.25")
    expect(demo.locator(".question")).to_contain_text("?")
    pools = visitor.panel.locator("[data-principle=pooling]")
    pools.locator("summary").click()
    mean = pixels(pools.locator("canvas").nth(1))
    visitor.choose("largest")
    assert not np.array_equal(pixels(pools.locator("canvas").nth(1)), mean)
    for question in visitor.panel.locator(".principle .question").all_text_contents():
        assert question.endswith("?")


def test_dragging_the_digit_changes_the_answers_of_both_networks(visit: Visiting, networks: Models) -> None:
    visitor = visit()
    visitor.open("play")
    digit = visitor.sketch(SEVEN)
    visitor.page.get_by_text("Moving the digit").click()
    demo = visitor.panel.locator("[data-principle=translation]")
    holder = demo.locator(".framed")

    def answers(across: int, down: int) -> None:
        page = np.roll(np.pad(digit, 28), (down, across), (0, 1))[28:56, 28:56]
        for name, network in networks.items():
            shares = network.probabilities(page[None])[0]
            line = demo.locator(f"[data-model={name}]")
            expect(line).to_have_text(f"{say(f'network.{name}')}{shares.argmax()}{shares.max():.1%}")

    answers(0, 0)
    box = holder.bounding_box()
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    visitor.page.mouse.move(*at)
    visitor.page.mouse.down()
    visitor.page.mouse.move(at[0] + 5 * box["width"] / 28, at[1] - 3 * box["width"] / 28, steps=5)
    visitor.page.mouse.up()
    answers(5, -3)
    holder.focus()
    visitor.page.keyboard.press("ArrowLeft")
    visitor.page.keyboard.press("ArrowDown")
    answers(4, -2)
    expect(holder).to_be_focused()
    demo.get_by_role("button", name="Back to the middle").click()
    answers(0, 0)


def test_what_each_depth_likes_is_shown_for_each_network(visit: Visiting) -> None:
    visitor = visit()
    visitor.open("play")
    visitor.page.get_by_text("From edges to parts").click()
    demo = visitor.panel.locator("[data-principle=depth]")
    demo.get_by_role("button").click()
    expect(demo.locator(".depths > figure")).to_have_count(2, timeout=60_000)
    expect(demo.locator(".working")).to_have_count(0)
    visitor.choose(say("network.mlp"), "#model")
    expect(demo.locator(".note")).to_contain_text("no convolution")
    expect(demo.get_by_role("button")).to_be_hidden()
    visitor.choose(say("network.course"), "#model")
    expect(demo.locator(".depths > figure")).to_have_count(2)


# ------------------------------------------------------------------------------------------- one drawing, two networks


def test_a_digit_that_is_read_only_after_its_tab_was_left_is_looked_at(visit: Visiting) -> None:
    visitor, held = visit(), []
    visitor.page.get_by_role("tab", name="Read").click()
    second_pad, visitor.pad = visitor.pad, visitor.first_pad
    # What is asked for after the first message of the drawing is answered before it.
    visitor.page.route("**/run/predict*", lambda route: route.continue_() if held else held.append(route))
    visitor.draw(SEVEN)
    visitor.until(lambda: bool(held))
    visitor.page.get_by_role("tab", name="Understand").click()
    expect(visitor.panel.locator(".detail")).to_contain_text("an example, until you draw")
    held[0].continue_()
    visitor.pad = second_pad
    assert np.any(visitor.arrived())
    expect(visitor.panel.locator(".detail")).not_to_contain_text("an example")


def test_one_drawing_travels_between_the_tabs(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    expect(visitor.panel.locator(".detail")).to_contain_text("an example, until you draw")
    first_tab, second_tab = (
        visitor.page.get_by_role("tab", name="Read"),
        visitor.page.get_by_role("tab", name="Understand"),
    )
    pad = visitor.pad
    first_tab.click()
    visitor.pad = visitor.first_pad
    visitor.draw(SEVEN)
    visitor.until(lambda: visitor.inked() > 0)
    second_tab.click()
    digit = visitor.arrived()
    visitor.pad = pad
    assert visitor.inked() > 0
    expect(visitor.panel.locator(".detail")).not_to_contain_text("an example")
    both = visitor.sketch([(0.3, 0.55), (0.7, 0.55)])
    assert not np.array_equal(both, digit)
    first_tab.click()
    best = course.predict(Framed(both))
    expect(visitor.page.locator(".reading .bars .best button")).to_have_text(str(best.best_guess))
    visitor.pad = visitor.first_pad
    assert visitor.inked() > 0


def test_another_network_is_drawn_anew_and_its_open_channel_closes(visit: Visiting, networks: Models) -> None:
    visitor = visit()
    digit = visitor.sketch(SEVEN)
    visitor.panel.locator("[data-layer=conv2] .tile").first.click()
    expect(visitor.panel.locator(".unit")).to_be_visible()
    visitor.choose(say("network.mlp"), "#model")
    mlp = networks["mlp"]
    names = visitor.panel.locator(".layer[data-layer] h3 b")
    expect(names).to_have_text([layer.name for layer in mlp.layers])
    expect(visitor.panel.locator(".unit")).to_have_count(0)
    expect(visitor.panel.locator(".says .digit")).to_have_text(str(mlp.predict(Framed(digit)).best_guess))
    visitor.open("hand")
    expect(visitor.panel.locator(".hand .note")).to_contain_text("no convolution")
    visitor.choose(say("network.course"), "#model")
    expect(visitor.panel.locator(".hand section")).to_have_count(3)


# -------------------------------------------------------------------------------------------------- phones and French


def test_every_view_fits_a_phone_and_speaks_french(visit: Visiting) -> None:
    visitor = visit("Comprendre", locale="fr-FR", viewport=PHONE, has_touch=True)

    def fits() -> None:
        """The page's own width is no proof: Gradio cuts off what is too wide."""
        assert visitor.page.evaluate(BEYOND) == []
        assert visitor.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    visitor.sketch(SEVEN)
    words = {
        "network": "cartes de 26×26",
        "hand": "Somme des produits",
        "why": "Le réseau dit",
        "play": "Un noyau de neuf",
    }
    for view in VIEWS:
        expect(visitor.open(view)).to_contain_text(words[view])
        fits()
    for name in ("pooling", "sharing", "translation", "depth"):
        visitor.panel.locator(f"[data-principle={name}] summary").tap()
        expect(visitor.panel.locator(f"[data-principle={name}] .question")).to_be_visible()
        fits()
    visitor.open("network")
    last = visitor.panel.locator("[data-layer=conv2] .tile").filter(visible=True).last
    last.tap()
    expect(visitor.panel.locator(".unit h4")).to_have_text(f"conv2, carte {last.get_attribute('data-channel')}")
    expect(visitor.panel.locator(".unit")).to_be_in_viewport()
    fits()


def test_a_finger_moves_the_patch(visit: Visiting, course: Classifier) -> None:
    visitor = visit(viewport=PHONE, has_touch=True)
    digit = visitor.sketch(SEVEN)
    visitor.open("hand")
    for number, y in enumerate((30, 100)):  # on the picture, then on the map
        before = visitor.sums.get_attribute("data-place")
        visitor.page.locator(".bench .movable").nth(number).tap(position={"x": 60, "y": y})
        expect(visitor.sums).not_to_have_attribute("data-place", before)
        adds_up(visitor, course, digit)
