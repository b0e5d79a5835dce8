"""Snippets of the documents work as written: Python here, JavaScript and a page by a real browser in tests/ui."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from gradio_client import Client
from PIL import Image

import train.__main__
import train.fit.loop
import train.fit.recipes
import train.publish.card
from cnn import text
from cnn.models.registry import load
from cnn.network import architectures
from cnn.stress import perturbations
from tests.docs.test_documents import EVERYTHING

pytestmark = pytest.mark.slow


def snippet(language: str, part: str) -> str:
    """The documents' first snippet in a language that holds `part`."""
    return next(code for code in re.findall(rf"```{language}\n(.*?)```", EVERYTHING, re.DOTALL) if part in code)


def test_python(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    page = Image.new("L", (60, 60))
    page.paste(train.publish.card._example(), (16, 16))
    page.save(tmp_path / "seven.png")
    monkeypatch.chdir(tmp_path)
    exec(snippet("python", "gradio_client").replace("http://127.0.0.1:7860", client.src), {})
    assert re.search(r"^7 0\.\d+$", capsys.readouterr().out, re.MULTILINE)


def test_a_network_of_ones_own(
    idx_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """The documents' function, and its two commands, with no other edit."""
    monkeypatch.setattr(architectures, "ARCHITECTURES", dict(architectures.ARCHITECTURES))
    exec(snippet("python", "@architecture"), vars(architectures))
    made = architectures.ARCHITECTURES
    for module in (train.fit.commands, train.fit.loop):
        monkeypatch.setattr(module, "ARCHITECTURES", made)
    monkeypatch.setenv("MNIST_DIR", str(idx_folder))
    monkeypatch.chdir(tmp_path)
    assert train.__main__.main(["fit", "small", "--epochs", "1"]) == 0
    config = json.loads((tmp_path / "runs" / "small" / "config.json").read_text())
    assert config["recipe"]["architecture"] == "small"
    assert config["recipe"]["epochs"] == 1
    network = load("runs/small")
    assert [layer.name for layer in network.layers] == ["conv1", "pool1", "flatten", "logits"]
    assert network.metrics is None
    with pytest.raises(SystemExit):
        train.__main__.main(["fit", "--help"])
    assert "small" in capsys.readouterr().out


def test_a_perturbation_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the registry, which all else reads, with its words, and it does what it says."""
    added_words = json.loads("{" + snippet("json", "perturbation.mirror") + "}")
    for file in text.FOLDER.glob("*.json"):
        words = {**json.loads(file.read_text("utf-8")), **added_words}
        (tmp_path / file.name).write_text(json.dumps(words), "utf-8")
    monkeypatch.setattr(text, "FOLDER", tmp_path)
    monkeypatch.setattr(perturbations, "PERTURBATIONS", dict(perturbations.PERTURBATIONS))
    exec(snippet("python", "@perturbation"), dict(vars(perturbations)))
    added = perturbations.find("mirror")
    assert added.as_dict()["label"] == "Mirror"
    assert added.say("description", "fr").startswith("Faded")
    image = np.eye(28, dtype=np.float32)[None]
    np.testing.assert_array_equal(added.apply(image, 0, [0]), image)
    np.testing.assert_array_equal(added.apply(image, 100, [0]), image[..., ::-1])
    assert added.scan(image, added.strengths(), [0]).shape == (perturbations.SCAN, 1, 28, 28)


def test_a_recipe_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train.fit.recipes, "RECIPES", dict(train.fit.recipes.RECIPES))
    exec(snippet("python", "RECIPES["), vars(train.fit.recipes))
    monkeypatch.setattr(train.fit.commands, "RECIPES", train.fit.recipes.RECIPES)
    assert train.fit.commands.recipes()["patient"].epochs == 30
    assert train.__main__.parser().parse_args(["fit", "patient"]).recipe == "patient"
