"""Numbers in the first tab, in a real browser: what a visitor does and sees. Waits on conditions, never on time."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from cnn.types import Framed, Prediction
from tests.ui.conftest import ONE, PHONE, SEVEN, FakeClassifier, Visit, prediction, seven_or_one
from tests.ui.test_draw import paper, png

Visiting = Callable[..., Visit]
DIGITS = [[(60, 130), (120, 130), (80, 260)], [(190, 130), (190, 260)], [(250, 130), (310, 130), (270, 260)]]


def three_digits() -> Image.Image:
    """A seven, a one, a seven, on paper."""
    image = Image.new("RGB", (400, 400), (225, 220, 208))
    for line in DIGITS:
        ImageDraw.Draw(image).line(line, fill=(30, 40, 80), width=12, joint="curve")
    return image


def sevens_are_doubtful(framed: Framed) -> Prediction:
    best = seven_or_one(framed)
    return prediction(7, 0.5) if best.label == 7 else best


def send(visitor: Visit, image: Image.Image) -> None:
    visitor.page.locator("#photo input[type=file]").set_input_files(png(image))


@pytest.mark.parametrize("viewport", [{"width": 1440, "height": 900}, PHONE], ids=["desktop", "phone"])
def test_each_digit_of_a_photo_is_boxed_where_it_stands(visit: Visiting, viewport: dict[str, int]) -> None:
    visitor = visit(viewport=viewport)
    visitor.wants("Number")
    visitor.page.get_by_role("tab", name="Photo").click()
    expect(visitor.page.locator(".number .verdict")).to_have_text("Add a photo of a number")
    send(visitor, three_digits())
    expect(visitor.number).to_have_text("717")
    expect(visitor.boxes).to_have_text(["7", "1", "7"])
    expect(visitor.page.locator(".number .verdict")).to_have_text("Every digit is clear")
    picture = visitor.page.locator(".number .picture").bounding_box()
    assert 0 <= picture["x"] < picture["x"] + picture["width"] <= viewport["width"]
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
    scale = picture["width"] / 400
    for number, line in enumerate(DIGITS):
        box = visitor.boxes.nth(number).bounding_box()
        left, right = (edge([x for x, _ in line]) * scale + picture["x"] for edge in (min, max))
        assert box["x"] == pytest.approx(left - 6 * scale, abs=8 * scale)
        assert box["x"] + box["width"] == pytest.approx(right + 6 * scale, abs=8 * scale)
        assert box["height"] == pytest.approx(142 * scale, abs=14 * scale)
    assert not visitor.errors


def test_digits_to_check_are_marked_by_more_than_a_colour(visit: Visiting, fake: FakeClassifier) -> None:
    fake.answers = sevens_are_doubtful
    visitor = visit()
    visitor.wants("Number")
    visitor.page.get_by_role("tab", name="Photo").click()
    send(visitor, three_digits())
    expect(visitor.boxes).to_have_text(["7?", "1", "7?"])
    expect(visitor.page.locator(".number .verdict")).to_have_text("2 digits to check, marked with\u00a0?")
    # Found and looked at in one step: an answer still on its way draws the boxes anew.
    edges = "[...document.querySelectorAll('.number .boxes li')].map((box) => getComputedStyle(box).borderTopStyle)"
    assert visitor.page.evaluate(edges) == ["dashed", "solid", "dashed"]
    labels = visitor.boxes.evaluate_all("boxes => boxes.map((b) => b.getAttribute('aria-label'))")
    assert labels == ["7, 50%, to check", "1, 90%", "7, 50%, to check"]


def test_the_number_is_said_digit_by_digit(visit: Visiting) -> None:
    visitor = visit()
    visitor.wants("Number")
    visitor.page.get_by_role("tab", name="Photo").click()
    send(visitor, three_digits())
    aloud = visitor.page.locator("#numbers [role=status]")
    expect(aloud).to_have_text("7 1 7, Every digit is clear")


def test_the_text_is_copied(visit: Visiting) -> None:
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    visitor.wants("Number")
    visitor.page.get_by_role("tab", name="Photo").click()
    copy = visitor.page.locator(".number .copy")
    expect(copy).to_be_hidden()
    send(visitor, three_digits())
    expect(visitor.number).to_have_text("717")
    copy.focus()
    visitor.page.keyboard.press("Enter")
    expect(copy).to_have_text("Copied")
    assert visitor.page.evaluate("navigator.clipboard.readText()") == "717"
    expect(copy).to_have_text("Copy")


def test_a_number_is_written_on_the_pad(visit: Visiting) -> None:
    visitor = visit()
    visitor.page.evaluate(
        """() => {
            const verdict = document.querySelector(".number .verdict");
            window.verdicts = [];
            new MutationObserver(() => window.verdicts.push(verdict.textContent)).observe(verdict, {childList: true});
        }"""
    )
    visitor.wants("Number")
    expect(visitor.page.locator(".number .verdict")).to_have_text("Write a number")
    visitor.pad = visitor.page.locator("#pad-number canvas")
    assert visitor.pad.bounding_box()["width"] > 2 * visitor.pad.bounding_box()["height"]
    for shift, shape in ((-0.3, SEVEN), (0, ONE), (0.3, SEVEN)):
        visitor.draw([(0.5 + shift + 0.4 * (x - 0.5), 0.5 + 0.5 * (y - 0.5)) for x, y in shape])
    expect(visitor.number).to_have_text("717")
    expect(visitor.boxes).to_have_count(3)
    # Found and measured in one step: an answer still on its way draws the boxes anew.
    visitor.page.wait_for_function(
        """() => {
            const boxes = document.querySelectorAll(".number .boxes li");
            const [left, , right] = Array.from(boxes, (box) => box.getBoundingClientRect());
            return left.width > 0 && left.right < right.left;
        }"""
    )
    assert visitor.told("picture")  # the first digit is the one that the other tabs show
    visitor.page.locator("#pad-number").get_by_role("button", name="Clear").click()
    expect(visitor.page.locator(".number .verdict")).to_have_text("Write a number")
    expect(visitor.boxes).to_have_count(0)
    visitor.page.get_by_role("button", name="Example: 75014").click()
    expect(visitor.boxes).not_to_have_count(0)
    # The photo, which nobody opened, is asked too; what it answers was never shown.
    assert "Add a photo of a number" not in visitor.page.evaluate("window.verdicts")


def test_several_digits_are_read_as_a_number_with_one_tap(visit: Visiting, fake: FakeClassifier) -> None:
    visitor = visit()

    def answers(framed: Framed) -> Prediction:
        apart = (np.diff(framed.image.any(axis=0).astype(int), prepend=0) == 1).sum() > 1
        return prediction(7, 0.5, "several_digits") if apart else seven_or_one(framed)

    fake.answers = answers
    for shift, shape in ((-0.25, SEVEN), (0.25, ONE)):
        points = [(0.5 + shift + 0.4 * (x - 0.5), 0.5 + 0.5 * (y - 0.5)) for x, y in shape]
        visitor.draw(points)
    visitor.reads("?")
    visitor.page.get_by_role("button", name="Read it as a number").click()
    expect(visitor.number).to_have_text("71")
    expect(visitor.page.get_by_role("radio", name="Number")).to_be_focused()


def test_what_is_there_is_read_again_when_the_task_changes(visit: Visiting) -> None:
    visitor = visit()
    visitor.page.get_by_role("tab", name="Photo").click()
    send(visitor, three_digits())
    expect(visitor.digit).not_to_be_empty()
    expect(visitor.number).to_be_hidden()
    visitor.wants("Number")
    expect(visitor.number).to_have_text("717")
    expect(visitor.reading).to_be_hidden()
    visitor.wants("Digit")
    expect(visitor.digit).to_be_visible()
    visitor.page.get_by_role("tab", name="Draw").click()
    visitor.draw(SEVEN)
    visitor.reads(7)


def test_a_photo_without_ink_has_no_number(visit: Visiting) -> None:
    visitor = visit(locale="fr-FR")
    visitor.wants("Nombre")
    visitor.page.get_by_role("tab", name="Photo").click()
    send(visitor, paper())
    expect(visitor.page.locator(".number .verdict")).to_have_text("Aucun chiffre trouvé")
    expect(visitor.number).to_be_empty()
