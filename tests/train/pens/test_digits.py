"""Digits by our own pen, framed, in chunks."""

import numpy as np
import pytest

from cnn.framing.pen import PEN, stroke_width
from train.pens.digits import chunk


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
