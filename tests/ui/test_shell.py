"""The page as a whole: what it costs, where it works, its languages and its addresses."""

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
from gradio.i18n import I18nData
from playwright.sync_api import expect

from tests.ui.conftest import FakeClassifier, Visit

PLAIN = (str, int, float, bool, type(None), I18nData)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """What a structure of lists and objects holds, with where."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else None
    if parts is None:
        yield path, value
    else:
        for key, part in parts:
            yield from leaves(part, f"{path}/{key}")


def test_props_are_plain_data(fake_app: tuple[FakeClassifier, gr.Blocks]) -> None:
    """Gradio copies them at every visit: a prop that leads to the app has it copy the app, networks and all."""
    # A gr.State holds a function of Gradio's.
    blocks = [block for block in fake_app[1].blocks.values() if not isinstance(block, gr.State)]
    strange = [
        f"{block} {path}: {value!r}"
        for block in blocks
        for path, value in leaves(block.get_config())
        if not isinstance(value, PLAIN)
    ]
    assert strange == []


def test_a_browser_fetches_each_script_once(visit: Callable[..., Visit]) -> None:
    visitor = visit()
    visitor.page.reload()
    expect(visitor.verdict).not_to_be_empty()
    sizes = visitor.page.evaluate(
        "performance.getEntriesByType('resource')"
        ".filter(({ name }) => name.includes('/script/')).map(({ transferSize }) => transferSize)"
    )
    assert sizes
    assert not any(sizes)
