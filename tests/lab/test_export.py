"""What was built can be taken along: the script and the notebook are Python that trains the same network."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import keras
import nbformat
import numpy as np
import onnx
import onnxruntime
import pytest

from cnn.lab.build import PRESETS
from cnn.lab.export import notebook, package, page, script
from cnn.lab.trainings import Lesson, Order
from cnn.metadata import read_config
from cnn.models import registry
from cnn.network.design import Block, Convolution, Dense, Pooling, build
from cnn.network.layers import steps
from cnn.task import Task
from cnn.text import languages
from cnn.types import Digits, InputError
from train import __main__ as train

SMALL: list[Block] = [Convolution(4, 5, 3), Pooling(2, "average"), Dense(8)]


def code_of(written: str) -> str:
    """The Python of a notebook."""
    cells = [cell["source"] for cell in json.loads(written)["cells"] if cell["cell_type"] == "code"]
    return "\n".join(source for source in cells if not source.startswith("%"))


def network_of(code: str) -> keras.Model:
    """What the script's own `build` builds."""
    names: dict[str, Any] = {"keras": keras, "layers": keras.layers}
    start, end = code.index("def build():"), code.index("build().summary()")
    exec(code[start:end], names)
    return names["build"]()


@pytest.mark.parametrize("name", PRESETS)
def test_its_network_is_the_one_that_was_built(name: str) -> None:
    order = PRESETS[name]
    mine, theirs = network_of(script(order, "en")), build(order.design)
    for one, other in zip(steps(mine), steps(theirs), strict=True):
        found, wanted = one.get_config(), other.get_config()
        assert (type(one), {**found, "seed": 0}) == (type(other), {**wanted, "seed": 0})


@pytest.mark.parametrize("language", languages())
def test_a_notebook_is_valid_and_says_the_same_as_the_script(language: str) -> None:
    order = Order(SMALL, 60_000, 2, "sgd", 0.1, True, [3, 4])
    written = notebook(order, language)
    nbformat.validate(nbformat.reads(written, 4))
    code, plain = code_of(written), script(order, language)
    compile(code, "notebook", "exec")
    for line in code.splitlines():
        assert line in plain
    for said in ("IMAGES = 60000", "EPOCHS = 2", "SGD(rate, momentum=0.9)", "LEARNING_RATE = 0.1", "SEEDS = [3, 4]"):
        assert said in code
    assert max(map(len, plain.splitlines())) <= 120


def test_an_impossible_design_is_refused() -> None:
    with pytest.raises(InputError):
        script(Order([Dense(3), Pooling()]), "en")


@pytest.mark.parametrize("language", languages())
def test_a_page_holds_its_network(language: str) -> None:
    task = Task(("</script>", "é"))
    written = page(b"network", language, task, 1.5)
    about = json.loads(re.search(r'<script id="network" type="application/json">(.*?)</script>', written)[1])  # pyright: ignore
    assert (about["language"], about["classes"], about["temperature"]) == (language, list(task.classes), 1.5)
    assert base64.b64decode(about["model"]) == b"network"
    assert re.search(
        r'src="https://cdn\.jsdelivr\.net/npm/onnxruntime-web@\d+\.\d+\.\d+/\S+" integrity="sha384-', written
    )
    for name in set(re.findall(r"words\.(\w+)", written)):
        assert about["words"][name]


def test_a_trained_network_comes_with_all_that_runs_and_trains_it() -> None:
    folder = {"model.keras": b"weights", "config.json": b'{"calibration": {"temperature": 1.5}}', "model.onnx": b"onnx"}
    found = package(folder, Order(SMALL), "fr")
    assert {name: found[name] for name in folder} == folder
    assert found["page.html"].decode() == page(b"onnx", "fr", temperature=1.5)
    assert found["train_digits.py"].decode() == script(Order(SMALL), "fr")
    assert found["train_digits.ipynb"].decode() == notebook(Order(SMALL), "fr")
    assert len(found) == 6
    lesson = Lesson({}, np.zeros((0, 28, 28), np.uint8), [], remind=True)
    assert package(folder, lesson, "fr").keys() == {*folder, "page.html"}
    del folder["model.onnx"]
    assert package(folder, lesson, "fr") == folder


def test_a_command_writes_both(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert train.main(["export", "mlp", str(tmp_path), "--language", "fr"]) == 0
    made = onnx.load(tmp_path / "model.onnx")
    temperature = {one.key: one.value for one in made.metadata_props}["temperature"]
    assert (
        float(temperature) == read_config(registry.weights("mlp").parent / "config.json")["calibration"]["temperature"]
    )
    assert '<script id="network"' in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_command_writes_the_logits_of_a_network_that_closes_with_a_softmax(tmp_path: Path) -> None:
    network = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10)])
    closed = keras.Sequential([keras.Input((28, 28, 1)), *network.layers, keras.layers.Softmax()])
    closed.save(tmp_path / "mine.keras")
    assert train.main(["export", str(tmp_path / "mine.keras"), str(tmp_path)]) == 0
    assert json.loads((tmp_path / "config.json").read_text())["task"]["classes"] == [*"0123456789"]
    pictures = np.random.default_rng(1).random((3, 28, 28, 1), np.float32)
    found = onnxruntime.InferenceSession(tmp_path / "model.onnx").run(["logits"], {"picture": pictures})[0]
    np.testing.assert_allclose(found, network(pictures), rtol=1e-4, atol=1e-4)


def test_a_command_writes_what_a_student_built(tmp_path: Path) -> None:
    """Of rows of pixels up to 255, and with a sigmoid for each class."""
    dense = keras.layers.Dense(10, "sigmoid")
    parts = [keras.layers.Rescaling(1 / 255), keras.layers.Reshape((28, 28, 1)), keras.layers.Conv2D(2, 3, 3)]
    theirs = keras.Sequential([keras.Input((784,)), *parts, keras.layers.Flatten(), dense])
    theirs.save(tmp_path / "mine.keras")
    assert train.main(["export", str(tmp_path / "mine.keras"), str(tmp_path)]) == 0
    pictures = np.random.default_rng(1).random((3, 28, 28, 1), np.float32)
    found = onnxruntime.InferenceSession(tmp_path / "model.onnx").run(["logits"], {"picture": pictures})[0]
    dense.activation = keras.activations.linear
    wanted = np.asarray(theirs(255 * pictures.reshape(3, 784)))
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)


def test_a_command_says_what_is_no_model(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    whole = registry.weights("mlp").read_bytes()
    (tmp_path / "model.keras").write_bytes(whole[: len(whole) // 2])
    assert train.main(["export", str(tmp_path), str(tmp_path / "made")]) == 1
    assert capsys.readouterr().err.strip() == str(InputError("broken_model", name=tmp_path.name))
    assert not (tmp_path / "made").exists()


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
def test_it_trains_and_saves(
    optimiser: Any, digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """On our own digits in place of MNIST's."""
    # Where 47 of 559 are held out, the batches of 128 are whole: each other size is compiled anew.
    few, test = Digits(digits.images[:559], digits.labels[:559]), Digits(digits.images[1200:], digits.labels[1200:])
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: (few, test))
    monkeypatch.chdir(tmp_path)
    order = Order(SMALL, 2000, 8, optimiser, {"adam": 0.02, "sgd": 0.1}[optimiser], optimiser == "sgd", [1])
    exec(script(order, "en"), {"__name__": "__main__"})
    said = capsys.readouterr().out.splitlines()[-1]
    share = float(said.split("%")[0].split()[-1])
    assert said.endswith("% of 300 test digits are read right")
    assert share > 30
    saved = keras.saving.load_model("model-1.keras", compile=False)
    pictures = test.images[..., None].astype(np.float32) / 255
    right = (np.asarray(saved(pictures)).argmax(1) == test.labels).mean()
    assert right == pytest.approx(share / 100, abs=0.01)
