"""MNIST's images while the program runs: a few come with the project, all are loaded beside everything else where they
can be had. Knows not where from.

A Space or a visitor's machine may have no way to MNIST: whoever asks for what did not come with the project is told so
in one sentence, and waits for nothing.
"""

import itertools
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cnn.files import whole
from cnn.types import Digits, InputError

SPLITS = ("train", "test")
KEPT = Path(__file__).resolve().parent.parent / "assets" / "mnist" / "digits.npz"

Some = Mapping[int, tuple[np.ndarray, int]]  # images (28, 28) uint8, ink = 255, with their labels, by their places


class Mnist:
    """MNIST's splits as `load("train" | "test")` gives them, which may take minutes, or raise where it cannot.

    Until then, and where it cannot, there are some of each, as `kept` gives them. With a `load` of None there are none,
    nor will be: for networks that were measured on other pictures.
    """

    def __init__(self, load: Callable[[Any], Digits] | None, some: Mapping[str, Some] | None = None):
        self._load = load
        self._some = some or {}
        self._found: dict[str, Digits | Exception] = {}

    def start(self) -> threading.Thread:
        """Load in the background, the test set first; what fails is said to whoever asks for it."""
        thread = threading.Thread(target=self._fetch, daemon=True)
        thread.start()
        return thread

    def digit(self, split: str, index: int) -> tuple[np.ndarray, int]:
        """The image at a place of one of SPLITS, (28, 28) uint8, ink = 255, and its label.

        InputError where it is on its way, cannot be had, or there is none at that place.
        """
        found, some = self._found.get(split), self._some.get(split, {})
        if isinstance(found, Digits):
            if not 0 <= index < len(found.labels):
                raise InputError("test_digit", last=len(found.labels) - 1)
            return found.images[index], int(found.labels[index])
        if index in some:
            return some[index]
        raise self._away(split)

    def has(self, split: str) -> bool:
        """Whether there are some of a split now."""
        return isinstance(self._found.get(split), Digits) or bool(self._some.get(split))

    def first(self, split: str) -> int:
        """How many of a split, from its first on, can be had now. InputError for none."""
        found, some = self._found.get(split), self._some.get(split, {})
        if isinstance(found, Digits):
            return len(found.labels)
        if 0 not in some:
            raise self._away(split)
        return next(place for place in itertools.count() if place not in some)

    def _away(self, split: str) -> InputError:
        if self._load is None:
            return InputError("no_test_images")
        return InputError("mnist_missing" if split in self._found else "mnist_loading")

    def _fetch(self) -> None:
        if self._load is None:
            return
        for name in reversed(SPLITS):
            try:
                images, labels = self._load(name)
                self._found[name] = Digits(_on_disk(images), labels)
            except Exception as error:  # no network, no folder, a broken file: the page works without it
                self._found[name] = error


def _on_disk(images: np.ndarray) -> np.ndarray:
    """The same uint8 images in a nameless file, of which memory holds what is looked at; as they are without one."""
    try:
        with tempfile.TemporaryFile() as file:
            images.tofile(file)
            return np.asarray(np.memmap(file, np.uint8, "r", shape=images.shape))
    except OSError:
        return images


def nowhere(split: str) -> Digits:
    """A `load` for where there is no MNIST."""
    raise LookupError(split)


def keep(chosen: Mapping[str, Iterable[int]], load: Callable[[Any], Digits], path: Path = KEPT) -> None:
    """Write the digits at some places of each split, as `load` gives it: what `kept` reads."""
    arrays = {}
    for split, places in chosen.items():
        digits, places = load(split), np.unique(np.fromiter(places, np.uint32))
        parts = {"places": places, "images": digits.images[places], "labels": digits.labels[places]}
        arrays |= {f"{split}_{part}": values for part, values in parts.items()}
    with whole(path) as aside:
        np.savez_compressed(aside, **arrays)


def kept(path: Path = KEPT) -> dict[str, Some]:
    """The digits that come with the project, by split and place; none where the file is missing or damaged."""
    try:
        with path.open("rb") as file, np.load(file) as arrays:  # NumPy leaves what is damaged open
            return {split: _by_place(arrays, split) for split in SPLITS}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}


def _by_place(arrays: Mapping[str, np.ndarray], split: str) -> Some:
    places, images, labels = (arrays[f"{split}_{part}"] for part in ("places", "images", "labels"))
    return dict(zip(places.tolist(), zip(images, labels.tolist(), strict=True), strict=True))
