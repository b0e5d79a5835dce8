"""What the process is told first, each in a process of its own."""

import gc
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from cnn import process

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


def said(code: str) -> str:
    """What a Python says that is begun as the app is and then does this."""
    begun = "from cnn import process; process.begin()\n" + textwrap.dedent(code)
    return subprocess.run(
        [sys.executable, "-c", begun], cwd=ROOT, text=True, check=True, stdout=subprocess.PIPE
    ).stdout.strip()


def test_what_nobody_needs_is_not_imported_until_it_is_used() -> None:
    assert said("""
        import sys, keras, gradio, pandas
        print(*(name for name, module in sys.modules.items() if module and name.startswith(("matplotlib", "pandas"))))
        print(pandas.DataFrame({"a": [1]}).shape, sys.modules["pandas"].Series is pandas.Series)
    """).split("\n") == ["pandas", "(1, 1) True"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="how much memory a process has is read from /proc")
def test_memory_goes_back_whichever_thread_had_it() -> None:
    before, after = said("""
        import numpy as np, threading
        from pathlib import Path
        def had():
            return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 2**20
        def work():
            kept = [np.ones(10_000 + 1000 * n) for n in range(200)]  # 80 kB to 1.7 MB, 180 MB in all
        before = had()
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        process.give_back()
        print(before, had())
    """).split()
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
