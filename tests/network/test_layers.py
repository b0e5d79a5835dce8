"""What a unit sees of the picture, against gradients: a pixel that changes the unit is seen, no other one is."""

import functools
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from cnn.inside.explain import seen
from cnn.models.registry import Models
from cnn.network.architectures import ARCHITECTURES
from cnn.network.classifier import Classifier
from cnn.network.layers import Field, comes_apart, describe
from cnn.stress.perturbations import PERTURBATIONS
from cnn.types import Framed, InputError
from cnn.ui import inside, stress


def odd() -> keras.Model:
    """Strides, padding, a large kernel, a pooling, and two ways that meet again."""
    image = keras.Input((28, 28, 1))
    first = layers.Conv2D(3, 5, strides=2, padding="same", name="first")(image)
    left = layers.Conv2D(4, 3, padding="same", name="left")(first)
    right = layers.Conv2D(4, 1, name="right")(first)
    both = layers.Add(name="both")([left, right])
    pooled = layers.AveragePooling2D(2, name="pooled")(both)
    deep = layers.Conv2D(2, 3, name="deep")(pooled)
    return keras.Model(image, layers.Dense(10, name="out")(layers.Flatten()(deep)))


@pytest.fixture(scope="module")
def network() -> Classifier:
    return Classifier(odd(), "odd")


@pytest.mark.parametrize("name", ["first", "left", "right", "both", "pooled", "deep"])
@pytest.mark.parametrize("place", [(0, 0), (2, 3), (-1, -1)])
def test_a_unit_sees_exactly_its_field(network: Classifier, name: str, place: tuple[int, int]) -> None:
    layer = network.layer(name)
    at = tuple(index % size for index, size in zip(place, layer.shape, strict=False))
    weights = np.zeros((1, *layer.shape), np.float32)
    weights[0, at[0], at[1]] = 1
    image = np.random.default_rng(0).uniform(0.2, 1, (1, 28, 28)).astype(np.float32)
    felt = network.gradients(image, name, weights)[0] != 0
    expected = np.zeros((28, 28), bool)
    expected[seen(layer, at)] = True
    np.testing.assert_array_equal(felt, expected)


def test_shapes_and_parameters_are_the_networks_own() -> None:
    model = ARCHITECTURES["course"]()
    described = describe(model)
    assert [layer.name for layer in described] == [layer.name for layer in model.layers]
    assert sum(layer.parameters for layer in described) == model.count_params()
    by_name = {layer.name: layer for layer in described}
    assert by_name["conv1"].shape == (26, 26, 32)
    assert by_name["conv1"].field == Field(3, 1, 0)
    assert by_name["pool1"].field == Field(4, 2, 0)
    assert by_name["conv2"].field == Field(8, 2, 0)
    assert by_name["pool2"].field == Field(10, 4, 0)
    assert by_name["dense1"].as_dict()["receptive_field"] == 28


@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
def test_every_architecture_is_described(name: str) -> None:
    model = ARCHITECTURES[name]()
    for layer in describe(model):
        row = layer.as_dict()
        assert list(row) == ["name", "type", "shape", "parameters", "receptive_field"]
        assert 1 <= row["receptive_field"] <= 28


def with_an_operation() -> keras.Model:
    image = keras.Input((28, 28, 1))
    return keras.Model(image, layers.Dense(10)(layers.Flatten()(image / 2.0)))


def with_a_model_within() -> keras.Model:
    image = keras.Input((28, 28, 1))
    return keras.Model(image, layers.Dense(10)(layers.Flatten()(tiny_map()(image))))


def with_a_shared_layer() -> keras.Model:
    image, shared = keras.Input((28, 28, 1)), layers.Conv2D(1, 3, padding="same")
    return keras.Model(image, layers.Dense(10)(layers.Flatten()(shared(shared(image)))))


def with_two_arguments() -> keras.Model:
    image = keras.Input((28, 28, 1))
    rows = layers.Reshape((28, 28))(image)
    return keras.Model(image, layers.Dense(10)(layers.Flatten()(layers.MultiHeadAttention(1, 4)(rows, rows))))


def tiny_dense() -> keras.Model:
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10)])


def tiny_map() -> keras.Model:
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(1, 3)])


@pytest.mark.parametrize("build", [with_an_operation, with_a_model_within, with_a_shared_layer, with_two_arguments])
def test_what_does_not_come_apart_is_not_looked_into(build: Callable[[], keras.Model]) -> None:
    assert not comes_apart(build())


def test_what_comes_apart_does_so_saved_and_loaded_too(tmp_path: Path) -> None:
    for build in (odd, ARCHITECTURES["robust"]):
        model = build()
        assert comes_apart(model)
        model.save(tmp_path / "model.keras")
        assert comes_apart(keras.saving.load_model(tmp_path / "model.keras"))


def test_a_network_that_does_not_come_apart_reads_and_says_why_it_stays_shut() -> None:
    network = Classifier(with_an_operation(), "theirs")
    digit = np.zeros((1, 28, 28), np.float32)
    assert network.probabilities(digit).shape == (1, 10)
    gradients = functools.partial(network.gradients, digit, "dense", np.zeros((1, 10)))
    for look in (lambda: network.layers, lambda: network.outputs(digit), gradients):
        with pytest.raises(InputError, match="theirs can read, but it cannot be looked into"):
            look()


def test_its_answer_is_explained_and_stress_tested_all_the_same() -> None:
    network, plain = Classifier(with_a_shared_layer(), "theirs"), Classifier(tiny_dense(), "plain")
    models = Models([network, plain], "theirs")
    models.prepare()
    digit = np.tri(28, dtype=np.float32)
    weights = np.linspace(-1, 1, 10, dtype=np.float32)[None]
    step = np.zeros((1, 28, 28), np.float32)
    step[0, 14, 9] = 0.1  # the network is linear
    change = ((network.logits(digit + step) - network.logits(digit[None])) * weights).sum() / 0.1
    assert network.gradients(digit[None], None, weights)[0, 14, 9] == pytest.approx(change, rel=1e-3)

    strongest = {"stack": [{"name": "pgd", "strength": 0.2}], "seed": 0, "against": None}
    assert set(stress.answer({"view": "compare", **strongest}, Framed(digit), models)["compare"]["models"]) == {*models}
    for name in (name for name, one in PERTURBATIONS.items() if one.worst_case):
        assert set(
            stress.answer({"view": "card", "name": name, "seed": 0}, Framed(digit), models)["card"]["models"]
        ) == {*models}
    for asked, shut in (
        ({"view": "network"}, True),
        ({"view": "joins"}, True),
        ({"view": "why", "method": "grad_cam"}, True),
        ({"view": "why", "method": "saliency"}, False),
        ({"view": "shift"}, False),
    ):
        assert inside.answer(asked, Framed(digit), models, "theirs")["shut"] == shut
        assert not inside.answer(asked, Framed(digit), models, "plain")["shut"]
