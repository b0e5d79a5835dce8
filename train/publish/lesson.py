"""The teacher's page: what a class should find, by the figures that were measured; and the page as it is printed.

The page itself is docs/teach.md and docs/teach.fr.md. Its links lead to the app at ADDRESS, and to other documents.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from markdown_it import MarkdownIt

from cnn.errors.tables import label_errors
from cnn.files import write_whole
from cnn.models.registry import DEFAULT, bundled
from cnn.task import DIGITS
from cnn.text import say

ROOT = Path(__file__).resolve().parents[2]
PAGES = {"en": ROOT / "docs" / "teach.md", "fr": ROOT / "docs" / "teach.fr.md"}
ADDRESS = "http://127.0.0.1:7860"  # where the page's links find the app
TESTS, BLANK = 20, "_" * 24  # of the observation sheet
TURNED, MOVED, NOISE = 36, 4.8, 0.4  # degrees, pixels and σ that digits were measured at

Metrics = Mapping[str, Any]


class Says(NamedTuple):
    """How a language writes numbers, heads the table of what is found, and announces the app's address."""

    thousands: str
    point: str
    percent: str
    head: str
    app: str

    def whole(self, value: int) -> str:
        return f"{value:,}".replace(",", self.thousands)

    def share(self, value: float) -> str:
        return f"{100 * value:.1f}".replace(".", self.point) + self.percent


LANGUAGES = {
    "en": Says(",", ".", "%", "what is looked at", "The app:"),
    "fr": Says("\u202f", ",", "\u00a0%", "ce que l'on regarde", "L'application\u00a0:"),
}


class Row(NamedTuple):
    """One thing that a class finds: what it is in each language, and how a network's metrics tell it."""

    en: str
    fr: str
    figure: Callable[[Metrics, Says], str]


def _under(perturbation: str, strength: float) -> Callable[[Metrics, Says], str]:
    def figure(metrics: Metrics, says: Says) -> str:
        measured = metrics["robustness"]["perturbations"][perturbation]
        return says.share(measured["accuracy"][measured["strengths"].index(strength)])

    return figure


def _real(name: str, part: str) -> Callable[[Metrics, Says], str]:
    return lambda metrics, says: says.share(metrics["real"][name][part])


def _surest(metrics: Metrics, says: Says) -> str:
    """Of the pictures whose label is right, so far as is known."""
    known = label_errors()
    errors = [error for error in metrics["errors"] if error["index"] not in known]
    error = max(errors, key=lambda error: error["confidence"])
    return f"{error['label']} → {error['said']}, {says.share(error['confidence'])}"


def _confused(metrics: Metrics, says: Says) -> str:
    """All that are as frequent as the most frequent."""
    wrong = np.array(metrics["confusion"]) * (1 - np.eye(len(metrics["confusion"]), dtype=int))
    pairs = (f"{label} → {said}" for label, said in np.argwhere(wrong == wrong.max()))
    return f"{', '.join(pairs)}, {wrong.max()}×"


def _stated(metrics: Metrics, says: Says) -> str:
    found = min(metrics["calibration"]["bins"], key=lambda one: abs(one["confidence"] - 0.9))
    return f"{says.share(found['confidence'])} → {says.share(found['accuracy'])}"


DRAWN = Row("digits drawn on screens by real people, right", "vrais dessins à l'écran, justes", _real("drawn", "right"))
ROWS = [
    Row("parameters", "paramètres", lambda m, says: says.whole(m["parameters"])),
    Row(
        "MNIST's 10,000 test pictures, right",
        "les 10 000 images de test de MNIST, justes",
        lambda m, says: says.share(m["accuracy"]),
    ),
    DRAWN,
    Row("photos of digits by real people, right", "vraies photos de chiffres, justes", _real("photos", "right")),
    Row("Greek letters, refused", "lettres grecques, refusées", _real("greek_letters", "refused")),
    Row("most often confused on MNIST", "confusion la plus fréquente sur MNIST", _confused),
    Row(
        "surest error on MNIST, mislabelled ones aside",
        "erreur la plus sûre sur MNIST, étiquettes fausses à part",
        _surest,
    ),
    Row("where it states about 90 %, right", "quand il annonce environ 90 %, justes", _stated),
    Row(f"turned by {TURNED}°, right", f"tournés de {TURNED}°, justes", _under("rotation", TURNED)),
    Row(f"moved across by {MOVED} px, right", f"décalés de {MOVED} px, justes", _under("shift_across", MOVED)),
    Row(f"noise of σ {NOISE}, right", f"bruit de σ {NOISE}, justes", _under("gaussian_noise", NOISE)),
]
USUAL = {
    "en": "the same drawings by the usual demo (resized, inverted), right",
    "fr": "les mêmes dessins par la démonstration habituelle (réduits, inversés), justes",
}


def found(metrics: Mapping[str, Metrics], ablation: Mapping[str, Any], language: str) -> Iterator[str]:
    """The table of what a class should find, in Markdown; `metrics` by network, `ablation` as assets/ablation.json."""
    says = LANGUAGES[language]
    yield f"| {says.head} | " + " | ".join(say(f"network.{name}", language) for name in metrics) + " |"
    yield "| --- |" + " --- |" * len(metrics)
    for row in ROWS:
        label = getattr(row, language)
        label = re.sub(r"(?<=\d)\.(?=\d)", says.point, label)
        yield f"| {label} | " + " | ".join(row.figure(one, says) for one in metrics.values()) + " |"
        if row is DRAWN:
            usual = says.share(dict(zip(ablation["sets"], ablation["rows"][0]["right"], strict=True))["drawn"])
            yield f"| {USUAL[language]} | " + " | ".join(usual if name == "course" else "" for name in metrics) + " |"


def print_pages(folder: Path, address: str = ADDRESS) -> Iterator[Path]:
    """Write the page and the observation sheet, its last part, in each language, to be printed; gives their paths.

    The links to the app lead to `address`, which stands at the top.
    """
    for language, page in PAGES.items():
        end = "".join(page.suffixes[:-1]) + ".html"
        for name, part in (("teach", plan(language)), ("sheet", sheet(language))):
            path = folder / (name + end)
            write_whole(path, printable(part, language, address))
            yield path


def plan(language: str) -> str:
    """The teacher's page without its last part, in Markdown."""
    return _parts(language)[0]


def sheet(language: str) -> str:
    """Its last part, the observation sheet, in Markdown."""
    return f"# {_parts(language)[2]}"


def blank_sheet(language: str) -> Iterator[str]:
    """What stands below the sheet's heading, in Markdown: as My tests has it in the page, to be filled in by hand."""

    def of_trials(key: str, **values: str) -> str:
        return say(f"trials.{key}", language, **values)

    def table(head: list[str], names: Iterable[object]) -> Iterator[str]:
        yield "| " + " | ".join(head) + " |"
        yield "|" + " --- |" * len(head)
        yield from (f"| {name} |" + " |" * (len(head) - 1) for name in names)

    networks = sorted(bundled(DIGITS), key=lambda name: name != DEFAULT)
    yield "  ".join(of_trials("field", name=of_trials(key), value=BLANK) for key in ("name", "group", "model"))
    yield ""
    yield from table(
        ["", *map(of_trials, ("meant", "said", "confidence")), say("reading.right", language)], range(1, TESTS + 1)
    )
    rate = of_trials("right_of", hits=BLANK, count=BLANK)
    yield from ("", of_trials("field", name=of_trials("rate"), value=rate), "")
    yield from table(
        [of_trials("gives_in"), *(say(f"network.{name}", language) for name in networks)],
        map(of_trials, ("turned", "moved", "noise")),
    )
    for number, key in enumerate(("common", "sure", "change"), 1):
        yield f"\n{number}. {of_trials(f'ask.{key}')} {BLANK}"


def _parts(language: str) -> tuple[str, str, str]:
    return PAGES[language].read_text(encoding="utf-8").rpartition("\n## ")


def printable(markdown: str, language: str, address: str = ADDRESS) -> str:
    """A part of the page as HTML that prints on A4, the app's `address` below its title where it has links there.

    Links lead to the app, or to a page beside it; other documents are named, for they lie where nobody who has the page
    may look.
    """
    body = MarkdownIt("commonmark").enable("table").render(re.sub(r"<!-- /?\w+ -->\n", "", markdown))
    body = re.sub(r'<a href="(?!https?:)([^"]+)">(.*?)</a>', lambda link: _led(link[1], link[2], language), body)
    address = html.escape(address.rstrip("/"))
    if f'href="{ADDRESS}/' in body:
        where = f'<p>{LANGUAGES[language].app} <a href="{ADDRESS}/?lang={language}">{address}</a></p>\n'
        body = body.replace("</h1>\n", f"</h1>\n{where}", 1).replace(f'href="{ADDRESS}/', f'href="{address}/')
    title = re.search(r"^# (.+)$", markdown, re.MULTILINE)
    return TEMPLATE.format(language=language, title=html.escape(title[1] if title else ""), body=body)


def _led(document: str, words: str, language: str) -> str:
    """A link to a document beside docs/teach.md as the printed page has it: its words, leading where there is a way."""
    path = (ROOT / "docs" / document).resolve()
    if path in PAGES.values():
        to = path.with_suffix(".html").name
    elif path.is_relative_to(ROOT / "assets" / "course"):
        to = f"{ADDRESS}/?lang={language}#course/{'notebooks' if path.suffix == '.ipynb' else 'starters'}"
    else:
        name = path.relative_to(ROOT).as_posix()
        return name if words == document else f"{words}, {name}"
    return f'<a href="{to}">{words}</a>'


TEMPLATE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
@page {{ size: A4; margin: 14mm; }}
body {{ max-width: 48rem; margin: 0 auto; padding: 1rem; font: 11pt/1.35 system-ui, sans-serif; }}
h1 {{ font-size: 1.5rem; }}
h2 {{ font-size: 1.125rem; margin-top: 1.25rem; break-after: avoid; }}
a {{ color: #2a4fc4; }}
table {{ width: 100%; border-collapse: collapse; font-size: 0.9375em; }}
th, td {{ border: 1px solid #97a1b0; padding: 0.125rem 0.5rem; text-align: left; height: 1.25rem; }}
tr, p {{ break-inside: avoid; }}
@media print {{ body {{ padding: 0; }} }}
</style>
</head>
<body>
{body}</body>
</html>
"""
