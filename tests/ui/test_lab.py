"""The lab in a real browser: the bundled film on a digit that is drawn. The numbers shown are its own."""

import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cnn.lab.film import Film, bundled
from cnn.lab.sweep import bundled as swept
from cnn.task import DIGITS
from cnn.ui.draw.pad import examples, first_seven
from tests.ui.conftest import ONE, PHONE, SEVEN, FakeClassifier, Onlooker, choose, entered, open_tab, pixels
from tests.ui.test_inside import number

ROUNDED = 0.00051  # of a share in per cent with one digit
FINE = 0.006  # of a number's first three digits
BEYOND = """[...document.querySelectorAll(".looking *")]
    .filter((node) => !node.closest(".examples, .scrolls"))
    .filter((node) => node.getBoundingClientRect().right > innerWidth + 0.5)
    .map((node) => `${node.tagName} ${node.className}`)"""


class Watcher(Onlooker):
    """A visitor of the lab."""

    def __init__(self, page: Page):
        super().__init__(page)
        self.pad, self.panel = page.locator("#pad-lab canvas"), page.locator(".lab")
        self.slider, self.play = self.panel.locator(".reel input"), self.panel.locator("[data-act=play]")

    def enter(self, tab: str = "Train") -> None:
        open_tab(self.page, tab)
        expect(self.panel.locator(".outputs li").first).to_be_visible()

    def go_to(self, moment: int) -> None:
        """As whoever moves a slider: by keys."""
        self.slider.press("Home")
        for _ in range(moment):
            self.slider.press("ArrowRight")
        expect(self.slider).to_have_value(str(moment))

    def shares(self) -> np.ndarray:
        """The ten bars, as shares."""
        tracks = self.panel.locator(".outputs .track")
        return np.array(tracks.evaluate_all("all => all.map((one) => Number(one.style.getPropertyValue('--share')))"))

    def tiles(self, name: str) -> list[bytes]:
        """What the canvases of a part of the stage show."""
        return [pixels(one).tobytes() for one in self.panel.locator(f".{name} canvas").all()]

    def by_hand(self) -> Locator:
        self.panel.locator("[data-view=step]").click()
        expect(self.panel.locator(".work section")).to_have_count(4)
        return self.panel.locator(".work")

    def table(self, which: int) -> np.ndarray:
        """The numbers of one of the tables by hand: 0 forward, 1 after."""
        rows = self.panel.locator(".work .account").nth(which).locator("tr:has(td)")
        cells = [[one.inner_text() for one in row.locator("td").all()[1:]] for row in rows.all()]
        return np.array([[number_of(text) if text else np.nan for text in row] for row in cells])

    def cells(self, which: int) -> np.ndarray:
        """A table of nine: 0 the gradient, 1 the kernel, 2 the gradient again, 3 the kernel after."""
        box = self.panel.locator(".work .cells").nth(which)
        shown = np.array([number(text) for text in box.locator("td").all_text_contents()]).reshape(3, 3)
        power = re.search(r"10([⁻⁰¹²³⁴-⁹]+)", box.get_attribute("aria-label") or "")
        return shown * 10.0 ** exponent(power[1]) if power else shown


def exponent(raised: str) -> int:
    return int(raised.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))


def number_of(text: str) -> float:
    """A number as `small` writes it: 0.0123, or 1.23 × 10⁻⁵."""
    power = re.search(r"10([⁻⁰¹²³⁴-⁹]+)$", text)
    return number(text) * 10.0 ** (exponent(power[1]) if power else 0)


Visiting = Callable[..., Watcher]


@pytest.fixture
def visit(browser: Browser, fake_app: tuple[FakeClassifier, object]) -> Iterator[Visiting]:
    """Open the lab; whatever a visitor did, nothing broke."""
    with entered(browser, fake_app[1].local_url, Watcher, "Train") as enter:  # pyright: ignore
        yield enter


@pytest.fixture(scope="module")
def film() -> Film:
    return bundled()


def test_the_slider_moves_all(visit: Visiting, film: Film) -> None:
    visitor = visit()
    digit = visitor.sketch(SEVEN)
    seen, before = film.watch(digit), {}
    visitor.until(lambda: np.allclose(visitor.shares(), seen.probabilities[0], atol=1e-4))
    for moment in (0, 6, len(film) - 1):
        visitor.go_to(moment)
        about, wanted = film.about["moments"][moment], seen.probabilities[moment]
        assert np.allclose(visitor.shares(), wanted, atol=1e-4)
        expect(visitor.panel.locator(".says .digit")).to_have_text(str(wanted.argmax()))
        expect(visitor.panel.locator(".outputs .best b")).to_have_text(str(wanted.argmax()))
        spoken = visitor.slider.get_attribute("aria-valuetext")
        assert spoken.startswith(f"step {about['step']:,}, epoch {about['epoch']}: reads {wanted.argmax()} at ")
        assert number(spoken.split(" at ")[1]) / 100 == pytest.approx(wanted.max(), abs=ROUNDED)
        for what, digits in (("accuracy", 1), ("loss", 2)):
            shown = visitor.panel.locator(f".{what} .key").all_text_contents()
            scale = 100 if what == "accuracy" else 1
            for text, name in zip(shown, ("training", "validation"), strict=True):
                assert number(text) == pytest.approx(about[name][what] * scale, abs=0.51 * 10**-digits)
        matrix = film.confusion[moment]
        rows = visitor.panel.locator(".confusion tbody tr").all()
        counts = [[int(text or 0) for text in row.locator("td").all_text_contents()] for row in rows]
        assert counts == matrix.tolist()
        cursors = visitor.panel.locator(".cursor").evaluate_all("all => all.map((one) => one.getAttribute('d'))")
        after = {name: visitor.tiles(name) for name in ("filters", "maps")} | {"cursor": cursors}
        assert len(set(cursors)) == 1
        assert [len(after["filters"]), len(after["maps"])] == [32, 16]
        assert all(after[name] != before[name] for name in before)
        before = after
    since = np.flatnonzero(seen.probabilities.argmax(1) != 7)[-1] + 1
    step = film.about["moments"][since]["step"]
    expect(visitor.panel.locator(".since")).to_have_text(f"Read as 7 from step {step} on, to the end.")


def test_it_plays_stops_and_asks_nobody_meanwhile(visit: Visiting, film: Film) -> None:
    visitor = visit()
    expect(visitor.slider).to_have_value("0")
    expect(visitor.panel.locator(".detail")).to_contain_text("an example, until you draw")
    assert np.allclose(visitor.shares(), film.watch(first_seven(examples(DIGITS)).image).probabilities[0], atol=1e-4)
    sent = len(visitor.posts)
    visitor.play.click()
    expect(visitor.play).to_have_text("Stop")
    visitor.until(lambda: int(visitor.slider.input_value()) >= 2)
    visitor.play.click()
    expect(visitor.play).to_have_text("Play")
    stopped = visitor.slider.input_value()
    visitor.slider.press("End")
    expect(visitor.slider).to_have_value(str(len(film) - 1))
    assert int(stopped) < len(film) - 1
    visitor.slider.press("ArrowLeft")
    visitor.play.press("Enter")  # by keyboard, to the end: it stops there by itself
    expect(visitor.slider).to_have_value(str(len(film) - 1))
    expect(visitor.play).to_have_text("Play")
    visitor.play.press("Enter")  # and begins again
    visitor.until(lambda: int(visitor.slider.input_value()) < len(film) - 1)
    expect(visitor.play).to_have_text("Stop")
    assert len(visitor.posts) == sent
    open_tab(visitor.page, "My tests")  # nobody looks any more
    expect(visitor.play).to_have_text("Play")


def test_it_steps_and_ends_where_the_film_does(visit: Visiting, film: Film) -> None:
    visitor = visit()
    back, on = (visitor.panel.locator(f"[data-act={act}]") for act in ("back", "on"))
    expect(back).to_be_disabled()
    on.click()
    on.press("Enter")
    expect(visitor.slider).to_have_value("2")
    back.click()
    expect(visitor.slider).to_have_value("1")
    visitor.slider.press("End")
    expect(on).to_be_disabled()
    assert on.get_attribute("aria-label") == "One moment on"


def test_one_step_by_hand_adds_up(visit: Visiting, film: Film) -> None:
    visitor = visit()
    digit = visitor.sketch(SEVEN)
    visitor.by_hand()
    for moment, changes, how in (
        (0, None, {}),
        (6, None, {}),
        (6, ("Learning rate", "1"), {"rate": 1.0}),
        (6, ("It is a", "1"), {"rate": 1.0, "label": 1}),
    ):
        visitor.go_to(moment)
        if changes:
            choice, value = changes
            choose(visitor.panel.get_by_role("group", name=choice).get_by_role("radio", name=value, exact=True))
        step = film.step(moment, digit, **{"label": 7, "rate": 0.1, **how})
        expect(visitor.panel.locator(".work h3").nth(2)).to_have_text(f"3. The update of kernel {step.channel}")
        forward = np.stack([step.logits, step.probabilities, np.eye(10)[step.label], step.errors], 1)
        visitor.until(lambda wanted=forward: close(visitor.table(0), wanted))
        assert np.allclose(visitor.cells(1), step.kernel, atol=6e-5)
        assert np.allclose(visitor.cells(3), step.updated, atol=6e-5)
        for which in (0, 2):
            assert np.allclose(visitor.cells(which), step.gradient, atol=0.01 * np.abs(step.gradient).max())
        after = visitor.table(1)
        assert close(after[:, 0], np.array([step.loss, step.loss + step.foretold, step.loss_kernel, step.loss_all]))
        assert close(after[1:, 1], np.array([step.foretold, step.loss_kernel - step.loss, step.loss_all - step.loss]))
        loss = visitor.panel.locator(".work .sum").first.inner_text().split("=")[-1].strip()
        assert number_of(loss) == pytest.approx(step.loss, rel=FINE)
        # The sum of what is painted is the gradient that is used.
        summed = visitor.panel.locator(".work section").nth(1).locator(".sign").last.inner_text().split(maxsplit=1)[1]
        assert number_of(summed) == pytest.approx(step.gradient.flat[np.abs(step.gradient).argmax()], rel=FINE)


def close(shown: np.ndarray, wanted: np.ndarray) -> bool:
    """Equal to the three digits, or the thousandths, that are written."""
    return shown.shape == wanted.shape and np.allclose(shown, wanted, rtol=FINE, atol=6e-4)


def test_another_kernel_and_another_drawing(visit: Visiting, film: Film) -> None:
    visitor = visit()
    visitor.go_to(5)
    visitor.by_hand()
    best = film.step(5, first_seven(examples(DIGITS)).image, 7, 0.1).channel
    visitor.panel.locator("select").focus()
    visitor.panel.locator("select").select_option("4")
    expect(visitor.panel.locator(".work h3").nth(2)).to_have_text("3. The update of kernel 4")
    expect(visitor.panel.locator("select")).to_be_focused()
    expect(visitor.panel.locator("option").first).to_have_text(f"that with the largest gradient ({best})")
    digit = visitor.sketch(ONE)
    step = film.step(5, digit, film.guess(digit), 0.1, channel=4)
    visitor.until(lambda: close(visitor.table(0)[:, 0], step.logits))
    # What stands above is of the new drawing too.
    wanted = film.watch(digit).probabilities[5]
    expect(visitor.panel.locator(".says .digit")).to_have_text(str(wanted.argmax()))
    visitor.panel.locator("[data-view=film]").click()
    visitor.until(lambda: np.allclose(visitor.shares(), wanted, atol=1e-4))


def test_a_link_leads_there_and_the_digit_comes_along(visit: Visiting, film: Film) -> None:
    visitor = visit()
    visitor.page.get_by_role("tab", name="Read").click()
    pad, visitor.pad = visitor.pad, visitor.page.locator("#pad canvas")
    visitor.draw(SEVEN)
    visitor.reads(7)
    visitor.pad = pad
    visitor.enter()
    visitor.by_hand()
    assert "#lab/step" in visitor.page.url
    visitor.until(lambda: "example" not in visitor.panel.locator(".detail").inner_text())
    visitor.arrived()
    visitor.page.go_back()
    expect(visitor.panel.locator("[data-panel=film]")).to_be_visible()
    visitor.go(re.sub(r"#.*", "#lab/step", visitor.page.url))
    expect(visitor.panel.locator(".work section")).to_have_count(4)


@pytest.mark.parametrize("view", ["film", "step"])
def test_a_phone_in_french(visit: Visiting, view: str) -> None:
    phone = {"viewport": PHONE, "has_touch": True, "color_scheme": "dark", "reduced_motion": "reduce"}
    visitor = visit("Entraîner", locale="fr-FR", **phone)
    if view == "step":
        visitor.by_hand()
    expect(visitor.play).to_have_text("Lancer")
    source = visitor.panel.locator(".source").first
    expect(source).to_have_text(re.compile(r"Enregistré le \d+\S* [a-zéû]+ 20\d\d\u00a0:"))
    assert visitor.page.evaluate(BEYOND) == []
    assert visitor.slider.get_attribute("aria-valuetext").startswith("pas 0, époque 1\u00a0: lit ")
    for part in visitor.panel.locator(".reel :is(button, input), .lab select, .lab .choice label").all():
        if part.is_visible():
            assert part.bounding_box()["height"] >= 44
    track = visitor.panel.locator(".track i").first
    assert track.evaluate("one => getComputedStyle(one).transitionDuration") == "0s"
    # The reel stays in sight wherever the page is scrolled to.
    visitor.panel.locator(".source, .work section:last-child").locator("visible=true").last.scroll_into_view_if_needed()
    box = visitor.play.bounding_box()
    assert 0 <= box["y"] < PHONE["height"] / 3


def test_what_filters_and_layers_buy(visit: Visiting) -> None:
    """The chart, its sentence and its table are the numbers of the sweep that comes with the app."""
    sweep = swept()
    visitor = visit()
    visitor.panel.locator("[data-view=sweep]").click()
    place = visitor.panel.locator("[data-panel=sweep]")
    expect(place.locator(".depth circle")).to_have_count(len(sweep.runs))
    expect(place.locator(".depth .whisker")).to_have_count(len(sweep.cells))
    expect(place.locator(".depth")).to_have_count(len({cell.depth for cell in sweep.cells}))
    expect(visitor.panel.locator(".reel")).to_be_hidden()
    filters = sorted({cell.filters for cell in sweep.cells})
    expect(place.locator(".shows")).to_be_hidden()  # it answers what is asked
    place.locator("[data-answers] summary").click()
    shown = place.locator(".shows").inner_text()
    assert shown.startswith(f"In percentage points of right answers: from {filters[0]} to {filters[-1]} filters, ")
    found = [float(text.replace("−", "-")) for text in re.findall(r"[+−]?\d+\.\d+", shown)]
    gains = sweep.gains
    wanted = [*gains.filters, *gains.layers, gains.last, gains.spread]
    assert found == pytest.approx([100 * one for one in wanted], abs=0.06)
    assert ("no more than" in shown) == (abs(gains.last) <= gains.spread)
    choose(place.get_by_role("radio", name="Filters a layer"))
    ticks = place.locator("svg text").all_text_contents()
    assert [one for one in ticks if one in map(str, filters)] == [str(one) for one in filters]
    place.locator(".numbers summary").press("Enter")
    rows = [row.locator("td").all_text_contents() for row in place.locator("tr:has(td)").all()]
    assert [[number(text) for text in row[:5]] for row in rows] == [
        pytest.approx([cell.depth, cell.filters, cell.parameters, cell.multiply_adds, 100 * cell.mean], abs=0.0051)
        for cell in sweep.cells
    ]
    visitor.panel.locator("[data-view=film]").click()
    expect(visitor.panel.locator(".reel")).to_be_visible()


def test_filters_and_layers_on_a_phone_in_french(visit: Visiting) -> None:
    visitor = visit("Entraîner", locale="fr-FR", viewport=PHONE, has_touch=True, color_scheme="dark")
    visitor.go(re.sub(r"(#.*)?$", "#lab/sweep", visitor.page.url, count=1))
    place = visitor.panel.locator("[data-panel=sweep]")
    expect(place.locator(".depth")).not_to_have_count(0)
    assert visitor.page.evaluate(BEYOND) == []
    place.locator(".numbers summary").click()
    expect(place.locator("tr:has(td)")).to_have_count(len(swept().cells))
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")  # the table scrolls in its box
    assert place.locator(".shows").text_content().startswith("En points de pourcentage")
    depths = sorted({cell.depth for cell in swept().cells})
    assert place.locator(".key").all_text_contents() == [f"{one} couche{'s' * (one > 1)}" for one in depths]
