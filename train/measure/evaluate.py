"""What trained networks are worth: on the test set, which nothing else reads, on spoilt digits, on what is no digit,
and, where they are at hand, on real people's pictures and pen strokes. Writes `metrics.json`.

MNIST and MNIST-C are read by two protocols: the raw 28x28 by best guess, as papers report it, and framed by the
app, `cnn.framing.ink`, where an abstention from a digit counts as an error. All other pictures are framed by the app.
"""

import dataclasses
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from cnn.files import write_whole
from cnn.framing.frame import frame
from cnn.metadata import Case, Curve, Errors, Measured, OnDigits, OnNumbers, OnSeries, Robustness, read_metrics
from cnn.models.registry import METRICS, WEIGHTS, weights_sha256
from cnn.network.classifier import Classifier
from cnn.reading.number import read_number
from cnn.reading.read import answers as answered
from cnn.stress.perturbations import PERTURBATIONS
from cnn.task import DIGITS, Task
from train import machine
from train.data import unipen
from train.data.mnist import Digits
from train.data.series import Series
from train.measure import mnist_c, out_of_distribution, pens, real_pictures
from train.measure.figures import confusion, cross_entropy, nearest, reliability
from train.workers import Work, workers

CHUNK = 250  # pictures framed by one task
OUT_OF_DISTRIBUTION = 1000  # of each kind
WRITTEN = 1000  # pictures of each condition
NUMBERS = 200
BENT = 1000  # test images under each perturbation
STRENGTHS = 11  # of each; the app's scans have these among theirs
DOUBTFUL = 60  # right answers that are looked at, the least sure
LOOKED_AT = 300  # errors whose neighbours are looked for, the surest
NEIGHBOURS = 5  # training images beside each digit that is looked at

Report = Callable[[str], None]  # is told what is drawn next


@dataclasses.dataclass(frozen=True)
class Sets:
    """What is measured on: the test set, MNIST-C, no digits, pen strokes, numbers, real pictures, a visitor's series.

    `framed` and what is `corrupted` were framed by the app; `raw` are MNIST-C's images as they are made. Among the
    `training` images, neighbours of misread ones are looked for; those `bent` are perturbed.
    """

    test: Digits
    framed: Digits | None = None
    raw: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
    corrupted: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
    out_of_distribution: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
    written: dict[str, Digits] = dataclasses.field(default_factory=dict)
    numbers: tuple[tuple[str, Image.Image], ...] = ()  # made photos of five-digit numbers, and what stands there
    pictures: tuple[real_pictures.RealSet, ...] = ()
    series: Series | None = None
    training: Digits | None = None
    bent: Digits | None = None


def gather(test: Digits, strokes: Path | None = None, report: Report = print, processes: int = 1) -> Sets:
    """All there is to measure on, MNIST-C made of `test`, pen strokes out of a UNIPEN file; takes minutes.

    It is drawn and framed by so many `processes`, whose number changes nothing.
    """
    raw, corrupted, others = {}, {}, {}
    with workers(processes) as work:
        report("framing the test images")
        alone = Digits(_joined(work(_frame_all, _chunks(test.images))), test.labels)
        for name in mnist_c.CORRUPTIONS:
            report(f"making and framing MNIST-C, {name}")
            chunks = [(images, name, at * CHUNK) for at, (images,) in enumerate(_chunks(test.images))]
            raw[name] = _joined(work(mnist_c.corrupted, chunks))
            corrupted[name] = _joined(work(_frame_all, _chunks(raw[name])))
        for kind in out_of_distribution.KINDS:
            report(f"drawing what is no digit: {kind}")
            chunks = [(kind, CHUNK, seed) for seed in range(OUT_OF_DISTRIBUTION // CHUNK)]
            others[kind] = _joined(work(out_of_distribution.images, chunks))
        sets = Sets(test, alone, raw, corrupted, others, bent=test)
        if strokes is None:
            return sets
        digits, rng = unipen.read_file(strokes), np.random.default_rng(0)
        numbers = tuple(pens.number(digits, rng) for _ in range(NUMBERS))
        return dataclasses.replace(sets, written=written(strokes, work, report), numbers=numbers)


def gather_others(test: Digits, task: Task, report: Report = print, processes: int = 1) -> Sets:
    """All there is to measure on where the classes are no digits: the `test` set, also framed and perturbed."""
    report("framing the test images")
    with workers(processes) as work:
        alone = _joined(work(_frame_all, [(images, task) for (images,) in _chunks(test.images)]))
    return Sets(test, Digits(alone, test.labels), bent=test)


def written(strokes: Path, work: Work, report: Report = print) -> dict[str, Digits]:
    """By condition, WRITTEN digits of a UNIPEN file, spread over its writers; framed by the app."""
    digits = unipen.read_file(strokes)
    chosen = digits[:: max(1, len(digits) // WRITTEN)][:WRITTEN]
    labels = np.array([digit.label for digit in chosen], np.uint8)
    sets = {}
    for condition in pens.CONDITIONS:
        report(f"drawing pen strokes: {condition}")
        chunks = [(chosen[at : at + CHUNK], condition, at) for at in range(0, len(chosen), CHUNK)]
        sets[condition] = Digits(_joined(work(_write, chunks)), labels)
    return sets


def evaluate(classifier: Classifier, sets: Sets) -> Measured:
    """Measure a network. JSON-ready; what `sets` leaves out is left out."""
    test = sets.test
    probabilities, strangeness = classifier.assess(_floats(test.images))
    guesses = probabilities.argmax(axis=1)
    classes = classifier.task.count
    counts = confusion(guesses, test.labels, classes)
    by_class = [float(counts[at, at] / max(1, counts[at].sum())) for at in range(classes)]
    metrics: Measured = {
        "accuracy": float((guesses == test.labels).mean()),
        "loss": cross_entropy(np.log(np.maximum(probabilities, 1e-12)), test.labels),
        "images": len(test.labels),
        "confusion": counts.tolist(),
        "calibration": {
            "temperature": classifier.temperature,
            **reliability(probabilities.max(axis=1), guesses == test.labels),
        },
        "refused": {
            "threshold": classifier.refusal,
            "test": float((strangeness > classifier.refusal).mean()),
            **{
                kind: float((answers(classifier, images) < 0).mean())
                for kind, images in sets.out_of_distribution.items()
            },
        },
        "parameters": classifier.parameters,
        "machine": machine.describe(),
    }
    if classifier.task.is_like(DIGITS):
        metrics["accuracy_by_digit"] = by_class
    else:
        metrics["accuracy_by_class"] = by_class
    robustness: Robustness = {}
    metrics["robustness"] = robustness
    if sets.bent:
        robustness["perturbations"] = _on_perturbations(classifier, sets.bent)
    if sets.framed:
        metrics["app"] = _on_digits(classifier, sets.framed)
    if sets.corrupted:
        robustness["mnist_c"] = {
            **_errors({name: answers(classifier, images) != test.labels for name, images in sets.corrupted.items()}),
            "raw": _errors({name: _best(classifier, images) != test.labels for name, images in sets.raw.items()}),
            "like_in_training": mnist_c.like_in_training(classifier.config.get("recipe", {})),
        }
    if sets.pictures:
        metrics["real"] = {one.name: real_pictures.measure(classifier, one) for one in sets.pictures}
    if sets.written:
        metrics["pen"] = {condition: _on_digits(classifier, digits) for condition, digits in sets.written.items()}
    if sets.numbers:
        metrics["numbers"] = _on_numbers(classifier, sets.numbers)
    metrics["errors"], metrics["doubtful"] = _looked_at(classifier, sets, probabilities)
    if sets.series:
        metrics["series"] = _on_series(classifier, sets.series)
    return metrics


def answers(classifier: Classifier, images: np.ndarray) -> np.ndarray:
    """The labels that the app answers with, -1 where it abstains: framed (N, 28, 28) uint8 or float32 -> (N,)."""
    return answered(classifier, _floats(images))[0]


def _best(classifier: Classifier, images: np.ndarray) -> np.ndarray:
    """The most probable digit of each image, answered or not."""
    return classifier.probabilities(_floats(images)).argmax(1)


def _errors(wrong: dict[str, np.ndarray]) -> Errors:
    """By corruption the share that is `wrong`, and the mean of all."""
    errors = {name: float(each.mean()) for name, each in wrong.items()}
    return {"error": errors, "mean": float(np.mean(list(errors.values())))}


def framed(picture: Image.Image, task: Task = DIGITS) -> np.ndarray:
    """As the app frames it, (28, 28) uint8, ink = 255."""
    return (frame(picture, task).image * 255).round().astype(np.uint8)


def write(metrics: Measured, folder: Path) -> None:
    """Write `metrics.json` beside the weights it was measured on, with their size and SHA-256.

    What was not measured this time stays, if it was measured on the same weights, calibrated alike.
    """
    weights, path = folder / WEIGHTS, folder / METRICS
    digest = weights_sha256(weights)
    found = {**metrics, "bytes": weights.stat().st_size, "weights_sha256": digest}
    before: Any = read_metrics(path, digest)
    if before and _network(before) == _network(found):
        found = _over(before, found)
    # A list of numbers is a line.
    lists = re.compile(r"\[\s+([^][{}]+?)\s+\]")
    text = lists.sub(lambda found: f"[{' '.join(found[1].split())}]", json.dumps(found, indent=2))
    write_whole(path, text + "\n")


def _on_perturbations(classifier: Classifier, test: Digits) -> dict[str, Curve]:
    """By perturbation, the shares of test images read right, and abstained from, at each strength."""
    chosen = slice(None, None, max(1, len(test.labels) // BENT))
    images, labels = _floats(test.images[chosen])[:BENT], test.labels[chosen][:BENT]
    found: dict[str, Curve] = {}
    for name, bend in PERTURBATIONS.items():
        strengths, answers = bend.strengths(STRENGTHS), np.empty((STRENGTHS, len(labels)), int)
        for at in range(0, len(labels), CHUNK):
            here = slice(at, at + CHUNK)
            bent = bend.scan(images[here], strengths, range(at, at + len(labels[here])), classifier)
            answers[:, here] = [classifier.read(one)[0] for one in bent]  # as the app's own scans are
        found[name] = {
            "strengths": strengths.tolist(),
            "accuracy": (answers == labels).mean(1).tolist(),
            "refused": (answers < 0).mean(1).tolist(),
            "images": len(labels),
        }
    return found


def _over(before: dict[str, Any], metrics: dict[str, Any]) -> dict[str, Any]:
    parts = {name: {**before.get(name, {}), **part} for name, part in metrics.items() if isinstance(part, dict)}
    return {**before, **metrics, **parts}


def _network(metrics: dict[str, Any]) -> tuple[Any, ...]:
    """Whose figures these are."""
    refused = metrics.get("refused", {})
    return metrics["weights_sha256"], metrics["calibration"]["temperature"], refused.get("threshold")


def _looked_at(classifier: Classifier, sets: Sets, probabilities: np.ndarray) -> tuple[list[Case], list[Case]]:
    """The test images to look at: `errors`, the surest first, and `doubtful` right answers, the least sure first.

    Each is `{index, label, said, confidence}` and, where there are training images, `neighbours`, their `labels` and
    `cosines`: the nearest in what enters the network's last layer.
    """
    guesses, confidence, labels = probabilities.argmax(axis=1), probabilities.max(axis=1), sets.test.labels
    order = np.argsort(-confidence, kind="stable")
    wrong = guesses[order] != labels[order]
    chosen = {"errors": order[wrong], "doubtful": order[~wrong][::-1][:DOUBTFUL]}
    found: dict[str, list[Case]] = {
        name: [
            {"index": int(i), "label": int(labels[i]), "said": int(guesses[i]), "confidence": float(confidence[i])}
            for i in indices
        ]
        for name, indices in chosen.items()
    }
    if sets.training:
        known = classifier.features(_floats(sets.training.images))
        for name, indices in chosen.items():
            indices = indices[:LOOKED_AT]
            if not len(indices):  # it reads all of them
                continue
            near, cosines = nearest(classifier.features(_floats(sets.test.images[indices])), known, NEIGHBOURS)
            for one, at, cosine in zip(found[name][: len(indices)], near, cosines, strict=True):
                one["neighbours"], one["labels"] = at.tolist(), sets.training.labels[at].tolist()
                one["cosines"] = cosine.round(4).astype(float).round(4).tolist()
    return found["errors"], found["doubtful"]


def _on_digits(classifier: Classifier, digits: Digits) -> OnDigits:
    answers, probabilities = answered(classifier, _floats(digits.images))
    right = probabilities.argmax(axis=1) == digits.labels
    return {
        "accuracy": float((answers == digits.labels).mean()),
        "best_guess_accuracy": float(right.mean()),
        "refused": float((answers < 0).mean()),
        "expected_calibration_error": reliability(probabilities.max(axis=1), right)["expected_calibration_error"],
        "images": len(digits.labels),
    }


def _on_series(classifier: Classifier, series: Series) -> OnSeries:
    """As `_on_digits`, and the share of the others that was refused; each where there are any."""
    figures: OnSeries = {**_on_digits(classifier, series.digits)} if len(series.digits.labels) else {}
    if len(series.others.labels):
        refused = float((answers(classifier, series.others.images) < 0).mean())
        figures["others"] = {"refused": refused, "images": len(series.others.labels)}
    return figures


def _floats(images: np.ndarray) -> np.ndarray:
    return images if images.dtype == np.float32 else images.astype(np.float32) / 255


def _on_numbers(classifier: Classifier, numbers: tuple[tuple[str, Image.Image], ...]) -> OnNumbers:
    texts = [read_number(classifier, picture).text for _, picture in numbers]
    return {
        "whole": float(np.mean([text == there for text, (there, _) in zip(texts, numbers, strict=True)])),
        "right_length": float(
            np.mean([len(text) == len(there) for text, (there, _) in zip(texts, numbers, strict=True)])
        ),
        "images": len(texts),
    }


def _chunks(images: np.ndarray) -> list[tuple[np.ndarray]]:
    return [(images[at : at + CHUNK],) for at in range(0, len(images), CHUNK)]


def _joined(parts: Iterable[np.ndarray]) -> np.ndarray:
    return np.concatenate(list(parts))


def _frame_all(images: np.ndarray, task: Task = DIGITS) -> np.ndarray:
    return np.stack([framed(Image.fromarray(image), task) for image in images])


def _write(digits: list[unipen.Written], condition: str, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.stack([framed(pens.CONDITIONS[condition](digit, rng)) for digit in digits])
