"""MNIST-C's corruptions: each is what the paper calls it, seeded, and blind to its neighbours. Digits of our own."""

import numpy as np
import pytest
from scipy import ndimage

from train.data.mnist import Digits
from train.measure.mnist_c import CORRUPTIONS, corrupted


@pytest.fixture(scope="module")
def images(digits: Digits) -> np.ndarray:
    return digits.images[:40]


def box(image: np.ndarray) -> tuple[int, int, int, int]:
    """First and last row, first and last column with ink."""
    rows, columns = (np.flatnonzero((image > 60).any(axis)) for axis in (1, 0))
    return rows[0], rows[-1], columns[0], columns[-1]


def slant(image: np.ndarray) -> float:
    """Columns a row to the right, along the ink."""
    y, x = np.mgrid[:28, :28]
    ink = image / image.sum()
    y, x = y - (ink * y).sum(), x - (ink * x).sum()
    return (ink * x * y).sum() / (ink * y * y).sum()


def bar() -> np.ndarray:
    image = np.zeros((28, 28), np.uint8)
    image[5:23, 12:16] = 255
    return image


def over_seeds(image: np.ndarray, name: str, count: int = 100) -> np.ndarray:
    return corrupted(np.repeat(image[None], count, 0), name, 0)


def test_there_are_the_papers_fifteen() -> None:
    assert len(CORRUPTIONS) == 15


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_is_seeded_and_an_image_has_its_own(name: str, images: np.ndarray) -> None:
    once = corrupted(images, name, 3)
    assert once.shape == images.shape
    assert once.dtype == np.uint8
    assert (once != images).any((1, 2)).all()
    np.testing.assert_array_equal(corrupted(images[:5], name, 3), once[:5])
    if name not in ("scale", "brightness", "stripe", "canny_edges"):
        assert (corrupted(images, name, 4) != once).any()
        assert len(np.unique(over_seeds(bar(), name), axis=0)) > 1


def test_noise_has_its_published_strength() -> None:
    grey = np.full((28, 28), 128, np.uint8)
    shot, salt = over_seeds(grey, "shot_noise"), over_seeds(grey, "impulse_noise")
    assert set(np.unique(shot)) == {0, 85, 170, 255}
    assert (shot == 0).mean() == pytest.approx(np.exp(-3 * 128 / 255), abs=0.01)
    assert (salt == 255).mean() == pytest.approx(0.085, abs=0.005)
    assert (salt == 0).mean() == pytest.approx(0.085, abs=0.005)


def test_blurs_keep_most_of_the_ink_and_spread_it() -> None:
    for name in ("glass_blur", "motion_blur"):
        blurred = over_seeds(bar(), name)
        assert blurred.sum((1, 2)).mean() == pytest.approx(bar().sum(), rel=0.05), name
        assert (blurred > 20).sum((1, 2)).mean() > 1.15 * (bar() > 20).sum(), name
    # One way only, and never steeper than 45 degrees: what lies right of the bar keeps its white.
    assert not over_seeds(bar(), "motion_blur")[:, :, 16:].any()
    lone = np.zeros((28, 28), np.uint8)
    lone[14, 14] = 255
    # A blur down the columns alone; swaps reach a pixel up and to the left.
    assert not over_seeds(lone, "glass_blur")[:, :, 17:].any()


def test_movements_go_as_far_as_published() -> None:
    top, bottom, left, right = box(bar())
    moved = {tuple(np.subtract(box(image), (top, bottom, left, right))) for image in over_seeds(bar(), "translate")}
    assert moved == {(dy, dy, dx, dx) for dy in (-3, 3) for dx in (-3, 3)}
    small = box(corrupted(bar()[None], "scale", 0)[0])
    assert small[1] - small[0] + 1 == pytest.approx(0.7 * 18, abs=1)
    for name in ("rotate", "shear"):
        slants = [slant(image) for image in over_seeds(bar(), name)]
        assert sorted({round(value, 1) for value in slants}) == [-0.4, 0.4], name


def test_light_and_dirt() -> None:
    ink = bar()
    assert set(np.unique(corrupted(ink[None], "brightness", 0))) == {128, 255}
    striped = corrupted(ink[None], "stripe", 0)[0]
    np.testing.assert_array_equal(striped[:, 7:21], ink[:, 7:21])
    np.testing.assert_array_equal(striped[:, [0, 6, 21, 27]], 255 - ink[:, [0, 6, 21, 27]])
    fog = over_seeds(ink, "fog").astype(float)
    contrast = fog[:, 10:18, 13:15].mean((1, 2)) - fog[:, 10:18, [10, 17]].mean((1, 2))
    assert contrast.mean() == pytest.approx(255 / 4, abs=5)
    assert fog[:, :3].mean((1, 2)).std() > 10
    blots = over_seeds(np.zeros((28, 28), np.uint8), "spatter")
    assert blots.max() <= 63
    assert 0.1 < (blots > 0).mean() < 0.5


def test_lines_cross_the_image() -> None:
    for name, columns in (("dotted_line", range(2, 27)), ("zigzag", range(2, 25))):
        for line in over_seeds(np.zeros((28, 28), np.uint8), name, 50):
            there = (line > 100).any(0)
            if name == "dotted_line":
                assert not line[:, np.arange(28) % 4 < 2].any()
                there |= np.arange(28) % 4 < 2
            else:
                rows = np.flatnonzero(line.any(1))
                if rows[0] > 0 and rows[-1] < 27:
                    assert np.ptp(rows) < 16
            missing = set(columns) - set(np.flatnonzero(there))
            assert not missing or (line[0] + line[-1]).any()  # or it left the image


def test_cannys_edges_are_thin_and_run_along_the_outline() -> None:
    edges = corrupted(bar()[None], "canny_edges", 0)[0]
    assert set(np.unique(edges)) == {0, 255}
    assert ndimage.label(edges, np.ones((3, 3)))[1] == 1
    assert ndimage.label(edges == 0)[1] == 2  # closed round the bar
    outline = ndimage.binary_dilation(bar() > 0) & ~ndimage.binary_erosion(bar() > 0)
    assert not (edges > 0)[~outline].any()
    # Every pixel of the two long sides has a neighbour at most on its own side: a line one pixel wide.
    assert ((edges[9:19, 8:14] > 0).sum(1) == 1).all()
