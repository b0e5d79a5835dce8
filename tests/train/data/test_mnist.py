"""Reading MNIST's files, and every way they can be wrong."""

import gzip
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.conftest import write_idx
from train.data.mnist import FILES, IMAGES, LABELS_MAGIC, DataError, Digits, hold_out, load

TRAIN_IMAGES, TRAIN_LABELS = FILES["train"]


def test_reads_plain_and_compressed_files(idx_folder: Path, digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_DIR", str(idx_folder))
    training, test = load("train"), load("test")
    np.testing.assert_array_equal(training.images, digits.images[:1000])
    np.testing.assert_array_equal(test.labels, digits.labels[1000:])


@pytest.mark.parametrize(
    "layout", ["{dotted}", "{dotted}.gz", "{name}/{name}", "{dotted}/{dotted}", "{name}/{name}.gz"]
)
def test_reads_them_as_kaggle_packs_them(
    layout: str, digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, magic, array in ((TRAIN_IMAGES, IMAGES, digits.images), (TRAIN_LABELS, LABELS_MAGIC, digits.labels)):
        path = tmp_path / layout.format(name=name, dotted=name.replace("-idx", ".idx"))
        path.parent.mkdir(exist_ok=True)
        write_idx(path, magic, array[:20])
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    np.testing.assert_array_equal(load("train").images, digits.images[:20])
    np.testing.assert_array_equal(load("train").labels, digits.labels[:20])
    with pytest.raises(DataError, match=r"neither t10k-images-idx3-ubyte nor t10k-images\.idx3-ubyte, plain or \.gz"):
        load("test")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (TRAIN_IMAGES, b"", "ends within its header"),
        (TRAIN_IMAGES, b"\0\0\x08\x01" + bytes(12), "magic number 2049, not 2051"),
        (TRAIN_IMAGES, b"\0\0\x08\x03\0\0\0\x02\0\0\0\x1c\0\0\0\x1c" + bytes(784), "announces 1568 bytes"),
        (f"{TRAIN_LABELS}.gz", gzip.compress(bytes(100), mtime=0)[:-20], "cannot be read"),
        (f"{TRAIN_LABELS}.gz", b"not gzip", "cannot be read"),
        (f"{TRAIN_LABELS}.gz", gzip.compress(b"x" * 99, mtime=0)[:12] + b"\xff" * 40, "cannot be read"),
    ],
)
def test_says_what_is_wrong_with_a_file(
    idx_folder: Path, name: str, content: bytes, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (idx_folder / name).write_bytes(content)
    monkeypatch.setenv("MNIST_DIR", str(idx_folder))
    with pytest.raises(DataError, match=message):
        load("train")


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        ((5, 28, 27), [0] * 5, "not \\(28, 28\\)"),
        ((5, 28, 28), [0] * 4, "5 images and 4 labels"),
        ((1, 28, 28), [10], "is 10"),
    ],
)
def test_checks_what_the_files_hold(
    tmp_path: Path, images: tuple, labels: list, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_idx(tmp_path / TRAIN_IMAGES, IMAGES, np.zeros(images, np.uint8))
    write_idx(tmp_path / TRAIN_LABELS, LABELS_MAGIC, np.array(labels, np.uint8))
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    with pytest.raises(DataError, match=message):
        load("train")


def test_names_the_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    with pytest.raises(DataError, match=f"neither {TRAIN_IMAGES} nor"):
        load("train")


def test_without_a_folder_keras_is_asked(digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MNIST_DIR", raising=False)
    pair = (digits.images[:5], digits.labels[:5])
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: (pair, pair))
    np.testing.assert_array_equal(load("train").labels, digits.labels[:5])


def test_without_a_network_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable() -> None:
        raise OSError("no route to host")

    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setattr(keras.datasets.mnist, "load_data", unreachable)
    with pytest.raises(DataError, match="set MNIST_DIR"):
        load("test")


def test_split_is_seeded_disjoint_and_whole(digits: Digits) -> None:
    marked = Digits(digits.images, np.arange(100, len(digits.labels) + 100))  # tells the images apart
    training, validation = hold_out(marked, 0.2, seed=3)
    again, _ = hold_out(marked, 0.2, seed=3)
    other, _ = hold_out(marked, 0.2, seed=4)
    assert len(validation.labels) == 300
    assert sorted([*training.labels, *validation.labels]) == list(range(100, 1600))
    np.testing.assert_array_equal(training.labels, again.labels)
    assert (training.labels != other.labels).any()
