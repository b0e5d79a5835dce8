"""Real people's pictures to measure on: how a set is told, what is counted, and the ablation over them."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnn.network.classifier import Classifier
from train.__main__ import main
from train.data.mnist import DataError, Digits
from train.measure import ablate, real_pictures


def made_set(folder: Path, name: str, rows: list[tuple[str, str]], images: list[np.ndarray]) -> None:
    """A set with (label, writer) rows and their (28, 28) uint8 pictures, ink = 255, as black on white."""
    (folder / name).mkdir()
    with (folder / name / real_pictures.TABLE).open("w", newline="") as table:
        writing = csv.writer(table)
        writing.writerow(["file", "label", "writer"])
        for number, ((label, writer), image) in enumerate(zip(rows, images, strict=True)):
            Image.fromarray(255 - image).resize((112, 112)).save(folder / name / f"{number}.png")
            writing.writerow([f"{number}.png", label, writer])


@pytest.fixture
def folder(tmp_path: Path, digits: Digits) -> Path:
    wrong = [(digits.labels[0] + 1) % 10, *digits.labels[1:8]]
    made_set(tmp_path, "drawn", [(str(label), f"w{i % 2}") for i, label in enumerate(wrong)], list(digits.images[:8]))
    made_set(tmp_path, "amounts", [("1,2", ""), (str(digits.labels[1]), "")], list(digits.images[:2]))
    made_set(tmp_path, "letters", [("F", ""), ("O", ""), ("theta", "")], [digits.images[0]] * 3)
    return tmp_path


def test_tells_digits_numbers_and_others(folder: Path) -> None:
    sets = {one.name: one for one in real_pictures.read(folder)}
    assert {name: one.kind for name, one in sets.items()} == {
        "drawn": "digits",
        "amounts": "numbers",
        "letters": "others",
    }
    assert [picture.label for picture in sets["letters"].pictures] == ["F"]  # digits' doubles are left out


def test_counts_what_is_right_by_writer(folder: Path, classifier: Classifier) -> None:
    (drawn,) = (one for one in real_pictures.read(folder) if one.name == "drawn")
    figures = real_pictures.measure(classifier, drawn)
    assert figures["images"] == 8
    assert figures["right"] == sum(hits for hits, _ in figures["by_writer"].values()) / 8 <= 7 / 8
    assert {writer: count for writer, (_, count) in figures["by_writer"].items()} == {"w0": 4, "w1": 4}
    low, high = figures["interval"]
    assert low < figures["right"] < high


def test_numbers_are_read_whole_and_others_refused(folder: Path, classifier: Classifier, digits: Digits) -> None:
    sets = {one.name: one for one in real_pictures.read(folder)}
    numbers, others = (real_pictures.measure(classifier, sets[name]) for name in ("amounts", "letters"))
    assert numbers["whole"] == 0.5  # the other is told to have two digits
    assert 0.5 <= numbers["right_length"] < 1
    assert [(label, text) for _, label, text in real_pictures.misread_numbers(classifier, sets["amounts"])] == [
        ("1,2", str(digits.labels[0]))
    ]
    assert others["refused"] == 0  # the tiny network refuses nothing


def test_a_folder_without_sets_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no set"):
        real_pictures.read(tmp_path)
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / real_pictures.TABLE).write_text("picture,digit\n1.png,1\n")
    with pytest.raises(DataError, match="needs the columns"):
        real_pictures.read(tmp_path)


def test_ablation_scores_every_row_on_the_sets_of_digits(
    folder: Path, classifier: Classifier, digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = []
    monkeypatch.setattr(ablate, "_trained", lambda recipe, *_: trained.append(recipe) or classifier)
    monkeypatch.setattr(ablate.registry, "load", lambda name: classifier)
    figures = ablate.ablate(digits, folder, tmp_path / "runs", report=lambda what: None)
    assert figures["sets"] == {"drawn": 8}
    assert [row["step"] for row in figures["rows"]] == [row.step for row in (*ablate.ROWS, ablate.SHIPPED)]
    assert len(trained) == len({row.recipe for row in ablate.ROWS})
    assert all(0 <= share <= 7 / 8 for row in figures["rows"] for share in row["right"])
    assert ablate.table(figures).splitlines()[0] == "| step | drawn, 8 |"


def test_an_ablation_without_real_pens_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, tmp_path: Path
) -> None:
    """Two of its rows would repeat two others, and say that real pens are worth nothing."""
    for variable in ("UNIPEN_DIR", "PEN_FILE"):
        monkeypatch.delenv(variable, raising=False)
    assert main(["ablate", str(tmp_path)]) == 1
    message = capsys.readouterr().err
    assert "UNIPEN_DIR is not set" in message
    assert "set what is named above" in message
