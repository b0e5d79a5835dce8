"""How a number comes about: what is handed out adds up to the network's own output, place by place."""

import keras
import numpy as np
import pytest

from cnn.inside import arithmetic
from cnn.network.classifier import Classifier

layers = keras.layers


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return np.random.default_rng(3).uniform(0, 1, (28, 28)).astype(np.float32)


@pytest.fixture(scope="module")
def network() -> Classifier:
    """Every kind of arithmetic: a stride and padding, more maps than are shown, both poolings, an activation alone."""
    made = [
        layers.Conv2D(12, 5, strides=2, padding="same", name="first"),
        layers.Activation("relu", name="bend"),
        layers.Conv2D(4, 3, activation="relu", name="second"),
        layers.MaxPooling2D(2, name="largest"),
        layers.AveragePooling2D(2, name="mean"),
        layers.Flatten(name="flat"),
        layers.Dense(7, activation="relu", name="hidden"),
        layers.Dropout(0.5, name="dropout"),
        layers.Dense(11, name="logits"),
    ]
    return by_lot(keras.Sequential([keras.Input((28, 28, 1)), *made]))


def by_lot(model: keras.Model) -> Classifier:
    rng = np.random.default_rng(5)
    model.set_weights([rng.normal(0, 0.4, one.shape) for one in model.get_weights()])
    return Classifier(model, "lot")


def added_up(found: arithmetic.Convolved, shape: tuple[int, ...]) -> np.ndarray:
    """What the page adds up, one place after the other."""
    side, page = found.kernels.shape[1], np.pad(found.sources, [(0, 0), (found.padding, 9), (found.padding, 9)])
    made = np.zeros(shape)
    for row, column in np.ndindex(*shape):
        y, x = row * found.stride, column * found.stride
        made[row, column] = (page[:, y : y + side, x : x + side] * found.kernels).sum()
    return made + found.rest + found.bias


@pytest.mark.parametrize(("name", "channel"), [("first", 3), ("second", 0)])
def test_a_convolution_adds_up_to_its_map(network: Classifier, image: np.ndarray, name: str, channel: int) -> None:
    outputs, layer = network.outputs(image[None]), network.layer(name)
    found = arithmetic.convolved(network, outputs, image, layer, channel, {})
    before = outputs[name].after if outputs[name].before is None else outputs[name].before
    np.testing.assert_allclose(added_up(found, layer.shape[:2]), before[0, ..., channel], atol=1e-4)
    reads = {"first": 1, "second": 12}[name]
    assert (found.reads, len(found.kernels)) == (reads, min(reads, arithmetic.STRONGEST))
    assert bool(found.rest.any()) is (reads > arithmetic.STRONGEST)
    assert (found.stride, found.padding) == {"first": (2, 1), "second": (1, 0)}[name]
    size = np.linalg.norm(network.weights(name)[0][..., channel], axis=(0, 1))
    assert found.inputs == np.argsort(-size, kind="stable")[: arithmetic.STRONGEST].tolist()


def test_a_convolution_whose_windows_are_others_is_not_written_out(image: np.ndarray) -> None:
    for options in ({"dilation_rate": 2}, {"groups": 2}, {"kernel_size": (3, 1)}):
        conv = layers.Conv2D(**{"filters": 4, "kernel_size": 3, "name": "odd", **options})
        made = [layers.Conv2D(4, 3), conv, layers.Flatten(), layers.Dense(10)]
        network = by_lot(keras.Sequential([keras.Input((28, 28, 1)), *made]))
        outputs = network.outputs(image[None])
        assert arithmetic.convolved(network, outputs, image, network.layer("odd"), 1, {}) is None


def test_a_pooling_keeps_one_number_of_each_window(network: Classifier, image: np.ndarray) -> None:
    outputs = network.outputs(image[None])
    for name, by, kept in (("largest", "max", np.max), ("mean", "mean", np.mean)):
        found = arithmetic.pooled(network, outputs, network.layer(name), 2)
        made = outputs[name].after[0, ..., 2]
        assert (found.by, found.window) == (by, 2)
        rows, columns = made.shape
        windows = found.entered[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2)
        np.testing.assert_allclose(kept(windows, axis=(1, 3)), made, atol=1e-6)
    assert arithmetic.pooled(network, outputs, network.layer("second"), 2) is None


def test_a_dense_number_adds_up_and_the_last_one_beside_its_rival(network: Classifier, image: np.ndarray) -> None:
    outputs = network.outputs(image[None])
    found = arithmetic.weighed(network, outputs, network.layer("hidden"), 4, {})
    assert found.features @ found.weights + found.bias == pytest.approx(outputs["hidden"].before[0, 4], abs=1e-5)
    assert found.rival is None
    logits, last = outputs["logits"].after[0], network.layers[-1]
    found = arithmetic.weighed(network, outputs, last, 4, {})
    assert found.rival.label == max(set(range(10)) - {4}, key=logits.__getitem__)
    lead = found.features @ (found.weights - found.rival.weights) + found.bias - found.rival.bias
    assert lead == pytest.approx(logits[4] - logits[found.rival.label], abs=1e-4)
    assert arithmetic.weighed(network, outputs, last, 10, {}).rival is None  # what is none of the classes


def test_an_activation_alone_knows_what_entered(network: Classifier, image: np.ndarray) -> None:
    outputs = network.outputs(image[None])
    entered = arithmetic.entered(network, outputs, network.layer("bend"), 5)
    np.testing.assert_array_equal(np.maximum(0, entered), outputs["bend"].after[0, ..., 5])
    assert arithmetic.entered(network, outputs, network.layer("first"), 5) is None


def test_joins_are_as_strong_as_the_weights_are_large(network: Classifier) -> None:
    joined = {one.layer: one.sizes for one in arithmetic.joined(network)}
    assert {name: sizes.shape for name, sizes in joined.items()} == {
        "first": (12, 1), "second": (4, 12), "hidden": (7, 4), "logits": (11, 7),
    }  # fmt: skip
    second, hidden = network.weights("second")[0], network.weights("hidden")[0]
    assert joined["second"][3, 7] == pytest.approx(np.linalg.norm(second[:, :, 7, 3]))
    assert joined["hidden"][2, 1] == pytest.approx(np.linalg.norm(hidden.reshape(3, 3, 4, 7)[..., 1, 2]))
    assert arithmetic.sources(network, network.layer("hidden")) == ["mean"]
    assert arithmetic.sources(network, network.layer("first")) == []


def test_where_ways_meet_a_layer_has_several_sources(image: np.ndarray) -> None:
    given = keras.Input((28, 28, 1))
    one, other = (layers.Conv2D(3, 3, padding="same", name=name)(given) for name in ("one", "other"))
    met = layers.Add(name="met")([one, other])
    out = layers.Dense(10, name="logits")(layers.Flatten()(layers.Conv2D(2, 3, name="after")(met)))
    network = by_lot(keras.Model(given, out))
    outputs = network.outputs(image[None])
    assert set(arithmetic.sources(network, network.layer("met"))) == {"one", "other"}
    found = arithmetic.convolved(network, outputs, image, network.layer("after"), 1, {})
    np.testing.assert_allclose(added_up(found, (26, 26)), outputs["after"].after[0, ..., 1], atol=1e-4)
