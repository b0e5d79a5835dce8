"""Answers of a compiled network: equal to Keras's own, from many threads, without compiling twice."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import numpy as np
import pytest

from cnn.inside.explain import METHODS, explain
from cnn.network.architectures import ARCHITECTURES
from cnn.network.classifier import BATCH, PULLED, Classifier
from cnn.reading.read import read_strokes
from cnn.types import Framed, InputError
from tests.conftest import tiny
from train.data.mnist import Digits

pytestmark = pytest.mark.slow


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


def test_nothing_is_compiled_once_answers_are_prepared(images: np.ndarray, compiled: list[str]) -> None:
    classifier = Classifier(tiny(), "counted")
    classifier.prepare_answers()
    assert compiled  # the listener does hear compilations
    compiled.clear()
    for count in (1, 7, 600):
        classifier.logits(images[:count])
    classifier.predict(Framed(images[0]))
    assert not compiled


def eleven(strange: float) -> keras.Model:
    """A network that says 3 twice as loudly as its eleventh output says `strange`, whatever it sees."""
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(11)])
    bias = np.zeros(11, np.float32)
    bias[3], bias[10] = 2.0, strange
    model.set_weights([np.zeros((784, 11), np.float32), bias])
    return model


def test_what_is_no_digit_is_refused_and_keeps_its_best_guess(images: np.ndarray) -> None:
    config = {"calibration": {"temperature": 2.0, "refusal": 0.5}}
    for strange, refused in ((1.0, False), (8.0, True)):
        classifier = Classifier(eleven(strange), "eleven", config=config)
        prediction = classifier.predict(Framed(images[0]))
        assert prediction.abstained is refused
        assert (prediction.label, prediction.reason) == ((None, "not_a_digit") if refused else (3, None))
        assert prediction.best_guess == 3


def test_probabilities_are_of_the_ten_digits_and_tempered(images: np.ndarray) -> None:
    config = {"calibration": {"temperature": 2.0, "refusal": 0.5}}
    probabilities, strange = Classifier(eleven(8.0), "eleven", config=config).assess(images[:3])
    assert probabilities.shape == (3, 10)
    np.testing.assert_allclose(probabilities[:, 3], np.e / (np.e + 9), rtol=1e-5)  # 2 / temperature 2 = 1
    np.testing.assert_allclose(strange, np.exp(8) / (np.exp(8) + np.exp(2) + 9), rtol=1e-5)


def test_a_network_of_ten_outputs_refuses_nothing(classifier: Classifier, images: np.ndarray) -> None:
    assert not classifier.assess(images)[1].any()
    assert classifier.refusal == 1


# ------------------------------------------------------------------------------------------------------ a look inside


def smooth() -> keras.Model:
    """A small network without corners, so that finite differences tell its gradients."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(4, 3, strides=2, activation="tanh", name="conv"),
            keras.layers.Dropout(0.5),
            keras.layers.Flatten(),
            keras.layers.Dense(10, name="out"),
        ]
    )


@pytest.fixture(scope="module")
def looked_into() -> Classifier:
    return Classifier(smooth(), "smooth")


def test_outputs_are_those_of_keras(images: np.ndarray) -> None:
    model = ARCHITECTURES["course"]()
    network = Classifier(model, "course")
    for count in (1, 3):
        outputs = network.outputs(images[:count])
        for layer in model.layers:
            probe = keras.Model(model.inputs, layer.output)
            expected = np.asarray(probe(images[:count, ..., None], training=False))
            np.testing.assert_allclose(outputs[layer.name].after, expected, rtol=1e-4, atol=1e-5)
    assert outputs["pool1"].before is None
    assert outputs["conv1"].before.min() < 0
    np.testing.assert_array_equal(np.maximum(outputs["conv1"].before, 0), outputs["conv1"].after)
    np.testing.assert_allclose(outputs["logits"].after, network.logits(images[:3]), rtol=1e-4, atol=1e-5)


def test_outputs_of_a_network_with_normalisation_and_ways_that_meet(images: np.ndarray) -> None:
    image = keras.Input((28, 28, 1))
    x = keras.layers.BatchNormalization()(keras.layers.Conv2D(4, 3, padding="same", name="conv")(image))
    x = keras.layers.ReLU()(keras.layers.Add()([x, keras.layers.Conv2D(4, 1)(image)]))
    model = keras.Model(image, keras.layers.Dense(10, name="out")(keras.layers.Flatten()(x)))
    network = Classifier(model, "branched")
    expected = np.asarray(model(images[:2, ..., None], training=False))
    np.testing.assert_allclose(network.outputs(images[:2])["out"].after, expected, rtol=1e-4, atol=1e-5)
    assert network.sensitivity(images[0], "conv", np.ones(10))[1].shape == (28, 28, 4)


def test_gradients_agree_with_finite_differences(looked_into: Classifier, images: np.ndarray) -> None:
    weights = np.zeros((40, 10))
    weights[:, 3] = 1
    gradient = looked_into.gradients(images[:40], "out", weights)  # more than one call's worth
    assert gradient.shape == (40, 28, 28)
    step = 1e-2
    for y, x in ((14, 14), (10, 13), (20, 9)):
        up, down = images[[0, 39]].copy(), images[[0, 39]].copy()
        up[:, y, x] += step
        down[:, y, x] -= step
        slope = (looked_into.logits(up)[:, 3] - looked_into.logits(down)[:, 3]) / (2 * step)
        np.testing.assert_allclose(gradient[[0, 39], y, x], slope, rtol=0.02, atol=2e-4)


def test_gradients_of_a_layers_units_are_before_its_activation(looked_into: Classifier, images: np.ndarray) -> None:
    weights = np.zeros((1, *looked_into.layer("conv").shape), np.float32)
    weights[0, 5, 6, 2] = 1
    gradient = looked_into.gradients(images[:1], "conv", weights)[0]
    np.testing.assert_allclose(gradient[10:13, 12:15], looked_into.weights("conv")[0][:, :, 0, 2], rtol=1e-5)
    assert np.count_nonzero(gradient) == 9


def test_sensitivity_is_how_a_sum_of_logits_changes_with_a_layers_output(
    looked_into: Classifier, images: np.ndarray
) -> None:
    weights = np.linspace(-1, 1, 10)
    output, gradient = looked_into.sensitivity(images[0], "conv", weights)
    np.testing.assert_allclose(output, looked_into.outputs(images[:1])["conv"].after[0], rtol=1e-5, atol=1e-6)
    kernel, _ = looked_into.weights("out")
    np.testing.assert_allclose(gradient.ravel(), kernel @ weights, rtol=1e-4, atol=1e-6)  # the rest of it is linear


def test_unknown_layers_are_refused_with_the_valid_names(looked_into: Classifier) -> None:
    with pytest.raises(InputError, match='no layer named "conv9" in smooth; its layers are: conv, '):
        looked_into.layer("conv9")


def test_once_prepared_a_first_look_compiles_nothing(images: np.ndarray, compiled: list[str]) -> None:
    network = Classifier(ARCHITECTURES["course"](), "prepared")
    network.prepare()
    compiled.clear()
    network.outputs(images[:1])
    for method in METHODS:
        explain(network, images[0], method, 3)
    assert not compiled


def test_a_look_inside_compiles_once_a_shape(images: np.ndarray, compiled: list[str]) -> None:
    network = Classifier(smooth(), "counted")
    compiled.clear()

    def look(count: int) -> None:
        network.outputs(images[:count])
        network.gradients(images[:count], "out", np.ones((count, 10)))
        network.sensitivity(images[0], "conv", np.ones(10))

    for count in (*PULLED, 2):
        look(count)
    assert compiled
    compiled.clear()
    for count in (1, 40):
        look(count)
    network.sensitivity(images[1], "conv", np.zeros(10))
    assert not compiled
