"""Every test of what may be relied on, the long ones too: `python -m tests.trust`. Writes the README's table of it.

All of tests/trust, and whatever is marked `trust` elsewhere. What was tried and what was found goes into results.json,
as what `python -m tests.trust.fuzz` finds does; `--table` writes the README's table from that alone.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.trust import results

HERE = Path(__file__).parent


class Count:
    """Counts, by kind, what a run tries and what it finds: the cases that tests tell of, else the tests themselves."""

    def __init__(self) -> None:
        self.tried: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test's end is where its cases are known."""
        told = dict(report.user_properties).get("trust")
        kind = Path(report.nodeid.split("::")[0]).stem.removeprefix("test_")
        if report.when == "teardown" and told:
            self.tried[kind] += told["tried"]
            self.faults[kind] += told["faults"]
        elif report.when == "call" and not told:
            self.tried[kind] += 1
        self.faults[kind] += report.failed and not told


def main() -> int:
    """Run, and write the table; pytest's exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.trust", description=__doc__)
    parser.add_argument("--table", action="store_true", help="write the table anew, and run nothing")
    parser.add_argument("paths", nargs="*", help="these files of tests alone; what the table says of others stays")
    options = parser.parse_args()
    status = 0
    if not options.table:
        count = Count()
        others = [path for path in HERE.parent.rglob("test_*.py") if "mark.trust" in path.read_text(encoding="utf-8")]
        everything = [str(HERE), *(str(path) for path in sorted(others) if HERE not in path.parents)]
        status = pytest.main([*(options.paths or everything), "-m", "trust or not trust", "-q"], [count])
        found = {kind: {"tried": count.tried[kind], "faults": count.faults[kind]} for kind in count.tried}
        results.note("tests", found)
    from train.publish import readme  # pytest wants to be the first to import what it watches

    readme.write({"trust": results.table()})
    print(results.table())
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
