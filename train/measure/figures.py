"""Figures from logits, probabilities and labels. NumPy only; knows no network and no data set."""

import numpy as np

from cnn.metadata import Bin, Reliability
from cnn.task import DIGITS

ROWS = 100  # of features whose cosines with all known ones are held at once
BINS = 15  # of confidence, as Guo et al. 2017 (arXiv 1706.04599) count them


def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Mean negative log-likelihood in nats of `labels` (N,) under softmax(`logits` (N, K))."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    log_total = np.log(np.exp(shifted).sum(axis=1))
    return float((log_total - shifted[np.arange(len(labels)), labels]).mean())


def least_loss(smoothing: float, outputs: int) -> float:
    """The least cross-entropy, in nats, against labels of which a share of `smoothing` is spread over all `outputs`.

    Their own entropy (Szegedy et al. 2015, arXiv 1512.00567, section 7); 0 without smoothing.
    """
    shares = np.full(outputs, smoothing / outputs)
    shares[0] += 1 - smoothing
    return float(-(shares * np.log(np.maximum(shares, 1e-300))).sum())


def accuracy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Share of rows whose largest entry is at the label."""
    return float((logits.argmax(axis=1) == labels).mean())


def confusion(guesses: np.ndarray, labels: np.ndarray, classes: int = DIGITS.count) -> np.ndarray:
    """(classes, classes) counts; rows are true labels, columns the predicted ones."""
    return np.bincount(labels.astype(int) * classes + guesses, minlength=classes**2).reshape(classes, classes)


def reliability(confidence: np.ndarray, right: np.ndarray) -> Reliability:
    """Expected calibration error and its bins, from (N,) confidences in [0, 1] and (N,) bools; JSON-ready.

    The error is the mean distance, over all answers, between what a bin's answers state and how many are right.
    """
    at = np.minimum((confidence * BINS).astype(int), BINS - 1)
    counts = np.bincount(at, minlength=BINS)
    stated, actual = (np.bincount(at, values, BINS) / np.maximum(counts, 1) for values in (confidence, right))
    bins: list[Bin] = [
        {"confidence": float(stated[i]), "accuracy": float(actual[i]), "count": int(counts[i])}
        for i in np.flatnonzero(counts)
    ]
    error = float(counts @ np.abs(stated - actual) / max(1, counts.sum()))
    return {"expected_calibration_error": error, "bins": bins}


def nearest(features: np.ndarray, known: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The `count` rows of `known` (M, F) that point most nearly the way of each of `features` (N, F).

    Their indices (N, count), the nearest first, and their cosines, float32 in [-1, 1].
    """
    units = [rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12) for rows in (features, known)]
    found = []
    for at in range(0, len(features), ROWS):
        cosines = units[0][at : at + ROWS] @ units[1].T
        indices = np.argsort(-cosines, axis=1, kind="stable")[:, :count]
        found.append((indices, np.take_along_axis(cosines, indices, 1)))
    indices, cosines = zip(*found, strict=True)
    return np.concatenate(indices), np.concatenate(cosines)
