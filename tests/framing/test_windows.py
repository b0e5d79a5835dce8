import numpy as np
import pytest
from scipy import ndimage

from cnn.framing.form import run_lengths
from cnn.framing.windows import around, long_runs


@pytest.mark.parametrize("size", [1, 3, 7, 41])
def test_maxima_and_minima_are_scipys(size: int) -> None:
    values = np.random.default_rng(0).random((17, 30), np.float32)
    assert np.array_equal(around(np.maximum, values, size), ndimage.maximum_filter(values, size))
    assert np.array_equal(around(np.minimum, values, size), ndimage.minimum_filter(values, size))


@pytest.mark.parametrize("least", [1, 2, 5, 40])
def test_long_runs_are_those_that_are_long_enough(least: int) -> None:
    mask = np.random.default_rng(0).random((30, 200)) < 0.8
    assert np.array_equal(long_runs(mask, least), run_lengths(mask) >= least if least > 1 else mask)
