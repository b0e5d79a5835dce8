"""A data set of one's own, by its path: idx or npz files, pictures in a folder a class, or a visitor's test series.

Knows no network. What the files do not say themselves, a `task.json` beside them may: `{"classes": ["cat", "dog"],
"framing": "mnist", "source": {"name": ..., "url": ..., "licence": ...}}`, any of it. `classes` name the labels from 0
on; `framing` is one of `cnn.task.FRAMINGS`, "picture" where nothing is said: "mnist" is for what was drawn or written.
"""

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from cnn.files import read_json
from cnn.task import Task, task_of
from cnn.types import Digits
from train.data import framed, series
from train.data.mnist import IMAGES, LABELS_MAGIC, DataError, read_idx

TASK = "task.json"
TESTED = 1 / 6  # share of each class that is held out to test on, where there is no test set: MNIST's, about
SPLITS = {"train": ("train",), "test": ("t10k", "test")}  # what files of either are called
KINDS = (("images-idx3-ubyte", IMAGES), ("labels-idx1-ubyte", LABELS_MAGIC))
TURNED = "emnist"  # what idx files are called whose pictures lie on their side, mirrored
SUFFIXES = frozenset(Image.registered_extensions())


class Labelled(NamedTuple):
    """Training and test digits, what their labels are called, and whose they are, as a run's `config.json` has it."""

    training: Digits
    test: Digits
    task: Task
    source: dict[str, str]


class Read(NamedTuple):
    """What files hold: `images` as `framed` takes them, arrays or files, and their `labels`, whole numbers or names."""

    images: Any
    labels: Sequence[int] | Sequence[str]


Found = dict[str, Read]  # by split, without "test" where there is no test set


def read(path: Path, processes: int = 1) -> Labelled:
    """The data set at a path, framed by so many `processes`, whose number changes nothing.

    Without a test set, a sixth of each class is one, drawn by lot, without copies of what is learnt from.
    DataError says in one sentence what is wrong.
    """
    if path.suffix == ".zip":
        task = series.task_of_zip(path)
        training, test = _parted(series.read(path, task).digits, task, path)
        return Labelled(training, test, task, {"name": path.stem})
    if path.suffix == ".npz" and path.is_file():
        return _labelled(path, path.parent / TASK, _npz([path]), processes)
    if not path.is_dir():
        raise DataError(f"{path} is no folder, no .npz file and no .zip of a test series.")
    found = _idx(path) or _npz(sorted(path.glob("*.npz"))) or _pictures(path)
    if not found:
        raise DataError(f"{path} holds no idx files, no .npz files and no folders of pictures, one a class.")
    return _labelled(path, path / TASK, found, processes)


def _labelled(path: Path, beside: Path, found: Found, processes: int) -> Labelled:
    if "train" not in found or not all(len(one.labels) for one in found.values()):
        raise DataError(f"{path} holds no pictures to train on.")
    said = _said(beside)
    source = {"name": path.resolve().stem, **said.pop("source", {})}
    task, places = _task(path, said, {label for one in found.values() for label in one.labels})
    digits = {}
    for split, (images, labels) in found.items():
        frame: Any = framed.arrays if isinstance(images, np.ndarray) else framed.files
        digits[split] = Digits(frame(images, task, processes), np.array([places[one] for one in labels], np.uint8))
    if "test" not in digits:
        return Labelled(*_parted(digits["train"], task, path), task, source)
    if missing := [name for at, name in enumerate(task.classes) if at not in digits["train"].labels]:
        raise DataError(f"{path} holds no pictures of {missing[0]} to train on.")
    return Labelled(digits["train"], digits["test"], task, source)


def _said(beside: Path) -> dict[str, Any]:
    said = read_json(beside) if beside.is_file() else {}
    source = said.get("source", {}) if isinstance(said, dict) else None
    if not isinstance(source, dict) or not all(isinstance(word, str) for word in source.values()):
        raise DataError(f"{beside} is no object of classes, framing and source.")
    return said


def _task(path: Path, said: dict[str, Any], labels: set[Any]) -> tuple[Task, dict[Any, int]]:
    """The task, and which class each of the labels is."""
    ordered = sorted(labels)
    names = said.get("classes", [str(label) for label in ordered])
    try:
        task = task_of({"task": {"framing": "picture", **said, "classes": names}})
    except ValueError as error:
        raise DataError(f"{path}: {error}.") from error
    if "classes" not in said:
        return task, {label: at for at, label in enumerate(ordered)}
    places = {name if isinstance(ordered[0], str) else at: at for at, name in enumerate(task.classes)}
    if unknown := [label for label in ordered if label not in places]:
        raise DataError(f"{path} holds the label {unknown[0]}, which its {TASK} does not name.")
    return task, places


def _parted(digits: Digits, task: Task, path: Path) -> tuple[Digits, Digits]:
    """The rest, and a sixth of each class, by lot, to test on, both in an order drawn by lot.

    A picture that is learnt from too tests nothing: it is left out of the test, where that leaves any of its class.
    """
    order = np.random.default_rng(0).permutation(len(digits.labels))
    drawn, tested = np.zeros((2, len(order)), bool)
    for label, name in enumerate(task.classes):
        mine = order[digits.labels[order] == label]
        if len(mine) < 2:
            raise DataError(f"{path} holds {len(mine)} pictures of {name}; two are needed, one of them to test on.")
        count = max(1, round(TESTED * len(mine)))
        learnt = {digits.images[at].tobytes() for at in mine[count:]}
        new = [at for at in mine[:count] if digits.images[at].tobytes() not in learnt]
        drawn[mine[:count]] = True
        tested[new or mine[:count]] = True
    training, test = order[~drawn[order]], order[tested[order]]
    return Digits(digits.images[training], digits.labels[training]), Digits(digits.images[test], digits.labels[test])


# ---------------------------------------------------------------------------------------------------------- idx files


def _idx(folder: Path) -> Found:
    """What a folder's idx files hold, called as MNIST's are; before that may stand a name, the same for all."""
    files: dict[tuple[str, str], Path] = {}
    for path in sorted(folder.iterdir()):
        name = path.name.removesuffix(".gz").replace(".idx", "-idx")
        for split, words in SPLITS.items():
            for kind, _ in KINDS:
                if any(name.endswith(f"{word}-{kind}") for word in words) and path.is_file():
                    if other := files.get((split, kind)):
                        raise DataError(f"{folder} holds {other.name} and {path.name}; one data set a folder is read.")
                    files[split, kind] = path
    found = {}
    for split in SPLITS:
        paths = [files.get((split, kind)) for kind, _ in KINDS]
        if paths[0] and paths[1]:
            images, labels = (read_idx(path, magic) for path, (_, magic) in zip(paths, KINDS, strict=True) if path)
            found[split] = _checked(turned(images) if paths[0].name.startswith(TURNED) else images, labels, paths[0])
        elif there := paths[0] or paths[1]:
            raise DataError(f"{there} stands alone: images and labels are two idx files.")
    return found


def turned(images: np.ndarray) -> np.ndarray:
    """EMNIST's pictures as people read them: its files have each one's columns as rows (Cohen et al. 2017)."""
    return np.ascontiguousarray(images.transpose(0, 2, 1))


def _checked(images: np.ndarray, labels: np.ndarray, path: Path) -> Read:
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if images.ndim not in (3, 4) or labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise DataError(f"{path}: images are {images.shape} and labels {labels.shape} {labels.dtype}.")
    if images.ndim == 4 and images.shape[3] not in (1, 3, 4):
        raise DataError(f"{path}: images of {images.shape[3]} channels are neither grey nor in colour.")
    if len(images) != len(labels):
        raise DataError(f"{path}: there are {len(images)} images and {len(labels)} labels.")
    return Read(images, labels.tolist())


# ---------------------------------------------------------------------------------------------------------- npz files


def _npz(paths: list[Path]) -> Found:
    """What .npz files hold: images have three dimensions or four, and a name with "test" in it tells the test set.

    The name is the file's and the array's together: as Keras (x_train, y_test), MedMNIST (train_images) and KMNIST
    (kmnist-test-imgs.npz) call them. What is called "val" is left aside.
    """
    arrays: dict[tuple[str, str], np.ndarray] = {}
    for path in paths:
        for name, array in _arrays(path):
            called = f"{path.stem} {name}".lower()
            if "val" in called:
                continue
            split = "test" if any(word in called for word in SPLITS["test"]) else "train"
            kind = "images" if array.ndim > 2 else "labels"
            if (split, kind) in arrays:
                raise DataError(f"{path} holds {name}, but there are {kind} of the {split} set already.")
            arrays[split, kind] = array
    splits = sorted({split for split, _ in arrays}, reverse=True)
    for split in splits:
        if missing := [kind for kind in ("images", "labels") if (split, kind) not in arrays]:
            raise DataError(f"{paths[0]} holds no {missing[0]} of the {split} set.")
    return {split: _checked(arrays[split, "images"], arrays[split, "labels"], paths[0]) for split in splits}


def _arrays(path: Path) -> Iterator[tuple[str, np.ndarray]]:
    try:
        with path.open("rb") as file, np.load(file) as kept:
            for name in kept.files:
                yield name, kept[name]
    except (ValueError, KeyError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} cannot be read: {str(error).splitlines()[0].removesuffix('.')}.") from error


# ----------------------------------------------------------------------------------------------------------- pictures


def _pictures(folder: Path) -> Found:
    """The pictures in a folder a class, which may stand in one called "train" and in one called "test"."""
    places = {split: folder / word for split, words in SPLITS.items() for word in words if (folder / word).is_dir()}
    found = {}
    for split, place in (places if "train" in places else {"train": folder}).items():
        classes = [one for one in _sorted(place) if one.is_dir()]
        files = [(path, one.name) for one in classes for path in _sorted(one) if _is_picture(path)]
        order = np.random.default_rng(0).permutation(len(files))  # not one class after the other
        if files:
            found[split] = Read([files[at][0] for at in order], [files[at][1] for at in order])
    return found


def _is_picture(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() in SUFFIXES


def _sorted(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if not path.name.startswith((".", "__"))]
