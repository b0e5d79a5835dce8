"""What the process is told before anything heavy is imported: how memory goes back, and what is not imported at all.

`app.py` calls it first. Where a platform has no such setting, or a package is not there, nothing is done.
"""

import contextlib
import ctypes
import gc
import importlib
import importlib.util
import os
import sys
import threading
import types
from collections.abc import Iterator
from typing import Any

# glibc's mallopt(3). By itself it has up to eight arenas a core, and lets the size above which memory is mapped, and so
# goes back when it is freed, grow with what was freed: an hour's peak would stay for good.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
SETTINGS = {M_ARENA_MAX: 2, M_MMAP_THRESHOLD: 256 << 10, M_TRIM_THRESHOLD: 1 << 20}
# Gradio's queue keeps its last 10,000 events, and makes a table of them after each, for a page that is switched off.
QUEUE = {"GRADIO_ANALYTICS_MAX_EVENTS": "1", "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(2**62)}

# Seconds after which a thread that computes lets another one at the interpreter: at Python's own 0.005, an answer to a
# pad, which goes from thread to thread, would wait so long at every step for one thread that reads a photo.
SWITCH_INTERVAL = 0.001


def begin() -> None:
    """Set the process up, once, before other imports."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    for parameter, value in SETTINGS.items():
        _of_glibc("mallopt", parameter, value)
    for name, value in QUEUE.items():
        os.environ.setdefault(name, value)
    # No chart is drawn here, but where Matplotlib is installed, Keras imports it, and Gradio for each answer.
    sys.modules.setdefault("matplotlib", None)  # type: ignore[arg-type]  None is how Python is told
    with _absent("pandas"):  # Keras would import it, for tables as inputs
        import keras  # noqa: F401
    import_late("pandas")  # Gradio imports it, for components that the page has not got


def give_back() -> None:
    """Hand memory that nothing uses any more to the system. Takes some 100 ms."""
    gc.collect()
    _of_glibc("malloc_trim", 0)


def settle() -> None:
    """What is loaded by now stays: from now on, whoever looks for cycles of references passes it by.

    Else a request that makes many objects, as a drawing's points are, has Python look through all of Keras and JAX, for
    some 100 ms in which nobody else is served.
    """
    give_back()
    gc.freeze()


class _Soon:
    """`give_back` from a thread of its own, once nobody has asked for it again for so many seconds."""

    def __init__(self, seconds: float):
        self._seconds = seconds
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def __call__(self) -> None:
        with self._lock:
            if self._timer:
                self._timer.cancel()
            self._timer = threading.Timer(self._seconds, give_back)
            self._timer.daemon = True
            self._timer.start()


# After something large: what was left of it in a cycle of references would stay until Python looks for cycles, which an
# idle server does not.
give_back_soon = _Soon(2)


def import_late(name: str) -> None:
    """Let a package be imported when something of it is first used; nothing where it is already, or is not installed.

    `importlib.util.LazyLoader` would not do: on Python 3.11 the import statement itself counts as a use.
    """
    if name not in sys.modules and (spec := importlib.util.find_spec(name)):
        package = sys.modules[name] = _Late(name)
        package.__spec__, package.__file__ = spec, spec.origin


class _Late(types.ModuleType):
    """Stands for a package until an attribute of it is asked for."""

    def __getattr__(self, attribute: str) -> Any:
        """The attribute of the package itself, which is imported now, once: imports wait for each other."""
        if sys.modules.get(self.__name__) is self:
            sys.modules.pop(self.__name__, None)
        return getattr(importlib.import_module(self.__name__), attribute)


@contextlib.contextmanager
def _absent(*names: str) -> Iterator[None]:
    """Meanwhile, packages that are not imported yet cannot be."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  None is how Python is told
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _of_glibc(function: str, *arguments: int) -> None:
    """Call a function of the C library where it has it: neither musl, macOS nor Windows do."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        getattr(ctypes.CDLL(None), function)(*arguments)
