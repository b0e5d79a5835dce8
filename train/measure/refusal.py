"""Which score tells best what is no digit: the output of its own, the energy, or a low best probability.

- `own output`: what the outputs after the ten get (outlier exposure, Hendrycks, Mazeika and Dietterich 2019, with a
  class of its own); what the app uses.
- `energy`: minus the log of the ten's summed exponentials (Liu, Wang, Owens and Li 2020, arXiv 2010.03759).
- `best probability`: one minus the largest of the ten, which entropic open-set training makes even for what is no digit
  (Dhamija, Guenther and Boult 2018, arXiv 1811.04110; `Recipe.entropic`).
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy.special import logsumexp

from cnn.network.classifier import Classifier, softmax, strangeness
from cnn.task import DIGITS

LOST = 0.003  # share of digits that may be refused

SCORES: dict[str, Callable[[np.ndarray], np.ndarray]] = {  # (N, 10 or more) logits -> (N,), higher is less like a digit
    "own output": strangeness,
    "energy": lambda logits: -logsumexp(logits[:, : DIGITS.count], axis=1),
    "best probability": lambda logits: 1 - softmax(logits[:, : DIGITS.count]).max(axis=1),
}


def compare(classifier: Classifier, digits: np.ndarray, others: dict[str, np.ndarray]) -> dict[str, dict[str, Any]]:
    """By score and set of `others`: `auroc`, and the share `refused` where LOST of the `digits` are.

    Pictures are framed, (N, 28, 28) uint8, ink = 255.
    """
    logits = {name: classifier.logits(images.astype(np.float32) / 255) for name, images in others.items()}
    known = classifier.logits(digits.astype(np.float32) / 255)
    found: dict[str, dict[str, Any]] = {}
    for score, of in SCORES.items():
        threshold = np.quantile(of(known), 1 - LOST)
        found[score] = {
            name: {"auroc": auroc(of(known), of(other)), "refused": float((of(other) > threshold).mean())}
            for name, other in logits.items()
        }
    return found


def auroc(low: np.ndarray, high: np.ndarray) -> float:
    """How likely one of `high` is above one of `low`, ties counted half: the area under the ROC curve."""
    values, ranks = np.unique(np.concatenate([low, high]), return_inverse=True)
    counts = np.bincount(ranks, minlength=len(values))
    middle = np.cumsum(counts) - (counts - 1) / 2  # of each value's places, counted from 1
    above = middle[ranks[len(low) :]].sum() - len(high) * (len(high) + 1) / 2
    return float(above / (len(low) * len(high)))


def table(found: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The figures as lines of text."""
    for score, sets in found.items():
        figures = (f"{name} {one['auroc']:.4f}, {one['refused']:.1%} refused" for name, one in sets.items())
        yield f"{score}: " + "; ".join(figures)
