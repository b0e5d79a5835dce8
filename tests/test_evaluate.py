"""Figures against values worked out by hand."""

import math

import numpy as np
import pytest

from cnn.classifier import Classifier
from train.data import Digits
from train.evaluate import accuracy, confusion, cross_entropy, evaluate


def test_cross_entropy_by_hand() -> None:
    logits = np.log(np.array([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]]))
    assert cross_entropy(logits, np.array([0, 2])) == pytest.approx(-(math.log(0.5) + math.log(0.7)) / 2)


def test_cross_entropy_of_huge_logits_is_finite() -> None:
    assert cross_entropy(np.array([[1e4, 0.0]], np.float32), np.array([1])) == pytest.approx(1e4)


def test_confusion_has_true_labels_in_rows() -> None:
    counts = confusion(np.array([7, 7, 2]), np.array([1, 7, 2]))
    assert counts[1, 7] == counts[7, 7] == counts[2, 2] == 1
    assert counts.sum() == 3


def test_figures_agree_with_each_other(classifier: Classifier, digits: Digits) -> None:
    test = Digits(digits.images[:301], digits.labels[:301])
    metrics = evaluate(classifier, test)
    counts = np.array(metrics["confusion"])
    assert counts.sum() == metrics["images"] == 301
    assert np.trace(counts) / 301 == pytest.approx(metrics["accuracy"])
    assert metrics["accuracy_by_digit"][3] == pytest.approx(counts[3, 3] / counts[3].sum())
    logits = classifier.logits(test.images.astype(np.float32) / 255)
    assert accuracy(logits, test.labels) == metrics["accuracy"]
