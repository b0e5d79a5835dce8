"""QMNIST's further test digits: the 50,000 that MNIST's test set was drawn with and left out (Yadav and Bottou 2019,
arXiv 1905.10498). Who has the files has them; nothing is downloaded.

They lie where MNIST's do, in the folder MNIST_DIR: `qmnist-test-images-idx3-ubyte` and `qmnist-test-labels-idx2-int`,
plain or .gz. Their first 10,000 are MNIST's own.
"""

import os
from pathlib import Path

import numpy as np

from cnn.task import SIDE
from cnn.types import Digits
from train.data.mnist import DataError, find, unpacked

IMAGES, LABELS = "qmnist-test-images-idx3-ubyte", "qmnist-test-labels-idx2-int"
MNIST = 10_000  # the first of them
FIELDS = 8  # of a label: the class, and where it was taken from


def load() -> Digits | None:
    """The further digits, None where there are none. DataError where the files are damaged."""
    folder = os.environ.get("MNIST_DIR")
    paths = [find(Path(folder), name) for name in (IMAGES, LABELS)] if folder else [None]
    if None in paths:
        return None
    pixels, numbers = (unpacked(path) for path in paths if path)
    images = np.frombuffer(pixels, np.uint8, offset=16)
    labels = np.frombuffer(numbers, ">i4", offset=12)
    if len(images) % SIDE**2 or len(labels) % FIELDS or len(images) // SIDE**2 != len(labels) // FIELDS:
        raise DataError(f"{folder} has files of QMNIST that are damaged; remove or mend them.")
    return Digits(images.reshape(-1, SIDE, SIDE)[MNIST:], labels.reshape(-1, FIELDS)[MNIST:, 0].astype(np.uint8))
