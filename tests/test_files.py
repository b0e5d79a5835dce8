"""Files written whole or not at all, and damaged ones told in a sentence."""

import ast
import errno
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from cnn import files
from cnn.files import finished, read_json, whole, write_json, write_whole


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


ROOT = Path(__file__).parent.parent


class Killed(BaseException):
    """As a signal would end the process: nothing after it is done."""


@pytest.mark.parametrize("step", ["write_bytes", "fsync", "copymode", "replace"])
def test_a_process_killed_at_any_step_leaves_the_old_file_and_the_next_writes_over_the_rest(
    step: str, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(place: object, *_: object) -> None:
        if step == "write_bytes":
            Path(str(place)).touch()
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(files.Path, "unlink", lambda *_, **__: None)  # the killed tidy nothing up
        rooms = {"write_bytes": files.Path, "copymode": files.shutil}
        patch.setattr(rooms.get(step, files.os), step, killed)
        with pytest.raises(Killed):
            write_whole(kept, "half of")
    assert kept.read_text() == "old"
    left = [path for path in kept.parent.iterdir() if path != kept]
    assert left
    assert not any(map(finished, left))
    write_whole(kept, "new")
    assert kept.read_text() == "new"
    assert alone(kept)


def test_who_may_read_and_a_link_stay(kept: Path) -> None:
    kept.chmod(0o640)
    link = kept.with_name("link.json")
    link.symlink_to(kept)
    write_whole(link, "through")
    assert link.is_symlink()
    assert kept.read_text() == "through"
    assert kept.stat().st_mode & 0o777 == 0o640


def test_a_folder_that_cannot_be_written_names_the_file() -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to others
        Path(folder).chmod(0o555)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)
        try:
            with pytest.raises(PermissionError, match="Permission denied") as failure:
                write_whole(Path(folder) / "config.json", "new")
        finally:
            os.seteuid(user)
        assert failure.value.filename == str(Path(folder) / "config.json")
        assert not list(Path(folder).iterdir())


def test_a_file_that_may_grow_no_further_is_one_error(kept: Path) -> None:
    """As on a full disk, by the system itself."""
    text = (
        "import resource, sys, pathlib; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "from cnn.files import write_whole\n"
        "write_whole(pathlib.Path(sys.argv[1]), bytes(5000))"
    )
    done = subprocess.run([sys.executable, "-c", text, str(kept)], capture_output=True, text=True, check=False)
    assert f"File too large: '{kept}'" in done.stderr.splitlines()[-1]
    assert kept.read_text() == "old"
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


ASIDE = {"aside", "file"}  # a file that `whole` gave, or one in memory


def written(call: ast.Call) -> ast.expr | None:
    """What a call writes to, where it writes: the path that it is called on, or the argument that names it."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else None
    if name in ("write_text", "write_bytes"):
        return call.func.value
    if name == "copyfile":
        return call.args[1]
    if name in ("save", "savez", "savez_compressed", "savefig"):
        return call.args[0] if call.args else None
    return None


def test_no_file_is_written_in_another_way() -> None:
    found, counted = [], 0
    for path in [*ROOT.glob("cnn/**/*.py"), *ROOT.glob("train/**/*.py"), ROOT / "tests" / "ui" / "picture.py"]:
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        for place in filter(None, map(written, calls)):
            counted += 1
            if not (isinstance(place, ast.Name) and place.id in ASIDE):
                found.append(f"{path.relative_to(ROOT)}:{place.lineno}")
    assert not found
    assert counted > 8
