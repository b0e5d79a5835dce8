"""A network's memory: the last results of what is costly to ask it, which go with it when it goes."""

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """Results by what was asked, of each kind the last few; safe for many threads."""

    def __init__(self):
        self._kinds: dict[str, OrderedDict[Hashable, Any]] = {}
        self._lock = threading.Lock()

    def get(self, kind: str, key: Hashable, most: int, make: Callable[[], T]) -> T:
        """What was made before for `key`, or what `make` makes now; the `most` that were asked for last are kept."""
        with self._lock:
            kept = self._kinds.setdefault(kind, OrderedDict())
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        made = make()  # two who ask at once both make it: neither waits for the other's network
        with self._lock:
            kept[key] = made
            while len(kept) > most:
                kept.popitem(last=False)
        return made


def remembered(most: int) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Decorate a function of a network and of what can be a key: the network keeps its last `most` results.

    The network is whatever has a `memory`, a `Memory`, as `cnn.network.classifier.Classifier` has.
    """

    def decorate(function: Callable[..., T]) -> Callable[..., T]:
        kind = f"{function.__module__}.{function.__qualname__}"

        @functools.wraps(function)
        def asked(network: Any, *key: Hashable) -> T:
            return network.memory.get(kind, key, most, lambda: function(network, *key))

        return asked

    return decorate
