"""Understand in a real browser, over two networks with weights drawn by lot: the numbers it shows are theirs."""

import re
from collections.abc import Callable, Iterator

import keras
import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from cnn.inside.changes import Changes, Kernel, changed_weights
from cnn.inside.explain import METHODS, explain
from cnn.models.registry import Models
from cnn.network.architectures import ARCHITECTURES
from cnn.network.classifier import Classifier
from cnn.text import say
from cnn.types import Framed
from cnn.ui.page import build_demo, launch_options
from tests.ui.conftest import ONE, PHONE, SEVEN, Onlooker, choose, darkness, entered, open_tab, pixels

ROUNDED = 0.0051  # of a number shown with two digits
FINE = 0.00051  # of one with three
VIEWS = ("network", "why", "play")

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
        self.sheet = page.locator(".inside .opened .sheet")
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
        parts = {"network": ".layer", "why": ".claim", "play": ".answer-line"}
        expect(panel.locator(parts[view]).first).to_be_attached()
        return panel

    def tiles(self, layer: str) -> Locator:
        """A layer's tiles that are shown, the strongest first."""
        return self.panel.locator(f"[data-layer={layer}] .tile")

    def tile(self, layer: str, channel: int) -> Locator:
        """A layer's tile of this channel, where it is among those shown."""
        return self.panel.locator(f"[data-layer={layer}] .tile[data-channel='{channel}']")

    def whole(self, layer: str) -> Locator:
        """Open a layer: all its tiles."""
        self.panel.locator(f"[data-layer={layer}] .all").click()
        expect(self.sheet.locator("h3")).to_contain_text(f"{layer} · ")
        return self.sheet.locator(".tiles .tile")

    def choose(self, name: str, within: str = ".inside") -> None:
        choose(self.page.locator(within).get_by_role("radio", name=name, exact=True))

    def table(self, number: int) -> np.ndarray:
        """The cells of a table of numbers: 0 patch, 1 kernel, 2 products; or 0 window, 1 what is kept of it."""
        return numbers(self.sheet.locator(".cells").nth(number).locator("td"))


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

    def enter(*tab: str, **options: object) -> Insider:
        visitors.append(open_page(*tab, **options))
        return visitors[-1]

    with entered(browser, url, Insider, "Understand") as open_page:
        yield enter
        for visitor in visitors:
            assert [sent for sent in visitor.requests if not sent.startswith((url, "data:", "blob:"))] == []


# --------------------------------------------------------------------------------------------------------- the network


def test_the_network_from_the_picture_to_the_ten_numbers(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    digit = visitor.sketch(SEVEN)
    outputs = course.outputs(digit[None])
    layers = visitor.panel.locator(".layer[data-layer]")
    assert layers.locator("h3 b").all_text_contents() == [layer.name for layer in course.layers]
    for name in ("conv1", "pool1", "conv2", "pool2", "dense1"):  # the eight strongest, and what they are called
        most = outputs[name].after[0].reshape(-1, outputs[name].after.shape[-1]).max(0)
        assert channels(visitor.tiles(name)) == by_strength(most)[:8]
        label = visitor.tiles(name).nth(1).get_attribute("aria-label")
        channel = by_strength(most)[1]
        assert label.startswith(f"{name}, {'number' if name == 'dense1' else 'map'} {channel}, at most ")
        assert number(label.split()[-1]) == pytest.approx(most[channel], abs=ROUNDED)
    expect(layers.nth(0).locator(".size")).to_have_text("26×26320")  # and its parameters
    shares = visitor.panel.locator(".outputs .share")
    np.testing.assert_allclose(numbers(shares), 100 * course.probabilities(digit[None])[0], atol=0.101)
    best = int(outputs["logits"].after[0].argmax())
    expect(visitor.panel.locator(".total")).to_contain_text("225,034 parameters (weights and biases) in all")
    assert best == course.predict(Framed(digit)).best_guess
    expect(visitor.panel.locator(".says .digit")).to_have_text(str(best))
    expect(visitor.aloud).to_contain_text(f"{best}, ")


def test_lines_join_a_map_to_what_it_is_made_from_the_strongest_most(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    visitor.sketch(SEVEN)
    sources = channels(visitor.tiles("pool1"))
    tile = visitor.tiles("conv2").nth(2)
    kernel = course.weights("conv2")[0][..., int(tile.get_attribute("data-channel"))]
    size = np.linalg.norm(kernel, axis=(0, 1))
    lines = visitor.panel.locator(".joins .lit path")
    expect(visitor.panel.locator(".joins .still path").first).to_have_attribute("d", re.compile("M"))
    tile.focus()
    expect(lines).to_have_count(8)
    widths = lines.evaluate_all("all => all.map((one) => parseFloat(one.style.strokeWidth))")
    np.testing.assert_allclose(widths, 0.25 + 2.75 * (size[sources] / size.max()) ** 2, atol=0.06)
    strong = [channel for channel in sources if size[channel] / size.max() > 0.5]
    assert channels(visitor.panel.locator(".lit-source")) == strong
    visitor.page.keyboard.press("ArrowRight")  # to the next layer, whose maps are each made from one
    expect(visitor.tiles("pool2").nth(2)).to_be_focused()
    expect(lines).to_have_count(1)
    visitor.page.keyboard.press("ArrowDown")
    expect(visitor.tiles("pool2").nth(3)).to_be_focused()
    visitor.tiles("conv1").first.hover()
    expect(lines).to_have_count(1)
    expect(visitor.panel.locator("canvas.lit-source")).to_have_count(1)  # the picture


def test_a_tile_opens_its_map_where_it_stands_and_closes_again(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    visitor.sketch(SEVEN)
    tile = visitor.tiles("conv1").nth(3)
    channel = int(tile.get_attribute("data-channel"))
    tile.press("Enter")
    expect(visitor.sheet.locator("h3")).to_have_text(f"conv1, map {channel}")
    expect(visitor.sheet.locator("h3")).to_be_focused()  # who opened it by a key goes on in it ...
    expect(tile).to_have_attribute("aria-expanded", "true")
    visitor.page.keyboard.press("Escape")
    expect(visitor.sheet).to_have_count(0)
    expect(tile).to_be_focused()  # ... and comes back
    tile.press("Enter")
    expect(visitor.sheet.locator("h3")).to_be_focused()
    visitor.sheet.get_by_text("What does ReLU do?").click()
    expect(visitor.sheet.locator(".relu")).to_contain_text("ReLU lets through what is above zero")
    close = visitor.sheet.get_by_role("button", name="Close")
    close.focus()
    visitor.page.evaluate("document.querySelector('#pad-inside [data-digit=\"7\"]').click()")  # as it draws itself ...
    visitor.until(lambda: any(b'"strokes"' in body for _, body in visitor.posts))
    visitor.arrived()
    expect(close).to_be_focused()  # ... the keyboard stays where it is, and the open map stays among those shown
    expect(visitor.tile("conv1", channel)).to_have_class(re.compile("open"))
    close.press("Enter")
    expect(visitor.sheet).to_have_count(0)
    expect(visitor.tile("conv1", channel)).to_be_focused()


def test_a_layer_shows_all_its_maps_and_filters_and_says_what_it_does(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    digit = visitor.sketch(SEVEN)
    outputs = course.outputs(digit[None])
    off = (outputs["conv1"].before <= 0).mean()
    tiles = visitor.whole("conv1")
    expect(visitor.sheet.locator(".facts")).to_contain_text(
        f"32 maps of 26×26 · 320 parameters · each pixel sees 3×3 · ReLU set {off:.0%} to zero"
    )
    expect(visitor.sheet.locator(".about")).to_contain_text("kernels of one filter")
    most = outputs["conv1"].after[0].max((0, 1))
    assert channels(tiles) == by_strength(most)
    weak = int(np.where(most > 0.01, most, np.inf).argmin())
    canvas = visitor.sheet.locator(f".tile[data-channel='{weak}'] canvas")
    assert darkness(canvas).max() > 0.98  # its own scale
    visitor.choose("Same for a layer")
    visitor.until(lambda: abs(darkness(canvas).max() - most[weak] / most.max()) < 0.02)
    visitor.choose("Filters")
    expect(visitor.sheet.locator(".legend")).to_have_text("negativepositive")
    kernels = course.weights("conv1")[0]
    visitor.until(lambda: pixels(canvas).shape == (3, 3, 3))
    assert channels(tiles) == by_strength(np.abs(kernels).max((0, 1, 2)))
    strongest = np.unravel_index(np.abs(kernels).argmax(), kernels.shape)
    pole = [42, 79, 196] if kernels[strongest] > 0 else [180, 84, 10]
    np.testing.assert_allclose(pixels(tiles.locator("canvas").first)[strongest[:2]], pole, atol=2)
    most = outputs["dense1"].after[0]
    expect(visitor.whole("dense1")).to_have_count(128)
    silent = int((most <= most.max() / 255).sum())
    expect(visitor.sheet.locator(".facts")).to_contain_text(f"{silent} of 128 silent")
    for name, words in {"pool2": "Pooling", "flatten": "Flatten", "dropout": "training only"}.items():
        visitor.whole(name)
        expect(visitor.sheet.locator(".about")).to_contain_text(words)
    visitor.whole("pool2").first.press("Enter")  # a tile here opens its map too
    expect(visitor.sheet.locator("h3")).to_have_text(re.compile(r"pool2, map \d+"))
    visitor.choose(say("network.mlp"), "#model")
    expect(visitor.panel.locator(".layer[data-layer=conv1]")).to_have_count(0)  # the other network has come
    visitor.whole("dense1")
    visitor.choose("Filters")
    visitor.until(lambda: pixels(visitor.sheet.locator(".tiles canvas").first).shape == (28, 28, 3))


def test_what_a_channel_likes_comes_late_and_leaves_the_drawing_alone(visit: Visiting) -> None:
    visitor = visit()
    visitor.tiles("pool1").nth(4).click()
    visitor.panel.get_by_role("button", name="What does it like to see?").click()
    expect(visitor.panel.locator(".likes")).to_be_focused()
    visitor.sketch(SEVEN)
    expect(visitor.panel.locator(".likes > figure").first).to_be_visible(timeout=60_000)
    assert 0 < visitor.panel.locator(".excerpts figure").count() <= 8
    visitor.arrived()  # still
    visitor.sketch([(0.3, 0.5), (0.7, 0.5)])
    expect(visitor.panel.locator(".likes > figure").first).to_be_visible()


# ------------------------------------------------------------------------------------------------------------- by hand


def adds_up(visitor: Insider, course: Classifier, digit: np.ndarray) -> None:
    """What lies on the bench is what the network computes, at the place and for the filter that stand there."""
    row, column = map(int, visitor.sums.get_attribute("data-place").split(","))
    channel = int(visitor.sums.get_attribute("data-channel"))
    outputs, (kernel, bias) = course.outputs(digit[None]), course.weights("conv1")
    patch, kernel = digit[row : row + 3, column : column + 3].ravel(), kernel[:, :, 0, channel].ravel()
    np.testing.assert_allclose(visitor.table(0), patch, atol=ROUNDED)
    np.testing.assert_allclose(visitor.table(1), kernel, atol=ROUNDED)
    np.testing.assert_allclose(visitor.table(2), patch * kernel, atol=ROUNDED)
    total, shown_bias, before, after = numbers(visitor.sums.locator("b"))
    assert total == pytest.approx((patch * kernel).sum(), abs=FINE)
    assert shown_bias == pytest.approx(bias[channel], abs=FINE)
    assert before == pytest.approx(total + shown_bias, abs=2 * FINE)
    assert after == max(0, before)
    assert before == pytest.approx(outputs["conv1"].before[0, row, column, channel], abs=FINE)


def test_one_convolution_by_hand_is_the_networks_own(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    digit = visitor.sketch(SEVEN)
    visitor.page.evaluate("location.hash = '#inside/hand/course'")  # links to it from when it was a view of its own
    expect(visitor.sheet.locator("h3")).to_have_text(re.compile(r"conv1, map \d+"))
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
    expect(visitor.aloud).to_have_text(re.compile(r"Row 21, column 4: -?\d\.\d\d before, \d\.\d\d after\."))
    for _ in range(5):
        visitor.page.keyboard.press("ArrowLeft")
    expect(visitor.sums).to_have_attribute("data-place", "20,0")  # not beyond the edge
    digit = visitor.sketch([(0.3, 0.5), (0.7, 0.5)])  # another drawing, the same place and filter
    expect(visitor.sums).to_have_attribute("data-place", "20,0")
    adds_up(visitor, course, digit)
    visitor.sheet.get_by_role("button", name="Let the window slide").click()
    expect(visitor.sums).not_to_have_attribute("data-place", "20,0")  # it slides from the first row on
    visitor.sheet.get_by_role("button", name="Stop").click()
    adds_up(visitor, course, digit)


def test_a_deeper_convolution_and_a_pooling_add_up_too(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    digit = visitor.sketch(SEVEN)
    outputs = course.outputs(digit[None])
    visitor.tiles("conv2").nth(1).click()
    expect(visitor.sheet.locator(".source")).to_have_count(8)
    visitor.sheet.locator(".source").nth(3).click()
    expect(visitor.sheet.locator(".source").nth(3)).to_have_attribute("aria-pressed", "true")
    row, column = map(int, visitor.sums.get_attribute("data-place").split(","))
    channel = int(visitor.sums.get_attribute("data-channel"))
    source = number(visitor.sheet.locator(".bench figcaption").first.text_content())
    kernel, _ = course.weights("conv2")
    patch = outputs["pool1"].after[0, row : row + 3, column : column + 3]
    products = (patch * kernel[..., channel]).sum((0, 1))
    total, others, shown_bias, before, _ = numbers(visitor.sums.locator("b"))
    assert total == pytest.approx(products[int(source)], abs=FINE)
    assert others == pytest.approx(np.delete(products, int(source)).sum(), abs=FINE)
    assert before == pytest.approx(total + others + shown_bias, abs=3 * FINE)
    assert before == pytest.approx(outputs["conv2"].before[0, row, column, channel], abs=FINE)
    visitor.tiles("pool1").nth(1).click()
    expect(visitor.sheet.locator("h3")).to_contain_text("pool1")
    channel = int(visitor.tiles("pool1").nth(1).get_attribute("data-channel"))
    row, column = map(int, visitor.sheet.locator(".pooling .products").get_attribute("data-place").split(","))
    window = outputs["conv1"].after[0, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2, channel]
    np.testing.assert_allclose(visitor.table(0), window.ravel(), atol=ROUNDED)
    assert visitor.table(1) == visitor.table(0).max()
    assert visitor.table(1) == pytest.approx(outputs["pool1"].after[0, row, column, channel], abs=ROUNDED)
    visitor.tiles("dense1").first.click()
    expect(visitor.sheet.locator(".weighing .result")).to_be_visible()
    *parts, before, after = numbers(visitor.sheet.locator(".weighing td:last-child"))
    assert sum(parts) == pytest.approx(before, abs=9 * FINE)
    assert after == max(0, before) == pytest.approx(outputs["dense1"].after.max(), abs=FINE)


def test_the_last_layer_adds_up_to_the_score_and_the_probability(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    digit = visitor.sketch(SEVEN)
    logits, shares = course.logits(digit[None])[0], course.probabilities(digit[None])[0]
    second, best = np.argsort(logits)[-2:]
    worst = int(logits.argmin())
    for label, rival in ((best, second), (second, best), (worst, best)):
        visitor.tile("logits", label).click()
        expect(visitor.sheet.locator("h3")).to_have_text(f"The score of {label}")
        *parts, ahead = numbers(visitor.page.locator(".weighing tr td:last-child"))
        assert len(parts) == 8  # six products, the others together, the biases
        assert sum(parts) == pytest.approx(ahead, abs=9 * FINE)
        assert ahead == pytest.approx(logits[label] - logits[rival], abs=FINE)
        product = visitor.page.locator(".weighing td:nth-child(2)").first.text_content()
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
    visitor.sheet.get_by_text("What does softmax do?").click()
    rows = visitor.sheet.locator(".counting tbody tr:not(:last-child)")  # the five best, but for the others together
    np.testing.assert_allclose(numbers(rows.locator("td:nth-child(2)")), np.sort(logits)[:-6:-1], atol=ROUNDED)
    np.testing.assert_allclose(numbers(rows.locator("td:last-child")), 100 * np.sort(shares)[:-6:-1], atol=0.101)
    visitor.whole("logits")
    scores = numbers(visitor.sheet.locator(".scores > table td:nth-child(2)"))
    np.testing.assert_allclose(scores, logits, atol=ROUNDED)
    compared = visitor.sheet.locator(".passes").first
    expect(compared).to_contain_text(re.compile(rf"logit.* {best} is -?\d+\.\d\d ahead of {second}\."))
    ahead = number(compared.text_content().split(f"{best} is ")[1])
    assert ahead == pytest.approx(logits[best] - logits[second], abs=ROUNDED)


# ---------------------------------------------------------------------------------------------------- changed by hand


def changed(course: Classifier, digit: np.ndarray, off: dict[str, list[int]], *kernels: Kernel) -> np.ndarray:
    """The probabilities of the changed network."""
    weights = changed_weights(course, Changes("course", off, list(kernels)))
    return course.calibrated(course.outputs(digit[None], weights)["logits"].after)[0][0]


def test_filters_are_switched_off_and_the_answer_moves(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    digit = visitor.sketch(SEVEN)
    trained = course.probabilities(digit[None])[0]
    shares = visitor.panel.locator(".outputs .share")

    def answers(expected: np.ndarray) -> None:
        visitor.until(lambda: np.allclose(numbers(shares), 100 * expected, atol=0.101))

    before = channels(visitor.tiles("conv1"))
    visitor.choose("switches its filter off")
    first = visitor.tiles("conv1").first
    expect(first).to_have_attribute("aria-pressed", "true")
    first.press("Enter")
    visitor.tiles("pool2").nth(2).click()  # the filter that made it
    second = int(visitor.tiles("pool2").nth(2).get_attribute("data-channel"))
    expect(visitor.panel.locator(".changed")).to_contain_text("2 filters are off")
    answers(changed(course, digit, {"conv1": before[:1], "conv2": [second]}))
    expect(first).to_have_attribute("aria-label", f"conv1, map {before[0]}, switched off")
    expect(first).to_have_attribute("aria-pressed", "false")
    assert channels(visitor.tiles("conv1")) == before  # what is off stays where it stood
    assert not darkness(first.locator("canvas")).max() > 0.02
    best = course.predict(Framed(digit)).best_guess
    detail = visitor.panel.locator(".detail")
    expect(detail).to_contain_text(f"changed by hand; as trained: {best}, {trained.max():.1%}")
    expect(visitor.panel.locator(".changed")).to_contain_text("2 filters are off. The answer now: ")  # where the eye is
    expect(visitor.aloud).to_contain_text("2 filters are off")
    digit = visitor.sketch(ONE)  # another drawing, the same filters
    answers(changed(course, digit, {"conv1": before[:1], "conv2": [second]}))
    visitor.panel.get_by_role("button", name="All as trained again").press("Enter")
    answers(course.probabilities(digit[None])[0])
    expect(visitor.panel.locator(".changed")).to_be_hidden()
    expect(detail).not_to_contain_text("changed by hand")


def test_a_kernel_is_changed_and_map_and_answer_follow(visit: Visiting, course: Classifier) -> None:
    visitor = visit()
    digit = visitor.sketch(SEVEN)
    visitor.tiles("conv1").first.click()
    channel = int(visitor.sums.get_attribute("data-channel"))
    kernel = course.weights("conv1")[0][:, :, 0, channel].copy()
    weight = visitor.sheet.locator(".weight").nth(5)
    weight.click()
    expect(weight).to_be_focused()
    expect(weight).to_have_accessible_name(re.compile(r"^Row 2, column 3: −?\d\.\d\d$"))
    slider = visitor.sheet.locator(".editor input")
    slider.focus()
    visitor.page.keyboard.press("End")
    kernel[1, 2] = float(slider.get_attribute("max"))
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", f"{kernel[1, 2]:.2f}")
    edited = Kernel("conv1", channel, 0, kernel.tolist())
    probabilities = changed(course, digit, {}, edited)
    shares = visitor.panel.locator(".outputs .share")
    visitor.until(lambda: np.allclose(numbers(shares), 100 * probabilities, atol=0.101))
    np.testing.assert_allclose(visitor.table(1), kernel.ravel(), atol=ROUNDED)
    row, column = map(int, visitor.sums.get_attribute("data-place").split(","))
    total, bias, before, after = numbers(visitor.sums.locator("b"))
    assert total == pytest.approx((digit[row : row + 3, column : column + 3] * kernel).sum(), abs=FINE)
    assert (before, after) == (pytest.approx(total + bias, abs=2 * FINE), max(0, before))
    expect(visitor.sheet.locator(".moved")).to_contain_text(f"The answer now: {probabilities.argmax()}, ")
    expect(visitor.panel.locator(".changed")).to_contain_text("1 kernel is changed")
    held: list[Route] = []
    visitor.intercept("**/run/predict*", lambda route: held.append(route))
    visitor.page.keyboard.press("Home")
    visitor.until(lambda: bool(held))
    visitor.page.keyboard.press("End")  # before the answer comes
    held.pop().continue_()
    kernel[1, 2] *= -1
    passed = changed(course, digit, {}, Kernel("conv1", channel, 0, kernel.tolist()))
    visitor.until(lambda: np.allclose(numbers(shares), 100 * passed, atol=0.101))
    assert float(slider.input_value()) == pytest.approx(-kernel[1, 2])  # an answer to what was set before moves nothing
    visitor.until(lambda: bool(held))
    held.pop().continue_()
    visitor.page.unroute("**/run/predict*")
    visitor.until(lambda: np.allclose(numbers(shares), 100 * probabilities, atol=0.101))
    visitor.sheet.get_by_role("button", name="As trained", exact=True).press("Enter")
    trained = course.probabilities(digit[None])[0]
    visitor.until(lambda: np.allclose(numbers(shares), 100 * trained, atol=0.101))
    adds_up(visitor, course, digit)
    visitor.sheet.get_by_role("button", name="Switch it off").click()
    visitor.until(lambda: np.allclose(numbers(shares), 100 * changed(course, digit, {"conv1": [channel]}), atol=0.101))
    expect(slider).to_be_disabled()  # of what is off there is nothing to change
    expect(visitor.sheet.locator(".weight").first).to_be_disabled()
    expect(visitor.sheet.locator(".editor .hint")).to_contain_text("switch it on first")
    visitor.sheet.get_by_role("button", name="Switch it on again").click()
    expect(slider).to_be_enabled()
    visitor.choose(say("network.mlp"), "#model")  # another network has no changes
    expect(visitor.panel.locator(".changed")).to_be_hidden()


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
    visitor.intercept(
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
    visitor.intercept("**/run/predict*", lambda route: route.continue_() if held else held.append(route))
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
    visitor.tiles("conv2").first.click()
    expect(visitor.panel.locator(".unit")).to_be_visible()
    visitor.choose(say("network.mlp"), "#model")
    mlp = networks["mlp"]
    names = visitor.panel.locator(".layer[data-layer] h3 b")
    expect(names).to_have_text([layer.name for layer in mlp.layers])
    expect(visitor.panel.locator(".unit")).to_have_count(0)
    expect(visitor.panel.locator(".says .digit")).to_have_text(str(mlp.predict(Framed(digit)).best_guess))
    visitor.tiles("dense1").first.click()  # whose weights are a picture
    expect(visitor.sheet.locator(".parts figcaption").first).to_have_text("Its weights")


# -------------------------------------------------------------------------------------------------- phones and French


def test_every_view_fits_a_phone_and_speaks_french(visit: Visiting) -> None:
    visitor = visit("Comprendre", locale="fr-FR", viewport=PHONE, has_touch=True)

    def fits() -> None:
        """The page's own width is no proof: Gradio cuts off what is too wide."""
        assert visitor.page.evaluate(BEYOND) == []
        assert visitor.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    # The digit is one line above the view, which opens to the pad, and stays open until it is closed.
    line, views = visitor.page.locator("#pad-inside .bar"), visitor.panel.get_by_role("tablist")
    expect(views).to_be_in_viewport(ratio=1)
    expect(line.get_by_role("button", name="Modifier")).to_have_attribute("aria-expanded", "false")
    visitor.sketch(SEVEN)
    expect(line.locator("b")).to_have_text(visitor.panel.locator(".says .digit").text_content())
    expect(line.locator("span").first).to_have_text(re.compile(r"\d\s%$"))
    expect(line.get_by_role("button", name="Terminé")).to_have_attribute("aria-expanded", "true")
    line.get_by_role("button").press("Enter")
    expect(visitor.page.locator("#pad-inside .tools")).to_be_hidden()
    expect(views).to_be_in_viewport(ratio=1)
    words = {
        "network": "cartes de 26×26",
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
    step = visitor.panel.locator(".stepper")
    expect(visitor.panel.locator(".layer").filter(visible=True)).to_have_count(1)  # one layer at a time
    for name in ("pool1", "conv2"):
        step.get_by_role("button", name="Couche suivante").tap()
        expect(step.locator("b")).to_have_text(name)
    last = visitor.tiles("conv2").last
    last.tap()
    expect(visitor.sheet.locator("h3")).to_have_text(f"conv2, carte {last.get_attribute('data-channel')}")
    expect(visitor.sheet.locator("h3")).to_be_in_viewport()
    expect(visitor.sums).to_contain_text("Somme des produits")
    visitor.sheet.locator(".editor input").press("Home")  # the longest number
    fits()
    weight, sheet = (part.bounding_box() for part in (visitor.sheet.locator(".editor output"), visitor.sheet))
    assert weight["x"] + weight["width"] <= sheet["x"] + sheet["width"]
    visitor.whole("conv2")
    fits()
    for name in ("pool2", "flatten", "dense1", "dropout", "logits"):
        step.get_by_role("button", name="Couche suivante").tap()
        expect(step.locator("b")).to_have_text(name)
        expect(visitor.sheet).to_have_count(0)  # it was another layer's
        fits()
    visitor.tile("logits", 7).tap()
    expect(visitor.sheet.locator(".weighing")).to_be_visible()
    fits()


def test_a_finger_moves_the_patch(visit: Visiting, course: Classifier) -> None:
    visitor = visit(viewport=PHONE, has_touch=True)
    digit = visitor.sketch(SEVEN)
    visitor.tiles("conv1").first.tap()
    for number, y in enumerate((30, 100)):  # on the picture, then on the map
        before = visitor.sums.get_attribute("data-place")
        visitor.page.locator(".bench .movable").nth(number).tap(position={"x": 60, "y": y})
        expect(visitor.sums).not_to_have_attribute("data-place", before)
        adds_up(visitor, course, digit)
