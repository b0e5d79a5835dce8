"""A model by name."""

import hashlib
from pathlib import Path

import pytest

from cnn.classifier import Classifier
from cnn.hub import Models, bundled, load, load_all
from cnn.types import InputError


def test_a_folder_is_a_model(tiny_folder: Path) -> None:
    classifier = load(str(tiny_folder))
    assert classifier.name == "tiny"
    assert classifier.architecture == "tiny"
    assert classifier.revision == hashlib.sha256((tiny_folder / "model.keras").read_bytes()).hexdigest()[:12]
    assert classifier.metrics == {}


def test_the_chosen_folder_answers_and_the_bundled_models_stay(tiny_folder: Path) -> None:
    models = load_all(str(tiny_folder))
    assert models["default"].name == models.default == "tiny"
    assert {"tiny", *bundled()} == set(models)


def test_unknown_names_list_the_valid_ones(models: Models) -> None:
    for name in ("seven", "../course", ["tiny"], {"a": 1}):
        with pytest.raises(InputError, match="the models are: tiny, untrained"):
            models[name]
    with pytest.raises(InputError, match="course"):
        load("nowhere")


def test_description_names_one_default(models: Models) -> None:
    described = models.describe()
    assert [entry["name"] for entry in described if entry["default"]] == ["tiny"]
    assert set(described[0]) == {"name", "architecture", "parameters", "revision", "default", "metrics"}
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
