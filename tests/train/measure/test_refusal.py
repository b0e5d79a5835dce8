"""Scores that tell what is no digit, compared."""

import numpy as np
import pytest

from cnn.network.classifier import Classifier
from train.data.mnist import Digits
from train.measure.refusal import LOST, SCORES, auroc, compare, table


@pytest.mark.parametrize(
    ("low", "high", "area"),
    [([1, 2], [3, 4], 1.0), ([3, 4], [1, 2], 0.0), ([1, 3], [2, 4], 0.75), ([1, 1], [1, 1], 0.5), ([1], [1, 2], 0.75)],
)
def test_area_under_the_curve(low: list, high: list, area: float) -> None:
    assert auroc(np.array(low, float), np.array(high, float)) == pytest.approx(area)


def test_each_score_is_compared_where_as_many_digits_are_lost(classifier: Classifier, digits: Digits) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (60, 28, 28), np.uint8)
    found = compare(classifier, digits.images[:200], {"noise": noise, "digits": digits.images[:200]})
    assert found.keys() == SCORES.keys()
    assert found["best probability"]["noise"]["auroc"] > 0.7  # sure of digits, less so of noise
    for score in ("energy", "best probability"):
        assert found[score]["digits"]["refused"] == pytest.approx(LOST, abs=1 / 200)
        assert found[score]["digits"]["auroc"] == pytest.approx(0.5)
    assert len(list(table(found))) == len(SCORES)
