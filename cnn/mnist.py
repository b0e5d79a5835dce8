"""MNIST's images while the program runs: loaded once, beside everything else. Knows not where they come from.

They are not part of the project. A Space or a visitor's machine may have no way to them: whoever asks is told so in one
sentence, and waits for nothing.
"""

import threading
from collections.abc import Callable

from cnn.types import Digits, InputError

SPLITS = ("train", "test")


class Mnist:
    """MNIST's splits as `load("train" | "test")` gives them, which may take minutes, or raise where it cannot."""

    def __init__(self, load: Callable[[str], Digits]):
        self._load = load
        self._found: dict[str, Digits | Exception] = {}

    def start(self) -> threading.Thread:
        """Load in the background, the test set first; what fails is said to whoever asks for it."""
        thread = threading.Thread(target=self._fetch, daemon=True)
        thread.start()
        return thread

    def split(self, name: str) -> Digits:
        """One of SPLITS. InputError while it is on its way, and where it cannot be had."""
        found = self._found.get(name)
        if found is None:
            raise InputError("mnist_loading")
        if isinstance(found, Exception):
            raise InputError("mnist_missing")
        return found

    def _fetch(self) -> None:
        for name in reversed(SPLITS):
            try:
                self._found[name] = self._load(name)
            except Exception as error:  # no network, no folder, a broken file: the page works without it
                self._found[name] = error


def nowhere(split: str) -> Digits:
    """A `load` for where there is no MNIST."""
    raise LookupError(split)
