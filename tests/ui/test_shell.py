"""The page as a whole: what it costs, where it works, its languages and its addresses."""

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio.i18n import I18nData
from playwright.sync_api import Browser, expect

import cnn.ui
from cnn.models.registry import Models
from cnn.ui.page import build_demo, launch_options
from tests.ui.conftest import DESKTOP, PHONE, SEVEN, FakeClassifier, Visit, choose, open_tab, ready, visits

UI = Path(cnn.ui.__file__).parent
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


def test_a_browser_fetches_each_module_once(visit: Callable[..., Visit]) -> None:
    visitor = visit()
    visitor.reload()
    sizes = visitor.page.evaluate(
        "performance.getEntriesByType('resource')"
        ".filter(({ name }) => name.includes('/gradio_api/page/')).map(({ transferSize }) => transferSize)"
    )
    assert sizes
    assert not any(sizes)


@pytest.mark.parametrize("source", ["pad", "pad-number"])
def test_an_answer_stands_before_the_pad_is_ready(
    browser: Browser, fake_app: tuple[FakeClassifier, gr.Blocks], source: str
) -> None:
    """The scripts of a page come in any order: an answer to a pad that is not there yet was dropped."""
    demo, held = fake_app[1], []
    page = browser.new_page(locale="en-US")
    page.route("**/draw/pad/script.js", lambda route: held.append(route))
    page.goto(demo.local_url)
    visitor = Visit(page)
    expect(visitor.verdict).to_have_text("Draw a digit")
    if source == "pad-number":
        visitor.wants("Number")
        expect(page.locator(".number .verdict")).to_have_text("Write a number")
    for route in held:
        route.continue_()
    visitor.pad = page.locator(f"#{source} canvas")
    ready(page)
    visitor.draw(SEVEN)
    expect(page.locator(".number .text" if source == "pad-number" else ".reading .digit")).to_have_text("7")
    page.close()


@pytest.fixture(scope="module")
def rendered(browser: Browser) -> Iterator[str]:
    """The app where Gradio is asked to have Node render its pages, as on a Space: the app declines."""
    fake, bundled = FakeClassifier(), FakeClassifier()
    bundled.name, bundled.parameters = "robust", 12345
    demo = build_demo(Models([fake, bundled], fake.name))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_SSR_MODE", "true")
        demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    assert not demo.node_process
    yield demo.local_url
    demo.close()


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
    plain = visit(**how)
    with visits(browser, rendered) as open_page:
        visitor = open_page(**how)
        visitor.until(lambda: places(visitor) == places(plain))
        visitor.page.get_by_role("tab", name="Photo").click()
        expect(visitor.page.locator("#photo")).to_be_visible()
        assert not visitor.errors


TABS = {
    "en": ["Read", "Understand", "Train", "Test", "Build"],
    "fr": ["Lire", "Comprendre", "Entraîner", "Tester", "Construire"],
}


def shows_tabs(visitor: Visit, language: str, width: int) -> None:
    """All of them, by name and in order, within the page's width."""
    tabs = visitor.page.locator(".pages > .tab-wrapper [role=tab]:visible")
    expect(tabs).to_have_text(TABS[language])
    boxes = [tab.bounding_box() for tab in tabs.all()]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
    assert all(box["height"] >= 32 for box in boxes)
    assert all(one["x"] + one["width"] <= other["x"] + 1 for one, other in itertools.pairwise(boxes))


def test_a_language_is_chosen_and_lasts(visit: Callable[..., Visit]) -> None:
    visitor = visit(viewport=PHONE)
    page = visitor.page
    page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")  # as on plain http
    visitor.reload()
    shows_tabs(visitor, "en", PHONE["width"])
    page.get_by_role("button", name="Français").click()
    expect(visitor.verdict).to_have_text("Dessinez un chiffre")
    expect(page).to_have_title("Lecteur de chiffres")
    shows_tabs(visitor, "fr", PHONE["width"])
    tabs = page.locator(".pages > .tab-wrapper [role=tab]:visible")
    tabs.first.press("ArrowLeft")  # the arrows go round, and the one that is open is reached by Tab
    expect(tabs.last).to_be_focused()
    assert tabs.evaluate_all("tabs => tabs.map((tab) => tab.tabIndex)") == [-1, -1, -1, -1, 0]
    page.get_by_role("tab", name="Tester").click()
    expect(page.locator(".wings > .tab-wrapper [role=tab]:visible")).to_have_text(
        ["Mise à l’épreuve", "Erreurs", "Mes essais"]
    )
    page.get_by_role("tab", name="Lire").click()
    page.get_by_role("tab", name="Photo").click()
    page.locator("#photo input[type=file]").set_input_files(
        {"name": "a.txt", "mimeType": "text/plain", "buffer": b"no picture"}
    )
    toast = page.locator(".toast-body")  # Gradio's, which has it in English
    expect(toast).to_contain_text("Erreur")
    expect(toast).to_contain_text("Ce fichier ne se lit pas")
    page.locator("#photo .source-selection button").nth(1).click()
    page.get_by_text("Cliquez pour ouvrir la webcam").click()
    expect(toast.last).to_contain_text("Les navigateurs n’ouvrent la caméra que pour les pages en https.")
    page.locator("#photo .source-selection button").first.click()
    expect(page.locator("#photo")).to_contain_text("Déposez l'image ici")
    expect(page.locator("#photo")).to_contain_text("Cliquez pour choisir un fichier")
    visitor.go(page.url.split("?")[0])
    expect(visitor.verdict).to_have_text("Dessinez un chiffre")
    shows_tabs(visitor, "fr", PHONE["width"])
    page.get_by_role("button", name="English").click()
    expect(visitor.verdict).to_have_text("Draw a digit")
    shows_tabs(visitor, "en", PHONE["width"])


def test_each_view_has_its_task() -> None:
    """And what the page knows of stations are the views that there are."""
    stations = (UI / "web" / "stations.js").read_text("utf-8")
    wings = {wing: re.findall(r"\w+", views) for wing, views in re.findall(r"(\w+): \[([^\]]*)\]", stations)}
    assert len(wings) == 7
    for wing, views in wings.items():
        template = "".join(path.read_text("utf-8") for path in (UI / wing).rglob("template.html"))
        assert sorted(re.findall(rf"<!-- task {wing}/(\w+) -->", template)) == sorted(views)
        assert re.findall(r'data-panel="(\w+)"', template) in (views, [])


def test_a_station_is_done_once_its_questions_are_answered(visit: Callable[..., Visit]) -> None:
    visitor = visit()
    page = visitor.page
    read, test = (page.get_by_role("tab", name=name, exact=True) for name in ("Read", "Test"))
    expect(read).to_have_attribute("aria-description", "20 minutes")
    visitor.reading.get_by_text("Answer", exact=True).click()
    expect(visitor.reading.locator(".task details p")).to_contain_text("Place and size do not fool it")
    visitor.wants("Number")
    expect(read).to_have_attribute("aria-description", "20 minutes")
    page.locator("#numbers").get_by_text("Answer", exact=True).click()
    expect(read).to_have_attribute("aria-description", "20 minutes, done")
    page.evaluate("location.hash = '#test'")
    expect(page.get_by_role("tab", name="Stress test", exact=True)).to_have_attribute("aria-selected", "true")
    page.locator(".stress [data-answers='stress/compare'] summary").click()
    expect(page.locator("#stress-tab-compare")).to_have_attribute("data-done", "")
    expect(test).to_have_attribute("aria-description", "30 minutes")
    visitor.reload()
    expect(read).to_have_attribute("aria-description", "20 minutes, done")
    assert not visitor.errors


def test_a_refusal_by_the_server_is_in_the_language_chosen(visit: Callable[..., Visit]) -> None:
    visitor = visit()
    visitor.page.get_by_role("button", name="Français").click()
    expect(visitor.verdict).to_have_text("Dessinez un chiffre")
    visitor.page.get_by_role("tab", name="Photo").click()
    visitor.page.locator("#photo input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    expect(visitor.page.locator(".toast-body")).to_contain_text("Ce fichier ne se lit pas")


def test_each_tab_view_and_network_has_an_address(browser: Browser, rendered: str) -> None:
    """Under server-side rendering, whose own router watches the address too."""
    with visits(browser, rendered) as open_page:
        visitor = open_page()
        page = visitor.page
        at = lambda place: re.compile(rf"\?lang=en{place}$")  # noqa: E731
        open_tab(page, "Stress test")
        page.get_by_role("tab", name="Breaking point").click()
        expect(page).to_have_url(at("#stress/breaking"))
        open_tab(page, "Errors")
        choose(page.locator(".errors").get_by_role("radio", name="Robust"))
        expect(page.locator(".errors .about")).to_contain_text("12,345 parameters")
        expect(page).to_have_url(at("#errors/list/robust"))
        sent = page.url
        page.go_back()
        page.go_back()
        expect(page.get_by_role("tab", name="Breaking point")).to_have_attribute("aria-selected", "true")
        page.go_back()
        expect(page.get_by_role("tab", name="Compare", exact=True)).to_have_attribute("aria-selected", "true")
        page.go_back()
        expect(page.get_by_role("tab", name="Read")).to_have_attribute("aria-selected", "true")
        expect(visitor.pad).to_be_visible()
        visitor.go(sent.replace("lang=en", "lang=fr"))
        expect(page.get_by_role("tab", name="Erreurs")).to_have_attribute("aria-selected", "true")
        expect(page.locator(".errors").get_by_role("radio", name="Robuste")).to_be_checked()
        assert not visitor.errors


def test_a_link_shows_the_drawing_and_the_way_in(browser: Browser, visit: Callable[..., Visit]) -> None:
    sender = visit()
    sender.draw(SEVEN)
    sender.reads(7)
    sender.page.get_by_role("tab", name="Photo").click()
    sender.wants("Number")
    expect(sender.page).to_have_url(re.compile(r"#draw/number/photo\?drawing=[0-9a-z.]+$"))
    drawing = sender.drawings()[-1]
    receiver = visit()
    receiver.go(sender.page.url)
    expect(receiver.page.locator("#photo")).to_be_visible()
    expect(receiver.page.get_by_role("radio", name="Number")).to_be_checked()
    receiver.wants("Digit")
    receiver.page.get_by_role("tab", name="Draw", exact=True).click()
    receiver.reads(7)
    assert receiver.drawings()[-1] == drawing
    receiver.page.locator("#pad").get_by_role("button", name="Clear").click()
    expect(receiver.page).to_have_url(re.compile("#draw/digit$"))
    receiver.page.go_back()  # a drawing is no step
    expect(receiver.page).to_have_url(re.compile("#draw/digit/photo$"))
    assert not receiver.errors


DAMAGED = ["drawing=zz", "drawing=<b>", "drawing=________", "bend=none~1", "bend=rotation~x", "seed=-1"]


def test_a_damaged_link_is_a_plain_page(visit: Callable[..., Visit]) -> None:
    visitor = visit()
    home = visitor.page.url.split("#")[0]
    for note in DAMAGED:
        visitor.go(f"{home}#stress/compare?{note}")
        expect(visitor.page.get_by_role("tab", name="Compare", exact=True)).to_be_visible()
        assert not visitor.errors
