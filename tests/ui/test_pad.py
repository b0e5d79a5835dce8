"""The pad alone, in a real browser: what Python puts on it, and what it makes of long strokes."""

from collections.abc import Iterator

import gradio as gr
import pytest
from playwright.sync_api import Browser, expect

from cnn.ui.draw.pad import SIDE, WIDE, Pad
from cnn.ui.page import launch_options
from tests.ui.conftest import ONE, Visit

BAR = {"strokes": [[[0, 50], [100, 50]]], "width": 100, "height": 100}


@pytest.fixture(scope="module")
def page_of_one_pad() -> Iterator[str]:
    """A page with a pad, a button that draws a bar on it, and the count of the pad's messages; and two other pads.

    One follows it, one is for numbers.
    """
    with gr.Blocks() as demo:
        count = gr.Number(0, elem_id="count")
        pad = Pad(elem_id="pad")
        gr.Button("Bar").click(lambda: BAR, outputs=pad)
        gr.Button("Nothing").click(lambda: None, outputs=pad)
        still = Pad(follows="still", elem_id="pad-still")
        line = Pad(number=True, elem_id="pad-number")
        for one in (still, line):
            one.input(lambda _: None, one, None, queue=False, trigger_mode="always_last")
        pad.input(lambda _, number: number + 1, [pad, count], count, queue=False, trigger_mode="always_last")
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield demo.local_url
    demo.close()


@pytest.fixture
def visitor(browser: Browser, page_of_one_pad: str) -> Iterator[Visit]:
    context = browser.new_context(locale="en-US")
    visitor = Visit(context.new_page())
    visitor.go(page_of_one_pad)
    yield visitor
    context.close()


def test_python_draws_on_the_pad_and_gets_no_echo(visitor: Visit) -> None:
    visitor.page.get_by_role("button", name="Bar").click()
    visitor.until(lambda: visitor.inked() > 0)
    assert visitor.page.locator("#count input").input_value() == "0"
    visitor.draw(ONE)  # a bar from a pad of 100 x 100 has its place on ours
    visitor.sent([[[0, SIDE // 2], [SIDE, SIDE // 2]], [[140, 56], [140, 224]]])
    visitor.page.get_by_role("button", name="Nothing").click()
    visitor.until(lambda: visitor.inked() == 0)


def test_a_message_holds_the_corners_and_leaves_out_what_lies_between(visitor: Visit) -> None:
    corners = [(0.1 + 0.08 * number, 0.2 if number % 2 else 0.8) for number in range(11)]
    visitor.draw(corners, steps=6)
    visitor.sent([[[round(SIDE * x), round(SIDE * y)] for x, y in corners]])


def test_a_pad_that_follows_is_a_still_picture_until_it_is_to_be_changed(visitor: Visit) -> None:
    visitor.draw(ONE)
    visitor.sent([[[140, 56], [140, 224]]])
    visitor.pad = visitor.page.locator("#pad-still canvas")
    visitor.pad.scroll_into_view_if_needed()
    visitor.until(lambda: visitor.inked() > 0)
    before, posts = visitor.inked(), len(visitor.posts)
    assert visitor.pad.evaluate("canvas => getComputedStyle(canvas).touchAction") == "auto"  # a swipe scrolls the page
    visitor.pad.evaluate(
        """canvas => {
            const at = { pointerId: 1, pointerType: "touch", bubbles: true, clientX: 50, clientY: 60 };
            for (const type of ["pointerdown", "pointermove", "pointerup"])
                canvas.dispatchEvent(new PointerEvent(type, at));
        }"""
    )
    still = visitor.page.locator("#pad-still")
    expect(still.get_by_role("img", name="The digit that is looked at")).to_be_visible()
    expect(still.get_by_role("button", name="Clear")).to_be_hidden()
    still.get_by_role("button", name="Change").focus()
    visitor.page.keyboard.press("Escape")
    assert visitor.inked() == before
    assert len(visitor.posts) == posts
    visitor.page.keyboard.press("Enter")
    expect(visitor.pad).to_be_focused()
    visitor.draw([(0.2, 0.5), (0.8, 0.5)])
    visitor.sent([[[140, 56], [140, 224]], [[56, 140], [224, 140]]])
    still.get_by_role("button", name="Done").click()
    expect(still.get_by_role("img", name="The digit that is looked at")).to_be_visible()


def test_each_digit_of_a_number_has_the_points_it_needs(visitor: Visit) -> None:
    """Eight zigzags of ten corners each: a digit's own message would hold sixty of all the points."""
    visitor.pad = visitor.page.locator("#pad-number canvas")
    visitor.pad.scroll_into_view_if_needed()
    digits = [[(0.1 + 0.1 * n + 0.06 * (i % 2), 0.2 + 0.05 * i) for i in range(10)] for n in range(8)]
    for corners in digits:
        visitor.draw(corners, steps=1)
    visitor.sent([[[round(WIDE * x), round(SIDE * y)] for x, y in corners] for corners in digits])
