"""The project's own pen."""

import json
from pathlib import Path

import numpy as np
import pytest

from cnn.framing.ink import parse_strokes
from cnn.framing.pen import PEN, stroke_width
from train.pens.strokes import PAD, STYLES, Style, chunk, corner, curve, write
from train.publish.examples import CHOSEN, STROKES, write_examples


def test_every_digit_has_a_style_and_every_style_its_own_name() -> None:
    assert {style.label for style in STYLES} == set(range(10))
    assert len({(style.label, style.name) for style in STYLES}) == len(STYLES)


@pytest.mark.parametrize("style", STYLES, ids=lambda style: f"{style.label} {style.name}")
def test_writes_on_the_pad(style: Style) -> None:
    for seed in range(5):
        drawn = write(style, np.random.default_rng(seed))
        points = np.concatenate(drawn.strokes)
        assert np.isfinite(points).all()
        assert points.min() > 0
        assert points.max() < PAD
        assert len(drawn.strokes) == len(write(style).strokes)


def test_a_chunk_has_every_digit_as_often_and_depends_on_seed_and_number_alone() -> None:
    digits = chunk(3, 7, 40)
    assert digits.images.shape == (40, 28, 28)
    assert digits.images.dtype == np.uint8
    assert np.bincount(digits.labels).tolist() == [4] * 10
    np.testing.assert_array_equal(chunk(3, 7, 40).images, digits.images)
    assert (chunk(3, 8, 40).images != digits.images).any()
    assert (chunk(4, 7, 40).images != digits.images).any()


def test_two_hands_write_one_style_differently_and_both_as_the_app_frames() -> None:
    images = chunk(0, 0, 200).images
    assert len(np.unique(images.reshape(200, -1), axis=0)) == 200
    for image in images / 255:
        assert stroke_width(image) == pytest.approx(PEN, rel=0.5)


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


def test_examples_are_strokes_as_scripts_send_them(tmp_path: Path) -> None:
    assert write_examples(tmp_path / "strokes.json") == len(CHOSEN)
    assert (tmp_path / "strokes.json").read_text() == STROKES.read_text()  # what is shipped is what the command writes
    for example in json.loads(STROKES.read_text()):
        assert len(parse_strokes(example["strokes"]).strokes) >= 1
