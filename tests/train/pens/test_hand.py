"""The hand that writes."""

import numpy as np
import pytest

from train.pens.drawings import corner
from train.pens.hand import PAD, curve, write
from train.pens.styles import STYLES, Style


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_writes_on_the_pad(style: Style) -> None:
    for seed in range(5):
        drawn = write(style, np.random.default_rng(seed))
        points = np.concatenate(drawn.strokes)
        assert np.isfinite(points).all()
        assert points.min() > 0
        assert points.max() < PAD
        assert len(drawn.strokes) == len(write(style).strokes)


def test_a_seed_writes_one_way() -> None:
    once, again, other = (write(STYLES[3], np.random.default_rng(seed)).strokes[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(once, again)
    assert len(once) != len(other) or (once != other).any()


def test_a_curve_runs_through_its_points_and_a_corner_is_sharp() -> None:
    control = np.array([(0.0, 0.0), *corner(1.0, 0.0), (1.0, 1.0)])
    drawn = curve(control)
    for point in control:
        assert np.abs(drawn - point).sum(axis=1).min() < 1e-9
    assert drawn.max() <= 1 + 1e-9  # a spline without the corner would overshoot it
    assert drawn.min() >= -1e-9
