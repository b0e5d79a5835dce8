"""Figures against values worked out by hand."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from cnn.models.registry import METRICS, WEIGHTS
from cnn.network.classifier import Classifier, strangeness
from cnn.types import Strokes
from train.data.mixture import mixed, validation
from train.data.mnist import Digits
from train.fit.loop import fit
from train.fit.recipes import Recipe
from train.measure import mnist_c, out_of_distribution
from train.measure.calibrate import REFUSED, calibrate, recalibrate
from train.measure.evaluate import DOUBTFUL, NEIGHBOURS, Sets, evaluate, gather
from train.measure.evaluate import write as write_metrics
from train.measure.figures import accuracy, confusion, cross_entropy, nearest, reliability
from train.pens.hand import write
from train.pens.styles import STYLES

pytestmark = pytest.mark.slow


def test_cross_entropy_by_hand() -> None:
    logits = np.log(np.array([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]]))
    assert cross_entropy(logits, np.array([0, 2])) == pytest.approx(-(math.log(0.5) + math.log(0.7)) / 2)


def test_cross_entropy_of_huge_logits_is_finite() -> None:
    assert cross_entropy(np.array([[1e4, 0.0]], np.float32), np.array([1])) == pytest.approx(1e4)


def test_confusion_has_true_labels_in_rows() -> None:
    counts = confusion(np.array([7, 7, 2]), np.array([1, 7, 2]))
    assert counts[1, 7] == counts[7, 7] == counts[2, 2] == 1
    assert counts.sum() == 3


def test_calibration_error_by_hand() -> None:
    confidence = np.array([0.9, 0.91, 0.92, 0.61])
    measured = reliability(confidence, np.array([True, True, False, True]))
    assert [one["count"] for one in measured["bins"]] == [1, 3]
    assert measured["bins"][1]["accuracy"] == pytest.approx(2 / 3)
    expected = (3 * abs(confidence[:3].mean() - 2 / 3) + abs(0.61 - 1)) / 4
    assert measured["expected_calibration_error"] == pytest.approx(expected)


def test_the_temperature_that_was_divided_out_is_found_again() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (20_000, 10))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (rng.random((len(logits), 1)) > shares.cumsum(axis=1)).sum(axis=1).clip(0, 9)
    sets = {"mnist": Digits(np.zeros((len(labels), 28, 28), np.uint8), labels)}
    found = calibrate({"mnist": 3 * logits}, sets)
    assert found["temperature"] == pytest.approx(3, rel=0.03)
    assert found["refusal"] == 1  # without an output for it nothing is refused


def test_all_outputs_after_the_ten_speak_of_no_digit() -> None:
    logits = np.zeros((1, 47), np.float32)
    assert strangeness(logits) == pytest.approx(37 / 47)
    assert strangeness(logits[:, :10]) == 0


def test_few_validation_digits_of_either_kind_are_refused() -> None:
    rng = np.random.default_rng(0)
    sets, logits = {}, {}
    for name, shift in (("mnist", 0), ("strokes", 1), ("outliers", 9)):
        labels = np.zeros(5000, int)
        logits[name] = np.concatenate(
            [rng.normal(0, 1, (5000, 10)) + 8 * np.eye(10)[labels], rng.normal(shift, 1, (5000, 1))], axis=1
        )
        sets[name] = Digits(np.zeros((5000, 28, 28), np.uint8), labels)
    refusal = calibrate(logits, sets)["refusal"]
    shares = {name: (strangeness(values) > refusal).mean() for name, values in logits.items()}
    assert shares["mnist"] < shares["strokes"]
    assert (shares["mnist"] + shares["strokes"]) / 2 == pytest.approx(REFUSED, abs=2e-4)  # of both together
    assert shares["outliers"] > 0.4
    # Where real people's pens are at hand, digits of our own making do not count.
    sets["pens"], logits["pens"] = sets["mnist"], logits["mnist"]
    assert calibrate(logits, sets)["refusal"] < refusal


def test_figures_agree_with_each_other(classifier: Classifier, digits: Digits) -> None:
    test = Digits(digits.images[:301], digits.labels[:301])
    metrics = evaluate(classifier, Sets(test))
    counts = np.array(metrics["confusion"])
    assert counts.sum() == metrics["images"] == 301
    assert np.trace(counts) / 301 == pytest.approx(metrics["accuracy"])
    assert metrics["accuracy_by_digit"][3] == pytest.approx(counts[3, 3] / counts[3].sum())
    logits = classifier.logits(test.images.astype(np.float32) / 255)
    assert accuracy(logits, test.labels) == metrics["accuracy"]


def test_every_misread_image_is_listed_with_its_nearest_training_images(classifier: Classifier, digits: Digits) -> None:
    test, training = (Digits(digits.images[part], digits.labels[part]) for part in (slice(0, 700), slice(700, None)))
    metrics = evaluate(classifier, Sets(test, training=training))
    probabilities = classifier.probabilities(test.images.astype(np.float32) / 255)
    guesses = probabilities.argmax(axis=1)
    errors, doubtful = metrics["errors"], metrics["doubtful"]
    assert {one["index"] for one in errors} == set(np.flatnonzero(guesses != test.labels)) != set()
    assert len(doubtful) == DOUBTFUL
    for found, order in ((errors, -1), (doubtful, 1)):
        confidence = [one["confidence"] for one in found]
        assert confidence == sorted(confidence, reverse=order < 0)
        for one in found:
            assert (one["label"], one["said"]) == (test.labels[one["index"]], guesses[one["index"]])
            assert one["labels"] == training.labels[one["neighbours"]].tolist()
            assert len(one["cosines"]) == NEIGHBOURS
    one = errors[0]
    known, asked = (classifier.features(images.astype(np.float32) / 255) for images in (training.images, test.images))
    asked = asked[one["index"]]
    cosines = known @ asked / np.linalg.norm(known, axis=1) / np.linalg.norm(asked)
    assert one["neighbours"][0] == cosines.argmax()
    np.testing.assert_allclose(one["cosines"], np.sort(cosines)[::-1][:NEIGHBOURS], atol=1e-4)


def test_the_nearest_point_the_same_way_however_long() -> None:
    known = np.array([[0, 3], [9, 9.5], [5, 0]], np.float32)
    indices, cosines = nearest(np.array([[1, 1]], np.float32), known, 2)
    assert indices.tolist() == [[1, 0]]
    np.testing.assert_allclose(cosines, [[0.9996, 0.7071]], atol=1e-4)


def test_what_is_not_measured_anew_stays_for_the_same_weights_alone(tmp_path: Path) -> None:
    (tmp_path / WEIGHTS).write_bytes(b"weights")
    calibration = {"temperature": 1.0, "expected_calibration_error": 0.1, "bins": []}
    shares = dict.fromkeys(("accuracy", "best_guess_accuracy", "refused", "expected_calibration_error"), 0.5)
    pen = {"sketch": {**shares, "images": 2}}
    quick = {
        "accuracy": 0.5,
        "images": 2,
        "confusion": [[1, 0], [1, 0]],
        "calibration": calibration,
        "refused": {"threshold": 0.5, "test": 0.1},
    }
    full = {**quick, "accuracy": 0.4, "pen": pen, "refused": {"threshold": 0.5, "test": 0.0, "letters": 0.9}}

    def written(metrics: dict) -> dict:
        write_metrics(metrics, tmp_path)
        return json.loads((tmp_path / METRICS).read_text())

    assert written(full)["pen"] == pen
    merged = written(quick)
    assert (merged["accuracy"], merged["pen"]) == (0.5, pen)
    assert merged["refused"] == {"threshold": 0.5, "test": 0.1, "letters": 0.9}
    assert "pen" not in written({**quick, "calibration": {**calibration, "temperature": 2.0}})
    written(full)
    (tmp_path / WEIGHTS).write_bytes(b"others")
    assert "pen" not in written(quick)
    (tmp_path / METRICS).write_text("[1]")  # what makes no sense is written anew
    assert written(full)["pen"] == pen


def test_spoilt_strange_and_written_pictures_are_framed_and_scored(
    classifier: Classifier, digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("train.measure.evaluate.CHUNK", 20)
    monkeypatch.setattr("train.measure.evaluate.OUT_OF_DISTRIBUTION", 20)
    monkeypatch.setattr("train.measure.evaluate.NUMBERS", 5)
    monkeypatch.setattr("train.measure.evaluate.STRENGTHS", 3)
    file = tmp_path / "pen.unipen"
    file.write_text("".join(unipen(write(style), style.label) for style in STYLES))
    metrics = evaluate(classifier, gather(Digits(digits.images[:40], digits.labels[:40]), file, lambda what: None))
    spoilt = metrics["robustness"]["mnist_c"]
    assert list(spoilt["error"]) == list(mnist_c.CORRUPTIONS)
    assert spoilt["mean"] == pytest.approx(np.mean(list(spoilt["error"].values())))
    assert spoilt["error"]["translate"] < 0.3 < spoilt["error"]["glass_blur"]
    assert list(spoilt["raw"]["error"]) == list(mnist_c.CORRUPTIONS)
    assert spoilt["raw"]["error"]["translate"] > spoilt["error"]["translate"]  # nothing puts the digit back
    assert metrics["app"]["images"] == 40
    assert metrics["app"]["accuracy"] > 0.9
    assert {kind: metrics["refused"][kind] for kind in out_of_distribution.KINDS} == dict.fromkeys(
        out_of_distribution.KINDS, 0
    )
    for figures in metrics["pen"].values():
        assert figures["images"] == len(STYLES)
        assert figures["accuracy"] == figures["best_guess_accuracy"] > 0.7


def unipen(written: Strokes, label: int) -> str:
    """A digit as UCI's file has it: y up."""
    lines = [f'.SEGMENT DIGIT ? OK "{label}"']
    for stroke in written.strokes:
        lines += [".PEN_DOWN", *(f"{x:.0f} {-y:.0f}" for x, y in stroke), ".PEN_UP"]
    return "\n".join(lines) + "\n"


def test_a_run_is_calibrated_anew_as_its_fit_calibrated_it(tmp_path: Path, digits: Digits) -> None:
    recipe = Recipe("tiny", epochs=1, batch_size=32, strokes=120, validation=1 / 6)
    for _ in fit(recipe, digits, tmp_path):
        pass
    config = tmp_path / "config.json"
    found = json.loads(config.read_text())
    spoilt = {**found, "calibration": {"temperature": 9.0, "refusal": 0.0}}
    config.write_text(json.dumps(spoilt))
    assert recalibrate(tmp_path, digits) == pytest.approx(found["calibration"], rel=1e-3)
    assert json.loads(config.read_text())["calibration"] == pytest.approx(found["calibration"], rel=1e-3)


def test_what_is_held_out_is_what_the_mixture_holds_out(digits: Digits) -> None:
    recipe = Recipe("tiny", epochs=1, strokes=30, outliers=12, validation=0.5)
    drawing = mixed(recipe, digits)
    while True:
        try:
            next(drawing)
        except StopIteration as end:
            held = end.value.validation
            break
    alone = validation(recipe, digits)
    assert held.keys() == alone.keys() == {"mnist", "strokes", "outliers"}
    for name, kept in held.items():
        np.testing.assert_array_equal(kept.images, alone[name].images)
        np.testing.assert_array_equal(kept.labels, alone[name].labels)
