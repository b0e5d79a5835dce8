"""The data sets that are known by name, out of files of our own."""

from pathlib import Path

import keras
import numpy as np
import pytest

from cnn.task import DIGITS
from cnn.types import Digits
from tests.train.data.test_folders import idx, pictures
from train.data import sets
from train.data.mnist import DataError


def of_each(known: sets.Known, seed: int) -> Digits:
    """A picture of each class, framed as the task has it."""
    rng = np.random.default_rng(seed)
    images = np.zeros((known.task.count, 28, 28), np.uint8)
    images[:, 2:26, 4:12] = rng.integers(1, 256, (known.task.count, 24, 8))
    return Digits(images, np.arange(known.task.count, dtype=np.uint8) + known.first)


@pytest.mark.parametrize("name", sets.KNOWN)
def test_each_is_read_from_the_folder_that_its_variable_names(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = sets.KNOWN[name]
    upright = [of_each(known, seed) for seed in (0, 1)]
    turned = name.startswith("emnist")
    lying = [Digits(one.images.transpose(0, 2, 1) if turned else one.images, one.labels) for one in upright]
    idx(tmp_path, lying[0], lying[1], known.prefix, known.test)
    monkeypatch.setenv(known.variable, str(tmp_path))
    data = sets.load(name)
    assert data.task == known.task
    np.testing.assert_array_equal(data.training.labels, np.arange(known.task.count))
    if known.task.drawn:
        heights = (data.training.images > 0).any(2).sum(1)
        assert (heights >= 20).all()
        assert (heights <= 22).all()  # MNIST's box, and what a fraction of a pixel leaves
        assert (data.training.images.any(1).sum(1) < heights).all()  # upright
    else:
        np.testing.assert_array_equal(data.training.images, upright[0].images)
    assert sets.trained_on({"sources": [data.source]}, data.task) == name


def test_the_classes_are_those_that_were_published() -> None:
    assert {name: known.task.count for name, known in sets.KNOWN.items()} == {
        "fashion": 10, "kmnist": 10, "emnist-letters": 26, "emnist-balanced": 47,
    }  # fmt: skip
    assert sets.KNOWN["emnist-balanced"].task.classes[34:38] == ("Y", "Z", "a", "b")


def test_mnist_is_one_of_them(idx_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_DIR", str(idx_folder))
    data = sets.load("mnist")
    assert (len(data.training.labels), len(data.test.labels), data.task) == (1000, 500, DIGITS)
    assert sets.trained_on({}, DIGITS) == "mnist"


def test_files_of_another_set_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = Digits(pictures(30).images, np.arange(30, dtype=np.uint8))
    idx(tmp_path, many, many)
    monkeypatch.setenv("FASHION_DIR", str(tmp_path))
    with pytest.raises(DataError, match="are not those of Fashion-MNIST"):
        sets.load("fashion")
    monkeypatch.setenv("EMNIST_DIR", str(tmp_path))
    with pytest.raises(DataError, match=r"neither emnist-letters-train-images-idx3-ubyte nor .* EMNIST_DIR needs"):
        sets.load("emnist-letters")


@pytest.mark.parametrize("name", sets.KNOWN)
def test_without_a_network_one_sentence_says_what_helps(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> str:
        raise OSError("no route to host")

    monkeypatch.setattr(keras.utils, "get_file", away)
    monkeypatch.delenv(sets.KNOWN[name].variable, raising=False)
    with pytest.raises(DataError, match=rf"could not be downloaded .* set {sets.KNOWN[name].variable} to a folder"):
        sets.load(name)


def test_any_other_is_a_path(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="neither a path nor one of the data sets that are known: mnist, fashion"):
        sets.load("imagenet")
    idx(tmp_path / "bars", pictures(20), pictures(6))
    data = sets.load(str(tmp_path / "bars"))
    assert data.source == {"name": "bars"}
    with pytest.raises(DataError, match="--data names its path"):
        sets.trained_on({"sources": [data.source]}, data.task)
