"""What people cannot see, read, hear or reach: axe-core finds nothing grave on any view, a ruler no small target."""

from itertools import pairwise, product
from pathlib import Path

import gradio as gr
import pytest
from playwright.sync_api import Browser

from tests.ui.conftest import ONE, PHONE, VIEWS, Visit, ready

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# The first view of each station in every look. The others on a phone, and on what is wider, in the other light and the
# other language; the next view has the next two.
LOOKS = [
    [(360, "dark", "fr"), (1440, "light", "en")],
    [(360, "light", "fr"), (768, "dark", "en")],
    [(360, "dark", "en"), (768, "light", "fr")],
    [(360, "light", "en"), (1440, "dark", "fr")],
]
EVERY = [list(product((360, 768, 1440), ("light", "dark"), ("en", "fr")))]
# As in another site's frame, or where all of a site's data are blocked.
BLOCKED = """for (const kept of ["localStorage", "sessionStorage", "indexedDB", "caches"]) {
    Object.defineProperty(window, kept, { get() { throw new DOMException("It is blocked.", "SecurityError"); } });
}"""
# The open view alone, or the whole page. What best practice wants beside is rarely grave, and half the time.
GRAVE = """async (view) => {
    const panel = view && document.querySelector(`[data-answers="${view}"]`).closest("[role=tabpanel]");
    const { violations } = await axe.run(panel ?? document, {
        resultTypes: ["violations"],
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
        rules: { "avoid-inline-spacing": { enabled: false } },
        preload: false,
    });
    const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    return grave.map(({ id, nodes }) => [id, nodes.length, nodes[0].html, nodes[0].failureSummary]);
}"""
# What is smaller than a finger: 44 pixels (WCAG 2.5.5). A word within a sentence may be as high as its line, and a
# picture of figures has what is as small as it must be: a chart's bars, a table of ten by ten.
SMALL = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=tab]")]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.disabled)
    .filter((node) => !node.closest("[aria-hidden=true], .visually-hidden, .bars, .matrix, .hint, footer"))
    .filter((node) => !(node.matches("p > a") && node.parentNode.textContent !== node.textContent))
    .map((node) => node.closest("label") ?? node)
    .map((node) => [node, node.getBoundingClientRect()])
    .filter(([, { width, height }]) => width && (width < 43.5 || height < 43.5))
    .map(([node, { width, height }]) => [node.outerHTML.slice(0, 160), Math.round(width), Math.round(height)])"""

# Headings, from the page's to the deepest, as those who hear the page find their way by.
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }))
    .map((node) => Number(node.tagName[1]))"""


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not there: run npm ci")
@pytest.mark.parametrize(
    "looks", [LOOKS, pytest.param(EVERY, marks=pytest.mark.long)], ids=["some looks", "every look"]
)
def test_nothing_grave_is_found_on_any_view_and_a_finger_finds_all(
    browser: Browser, real_app: gr.Blocks, looks: list[list[tuple[int, str, str]]]
) -> None:
    """A visitor whose browser keeps nothing, who wants nothing to move, and who turns what they hold."""
    found, stations = [], set()
    with browser.new_context(viewport=PHONE, has_touch=True, locale="en-US", reduced_motion="reduce") as context:
        context.add_init_script(BLOCKED)
        visitor = Visit(context.new_page())
        page = visitor.page
        visitor.go(real_app.local_url)
        visitor.reads(7)  # the page's own, which stands there at once
        assert len({str(drawing) for drawing in visitor.drawings()}) == 1
        page.evaluate(AXE.read_text(encoding="utf-8"))
        visitor.draw(ONE)
        visitor.reads(1)
        for number, view in enumerate(page.evaluate(f"() => {{ {VIEWS} }}")):
            page.evaluate("view => { location.hash = view; }", view)
            page.wait_for_function(
                "view => document.querySelector(`[data-answers='${view}']`)?.checkVisibility()", arg=view
            )
            if view == "inside/network":  # with a map that is open
                page.locator("#inside-network .layer.current .tile").first.click()
                page.locator("#inside-network .sheet").wait_for()
            station = page.evaluate("document.querySelector('.pages > .tab-wrapper [aria-selected=true]').id")
            first = station not in stations
            stations.add(station)
            for width, scheme, language in EVERY[0] if first else looks[number % len(looks)]:
                page.set_viewport_size({"width": width, "height": PHONE["height"]})
                page.emulate_media(color_scheme=scheme)
                page.locator(f".languages [lang={language}]").click()
                ready(page)
                grave = page.evaluate(GRAVE, None if first else view)
                levels = page.evaluate(HEADINGS)
                assert levels[:2] == [1, 2], view
                assert all(deeper <= level + 1 for level, deeper in pairwise(levels)), view
                small = page.evaluate(SMALL) if width == PHONE["width"] else []
                found += [f"{view} {width} {scheme} {language}: {one}" for one in [*grave, *small]]
        assert page.evaluate("faults") == []
    assert not found, "\n".join(found)
