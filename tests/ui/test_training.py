"""Training in a real browser, from a block to the other tabs; what trains only pretends, and nothing is waited for."""

import base64
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cnn.lab.trainings import Trainings
from cnn.models import registry
from cnn.models.registry import Models
from cnn.network.classifier import Classifier
from cnn.ui.page import build_demo, launch_options
from tests import fake_training
from tests.ui.conftest import PHONE, SEVEN, Visit, choose, open_tab, visits
from tests.ui.test_draw import paper, png
from tests.ui.test_lab import BEYOND
from train.lab import worker

SLOWLY = 120_000  # milliseconds: what really trains gives way to all else


class Trainer(Visit):
    """A visitor who trains what the lab's Build offers first."""

    def __init__(self, page: Page):
        super().__init__(page)
        self.panel, self.build = (page.locator(f".lab [data-panel={name}]") for name in ("train", "build"))
        self.status, self.refused = self.panel.locator(".status"), self.panel.locator(".refused")
        self.rows = self.panel.locator(".results tbody tr")

    def enter(self, tab: str = "Train") -> None:
        open_tab(self.page, tab)

    def train(self, seed: int = 0, runs: int = 1) -> None:
        """Train it, so many times from this seed on."""
        self.page.locator("[data-view=build]").click()
        for label, value in (("Seed", seed), ("Seeds in a row", runs)):
            field = self.build.locator(".recipe").get_by_label(label, exact=True)
            field.fill(str(value))
            field.press("Enter")
        self.build.locator("[data-act=train]").click()
        expect(self.panel).to_be_visible()


@pytest.fixture(scope="module")
def address(
    classifier: Classifier, tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:  # fmt: skip
    patch = pytest.MonkeyPatch()
    patch.setattr(registry, "BUNDLED", tiny_folder.parent)  # what comes with the app can be taught
    trainings = Trainings(fake_training.command(tmp_path_factory.mktemp("fake"), tiny_folder))
    demo = build_demo(Models([classifier], classifier.name), None, trainings)
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield demo.local_url
    demo.close()
    trainings.close()
    patch.undo()


Visiting = Callable[..., Trainer]


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visiting]:
    with visits(browser, address, Trainer) as open_page:  # pyright: ignore
        yield open_page


def test_from_a_block_to_the_other_tabs(visit: Visiting) -> None:
    visitor = visit()
    visitor.enter()
    visitor.page.locator("[data-view=train]").click()
    visitor.panel.get_by_role("button", name="Build a network").click()  # nothing has been trained yet
    visitor.train()
    expect(visitor.rows).to_have_count(1)
    expect(visitor.rows.locator("b")).to_have_text("My network 1")
    expect(visitor.rows.locator("td").first).to_have_text("90.10%89.4% to 90.6%")
    expect(visitor.panel.locator(".answer .best")).to_have_text("791.0%")
    expect(visitor.panel.locator(".learning .filters canvas")).to_have_count(4)
    expect(visitor.page.locator(".lab .aloud")).to_contain_text("My network 1 is trained: it reads 90.1%")
    # Each of several seeds reads a little more; on so few pictures that is chance.
    visitor.train(seed=1, runs=3)
    expect(visitor.rows).to_have_count(2)
    expect(visitor.rows.nth(1).locator("td").first).to_contain_text("90.30%")
    expect(visitor.rows.nth(1).locator("td").first).to_contain_text("±0.20 over seeds")
    expect(visitor.panel.locator(".verdicts p")).to_have_count(1)
    expect(visitor.panel.locator(".verdicts")).to_contain_text("My network 2 and My network 1 are 0.20 points apart")
    expect(visitor.panel.locator(".compared polyline")).to_have_count(2)

    # It reads what is drawn, and the network that reads for everybody is a choice away.
    visitor.rows.nth(1).get_by_role("link", name="Draw for My network 2").click()
    visitor.draw(SEVEN)
    reader = visitor.reading.get_by_label("Read by")
    expect(reader).to_have_value("mine-2")
    answered = visitor.reading.locator(".made .model")
    expect(answered).to_have_text("My network 2")
    reader.select_option("tiny")
    expect(answered).to_have_text("tiny")
    visitor.page.get_by_role("tab", name="Photo").click()
    visitor.page.locator("#photo input[type=file]").set_input_files(png(paper([(80, 80), (220, 80), (130, 320)])))
    expect(answered).to_have_text("tiny")
    reader.select_option("mine-1")
    expect(answered).to_have_text("My network 1")
    visitor.page.get_by_role("tab", name="Draw").click()

    visitor.enter("Understand")
    choose(visitor.page.locator("#model").get_by_role("radio", name="My network 2"))
    expect(visitor.page.locator("#inside .detail")).to_contain_text("read by “My network 2”")
    visitor.enter("Stress test")
    expect(visitor.page.locator("#stress").get_by_text("My network 1", exact=True).first).to_be_visible()
    visitor.enter("Errors")
    expect(visitor.page.locator("#errors").get_by_role("radio", name="My network 1")).to_have_count(1)

    visitor.enter()
    with visitor.page.expect_download() as downloading:
        visitor.rows.first.get_by_role("button", name="Download My network 1").click()
    archive = zipfile.ZipFile(io.BytesIO(Path(downloading.value.path()).read_bytes()))
    assert {"model.keras", "config.json"} <= {Path(name).name for name in archive.namelist()}
    visitor.rows.nth(1).get_by_role("button", name="Remove My network 2").click()
    expect(visitor.rows).to_have_count(1)
    visitor.rows.get_by_role("button", name="Remove My network 1").click()
    visitor.enter("Read")
    expect(reader).to_be_hidden()
    expect(answered).to_have_text("tiny")
    visitor.enter("Understand")
    expect(visitor.page.locator("#model").get_by_role("radio")).to_have_count(1)
    expect(visitor.page.locator("#inside .detail")).to_contain_text("read by “tiny”")  # what was chosen is gone
    assert visitor.errors == []


def test_two_visitors_wait_for_each_other_and_stop(visit: Visiting) -> None:
    first, second = visit(), visit(viewport=PHONE, locale="fr-FR", has_touch=True)
    first.enter()
    first.train(seed=fake_training.GOES_ON)
    expect(first.status).to_contain_text("step 1 of")
    second.enter("Entraîner")
    second.page.locator("[data-view=build]").click()
    rate = second.build.get_by_label("Taux d’apprentissage")
    expect(rate).to_have_value("0,004")
    for written, stands in (("0,02", "0,02"), ("0.03", "0,03"), ("7", "1")):
        rate.fill(written)
        rate.press("Enter")
        expect(rate).to_have_value(stands)
    second.build.locator("[data-act=train]").click()
    expect(second.status).to_contain_text("un entraînement passe avant le vôtre")
    assert second.page.evaluate(BEYOND) == []
    assert second.panel.locator(".running button").bounding_box()["height"] >= 44
    first.panel.get_by_role("button", name="Stop").click()
    expect(first.refused).to_have_text("Stopped; nothing came of it.")
    expect(second.rows.locator("b")).to_have_text("Mon réseau 1")
    second.panel.locator(".terms summary").click()
    expect(second.panel.locator(".terms")).to_contain_text("La part des images")
    assert second.page.evaluate(BEYOND) == []
    second.page.set_viewport_size({"width": 1440, "height": 900})
    table = second.panel.locator(".results table")
    assert table.evaluate("table => table.scrollWidth - table.parentElement.clientWidth") <= 0
    second.page.set_viewport_size(PHONE)
    second.enter("Comprendre")
    expect(second.page.locator("#model").get_by_role("radio", name="Mon réseau 1")).to_have_count(1)
    # A process that dies is a sentence, and the next training works.
    first.train(seed=fake_training.DIES)
    expect(first.refused).to_contain_text("The training came to no end")
    first.train()
    expect(first.rows).to_have_count(1)
    assert first.errors == second.errors == []


def trials(labels: list[int]) -> str:
    """What a browser keeps of a test series: a blank picture for each label."""
    digit = {"kind": "drawn", "said": 1, "reason": None, "guess": 1, "confidence": 0.9, "model": "tiny"}
    digit |= {"strokes": None, "pixels": base64.b64encode(bytes(784)).decode()}
    return json.dumps([{**digit, "at": f"2026-01-01T00:00:0{at}Z", "meant": label} for at, label in enumerate(labels)])


def test_a_network_is_taught_the_visitors_digits(visit: Visiting) -> None:
    visitor = visit()
    visitor.enter()
    visitor.page.locator("[data-view=teach]").click()
    panel = visitor.page.locator("[data-panel=teach]")
    expect(panel.get_by_role("button", name="Teach it 0 digits")).to_be_disabled()
    visitor.page.evaluate("kept => localStorage.setItem('digit-trials', kept)", trials([0, 1] * 4))
    visitor.reload()
    visitor.enter()
    visitor.page.locator("[data-view=teach]").click()
    panel.get_by_role("button", name="Teach it 8 digits").click()
    lesson = panel.locator(".lessons section")
    expect(lesson.locator("h3")).to_have_text("My network 1: tiny, taught 4 digits of yours")
    expect(lesson.locator("tbody tr").first).to_contain_text("100.0%")
    expect(lesson).to_contain_text("it reads 4,500 fewer than before")
    with visitor.page.expect_download():
        lesson.get_by_role("button", name="Download My network 1").click()
    visitor.enter("Understand")
    expect(visitor.page.locator("#model").get_by_role("radio", name="My network 1")).to_have_count(1)
    assert visitor.errors == []


@pytest.mark.long
def test_the_real_process_trains_what_was_built_and_teaches_it(
    browser: Browser, address: str, idx_folder: Path, monkeypatch: pytest.MonkeyPatch, classifier: Classifier
) -> None:
    monkeypatch.setenv("MNIST_DIR", str(idx_folder))
    trainings = Trainings(worker.COMMAND)
    demo = build_demo(Models([classifier], classifier.name), None, trainings)
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    try:
        with visits(browser, demo.local_url, Trainer) as open_page:
            visitor = open_page()
            visitor.page.evaluate("kept => localStorage.setItem('digit-trials', kept)", trials([0, 1] * 4))
            visitor.reload()
            visitor.enter()
            visitor.page.locator("[data-view=build]").click()
            visitor.train()
            expect(visitor.rows).to_have_count(1, timeout=SLOWLY)
            expect(visitor.rows.locator("td").first).to_contain_text("%")
            expect(visitor.panel.locator(".learning polyline").first).to_be_attached()
            visitor.page.locator("[data-view=teach]").click()
            panel = visitor.page.locator("[data-panel=teach]")
            panel.get_by_label("Network").select_option("mine-1")
            panel.get_by_role("button", name="Teach it 8 digits").click()
            expect(panel.locator(".lessons h3")).to_have_text(
                "My network 2: My network 1, taught 4 digits of yours", timeout=SLOWLY
            )
            panel.get_by_role("link", name="Draw for My network 2").click()
            visitor.draw(SEVEN)
            expect(visitor.reading.locator(".made .model")).to_have_text("My network 2")
            assert visitor.errors == []
    finally:
        demo.close()
        trainings.close()
