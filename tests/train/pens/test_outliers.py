"""What is no digit: drawn to learn from and drawn to measure by; seeded, of many kinds, free of digits' doubles."""

import itertools
import string

import numpy as np
import pytest

from cnn.task import DIGITS
from train.measure import out_of_distribution
from train.pens import letters, outliers

ALPHABETS = {**letters.LETTERS, **letters.OTHERS, **letters.SYMBOLS}


def turning(path: np.ndarray) -> float:
    """All the turns of an (n, 2) path together, in full circles."""
    heading = np.unwrap(np.arctan2(*np.diff(path, axis=0).T))
    return float(np.abs(np.diff(heading)).sum() / (2 * np.pi))


@pytest.mark.parametrize("name", outliers.KINDS)
def test_every_kind_draws_ink_that_varies(name: str) -> None:
    _, draw = outliers.KINDS[name]
    rng = np.random.default_rng(0)
    pictures = np.stack([outliers.drawn(draw, rng) for _ in range(8)])
    assert pictures.shape == (8, 28, 28)
    assert pictures.dtype == np.uint8
    assert (pictures.max((1, 2)) > 100).all()  # ink, not a shade: what is nearly blank would teach nothing
    assert len(np.unique(pictures, axis=0)) == 8


def test_a_seed_draws_one_way_whatever_the_count() -> None:
    few = outliers.images(40, seed=3)
    np.testing.assert_array_equal(few, outliers.images(60, seed=3)[:40])
    assert (few != outliers.images(40, seed=4)).any()


def test_chunks_are_drawn_alone_and_make_up_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outliers, "CHUNK", 20)
    whole = outliers.images(50, seed=5)
    assert whole.shape == (50, 28, 28)
    np.testing.assert_array_equal(whole[40:], outliers.chunk(5, 2, 20).images[:10])
    assert (outliers.chunk(5, 2, 20).labels == DIGITS.rejected).all()
    assert (whole[:20] != whole[20:40]).any()
    assert outliers.images(0, seed=5).shape == (0, 28, 28)


def test_shares_are_shares_of_a_hundred() -> None:
    assert sum(share for share, _ in outliers.KINDS.values()) == 100


def test_an_outlier_that_came_out_blank_or_as_a_one_is_drawn_again() -> None:
    blank, one, dash = np.full((3, 48, 48), 255, np.uint8)
    one[8:40, 22:26] = 0
    dash[22:26, 8:40] = 0
    pictures = iter([blank, one, dash])
    drawn = outliers.drawn(lambda _: outliers.Image.fromarray(next(pictures)), np.random.default_rng(0))
    assert drawn.any(0).sum() > 15
    assert next(pictures, None) is None


@pytest.mark.parametrize("symbol", ALPHABETS)
def test_every_way_to_write_a_symbol_can_be_read_and_drawn(symbol: str) -> None:
    for way in ALPHABETS[symbol]:
        strokes = letters.outline(way)
        points = np.concatenate(strokes)
        assert points.min() >= 0
        assert points.max() <= 1
        drawn = letters.on_pad(letters.pen(strokes, np.random.default_rng(1)))
        assert len(drawn.strokes) == len(strokes)
        inked = np.concatenate(drawn.strokes)
        np.testing.assert_allclose((inked.min(0) + inked.max(0)) / 2, letters.PAD / 2, atol=0.1)
        assert np.ptp(inked, axis=0).max() == pytest.approx(0.7 * letters.PAD, rel=1e-3)


def test_where_strokes_meet_they_still_meet_by_another_hand() -> None:
    stem, leg = letters.pen(letters.outline("10 19, 70 15, 15 79")[1:], np.random.default_rng(2))
    np.testing.assert_array_equal(stem[-1], leg[0])
    assert not np.allclose(np.diff(stem, axis=0), np.diff(letters.outline("70 15")[0], axis=0))


def test_digits_doubles_are_not_learnt_and_not_measured() -> None:
    assert not letters.DOUBLES & set(letters.LETTERS)
    assert not letters.DOUBLES & set(out_of_distribution.LETTERS)
    assert set(out_of_distribution.LETTERS) | letters.DOUBLES == set(string.ascii_letters)


def test_every_letter_measured_is_learnt() -> None:
    assert set(out_of_distribution.LETTERS) <= set(letters.LETTERS)


def test_a_digit_turned_is_not_a_digit_upright() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert len(outliers.turned(rng).strokes) >= 1
    assert not {0, 1, 2, 5, 6, 8, 9} & {*outliers.MIRRORED, *outliers.UPSIDE_DOWN, *outliers.QUARTER}


def test_digits_in_a_row_do_not_reach_into_each_other() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        box = [np.array([(0.0, 0.0), (1.0, 2.0)])]
        row = outliers._side_by_side([box, box, box], rng)
        assert all(left[:, 0].max() <= right[:, 0].min() + 1e-9 for left, right in itertools.pairwise(row))


def test_scribbles_turn_more_than_any_digit() -> None:
    rng = np.random.default_rng(0)
    for draw in (outliers.tangle, outliers.walk, outliers.zigzag, outliers.loops, outliers.spiral, outliers.scrawl):
        for _ in range(10):
            assert turning(draw(rng).strokes[0]) > 1.4, draw.__name__


@pytest.mark.parametrize("name", out_of_distribution.KINDS)
def test_what_is_measured_is_seeded_and_never_blank(name: str) -> None:
    once = out_of_distribution.images(name, 6, seed=1)
    assert once.shape == (6, 28, 28)
    assert once.dtype == np.uint8
    assert once.any((1, 2)).all()
    np.testing.assert_array_equal(once[:3], out_of_distribution.images(name, 3, seed=1))
    assert (once != out_of_distribution.images(name, 6, seed=2)).any()


@pytest.mark.parametrize("character", out_of_distribution.LETTERS)
def test_a_skeleton_is_thin_and_follows_its_letter(character: str) -> None:
    thin = out_of_distribution.skeleton(character)
    block = thin[:-1, :-1] & thin[1:, :-1] & thin[:-1, 1:] & thin[1:, 1:]
    assert thin.sum() >= 25
    assert block.sum() <= 2  # hardly a place two pixels wide
    _, parts = out_of_distribution.ndimage.label(thin, np.ones((3, 3)))
    assert parts == 1  # thinning neither breaks nor joins


def test_nothing_measured_is_drawn_by_what_trains() -> None:
    assert not set(vars(out_of_distribution)) & {"outliers", "STYLES", "SYMBOLS", "outline", "on_pad"}
