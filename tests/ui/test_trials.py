"""The visitor's own test series in real browsers: it is theirs, it stays, and it goes out and comes back as files.

And a class's, of many files.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, expect

from cnn.errors.statistics import wilson
from cnn.framing.ink import from_strokes, parse_strokes
from cnn.ui.draw.pad import SIDE
from tests.ui.conftest import ONE, PHONE, SEVEN, FakeClassifier, Visit, choose, open_tab, prediction, seven_or_one
from tests.ui.test_draw import paper, png
from train.data.series import read

Visiting = Callable[..., Visit]
INK = "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data].filter((value, at) => at % 4 === 3)"

# What stands beyond the right edge of the page.
BEYOND = """[...document.querySelectorAll(".trials *")]
    .filter((node) => node.getBoundingClientRect().right > innerWidth + 0.5).map((node) => node.className)"""


def series(visitor: Visit, tab: str = "My tests") -> Locator:
    """The page of the series, opened."""
    open_tab(visitor.page, tab)
    panel = visitor.page.locator("#trials-mine")
    expect(panel.locator(".result .verdict")).not_to_be_empty()
    return panel


def drawn(visitor: Visit, points: list, digit: int | str) -> None:
    """Draw on an empty pad, and wait for the answer to what the pen has left there: not to what it was on the way."""
    visitor.pad.focus()
    visitor.page.keyboard.press("Escape")
    visitor.reads("")
    visitor.draw(points, steps=3)
    visitor.until(lambda: np.allclose(visitor.last()[-1][-1], np.multiply(points[-1], SIDE), atol=1.5))
    image = from_strokes(parse_strokes({"strokes": visitor.last(), "width": SIDE, "height": SIDE})).image
    seen, pixels = visitor.page.locator(".seen canvas"), np.rint(255 * image.ravel())
    visitor.until(lambda: np.array_equal(seen.evaluate(INK), pixels))
    visitor.reads(digit)


def two_tests(visitor: Visit) -> None:
    """A seven read right, and what was meant as a seven read as a one."""
    drawn(visitor, SEVEN, 7)
    visitor.page.get_by_role("button", name="Right", exact=True).click()
    drawn(visitor, ONE, 1)
    visitor.page.get_by_role("button", name="I meant a 7").click()
    expect(visitor.page.locator(".judge .ask")).to_have_text("Noted: you meant a 7. Tests: 2.")


def saved(visitor: Visit, panel: Locator, kind: str, folder: Path) -> Path:
    with visitor.page.expect_download() as download:
        panel.locator(f"[data-file={kind}]").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_two_browsers_keep_their_own_and_a_reload_keeps_it(visit: Visiting) -> None:
    visitor, other = visit(), visit()
    two_tests(visitor)
    verdict = series(visitor).locator(".result .verdict")
    expect(verdict).to_have_text("1 of 2 read right: 50%.")
    expect(series(other).locator(".result .verdict")).to_have_text("No tests yet")
    visitor.reload()
    panel = series(visitor)
    expect(verdict).to_have_text("1 of 2 read right: 50%.")
    low, high = wilson(1, 2)
    expect(panel.locator(".result")).to_contain_text(f"between {low:.0%} and {high:.0%}, at 95% confidence")
    expect(panel.locator(".rates").first.locator("tr").first).to_contain_text("1 of 2")
    for said in (1, 7):
        expect(panel.get_by_label(f"7 read as {said}: 1")).to_be_visible()
    expect(panel.locator(".finding .gallery figure")).to_have_count(1)
    assert not any(b'"meant"' in body for _, body in visitor.posts)
    visitor.page.set_viewport_size(PHONE)
    visitor.page.wait_for_function(f"document.documentElement.scrollWidth <= {PHONE['width']}")
    assert visitor.page.evaluate(BEYOND) == []
    assert visitor.errors == other.errors == []


def test_a_verdict_can_be_changed_taken_back_cleared_and_brought_back(visit: Visiting) -> None:
    visitor = visit()
    yes, ask = visitor.page.locator(".judge .yes"), visitor.page.locator(".judge .ask")
    expect(yes).to_be_disabled()
    drawn(visitor, SEVEN, 7)
    visitor.page.get_by_role("button", name="I meant a 2").focus()
    visitor.page.keyboard.press("Enter")
    expect(ask).to_have_text("Noted: you meant a 2. Tests: 1.")
    yes.click()
    expect(ask).to_have_text("Noted: read right. Tests: 1.")
    expect(yes).to_have_attribute("aria-pressed", "true")
    visitor.draw(ONE)  # on a fresh sheet: with the seven it would be a seven
    visitor.reads(1)
    for digit in ("", 7):  # the old one comes back
        visitor.page.locator("#pad").get_by_role("button", name="Undo").click()
        visitor.reads(digit)
    expect(ask).to_have_text("Noted: read right. Tests: 1.")
    visitor.page.locator(".judge").get_by_role("button", name="Undo").click()
    expect(ask).to_have_text("or tap the bar of the digit you meant")
    two_tests(visitor)
    panel = series(visitor)
    verdict = panel.locator(".result .verdict")
    panel.get_by_role("button", name="Clear").click()
    expect(verdict).to_have_text("No tests yet")
    expect(panel.get_by_role("button", name="Bring back")).to_be_focused()
    visitor.page.keyboard.press("Enter")
    expect(verdict).to_have_text("1 of 2 read right: 50%.")
    panel.get_by_text("All tests").click()
    panel.get_by_role("button", name="Remove test 2").click()
    expect(verdict).to_have_text("1 of 1 read right: 100%.")
    expect(panel.get_by_role("button", name="Remove test 1")).to_be_focused()


def test_what_is_saved_is_what_training_reads_and_comes_back_elsewhere(visit: Visiting, tmp_path: Path) -> None:
    visitor = visit()
    two_tests(visitor)
    panel = series(visitor)
    zipped = saved(visitor, panel, "zip", tmp_path)
    found = read(zipped)
    assert found.digits.labels.tolist() == [7, 7]
    for image, strokes in zip(found.digits.images, found.strokes, strict=True):
        np.testing.assert_array_equal(image, np.rint(255 * from_strokes(strokes).image))
    assert zipfile.ZipFile(zipped).testzip() is None

    packed = tmp_path / "packed.zip"  # a person unpacked it, and packed the folder
    with zipfile.ZipFile(zipped) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(f"mine/{name}", old.read(name))
    other = visit(locale="fr-FR")
    theirs, notice = series(other, "Mes essais"), other.page.locator("#trials-mine .notice")
    load = theirs.locator("input[type=file]")
    load.set_input_files(packed)
    expect(theirs.locator(".result .verdict")).to_have_text("Bien lus : 1 sur 2, soit 50 %.")
    load.set_input_files(zipped)
    expect(notice).to_have_text("Essais ajoutés : 0. Déjà là : 2.")
    load.set_input_files({"name": "no.zip", "mimeType": "application/zip", "buffer": b"nothing"})
    expect(notice).to_contain_text("no.zip n’est pas une série")
    again = read(saved(other, theirs, "zip", tmp_path / "again"))
    np.testing.assert_array_equal(again.digits.images, found.digits.images)
    assert visitor.errors == other.errors == []


def test_the_sheet_and_the_table_tell_the_series(visit: Visiting, tmp_path: Path) -> None:
    visitor = visit()
    two_tests(visitor)
    panel = series(visitor)
    rows = list(csv.DictReader(io.StringIO(saved(visitor, panel, "csv", tmp_path).read_text())))
    assert [(row["meant"], row["said"], row["right"], row["kind"]) for row in rows] == [
        ("7", "7", "1", "drawn"),
        ("7", "1", "0", "drawn"),
    ]
    markdown = saved(visitor, panel, "md", tmp_path).read_text()
    assert "| Drawn | 2 | 1 | 50% | 9% to 91% |" in markdown
    assert "- 7 read as 1, 90.0%" in markdown
    assert "- Group: ____" in markdown
    sheet = visitor.page.context.new_page()
    sheet.goto(saved(visitor, panel, "html", tmp_path).as_uri())
    expect(sheet.get_by_role("heading", level=1)).to_have_text("Observation sheet: a network reads my digits")
    failure = sheet.get_by_role("img", name="7 read as 1, 90.0%")
    assert failure.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [28, 28]
    expect(sheet.locator(".question")).to_have_count(3)
    expect(sheet.get_by_role("heading", name="My digit gives in")).to_have_count(1)
    expect(sheet.get_by_role("row", name="moved across by (px)")).to_have_count(1)


def test_photos_are_counted_by_where_they_come_from_and_refusals_as_such(
    visit: Visiting, fake: FakeClassifier, tmp_path: Path
) -> None:
    visitor = visit()
    visitor.page.get_by_role("tab", name="Photo").click()
    photo = visitor.page.locator("#photo input[type=file]")
    photo.set_input_files(png(paper([(80, 80), (220, 80), (130, 320)])))
    visitor.reads(7)
    visitor.page.get_by_role("button", name="Right", exact=True).click()
    fake.answers = lambda framed: prediction(3, 0.5, "not_a_digit")
    visitor.reload()
    visitor.page.get_by_role("tab", name="Photo").click()
    photo.set_input_files({**png(paper([(150, 80), (150, 320)])), "name": "image.png"})  # as Gradio's webcam names it
    visitor.reads("?")
    visitor.page.get_by_role("button", name="I meant a 1").click()
    panel = series(visitor)
    rates = panel.locator(".rates").first.locator("tr")
    expect(rates.nth(1)).to_contain_text("Uploaded100%1 of 1")
    expect(rates.nth(2)).to_contain_text("Photographed0%0 of 1")
    expect(panel.get_by_label("1 read as ?: 1")).to_be_visible()
    expect(panel.locator(".gallery figcaption").first).to_have_text("1 refused, closest to 3 (50.0%)")


def test_a_right_refusal_is_right_and_an_answer_to_what_is_no_digit_is_wrong(
    visit: Visiting, fake: FakeClassifier, tmp_path: Path
) -> None:
    visitor = visit()
    ask = visitor.page.locator(".judge .ask")
    drawn(visitor, SEVEN, 7)
    visitor.page.get_by_role("button", name="No digit").click()
    expect(ask).to_have_text("Noted: it is no digit. Tests: 1.")
    fake.answers = lambda framed: seven_or_one(framed) if framed.blank else prediction(7, 0.5, "several_digits")
    drawn(visitor, ONE, "?")
    visitor.page.get_by_role("button", name="Right", exact=True).click()
    expect(ask).to_have_text("Noted: read right. Tests: 2.")
    expect(visitor.page.get_by_role("button", name="Several digits")).to_have_attribute("aria-pressed", "true")
    panel = series(visitor)
    expect(panel.locator(".result .verdict")).to_have_text("1 of 2 read right: 50%.")
    expect(panel.get_by_label("No digit read as 7: 1")).to_be_visible()
    expect(panel.get_by_label("Several read as ?: 1")).to_be_visible()
    rows = list(csv.DictReader(io.StringIO(saved(visitor, panel, "csv", tmp_path).read_text())))
    assert [(row["meant"], row["said"], row["reason"], row["right"]) for row in rows] == [
        ("not_a_digit", "7", "", "0"),
        ("several_digits", "", "several_digits", "1"),
    ]
    markdown = saved(visitor, panel, "md", tmp_path).read_text()
    assert "- No digit read as 7, 90.0%" in markdown
    assert "| 2 | Drawn | Several | ? | – |" in markdown  # what is refused was sure of nothing
    assert "sure on average" in markdown
    assert "Where it is right" not in markdown
    zipped = saved(visitor, panel, "zip", tmp_path)
    assert len(read(zipped).others.labels) == 2
    other = visit()
    theirs = series(other)
    theirs.locator("input[type=file]").set_input_files(zipped)
    expect(theirs.locator(".result .verdict")).to_have_text("1 of 2 read right: 50%.")
    assert visitor.errors == other.errors == []


EVIL = '=HYPERLINK("http://x.example")<img src=x onerror=alert(1)>|[a](javascript:x)'


def test_a_crafted_series_is_refused_or_comes_out_as_mere_text(visit: Visiting, tmp_path: Path) -> None:
    visitor = visit()
    two_tests(visitor)
    panel, alerts = series(visitor), []
    visitor.page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    zipped = saved(visitor, panel, "zip", tmp_path)
    load, notice = panel.locator("input[type=file]"), visitor.page.locator("#trials-mine .notice")
    changes: list[dict[str, Any]] = [
        {"confidence": "1"},
        {"at": "=1+1"},
        {"meant": True},
        {"strokes": {"strokes": [5]}},
    ]
    for number, change in enumerate(changes):
        load.set_input_files(crafted(zipped, tmp_path / f"wrong-{number}.zip", **change))
        expect(notice).to_contain_text(f"wrong-{number}.zip is not a series")
    load.set_input_files(crafted(zipped, tmp_path / "evil.zip", model=EVIL, at="2026-01-02T03:04:05.000Z"))
    expect(notice).to_have_text("Tests added: 2. Here already: 0.")
    rows = list(csv.DictReader(io.StringIO(saved(visitor, panel, "csv", tmp_path).read_text())))
    assert sorted({row["model"] for row in rows}) == ["'" + EVIL, "fake"]
    markdown = saved(visitor, panel, "md", tmp_path).read_text()
    assert "&lt;img src=x onerror=alert(1)>\\|\\[a\\](javascript:x)" in markdown
    assert "<img" not in markdown
    sheet = visitor.page.context.new_page()
    sheet.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    sheet.goto(saved(visitor, panel, "html", tmp_path).as_uri())
    expect(sheet.get_by_text(EVIL)).to_be_visible()
    expect(sheet.locator("img[src=x]")).to_have_count(0)
    expect(visitor.page.locator("img[src=x]")).to_have_count(0)
    assert len(read(saved(visitor, panel, "zip", tmp_path)).digits.labels) == 4
    assert visitor.errors == alerts == []


def crafted(zipped: Path, path: Path, **change: Any) -> Path:
    """The same series with something else in each of its tests."""
    with zipfile.ZipFile(zipped) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "series.json":
                content = json.dumps([{**one, **change} for one in json.loads(content)]).encode()
            new.writestr(name, content)
    return path


def written(path: Path, *said: tuple[int, int | None], model: str = "fake") -> Path:
    """A series as the page saves one: a test for each (meant, said), no picture twice."""
    with zipfile.ZipFile(path, "w") as file:
        trials = []
        for number, (meant, label) in enumerate(said):
            place = f"{meant}/{number}.png"
            content = io.BytesIO()
            Image.new("L", (28, 28), 9 * number + len(path.stem)).save(content, "PNG")
            file.writestr(place, content.getvalue())
            more = {"kind": "drawn", "reason": None, "guess": label or 0, "confidence": 0.9, "strokes": None}
            at = f"2026-01-02T03:04:{number:02}.000Z"
            trials.append({"file": place, "at": at, "meant": meant, "said": label, "model": model, **more})
        file.writestr("series.json", json.dumps(trials))
    return path


def dropped(place: Locator, path: Path) -> None:
    """Drop a file there, as from a window of files."""
    files = place.evaluate_handle(
        """(_, [name, bytes]) => {
            const dropped = new DataTransfer();
            dropped.items.add(new File([new Uint8Array(bytes)], name));
            return dropped;
        }""",
        [path.name, list(path.read_bytes())],
    )
    place.dispatch_event("drop", {"dataTransfer": files})


def test_a_class_of_zips_is_one_sheet_and_comes_back_as_one_zip(visit: Visiting, tmp_path: Path) -> None:
    visitor = visit()
    series(visitor)
    visitor.page.get_by_role("tab", name="A class").click()
    panel = visitor.page.locator("#trials-class")
    verdict, load = panel.locator(".verdict"), panel.locator("input[type=file]")
    expect(verdict).to_have_text("A whole class on one sheet")
    ada = written(tmp_path / "ada.zip", (7, 7), (2, 2), (7, 1), (4, 4))
    bob = written(tmp_path / "robert.zip", (7, None), (1, 1), model="other")
    broken, other = tmp_path / "broken.zip", written(tmp_path / "other.zip", (3, 3))
    broken.write_bytes(ada.read_bytes()[:-40])
    again = tmp_path / "ada (1).zip"
    again.write_bytes(ada.read_bytes())
    sent = len(visitor.posts)
    load.set_input_files([ada, broken, bob, crafted(other, tmp_path / "evil.zip", meant=True), again])
    expect(verdict).to_have_text("4 of 6 read right: 67%.")
    damaged = [f"{name} is not a series saved here, or it is damaged." for name in ("broken.zip", "evil.zip")]
    expect(panel.locator(".refused li")).to_have_text(damaged)
    expect(panel.locator(".notice")).to_have_text("Tests added: 6. Here already: 4.")
    hands, names = panel.locator(".hand"), panel.locator(".hand .name")
    expect(names).to_have_text(["robert", "ada"])
    expect(hands.first).to_contain_text("50%1 of 2")
    expect(panel.get_by_label("7 read as ?: 1")).to_be_visible()
    expect(panel.locator(".rates th").first).to_have_text("7")
    expect(panel.locator(".result")).to_contain_text("the hardest hand is read at 50%, the easiest at 75%.")
    visitor.page.emulate_media(media="print")  # on paper nothing can be opened, and no file was just saved
    for control in (".drop", ".notice", ".task summary"):
        expect(panel.locator(control)).to_be_hidden()
    expect(panel.locator(".hand .name").first).to_be_visible()
    visitor.page.emulate_media(media="screen")

    networks = panel.locator(".networks")
    choose(networks.get_by_role("radio", name="other"))
    expect(verdict).to_have_text("1 of 2 read right: 50%.")
    expect(names).to_have_text(["robert"])
    choose(networks.get_by_role("radio", name="All networks"))
    expect(panel.locator(".rates").last.locator("tr")).to_contain_text(["fake75%3 of 4", "other50%1 of 2"])

    hands.last.locator("summary").press("Enter")
    expect(hands.last.get_by_role("img", name="7 read as 1, 90.0%")).to_be_visible()
    name = hands.last.get_by_label("Pseudonym")
    name.fill("=Ada")
    name.press("Enter")
    expect(names).to_have_text(["robert", "=Ada"])

    rows = list(csv.DictReader(io.StringIO(saved(visitor, panel, "csv", tmp_path).read_text())))
    assert [row["writer"] for row in rows] == 4 * ["'=Ada"] + 2 * ["robert"]
    merged = saved(visitor, panel, "zip", tmp_path)
    assert read(merged).digits.labels.tolist() == [7, 2, 7, 4, 7, 1]
    visitor.reload()  # the tab keeps the class
    expect(names).to_have_text(["robert", "=Ada"])
    visitor.page.set_viewport_size(PHONE)
    visitor.page.wait_for_function(f"document.documentElement.scrollWidth <= {PHONE['width']}")
    assert visitor.page.evaluate(BEYOND) == []
    panel.get_by_role("button", name="Clear").click()
    dropped(panel.locator(".drop"), merged)
    expect(names).to_have_text(["robert", "=Ada"])
    assert not any(b"series" in body or b'"meant"' in body for _, body in visitor.posts[sent:])
    assert visitor.errors == []
