"""The weights that ship: they are what their metadata says, and they read."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest

from cnn.inside.explain import explain
from cnn.inside.views import own_digits
from cnn.mnist import kept
from cnn.models.registry import BUNDLED, DEFAULT, METRICS, PICTURES, WEIGHTS, bundled, load
from cnn.network.classifier import Classifier
from cnn.reading.number import read_number_strokes
from cnn.reading.read import read_strokes
from cnn.task import DIGITS
from cnn.types import Strokes
from train.data.mnist import FILES, find, read_folder
from train.measure import out_of_distribution
from train.measure.evaluate import Sets, evaluate
from train.pens.hand import write
from train.pens.styles import STYLES
from train.publish.examples import LETTERS, STROKES

pytestmark = pytest.mark.slow

MNIST = Path(os.environ.get("MNIST_DIR") or "nowhere")
needs_mnist = pytest.mark.skipif(
    find(MNIST, FILES["test"][0]) is None,
    reason="set MNIST_DIR to a folder with MNIST's four idx files to measure the shipped weights on its test set",
)


@pytest.fixture(scope="module", params=bundled(DIGITS))
def shipped(request: pytest.FixtureRequest) -> Classifier:
    return load(request.param)


def test_what_ships() -> None:
    assert bundled() == ["animals", "course", "letters", "mlp", "robust"]
    assert bundled(DIGITS) == ["course", "mlp", "robust"]
    assert DEFAULT in bundled()


@pytest.mark.parametrize(("name", "classes", "least"), [("letters", 26, 0.87), ("animals", 10, 0.94)])
def test_networks_of_other_classes_come_with_pictures_that_they_read(name: str, classes: int, least: float) -> None:
    network = load(name)
    assert_metadata_belongs_to(network)
    assert network.task.count == classes
    assert network.metrics["accuracy"] >= least
    pictures = kept(BUNDLED / name / PICTURES)["test"]
    images = np.stack([image for image, _ in pictures.values()]).astype(np.float32) / 255
    labels = np.array([label for _, label in pictures.values()])
    wrong = {one["index"] for one in network.metrics["errors"]}
    guesses = network.probabilities(images).argmax(1)
    assert {place for place, right in zip(pictures, guesses == labels, strict=True) if not right} == wrong & {*pictures}
    assert sum(file.stat().st_size for file in (BUNDLED / name).iterdir()) < 2_000_000


def test_the_letters_to_try_are_read() -> None:
    network = load("letters")
    for example in json.loads(LETTERS.read_text()):
        said = read_strokes(network, example["strokes"])[1].label
        assert network.task.classes[said] == example["label"]


def test_metadata_belongs_to_the_weights(shipped: Classifier) -> None:
    assert_metadata_belongs_to(shipped)
    assert np.array(shipped.metrics["confusion"]).sum() == 10_000
    assert shipped.metrics["accuracy"] >= 0.98


def assert_metadata_belongs_to(shipped: Classifier) -> None:
    folder = BUNDLED / shipped.name
    assert shipped.metrics["bytes"] == (folder / WEIGHTS).stat().st_size
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    assert shipped.metrics["weights_sha256"] == shipped.config["weights_sha256"] == digest
    assert shipped.metrics["parameters"] == shipped.parameters
    assert shipped.parameters <= 300_000
    assert shipped.config["recipe"]["architecture"] == shipped.architecture


def test_the_default_reads_the_example_digits() -> None:
    default = load(DEFAULT)
    for example in json.loads(STROKES.read_text()):
        assert read_strokes(default, example["strokes"])[1].label == example["label"], example["style"]


# Saliency and SmoothGrad are slopes: they tell what more ink would do, and need not add up to an answer.
@pytest.mark.parametrize("method", ["occlusion", "integrated_gradients"])
def test_evidence_for_a_clear_digit_outweighs_evidence_against_it(method: str) -> None:
    default, images = load(DEFAULT), own_digits()[::20]
    shares = default.probabilities(images)
    clear = shares.max(1) > 0.95
    assert clear.sum() > 12
    asked = zip(images[clear], shares[clear].argmax(1), strict=True)
    found = [explain(default, image, method, int(best)) for image, best in asked]
    assert np.mean([one.evidence.sum() > 0 for one in found]) > 0.8
    assert all(one.complete for one in found if one.total is not None)


def test_the_default_refuses_what_is_no_digit() -> None:
    default = load(DEFAULT)
    for kind in out_of_distribution.KINDS:
        images = out_of_distribution.images(kind, 40, 7).astype(np.float32) / 255
        assert (default.assess(images)[1] > default.refusal).mean() > 0.9, kind


def test_the_default_reads_numbers_by_the_projects_pen() -> None:
    default = load(DEFAULT)
    rng = np.random.default_rng(3)
    right = total = 0
    for _ in range(12):
        styles = [STYLES[i] for i in rng.integers(len(STYLES), size=4)]
        written = [
            [np.add(stroke, (300 * i, 0)) for stroke in write(style, rng).strokes] for i, style in enumerate(styles)
        ]
        drawing = Strokes(tuple(stroke for strokes in written for stroke in strokes), 1300, 400)
        text = read_number_strokes(default, drawing).text
        truth = "".join(str(style.label) for style in styles)
        total += len(truth)
        right += sum(a == b for a, b in zip(text, truth, strict=False)) if len(text) == len(truth) else 0
    assert right > 0.85 * total


@needs_mnist
def test_metadata_tells_the_truth(shipped: Classifier) -> None:
    written = json.loads((BUNDLED / shipped.name / METRICS).read_text())
    measured = evaluate(shipped, Sets(read_folder(MNIST, "test")))
    assert measured["accuracy"] == pytest.approx(written["accuracy"], abs=2e-4)  # another processor may round otherwise
    assert measured["loss"] == pytest.approx(written["loss"], abs=1e-3)
