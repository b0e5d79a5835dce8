"""Runs followed in trackio: which figures it gets, one run for one training, and a sentence where it is missing."""

import json
import sqlite3
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from train.__main__ import main
from train.data.mnist import Digits
from train.fit.loop import fit
from train.fit.recipes import RECIPES, Recipe
from train.fit.track import tracked

pytestmark = pytest.mark.slow

RECIPE = Recipe("tiny", epochs=2, batch_size=16, seed=5)


class Trackio(types.ModuleType):
    """What is used of trackio, which keeps what it is given."""

    def __init__(self):
        super().__init__("trackio")
        self.begun: list[tuple[str, dict[str, Any]]] = []
        self.logged: list[tuple[int, dict[str, float]]] = []
        self.finished = 0

    def init(self, project: str, **options: Any) -> "Trackio":
        if project.startswith("registry-"):
            raise ValueError("names beginning with registry- are reserved.")
        self.begun.append((project, options))
        return self

    def log(self, figures: dict[str, float], step: int) -> None:
        self.logged.append((step, figures))

    def finish(self) -> None:
        self.finished += 1


@pytest.fixture
def trackio(monkeypatch: pytest.MonkeyPatch) -> Trackio:
    fake = Trackio()
    monkeypatch.setitem(sys.modules, "trackio", fake)
    return fake


@pytest.fixture
def command(idx_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("MNIST_DIR", str(idx_folder))
    monkeypatch.setitem(RECIPES, "tiny", RECIPE)
    return ["fit", "tiny", "--folder", str(tmp_path / "mine")]


def test_a_run_is_followed_from_its_first_report_to_its_last_epoch(
    trackio: Trackio, command: list[str], tmp_path: Path
) -> None:
    assert main([*command, "--track", "ours"]) == 0
    ((project, options),) = trackio.begun
    assert (project, options["name"], options["resume"]) == ("ours", "mine", "never")
    assert options["config"]["seed"] == 5
    steps = [step for step, _ in trackio.logged]
    assert steps == sorted(set(steps))
    assert {"loss", "accuracy", "epoch"} <= trackio.logged[0][1].keys()
    history = json.loads((tmp_path / "mine" / "config.json").read_text())["history"]
    told = [figures for _, figures in trackio.logged if "epoch/loss" in figures]
    assert [one["epoch/validation_accuracy"] for one in told] == [one["validation_accuracy"] for one in history]
    assert [one["epoch"] for one in told] == [1, 2]
    assert trackio.finished == 1


def test_a_run_that_goes_on_goes_on_in_trackio(
    trackio: Trackio, command: list[str], digits: Digits, tmp_path: Path
) -> None:
    progress = tracked(fit(RECIPE, digits, tmp_path / "mine"), "ours", "mine", RECIPE, False)
    next(progress)
    progress.close()
    assert (tmp_path / "mine" / "checkpoint.npz").is_file()
    assert trackio.finished == 1
    main([*command, "--track"])  # on other data, where nothing goes on
    assert trackio.begun[1][0] == "digit-reader"
    assert trackio.begun[1][1]["resume"] == "allow"
    assert trackio.finished == 2


def test_nothing_is_imported_unless_asked(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trackio", None)
    assert main([*command, "--epochs", "1"]) == 0


@pytest.mark.parametrize(
    ("installed", "project", "sentence"),
    [
        (False, "ours", "--track needs trackio: pip install -r train/requirements.txt"),
        (True, "registry-x", "trackio: names beginning with registry- are reserved."),
    ],
)
def test_what_stands_in_the_way_is_a_sentence(
    installed: bool, project: str, sentence: str,
    trackio: Trackio, command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture,
) -> None:  # fmt: skip
    if not installed:
        monkeypatch.setitem(sys.modules, "trackio", None)
    assert main([*command, "--track", project]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == sentence


def test_trackio_itself_keeps_what_it_is_told(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "kept"))
    pytest.importorskip("trackio", reason="trackio is not installed", exc_type=ImportError)
    assert main([*command, "--track", "ours"]) == 0
    with sqlite3.connect(tmp_path / "kept" / "ours.db") as kept:
        rows = kept.execute("SELECT step, metrics FROM metrics WHERE run_name = 'mine' ORDER BY step").fetchall()
    last = json.loads(rows[-1][1])
    history = json.loads((tmp_path / "mine" / "config.json").read_text())["history"]
    assert last["epoch/validation_loss"] == pytest.approx(history[-1]["validation_loss"])
