"""Colours that mean what their legend says."""

import numpy as np

from cnn import pictures


def test_zero_is_paper_and_signs_have_their_colours() -> None:
    colours = np.asarray(pictures.diverging(np.array([[-2.0, 0.0, 2.0, 1.0]])))
    assert tuple(colours[0, 1]) == pictures.PAPER
    assert tuple(colours[0, 2]) == pictures.FOR
    assert tuple(colours[0, 0]) == pictures.AGAINST
    halfway = (np.array(pictures.PAPER) + pictures.FOR) / 2
    np.testing.assert_allclose(colours[0, 3], halfway, atol=1)


def test_ink_goes_from_paper_to_full_at_the_limit() -> None:
    colours = np.asarray(pictures.sequential(np.array([[0.0, 5.0, 20.0]]), 10))
    assert tuple(colours[0, 0]) == pictures.PAPER
    assert tuple(colours[0, 2]) == pictures.INK


def test_nothing_is_paper_all_over() -> None:
    for draw in (pictures.diverging, pictures.sequential):
        assert (np.asarray(draw(np.zeros((3, 4)))) == pictures.PAPER).all()


def test_the_digit_shades_its_evidence() -> None:
    ink = np.zeros((28, 28), np.float32)
    ink[5, 5] = 1
    colours = np.asarray(pictures.overlay(np.zeros((28, 28)), ink)).astype(int)
    assert colours[5, 5].sum() < colours[6, 6].sum()


def test_pictures_stand_side_by_side_and_pixels_stay_squares() -> None:
    one = pictures.diverging(np.eye(3))
    page = pictures.row([one, one, one], gap=1)
    assert page.size == (11, 3)
    large = np.asarray(pictures.enlarged(page, 44))
    assert large.shape == (12, 44, 3)
    assert (large[:4, :4] == large[0, 0]).all()
