"""What axe-core finds on every view: nothing that is serious or critical."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from playwright.sync_api import Browser, expect

from tests.ui.conftest import DESKTOP, PHONE, SEVEN, VIEWS, Visit, ready, visits

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    return grave.map(({ id, nodes }) => [id, nodes.length, nodes[0].html, nodes[0].failureSummary]);
}"""

pytestmark = pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not there: run npm ci")


@pytest.fixture
def visit(browser: Browser, real_app: gr.Blocks) -> Iterator[Callable[..., Visit]]:
    with visits(browser, real_app.local_url) as open_page:
        yield open_page


@pytest.mark.parametrize(
    "seen",
    [
        {"viewport": DESKTOP, "color_scheme": "light", "locale": "en-US"},
        {"viewport": PHONE, "color_scheme": "dark", "locale": "fr-FR"},
    ],
    ids=["desktop", "phone"],
)
def test_nothing_grave_is_found(visit: Callable[..., Visit], seen: dict[str, Any]) -> None:
    visitor = visit(**seen)
    visitor.page.evaluate(AXE.read_text(encoding="utf-8"))
    visitor.draw(SEVEN)
    visitor.reads(7)
    found = {}
    for view in VIEWS:
        visitor.page.evaluate("hash => { location.hash = hash; }", view)
        panel = visitor.page.locator(f"#{view.replace('/', '-')}")
        expect(panel.locator("visible=true").first).not_to_be_empty()
        ready(visitor.page)
        if grave := visitor.page.evaluate(GRAVE):
            found[view] = grave
    assert not found
