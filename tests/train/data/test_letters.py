"""Real people's letters: who is held out, what a class is."""

import numpy as np
import pytest

from tests.train.data.test_handwriting import LETTER, SEVEN
from train.data import letters
from train.data.mnist import DataError
from train.data.unipen import Written


def written() -> list[Written]:
    """Two donors' letters in both cases, one of the donors held out."""
    return [
        Written(sign, LETTER if sign in "Aa" else SEVEN, donor, f"{donor}/1")
        for donor in ("apa", "tos")
        for sign in "AaBb"
        for _ in range(5)
    ]


def test_both_cases_are_one_class_and_no_writer_is_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "EACH", {False: 3, True: 2})
    sides = {held: letters.chosen(written(), held, np.random.default_rng(0)) for held in (False, True)}
    assert {held: {one.donor for one in side} for held, side in sides.items()} == {False: {"apa"}, True: {"tos"}}
    assert sorted(one.character for one in sides[False]) == [*"AAABBBaaabbb"]
    digits = letters.framed(sides[True], 0)
    assert np.bincount(digits.labels).tolist() == [4, 4]
    assert digits.images.shape == (8, 28, 28)
    assert letters.TASK.classes[:2] == ("A", "B")


def test_without_the_release_one_sentence_says_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNIPEN_DIR", raising=False)
    with pytest.raises(DataError, match="UNIPEN_DIR names no folder; it needs UNIPEN's"):
        letters.read()
