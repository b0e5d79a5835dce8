"""The page as a whole: what it costs, where it works, its languages and its addresses."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
import pytest
from gradio.i18n import I18nData
from playwright.sync_api import Browser, expect

from cnn.hub import Models
from cnn.ui import build_demo, launch_options
from tests.ui.conftest import DESKTOP, PHONE, FakeClassifier, Visit, visits

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


@pytest.fixture(scope="module")
def rendered(browser: Browser) -> Iterator[str]:
    """The app whose pages Gradio's own server of Node renders, as on a Space."""
    if not shutil.which("node"):
        pytest.skip("no Node: install Debian's package nodejs to see the page as a Space serves it")
    fake = FakeClassifier()
    demo = build_demo(Models([fake], fake.name))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_SSR_MODE", "true")
        demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    assert demo.node_process
    yield f"http://127.0.0.1:{demo.node_port}/"
    demo.close()
    demo.node_process.kill()
    demo.node_process.wait()


def places(visitor: Visit) -> dict[str, list[int]]:
    """Where the page's parts are, in pixels."""
    parts = "h1, [role=tab], #task, #pad canvas, #pad .tools, .card, #reading"
    return visitor.page.evaluate(
        """(parts) => Object.fromEntries([...document.querySelectorAll(parts)].map((node, at) => {
            const { left, top, width, height } = node.getBoundingClientRect();
            return [`${at} ${node.textContent.trim().slice(0, 20)}`, [left, top, width, height].map(Math.round)];
        }))""",
        parts,
    )


@pytest.mark.parametrize("how", [{"viewport": DESKTOP}, {"viewport": PHONE, "locale": "fr-FR", "color_scheme": "dark"}])
def test_a_page_rendered_by_the_server_is_the_same(
    browser: Browser, visit: Callable[..., Visit], rendered: str, how: dict[str, Any]
) -> None:
    expected = places(visit(**how))
    with visits(browser, rendered) as open_page:
        visitor = open_page(**how)
        visitor.until(lambda: places(visitor) == expected)
        visitor.page.get_by_role("tab", name="Photo").click()
        expect(visitor.page.locator("#photo")).to_be_visible()
        assert not visitor.errors
