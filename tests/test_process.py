"""What the process is told first, in a process of its own."""

import gc
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cnn import process

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


CODE = """
import sys, threading
from pathlib import Path
from cnn import process
process.begin()

import numpy as np
def had():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 2**20
def work():
    kept = [np.ones(10_000 + 1000 * n) for n in range(200)]  # 80 kB to 1.7 MB, 180 MB in all
if sys.platform.startswith("linux"):
    before = had()
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    process.give_back()
    print(before, had())
else:
    print()

import keras, gradio, pandas
print(*(name for name, module in sys.modules.items() if module and name.startswith(("matplotlib", "pandas"))))
print(pandas.DataFrame({"a": [1]}).shape, sys.modules["pandas"].Series is pandas.Series)
"""


@pytest.fixture(scope="module")
def said() -> list[str]:
    """What a Python says that is begun as the app is, then takes much memory, and then imports what is large."""
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, text=True, check=True, stdout=subprocess.PIPE)
    return done.stdout.splitlines()


def test_what_nobody_needs_is_not_imported_until_it_is_used(said: list[str]) -> None:
    assert said[1:] == ["pandas", "(1, 1) True"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="how much memory a process has is read from /proc")
def test_memory_goes_back_whichever_thread_had_it(said: list[str]) -> None:
    before, after = said[0].split()
    assert int(after) < 1.05 * int(before)


def test_a_platform_without_such_settings_is_left_as_it_is() -> None:
    process._of_glibc("no_such_function", 1)


def test_a_package_that_is_not_there_stays_away() -> None:
    process.import_late("no_such_package")
    assert "no_such_package" not in sys.modules


def test_memory_goes_back_once_after_the_last_who_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    given = threading.Event()
    calls: list[int] = []
    monkeypatch.setattr(process, "give_back", lambda: (calls.append(1), given.set()))
    soon = process._Soon(0.05)
    for _ in range(20):
        soon()
    assert given.wait(10)
    assert calls == [1]


def test_what_is_loaded_is_looked_through_no_more() -> None:
    kept = [[]]
    try:
        process.settle()
        assert gc.get_freeze_count() > 1000
        assert not any(one is kept for one in gc.get_objects())
    finally:
        gc.unfreeze()
