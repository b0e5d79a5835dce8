"""Commands killed at any moment, and on a full disk: the files that exist are whole, and the same command goes on.

A quarter of an hour: `python -m pytest -m trust tests/trust/test_kill.py -s`. The moments are drawn by SEED, more of
them late in a command than early, where files are written.
"""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import pytest
from PIL import Image

from cnn.files import finished, read_json
from cnn.models.registry import check_digest
from tests import hub_server
from tests.conftest import write_idx
from tests.hub_server import TOKEN, Hub
from train.data.mnist import FILES, IMAGES, LABELS_MAGIC, Digits
from train.publish.readme import MARKED

pytestmark = [pytest.mark.trust, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
KILLS, SEED = 20, 17
NEEDED = (
    "cnn", "train", "assets", "docs", "app.py", "README.md", "README.fr.md", "CONTRIBUTING.md", "LICENSE",
    "requirements.txt",
)  # fmt: skip
FETCH = "from cnn.models import remote; print(remote.fetch(remote.named('them/large')))"
LARGE = np.random.default_rng(SEED).bytes(45_000_000)


class Place(NamedTuple):
    """A copy of the project, with digits of our own for MNIST and a Hub on this machine."""

    project: Path
    hub: Hub
    environment: dict[str, str]

    def start(self, *command: str, limited: bool = False) -> subprocess.Popen:
        """A Python of its own; `limited` as if every file were the last that the disk can hold."""
        limits = "ulimit -f 1; " if limited else ""
        return subprocess.Popen(
            ["bash", "-c", f'{limits}exec "$0" "$@"', sys.executable, *command], cwd=self.project,
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip

    def run(self, *command: str) -> str:
        """To its end; what it said."""
        process = self.start(*command)
        said = process.communicate(timeout=600)[0]
        assert process.returncode == 0, said
        return said


@pytest.fixture(scope="module")
def place(digits: Digits, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("killed")
    for name in NEEDED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / "project" / name) if source.is_dir() else shutil.copy(source, folder / "project")
    for split, chosen in (("train", slice(0, 1000)), ("test", slice(1000, 1500))):
        images, labels = FILES[split]
        write_idx(folder / images, IMAGES, digits.images[chosen])
        write_idx(folder / labels, LABELS_MAGIC, digits.labels[chosen])
    (folder / "temporary").mkdir()
    with hub_server.serving() as hub:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("JAX_", "HF_"))}
        hub.add("them/large", {"model.keras": LARGE, "config.json": b"{}"})
        yield Place(
            folder / "project",
            hub,
            {
                **kept, "MNIST_DIR": str(folder), "TMPDIR": str(folder / "temporary"), "HF_HOME": str(folder / "hf"),
                "HF_ENDPOINT": hub.url, "HF_TOKEN": TOKEN, "HF_HUB_DISABLE_XET": "1",
            },
        )  # fmt: skip


def is_whole(path: Path) -> bool:
    """Whether a file opens to its last byte as what it is called."""
    if path.suffix == ".json":
        return bool(json.loads(path.read_text()))
    if path.suffix == ".keras":
        return zipfile.ZipFile(path).testzip() is None
    if path.suffix == ".npz":
        with np.load(path) as arrays:
            return all(arrays[name].size for name in arrays.files)
    if path.suffix == ".onnx":
        onnx.checker.check_model(path)
        return True
    if path.suffix in (".png", ".gif", ".jpg"):
        with Image.open(path) as picture:
            picture.load()
            return True
    return path.read_text(encoding="utf-8").endswith("\n")


def broken(folder: Path) -> list[str]:
    """The files in a folder that are not whole, and why."""
    found = []
    for path in filter(finished, folder.rglob("*")):
        try:
            if path.is_file() and path.suffix not in (".pyc", "") and not is_whole(path):
                found.append(f"{path}: not whole")
        except Exception as error:
            found.append(f"{path}: {error!r}")
    return found


def killed(place: Place, command: list[str], before: Callable[[], None], check: Callable[[], list[str]]) -> int:
    """Kill a command KILLS times, check what it leaves each time, and let it end at last; how often it was alive."""
    rng, alive, seconds = np.random.default_rng(SEED), 0, np.inf
    for _ in range(4 * KILLS):
        moment = seconds * float(rng.random()) ** 0.5 if seconds < np.inf else 600
        before()
        process, started = place.start(*command), time.monotonic()
        try:
            said = process.communicate(timeout=moment)[0]
            assert process.returncode == 0, said
            seconds = min(seconds, time.monotonic() - started)  # it ended before its time
        except subprocess.TimeoutExpired:
            alive += 1
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        left = check()
        assert not left, f"killed after {moment:.2f} of {seconds:.2f} s: {left}"
        if alive == KILLS:
            break
    print(f"\n{' '.join(command[:4])}: killed {alive} times within {seconds:.1f} s, seed {SEED}", flush=True)
    return alive


@pytest.fixture
def kill(place: Place, record_property: Callable[[str, object], None]) -> Callable:
    def count(
        *command: str,
        folder: str,
        before: Callable[[], None] = lambda: None,
        check: Callable[[], list[str]] | None = None,
    ) -> str:
        alive = killed(place, list(command), before, check or (lambda: broken(place.project / folder)))
        record_property("trust", {"kind": "killed", "tried": alive, "faults": 0})
        assert alive == KILLS
        said = place.run(*command)
        left = [*broken(place.project / folder), *(place.project / folder).rglob("unfinished-*")]
        assert not left
        return said

    return count


@pytest.fixture
def course(place: Place) -> Path:
    """A finished and measured run."""
    shutil.copytree(ROOT / "assets" / "models" / "course", place.project / "runs" / "course", dirs_exist_ok=True)
    return place.project / "runs" / "course"


def told(path: Path, number: Iterator[int]) -> None:
    """Change a figure, so that there is something to publish."""
    path.write_text(json.dumps({**read_json(path), "accuracy": 0.9 + next(number) / 1e4}))


def test_fit(place: Place, kill: Callable) -> None:
    run = place.project / "runs" / "new"
    kill("-m", "train", "fit", "course", "--epochs", "2", "--folder", "runs/new", folder="runs/new")
    config = read_json(run / "config.json")
    assert check_digest(run / "model.keras", config, "new") == config["weights_sha256"]
    assert len(config["history"]) == 2
    assert {path.name for path in run.iterdir()} == {"model.keras", "config.json"}


def test_calibrate(course: Path, kill: Callable) -> None:
    kill("-m", "train", "calibrate", "runs/course", folder="runs/course")
    check_digest(course / "model.keras", read_json(course / "config.json"), "course")


def test_evaluate(course: Path, kill: Callable) -> None:
    kill("-m", "train", "evaluate", "runs/course", "--quick", folder="runs/course")
    assert read_json(course / "metrics.json")["images"] == 500


def test_readme(place: Place, kill: Callable) -> None:
    documents = [*place.project.glob("README*.md"), *(place.project / "docs").glob("*.md")]
    emptied = {path: MARKED.sub(r"<!-- \1 -->\nold\n<!-- /\1 -->", path.read_text()) for path in documents}

    def before() -> None:
        for path, text in emptied.items():
            path.write_text(text)

    def check() -> list[str]:
        return [str(path) for path in documents if path.read_text() not in (emptied[path], filled[path])]

    before()
    place.run("-m", "train", "readme")
    filled = {path: path.read_text() for path in documents}
    kill("-m", "train", "readme", folder="docs", before=before, check=check)
    assert {path: path.read_text() for path in documents} == filled
    assert emptied != filled


def test_publish(place: Place, course: Path, kill: Callable) -> None:
    number = iter(range(100))

    def check() -> list[str]:
        repository = place.hub.repositories.get("models/me/mine")
        commits = list(repository.commits.values())[1:] if repository else []
        return [str(sorted(files)) for files in commits if not is_complete(files)]

    def is_complete(files: dict[str, bytes]) -> bool:
        digest = hashlib.sha256(files["model.keras"]).hexdigest()
        return digest == json.loads(files["metrics.json"])["weights_sha256"] and "pictures/curves.png" in files

    changed = lambda: told(course / "metrics.json", number)  # noqa: E731
    kill("-m", "train", "publish", "runs/course", "me/mine", folder="runs/course", before=changed, check=check)
    files = place.hub.repositories["models/me/mine"].files
    assert files["metrics.json"] == (course / "metrics.json").read_bytes()


@pytest.mark.parametrize(
    "command", [["publish", "runs/course", "me/mine"], ["publish-space", "me/space"]], ids="-".join
)
@pytest.mark.usefixtures("course")
def test_export(command: list[str], kill: Callable) -> None:
    kill("-m", "train", *command, "--dry-run", f"out/{command[0]}", folder=f"out/{command[0]}")


def test_download(place: Place, kill: Callable) -> None:
    cache = Path(place.environment["HF_HOME"])

    def check() -> list[str]:
        kept = [path for path in cache.glob("hub/models--*/snapshots/*/model.keras") if path.exists()]
        return [str(path) for path in kept if path.read_bytes() != LARGE]

    def before() -> None:
        for path in cache.glob("hub/models--*/snapshots"):
            shutil.rmtree(path)
        for path in cache.glob("hub/models--*/blobs/*"):
            if path.suffix != ".incomplete":  # what a killed one has begun stays
                path.unlink()

    said = kill("-c", FETCH, folder="docs", before=before, check=check)
    assert Path(said.strip().splitlines()[-1]).read_bytes() == LARGE


@pytest.mark.parametrize(
    "command",
    [
        "fit course --epochs 1 --folder runs/full", "calibrate runs/course", "evaluate runs/course --quick",
        "publish runs/course me/mine --dry-run out/full", "publish-space me/space --dry-run out/full",
    ],
    ids=lambda command: command.split()[0],
)  # fmt: skip
def test_a_full_disk_is_one_sentence(command: str, place: Place, course: Path) -> None:
    before = {path: path.read_bytes() for path in course.iterdir()}
    process = place.start("-m", "train", *command.split(), limited=True)
    said = process.communicate(timeout=600)[0].splitlines()
    assert process.returncode == 1, said
    assert re.fullmatch(r'(\S+|There is no room here to open "course"): File too large\.', said[-1])
    assert not [line for line in said if "Traceback" in line]
    assert {path: path.read_bytes() for path in course.iterdir()} == before
    assert not list(place.project.rglob("unfinished-*"))
