"""One training that was put together in the lab, as messages: its steps, its epochs, and what came of it.

{"point": {"run", "step", "steps", "loss", "accuracy"}}      the running epoch so far
{"epoch": {"run", "epoch", "step", ...}}                     figures, filters, and how the visitor's digit is read
{"measuring": run}                                           it is trained
{"row": {...}, "files": {name: base64}}                      what the network is worth; the first one's files
{"end": null | an Ending of cnn.lab.trainings}               it is through, or why it is not
"""

import contextlib
import functools
import math
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

from cnn.errors.statistics import wilson
from cnn.lab.export import ONNX
from cnn.lab.export_onnx import as_onnx
from cnn.lab.trainings import Ending, in_base64
from cnn.metadata import CONFIG, METRICS, Measured, Metrics, read_config
from cnn.models import registry
from cnn.network import design
from cnn.network.classifier import Classifier, softmax
from cnn.stress.perturbations import find
from cnn.task import SIDE
from cnn.types import Digits, InputError
from train.data import mnist, qmnist
from train.fit.loop import Progress, fit
from train.fit.recipes import LIGHT, Recipe
from train.lab.desk import Desk
from train.measure import evaluate
from train.pens import digits

Message = dict[str, Any]

OFTEN = 0.25  # seconds between points, where steps are quicker
FILTERS = 32  # of the first layer that are shown
LOOKS = 20  # answers whose median time is told
MADE, PERTURBED = 500, 1000  # pictures to measure on
UNSEEN = 2_000_000  # the number of our pen's chunk that nothing trains on
# One of these for each picture in turn; strengths at which people have no doubt.
WAYS = (
    ("rotation", 25), ("rotation", -25), ("shear", 25), ("scale", 0.7), ("shift_across", 3), ("shift_down", -3),
    ("elastic", 2), ("thickness", 1), ("gaussian_blur", 1.2), ("gaussian_noise", 0.3), ("contrast", 60),
    ("occlusion", 8),
)  # fmt: skip


class Sets(NamedTuple):
    """MNIST to train on; what is measured on: its test set, digits by our own pen, perturbed ones, and QMNIST's."""

    training: Digits
    test: Digits
    made: Digits
    perturbed: Digits
    further: Digits | None = None


@functools.cache
def sets() -> Sets:
    """Loaded and drawn at the first call, which takes seconds. DataError where MNIST cannot be had."""
    training, test = mnist.load("train"), mnist.load("test")
    return Sets(training, test, digits.chunk(0, UNSEEN, MADE), perturbed(test), qmnist.load())


def perturbed(test: Digits) -> Digits:
    """The first of some digits, each in one of the WAYS."""
    images, labels = test.images[:PERTURBED].astype(np.float32) / 255, test.labels[:PERTURBED]
    bent = images.copy()
    for at, (name, strength) in enumerate(WAYS):
        chosen = range(at, len(images), len(WAYS))
        bent[chosen] = find(name).apply(images[chosen], strength, chosen)
    return Digits((bent * 255).round().astype(np.uint8), labels)


class Ended(Exception):
    """A training that does not come to its end."""

    def __init__(self, why: Ending):
        self.why: Ending = why


def check(desk: Desk, loss: float) -> None:
    """Ended where somebody stops it, or the loss is no number any more."""
    if desk.stopped.is_set():
        raise Ended("training_stopped")
    if not math.isfinite(loss):
        raise Ended("training_diverged")


def to_the_end(work: Callable[[], Iterator[Message]]) -> Iterator[Message]:
    """What is to be told as it happens; the last message is the end, or why it is not reached."""
    why: Ending | None = None
    try:
        yield from work()
    except Ended as end:
        why = end.why
    except mnist.DataError:
        why = "mnist_missing"
    yield {"end": why}


class Training:
    """What `order` asks for, as `cnn.lab.trainings.Order` has it; the run lies in `folder` meanwhile.

    Of its runs so many are `done` already; where the next was `resumed`, it goes on from what a lost process left.
    """

    def __init__(self, order: dict[str, Any], desk: Desk, folder: Path, known: Any = sets):
        self.order, self.desk, self.folder, self._known = order, desk, folder / "run", known

    def messages(self) -> Iterator[Message]:
        """What is to be told, as `to_the_end`."""
        return to_the_end(self._runs)

    def _runs(self) -> Iterator[Message]:
        done, resumed = self.order.get("done", 0), self.order.get("resumed", False)
        for run, seed in enumerate(self.order["seeds"]):
            if run >= done:
                yield from self._run(run, seed, self._known(), resumed and run == done)

    def _run(self, run: int, seed: int, known: Sets, resumed: bool) -> Iterator[Message]:
        if not resumed:
            shutil.rmtree(self.folder, ignore_errors=True)
        recipe, begun = self._recipe(seed), time.monotonic()
        yield from self._trained(run, recipe, known.training)
        seconds = time.monotonic() - begun
        yield {"measuring": run}
        row = self._measured(known) | {"seed": seed, "seconds": round(seconds, 1)}
        yield {"row": row, "files": {} if run else files(self.folder)}
        shutil.rmtree(self.folder)

    def _recipe(self, seed: int) -> Recipe:
        order = self.order
        chosen = {name: order[name] for name in ("epochs", "learning_rate", "optimiser", "images")}
        augmentation = LIGHT if order["augmentation"] else None
        return Recipe("built", **chosen, augmentation=augmentation, design=design.read(order["design"]), seed=seed)

    def _trained(self, run: int, recipe: Recipe, training: Digits) -> Iterator[Message]:
        looks: list[dict[str, Any]] = []
        told = 0.0
        steps = fit(recipe, training, self.folder, look=lambda model: looks.append(self._look(model)))
        with contextlib.closing(steps):
            for now in steps:
                check(self.desk, now.loss)
                while looks:
                    epoch = len(now.history) - len(looks) + 1
                    yield {"epoch": {"run": run, **_figures(now, epoch), **looks.pop(0)}}
                if now.steps and time.monotonic() - told > OFTEN:
                    told = time.monotonic()
                    yield {"point": {"run": run, **_point(now)}}

    def _look(self, model: keras.Model) -> dict[str, Any]:
        """The model of this moment: its first layer's filters, and how it reads the visitor's digit."""
        logits = np.asarray(model(self.desk.digit[None, ..., None], training=False))
        return {"filters": _sent(filters(model)), "probabilities": softmax(logits)[0].tolist()}

    def _measured(self, known: Sets) -> dict[str, Any]:
        network = registry.load(str(self.folder))
        figures = evaluate.evaluate(network, evaluate.Sets(known.test))
        evaluate.write(figures, self.folder)
        return {
            "mnist": tested(figures),
            **{name: read(network, getattr(known, name)) for name in ("made", "perturbed")},
            "further": known.further and read(network, known.further),
            "parameters": network.parameters,
            "milliseconds": _milliseconds(network, known.test.images[0]),
        }


def files(folder: Path) -> dict[str, str]:
    """A network's files by name, in base64, and the same as ONNX, where it has a form there."""
    found = {name: (folder / name).read_bytes() for name in (registry.WEIGHTS, CONFIG, METRICS)}
    temperature = read_config(folder / CONFIG)["calibration"].get("temperature", 1.0)
    with contextlib.suppress(InputError):
        model = keras.saving.load_model(folder / registry.WEIGHTS, compile=False)
        found[ONNX] = as_onnx(model, temperature=temperature)
    return {name: in_base64(data) for name, data in found.items()}


def filters(model: keras.Model) -> np.ndarray | None:
    """The first FILTERS kernels of the first layer that has some, (filters, h, w); None where they are no pictures.

    Those of a dense layer are pictures where it sees one map alone.
    """
    first = next(layer for layer in model.layers if getattr(layer, "kernel", None) is not None)
    kernel = np.asarray(first.kernel.value)
    side = math.isqrt(kernel.shape[0])
    if kernel.ndim == 2 and side**2 == kernel.shape[0] and side <= SIDE:
        return kernel.T.reshape(-1, side, side)[:FILTERS]
    return kernel[:, :, 0].transpose(2, 0, 1)[:FILTERS] if kernel.ndim == 4 else None


def _sent(values: np.ndarray | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {"data": in_base64(values.astype("<f4").tobytes()), "shape": values.shape}


def _figures(now: Progress, epoch: int) -> dict[str, Any]:
    """An epoch's; None before the first. Both losses are plain cross-entropies."""
    found = now.history[epoch - 1] if epoch else {}
    figures = {name: found.get(name) for name in ("accuracy", "validation_loss", "validation_accuracy")}
    return {"epoch": epoch, "step": now.step if epoch else 0, "loss": found.get("cross_entropy"), **figures}


def _point(now: Progress) -> dict[str, Any]:
    return {"step": now.step, "steps": now.steps, "loss": now.cross_entropy, "accuracy": now.accuracy}


def read(network: Classifier, known: Digits) -> dict[str, Any]:
    """How many of some digits a network reads right by best guess, as `cnn.lab.trainings.Share`."""
    said = network.probabilities(known.images.astype(np.float32) / 255).argmax(1)
    return _share(int((said == known.labels).sum()), len(known.labels))


def tested(figures: Measured | Metrics) -> dict[str, Any]:
    """What `read` says of MNIST's test digits, by what was measured on them."""
    return _share(round(figures["accuracy"] * figures["images"]), figures["images"])


def _share(hits: int, count: int) -> dict[str, Any]:
    low, high = wilson(hits, count)
    return {"hits": hits, "pictures": count, "low": low, "high": high}


def _milliseconds(network: Classifier, image: np.ndarray) -> float:
    """For one picture, the median of a few."""
    picture = image[None].astype(np.float32) / 255
    network.logits(picture)
    times = []
    for _ in range(LOOKS):
        begun = time.perf_counter()
        network.logits(picture)
        times.append(time.perf_counter() - begun)
    return round(1000 * statistics.median(times), 3)
