"""The lab's Build in a real browser: a network put together by hand, refused where it is impossible, and kept."""

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cnn.lab.build import PRESETS
from cnn.lab.export import script
from cnn.lab.trainings import Order
from cnn.network.design import Activation, Block, Convolution, Dense, Normalisation, Pooling, plan
from cnn.text import say
from tests.ui.conftest import PHONE, FakeClassifier, Onlooker, choose, entered, open_tab
from tests.ui.test_lab import BEYOND


class Builder(Onlooker):
    """A visitor who builds."""

    def __init__(self, page: Page):
        super().__init__(page)
        self.panel = page.locator(".lab [data-panel=build]")
        self.rows, self.totals = self.panel.locator(".block"), self.panel.locator(".totals")

    def enter(self, tab: str = "Train") -> None:
        open_tab(self.page, tab)
        self.page.locator("[data-view=build]").click()
        expect(self.totals).not_to_be_empty()

    def begin(self, name: str) -> None:
        choose(self.panel.get_by_role("radio", name=name, exact=True))

    def row(self, at: int) -> Locator:
        return self.rows.nth(at)

    def press_add(self, name: str) -> None:
        """As whoever has no mouse."""
        self.panel.locator(".adding").get_by_role("button", name=name, exact=True).press("Enter")

    def shows(self, design: list[Block]) -> None:
        """Wait until every block tells what was worked out, the refused one why, and those behind it nothing."""
        planned = plan(design)
        expect(self.rows).to_have_count(len(design) + 1)
        for at in range(len(design) + 1):
            words = []
            if at < len(planned.layers):
                layer = planned.layers[at]
                words = [
                    " × ".join(f"{side:,}" for side in layer.shape),
                    f"sees {layer.receptive_field} × {layer.receptive_field}",
                ]
                words += [f"{layer.parameters:,} parameters"] if layer.parameters else []
                words += [f"{layer.multiply_adds:,} multiply-adds"] if layer.multiply_adds else []
            expect(self.row(at).locator(".facts > *")).to_have_text(words)
            refused = planned.refused if planned.refused and planned.refused.at == at else None
            values = {name: f"{value:,}" for name, value in refused.values.items()} if refused else {}
            expect(self.row(at).locator(".refusal")).to_have_text(
                say(f"error.{refused.key}", **values) if refused else ""
            )
        if len(planned.layers) > len(design):
            total = f"{planned.parameters:,} parameters, and {planned.multiply_adds:,} multiply-adds for one picture."
            expect(self.totals).to_contain_text(total)


Visiting = Callable[..., Builder]


@pytest.fixture
def visit(browser: Browser, fake_app: tuple[FakeClassifier, object]) -> Iterator[Visiting]:
    """Open the lab's Build; whatever a visitor did, nothing broke."""
    with entered(browser, fake_app[1].local_url, Builder, "Train") as enter:  # pyright: ignore
        yield enter


def test_from_nothing_by_keyboard(visit: Visiting) -> None:
    visitor = visit()
    course = PRESETS["course"].design
    visitor.shows(course)
    # Without its second pooling it is too large to be trained, and worked out to its end.
    visitor.row(5).locator("[data-act=remove]").click()
    visitor.shows([*course[:5], *course[6:]])
    expect(visitor.totals).to_contain_text("too large to be trained here: see block 6, Dense")
    expect(visitor.panel.locator(".behind")).to_have_count(0)
    for button in visitor.panel.locator(".orders button").all():
        expect(button).to_be_disabled()
    visitor.begin("Nothing")
    visitor.shows([])
    visitor.press_add("Convolution")
    filters = visitor.row(0).get_by_label("Filters")
    expect(filters).to_be_focused()
    visitor.page.keyboard.press("ControlOrMeta+a")
    visitor.page.keyboard.type("8")
    visitor.shows([Convolution(8)])  # while it is typed
    visitor.page.keyboard.press("Enter")
    visitor.row(0).get_by_label("Padding").select_option("same size")
    visitor.press_add("Normalisation")
    visitor.press_add("Activation")
    visitor.press_add("Dense")
    built = [Convolution(8, padding="same"), Normalisation(), Activation(), Dense()]
    visitor.shows(built)
    # A dense block before a convolution is what it cannot do: it says so there, and the rest stays.
    for _ in range(3):
        visitor.page.keyboard.press("Alt+ArrowUp")
    impossible = [Dense(), *built[:3]]
    visitor.shows(impossible)
    expect(visitor.row(0).locator("[data-act=up]")).to_be_disabled()
    expect(visitor.row(0).locator("[data-act=down]")).to_be_focused()
    expect(visitor.row(1)).to_have_class(re.compile("impossible"))
    expect(visitor.totals).to_contain_text("ends before block 2, Convolution")
    for button in visitor.panel.locator(".orders button").all():
        expect(button).to_be_disabled()
    visitor.panel.get_by_role("button", name="Undo").click()
    visitor.shows([built[0], Dense(), *built[1:3]])
    visitor.row(1).locator("[data-act=remove]").press("Enter")
    visitor.shows(built[:3])
    expect(visitor.row(1).locator("[data-act=remove]")).to_be_focused()


def test_it_lasts_and_back_takes_it_back(visit: Visiting) -> None:
    visitor = visit()
    visitor.begin("Small and quick")
    small = PRESETS["small"].design
    visitor.shows(small)
    visitor.row(0).get_by_label("Stride").fill("9")  # at most 4
    visitor.row(0).get_by_label("Stride").press("Tab")
    expect(visitor.row(0).get_by_label("Stride")).to_have_value("4")
    visitor.panel.locator(".recipe").get_by_label("Epochs").fill("7")
    visitor.panel.locator(".recipe").get_by_label("Epochs").press("Enter")
    changed = [Convolution(8, 5, 4), *small[1:]]
    visitor.shows(changed)
    expect(visitor.panel.get_by_role("radio", checked=True)).to_have_count(0)
    visitor.reload()
    expect(visitor.panel).to_be_visible()
    visitor.shows(changed)
    expect(visitor.panel.locator(".recipe").get_by_label("Epochs")).to_have_value("7")
    expect(visitor.page.locator(".lab .reel")).to_be_hidden()
    visitor.page.go_back()
    expect(visitor.panel.locator(".recipe").get_by_label("Epochs")).to_have_value("5")
    visitor.page.go_back()
    visitor.shows(small)
    expect(visitor.panel.get_by_role("radio", name="Small and quick")).to_be_checked()
    visitor.page.go_back()
    visitor.shows(PRESETS["course"].design)


def test_it_downloads(visit: Visiting, tmp_path: Path) -> None:
    visitor = visit()
    visitor.begin("Without convolution")
    visitor.panel.locator(".recipe").get_by_label("Augmentation").select_option("yes")
    order = Order(PRESETS["dense"].design, epochs=5, augmentation=True)
    visitor.shows(order.design)
    with visitor.page.expect_download() as saved:
        visitor.panel.get_by_role("button", name="Keras script").click()
    assert saved.value.suggested_filename == "train_digits.py"
    assert Path(saved.value.path()).read_text(encoding="utf-8") == script(order, "en")
    with visitor.page.expect_download() as saved:
        visitor.panel.get_by_role("button", name="Notebook").click()
    assert json.loads(Path(saved.value.path()).read_text(encoding="utf-8"))["nbformat"] == 4


def test_what_is_ordered_is_what_was_chosen(visit: Visiting) -> None:
    """Nothing is trained on this server, which is said where one would look on."""
    visitor = visit()
    visitor.begin("Small and quick")
    visitor.panel.locator(".recipe").get_by_label("Optimiser").select_option("SGD with momentum")
    visitor.panel.locator(".recipe").get_by_label("Seed", exact=True).fill("4")
    visitor.panel.locator(".recipe").get_by_label("Seeds in a row").fill("2")
    visitor.panel.get_by_role("button", name="Train it").click()
    expect(visitor.page.locator("[data-panel=train] .refused")).to_have_text(say("error.training_off"))
    asked = [json.loads(body)["data"][0] for _, body in visitor.posts if b'"begin"' in body]
    order = dataclasses.asdict(Order(PRESETS["small"].design, epochs=5, optimiser="sgd", seeds=[4, 5]))
    assert asked == [{"view": "begin", **order}]


def test_the_drawing_is_to_scale(visit: Visiting) -> None:
    visitor = visit()
    visitor.begin("Nothing")
    visitor.press_add("Pooling")
    visitor.shows([Pooling()])
    drawn = visitor.panel.locator(".plan")
    expect(drawn.locator("text")).to_have_text(["28×28× 1", "14×14× 1", "10"])
    widths = [float(one.get_attribute("width") or 0) for one in drawn.locator(".sheets rect").all()]
    assert widths[0] == 2 * widths[1]
    window = drawn.locator(".joints rect")
    assert float(window.get_attribute("width") or 0) == widths[0] / 14
    assert "28 × 28 × 1 → 14 × 14 × 1 → 10" in (drawn.get_attribute("aria-label") or "")


def test_a_phone_in_french(visit: Visiting) -> None:
    phone = {"viewport": PHONE, "has_touch": True, "color_scheme": "dark"}
    visitor = visit("Entraîner", locale="fr-FR", **phone)
    expect(visitor.row(0).locator(".facts")).to_contain_text("26 × 26 × 32")
    assert visitor.page.evaluate(BEYOND) == []
    for part in visitor.panel.locator("button, input, select, .choice label").all():
        if part.is_visible() and part.get_attribute("type") != "radio":
            assert part.bounding_box()["height"] >= 44
