"""What is read of a network's `config.json` and `metrics.json`: what makes sense, as it was written."""

import json
from pathlib import Path
from typing import Any

import pytest

from cnn.metadata import NAME, read_config, read_measured, read_metrics, read_run
from cnn.types import UserError

MODELS = sorted((Path(__file__).parent.parent / "assets" / "models").glob("*"))
METRICS = {
    "accuracy": 0.5,
    "images": 2,
    "confusion": [[1, 0], [1, 0]],
    "calibration": {"temperature": 1.0, "expected_calibration_error": 0.1, "bins": []},
    "weights_sha256": "these",
}


def written(folder: Path, name: str, content: Any) -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("folder", MODELS, ids=lambda folder: folder.name)
def test_the_shipped_files_are_read_as_they_are(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    config, metrics = (json.loads((folder / name).read_text()) for name in ("config.json", "metrics.json"))
    assert read_config(folder / "config.json") == config
    assert read_metrics(folder / "metrics.json", metrics["weights_sha256"]) == metrics
    assert read_run(folder / "config.json") == config
    assert read_measured(folder / "metrics.json") == metrics
    assert not caplog.messages


@pytest.mark.parametrize("read", [read_run, read_measured])
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[", r"file\.json is damaged: Expecting value"),
        ("[" * 100_000, r"file\.json is damaged: .*recursion"),
        ("{}", r"file\.json is not as train writes it: .* is missing or makes no sense\.$"),
        ("[]", r"file\.json is not as train writes it: .* is missing or makes no sense\.$"),
        ('{"accuracy": 1, "recipe": {}}', r"file\.json is not as train writes it: .* is missing or makes no sense\.$"),
    ],
)
def test_what_training_did_not_write_is_one_sentence(tmp_path: Path, read: Any, content: str, sentence: str) -> None:
    path = written(tmp_path, "file.json", content)
    with pytest.raises(UserError, match=sentence):
        read(path)


@pytest.mark.parametrize(
    "calibration", [{"temperature": 0}, {"temperature": "hot"}, {"refusal": 2}, [], {"temperature": float("nan")}, None]
)
def test_a_calibration_that_makes_no_sense_is_none(
    tmp_path: Path, calibration: object, caplog: pytest.LogCaptureFixture
) -> None:
    path = written(tmp_path, "config.json", {"architecture": "deep", "calibration": calibration})
    assert read_config(path) == {"architecture": "deep", "calibration": {}}
    assert caplog.messages == [f"{path}: calibration makes no sense, and is left aside."]
    path = written(tmp_path, "config.json", {"calibration": {"temperature": 0.6, "refusal": 0.5}})
    assert read_config(path) == {"architecture": "", "calibration": {"temperature": 0.6, "refusal": 0.5}}


def test_what_is_no_config_leaves_the_rest(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = written(tmp_path, "config.json", {"architecture": "x" * 200, "recipe": "secret", "theirs": [1]})
    assert read_config(path) == {"architecture": "x" * NAME, "calibration": {}, "theirs": [1]}
    assert caplog.messages == [f"{path}: recipe makes no sense, and is left aside."]


@pytest.mark.parametrize("content", ['{"architecture": "ti', "[1]", "[" * 100_000, '"text"'])
def test_a_damaged_file_is_one_sentence(tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture) -> None:
    path = written(tmp_path, "file.json", content)
    assert read_config(path) == {"architecture": "", "calibration": {}}
    assert read_metrics(path, "these") is None
    assert caplog.messages == [f"{path} cannot be read, and is left aside."] * 2
    assert read_config(tmp_path / "nowhere.json") == {"architecture": "", "calibration": {}}
    assert len(caplog.messages) == 2


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"accuracy": "good"}, "accuracy"),
        ({"accuracy": None, "errors": [{"index": 1}]}, "accuracy, errors"),
        ({"confusion": 3}, "confusion"),
        ({"calibration": {"temperature": 1}}, "calibration"),
    ],
)
def test_metrics_are_read_whole_or_not_at_all(
    tmp_path: Path, wrong: dict, named: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = written(tmp_path, "metrics.json", METRICS)
    assert read_metrics(path, "these") == METRICS
    assert read_metrics(path, "others") is None
    assert not caplog.messages
    path = written(tmp_path, "metrics.json", {**METRICS, **wrong})
    assert read_metrics(path, "these") is None
    assert caplog.messages == [f"{path}: {named} makes no sense, and the file is left aside."]
