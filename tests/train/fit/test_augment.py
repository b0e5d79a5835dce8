"""Augmentation: seeded by sample and epoch alone, within its range, and each change does what it is called."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from train.data.mnist import Digits
from train.fit.augment import RARE, Augmentation, augment

NOTHING = Augmentation(**{field.name: 0.0 for field in dataclasses.fields(Augmentation)})
SPOILERS = {"specks": 0.2, "grain": 0.6, "scatter": 1.0, "gap": 4.0}  # what spoils few pictures


def changed(
    images: np.ndarray, index: np.ndarray | None = None, epoch: int = 0, seed: int = 0, **how: float
) -> np.ndarray:
    index = np.arange(len(images)) if index is None else index
    chosen = dataclasses.replace(NOTHING, **how)
    return np.asarray(
        jax.jit(augment, static_argnums=4)(jnp.asarray(images), jax.random.key(seed), index, epoch, chosen)
    )


@pytest.fixture(scope="module")
def images(digits: Digits) -> np.ndarray:
    return digits.images[:64]


def ink(pictures: np.ndarray) -> np.ndarray:
    return pictures.sum((1, 2, 3))


def middle(pictures: np.ndarray) -> np.ndarray:
    """(N, 2) centres of mass, x and y, in pixels."""
    y, x = np.mgrid[:28, :28][..., None]
    return np.stack([(pictures * x).sum((1, 2, 3)), (pictures * y).sum((1, 2, 3))], 1) / ink(pictures)[:, None]


def test_nothing_changes_nothing(images: np.ndarray) -> None:
    np.testing.assert_allclose(changed(images)[..., 0], images / 255, atol=1e-6)


def test_the_order_of_a_batch_does_not_matter(images: np.ndarray) -> None:
    everything = dataclasses.asdict(Augmentation()) | SPOILERS
    order = np.random.default_rng(0).permutation(64)
    np.testing.assert_array_equal(changed(images[order], order, **everything), changed(images, **everything)[order])
    few = changed(images[5:9], np.arange(5, 9), **everything)  # another shape is compiled and rounds otherwise
    np.testing.assert_allclose(few, changed(images, **everything)[5:9], atol=1e-6)


def test_seed_and_epoch_matter(images: np.ndarray) -> None:
    everything = dataclasses.asdict(Augmentation()) | SPOILERS
    first = changed(images, **everything)
    np.testing.assert_array_equal(changed(images, **everything), first)
    assert (changed(images, epoch=1, **everything) != first).any(axis=(1, 2, 3)).all()
    assert (changed(images, seed=1, **everything) != first).any(axis=(1, 2, 3)).all()


@pytest.mark.parametrize("name", [f.name for f in dataclasses.fields(Augmentation) if f.name not in SPOILERS])
def test_each_change_changes_and_stays_within_range(images: np.ndarray, name: str) -> None:
    result = changed(images, **{name: getattr(Augmentation(), name)})
    assert result.shape == (64, 28, 28, 1)
    assert result.dtype == np.float32
    assert result.min() >= 0
    assert result.max() <= 1
    assert (np.abs(result[..., 0] - images / 255).max((1, 2)) > 0.01).mean() > 0.4  # some draws are close to nothing


def test_a_shift_moves_the_middle_no_farther_than_it_says(images: np.ndarray) -> None:
    moves = middle(changed(images, shift=2.0)) - middle(images[..., None] / 255)
    assert np.abs(moves).max() <= 2.01
    assert np.abs(moves).max(axis=0).min() > 1  # along both axes
    np.testing.assert_allclose(
        ink(changed(images, shift=2.0)), ink(images[..., None] / 255), rtol=0.03
    )  # a little leaves at the edge


def test_a_rotation_turns_about_the_middle() -> None:
    bar = np.zeros((200, 28, 28), np.uint8)
    bar[:, 4:24, 13:15] = 255
    turned = changed(bar, rotation=30.0)
    y, x = (np.mgrid[:28, :28] - 13.5)[..., None]
    angles = np.rad2deg(np.arctan2((turned * x * y).sum((1, 2, 3)), (turned * y * y).sum((1, 2, 3))))
    assert 24 < np.abs(angles).max() < 31
    assert np.abs(angles.mean()) < 5
    np.testing.assert_allclose(middle(turned), 13.5, atol=0.15)


def test_a_scale_makes_wider_and_narrower(images: np.ndarray) -> None:
    share = ink(changed(images, scale=0.2)) / ink(images[..., None] / 255)
    assert share.min() < 0.85
    assert share.max() > 1.15


def test_thickness_goes_both_ways_and_blur_keeps_the_ink(images: np.ndarray) -> None:
    before = ink(images[..., None] / 255)
    assert (ink(changed(images, thickness=0.7)) < before).any()
    assert (ink(changed(images, thickness=0.7)) > before).any()
    np.testing.assert_allclose(ink(changed(images, blur=0.3)), before, rtol=0.01)


def test_noise_has_the_stated_strength() -> None:
    grey = np.full((300, 28, 28), 128, np.uint8)
    spread = changed(grey, noise=0.1)[..., 0].std((1, 2))
    assert 0.09 < spread.max() <= 0.105
    assert (spread < 0.001).mean() > 0.3  # half of the samples stay clean


@pytest.mark.parametrize("name", SPOILERS)
def test_a_spoiler_spoils_few_pictures_and_those_thoroughly(digits: Digits, name: str) -> None:
    images = digits.images[:800]
    result = changed(images, **{name: SPOILERS[name]})[..., 0]
    change = np.abs(result - images / 255).max((1, 2))
    assert 0 <= result.min() <= result.max() <= 1
    assert 0.4 / RARE < (change > 0.01).mean() < 1.4 / RARE
    assert change.max() > 0.5


def test_specks_are_black_and_white_and_no_more_than_it_says() -> None:
    grey = np.full((800, 28, 28), 128, np.uint8)
    result = changed(grey, specks=0.2)[..., 0]
    speckled = np.abs(result - 128 / 255) > 0.01
    assert set(np.unique(result[speckled])) == {0.0, 1.0}
    assert 0.15 < speckled.mean((1, 2)).max() < 0.25  # a fifth, by chance a little more


def test_grain_grows_with_the_ink() -> None:
    shades = np.repeat(np.array([0, 64, 128], np.uint8), 28 * 28).reshape(3, 28, 28)
    result = changed(np.tile(shades, (300, 1, 1)), grain=0.2)[..., 0].reshape(300, 3, -1)
    spread = [result[:, shade].std(1).max() for shade in range(3)]
    assert spread[0] == 0
    assert 1.2 < spread[2] / spread[1] < 1.6  # the root of two


def test_scattered_pixels_come_from_next_door() -> None:
    dot = np.zeros((800, 28, 28), np.uint8)
    dot[:, 13, 13] = 255
    result = changed(dot, scatter=1.0)[..., 0]
    near = np.zeros((28, 28), bool)
    near[12:15, 12:15] = True
    assert not result[:, ~near].any()
    assert result[:, near].any(0).all()


def test_a_gap_is_a_square_no_larger_than_it_says() -> None:
    result = changed(np.full((800, 28, 28), 255, np.uint8), gap=3.0)[..., 0]
    wiped = (result == 0).sum((1, 2))
    assert 16 < wiped.max() <= 36
    rows, columns = (result == 0).any(2).sum(1), (result == 0).any(1).sum(1)
    np.testing.assert_array_equal(rows * columns, wiped)
