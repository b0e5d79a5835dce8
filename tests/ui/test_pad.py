"""The pad alone, in a real browser: what Python puts on it, and what it makes of long strokes."""

from collections.abc import Iterator

import gradio as gr
import pytest
from playwright.sync_api import Browser, expect

from cnn.ui import launch_options
from cnn.ui.pad import SIDE, Pad
from tests.ui.conftest import ONE, Visit

BAR = {"strokes": [[[0, 50], [100, 50]]], "width": 100, "height": 100}


@pytest.fixture(scope="module")
def page_of_one_pad() -> Iterator[str]:
    """A page with a pad, a button that draws a bar on it, and the count of the pad's messages."""
    with gr.Blocks() as demo:
        count = gr.Number(0, elem_id="count")
        pad = Pad(elem_id="pad")
        gr.Button("Bar").click(lambda: BAR, outputs=pad)
        gr.Button("Nothing").click(lambda: None, outputs=pad)
        pad.input(lambda _, number: number + 1, [pad, count], count, queue=False, trigger_mode="always_last")
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield demo.local_url
    demo.close()


@pytest.fixture
def visitor(browser: Browser, page_of_one_pad: str) -> Iterator[Visit]:
    context = browser.new_context(locale="en-US")
    visitor = Visit(context.new_page())
    visitor.page.goto(page_of_one_pad)
    expect(visitor.page.get_by_role("button", name="Clear")).to_be_disabled()
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
