"""The Errors tab in a real browser, over small networks and digits of our own in MNIST's place."""

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect

from cnn.errors.statistics import wilson
from cnn.errors.tables import compared
from cnn.mnist import Mnist, nowhere
from cnn.models.registry import Models
from cnn.types import Digits
from cnn.ui.page import build_demo, launch_options
from tests.ui.conftest import PHONE, FakeClassifier, Visit, choose, darkness, open_tab, visits
from train.measure.evaluate import Sets, evaluate


class Shelf:
    """MNIST that a test may take away, but for what came with the app."""

    def __init__(self, digits: dict[str, Digits], some: dict):
        self.there, self.gone = Mnist(digits.__getitem__), Mnist(nowhere, some)
        for mnist in (self.there, self.gone):
            mnist.start().join()
        self.now = self.there

    def digit(self, split: str, index: int) -> tuple[np.ndarray, int]:
        return self.now.digit(split, index)


@pytest.fixture(scope="module")
def sets(digits: Digits) -> Sets:
    test, training = (Digits(digits.images[part], digits.labels[part]) for part in (slice(0, 700), slice(700, None)))
    return Sets(test, training=training)


@pytest.fixture(scope="module")
def networks(models: Models, sets: Sets) -> Models:
    """Two that were measured and one that was not."""
    measured = [copy.copy(network) for network in models.values()]  # other tests have them without figures
    for network in measured:
        network.metrics = evaluate(network, sets)
    new = FakeClassifier()
    new.name = "new"
    return Models([*measured, new], measured[0].name)


@pytest.fixture(scope="module")
def app(networks: Models, sets: Sets) -> Iterator[tuple[Shelf, gr.Blocks]]:
    first = networks["default"].metrics["errors"][0]
    kept = {"test": [first["index"]], "train": first["neighbours"][1:]}
    splits = {"test": sets.test, "train": sets.training}
    some = {split: {at: (splits[split].images[at], 0) for at in places} for split, places in kept.items()}
    shelf = Shelf(splits, some)
    with pytest.MonkeyPatch.context() as patch:
        surest = networks["default"].metrics["errors"][0]
        known = {surest["index"]: {"label": surest["label"], "proposed": surest["said"], "votes": [1, 3, 1]}}
        patch.setattr("cnn.ui.errors.label_errors", lambda: known)
        demo = build_demo(networks, shelf)
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield shelf, demo
    demo.close()


@pytest.fixture
def visit(browser: Browser, app: tuple[Shelf, gr.Blocks]) -> Iterator[Callable[..., Locator]]:
    """Open the tab: its panel. Whatever a visitor did, nothing broke."""
    visitors = []

    def enter(tab: str = "Errors", **options: Any) -> Locator:
        visitors.append(open_page(**options))
        open_tab(visitors[-1].page, tab)
        return visitors[-1].page.locator(".errors")

    with visits(browser, app[1].local_url, Visit) as open_page:
        yield enter
        assert [error for visitor in visitors for error in visitor.errors] == []
    app[0].now = app[0].there


def bound(share: float) -> str:
    """A bound of an interval as the page shows it: all or nothing only where it is."""
    if 0 < share < 0.005:
        return "<\u00a01%"
    return ">\u00a099%" if 0.995 <= share < 1 else f"{share:.0%}"


def indices(tiles: Locator, sets: Sets) -> list[int]:
    """Which test digits the tiles show."""
    images = sets.test.images.astype(float) / 255
    shown = [darkness(canvas) for canvas in tiles.locator("canvas").all()]
    return [int(np.abs(images - one).mean((1, 2)).argmin()) for one in shown]


def test_errors_by_cell_order_and_digit(visit: Callable[..., Locator], networks: Models, sets: Sets) -> None:
    panel, metrics = visit(), networks["default"].metrics
    errors = metrics["errors"]
    low, high = wilson(len(errors), 700)
    expect(panel.locator(".summary .verdict")).to_have_text(
        f"tiny misreads {len(errors)} of 700 test images: {len(errors) / 700:.2%}."
    )
    expect(panel.locator(".summary .detail")).to_contain_text(f"between {low:.2%} and {high:.2%}")
    tiles = panel.locator("[data-panel=list] .tile")
    expect(tiles.locator("canvas")).to_have_count(min(24, len(errors)))
    assert indices(tiles, sets)[:5] == [one["index"] for one in errors[:5]]
    expect(tiles.first).to_contain_text("label error")

    counts = np.array(metrics["confusion"])
    meant, said = np.unravel_index((counts - np.diag(np.diag(counts))).argmax(), counts.shape)
    panel.get_by_label(f"{meant} read as {said}: {counts[meant, said]}").click()
    expect(tiles).to_have_count(int(counts[meant, said]))
    expect(tiles.first).to_contain_text(f"{meant} → {said}")
    aloud = f"Labelled {meant}, read as {said}: {counts[meant, said]} below"
    expect(panel.get_by_role("status")).to_have_text(aloud)
    panel.get_by_role("button", name="All errors").click()

    choose(panel.get_by_role("radio", name="Least sure"))
    choose(panel.get_by_role("radio", name=str(meant), exact=True))
    of_digit = [one["index"] for one in errors[::-1] if one["label"] == meant]
    expect(tiles).to_have_count(min(24, len(of_digit)))
    assert indices(tiles, sets)[:3] == of_digit[:3]
    choose(panel.get_by_role("radio", name="all", exact=True))
    choose(panel.get_by_role("radio", name="Right, but doubtful"))
    expect(tiles.first).to_contain_text(str(metrics["doubtful"][0]["label"]))


def test_an_error_opens_with_its_evidence_its_neighbours_and_what_is_known(
    visit: Callable[..., Locator], networks: Models, sets: Sets
) -> None:
    panel, one = visit(), networks["default"].metrics["errors"][0]
    tile = panel.locator("[data-panel=list] .tile").first
    tile.focus()
    tile.press("Enter")
    case = panel.locator(".opened")
    expect(case.locator("h3")).to_contain_text(f"{one['label']} read as {one['said']}, ")
    expect(case.locator(".evidence canvas")).to_have_count(3)
    expect(case.locator(".near canvas")).to_have_count(5)
    for canvas, index, label in zip(case.locator(".near canvas").all(), one["neighbours"], one["labels"], strict=True):
        np.testing.assert_allclose(darkness(canvas), sets.training.images[index] / 255, atol=0.02)
        assert label == sets.training.labels[index]
    ours, theirs = (one["labels"].count(one[whose]) for whose in ("said", "label"))
    expect(case).to_contain_text(f"{ours} of them are a {one['said']}, as the network says; {theirs} a {one['label']}")
    expect(case.locator(".known")).to_contain_text(f"1 saw the label {one['label']}, 3 a {one['said']}, 1 neither")
    case.get_by_role("button", name="Close").click()
    expect(case).to_have_count(0)
    expect(panel.locator(".tile").first).to_be_focused()


def test_two_networks_and_what_a_confidence_is_worth(visit: Callable[..., Locator], networks: Models) -> None:
    panel = visit()
    metrics, others = networks["default"].metrics, networks["untrained"].metrics
    found = compared(metrics, others)
    panel.get_by_role("tab", name="Two networks").click()
    view = panel.locator("[data-panel=compare]")
    expect(view.locator(".verdict")).to_have_text(
        f"untrained mends {len(found.fixed)} of the errors of “tiny” and adds {len(found.added)} of its own; "
        f"{len(found.both)} both make."
    )
    assert found.p < 0.001
    expect(view).to_contain_text("p < 0.001. Were both equally good")
    expect(view).to_contain_text("less than 0.1% of the time: “tiny” is better.")
    cells = [int(text) for text in view.locator(".four td").all_text_contents() if text]
    assert cells == [700 - sum(map(len, found[:3])), len(found.added), len(found.fixed), len(found.both)]
    theirs = next(one for one in others["errors"] if one["index"] in found.added)
    view.locator(".tiles").nth(1).locator(".tile").first.click()  # the other's error is looked at as the other's
    expect(panel.locator(".summary .verdict")).to_contain_text("untrained misreads")
    expect(panel.locator(".opened h3")).to_contain_text(f"{theirs['label']} read as {theirs['said']}")

    choose(panel.locator(".models").get_by_role("radio", name="tiny"))
    panel.get_by_role("tab", name="What 90% is worth").click()
    bins = metrics["calibration"]["bins"]
    near = min(bins, key=lambda one: abs(one["confidence"] - 0.9))
    low, high = wilson(round(near["accuracy"] * near["count"]), near["count"])
    worth = panel.locator(".worth")
    expect(worth).to_contain_text(f"about {near['confidence']:.0%}, it is right {near['accuracy']:.0%} of the time")
    lies = f"the true share lies between {bound(low)} and {bound(high)}"
    expect(worth).to_contain_text(f"on {near['count']} images; {lies}")
    expect(panel.locator(".diagram circle")).to_have_count(len(bins))

    choose(panel.locator(".models").get_by_role("radio", name="new"))
    expect(panel.locator(".missing")).to_contain_text('Nothing was measured of the model "new" yet')
    expect(panel.locator(".summary")).to_be_hidden()


def test_without_mnist_what_comes_with_the_app_is_shown_and_the_rest_is_said(
    visit: Callable[..., Locator], app: tuple[Shelf, gr.Blocks], networks: Models
) -> None:
    app[0].now = app[0].gone
    panel, errors = visit("Erreurs", locale="fr-FR"), networks["default"].metrics["errors"]
    expect(panel.locator(".missing")).to_contain_text(re.compile("MNIST.*MNIST_DIR"))
    expect(panel.locator(".summary .verdict")).to_contain_text(f"tiny lit mal {len(errors)} des 700")
    tiles = panel.locator("[data-panel=list] .tile")
    expect(tiles).to_have_count(min(24, len(errors)))
    expect(tiles.locator("canvas")).to_have_count(1)
    expect(panel.locator(".source")).to_contain_text("CC BY-SA 3.0")
    tiles.first.click()
    expect(panel.locator(".opened .evidence canvas")).to_have_count(3)
    expect(panel.locator(".near .unseen")).to_have_text([str(errors[0]["labels"][0])])
    expect(panel.locator(".near canvas")).to_have_count(4)
    tiles.nth(1).click()
    expect(panel.locator(".near .unseen")).to_have_text([str(label) for label in errors[1]["labels"]])
    panel.page.set_viewport_size(PHONE)
    panel.page.wait_for_function(f"document.documentElement.scrollWidth <= {PHONE['width']}")
    beyond = "nodes => nodes.filter((node) => node.getBoundingClientRect().right > innerWidth + 0.5).length"
    assert panel.locator("*").evaluate_all(beyond) == 0
