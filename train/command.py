"""A command of `python -m train`: a function with its options beside it, in its wing's `commands.py`.

Beside that table stands what several commands need.
"""

import argparse
import dataclasses
import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from train.data import handwriting
from train.data.handwriting import Handwriting

RUNS = Path("runs")
CORES = os.cpu_count() or 1  # processes that pictures are drawn and framed by

Adding = Callable[..., Any]  # a parser's `add_argument`
Options = Callable[[Adding], None]
Run = Callable[[argparse.Namespace], int | None]  # gives the exit status, None for 0


@dataclasses.dataclass(frozen=True)
class Command:
    """What it is called, one or two words; what adds its options to a parser; and what does it."""

    name: str
    options: Options
    run: Run

    def enter(self, parsers: Any) -> None:
        """Add its parser to argparse's sub-parsers; the help is the docstring of `run`, in the list its first line."""
        summary, _, rest = (inspect.getdoc(self.run) or "").partition("\n\n")
        parser = parsers.add_parser(self.name.split()[-1], help=summary, description=rest or summary)
        self.options(parser.add_argument)
        parser.set_defaults(run=self.run)


COMMANDS: list[Command] = []  # in the order of the help


def command(name: str, options: Options = lambda add: None) -> Callable[[Run], Run]:
    """Enter the decorated function into the table."""

    def enter(run: Run) -> Run:
        COMMANDS.append(Command(name, options, run))
        return run

    return enter


def people() -> Handwriting:
    """Real people's handwriting; says what it goes without."""
    found = handwriting.load()
    for variable in found.lacks:
        print(f"{variable} is not set: without {handwriting.SOURCES[variable][0]['name']}.", file=sys.stderr)
    return found


def report(what: str) -> None:
    """Say what takes its time."""
    print(f"measuring {what} ...", file=sys.stderr, flush=True)
