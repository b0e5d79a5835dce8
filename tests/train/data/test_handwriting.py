"""Real people's pens in the mixture: who is held out, what is a digit's double, what config.json names."""

from pathlib import Path

import numpy as np
import pytest

from cnn.task import DIGITS
from train.data import handwriting
from train.data.handwriting import Handwriting
from train.data.mixture import mixed
from train.data.mnist import Digits
from train.data.unipen import Written
from train.fit.recipes import Recipe

SEVEN = [np.array([[10, 10], [60, 10], [30, 90]], np.float32)]
LETTER = [np.array([[10, 90], [40, 10], [70, 90]], np.float32), np.array([[25, 60], [55, 60]], np.float32)]


def people() -> Handwriting:
    """Two writers' sevens and two donors' letters, one of each held out."""
    return Handwriting(
        [Written("7", SEVEN, "uci", "uci/5")] * 4 + [Written("7", SEVEN, "uci", "uci/6")] * 3,
        [Written("A", LETTER, "apa", "apa/1")] * 2 + [Written("A", LETTER, "tos", "tos/1")],
        [{"name": "made", "variable": "UNIPEN_DIR"}],
    )


def drawn(recipe: Recipe, digits: Digits) -> object:
    drawing = mixed(recipe, digits, people())
    while True:
        try:
            next(drawing)
        except StopIteration as end:
            return end.value


def test_people_train_or_validate_never_both(digits: Digits) -> None:
    mixture = drawn(Recipe("tiny", epochs=1, pens=2, signs=5, validation=0.4), digits)
    assert len(mixture.training.labels) == 900 + 2 * 4 + 5
    assert {name: len(held.labels) for name, held in mixture.validation.items()} == {
        "mnist": 600,
        "pens": 3,
        "signs": 2,
    }
    assert set(mixture.validation["pens"].labels) == {7}
    assert set(mixture.validation["signs"].labels) == {DIGITS.rejected}
    written = people().digits + people().symbols
    for writer in {one.writer for one in written}:
        assert len({handwriting.is_held(one) for one in written if one.writer == writer}) == 1
    assert {one.writer for one in written if handwriting.is_held(one)} == {"uci/6", "tos/1"}


def test_no_writing_is_drawn_twice_alike(digits: Digits) -> None:
    mixture = drawn(Recipe("tiny", epochs=1, pens=3), digits)
    sevens = mixture.training.images[len(digits.labels) - round(len(digits.labels) / 12) :]
    assert len({image.tobytes() for image in sevens}) > 3


def test_without_their_variables_nobody_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in handwriting.SOURCES:
        monkeypatch.delenv(variable, raising=False)
    nobody = handwriting.load()
    assert nobody == Handwriting([], [], [])
    assert nobody.lacks == ["UNIPEN_DIR", "PEN_FILE"]


def test_reads_a_file_and_says_whose_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "pen.unipen"
    segments = (
        f'.SEGMENT DIGIT 0 OK "{digit}"\n.COMMENT {digit} {writer} 1\n.PEN_DOWN\n 0 0\n 9 0\n 4 9\n.PEN_UP\n'
        for digit, writer in ((7, 1), (7, 12), (2, 13))
    )
    file.write_text("".join(segments))
    monkeypatch.delenv("UNIPEN_DIR", raising=False)
    monkeypatch.setenv("PEN_FILE", str(file))
    people = handwriting.load()
    assert people.lacks == ["UNIPEN_DIR"]
    (source,) = people.sources
    assert source["licence"] == "CC BY 4.0"
    assert source["writings"] == {"training": 2, "validation": 1}
    assert source["writers"] == 3
    assert len(source["sha256"]) == 64


@pytest.mark.parametrize("character", ["O", "l", "|", "\\\\", '\\"', "/"])
def test_a_digits_double_is_no_outlier(character: str) -> None:
    assert handwriting._double(character)


@pytest.mark.parametrize("character", ["A", "k", "\\@", "?", "="])
def test_other_symbols_are(character: str) -> None:
    assert not handwriting._double(character)


@pytest.mark.parametrize("seed", range(6))
def test_a_writing_looks_the_same_however_it_comes(seed: int) -> None:
    written = Written("7", SEVEN, "uci", "uci/1")
    plain = handwriting.from_strokes(handwriting.on_pad(written)).image
    image = handwriting.framed(written, np.random.default_rng(seed)).image
    assert (image * plain).sum() / np.sqrt((image**2).sum() * (plain**2).sum()) > 0.6
