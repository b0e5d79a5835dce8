"""Answers of a compiled network: equal to Keras's own, from many threads, without compiling twice."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jax
import keras
import numpy as np
import pytest

from cnn.classifier import BATCH, Classifier, read_strokes
from cnn.types import Framed, InputError
from tests.conftest import tiny
from train.data import Digits


@pytest.fixture(scope="module")
def images(digits: Digits) -> np.ndarray:
    return digits.images[:600].astype(np.float32) / 255


def test_logits_are_those_of_keras(classifier: Classifier, tiny_folder: Path, images: np.ndarray) -> None:
    model = keras.saving.load_model(tiny_folder / "model.keras")
    expected = np.asarray(model(images[:40, ..., None], training=False))
    np.testing.assert_allclose(classifier.logits(images[:40]), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("count", [1, 2, BATCH, BATCH + 1, 600])
def test_each_row_is_independent_of_its_company(classifier: Classifier, images: np.ndarray, count: int) -> None:
    together = classifier.probabilities(images[:count])
    assert together.shape == (count, 10)
    np.testing.assert_allclose(together.sum(axis=1), 1, rtol=1e-5)
    alone = classifier.probabilities(images[count - 1 : count])[0]
    np.testing.assert_allclose(together[-1], alone, rtol=1e-4, atol=1e-6)


def test_prediction_agrees_with_its_probabilities(classifier: Classifier, images: np.ndarray) -> None:
    prediction = classifier.predict(Framed(images[0]))
    assert prediction.label == prediction.best_guess == int(np.argmax(prediction.probabilities))
    assert prediction.confidence == max(prediction.probabilities)
    assert not prediction.abstained
    assert prediction.reason is None
    assert type(prediction.as_dict()["probabilities"]) is list


def test_reads_most_digits_it_was_trained_on(classifier: Classifier, digits: Digits) -> None:
    guesses = classifier.logits(digits.images.astype(np.float32) / 255).argmax(axis=1)
    assert (guesses == digits.labels).mean() > 0.9


def test_blank_is_not_predicted(classifier: Classifier) -> None:
    _, prediction = read_strokes(classifier, {"strokes": [], "width": 10, "height": 10})
    assert (prediction.label, prediction.best_guess, prediction.reason) == (None, None, "blank")
    assert prediction.abstained
    assert sum(prediction.probabilities) == pytest.approx(1)


def test_bad_strokes_are_refused(classifier: Classifier) -> None:
    with pytest.raises(InputError, match="Strokes must be"):
        read_strokes(classifier, {"strokes": "7"})


def test_many_threads_get_the_same_answers(classifier: Classifier, images: np.ndarray) -> None:
    expected = [classifier.predict(Framed(image)).probabilities for image in images[:50]]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda i: classifier.predict(Framed(images[i % 50])).probabilities, range(400)))
    assert all(answer == expected[i % 50] for i, answer in enumerate(answers))


def test_the_weights_are_a_copy(images: np.ndarray) -> None:
    model = tiny()
    classifier = Classifier(model, "copied")
    before = classifier.logits(images[:1])
    model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])
    np.testing.assert_array_equal(classifier.logits(images[:1]), before)


def test_nothing_is_compiled_after_the_start(images: np.ndarray) -> None:
    compiled = []
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, *_, **__: compiled.append(event) if "backend_compile" in event else None
    )
    classifier = Classifier(tiny(), "counted")
    assert compiled  # the listener does hear compilations
    compiled.clear()
    for count in (1, 7, 600):
        classifier.logits(images[:count])
    classifier.predict(Framed(images[0]))
    assert not compiled
