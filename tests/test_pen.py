"""Real pen strokes, for measuring: the file's form, and the pictures made of it."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from cnn.ink import from_image
from train.data import DataError
from train.pen import CONDITIONS, Written, number, read

UNIPEN = """.COMMENT two digits
.SEGMENT DIGIT 0-1 OK "7"
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


@pytest.mark.parametrize("packed", [False, True])
def test_reads_segments_and_turns_them_upright(packed: bool, tmp_path: Path) -> None:
    file = tmp_path / ("pen.unipen.gz" if packed else "pen.unipen")
    file.write_bytes(gzip.compress(UNIPEN.encode()) if packed else UNIPEN.encode())
    digits = read(file)
    assert [digit.label for digit in digits] == [7, 1]
    assert [stroke.tolist() for stroke in digits[0].strokes] == [[[10, -90], [60, -90]], [[60, -90], [30, -10]]]


def test_what_is_no_such_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("nothing")
    with pytest.raises(DataError, match="holds no"):
        read(tmp_path / "empty")
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path / "gone")


def seven() -> Written:
    return Written(7, [np.array([[10.0, 10.0], [60.0, 10.0], [30.0, 90.0]])])


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_condition_shows_the_same_digit(condition: str) -> None:
    framed = [from_image(CONDITIONS[condition](seven(), np.random.default_rng(seed))).image for seed in range(3)]
    plain = from_image(CONDITIONS["sketch"](seven(), np.random.default_rng(9))).image
    for image in framed:
        assert (image * plain).sum() / np.sqrt((image**2).sum() * (plain**2).sum()) > 0.6


def test_a_number_is_its_digits_side_by_side() -> None:
    text, picture = number([seven(), Written(1, [np.array([[5.0, 0.0], [5.0, 80.0]])])], np.random.default_rng(0))
    assert len(text) == 5
    assert set(text) <= {"1", "7"}
    ink = np.asarray(picture.convert("L")) < 110
    columns = ink.any(axis=0)
    assert np.diff(columns.astype(int)).clip(0).sum() == 5  # five stretches with ink
