"""What is printed around writing: told from it by how it lies and how long it is."""

import numpy as np
import pytest

from cnn.framing.pen import EDGE
from cnn.reading.writing import printed, written


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_side_of_a_cell_that_digits_nearly_fill_is_printed_and_a_one_among_them_is_not(side: str) -> None:
    mask = np.zeros((170, 300), bool)
    for x in (70, 150):  # two noughts
        mask[22:150, x : x + 60] = True
        mask[32:140, x + 10 : x + 50] = False
    line = np.zeros_like(mask)
    line[14:170, 283:291] = True  # from rim to rim, nearly
    one = np.zeros_like(mask)
    one[20:150, 250:260] = True
    if side == "left":
        mask, line, one = mask[:, ::-1], line[:, ::-1], one[:, ::-1]
    assert (printed(mask | line) == line).all()
    assert not printed(mask | one).any()


def test_a_box_with_more_ink_than_the_digits_in_it_is_printed() -> None:
    mask = np.zeros((400, 500), bool)
    for x in (150, 280):  # two sevens
        mask[140:150, x : x + 70] = True
        mask[150:260, x + 50 : x + 60] = True
    box = np.zeros_like(mask)
    box[60:341, 60:441] = True
    box[66:335, 66:435] = False
    found = printed(mask | box)
    assert not (found & mask).any()
    assert found.sum() > 0.95 * box.sum()


def test_a_combs_teeth_are_printed_as_its_line_is_and_ones_that_stand_on_a_line_are_not() -> None:
    mask = np.zeros((300, 700), bool)
    for x in range(120, 600, 100):  # sevens
        mask[110:120, x : x + 60] = True
        mask[120:190, x + 45 : x + 55] = True
    comb = np.zeros_like(mask)
    comb[200:203, 100:603] = True
    for x in range(100, 601, 100):
        comb[160:200, x : x + 3] = True
    found = printed(mask | comb)
    assert not (found & mask).any()
    assert found.sum() > 0.95 * comb.sum()
    ones = np.zeros_like(mask)
    for x in range(150, 560, 100):
        ones[120:200, x : x + 3] = True
    line = np.zeros_like(mask)
    line[200:203, 100:603] = True
    assert not (printed(ones | line) & ones).any()


def test_a_ring_around_a_whole_number_is_not_written() -> None:
    y, x = np.mgrid[:400, :600]
    away = np.hypot((x - 300) / 200, (y - 200) / 110)
    sevens = np.zeros((400, 600), bool)
    for left in (200, 320):
        sevens[150:158, left : left + 60] = True
        sevens[150:230, left + 52 : left + 60] = True
    ink = written(np.where(sevens | (abs(away - 1) < 0.04), 40, 230).astype(np.float32))
    assert ink is not None
    assert ((ink.strength > EDGE) == sevens).all()
