"""A network changed by hand answers as one that has those weights, and is itself left as it was."""

import keras
import numpy as np
import pytest

from cnn.inside import arithmetic
from cnn.inside.changes import Changes, Kernel, changed_weights
from cnn.models.registry import Models
from cnn.network.classifier import Classifier
from cnn.types import Framed, InputError
from cnn.ui.inside import answer
from tests.conftest import tiny


@pytest.fixture(scope="module")
def model() -> keras.Model:
    model, rng = tiny(), np.random.default_rng(7)
    for layer, name in zip(model.layers, ("first", "second", "flat", "dropout", "logits"), strict=True):
        layer.name = name
    shapes = [one.shape for one in model.weights[:-1]]
    rest = model.get_weights()[len(shapes) :]
    model.set_weights([*(rng.normal(0, 0.3, shape) for shape in shapes), *rest])
    return model


@pytest.fixture(scope="module")
def network(model: keras.Model) -> Classifier:
    return Classifier(model, "lot")


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return np.random.default_rng(3).uniform(0, 1, (28, 28)).astype(np.float32)


OTHER = [[1.0, -2.0, 0.5], [0.0, 3.0, -1.0], [0.25, 0.0, 0.75]]
CHANGES = Changes("lot", {"second": [4, 9]}, [Kernel("first", 2, 0, OTHER), Kernel("second", 1, 5, OTHER)])


def by_hand(model: keras.Model) -> keras.Model:
    """The same network with the weights of CHANGES set in it."""
    other = keras.models.clone_model(model)
    other.set_weights(model.get_weights())
    kernel, bias = other.get_layer("first").get_weights()
    kernel[:, :, 0, 2] = OTHER
    other.get_layer("first").set_weights([kernel, bias])
    kernel, bias = other.get_layer("second").get_weights()
    kernel[:, :, 5, 1] = OTHER
    kernel[..., [4, 9]], bias[[4, 9]] = 0, 0
    other.get_layer("second").set_weights([kernel, bias])
    return other


def test_a_changed_network_is_one_with_those_weights(
    network: Classifier, model: keras.Model, image: np.ndarray, compiled: list[str]
) -> None:
    trained = network.outputs(image[None])
    compilations = len(compiled)
    outputs = network.outputs(image[None], changed_weights(network, CHANGES))
    assert len(compiled) == compilations  # for no change is anything compiled
    expected = Classifier(by_hand(model), "other").outputs(image[None])
    for name, output in expected.items():
        np.testing.assert_allclose(outputs[name].after, output.after, atol=1e-5)
    assert not outputs["second"].after[..., [4, 9]].any()
    assert not np.allclose(outputs["logits"].after, trained["logits"].after, atol=1e-2)
    for name, output in network.outputs(image[None]).items():  # it is itself as it was
        np.testing.assert_array_equal(output.after, trained[name].after)


def test_the_arithmetic_is_the_changed_networks(network: Classifier, image: np.ndarray) -> None:
    changed = changed_weights(network, CHANGES)
    outputs, layer = network.outputs(image[None], changed), network.layer("second")
    found = arithmetic.convolved(network, outputs, image, layer, 1, changed)
    own = arithmetic.convolved(network, network.outputs(image[None]), image, layer, 1, {})
    assert found.inputs == own.inputs  # what is being changed keeps its place
    assert not np.array_equal(found.rest, own.rest) or not np.array_equal(found.kernels, own.kernels)
    windows = np.lib.stride_tricks.sliding_window_view(outputs["first"].after[0], (3, 3), (0, 1))[::2, ::2]
    made = np.einsum("yxcij,ijc->yx", windows, changed["second"][0][..., 1]) + changed["second"][1][1]
    np.testing.assert_allclose(made, outputs["second"].before[0, ..., 1], atol=1e-4)


def test_the_page_gets_the_changed_answer_beside_the_trained_one(network: Classifier, image: np.ndarray) -> None:
    models = Models([network], "lot")
    asked = {"view": "network", "changes": {"model": "lot", "off": {"first": list(range(8))}, "kernels": []}}
    found = answer(asked, Framed(image), models, "lot")
    assert found["prediction"]["probabilities"] == pytest.approx(network.probabilities(image[None])[0].tolist())
    outputs = network.outputs(image[None], changed_weights(network, Changes("lot", {"first": list(range(8))}, [])))
    changed = network.calibrated(outputs["logits"].after)[0][0]
    assert found["network"]["prediction"]["probabilities"] == pytest.approx(changed.tolist())
    assert "prediction" not in answer({"view": "network"}, Framed(image), models, "lot")["network"]
    others = {**asked, "changes": {**asked["changes"], "model": "another"}}  # it has just been left for this one
    assert "prediction" not in answer(others, Framed(image), models, "lot")["network"]


@pytest.mark.parametrize(
    ("off", "kernel"),
    [
        ({"first": [8]}, None),
        ({"flat": [0]}, None),
        ({}, Kernel("first", 8, 0, OTHER)),
        ({}, Kernel("first", 0, 1, OTHER)),
        ({}, Kernel("first", 0, 0, OTHER[:2])),
        ({}, Kernel("first", 0, 0, [[1.0], [1.0, 2.0], [3.0]])),
        ({}, Kernel("logits", 0, 0, [[1.0]])),
    ],
)
def test_what_the_network_has_not_cannot_be_changed(network: Classifier, off: dict, kernel: Kernel | None) -> None:
    with pytest.raises(InputError, match="cannot be changed so"):
        changed_weights(network, Changes("lot", off, [kernel] if kernel else []))
    with pytest.raises(InputError, match='no layer named "nowhere"'):
        changed_weights(network, Changes("lot", {"nowhere": [0]}, []))


@pytest.mark.parametrize(
    "changes",
    [
        {"off": {"first": [-1]}}, {"off": {"first": [True]}}, {"off": {"first": [0] * 2000}}, {"off": [["first", 0]]},
        {"kernels": [{"layer": "first", "channel": 0, "input": 0, "weights": [[float("nan")] * 3] * 3}]},
        {"kernels": [{"layer": "first", "channel": 0, "input": 0, "weights": [[1e9] * 3] * 3}]},
        {"kernels": [{"layer": "first", "channel": 0, "input": 0, "weights": [[0] * 40] * 40}]},
        {"kernels": [{"layer": "first", "channel": 0, "input": 0}]},
        {"kernels": [{"layer": "first", "channel": 0, "input": 0, "weights": [[0] * 3] * 3}] * 100},
    ],
)  # fmt: skip
def test_what_is_no_change_is_one_sentence(network: Classifier, image: np.ndarray, changes: dict) -> None:
    asked = {"view": "network", "changes": {"model": "lot", "off": {}, "kernels": [], **changes}}
    with pytest.raises(InputError, match="cannot be asked so: changes"):
        answer(asked, Framed(image), Models([network], "lot"), "lot")
