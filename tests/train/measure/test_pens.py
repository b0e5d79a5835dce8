"""Real pen strokes, for measuring: the pictures made of them."""

import numpy as np
import pytest

from cnn.framing.ink import from_image
from train.data.unipen import Written
from train.measure.pens import CONDITIONS, number


def seven() -> Written:
    return Written("7", [np.array([[10.0, 10.0], [60.0, 10.0], [30.0, 90.0]])], "", "")


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_condition_shows_the_same_digit(condition: str) -> None:
    framed = [from_image(CONDITIONS[condition](seven(), np.random.default_rng(seed))).image for seed in range(3)]
    plain = from_image(CONDITIONS["sketch"](seven(), np.random.default_rng(9))).image
    for image in framed:
        assert (image * plain).sum() / np.sqrt((image**2).sum() * (plain**2).sum()) > 0.6


def test_a_number_is_its_digits_side_by_side() -> None:
    text, picture = number(
        [seven(), Written("1", [np.array([[5.0, 0.0], [5.0, 80.0]])], "", "")], np.random.default_rng(0)
    )
    assert len(text) == 5
    assert set(text) <= {"1", "7"}
    ink = np.asarray(picture.convert("L")) < 110
    columns = ink.any(axis=0)
    assert np.diff(columns.astype(int)).clip(0).sum() == 5  # five stretches with ink
