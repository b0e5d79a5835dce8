"""What is printed around writing: told from it by how it lies and how long it is."""

import numpy as np
import pytest

from cnn.reading.writing import printed


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
