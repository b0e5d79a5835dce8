"""What a recipe trains on."""

import dataclasses

import numpy as np
import pytest

from cnn.task import DIGITS
from train.data.mixture import CHUNK, Mixture, mixed
from train.data.mnist import Digits
from train.fit.recipes import Recipe

pytestmark = pytest.mark.slow

RECIPE = Recipe("tiny", epochs=1, mnist=2, strokes=120, outliers=60, validation=0.1)


def drawn(recipe: Recipe, digits: Digits) -> tuple[Mixture, list[tuple[int, int]]]:
    drawing, reports = mixed(recipe, digits), []
    while True:
        try:
            reports.append(next(drawing))
        except StopIteration as end:
            return end.value, reports


def test_holds_a_share_of_each_part_out(digits: Digits) -> None:
    mixture, reports = drawn(RECIPE, digits)
    assert {name: len(held.labels) for name, held in mixture.validation.items()} == {
        "mnist": 150,
        "strokes": 12,
        "outliers": 6,
    }
    assert len(mixture.training.labels) == 2 * 1350 + 120 + 60
    assert (mixture.training.labels == DIGITS.rejected).sum() == 60
    assert (mixture.validation["outliers"].labels == DIGITS.rejected).all()
    assert reports[-1] == (198, 198)
    seen = {image.tobytes() for image in mixture.training.images}
    assert not any(image.tobytes() in seen for held in mixture.validation.values() for image in held.images)


def test_cores_and_chunks_change_nothing(digits: Digits) -> None:
    recipe = dataclasses.replace(RECIPE, strokes=CHUNK + 20)  # by several processes
    once, again = drawn(recipe, digits)[0], drawn(recipe, digits)[0]
    np.testing.assert_array_equal(once.training.images, again.training.images)
    alone = drawn(dataclasses.replace(RECIPE, strokes=CHUNK), digits)[0].training
    np.testing.assert_array_equal(alone.images[: 2700 + CHUNK], once.training.images[: 2700 + CHUNK])


def test_without_pictures_of_our_own_it_is_mnist_alone(digits: Digits) -> None:
    mixture, reports = drawn(Recipe("tiny", epochs=1), digits)
    assert list(mixture.validation) == ["mnist"]
    assert len(mixture.training.labels) == 1375
    assert not reports
