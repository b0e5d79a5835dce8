"""A class that hands in by a code, in real browsers: a teacher and students at once, and whoever means no good."""

import base64
import csv
import io
import itertools
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from playwright.sync_api import Browser, Page, expect

from cnn.models.registry import Models
from cnn.text import say
from cnn.trials.collecting import SECONDS, Collector
from cnn.ui.page import build_demo, launch_options
from tests.ui.conftest import PHONE, FakeClassifier, Visit, visits
from tests.ui.test_trials import BEYOND, EVIL, saved, written
from train.data.series import read


class Clock:
    """Tells the server's seconds, and may be put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


class Member(Visit):
    """A teacher or a student of a class."""

    def __init__(self, page: Page):
        super().__init__(page)
        self.sheet, self.form = page.locator("#trials-class"), page.locator(".handing")
        self.code, self.told = page.locator(".collect .code"), page.locator(".collect .state")
        self.state, self.hands = self.form.locator(".state"), self.sheet.locator(".hand .name")

    def enter(self, view: str) -> None:
        self.page.evaluate("hash => { location.hash = hash; }", f"trials/{view}")

    def opens(self) -> str:
        """Open a class; its code as the board has it."""
        self.enter("class")
        self.sheet.locator(".collect .open").click()
        expect(self.code).to_be_visible()
        return self.code.text_content() or ""

    def has(self, count: int, **change: Any) -> None:
        """Their series from now on: so many tests, of which the first is misread."""
        series = next(SERIES)
        trials = [{**trial(series, number), **change} for number in range(count)]
        self.page.evaluate(KEPT, json.dumps(trials))
        self.enter("mine")
        expect(self.form.locator(".send")).to_be_enabled()

    def submits(self, code: str, name: str) -> None:
        self.form.get_by_role("textbox").nth(0).fill(code)
        self.form.get_by_role("textbox").nth(1).fill(name)
        self.form.locator(".send").click()


# As another tab of the browser keeps them.
KEPT = """kept => {
    localStorage.setItem("digit-trials", kept);
    dispatchEvent(new StorageEvent("storage", { key: "digit-trials" }));
}"""
SERIES = itertools.count()


def trial(series: int, number: int) -> dict[str, Any]:
    """A seven, as the page keeps a test; no picture twice."""
    pixels = bytes([series, number]).ljust(784, b"\0")
    return {
        "at": f"2026-01-02T03:04:{number:02}.000Z", "kind": "drawn", "meant": 7, "said": 7 if number else 1, "guess": 7,
        "confidence": 0.9, "model": "fake", "pixels": base64.b64encode(pixels).decode(), "strokes": None,
    }  # fmt: skip


SHUT = "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('shut'); } });"


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def demo(clock: Clock) -> Iterator[gr.Blocks]:
    demo = build_demo(Models([FakeClassifier()], "fake"), collector=Collector(clock))
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield demo
    demo.close()


Visiting = Callable[..., Member]


@pytest.fixture
def visit(browser: Browser, demo: gr.Blocks) -> Iterator[Visiting]:
    with visits(browser, demo.local_url, Member) as open_page:  # pyright: ignore
        yield open_page


def fits(member: Member) -> bool:
    """Whether nothing stands beyond the page's right edge."""
    return member.page.evaluate(BEYOND) == []


def test_a_class_from_the_code_on_the_board_to_the_end(visit: Visiting, clock: Clock, tmp_path: Path) -> None:
    teacher, ada, bob = visit(), visit(viewport=PHONE, locale="fr-FR"), visit(viewport=PHONE)
    code = teacher.opens()
    ada.has(2)
    bob.has(3)
    ada.submits("FHJK LMQR", "Ada")
    expect(ada.state).to_have_text(say("error.collect_code", "fr"))
    ada.submits(code.lower(), " Ada ")
    expect(ada.state).to_contain_text("sous le nom « Ada » ; essais : 2.")
    bob.submits(code.replace(" ", "-"), "ada")
    expect(bob.state).to_have_text(say("error.collect_name_taken", name="ada"))
    bob.submits(code, "Bob")
    expect(teacher.hands).to_have_text(["Ada", "Bob"])
    expect(teacher.sheet.locator(".verdict")).to_have_text("3 of 5 read right: 60%.")
    assert fits(ada)
    assert fits(bob)

    # Beside a zip; a name that the teacher gives stays when its writer hands in again.
    teacher.sheet.locator("input[type=file]").set_input_files(written(tmp_path / "Eve.zip", (3, 3)))
    expect(teacher.hands).to_have_count(3)
    teacher.sheet.get_by_text("Ada", exact=True).click()
    name = teacher.sheet.get_by_label("Pseudonym")
    name.fill("Countess")
    bob.reload()  # its tab keeps what it handed in
    expect(bob.state).to_contain_text("as “Bob”")
    bob.form.locator(".send").click()
    ada.has(4)
    ada.form.locator(".send").click()
    expect(ada.state).to_contain_text("essais : 4.")
    expect(name).to_have_value("Countess")  # whoever writes is left to it
    name.press("Enter")
    teacher.page.locator("#trials-tab-class").focus()
    expect(teacher.sheet.locator(".verdict")).to_have_text("6 of 8 read right: 75%.")
    expect(teacher.hands).to_have_text(["Bob", "Countess", "Eve"])
    teacher.reload()
    expect(teacher.code).to_have_text(code)
    expect(teacher.hands).to_have_text(["Bob", "Countess", "Eve"])
    rows = list(csv.DictReader(io.StringIO(saved(teacher, teacher.sheet, "csv", tmp_path).read_text())))
    assert [row["writer"] for row in rows] == ["Eve", *4 * ["Countess"], *3 * ["Bob"]]
    assert len(read(saved(teacher, teacher.sheet, "zip", tmp_path)).digits.labels) == 8

    bob.form.locator(".withdraw").click()
    expect(bob.state).to_contain_text("Taken back")
    expect(teacher.hands).to_have_text(["Countess", "Eve"])
    clock.ahead += SECONDS
    expect(teacher.told).to_contain_text("The class is over")
    expect(teacher.hands).to_have_text(["Countess", "Eve"])  # what came in stays in the tab
    ada.form.locator(".send").click()
    expect(ada.state).to_have_text(say("error.collect_code", "fr"))
    teacher.page.set_viewport_size(PHONE)
    again = teacher.opens()
    assert again != code
    expect(teacher.hands).to_have_count(0)  # another class is on another sheet
    expect(teacher.sheet.locator(".notice")).to_have_text(say("class.began", count=5))
    teacher.sheet.locator(".back").click()
    expect(teacher.hands).to_have_text(["Countess", "Eve"])
    assert fits(teacher)
    teacher.sheet.locator(".collect .end").click()
    expect(teacher.sheet.locator(".collect .open")).to_be_focused()
    bob.submits(again, "Bob")
    expect(bob.state).to_have_text(say("error.collect_code"))
    assert teacher.errors == ada.errors == bob.errors == []


@pytest.mark.long
def test_who_means_no_good_comes_out_as_mere_text_where_storage_is_shut(visit: Visiting, tmp_path: Path) -> None:
    teacher, student = visit(), visit()
    alerts: list[str] = []
    teacher.page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    teacher.page.add_init_script(SHUT)
    teacher.reload()
    code = teacher.opens()
    expect(teacher.told).to_have_text(say("collect.not_kept"))
    evil = "=<img src=x onerror=alert(1)>"
    student.go(f"{student.page.url.split('#')[0]}#trials/mine?class={code.replace(' ', '')}")  # as the link has it
    expect(student.page.locator("#trials-mine > :first-child h3")).to_have_text(say("collect.come", code=code))
    student.form.get_by_role("link", name=say("draw.tab")).click()
    expect(student.pad).to_be_visible()
    long = EVIL + 100 * "W"
    student.has(2, model=long)
    expect(student.form.get_by_role("textbox").first).to_have_value(code)
    student.submits(code, evil)
    expect(teacher.hands).to_have_text([evil])
    expect(teacher.page.locator("img[src=x]")).to_have_count(0)
    rows = list(csv.DictReader(io.StringIO(saved(teacher, teacher.sheet, "csv", tmp_path).read_text())))
    assert [(row["writer"], row["model"]) for row in rows] == 2 * [("'" + evil, "'" + long)]
    # What the server lets pass and no page of this app would send is kept off the sheet.
    student.has(1, guess=61)
    student.submits(code, "Mallory")
    expect(teacher.sheet.locator(".refused li")).to_have_text(["Mallory is not a series saved here, or it is damaged."])
    expect(teacher.sheet.locator(".until")).to_contain_text("Series handed in: 1.")  # it takes up no place
    teacher.page.set_viewport_size(PHONE)
    assert fits(teacher)
    teacher.sheet.get_by_text(evil, exact=True).click()
    teacher.sheet.get_by_role("button", name="Take out").click()
    expect(teacher.sheet.locator(".verdict")).to_have_text("A whole class on one sheet")
    expect(teacher.sheet.locator(".result .detail")).to_contain_text("It fills by a code on the board, by zips")
    teacher.reload()
    expect(teacher.sheet.locator(".collect .open")).to_be_visible()  # who reloads has lost the class
    assert teacher.errors == student.errors == alerts == []
