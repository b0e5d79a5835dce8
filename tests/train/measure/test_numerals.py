"""Numbers made of held-out digits: the same for a seed, of digits that no network was trained on, as they say."""

import numpy as np

from tests.train.data.test_handwriting import people
from train.data.handwriting import Handwriting
from train.data.mnist import Digits
from train.measure.numerals import numerals


def ones(count: int = 400) -> Digits:
    images = np.zeros((count, 28, 28), np.uint8)
    images[:, 4:24, 12:16] = 255
    return Digits(images, np.ones(count, np.uint8))


def test_a_seed_makes_the_same_numbers_of_held_out_digits_by_turns() -> None:
    made = list(numerals(ones(), people(), 6, seed=3))
    again = list(numerals(ones(), people(), 6, seed=3))
    assert [one.text for one in made] == [one.text for one in again]
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(made, again, strict=True))
    assert {digit for one in made[::2] for digit in one.text} == {"1"}  # MNIST's
    assert {digit for one in made[1::2] for digit in one.text} == {"7"}  # people's
    assert [one.text for one in numerals(ones(), people(), 6, seed=4)] != [one.text for one in made]


def test_without_people_all_are_of_mnist() -> None:
    for one in numerals(ones(), Handwriting([], [], []), 3, seed=0):
        assert set(one.text) == {"1"}
        assert np.ptp(np.asarray(one.picture)) > 10  # there is ink
