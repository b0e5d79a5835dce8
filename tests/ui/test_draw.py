"""The first tab in a real browser: what a visitor does and sees. Waits on conditions, never on time."""

import io
import json
import math
import re
import threading
from collections.abc import Callable
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Route, expect

from cnn.types import Framed, Prediction
from tests.ui.conftest import (
    CHROMIUM,
    DESKTOP,
    FLAGS,
    GREETED,
    ONE,
    PHONE,
    SEVEN,
    FakeClassifier,
    Visit,
    choose,
    prediction,
    ready,
    seven_or_one,
)

Visiting = Callable[..., Visit]

# A finger: playwright's own touchscreen only taps.
TOUCH = """(canvas, points) => {
    const box = canvas.getBoundingClientRect();
    const fire = (type, [x, y], pointerId) => canvas.dispatchEvent(new PointerEvent(type, {
        pointerId, pointerType: "touch", isPrimary: pointerId === 2, bubbles: true,
        button: type === "pointermove" ? -1 : 0, buttons: 1,
        clientX: box.x + x * box.width, clientY: box.y + y * box.height,
    }));
    canvas.setPointerCapture = () => {};
    fire("pointerdown", points[0], 2);
    fire("pointerdown", [0.1, 0.9], 3);
    for (const point of points.slice(1)) {
        fire("pointermove", point, 2);
        fire("pointermove", [0.9, 0.9], 3);
    }
    fire("pointerup", [0.9, 0.9], 3);
    fire("pointerup", points.at(-1), 2);
}"""

# What the page wants of the browser's camera, as `asked`.
ASKED = """const media = navigator.mediaDevices, camera = media.getUserMedia.bind(media);
media.getUserMedia = (wanted) => camera((window.asked = wanted));"""


def png(image: Image.Image) -> dict:
    file = io.BytesIO()
    image.save(file, "PNG")
    return {"name": "photo.png", "mimeType": "image/png", "buffer": file.getvalue()}


def paper(*lines: list[tuple[int, int]]) -> Image.Image:
    image = Image.new("RGB", (300, 400), (225, 220, 208))
    for line in lines:
        ImageDraw.Draw(image).line(line, fill=(30, 40, 80), width=14)
    return image


def test_the_answer_comes_before_the_pen_lifts(visit: Visiting) -> None:
    visitor = visit()
    visitor.land(SEVEN)
    visitor.reads(7)
    expect(visitor.verdict).to_have_text("90.0%")
    expect(visitor.page.locator(".bars li").nth(7)).to_have_class("best")
    visitor.page.mouse.up()
    visitor.reads(7)
    assert not visitor.errors


# Whatever a screen reader speaks by itself from now on: `window.heard`.
HEAR = """() => {
    window.heard = [];
    for (const one of document.querySelectorAll("[aria-live], [role=status], [role=alert]")) {
        const listen = new MutationObserver(() => one.checkVisibility() && heard.push(one.textContent));
        listen.observe(one, { childList: true, characterData: true, subtree: true });
    }
}"""


def test_the_answer_is_said_aloud_once_the_pen_has_lifted(visit: Visiting) -> None:
    visitor = visit()
    expect(visitor.page.locator("#reading .aloud")).to_have_text("Draw a digit")  # a while after it started
    visitor.page.evaluate(HEAR)
    visitor.land(SEVEN)
    visitor.reads(7)
    assert visitor.page.evaluate("heard") == []
    visitor.page.mouse.up()
    expect(visitor.page.get_by_role("status").filter(has_text="7")).to_have_text("7, 90.0%, Probably")
    assert visitor.page.evaluate("heard") == ["7, 90.0%, Probably"]


def test_messages_are_small_and_nothing_is_uploaded(visit: Visiting) -> None:
    visitor = visit()
    spiral = [(0.5 + t / 333 * math.cos(t / 2), 0.5 + t / 333 * math.sin(t / 2)) for t in range(100)]
    visitor.draw(spiral, steps=1)
    visitor.draw(SEVEN)
    for number in range(8):
        visitor.draw([(0.1, 0.1 * number), (0.12, 0.1 * number)], steps=1)
    visitor.reads(1)
    sizes = [len(body) for _, body in visitor.posts]
    assert len(sizes) > 10
    assert max(sizes) < 500
    assert not [url for url, _ in visitor.posts if "upload" in url]


def test_nothing_is_fetched_from_elsewhere(visit: Visiting) -> None:
    visitor = visit()
    visitor.draw(SEVEN)
    visitor.reads(7)
    local = (visitor.page.url, "data:", "blob:")
    assert [url for url in visitor.requests if not url.startswith(local)] == []


def test_a_blank_pad_asks_for_a_digit(visit: Visiting) -> None:
    visitor = visit()
    expect(visitor.verdict).to_have_text("Draw a digit")
    visitor.draw(SEVEN)
    visitor.reads(7)
    visitor.page.get_by_role("button", name="Clear").click()
    expect(visitor.verdict).to_have_text("Draw a digit")
    visitor.reads("")
    assert visitor.inked() == 0
    shares = visitor.page.locator(".bars li").evaluate_all("bars => bars.map(b => b.style.getPropertyValue('--share'))")
    assert shares == ["0"] * 10


def test_undo_takes_back_one_stroke(visit: Visiting) -> None:
    visitor = visit()
    visitor.draw(ONE)
    visitor.reads(1)
    visitor.draw([(0.2, 0.2), (0.8, 0.2)])
    visitor.reads(7)
    visitor.page.get_by_role("button", name="Undo").click()
    visitor.reads(1)
    visitor.pad.focus()
    visitor.page.keyboard.press("Control+z")
    expect(visitor.verdict).to_have_text("Draw a digit")


@pytest.mark.parametrize("key", ["Delete", "Escape"])
def test_a_key_clears_the_pad(visit: Visiting, key: str) -> None:
    visitor = visit()
    visitor.draw(SEVEN)
    visitor.reads(7)
    visitor.page.keyboard.press(key)
    expect(visitor.verdict).to_have_text("Draw a digit")


def test_the_keyboard_draws(visit: Visiting) -> None:
    """Arrows move the pen, two of them aslant; Space sets it down and lifts it; another tool lifts it too."""
    visitor = visit()
    keys, cursor = visitor.page.keyboard, visitor.page.locator("#pad .cursor")
    visitor.pad.focus()
    for key in [*["ArrowUp"] * 7, *["ArrowLeft"] * 5]:
        keys.press(key)
    expect(cursor).to_be_visible()
    assert not visitor.drawings()
    told = visitor.page.locator("#pad .aloud")
    keys.press("Space")
    expect(told).to_have_text("Pen down, top left")
    for _ in range(10):
        keys.press("ArrowRight")
    keys.down("ArrowLeft")
    for _ in range(6):
        keys.down("ArrowDown")
    keys.up("ArrowLeft")
    for _ in range(8):
        keys.down("ArrowDown")
    keys.up("ArrowDown")
    keys.press("Space")
    expect(told).to_have_text("Pen up, bottom")
    visitor.reads(7)
    (stroke,) = visitor.last()
    assert stroke[0] == [90, 70]
    assert stroke[-1] == pytest.approx([120, 210], abs=10)
    keys.press("Shift+ArrowUp")
    assert len(visitor.last()) == 1  # the pen is up
    keys.press("Space")
    keys.press("Escape")
    expect(visitor.verdict).to_have_text("Draw a digit")
    expect(told).to_have_text("Cleared. Pen up, middle")
    for _ in range(14):
        keys.press("ArrowLeft")
    expect(told).to_have_text("Edge, left")
    visitor.page.keyboard.press("Tab")
    expect(cursor).to_be_hidden()


def test_a_stroke_may_leave_the_pad_and_come_back(visit: Visiting) -> None:
    visitor = visit()
    visitor.draw([(0.5, 0.5), (1.2, 0.5), (1.2, 0.7), (0.5, 0.7)])
    visitor.sent([[[140, 140], [280, 140]], [[280, 196], [140, 196]]])
    visitor.page.get_by_role("button", name="Undo").click()  # one landing of the pen is one undo
    expect(visitor.verdict).to_have_text("Draw a digit")


def test_a_second_finger_changes_nothing(visit: Visiting) -> None:
    visitor = visit(viewport=PHONE, has_touch=True)
    visitor.pad.evaluate(TOUCH, SEVEN)
    visitor.sent([[[round(280 * x), round(280 * y)] for x, y in SEVEN]])
    visitor.reads(7)


def test_a_dense_drawing_is_sent_as_what_it_is(visit: Visiting) -> None:
    """A disc rubbed out of one long stroke does not shrink to a line."""
    visitor = visit()
    angles = range(0, 300, 2)
    disc = [(0.5 + 0.3 * math.cos(t) * math.sin(7.3 * t), 0.5 + 0.3 * math.sin(t) * math.sin(7.3 * t)) for t in angles]
    visitor.pad.evaluate(TOUCH, disc)
    visitor.until(lambda: visitor.posts != [] and len(visitor.last()[0]) > 25)
    points = np.array(visitor.last()[0])
    assert (np.ptp(points, axis=0) > 120).all()


def test_the_keyboard_is_not_lost_with_the_last_stroke(visit: Visiting) -> None:
    visitor = visit()
    visitor.draw(SEVEN)
    visitor.reads(7)
    visitor.page.get_by_role("button", name="Clear").focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.pad).to_be_focused()
    visitor.page.keyboard.press("Control+z")  # what was cleared comes back
    visitor.reads(7)


def test_a_reload_keeps_the_drawing(visit: Visiting) -> None:
    visitor = visit()
    visitor.draw(SEVEN)
    visitor.reads(7)
    visitor.reload()
    visitor.reads(7)
    assert visitor.inked() > 0


def test_what_is_clicked_before_the_pad_has_started_is_not_lost(
    browser: Browser, fake_app: tuple[FakeClassifier, gr.Blocks]
) -> None:
    held: list[Route] = []
    with browser.new_context(locale="en-US") as context:
        visitor = Visit(context.new_page())
        page = visitor.page
        page.route("**/draw/pad/script.js", lambda route: held.append(route))
        page.goto(fake_app[1].local_url)
        page.locator("#pad .pens label").last.click()
        page.locator("#pad [data-act=guide]").click()
        for route in held:
            route.continue_()
        ready(page)
        expect(page.get_by_role("radio", name="Thick pen")).to_be_checked()
        expect(page.get_by_role("button", name="Guide box")).to_have_attribute("aria-pressed", "false")


def test_a_drawing_whose_answer_was_lost_is_sent_again(visit: Visiting) -> None:
    visitor = visit()
    lost: list[Route] = []

    def lose(route: Route) -> None:
        """Answer every message until the pen lifts with nothing new, as where Gradio did not listen."""
        lost.append(route)
        route.fulfill(json={"data": [{"__type__": "update"}, None], "is_generating": False})
        if b'"lifted":true' in (route.request.post_data_buffer or b""):
            visitor.page.unroute("**/run/predict*")

    visitor.intercept("**/run/predict*", lose)
    visitor.draw(SEVEN)
    visitor.reads(7)
    assert lost


def test_who_is_quicker_than_the_last_answer_judges_the_whole_drawing(visit: Visiting, fake: FakeClassifier) -> None:
    visitor, held = visit(), []
    fake.answers = lambda framed: prediction(4, 0.4, "not_a_digit")
    visitor.intercept(
        "**/run/predict*",
        lambda route: held.append(route) if b'"lifted":true' in route.request.post_data_buffer else route.continue_(),
    )

    def ask(name: str) -> None:
        visitor.until(lambda: bool(held))
        visitor.page.get_by_role("button", name=name, exact=True).click()
        visitor.page.wait_for_timeout(100)  # no event tells that nothing was noted yet
        expect(visitor.page.locator(".judge .ask")).to_have_text("or tap the bar of the digit you meant")

    visitor.draw(SEVEN, steps=40)
    visitor.reads("?")
    ask("Read it as a 4")
    held.pop().continue_()
    visitor.reads(4)
    fake.answers = seven_or_one
    visitor.draw(ONE, steps=40)
    visitor.reads(7)
    ask("Right")
    held.pop().continue_()
    expect(visitor.page.locator(".judge .ask")).to_have_text("Noted: read right. Tests: 1.")
    (trial,) = visitor.page.evaluate("() => JSON.parse(localStorage.getItem('digit-trials'))")
    assert trial["strokes"]["strokes"] == visitor.drawings()[-1]


def test_the_last_message_says_that_the_pen_has_lifted(visit: Visiting) -> None:
    visitor = visit()
    visitor.draw(SEVEN)
    visitor.until(lambda: b'"lifted":true' in visitor.posts[-1][1])
    sent = [json.loads(body)["data"][0] for _, body in visitor.posts if b'"lifted"' in body]
    assert [one["lifted"] for one in sent] == [False] * (len(sent) - 1) + [True]


def test_who_comes_first_sees_a_seven_written_and_read_until_they_draw(visit: Visiting) -> None:
    visitor = visit(greeted=False)
    visitor.reads(7)
    assert visitor.inked() > 0
    expect(visitor.page.locator("#pad .turn")).to_have_text("Your turn: draw a digit")
    expect(visitor.page.locator("#pad .turn")).to_be_visible()
    assert "drawing=" not in visitor.page.url  # it is nobody's drawing
    visitor.draw(ONE)
    visitor.reads(1)
    assert len(visitor.last()) == 1  # the seven, of two strokes, is gone
    expect(visitor.page.locator("#pad .turn")).to_be_hidden()
    visitor.page.evaluate("sessionStorage.clear()")
    visitor.go(visitor.page.url.split("#")[0])
    expect(visitor.verdict).to_have_text("Draw a digit")


def test_after_an_answer_stands_what_to_do_next(visit: Visiting, fake: FakeClassifier) -> None:
    visitor = visit()
    following = visitor.page.locator(".next a")
    expect(following).to_be_hidden()
    fake.answers = lambda framed: prediction(7, 0.99)
    visitor.draw(SEVEN)
    expect(following).to_have_text("Make it fail")
    visitor.page.get_by_role("button", name="No digit").click()
    expect(following).to_have_text("See why")
    fake.answers = lambda framed: prediction(7, 0.4, "not_a_digit")
    visitor.draw(ONE)
    expect(following).to_have_text("See why")
    visitor.page.get_by_role("button", name="No digit").click()
    expect(following).to_have_text("Well spotted by the network.")
    expect(following).not_to_have_attribute("href", re.compile(""))
    fake.answers = lambda framed: prediction(7, 0.5)
    visitor.draw(ONE)
    expect(following).to_have_attribute("href", re.compile(r"#inside/why\?drawing="))  # the drawing travels along
    visitor.page.evaluate("window.loaded = 'once'")
    following.click()
    expect(visitor.page.locator("#inside [data-view=why]")).to_be_visible()
    assert visitor.page.evaluate("window.loaded") == "once"


def test_pen_width_and_guide_are_remembered(visit: Visiting) -> None:
    visitor = visit()
    choose(visitor.page.get_by_role("radio", name="Thick pen"))
    visitor.page.get_by_role("button", name="Guide box").click()
    visitor.reload()
    expect(visitor.page.get_by_role("radio", name="Thick pen")).to_be_checked()
    expect(visitor.page.get_by_role("button", name="Guide box")).to_have_attribute("aria-pressed", "false")
    expect(visitor.page.locator("#pad .guide")).to_be_hidden()


def test_a_drawing_survives_a_turn_of_the_phone(visit: Visiting) -> None:
    visitor = visit(viewport=PHONE)
    visitor.draw(SEVEN)
    visitor.reads(7)
    visitor.page.set_viewport_size({"width": 740, "height": 360})
    visitor.page.wait_for_function("(c => c.width === c.clientWidth)(document.querySelector('#pad canvas'))")
    assert visitor.inked() > 0


@pytest.mark.parametrize("reduced_motion", ["no-preference", "reduce"])
def test_an_example_draws_itself(visit: Visiting, reduced_motion: str) -> None:
    visitor = visit(reduced_motion=reduced_motion)
    visitor.page.get_by_role("button", name="Example: 7").first.focus()
    visitor.page.keyboard.press("Enter")
    visitor.reads(7)
    assert visitor.inked() > 0
    judge = visitor.page.locator(".judge")
    expect(judge.locator(".ask")).to_have_text("An example is no test of yours: draw one yourself.")
    expect(judge.locator("button:enabled:visible")).to_have_count(0)
    visitor.draw(ONE)  # whoever changes it has made it theirs
    expect(judge.locator(".yes")).to_be_enabled()


def test_doubt_and_refusal_look_their_part(visit: Visiting, fake: FakeClassifier) -> None:
    visitor = visit()
    fake.answers = lambda framed: prediction(4, 0.4)
    visitor.draw(ONE)
    expect(visitor.reading).to_have_attribute("data-state", "doubtful")
    expect(visitor.verdict).to_have_text("40.0%")
    expect(visitor.page.locator(".reading .detail")).to_have_text("Not sure: perhaps 0 (7%)")
    fake.answers = lambda framed: prediction(4, 0.4, "not_a_digit")
    visitor.draw(SEVEN)
    visitor.reads("?")
    expect(visitor.verdict).to_have_text("Not a digit?")
    expect(visitor.page.locator(".reading .detail")).to_have_text("Closest to 4 (40.0%)")
    visitor.page.get_by_role("button", name="Read it as a 4").click()
    visitor.reads(4)
    expect(visitor.verdict).to_have_text("Your answer: 4")
    visitor.page.get_by_role("button", name="Right", exact=True).click()
    expect(visitor.page.locator(".judge .ask")).to_have_text("Noted: you meant a 4. Tests: 1.")
    visitor.page.locator(".judge .take").click()
    visitor.reads("?")
    fake.answers = lambda framed: prediction(4, 0.15, "not_a_digit")
    visitor.draw(ONE)
    expect(visitor.page.locator(".reading .detail")).to_have_text("Close to no digit")
    expect(visitor.page.locator(".judge .take")).to_be_hidden()


def test_a_rounded_share_claims_no_more_than_the_answer(visit: Visiting, fake: FakeClassifier) -> None:
    visitor = visit()
    share = visitor.page.locator(".reading .bars .best .share")
    for confidence, verdict, bar in ((0.9981, "99.8%", ">99"), (0.9999, ">\u00a099.9%", ">99"), (0.94, "94.0%", "94")):
        fake.answers = lambda framed, confidence=confidence: prediction(7, confidence)
        visitor.draw(SEVEN)
        expect(visitor.verdict).to_have_text(verdict)
        expect(share).to_have_text(bar)


@pytest.mark.parametrize("locale", ["fr-FR", "fr-CA"])
def test_the_page_speaks_french(visit: Visiting, locale: str) -> None:
    visitor = visit(locale=locale)
    expect(visitor.page.get_by_role("heading", name="Lecteur de chiffres")).to_be_visible()
    expect(visitor.page.get_by_role("tab", name="Dessiner")).to_be_visible()
    expect(visitor.page.get_by_role("button", name="Effacer")).to_be_visible()
    expect(visitor.verdict).to_have_text("Dessinez un chiffre")
    visitor.draw(SEVEN)
    expect(visitor.verdict).to_have_text("90,0 %")  # a narrow space before the sign, as French has it


def test_another_language_gets_english(visit: Visiting) -> None:
    visitor = visit(locale="de-DE")
    expect(visitor.page.get_by_role("heading", name="Digit reader")).to_be_visible()
    expect(visitor.verdict).to_have_text("Draw a digit")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_pad_and_answer_are_seen_without_scrolling(visit: Visiting, viewport: dict[str, int]) -> None:
    visitor = visit(viewport=viewport, has_touch=viewport is PHONE)
    visitor.draw(SEVEN)
    visitor.reads(7)
    visitor.page.get_by_role("button", name="Right", exact=True).click()
    noted = visitor.page.locator(".judge .ask")
    expect(noted).to_have_text("Noted: read right. Tests: 1.")
    visitor.page.evaluate("scrollTo(0, 0)")  # the click may have scrolled to its button
    for part in (visitor.pad, visitor.digit, visitor.page.locator(".bars"), noted):
        box = part.bounding_box()
        assert 0 <= box["x"] < box["x"] + box["width"] <= viewport["width"]
        assert 0 <= box["y"] < box["y"] + box["height"] <= viewport["height"]
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == viewport["width"]


# How far the words of the answer reach beyond the row they stand in, in pixels. A network that can be looked into has a
# map of its own beside them.
BEYOND = """() => {
    document.querySelector(".reading .filtered").hidden = false;
    const [answer, ...words] = [...document.querySelectorAll(".reading .answer, .reading .words p")];
    const bounds = answer.getBoundingClientRect();
    return Math.max(...words.filter((one) => one.textContent).map((one) => {
        const { top, bottom } = one.getBoundingClientRect();
        return Math.max(bounds.top - top, bottom - bounds.bottom);
    }));
}"""


def test_a_refusals_words_stay_in_their_place_on_a_phone(visit: Visiting, fake: FakeClassifier) -> None:
    visitor = visit(viewport=PHONE, locale="fr-FR")
    fake.answers = lambda framed: prediction(3, 0.4, "several_digits")
    visitor.draw(SEVEN)
    visitor.reads("?")
    assert visitor.page.evaluate(BEYOND) <= 0.5
    visitor.page.get_by_role("tab", name="Photo").click()
    expect(visitor.verdict).to_have_text("Ajoutez la photo d’un chiffre")
    assert visitor.page.evaluate(BEYOND) <= 0.5


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nothing_moves_when_the_answer_comes(visit: Visiting, viewport: dict[str, int]) -> None:
    visitor = visit(viewport=viewport)
    parts = [visitor.pad, visitor.digit, visitor.page.locator(".bars"), visitor.page.locator(".made")]
    before = [part.bounding_box() for part in parts]
    visitor.draw(SEVEN)
    visitor.reads(7)
    assert [part.bounding_box() for part in parts] == before


def test_the_picture_shown_is_the_one_the_network_got(visit: Visiting, fake: FakeClassifier) -> None:
    seen = []
    answers = fake.answers
    fake.answers = lambda framed: seen.append(framed.image) or answers(framed)
    visitor = visit()
    visitor.draw(SEVEN)
    visitor.reads(7)

    def shown() -> list[int]:
        return visitor.page.locator(".seen canvas").evaluate(
            "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data].filter((value, at) => at % 4 === 3)"
        )

    visitor.until(lambda: np.array_equal(np.reshape(shown(), (28, 28)), np.rint(255 * seen[-1])))


def test_ink_is_light_on_dark_paper_in_dark_mode(visit: Visiting) -> None:
    for scheme in ("light", "dark"):
        visitor = visit(color_scheme=scheme)
        visitor.draw(SEVEN)
        visitor.reads(7)
        colours = visitor.pad.evaluate(
            "c => [getComputedStyle(c).color, getComputedStyle(c.parentNode).backgroundColor]",
        )
        ink, page = (sum(map(int, colour.split("(")[1].strip(")").split(",")[:3])) for colour in colours)
        assert (ink > page) == (scheme == "dark")


def test_a_photo_is_read_and_its_steps_fold_out(visit: Visiting) -> None:
    visitor = visit()
    visitor.page.get_by_role("tab", name="Photo").click()
    expect(visitor.verdict).to_have_text("Add a photo of a digit")
    photo = visitor.page.locator("#photo input[type=file]")
    photo.set_input_files(png(paper([(80, 80), (220, 80), (130, 320)])))
    visitor.reads(7)
    visitor.page.get_by_text("How the picture was read").click()
    expect(visitor.page.locator(".steps li")).to_have_count(6)
    expect(visitor.page.locator(".steps li").first).to_have_text("As sent")
    visitor.page.get_by_role("tab", name="Draw").click()
    expect(visitor.verdict).to_have_text("Draw a digit")


def test_a_photo_that_took_its_time_leaves_the_pad_alone(visit: Visiting, fake: FakeClassifier) -> None:
    started, held, done = threading.Event(), threading.Event(), threading.Event()

    def slowly(framed: Framed) -> Prediction:
        started.set()
        held.wait(20)
        done.set()
        return prediction(3, 0.9)

    visitor = visit()
    visitor.page.get_by_role("tab", name="Photo").click()
    fake.answers = slowly
    visitor.page.locator("#photo input[type=file]").set_input_files(png(paper([(80, 80), (220, 80), (130, 320)])))
    visitor.until(started.is_set)
    fake.answers = seven_or_one
    visitor.page.get_by_role("tab", name="Draw").click()
    visitor.draw(SEVEN)
    visitor.reads(7)
    held.set()
    visitor.until(done.is_set)
    visitor.page.wait_for_timeout(700)  # no event tells that an answer has come and is not shown
    visitor.reads(7)
    visitor.page.get_by_role("tab", name="Photo").click()
    expect(visitor.page.locator(".steps li")).to_have_count(6)


def test_a_photo_without_ink_gets_no_answer(visit: Visiting) -> None:
    visitor = visit()
    visitor.page.get_by_role("tab", name="Photo").click()
    visitor.page.locator("#photo input[type=file]").set_input_files(png(paper()))
    expect(visitor.verdict).to_have_text("No digit found in this picture")


def test_a_file_that_is_no_picture_is_refused_in_the_visitors_language(visit: Visiting) -> None:
    visitor = visit(locale="fr-FR")
    visitor.page.get_by_role("tab", name="Photo").click()
    broken = {"name": "broken.png", "mimeType": "image/png", "buffer": b"not a picture"}
    visitor.page.locator("#photo input[type=file]").set_input_files(broken)
    expect(visitor.page.get_by_text("Ce fichier ne se lit pas comme une image")).to_be_visible()
    expect(visitor.page.locator("#photo img")).to_have_count(0)
    expect(visitor.verdict).to_have_text("Ajoutez la photo d’un chiffre")


def test_the_camera_sees_the_digit_as_it_is(
    browser: Browser, fake_app: tuple[FakeClassifier, gr.Blocks], fake: FakeClassifier, tmp_path: Path
) -> None:
    """Gradio mirrors a webcam's picture where nobody tells it not to: the one below lies on the other side then."""
    film = tmp_path / "film.y4m"  # a frame of luma, and half as many bytes of colour, all grey
    frame = paper([(200, 60), (60, 60), (60, 340), (110, 340)]).convert("L").tobytes() + bytes([128]) * (300 * 400 // 2)
    film.write_bytes(b"YUV4MPEG2 W300 H400 F10:1 C420jpeg\n" + b"".join([b"FRAME\n" + frame] * 2))
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    seen = []
    fake.answers = lambda framed: seen.append(framed) or seven_or_one(framed)
    with browser.browser_type.launch(
        executable_path=str(CHROMIUM), args=[*FLAGS, *camera, f"--use-file-for-fake-video-capture={film}"]
    ) as with_camera:
        page = with_camera.new_page(locale="en-US")
        page.add_init_script(f"{GREETED}; {ASKED}")
        Visit(page).go(fake_app[1].local_url)
        page.get_by_role("tab", name="Photo").click()
        page.get_by_role("button", name="Capture from camera").click()
        page.get_by_title("grant webcam access").locator("button").click()
        page.wait_for_function("document.querySelector('#photo video')?.readyState === 4")  # as a visitor does
        page.get_by_role("button", name="capture photo").click()
        expect(page.locator(".reading .digit")).not_to_be_empty()
        assert page.evaluate("asked")["video"]["facingMode"] == {"ideal": "environment"}
    left, right = np.split(seen[-1].image, 2, axis=1)
    assert left.sum() > 1.5 * right.sum()
