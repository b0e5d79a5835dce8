"""Pens' recordings in the UNIPEN format: UCI's one file, and UNIPEN's release with its counted components."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from cnn.task import DIGITS
from train.data.mnist import DataError
from train.data.unipen import SYMBOL_PARTS, Written, read_file, read_release

UCI = """.COMMENT two digits
.SEGMENT DIGIT 0-1 OK "7"
.COMMENT 7 12 224
.PEN_DOWN
  10 90
  60 90
.PEN_UP
.DT 12
.PEN_DOWN
  60 90
  30 10
.PEN_UP
.SEGMENT DIGIT 2 OK "1"
.PEN_DOWN
  5 50
  5 5
.PEN_UP
"""
# Two components of the lifted pen: the first was recorded and counts, the second is empty and does not.
PAGE = """.COORD Y X
.PEN_DOWN
 9 1
 8 2
.PEN_UP
 0 0
.PEN_DOWN
 7 3
 6 4
 5 5
.PEN_UP
.PEN_DOWN
 4 6
"""
INDEX = """.VERSION 1.0
.INCLUDE don/don.doc
.INCLUDE don/data/page.dat
.SEGMENT CHARACTER 0 ? "4"
.SEGMENT CHARACTER 0-2 OK "5"
.SEGMENT CHARACTER 2:1-3:0 ? "6"
.SEGMENT CHARACTER 0,3 ? "7"
.SEGMENT CHARACTER 99 ? "8"
"""


@pytest.fixture
def release(tmp_path: Path) -> Path:
    for name, text in {
        "data/1a/don/don07/first.dat": INDEX,
        "data/1c/don/last.dat": '.INCLUDE don/data/page.dat\n.SEGMENT CHARACTER 3 OK "a"\n',
        "include/don/data/page.dat": PAGE,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_gives_upright_digits_and_their_writers(packed: bool, tmp_path: Path) -> None:
    file = tmp_path / ("pen.unipen.gz" if packed else "pen.unipen")
    file.write_bytes(gzip.compress(UCI.encode()) if packed else UCI.encode())
    digits = read_file(file)
    assert [(digit.label, digit.writer) for digit in digits] == [(7, "uci/12"), (1, "uci")]
    assert [stroke.tolist() for stroke in digits[0].strokes] == [[[10, -90], [60, -90]], [[60, -90], [30, -10]]]


def test_a_release_gives_what_its_segments_name(release: Path) -> None:
    digits = read_release(release)
    assert [(digit.character, digit.donor, digit.writer) for digit in digits] == [
        (character, "don", "don/don07") for character in "4567"
    ]
    one, two, three = [[1, -9], [2, -8]], [[3, -7], [4, -6], [5, -5]], [[6, -4]]
    assert [[stroke.tolist() for stroke in digit.strokes] for digit in digits] == [
        [one],
        [one, two],
        [two[1:], three],
        [one, three],
    ]


def test_letters_are_no_digits(release: Path) -> None:
    (letter,) = read_release(release, SYMBOL_PARTS)
    assert (letter.character, letter.label, letter.writer) == ("a", DIGITS.rejected, "don/last")


def test_what_is_no_such_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("nothing")
    with pytest.raises(DataError, match="holds no"):
        read_file(tmp_path / "empty")
    with pytest.raises(DataError, match="cannot be read"):
        read_file(tmp_path / "gone")
    with pytest.raises(DataError, match="holds no UNIPEN release"):
        read_release(tmp_path)


@pytest.mark.parametrize(
    ("character", "path", "cut_off"),
    [
        ("4", [[0, 0], [50, 1], [100, 0]], True),
        ("4", [[0, 0], [0, 50], [60, 50], [60, 0]], False),
        ("1", [[0, 0], [50, 1], [100, 0]], False),
        ("a", [[0, 0], [50, 1], [100, 0]], False),
        ("6", [[3, 3]], True),
    ],
)
def test_a_straight_line_is_a_piece_of_any_digit_but_one(character: str, path: list, cut_off: bool) -> None:
    assert Written(character, [np.array(path, np.float32)], "don", "don").cut_off == cut_off
