"""The page in Firefox and WebKit, a visit each: it is drawn on, read, spoken in French, and every view opens."""

from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest

from tests.ui.conftest import SEVEN, VIEWS
from tests.ui.webdriver import BROWSERS, Driver

READY = "!document.querySelector('[aria-busy=true]') && document.querySelector('[aria-busy=false]')"


@pytest.fixture(params=BROWSERS)
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Driver]:
    with BROWSERS[request.param](tmp_path) as driver:
        yield driver


def test_the_page_works_in_other_browsers(other: Driver, real_app: gr.Blocks) -> None:
    says = "document.querySelector('.reading {}').textContent"
    other.go(f"{real_app.local_url}?lang=en")
    other.until(READY)
    other.draw("#pad canvas", SEVEN)
    other.until(f"{says.format('.digit')} === '7' && {says.format('.verdict')}.endsWith('%')")
    other.click(".languages [lang=fr]")
    other.until(rf"document.title === 'Lecteur de chiffres' && /\s%$/.test({says.format('.verdict')})")
    for view in other.run(VIEWS):
        other.run("location.hash = arguments[0]", view)
        other.until(f"""{READY} && document.querySelector('[data-answers="{view}"]')?.checkVisibility()""")
    other.run("location.hash = 'inside/network'")
    other.until("document.querySelectorAll('#inside-network canvas').length > 20")
    assert other.run("return faults") == []
