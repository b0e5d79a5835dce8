"""MNIST from its four idx files, or through Keras; and such files of any data set. Knows no network.

The format is the one of LeCun's MNIST page: a big-endian header (magic number, sizes), then bytes. The files may be
called as there or as Kaggle calls them, `train-images.idx3-ubyte`, and lie in a folder each, as Kaggle packs them.
"""

import gzip
import math
import os
import struct
import zlib
from pathlib import Path
from typing import Literal

import numpy as np

from cnn.task import DIGITS, SIDE
from cnn.types import Digits, UserError

IMAGES, LABELS_MAGIC = 2051, 2049
FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


class DataError(UserError):
    """A data set cannot be read; the text says which file, what is wrong, and what would be right."""


def load(split: Literal["train", "test"]) -> Digits:
    """One split of MNIST: from the folder `MNIST_DIR` names, else through `keras.datasets`. DataError when neither."""
    folder = os.environ.get("MNIST_DIR")
    return _checked(*(read_folder(Path(folder), split) if folder else _download(split)))


def read_folder(folder: Path, split: Literal["train", "test"]) -> Digits:
    """One split out of a folder with MNIST's idx files, as `find`. DataError says what is missing or malformed."""
    return read_files(folder, FILES[split], "MNIST_DIR needs MNIST's four idx files")


def read_files(folder: Path, names: tuple[str, str], needed: str) -> Digits:
    """Images and labels out of two idx files that `find` finds by their names in a folder.

    DataError where one is malformed, or missing: then it says what is `needed`.
    """
    paths = [find(folder, name) for name in names]
    if None in paths:
        name = names[paths.index(None)]
        raise DataError(f"{folder} has neither {name} nor {_dotted(name)}, plain or .gz; {needed}.")
    images, labels = (read_idx(path, magic) for path, magic in zip(paths, (IMAGES, LABELS_MAGIC), strict=True) if path)
    return Digits(images, labels)


def find(folder: Path, name: str) -> Path | None:
    """The file of FILES called `name`, or as Kaggle calls it, plain or .gz, in a folder or in one of its own there."""
    names = [called + end for called in (name, _dotted(name)) for end in ("", ".gz")]
    places = [folder, *(folder / called for called in (name, _dotted(name)))]
    return next((place / called for place in places for called in names if (place / called).is_file()), None)


def hold_out(digits: Digits, share: float, seed: int, rejected: int = DIGITS.rejected) -> tuple[Digits, Digits]:
    """Split into (training, validation) at random, `share` of them held out, one at least, where it is not 0.

    The same seed gives the same split. What has the label `rejected`, none of the classes, stays in training.
    """
    order = np.random.default_rng(seed).permutation(len(digits.labels))
    held = np.zeros(len(order), bool)
    held[order[: max(round(share * len(order)), share > 0)]] = True
    held &= digits.labels != rejected
    return _take(digits, np.flatnonzero(~held)), _take(digits, np.flatnonzero(held))


def _take(digits: Digits, indices: np.ndarray) -> Digits:
    return Digits(digits.images[indices], digits.labels[indices])


def _download(split: str) -> Digits:
    import keras

    try:
        training, test = keras.datasets.mnist.load_data()
    except Exception as error:
        raise DataError(
            "MNIST could not be downloaded; check the network, or set MNIST_DIR to a folder with its four idx files "
            f"({', '.join(name for names in FILES.values() for name in names)}; plain or .gz)."
        ) from error
    return Digits(*(training if split == "train" else test))


def _dotted(name: str) -> str:
    return name.replace("-idx", ".idx")


def unpacked(path: Path) -> bytes:
    """What is in a file, plain or .gz. DataError where it cannot be read."""
    try:
        return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error


def read_idx(path: Path, magic: int) -> np.ndarray:
    """The uint8 array of an idx file, plain or .gz, that begins with `magic`. DataError where it is malformed."""
    content = unpacked(path)
    dimensions = magic & 0xFF  # the magic number's last byte counts them
    header = 4 * (1 + dimensions)
    if len(content) < header:
        raise DataError(f"{path} ends within its header.")
    found, *shape = struct.unpack(f">{1 + dimensions}I", content[:header])
    if found != magic:
        raise DataError(f"{path} begins with the magic number {found}, not {magic}.")
    if len(content) - header != math.prod(shape):
        raise DataError(
            f"{path} announces {math.prod(shape)} bytes of data {tuple(shape)} and holds {len(content) - header}."
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def _checked(images: np.ndarray, labels: np.ndarray) -> Digits:
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise DataError(f"Images are {images.shape[1:]}, not {(SIDE, SIDE)}.")
    if len(images) != len(labels) or not len(labels):
        raise DataError(f"There are {len(images)} images and {len(labels)} labels.")
    if labels.max() >= DIGITS.count:
        raise DataError(f"A label is {labels.max()}; labels are 0 to {DIGITS.count - 1}.")
    return Digits(images, labels)
