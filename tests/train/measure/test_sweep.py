"""What filters and layers buy: a row a training, and a sweep that was killed goes on at the first that is missing."""

import csv
import json
from pathlib import Path

import pytest

from cnn.errors.statistics import wilson
from cnn.lab import sweep as shown
from cnn.network.design import build, plan
from train.__main__ import main
from train.data.mnist import Digits
from train.measure.sweep import Grid, sweep

pytestmark = pytest.mark.slow

GRID = Grid(filters=(1, 2), depths=(2,), seeds=(0, 1), images=640, epochs=1)


@pytest.fixture
def sets(digits: Digits) -> tuple[Digits, Digits]:
    return Digits(*(part[:1000] for part in digits)), Digits(*(part[1000:1100] for part in digits))


def test_a_killed_sweep_goes_on_at_the_first_missing_row(sets: tuple[Digits, Digits], tmp_path: Path) -> None:
    path, runs = tmp_path / "sweep.csv", tmp_path / "runs"
    going = sweep(GRID, *sets, path, runs)
    first = [next(going) for _ in range(2)]
    going.close()
    assert [left for _, left in first] == [3, 2]
    begun = path.read_text()
    rest = list(sweep(GRID, *sets, path, runs))
    assert [left for _, left in rest] == [1, 0]
    assert path.read_text().startswith(begun)
    assert list(sweep(GRID, *sets, path, runs)) == []
    assert not list(runs.iterdir())
    found = shown.read(path)
    assert found.runs == [run for run, _ in (*first, *rest)]
    assert {(run.filters, run.depth, run.seed) for run in found.runs} == {
        (filters, 2, seed) for filters in (1, 2) for seed in (0, 1)
    }
    for run in found.runs:
        network = shown.design(run.filters, run.depth)
        assert run.parameters == build(network).count_params() == plan(network).parameters
        assert (run.training_images, run.epochs, run.test_images) == (640, 1, 100)
        low, high = wilson(round(run.test_accuracy * 100), 100)
        assert (run.test_low, run.test_high) == pytest.approx((low, high), abs=1e-4)
    assert found.about["images"] == 640
    assert found.about["machine"]["processor"]


def test_another_sweep_does_not_go_on(sets: tuple[Digits, Digits], tmp_path: Path) -> None:
    path = tmp_path / "sweep.csv"
    path.write_text("filters\n")
    path.with_suffix(".json").write_text(json.dumps({"epochs": 7}))
    with pytest.raises(ValueError, match=r"is a sweep of other epochs, images, .*; remove it, or name another --file"):
        next(sweep(GRID, *sets, path, tmp_path / "runs"))


def test_an_impossible_network_is_a_sentence(idx_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setenv("MNIST_DIR", str(idx_folder))
    assert main(["sweep", "--depths", "5", "--filters", "2", "--file", str(idx_folder / "sweep.csv")]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("2 filters, 5 deep: A window of 2 × 2 does not fit into maps of 1 × 1.")
    assert not (idx_folder / "sweep.csv").exists()


def test_rows_that_are_not_a_sweeps_are_told(tmp_path: Path) -> None:
    path = tmp_path / "sweep.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["filters", "depth"], ["four", "1"]])
    with pytest.raises(ValueError, match="is damaged: its rows are not those of a sweep"):
        shown.rows(path)
