"""A network whose weights are handed in: the same numbers as the network itself, and gradients that are differences."""

import keras
import numpy as np
import pytest

from cnn.network.architectures import ARCHITECTURES
from cnn.network.classifier import Classifier
from cnn.network.weightless import Weightless, weights_of

LAYER = "conv1"


@pytest.fixture(scope="module")
def model() -> keras.Model:
    """Weights of a fixed lot, biases among them."""
    model, rng = ARCHITECTURES["course"](), np.random.default_rng(1)
    shapes = [weights.shape for weights in model.weights]
    model.set_weights(
        [rng.normal(0, np.sqrt(2 / np.prod(shape[:-1])) if shape[1:] else 0.1, shape) for shape in shapes]
    )
    return model


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(4).random((2, 28, 28)).astype(np.float32)


@pytest.fixture(scope="module")
def weightless() -> Weightless:
    """Of a model with other weights: they are not to be seen anywhere."""
    return Weightless(ARCHITECTURES["course"]())


def test_it_answers_as_the_network_whose_weights_they_are(
    model: keras.Model, weightless: Weightless, images: np.ndarray
) -> None:
    classifier, weights = Classifier(model, "one"), weights_of(model)
    assert np.allclose(weightless.logits(weights, images), classifier.logits(images), atol=1e-5)
    mine, theirs = weightless.outputs(weights, images[0]), classifier.outputs(images[:1])
    assert mine.keys() == theirs.keys()
    for name in theirs:
        assert np.allclose(mine[name].after, theirs[name].after, atol=1e-5)


def test_other_weights_compile_nothing(
    model: keras.Model, weightless: Weightless, images: np.ndarray, compiled: list[str]
) -> None:
    weights = weights_of(model)
    weightless.outputs(weights, images[0])
    weightless.loss(weights, images[0], 3, LAYER)
    before = len(compiled)
    other = {name: values / 2 for name, values in weights.items()}
    weightless.outputs(other, images[0])
    weightless.loss(other, images[0], 4, LAYER)
    assert len(compiled) == before


def test_gradients_are_finite_differences(model: keras.Model, weightless: Weightless, images: np.ndarray) -> None:
    """Along random directions, from both sides, near enough for few ReLUs to turn: to a fiftieth of the largest."""
    weights, rng = weights_of(model), np.random.default_rng(5)
    found = weightless.loss(weights, images[0], 3, LAYER)

    def loss(moved: dict[str, np.ndarray]) -> float:
        scores = weightless.logits(moved, images[:1])[0].astype(float)
        return float(np.log(np.exp(scores - scores.max()).sum()) + scores.max() - scores[3])

    assert found.value == pytest.approx(loss(weights), abs=1e-5)
    slopes, differences = [], []
    for name in weights:
        direction = rng.normal(size=weights[name].shape).astype(np.float32)
        step = 5e-4 / np.sqrt(direction.size)
        both = [loss({**weights, name: weights[name] + sign * step * direction}) for sign in (1, -1)]
        slopes.append(float((found.by_weights[name] * direction).sum()))
        differences.append((both[0] - both[1]) / (2 * step))
    assert np.allclose(slopes, differences, atol=0.02 * max(map(abs, slopes)))
