"""QMNIST's further digits, out of files made here."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from train.data import qmnist
from train.data.mnist import DataError


def write(folder: Path, count: int) -> None:
    images = np.arange(count * 784, dtype=np.uint64).astype(np.uint8)
    labels = np.zeros((count, 8), ">i4")
    labels[:, 0], labels[:, 1] = np.arange(count) % 10, 4
    (folder / qmnist.IMAGES).write_bytes(struct.pack(">4I", 2051, count, 28, 28) + images.tobytes())
    with gzip.open(folder / f"{qmnist.LABELS}.gz", "wb", compresslevel=1) as file:
        file.write(struct.pack(">3I", 3074, count, 8) + labels.tobytes())


def test_those_that_are_not_mnists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    assert qmnist.load() is None
    monkeypatch.setattr(qmnist, "MNIST", 30)
    write(tmp_path, 45)
    images, labels = qmnist.load()
    assert images.shape == (15, 28, 28)
    assert labels.tolist() == [at % 10 for at in range(30, 45)]
    assert images[0].flat[:3].tolist() == [(30 * 784 + at) % 256 for at in range(3)]
    monkeypatch.delenv("MNIST_DIR")
    assert qmnist.load() is None


def test_damaged_files_are_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    write(tmp_path, 45)
    path = tmp_path / qmnist.IMAGES
    path.write_bytes(path.read_bytes()[:-784])
    with pytest.raises(DataError, match="QMNIST"):
        qmnist.load()
    (tmp_path / f"{qmnist.LABELS}.gz").write_bytes(b"no gzip")
    with pytest.raises(DataError, match="cannot be read"):
        qmnist.load()
