"""Pictures of data sets, framed as what is uploaded is."""

import numpy as np
import pytest
from PIL import Image

from cnn.framing.frame import frame
from cnn.task import Task
from cnn.types import Digits
from train.data.framed import arrays

DRAWN, PICTURES = Task(("a", "b")), Task(("a", "b"), framing="picture")


def test_a_drawing_of_any_room_around_it_comes_into_mnists_box(digits: Digits) -> None:
    framed = arrays(digits.images[:50], DRAWN)
    np.testing.assert_array_equal(framed, digits.images[:50])  # MNIST's own stay what they are
    wide = np.zeros((1, 28, 28), np.uint8)
    wide[0, 2:26, 12:16] = 255  # as EMNIST and KMNIST have them
    box = arrays(wide, DRAWN)[0]
    assert np.ptp(np.flatnonzero((box > 100).any(1))) + 1 == 20
    assert arrays(np.zeros((1, 28, 28), np.uint8), DRAWN).max() == 0


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32])
def test_numbers_of_any_type(dtype: type) -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28), np.uint8)
    np.testing.assert_array_equal(arrays(images.astype(dtype), PICTURES), images)
    np.testing.assert_array_equal(arrays((images > 128), PICTURES), 255 * (images > 128))
    np.testing.assert_array_equal(arrays(images[..., None] / 255, PICTURES), images)


def test_other_sizes_and_colours_are_framed_as_uploads() -> None:
    images = np.full((2, 64, 48, 3), 240, np.uint8)
    images[:, 10:50, 20:30] = (30, 60, 90)
    found = arrays(images, PICTURES)
    expected = frame(Image.fromarray(images[0]), PICTURES).image
    np.testing.assert_array_equal(found[0], np.rint(255 * expected).astype(np.uint8))
