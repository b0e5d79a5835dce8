"""The documents' figures, written from the files that commands wrote: nobody copies a number by hand.

A table stands where its markers do, `<!-- name -->` and `<!-- /name -->`, in whichever document that is.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cnn.errors.statistics import wilson
from cnn.files import read_json, write_whole
from cnn.metadata import read_measured, read_run
from cnn.models.registry import BUNDLED, CONFIG, DEFAULT, METRICS, bundled
from cnn.stress.perturbations import PERTURBATIONS
from cnn.task import DIGITS
from cnn.types import UserError
from train.measure import ablate, mnist_c, out_of_distribution, pens
from train.publish import lesson

# The first page's table by language: its head, and what the sets are, by their folders' names.
REAL_HEAD = {
    "en": "| real people's pictures | the usual demo, right | the app, right | mean over writers | refused |",
    "fr": "| images de vraies personnes | la démo habituelle, juste | l’app, juste | moyenne par personne | refusées |",
}
REAL = {
    "photos": {"en": "photos of digits", "fr": "photos de chiffres"},
    "drawn": {"en": "digits drawn on screens", "fr": "chiffres dessinés à l’écran"},
    "meza_single": {"en": "table cells photographed by phones", "fr": "cases de tableaux, photographiées au téléphone"},
    "minichazer": {
        "en": "form cells with their printed lines",
        "fr": "cases de formulaires avec leurs traits imprimés",
    },
    "meza_numbers": {"en": "numbers in table cells, read whole", "fr": "nombres dans des cases, lus en entier"},
    "orand_car_a": {"en": "cheque amounts, read whole", "fr": "montants de chèques, lus en entier"},
    "number_photos": {"en": "photos of numbers, read whole", "fr": "photos de nombres, lues en entier"},
    "greek_letters": {"en": "Greek letters (to be refused)", "fr": "lettres grecques (à refuser)"},
    "photo_letters": {"en": "photos of letters (to be refused)", "fr": "photos de lettres (à refuser)"},
}
ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (ROOT / "README.md", ROOT / "README.fr.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
# Every table; "training" and "trust" are written by what measures them, tests/benchmarks/training.py and tests/trust.
NAMES = (
    *("real", "real_fr", "ablation", "models", "others", "mnist_c", "perturbations", "lesson", "lesson_fr"),
    *("sheet", "sheet_fr"),
    *("training", "trust"),
)
MARKED = re.compile(r"<!-- (\w+) -->\n(.*?)\n<!-- /\1 -->", re.DOTALL)


def tables() -> dict[str, str]:
    """By marker, what stands between `<!-- marker -->` and `<!-- /marker -->`, Markdown."""
    metrics: dict[str, Any] = {name: read_measured(BUNDLED / name / METRICS) for name in bundled(DIGITS)}
    metrics = {name: metrics[name] for name in sorted(metrics, key=lambda name: name != DEFAULT)}
    figures = read_json(ablate.ABLATION)
    return {
        "real": "\n".join(_real(metrics, figures)),
        "real_fr": "\n".join(_real(metrics, figures, "fr")),
        "ablation": ablate.table(figures),
        "models": "\n".join(_models(metrics)),
        "others": "\n".join(_others()),
        "mnist_c": "\n".join(_mnist_c(metrics)),
        "perturbations": "\n".join(_perturbations()),
        "lesson": "\n".join(lesson.found(metrics, figures, "en")),
        "lesson_fr": "\n".join(lesson.found(metrics, figures, "fr")),
        "sheet": "\n".join(lesson.blank_sheet("en")),
        "sheet_fr": "\n".join(lesson.blank_sheet("fr")),
    }


def write(tables: dict[str, str], documents: Sequence[Path] = DOCUMENTS) -> None:
    """Put each table between its markers. ValueError, and nothing is written, where one is not there exactly once.

    Markers of no table, and one without its other half, are told likewise.
    """
    texts = {path: path.read_text(encoding="utf-8") for path in documents}
    whole = Counter(found[1] for text in texts.values() for found in MARKED.finditer(text))
    halves = Counter(name for text in texts.values() for name in re.findall(r"<!-- /?(\w+) -->", text))
    for name in sorted({*NAMES, *halves}):
        if name not in NAMES:
            raise UserError(f"<!-- {name} --> marks no table; the tables are: {', '.join(NAMES)}.")
        if (whole[name], halves[name]) != (1, 2):
            raise UserError(f"<!-- {name} --> and <!-- /{name} --> have to stand once in the documents, in this order.")
    for path, text in texts.items():
        new = MARKED.sub(
            lambda found: f"<!-- {found[1]} -->\n{tables.get(found[1], found[2])}\n<!-- /{found[1]} -->", text
        )
        if new != text:
            write_whole(path, new)


def _real(metrics: dict[str, dict[str, Any]], ablation: dict[str, Any], language: str = "en") -> Iterator[str]:
    """Real people's pictures: the usual demo beside the default network, by set and by writer."""

    def share(value: float) -> str:
        return f"{value:.1%}" if language == "en" else f"{100 * value:.1f}\u00a0%".replace(".", ",")

    to, of = {"en": ("to", "of"), "fr": ("à", "sur")}[language]
    yield REAL_HEAD[language]
    yield "| --- | --- | --- | --- | --- |"
    usual = dict(zip(ablation["sets"], ablation["rows"][0]["right"], strict=True))
    for name, figures in metrics[DEFAULT]["real"].items():
        right = figures.get("right", figures.get("whole"))
        called = REAL.get(name, {}).get(language, name.replace("_", " "))
        cells = [
            f"{called}, {figures['images']}",
            share(usual[name]) if name in usual else "",
            "" if right is None else f"{share(right)} ({f' {to} '.join(map(share, figures['interval']))})",
            f"{share(figures['mean_over_writers'])} {of} {figures['writers']}" if "writers" in figures else "",
            share(figures["refused"]) if "refused" in figures else "",
        ]
        yield "| " + " | ".join(cells) + " |"


def _models(metrics: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield from _head("", metrics)

    def corrupted(m: dict[str, Any]) -> dict[str, Any]:
        return m["robustness"]["mnist_c"]

    rows = {
        "parameters": lambda m: f"{m['parameters']:,}",
        "MNIST, 10,000 test images, right": lambda m: f"{m['accuracy']:.2%}",
        "calibration error there": lambda m: f"{m['calibration']['expected_calibration_error']:.2%}",
        "MNIST through the app, right": lambda m: f"{m['app']['accuracy']:.2%}",
        "MNIST-C, mean error of 15 corruptions, raw 28x28": lambda m: (
            f"{m['robustness']['mnist_c']['raw']['mean']:.1%}"
        ),
        "the same through the app": lambda m: f"{m['robustness']['mnist_c']['mean']:.1%}",
    }
    for condition in pens.CONDITIONS:
        rows[f"made of pen strokes, {condition}, right"] = lambda m, c=condition: f"{m['pen'][c]['accuracy']:.1%}"
    rows["pen sketches refused"] = lambda m: f"{m['pen']['sketch']['refused']:.1%}"
    rows["calibration error on pen sketches"] = lambda m: f"{m['pen']['sketch']['expected_calibration_error']:.2%}"
    rows["made photos of five-digit numbers read whole"] = lambda m: f"{m['numbers']['whole']:.1%}"
    for kind in out_of_distribution.KINDS:
        rows[f"refused: {kind}"] = lambda m, k=kind: f"{m['refused'][k]:.1%}"
    for name, figure in rows.items():
        yield f"| {name} | " + " | ".join(figure(one) for one in metrics.values()) + " |"


def _others() -> Iterator[str]:
    """The bundled networks of other classes than the digits, each on the test pictures of its own data."""
    yield "|  | classes | data | parameters | test pictures | right | calibration error | through the app, right |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for name in sorted({*bundled()} - {*bundled(DIGITS)}):
        config, found = read_run(BUNDLED / name / CONFIG), read_measured(BUNDLED / name / METRICS)
        sources = " and ".join(one["name"] for one in config.get("sources", []))
        low, high = wilson(round(found["accuracy"] * found["images"]), found["images"])
        cells = (
            f"`{name}`",
            len(found["confusion"]),
            sources,
            f"{found['parameters']:,}",
            f"{found['images']:,}",
            f"{found['accuracy']:.1%} ({low:.1%} to {high:.1%})",
            f"{found['calibration']['expected_calibration_error']:.1%}",
            f"{found['app']['accuracy']:.1%}" if "app" in found else "",
        )
        yield "| " + " | ".join(map(str, cells)) + " |"


def _mnist_c(metrics: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield from _head("error under", metrics)
    scores = {name: one["robustness"]["mnist_c"] for name, one in metrics.items()}
    for corruption in mnist_c.CORRUPTIONS:
        cells = (
            f"{score['error'][corruption]:.1%}" + (" †" if corruption in score["like_in_training"] else "")
            for score in scores.values()
        )
        yield f"| {corruption.replace('_', ' ')} | " + " | ".join(cells) + " |"
    yield "| mean | " + " | ".join(f"{score['mean']:.2%}" for score in scores.values()) + " |"
    if "course" in scores:
        shares = (f"{score['mean'] / scores['course']['mean']:.0%}" for score in scores.values())
        yield "| mean, `course` = 100 % | " + " | ".join(shares) + " |"


def _perturbations() -> Iterator[str]:
    yield from ("| name | | strength | what it does |", "| --- | --- | --- | --- |")
    for name, bend in PERTURBATIONS.items():
        strength = f"{bend.minimum:g} to {bend.maximum:g} {bend.unit}"
        yield f"| `{name}` | {bend.say('label')} | {strength} | {bend.say('description')} |"


def _head(first: str, metrics: dict[str, Any]) -> Iterator[str]:
    yield f"| {first} | " + " | ".join(f"`{name}`" for name in metrics) + " |"
    yield "| --- |" + " --- |" * len(metrics)
