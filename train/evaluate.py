"""What a trained network is worth on the test set, which nothing else reads. Writes `metrics.json`."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from cnn.classifier import Classifier
from cnn.hub import METRICS, WEIGHTS
from cnn.types import LABELS
from train import machine
from train.data import Digits


def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Mean negative log-likelihood in nats of `labels` (N,) under softmax(`logits` (N, 10))."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    log_total = np.log(np.exp(shifted).sum(axis=1))
    return float((log_total - shifted[np.arange(len(labels)), labels]).mean())


def accuracy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Share of rows whose largest entry is at the label."""
    return float((logits.argmax(axis=1) == labels).mean())


def confusion(guesses: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(10, 10) counts; rows are true labels, columns what was said."""
    return np.bincount(labels.astype(int) * LABELS + guesses, minlength=LABELS**2).reshape(LABELS, LABELS)


def evaluate(classifier: Classifier, test: Digits) -> dict[str, Any]:
    """Measure a network on labelled digits as MNIST has them: framed already. JSON-ready."""
    logits = classifier.logits(test.images.astype(np.float32) / 255)
    counts = confusion(logits.argmax(axis=1), test.labels)
    return {
        "accuracy": accuracy(logits, test.labels),
        "loss": cross_entropy(logits, test.labels),
        "images": len(test.labels),
        "confusion": counts.tolist(),
        "accuracy_by_digit": [float(counts[d, d] / max(1, counts[d].sum())) for d in range(LABELS)],
        "parameters": classifier.parameters,
        "machine": machine.describe(),
    }


def write(metrics: dict[str, Any], folder: Path) -> None:
    """Write `metrics.json` beside the weights it was measured on, with their size and SHA-256."""
    weights = (folder / WEIGHTS).read_bytes()
    papers = {**metrics, "bytes": len(weights), "weights_sha256": hashlib.sha256(weights).hexdigest()}
    (folder / METRICS).write_text(json.dumps(papers, indent=2) + "\n", encoding="utf-8")
