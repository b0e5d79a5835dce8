"""The teacher's page: its links lead where they say, its minutes are two hours, both languages say the same."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from cnn.errors.tables import label_errors
from cnn.models.registry import bundled
from cnn.stress.perturbations import PERTURBATIONS
from cnn.text import say
from train.publish import lesson
from train.publish.lesson import PAGES

UI = lesson.ROOT / "cnn" / "ui"
TABS = re.findall(r'gr\.Tab\(T\("\w+\.tab"\), id="(\w+)"', (UI / "page.py").read_text("utf-8"))
LINK = re.compile(rf"\[([^\]]+)\]\({re.escape(lesson.ADDRESS)}/([^)\s]*)\)")
OPENED = {"hand": "network"}  # with a map opened in it
LANGUAGES = pytest.mark.parametrize("language", PAGES)


def text(language: str) -> str:
    return PAGES[language].read_text("utf-8")


def views(tab: str) -> list[str]:
    """What can be opened within a tab: its buttons."""
    template = UI / tab / "template.html"
    return re.findall(r'data-view="(\w+)"', template.read_text("utf-8")) if template.exists() else []


@LANGUAGES
def test_each_link_opens_what_it_is_called_by(language: str) -> None:
    """The tab is there, and within it the view, the network or the way in, and the perturbation with its strength."""
    links = LINK.findall(text(language))
    assert len(links) > 12
    for name, address in links:
        found = urlsplit(address)
        place, _, notes = found.fragment.partition("?")
        tab, view, choice = [*place.split("/"), "", ""][:3]
        view = OPENED.get(view, view)
        assert parse_qs(found.query) == {"lang": [language]}
        assert tab in TABS
        assert view in ["", *views(tab)], name
        assert choice in (("photo", "") if tab == "draw" else ("", *bundled())), name
        key = f"draw.{choice}" if choice and tab == "draw" else f"{tab}.{view or 'tab'}"
        assert name == say(key, language)
        for note, values in parse_qs(notes).items():
            assert note == "bend"
            perturbation, strength = values[0].split("~")
            PERTURBATIONS[perturbation].checked(float(strength))


@LANGUAGES
def test_the_plan_is_of_two_hours(language: str) -> None:
    """Principles 20 minutes, training and visualisation 40, integration 30, exercises 30; the rows add up to that."""
    parts = re.findall(r"^## \d\. [^\n]* \((\d+) minutes\)\n(.*?)(?=^## )", text(language), re.MULTILINE | re.DOTALL)
    assert [int(minutes) for minutes, _ in parts] == [20, 40, 30, 30]
    for minutes, part in parts:
        assert sum(map(int, re.findall(r"^\| (\d+) \|", part, re.MULTILINE))) == int(minutes)


def test_stations_take_as_long_as_in_the_plan() -> None:
    """Each step counts for the station of its first link, to five minutes."""
    stations = (UI / "web" / "stations.js").read_text("utf-8")
    told = {name: int(minutes) for name, minutes in re.findall(r"(\w+): \{ minutes: (\d+)", stations)}
    planned = dict.fromkeys(told, 0)
    for minutes, wing in re.findall(r"^\| (\d+) \| \[[^#\n]*?\]\((?:[^)#]*#(\w+)|)", text("en"), re.MULTILINE):
        station = next((one for one in told if re.search(rf"\b{one}: .*\b{wing}:", stations)), "course")
        planned[station if wing else "course"] += int(minutes)
    assert sum(planned.values()) == 120
    assert {name: 5 * round(minutes / 5) for name, minutes in planned.items()} == told


def test_both_languages_have_the_same_steps() -> None:
    shapes = []
    for language in PAGES:
        links = [address.split("#")[1] for _, address in LINK.findall(text(language))]
        lines = [re.match(r"## \d?|\| \d+ \||\*\*|\d\. |", line)[0] for line in text(language).splitlines()]
        shapes.append((links, [line for line in lines if line]))
    assert shapes[0] == shapes[1]


def test_french_parts_nothing_that_stays_together() -> None:
    for path in (PAGES["fr"], PAGES["fr"].with_name("course.fr.md")):
        prose = re.sub(r"```.*?```|`[^`]*`|\| --- .*", "x", path.read_text("utf-8"), flags=re.DOTALL)
        assert not re.search(r" [?!:;»%]|« ", prose)


def test_what_is_printed_leads_to_the_class_app(tmp_path: Path) -> None:
    written = list(lesson.print_pages(tmp_path, "https://class.example/"))
    assert [path.name for path in written] == ["teach.html", "sheet.html", "teach.fr.html", "sheet.fr.html"]
    page, sheet = (written[i].read_text("utf-8") for i in (2, 3))
    assert 'href="https://class.example/?lang=fr#inside/play"' in page
    assert lesson.ADDRESS not in page
    assert "<title>Deux heures avec un réseau convolutif</title>" in page
    assert "<title>Fiche d&#x27;observation</title>" in sheet
    assert "Fiche d'observation" not in page
    assert sheet.count("<tr>") == 1 + 20 + 1 + 3


@LANGUAGES
def test_the_observation_sheet_says_what_the_page_s_says(language: str) -> None:
    """And has a line for each step of the plan that it is filled in at."""
    assert lesson.sheet(language).startswith(f"# {say('trials.html', language)}\n".replace("’", "'"))
    assert "\n".join(lesson.blank_sheet(language)) in lesson.sheet(language)
    for key in ("ask.common", "ask.sure", "ask.change", "gives_in", "turned", "moved", "noise"):
        assert say(f"trials.{key}", language) in lesson.sheet(language)


@LANGUAGES
def test_no_printed_link_is_dead_where_the_class_opens_it(language: str, tmp_path: Path) -> None:
    """Each leads to the app or to a page that is printed beside it; other documents are named."""
    beside = {path.name: path.read_text("utf-8") for path in lesson.print_pages(tmp_path, "https://class.example")}
    page = beside[PAGES[language].with_suffix(".html").name]
    first, *links = re.findall(r'href="([^"]+)"', page)
    assert first == f"https://class.example/?lang={language}"
    assert page.count(">https://class.example<") == 1  # where it is read on paper
    assert all(link in beside or link.startswith(f"{first}#") for link in links)
    assert [link.partition("#")[2] for link in links].count("course/starters") == 4
    assert f"{first}#course/notebooks" in links
    assert all(f"docs/{name}" in page for name in ("security.md", "figures.md"))


def test_what_is_found_is_a_networks_own_fault_and_tells_ties() -> None:
    """A picture with a wrong label is no error; two pairs confused as often are both told."""
    mislabelled = next(iter(label_errors()))
    confusion = np.diag([9, 9, 9])
    confusion[0, 1] = confusion[2, 0] = 2
    metrics = {
        "confusion": confusion.tolist(),
        "errors": [
            {"index": mislabelled, "label": 5, "said": 6, "confidence": 0.99},
            {"index": -1, "label": 8, "said": 0, "confidence": 0.9},
        ],
    }
    told = {row.en.split(" on ")[0]: row.figure for row in lesson.ROWS}
    assert told["surest error"](metrics, lesson.LANGUAGES["en"]) == "8 → 0, 90.0%"
    assert told["most often confused"](metrics, lesson.LANGUAGES["en"]) == "0 → 1, 2 → 0, 2×"
