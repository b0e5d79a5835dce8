"""The command that measures numbers, on a folder made here."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

import train.__main__
from cnn.hub import BUNDLED
from train import measure_numbers
from train.data import DataError
from train.measure_numbers import measure


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures: two bars that are a whole eleven, one that lacks a digit, and a blank one."""
    for name, bars in (("a.png", (60, 110)), ("b.png", (60,)), ("c.png", ())):
        page = Image.new("L", (200, 120), 255)
        for x in bars:
            ImageDraw.Draw(page).line([(x, 30), (x, 90)], fill=0, width=7)
        page.save(tmp_path / name)
    (tmp_path / "labels.csv").write_text("file,label,writer\na.png,1.1,x\nb.png,11,x\nc.png,,x\n")
    return tmp_path


def test_whole_numbers_and_right_lengths_are_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train.__main__.main(["measure", "numbers", str(folder), "--model", str(BUNDLED / "robust")]) == 0
    told = capsys.readouterr().out
    assert "3 numbers: 66.7% read whole, 66.7% of the right length" in told
    assert "b.png: 11 as 1" in told


def test_a_folder_without_its_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"labels\.csv"):
        measure(None, tmp_path)
    (tmp_path / measure_numbers.LABELS).write_text("file,truth\n1.png,7\n")
    with pytest.raises(DataError, match="columns file and label"):
        measure(None, tmp_path)
