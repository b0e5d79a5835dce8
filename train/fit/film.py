"""A training as a film: the network at chosen steps, what it knew then, written for the page to play."""

import dataclasses
import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cnn.files import whole
from cnn.lab.film import SCALE, widened
from cnn.network.weightless import Weightless, weights_of
from cnn.types import Digits
from train import machine
from train.fit.loop import Moment, watched
from train.fit.recipes import Recipe
from train.measure.figures import accuracy, confusion, cross_entropy

# Close together while most is learnt; after the last of them, the ends of the epochs.
MARKS = (0, 1, 3, 6, 10, 20, 40, 60, 80, 120, 160, 200, 300)
MEASURED = 5000  # training pictures that it is measured on, the first ones
BATCH = 500
COARSE = 2**16  # numbers of a matrix from which a byte each is enough


def record(recipe: Recipe, digits: Digits, path: Path) -> Iterator[Moment]:
    """Train `recipe` on `digits`, and write what the film needs to `path` (.npz), whole, once it is through.

    What is measured is the network as the film has it, its weights rounded: what is shown is true of what is shown.
    """
    weights: list[dict[str, np.ndarray]] = []
    moments, matrices = [], []
    about: dict[str, Any] = {
        "recipe": dataclasses.asdict(recipe),
        "date": datetime.date.today().isoformat(),
        "machine": machine.describe(),
        "moments": moments,
    }
    network = None
    for now in watched(recipe, digits, path.parent, MARKS):
        network = network or Weightless(now.model)
        seen = Digits(*(part[:MEASURED] for part in now.training))
        sizes = {"training": now.training, "measured": seen, "validation": now.validation}
        about |= {"steps": now.steps, "images": {name: len(one.labels) for name, one in sizes.items()}}
        weights.append(narrowed(weights_of(now.model)))
        known = widened(weights[-1])
        logits = _logits(network, known, now.validation)
        measured = {
            "training": _figures(_logits(network, known, seen), seen),
            "validation": _figures(logits, now.validation),
        }
        moments.append({"step": now.step, "epoch": now.epoch + 1, **measured})
        matrices.append(confusion(logits.argmax(1), now.validation.labels))
        yield now
    arrays = {name: np.stack([one[name] for one in weights]) for name in weights[0]}
    arrays |= {"about": np.array(json.dumps(about)), "confusion": np.stack(matrices).astype(np.uint16)}
    with whole(path) as aside:
        np.savez_compressed(aside, **arrays)  # pyright: ignore[reportArgumentType]  an array is called no option


def narrowed(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Weights in as few bytes as show what they do: 16 bits each, those of a large matrix 8 and a scale a column."""
    narrow = {}
    for name, values in weights.items():
        if values.ndim == 2 and values.size >= COARSE:
            scale = (np.abs(values).max(0) / 127).astype(np.float32)
            narrow[name] = np.rint(values / np.maximum(scale, 1e-12)).astype(np.int8)
            narrow[name + SCALE] = scale
        else:
            narrow[name] = values.astype(np.float16)
    return narrow


def _figures(logits: np.ndarray, digits: Digits) -> dict[str, float]:
    return {"loss": cross_entropy(logits, digits.labels), "accuracy": accuracy(logits, digits.labels)}


def _logits(network: Weightless, weights: dict[str, np.ndarray], digits: Digits) -> np.ndarray:
    images = digits.images.astype(np.float32) / 255
    return np.concatenate([network.logits(weights, images[at : at + BATCH]) for at in range(0, len(images), BATCH)])
