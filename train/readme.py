"""The README's figures, written from the files that commands wrote: nobody copies a number by hand."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cnn.hub import BUNDLED, DEFAULT, METRICS, bundled
from cnn.perturbations import PERTURBATIONS
from train import ablate, mnist_c, pen, strangers

README = Path(__file__).resolve().parent.parent / "README.md"


def tables() -> dict[str, str]:
    """By marker, what stands between the README's `<!-- marker -->` and `<!-- /marker -->`, Markdown."""
    metrics = {name: json.loads((BUNDLED / name / METRICS).read_text(encoding="utf-8")) for name in bundled()}
    metrics = {name: metrics[name] for name in sorted(metrics, key=lambda name: name != DEFAULT)}
    figures = json.loads(ablate.ABLATION.read_text(encoding="utf-8"))
    return {
        "ablation": ablate.table(figures),
        "models": "\n".join(_models(metrics)),
        "mnist_c": "\n".join(_mnist_c(metrics)),
        "perturbations": "\n".join(_perturbations()),
    }


def write(path: Path = README) -> None:
    """Put the tables between their markers."""
    text = path.read_text(encoding="utf-8")
    for marker, table in tables().items():
        marked = re.compile(rf"(<!-- {marker} -->\n).*?(\n<!-- /{marker} -->)", re.DOTALL)
        text = marked.sub(lambda found, table=table: found[1] + table + found[2], text)
    path.write_text(text, encoding="utf-8")


def _models(metrics: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield from _head("", metrics)
    rows = {
        "parameters": lambda m: f"{m['parameters']:,}",
        "MNIST, 10,000 test images, right": lambda m: f"{m['accuracy']:.2%}",
        "calibration error there": lambda m: f"{m['calibration']['expected_calibration_error']:.2%}",
        "MNIST-C, mean error of 15 corruptions": lambda m: f"{m['robustness']['mnist_c']['mean']:.1%}",
    }
    for condition in pen.CONDITIONS:
        rows[f"pen strokes, {condition}, right"] = lambda m, c=condition: f"{m['pen'][c]['accuracy']:.1%}"
    rows["pen sketches refused"] = lambda m: f"{m['pen']['sketch']['refused']:.1%}"
    rows["calibration error on pen sketches"] = lambda m: f"{m['pen']['sketch']['expected_calibration_error']:.2%}"
    rows["photographed five-digit numbers read whole"] = lambda m: f"{m['numbers']['whole']:.1%}"
    for kind in strangers.KINDS:
        rows[f"refused: {kind}"] = lambda m, k=kind: f"{m['refused'][k]:.1%}"
    for name, figure in rows.items():
        yield f"| {name} | " + " | ".join(figure(one) for one in metrics.values()) + " |"


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
        label, description = bend.words["en"]
        yield f"| `{name}` | {label} | {bend.minimum:g} to {bend.maximum:g} {bend.unit} | {description} |"


def _head(first: str, metrics: dict[str, Any]) -> Iterator[str]:
    yield f"| {first} | " + " | ".join(f"`{name}`" for name in metrics) + " |"
    yield "| --- |" + " --- |" * len(metrics)
