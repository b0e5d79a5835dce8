"""The data sets that `fit` and `evaluate` take: those known by name, and any by its path. Knows no network.

Known ones lie in the folder that a variable names, or are downloaded once, to where Keras keeps what it downloads.
"""

import dataclasses
import os
import string
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cnn.files import write_whole
from cnn.task import DIGITS, Task
from cnn.types import Digits
from train.data import folders, framed, handwriting, letters, mnist
from train.data.mnist import DataError, read_files

MNIST, LETTERS = "mnist", "unipen-letters"
EMNIST = "EMNIST, {} (Cohen, Afshar, Tapson and van Schaik 2017)"


class DataSet(NamedTuple):
    """Training and test digits, their task, and what a run's `config.json` calls the set."""

    training: Digits
    test: Digits
    task: Task
    source: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Known:
    """A data set of idx files: its `task`, the `variable` for its folder, and where it is published.

    Its files are called as MNIST's with `prefix` before, `test` in place of "t10k". `url` is their folder, or the zip
    they are in, `md5` theirs or its own, in the order of `files`. `first` is the lowest label; EMNIST's are `turned`.
    """

    name: str
    task: Task
    variable: str
    url: str
    md5: tuple[str, ...]
    home: str
    licence: str | None = None
    prefix: str = ""
    test: str = "t10k"
    first: int = 0

    @property
    def files(self) -> dict[str, tuple[str, str]]:
        """By split the names of its images' file and its labels'."""
        words = {"train": "train", "test": self.test}
        return {
            split: (f"{self.prefix}{word}-images-idx3-ubyte", f"{self.prefix}{word}-labels-idx1-ubyte")
            for split, word in words.items()
        }

    @property
    def source(self) -> dict[str, Any]:
        """What a run's `config.json` says of it."""
        return {"name": self.name, "url": self.home, **({"licence": self.licence} if self.licence else {})}


def _emnist(part: str, classes: str, first: int) -> Known:
    return Known(
        EMNIST.format(part),
        Task(tuple(classes)),
        "EMNIST_DIR",
        "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
        ("58c8d27c78d21e728a6bc7b3cc06412e",),
        "https://arxiv.org/abs/1702.05373",
        prefix=f"emnist-{part}-",
        test="test",
        first=first,
    )


KNOWN = {
    "fashion": Known(
        "Fashion-MNIST (Xiao, Rasul and Vollgraf 2017)",
        Task(
            ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
            framing="picture",
        ),
        "FASHION_DIR",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets",  # as Keras has it
        (
            "8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe",
            "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310",
        ),
        "https://github.com/zalandoresearch/fashion-mnist",
        "MIT",
    ),
    "kmnist": Known(
        "KMNIST (Clanuwat, Bober-Irizar, Kitamoto, Lamb, Yamamoto and Ha 2018)",
        Task(tuple("おきすつなはまやれを")),
        "KMNIST_DIR",
        "https://codh.rois.ac.jp/kmnist/dataset/kmnist",
        (
            "bdb82020997e1d708af4cf47b453dcf7", "e144d726b3acfaa3e44228e80efcd344",
            "5c965bf0a639b31b8f53240b1b52f4d7", "7320c461ea6c1c855c0b718fb2a4b134",
        ),
        "https://github.com/rois-codh/kmnist",
        "CC BY-SA 4.0",
    ),
    "emnist-letters": _emnist("letters", string.ascii_uppercase, 1),
    "emnist-balanced": _emnist("balanced", string.digits + string.ascii_uppercase + "abdefghnqrt", 0),
}  # fmt: skip
NAMES = (MNIST, *KNOWN, LETTERS)


def load(data: str, processes: int = 1) -> DataSet:
    """A data set by its name or its path, framed as the app frames. DataError where it cannot be had or read."""
    if data == MNIST:
        return DataSet(mnist.load("train"), mnist.load("test"), DIGITS, {"name": "MNIST"})
    if data == LETTERS:
        training, test = letters.read(processes)
        return DataSet(training, test, letters.TASK, _letters())
    if data in KNOWN:
        known = KNOWN[data]
        training, test = _read(known, processes)
        return DataSet(training, test, known.task, known.source)
    path = Path(data)
    if not path.exists():
        raise DataError(f"{data} is neither a path nor one of the data sets that are known: {', '.join(NAMES)}.")
    return DataSet(*folders.read(path, processes))


def trained_on(config: Mapping[str, Any], task: Task) -> str:
    """The name of the set that a run was trained on, by its `config.json`. DataError where it is none of NAMES."""
    if task.is_like(DIGITS):
        return MNIST
    names = [source.get("name") for source in config.get("sources", [])]
    sources = {LETTERS: _letters(), **{name: known.source for name, known in KNOWN.items()}}
    found = [name for name, source in sources.items() if source["name"] in names]
    if not found:
        raise DataError("What it was trained on is no data set that is known by its name; --data names its path.")
    return found[0]


def _letters() -> dict[str, Any]:
    source, _ = handwriting.SOURCES["UNIPEN_DIR"]
    return {**source, "licence": handwriting.LICENCE}


def _read(known: Known, processes: int) -> list[Digits]:
    folder = os.environ.get(known.variable)
    place = Path(folder) if folder else _fetched(known)
    needed = f"{known.variable} needs the four idx files of {known.name}"
    found = []
    for names in known.files.values():
        images, labels = read_files(place, names, needed)
        wrong = len(images) != len(labels) or images.ndim != 3 or not len(labels)
        if wrong or not known.first <= labels.min() <= labels.max() < known.first + known.task.count:
            raise DataError(f"{place / names[0]} and its labels are not those of {known.name}.")
        upright = folders.turned(images) if known.prefix.startswith(folders.TURNED) else images
        found.append(Digits(framed.arrays(upright, known.task, processes), labels - known.first))
    return found


def _fetched(known: Known) -> Path:
    """The folder where Keras keeps the set's files, downloaded if need be. DataError where they cannot be had."""
    from keras.utils import get_file

    folder = Path("datasets", known.variable.removesuffix("_DIR").lower())
    names = [name for names in known.files.values() for name in names]
    try:
        if known.url.endswith(".zip"):
            packed = Path(get_file("gzip.zip", known.url, cache_subdir=folder, file_hash=known.md5[0]))
            with zipfile.ZipFile(packed) as file:
                for name in names:
                    write_whole(packed.parent / f"{name}.gz", file.read(f"gzip/{name}.gz"))
            return packed.parent
        places = [
            Path(get_file(f"{name}.gz", f"{known.url}/{name}.gz", cache_subdir=folder, file_hash=md5))
            for name, md5 in zip(names, known.md5, strict=True)
        ]
        return places[0].parent
    except Exception as error:
        raise DataError(
            f"{known.name} could not be downloaded from {known.url}; check the network, or set {known.variable} to a "
            f"folder with its four idx files ({', '.join(names)}; plain or .gz)."
        ) from error
