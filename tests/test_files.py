"""Files written whole or not at all, and damaged ones told in a sentence."""

import errno
import json
from pathlib import Path

import pytest

from cnn import files
from cnn.files import read_json, whole, write_json, write_whole


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A file that is there already."""
    path = tmp_path / "config.json"
    write_whole(path, "old")
    return path


def alone(path: Path) -> bool:
    return [one.name for one in path.parent.iterdir()] == [path.name]


def test_what_is_written_replaces_what_was_there(kept: Path) -> None:
    write_whole(kept, "né")
    assert kept.read_bytes() == "né".encode()
    write_whole(kept, b"\x00\xff")
    assert kept.read_bytes() == b"\x00\xff"
    write_json(kept, {"seed": 3})
    assert read_json(kept) == {"seed": 3}
    assert alone(kept)


def test_its_folder_is_made(tmp_path: Path) -> None:
    write_whole(tmp_path / "new" / "one" / "a.txt", "text")
    assert (tmp_path / "new" / "one" / "a.txt").read_text() == "text"


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_write_leaves_the_old_file(interruption: type[BaseException], kept: Path) -> None:
    def interrupted() -> None:
        with whole(kept) as aside:
            aside.write_text("half of")
            raise interruption

    with pytest.raises(interruption):
        interrupted()
    assert kept.read_text() == "old"
    assert alone(kept)


def test_a_full_disk_names_the_file_and_leaves_the_old_one(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device") as failure:
        write_whole(kept, "new")
    assert (failure.value.errno, failure.value.filename) == (errno.ENOSPC, str(kept))
    assert kept.read_text() == "old"
    assert alone(kept)


@pytest.mark.parametrize("content", [b"", b'{"seed": ', b"\xff\xfe"])
def test_a_damaged_file_is_one_sentence_that_names_it(content: bytes, kept: Path) -> None:
    kept.write_bytes(content)
    with pytest.raises(ValueError, match="is damaged") as failure:
        read_json(kept)
    assert str(kept) in str(failure.value)
    assert "\n" not in str(failure.value)


def test_json_is_as_python_reads_it(kept: Path) -> None:
    write_json(kept, [1, {"a": None}])
    assert json.loads(kept.read_text()) == [1, {"a": None}]
