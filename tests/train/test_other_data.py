"""Data sets of other classes than the digits, by the commands that train and measure."""

import json
from pathlib import Path

import numpy as np
import pytest

from cnn.mnist import kept
from cnn.models.registry import PICTURES, load
from cnn.task import Task
from tests.train.data.test_folders import drawer, pictures
from train import __main__ as train
from train.data import sets

BARS = Task(("lying", "standing"), framing="picture")


def said(arguments: list[str], capsys: pytest.CaptureFixture) -> str:
    """What a command that succeeds prints."""
    assert train.main(arguments) == 0, capsys.readouterr().err
    return capsys.readouterr().out


@pytest.mark.long
def test_a_folder_of_pictures_becomes_a_network_that_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    folder, run = drawer(tmp_path / "bars", pictures(240)), tmp_path / "run"
    data = ["--data", str(folder)]
    told = said(["fit", "tiny", *data, "--folder", str(run), "--epochs", "10", "--batch", "16"], capsys)
    assert "bars: 2 classes, lying, standing" in told
    assert f"evaluate {run} --data {folder}" in told
    config = json.loads((run / "config.json").read_text())
    assert config["task"] == BARS.as_dict()
    assert config["sources"] == [{"name": "bars"}]
    assert config["images"]["validation"] == {"data": 17}
    told = said(["evaluate", str(run), *data], capsys)
    assert "through the app" in told
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["images"] == 40
    assert metrics["accuracy"] > 0.9
    assert metrics["accuracy"] == metrics["app"]["accuracy"]  # what it learned from is what the app sends it
    assert len(metrics["accuracy_by_class"]) == 2
    del config["recipe"]  # whose fields are the same for all data
    for text in (json.dumps(config), json.dumps(metrics), told):
        assert not any(word in text.lower() for word in ("mnist", "digit"))
    shown = kept(run / PICTURES)
    assert list(shown["test"]) == list(range(40))
    assert load(str(run)).task == BARS
    temperature = config["calibration"]["temperature"]
    assert f"temperature {temperature}" in said(["calibrate", str(run), *data], capsys)


def test_what_cannot_be_measured_is_told(tmp_path: Path, tiny_folder: Path, capsys: pytest.CaptureFixture) -> None:
    def refused(*arguments: str) -> str:
        assert train.main(list(arguments)) == 1
        return capsys.readouterr().err

    folder, other = drawer(tmp_path / "bars", pictures(80)), drawer(tmp_path / "names", pictures(80), ("a", "b"))
    run = str(tmp_path / "run")
    assert "do not fill a batch of 128; take a smaller one" in refused("fit", "tiny", "--data", str(folder))
    said(["fit", "tiny", "--data", str(folder), "--folder", run, "--epochs", "1", "--batch", "16"], capsys)
    assert "--data names its path" in refused("evaluate", run)
    assert "tells lying, standing apart" in refused("evaluate", run, "--data", str(other))
    assert "digits are measured on MNIST" in refused("evaluate", str(tiny_folder), "--data", str(other))
    assert "draws digits, which the task does not have" in refused("fit", "robust", "--data", str(folder))
    assert "--pen and --real" in refused("evaluate", run, "--real", str(tmp_path), "--data", str(folder))


def test_a_set_that_is_known_by_name_is_found_again(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = sets.KNOWN["fashion"]
    two = sets.DataSet(pictures(96), pictures(20, seed=1), known.task, known.source)
    monkeypatch.setattr(sets, "load", lambda data, processes: {"fashion": two}[data])
    run = str(tmp_path / "run")
    said(["fit", "tiny", "--data", "fashion", "--folder", run, "--epochs", "1", "--batch", "16"], capsys)
    said(["evaluate", run, "--quick"], capsys)
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert np.shape(metrics["confusion"]) == (10, 10)
    assert metrics["images"] == 20
