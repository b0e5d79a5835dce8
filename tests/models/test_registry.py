"""A model by name."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from cnn.files import UNFINISHED
from cnn.mnist import keep
from cnn.models import registry
from cnn.models.registry import Models, bundled, load, load_all
from cnn.network.classifier import Classifier
from cnn.task import DIGITS
from cnn.types import Digits, InputError


def test_a_folder_is_a_model(tiny_folder: Path) -> None:
    classifier = load(str(tiny_folder))
    assert classifier.name == "tiny"
    assert classifier.architecture == "tiny"
    assert classifier.revision == hashlib.sha256((tiny_folder / "model.keras").read_bytes()).hexdigest()[:12]
    assert classifier.metrics is None


def test_a_file_is_a_model_too(tiny_folder: Path, tmp_path: Path) -> None:
    by_folder, by_file = load(str(tiny_folder)), load(str(tiny_folder / "model.keras"))
    assert (by_file.name, by_file.revision) == (by_folder.name, by_folder.revision)
    assert by_file.config == by_folder.config
    shutil.copy(tiny_folder / "model.keras", tmp_path / "lenet.keras")
    assert load(str(tmp_path / "lenet.keras")).name == load(str(tmp_path)).name == "lenet"
    assert load_all(str(tmp_path / "lenet.keras")).default == "lenet"


def test_a_file_that_was_never_finished_is_no_model(tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / f"{UNFINISHED}model.keras").write_bytes(b"half of")
    with pytest.raises(InputError, match=r"holds 0 \.keras files"):
        load(str(tmp_path))
    shutil.copy(tiny_folder / "model.keras", tmp_path / "mine.keras")
    assert load(str(tmp_path)).name == "mine"


def test_a_folder_without_its_model_says_so(tmp_path: Path) -> None:
    for name in ("nothing.keras", "runs/nothing.keras"):  # not the name of one on the Hub
        with pytest.raises(
            InputError, match=f'no model named "{name}"; the models are: {", ".join(bundled())}, a folder'
        ):
            load_all(name)
    (tmp_path / "checkpoint.npz").touch()
    with pytest.raises(InputError, match=r"holds 0 \.keras files"):
        load_all(str(tmp_path))
    for name in ("a.keras", "b.keras"):
        (tmp_path / name).touch()
    with pytest.raises(InputError, match=r"holds 2 \.keras files"):
        load_all(str(tmp_path))


def test_metadata_that_is_damaged_or_of_other_weights_is_left_aside(
    tiny_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copy(tiny_folder / "model.keras", tmp_path)
    (tmp_path / "config.json").write_text('{"architecture": "ti')
    (tmp_path / "metrics.json").write_text('{"accuracy": 1, "weights_sha256": "of others"}')
    found = load(str(tmp_path))
    assert (found.architecture, found.temperature, found.metrics) == ("", 1, None)
    assert caplog.messages == [f"{tmp_path / 'config.json'} cannot be read, and is left aside."]


def test_weights_that_its_config_does_not_tell_of_are_refused(tiny_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_folder, tmp_path / "theirs")
    path, config = tmp_path / "theirs" / "model.keras", tmp_path / "theirs" / "config.json"
    assert json.loads(config.read_text())["weights_sha256"] == registry.weights_sha256(path)
    path.write_bytes(path.read_bytes() + b"\0")  # which a zip may end with
    for opened in (lambda: load(str(path.parent)), lambda: registry.open_untrusted(path, "theirs")):
        with pytest.raises(InputError, match='The weights of "theirs" are not those that its config'):
            opened()
    config.unlink()
    assert load(str(path.parent)).name == "theirs"  # nothing is told of them


@pytest.fixture
def three_bundled(tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As if the tiny network came with the project, as "a", "b" and the default "c"."""
    for name in "abc":
        shutil.copytree(tiny_folder, tmp_path / name)
    monkeypatch.setattr(registry, "BUNDLED", tmp_path)
    monkeypatch.setattr(registry, "DEFAULT", "c")
    return tmp_path


def test_a_broken_bundled_model_is_left_out_and_said(three_bundled: Path, caplog: pytest.LogCaptureFixture) -> None:
    (three_bundled / "a" / "model.keras").write_bytes(b"version https://git-lfs.github.com/spec/v1")
    models = load_all("c")
    assert (list(models), models.default) == (["c", "b"], "c")
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith('The weights of "a" are not those that its config.json tells of')
    assert caplog.messages[0].endswith(" It is left out.")


def test_another_answers_for_a_broken_default(
    three_bundled: Path, tiny_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (three_bundled / "c" / "model.keras").unlink()
    models = load_all("c")
    assert (list(models), models.default) == (["a", "b"], "a")
    assert models["default"] is models["a"]
    assert caplog.messages[0].startswith('"c" holds 0 .keras files')
    assert caplog.messages[1:] == ["a answers instead of c."]
    caplog.clear()
    assert load_all(str(tiny_folder)).default == "tiny"  # what was asked for is there
    assert "instead" not in caplog.text


def test_without_any_model_the_reason_is_given(three_bundled: Path) -> None:
    for name in "abc":
        (three_bundled / name / "model.keras").write_bytes(b"")
    with pytest.raises(InputError, match="are not those that its config"):
        load_all("c")


def test_the_chosen_folder_answers_and_the_bundled_models_stay(tiny_folder: Path) -> None:
    models = load_all(str(tiny_folder))
    assert models["default"].name == models.default == "tiny"
    assert {"tiny", *bundled(DIGITS)} == set(models)


def of_letters(folder: Path) -> None:
    """As if the network in a folder told letters apart, and had been measured on pictures of them."""
    config = json.loads((folder / "config.json").read_text())
    config["task"] = {"classes": [*"ABCDEFGHIJ"]}
    (folder / "config.json").write_text(json.dumps(config))
    letters = Digits(np.full((5, 28, 28), 51, np.uint8), np.arange(5, dtype=np.uint8))
    keep({"train": [], "test": range(5)}, lambda split: letters, folder / registry.PICTURES)


def test_networks_of_another_task_are_not_even_opened(
    three_bundled: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    of_letters(three_bundled / "a")
    assert (bundled(), bundled(DIGITS)) == (["a", "b", "c"], ["b", "c"])
    opened = []
    monkeypatch.setattr(registry, "load", lambda name: opened.append(name) or load(name))
    assert list(load_all("c")) == opened == ["c", "b"]
    assert caplog.messages == []
    letters = load_all("a")
    assert list(letters) == ["a"]
    assert letters.folder == three_bundled / "a"


def test_the_pictures_that_lie_beside_a_model_are_its_samples(tiny_folder: Path, tmp_path: Path) -> None:
    assert load(str(tiny_folder)).samples is None
    shutil.copytree(tiny_folder, tmp_path / "letters")
    of_letters(tmp_path / "letters")
    samples = load(str(tmp_path / "letters")).samples
    np.testing.assert_allclose(samples, np.full((5, 28, 28), 0.2), atol=1e-6)
    stranger = registry.open_untrusted(tmp_path / "letters" / "model.keras", "letters")
    assert stranger.samples is None  # what is not trusted brings weights alone


def test_unknown_names_list_the_valid_ones(models: Models) -> None:
    for name in ("seven", "../course", ["tiny"], {"a": 1}):
        with pytest.raises(InputError, match="the models are: tiny, untrained"):
            models[name]
    with pytest.raises(InputError, match="course"):
        load("nowhere")


def test_description_names_one_default(models: Models) -> None:
    described = models.describe()
    assert [entry["name"] for entry in described if entry["default"]] == ["tiny"]
    assert set(described[0]) == {"name", "architecture", "parameters", "revision", "default", "metrics", "classes"}
    assert described[0]["parameters"] == models["tiny"].parameters > 0


def test_default_has_an_alias_only(classifier: Classifier) -> None:
    models = Models([classifier], classifier.name)
    assert list(models) == ["tiny"]
    assert "default" not in models
    assert models["default"] is models["tiny"]


def test_a_file_that_is_no_model_says_so(tmp_path: Path) -> None:
    (tmp_path / "model.keras").write_bytes(b"no model")
    with pytest.raises(InputError, match="cannot be read as a Keras model"):
        load(str(tmp_path))
