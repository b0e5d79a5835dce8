"""Files that matter: written whole or not at all, and read with a sentence where they are damaged."""

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cnn.types import UserError

UNFINISHED = "unfinished-"  # before the name of a file while it is written; a killed process leaves it so


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file aside, for a library that writes to a path itself; it takes the place of `path` when the block ends well.

    Its folder is made where there is none, and its suffix is that of `path`; who may read and write it stays as it was,
    and a link goes on leading where it led. Where the block fails or is interrupted, what stood at `path` still does;
    what a killed process has left aside, the next to write there writes over. An OSError, of a full disk say, names
    `path`.
    """
    place = Path(os.path.realpath(path))
    aside = place.with_name(UNFINISHED + place.name)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        aside.unlink(missing_ok=True)
        yield aside
        with aside.open("rb+") as file:
            os.fsync(file.fileno())  # a rename may reach the disk before what it renames
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(place, aside)
        os.replace(aside, place)
        _reach_disk(place.parent)
    except OSError as error:
        raise OSError(error.errno or errno.EIO, error.strerror or str(error), str(path)) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def finished(path: Path) -> bool:
    """Whether a file is not one that a killed process left aside."""
    return not path.name.startswith(UNFINISHED)


def _reach_disk(folder: Path) -> None:
    """Wait until what a folder holds would outlive a loss of power, where the system opens folders."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file, text as UTF-8, whole or not at all. OSError names `path`."""
    with whole(path) as aside:
        aside.write_bytes(content.encode() if isinstance(content, str) else content)


def write_json(path: Path, content: Any) -> None:
    """Write JSON, indented by two, whole or not at all. OSError names `path`."""
    write_whole(path, json.dumps(content, indent=2) + "\n")


def read_json(path: Path) -> Any:
    """What a JSON file holds. UserError names a damaged one, OSError one that is not there."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:  # no JSON, no UTF-8, or nested without end
        raise UserError(f"{path} is damaged: {error}.") from error
