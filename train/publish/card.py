"""A run's folder -> the folder of its repository on the Hub: weights, config, metrics, a card with pictures, code.

Every figure, table and picture comes from `config.json` and `metrics.json`; what they do not hold is left out. The same
run gives the same bytes, so that publishing again changes only what changed. Knows no network.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from huggingface_hub import EvalResult, ModelCard, ModelCardData
from PIL import Image

from cnn.files import whole, write_whole
from cnn.inside.views import OWN_DIGITS
from cnn.metadata import Curve, Measured, Run, read_measured, read_run
from cnn.models.registry import CONFIG, METRICS, WEIGHTS, check_digest
from cnn.stress.perturbations import PERTURBATIONS
from cnn.task import DIGITS, Task, task_of
from cnn.types import UserError
from train.measure import out_of_distribution, pens
from train.measure.figures import least_loss
from train.publish import charts

CARD, SAMPLE, EXAMPLE, PICTURES = "README.md", "sample.py", "seven.png", "pictures"
DESCRIPTIONS = {  # what the card's pictures show, for those who cannot see them
    "curves": "Loss and share of errors by epoch; dashed, the least training loss that smoothed labels leave",
    "confusion": "Confusion matrix: what was read for each class",
    "reliability": "Reliability diagram: how often answers are right, by stated confidence",
    "robustness": "Heatmap: share read right under each perturbation, by strength",
}


class CardError(UserError):
    """A run that cannot be published yet; the text says what to do first."""


def assemble(run: Path, repository: str, folder: Path) -> None:
    """Write all files of the repository "owner/name" into an empty or new folder. CardError for an unmeasured run."""
    config, metrics = _measured(run)
    for name in (WEIGHTS, CONFIG, METRICS):
        with whole(folder / name) as aside:
            shutil.copyfile(run / name, aside)
    task = task_of(config)
    if task.is_like(DIGITS):
        _save(_example(), folder / EXAMPLE)
    sample = _sample(repository, task)
    write_whole(folder / SAMPLE, sample)
    pictures = dict(_pictures(config, metrics))
    for name, picture in pictures.items():
        _save(picture, folder / PICTURES / f"{name}.png")
    card = _card(repository, config, metrics, list(pictures), sample)
    write_whole(folder / CARD, card)


def _save(picture: Image.Image, path: Path) -> None:
    with whole(path) as aside:
        picture.save(aside, optimize=True)


def _measured(run: Path) -> tuple[Run, Measured]:
    missing = [name for name in (WEIGHTS, CONFIG) if not (run / name).is_file()]
    if missing:
        raise CardError(f"{run} is no finished run: it has no {' and no '.join(missing)}.")
    if not (run / METRICS).is_file():
        raise CardError(f"{run} is not measured yet; do so with: python -m train evaluate {run}")
    config, metrics = read_run(run / CONFIG), read_measured(run / METRICS)
    if metrics.get("weights_sha256") != check_digest(run / WEIGHTS, config, run):
        raise CardError(f"{run / METRICS} tells of other weights; measure these with: python -m train evaluate {run}")
    return config, metrics


def _example() -> Image.Image:
    """A seven by the project's own pen, framed as networks read it: white ink on black, 28x28."""
    digits = np.load(OWN_DIGITS)
    return Image.fromarray(digits["images"][digits["labels"] == 7][0])


def _pictures(config: Run, metrics: Measured) -> Iterator[tuple[str, Image.Image]]:
    if config.get("history"):
        yield "curves", charts.curves(config["history"], _least_loss(config))
    yield "confusion", charts.confusion(metrics["confusion"], task_of(config).classes)
    calibration = metrics["calibration"]
    yield "reliability", charts.reliability(calibration["bins"], calibration["expected_calibration_error"])
    bent = metrics.get("robustness", {}).get("perturbations", {})
    if bent:
        yield (
            "robustness",
            charts.robustness({_label(name): (of["accuracy"], _span(name, of)) for name, of in bent.items()}),
        )


def _least_loss(config: Run) -> float:
    """The least training loss that its smoothed labels leave."""
    recipe = config["recipe"]
    return least_loss(recipe.get("label_smoothing", 0.0), task_of(config).count + bool(recipe["outliers"]))


def _label(perturbation: str) -> str:
    known = PERTURBATIONS.get(perturbation)
    return known.say("label") if known else perturbation


def _span(perturbation: str, measured: Curve) -> str:
    known = PERTURBATIONS.get(perturbation)
    unit = known.unit if known and known.unit in ("px", "°", "%") else ""  # the charts' letters have no more
    first, last = measured["strengths"][0], measured["strengths"][-1]
    return f"{first:g} to {last:g} {unit}"


# ------------------------------------------------------------------------------------------------------------ the card


def _card(
    repository: str, config: Run, metrics: Measured, pictures: list[str], sample: str
) -> str:  # fmt: skip
    name = repository.split("/")[-1]
    task = task_of(config)
    digits = task.is_like(DIGITS)
    data = ModelCardData(
        license="mit",
        library_name="keras",
        pipeline_tag="image-classification",
        tags=["keras", "jax", *(["mnist", "handwriting", "digits"] if digits else [])],
        datasets=["ylecun/mnist"] if digits else None,
        metrics=["accuracy"],
        model_name=name,
        eval_results=list(_results(metrics)) if digits else None,
    )
    shown = "\n\n".join(f"![{DESCRIPTIONS[one]}]({PICTURES}/{one}.png)" for one in pictures)
    text = TEMPLATE.format(
        name=name,
        repository=repository,
        what=_what(config, metrics, task),
        sample=sample.rstrip(),
        figures="\n".join(_figures(metrics, digits)),
        machine=_machine(metrics),
        pictures=shown,
        training=_training(config, digits),
        outputs=_outputs(metrics, task),
        limits="\n".join(f"- {limit}" for limit in _limits(metrics, task)),
        sources=SOURCES if digits else "",
        use=f"read single {'digits that are drawn or photographed' if digits else 'pictures of its classes'}",
        mnist=MNIST_LICENCE if digits else "",
    )
    return str(ModelCard(f"---\n{data.to_yaml()}\n---\n\n{text}"))


def _results(metrics: Measured) -> Iterator[EvalResult]:
    """The figures as metadata, which the Hub shows as benchmarks."""
    task: dict[str, Any] = {"task_type": "image-classification", "task_name": "Handwritten digits"}
    mnist: dict[str, Any] = {"dataset_type": "ylecun/mnist", "dataset_name": "MNIST", "dataset_split": "test"}
    yield EvalResult(**task, **mnist, metric_type="accuracy", metric_value=metrics["accuracy"])
    error = metrics["calibration"]["expected_calibration_error"]
    yield EvalResult(
        **task, **mnist, metric_type="ece", metric_name="Expected calibration error", metric_value=error
    )  # fmt: skip
    if spoilt := metrics.get("robustness", {}).get("mnist_c"):
        yield EvalResult(
            **task, dataset_type="mnist-c", dataset_name="MNIST-C, 15 corruptions", dataset_split="test",
            metric_type="error", metric_name="Mean error", metric_value=round(spoilt["mean"], 6),
        )  # fmt: skip
    if written := metrics.get("pen", {}).get("sketch"):
        yield EvalResult(
            **task, dataset_type="uci-pendigits", dataset_name="UCI pen strokes, drawn as sketches",
            dataset_split="train", metric_type="accuracy", metric_value=written["accuracy"],
        )  # fmt: skip


def _what(config: Run, metrics: Measured, task: Task) -> str:
    digits = task.is_like(DIGITS)
    reads = "reads one handwritten digit" if digits else f"tells {task.count} classes apart: {', '.join(task.classes)}"
    none = "no digit" if digits else "none of them"
    refuses = f" and can say that a picture is {none}" if metrics["refused"]["threshold"] < 1 else ""
    return (
        f"A small Keras network (architecture `{config['architecture']}`, {metrics['parameters']:,} parameters, "
        f"{metrics.get('bytes', 0) / 1e6:.1f} MB) that {reads}{refuses}. It gets "
        f"{metrics['accuracy']:.2%} of {_tested(metrics, digits)} right."
    )


def _tested(metrics: Measured, digits: bool) -> str:
    whose = "MNIST's" if digits else "its"
    return f"{whose} {metrics['images']:,} test images"


def _figures(metrics: Measured, digits: bool) -> Iterator[str]:
    yield "| measured | |"
    yield "| --- | --- |"
    yield f"| {'MNIST, ' if digits else ''}{metrics['images']:,} test images, right | {metrics['accuracy']:.2%} |"
    yield f"| expected calibration error there | {metrics['calibration']['expected_calibration_error']:.2%} |"
    if spoilt := metrics.get("robustness", {}).get("mnist_c"):
        yield f"| MNIST-C, mean error of {len(spoilt['error'])} corruptions | {spoilt['mean']:.1%} |"
        worst = max(spoilt["error"], key=spoilt["error"].__getitem__)
        yield f"| its worst corruption, {worst.replace('_', ' ')}, error | {spoilt['error'][worst]:.1%} |"
    for condition in pens.CONDITIONS:
        if written := metrics.get("pen", {}).get(condition):
            yield f"| real pen strokes, {condition}, right | {written['accuracy']:.1%} |"
    if "numbers" in metrics:
        yield f"| photographed five-digit numbers read whole | {metrics['numbers']['whole']:.1%} |"
    for kind in out_of_distribution.KINDS:
        if kind in metrics["refused"]:
            yield f"| no digits refused: {kind} | {metrics['refused'][kind]:.1%} |"


def _machine(metrics: Measured) -> str:
    machine = metrics["machine"]
    return (
        f"{machine['processor']}, {machine['cores']} cores, Keras {machine['keras']}, JAX {machine['jax']}, "
        f"Python {machine['python']}"
    )


def _training(config: Run, digits: bool) -> str:
    recipe, images = config["recipe"], config["images"]
    source = "MNIST (LeCun, Cortes and Burges; CC BY-SA 3.0)" if digits else _source(config)
    held_out = next(iter(images["validation"].values()))  # of the data set itself
    seen = [f"{source}, of whose training images {held_out:,} were held out"]
    if recipe["strokes"]:
        seen.append(f"{recipe['strokes']:,} digits drawn by a pen program in many schools' styles")
    if recipe["outliers"]:
        seen.append(f"{recipe['outliers']:,} pictures that are no digit: letters, scribbles, several digits, textures")
    bent = "bent, blurred and spoilt anew at every step" if recipe["augmentation"] else "shown as they are"
    least = _least_loss(config)
    smoothed = (
        f" The training loss is told against smoothed labels, {recipe['label_smoothing']:.0%} of each spread over all "
        f"outputs, and cannot fall below {least:.2f}; the losses of what was held out, against plain labels, can."
        if least
        else ""
    )
    start = " It began with the weights of an earlier run, told in `config.json`." if config.get("start") else ""
    return (
        f"Data: {'; '.join(seen)}; {bent}. {recipe['epochs']} epochs of batches of {recipe['batch_size']}, seed "
        f"{recipe['seed']}, {config['seconds']:.0f} seconds on {config['machine']['cores']} cores.{start} The test set "
        f"chose nothing.{smoothed} `config.json` holds the whole recipe."
    )


def _source(config: Run) -> str:
    """The data set of other classes than the digits, and its licence where it is known."""
    named = [
        f"{one['name']} ({one['licence']})" if "licence" in one else one["name"] for one in config.get("sources", [])
    ]
    return " and ".join(named) or "labelled pictures"


def _outputs(metrics: Measured, task: Task) -> str:
    if not task.is_like(DIGITS):
        return f"{task.count} logits, one a class in the order of `task.classes` in `config.json`"
    if metrics["refused"]["threshold"] >= 1:
        return "ten logits, one a digit"
    return (
        "eleven logits: one a digit, and one for what is no digit, whose softmax above "
        f"{metrics['refused']['threshold']:.3f} means that the picture is none"
    )


def _limits(metrics: Measured, task: Task) -> Iterator[str]:
    if not task.is_like(DIGITS):
        yield "One of its classes a picture, framed as in training; whatever else it is shown gets one of them too."
        yield NOT_FOR
        return
    yield "One digit a picture, 0 to 9: no letters, no symbols, no words. Numbers have to be cut into digits first."
    yield (
        "The picture has to be framed as MNIST frames: white ink on black, the digit in a 20x20 box, its centre of "
        "mass in the middle of 28x28. What is not framed so is misread, however clear it looks."
    )
    if metrics["refused"]["threshold"] >= 1:
        yield "It cannot say that a picture is no digit: letters and scribbles get a digit too, often a sure one."
    else:
        let_through = {
            kind: 1 - metrics["refused"][kind] for kind in out_of_distribution.KINDS if kind in metrics["refused"]
        }
        if let_through:
            worst = max(let_through, key=let_through.__getitem__)
            yield f"Some of what is no digit still gets an answer: of {worst}, {let_through[worst]:.1%}."
    if spoilt := metrics.get("robustness", {}).get("mnist_c"):
        worst = sorted(spoilt["error"], key=spoilt["error"].__getitem__)[-3:][::-1]
        named = ", ".join(f"{one.replace('_', ' ')} ({spoilt['error'][one]:.1%} wrong)" for one in worst)
        yield f"Pictures spoilt in certain ways are read worse, most of all by {named}."
    yield (
        "MNIST is North American handwriting of the 1980s and 90s; digits of other schools (flagged ones, crossed "
        "sevens, open fours) are read as well as the table of pen strokes says, and no better."
    )
    yield NOT_FOR


TEMPLATE = """\
# {name}

{what}

## Use

```sh
pip install keras jax huggingface_hub pillow
```

```python
{sample}
```

It takes (N, 28, 28, 1) float32 in [0, 1], ink = 1, and gives {outputs}. `calibration` in `config.json` holds the
temperature that makes the probabilities honest. Or draw on it, photograph for it and look inside it in the app that it
was trained with: `python app.py --model {repository}`.

## Figures

{figures}

Measured by `python -m train evaluate` on {machine}; all of it is in `metrics.json`.{sources}

{pictures}

## Training

{training}

## Intended use

To learn and to teach how convolutional networks read, and to {use}.

## Limits

{limits}

## Licence

The weights, the code and this card: MIT.{mnist}
"""
NOT_FOR = "Not for decisions about people, money or safety: nobody checked it for that."
SOURCES = """ MNIST-C (Mu and Gilmer 2019,
arXiv 1906.02337) is made anew at its published severities; an abstention counts as an error. The pen strokes are UCI's
"Pen-Based Recognition of Handwritten Digits" (CC BY 4.0); nothing trained on them."""
MNIST_LICENCE = """ MNIST itself is not part of them; it is LeCun, Cortes and Burges's,
CC BY-SA 3.0."""


def _sample(repository: str, task: Task) -> str:
    """Code to paste; of digits with a picture to read, else with one of the user's own."""
    code = SAMPLE_CODE.replace("[0, :10]", f"[0, :{task.count}]")
    if not task.is_like(DIGITS):
        code = code.replace(f'hf_hub_download("OWNER/NAME", "{EXAMPLE}")', '"picture.png"')
    return code.replace("OWNER/NAME", repository)


SAMPLE_CODE = """\
import json
import os

os.environ.setdefault("KERAS_BACKEND", "jax")  # or tensorflow, or torch; before Keras is imported
import keras
import numpy as np
from huggingface_hub import hf_hub_download
from PIL import Image

model = keras.saving.load_model(hf_hub_download("OWNER/NAME", "model.keras"), compile=False)
with open(hf_hub_download("OWNER/NAME", "config.json")) as file:
    temperature = json.load(file)["calibration"]["temperature"]

image = Image.open(hf_hub_download("OWNER/NAME", "seven.png")).convert("L")  # 28x28, white ink on black
pixels = np.asarray(image, np.float32)[None, ..., None] / 255
logits = np.asarray(model(pixels))[0, :10] / temperature
probabilities = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
print(f"{probabilities.argmax()} ({probabilities.max():.1%})")
"""
