"""Handwriting as pens recorded it, in the UNIPEN format: digits, letters and symbols of many writers. Knows no network.

Two public sets are read where a user has them; neither is part of this project, and both are CC BY 4.0:

- UNIPEN's train_r01_v07 (Guyon, Schomaker, Plamondon, Liberman and Janet 1994; International Unipen Foundation,
  zenodo.org/records/1195803), in its own layout: `data/1a` (digits), `1b`, `1c` (letters) and `1d` (symbols) hold files
  that name, by `.SEGMENT`, which strokes of the files under `include/` they mean by `.INCLUDE`.
- UCI's "Pen-Based Recognition of Handwritten Digits" in its original form (Alpaydin and Alimoglu 1998,
  archive.ics.uci.edu/dataset/81): one file, in which each `.SEGMENT` stands before its strokes.
"""

import gzip
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cnn.task import DIGITS
from train.data.mnist import DataError

DIGIT_PARTS, SYMBOL_PARTS = ("1a",), ("1b", "1c", "1d")  # of UNIPEN: digits; letters and symbols
STRAIGHT = 0.08  # of a line's spread along itself: how far it may spread across
SEGMENT = re.compile(r'\.SEGMENT\s+\S+\s+(\S+)\s+\S+\s+"(.+)"')
SPAN = re.compile(r"(\d+)(?::(\d+))?(?:-(\d+)(?::(\d+))?)?")

Stroke = np.ndarray  # (n, 2) float32 x, y, y down


class Written(NamedTuple):
    """One character as a person wrote it. A donor gave what many `writer`s wrote; a writer's name holds the donor's."""

    character: str
    strokes: list[Stroke]
    donor: str
    writer: str

    @property
    def cut_off(self) -> bool:
        """Whether it is one straight line labelled as a digit other than 1: what a page was cut wrongly into."""
        if self.label in (1, DIGITS.rejected) or len(self.strokes) > 1:
            return False
        points = self.strokes[0] - self.strokes[0].mean(0)
        along, across = np.linalg.svd(points, compute_uv=False) if len(points) > 1 else (0.0, 0.0)
        return bool(across <= STRAIGHT * along)

    @property
    def label(self) -> int:
        """The digit, or DIGITS.rejected."""
        one = self.character
        return int(one) if len(one) == 1 and one in "0123456789"[: DIGITS.count] else DIGITS.rejected


def read_file(path: Path) -> list[Written]:
    """Every digit of UCI's file, plain or .gz, by `writer` "uci/<number>". DataError where there is none."""
    found: list[tuple[str, list[list[tuple[float, float]]]]] = []
    writers: list[str] = []
    down = False
    for line in _lines(path):
        if line.startswith(".SEGMENT") and (named := re.search(r'"(\d)"', line)):
            found.append((named[1], []))
            writers.append("uci")
        elif line.startswith(".COMMENT") and found and len(numbers := line.split()[1:]) == 3:
            writers[-1] = f"uci/{numbers[1]}"  # the label, the writer, which of theirs
        elif line.startswith("."):
            if line.startswith((".PEN_DOWN", ".PEN_UP", ".DT")):
                down = line.startswith(".PEN_DOWN")
                if down and found:
                    found[-1][1].append([])
        elif down and found and line.strip():
            found[-1][1][-1].append(_point(line.split(), (0, 1)))
    if not found:
        raise DataError(f"{path} holds no .SEGMENT of UNIPEN's digits.")
    return [
        Written(sign, _arrays(strokes), "uci", writer) for (sign, strokes), writer in zip(found, writers, strict=True)
    ]


def read_release(folder: Path, parts: Iterable[str] = DIGIT_PARTS) -> list[Written]:
    """What UNIPEN's release in `folder` (with `data/` and `include/`) has in `parts`. DataError where there is nothing.

    A writer is a folder of a donor's, or where a donor has none, a file.
    """
    pages: dict[str, list[Stroke | None]] = {}
    found = []
    for part in parts:
        for index in sorted((folder / "data" / part).rglob("*.dat")):
            donor, *inner = index.relative_to(folder / "data" / part).with_suffix("").parts
            writer = "/".join((donor, inner[0])) if inner else donor
            found += _release_file(folder, index, donor, writer, pages)
    if not found:
        raise DataError(f"{folder} holds no UNIPEN release: data/1a with .SEGMENT lines, and include/ beside data/.")
    return found


def _release_file(
    folder: Path, index: Path, donor: str, writer: str, pages: dict[str, list[Stroke | None]]
) -> Iterator[Written]:
    strokes: list[Stroke | None] = []
    for line in _lines(index):
        if line.startswith(".INCLUDE") and line.rstrip().endswith(".dat"):
            name = line.split()[1]
            if name not in pages:
                pages.clear()  # an index tells one page; parts are read one after the other
                pages[name] = _components(folder / "include" / name)
            strokes = pages[name]
        elif segment := SEGMENT.match(line):
            chosen = _chosen(strokes, segment[1])
            if chosen:
                yield Written(segment[2], chosen, donor, writer)


def _components(path: Path) -> list[Stroke | None]:
    """The components of a page as `.SEGMENT` counts them, from 0; None for one of the lifted pen.

    A lifted pen counts where its way was recorded, and does not where `.PEN_UP` stands alone.
    """
    found: list[tuple[bool, list[tuple[float, float]]]] = []
    columns, down = (0, 1), None
    for line in _lines(path):
        if line.startswith(".COORD"):
            names = line.split()[1:]
            columns = names.index("X"), names.index("Y")
        elif line.startswith("."):
            down = {".PEN_DOWN": True, ".PEN_UP": False}.get(line.split()[0])
            if down is not None:
                found.append((down, []))
        elif down is not None and line.strip():
            found[-1][1].append(_point(line.split(), columns))
    return [np.array(points, np.float32) if down else None for down, points in found if points]


def _chosen(strokes: list[Stroke | None], spans: str) -> list[Stroke]:
    """What "4", "4-6", "4:10-6:20" or several of them, parted by commas, name of a page's strokes: places, points."""
    found = []
    for first, begin, last, end in (named.groups() for named in map(SPAN.fullmatch, spans.split(",")) if named):
        last = last or first
        chosen = strokes[int(first) : int(last) + 1]
        if chosen and end is not None and chosen[-1] is not None:
            chosen[-1] = chosen[-1][: int(end) + 1]
        if chosen and begin is not None and chosen[0] is not None:
            chosen[0] = chosen[0][int(begin) :]
        found += chosen
    return [stroke for stroke in found if stroke is not None and len(stroke)]


def _point(values: list[str], columns: tuple[int, int]) -> tuple[float, float]:
    x, y = (float(values[column]) for column in columns)
    return x, -y  # tablets measure upwards


def _arrays(strokes: list[list[tuple[float, float]]]) -> list[Stroke]:
    return [np.array(stroke, np.float32) for stroke in strokes if stroke]


def _lines(path: Path) -> Iterator[str]:
    try:
        with (
            gzip.open(path, "rt", encoding="latin-1") if path.suffix == ".gz" else path.open(encoding="latin-1") as file
        ):
            yield from file
    except (OSError, EOFError) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error
