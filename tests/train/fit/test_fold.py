"""Normalisation folded away: the same answers by fewer layers."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn.network.architectures import ARCHITECTURES
from train.fit.fold import folded

pytestmark = pytest.mark.slow


def trained_like(model: keras.Model) -> keras.Model:
    """`model` with moving averages and weights such as no initialiser gives."""
    rng = np.random.default_rng(3)
    for variable in model.trainable_variables + [v for v in model.non_trainable_variables if "moving" in v.path]:
        variable.assign(rng.uniform(0.3, 1.2, variable.shape))
    return model


def functional() -> keras.Model:
    """A chain in Keras's other form; its normalisation neither scales nor shifts, and one layer keeps its bias."""
    image = keras.Input((12, 12, 2))
    x = layers.Conv2D(3, 3, name="first")(image)
    x = layers.BatchNormalization(scale=False, center=False)(x)
    x = layers.ReLU()(x)
    x = layers.Dropout(0.5)(layers.Flatten()(layers.MaxPooling2D(2)(x)))
    x = layers.Activation("relu")(layers.BatchNormalization()(layers.Dense(5, use_bias=False)(x)))
    return keras.Model(image, layers.Dense(4)(x))


@pytest.mark.parametrize("build", [ARCHITECTURES["robust"], functional])
def test_computes_the_same_without_a_normalisation(build) -> None:
    model = trained_like(build())
    plain = folded(model)
    images = np.random.default_rng(0).random((3, *model.input_shape[1:])).astype(np.float32)
    wanted = np.asarray(model(images, training=False))
    np.testing.assert_allclose(plain(images, training=False), wanted, rtol=0, atol=2e-5 * np.abs(wanted).max())
    assert not any(
        isinstance(layer, layers.BatchNormalization | layers.Activation | layers.ReLU) for layer in plain.layers
    )


def test_the_shipped_network_stays_within_its_size() -> None:
    plain = folded(ARCHITECTURES["robust"]())
    names = [layer.name for layer in plain.layers]
    assert names == [
        *("conv1", "conv2", "pool1", "conv3", "conv4", "pool2", "conv5", "conv6", "pool3"),
        *("flatten", "dropout", "dense1", "logits"),
    ]
    assert plain.count_params() <= 300_000


def test_what_normalises_nothing_comes_back_as_it_is() -> None:
    course = ARCHITECTURES["course"]()
    assert folded(course) is course


def test_what_is_no_chain_is_refused() -> None:
    image = keras.Input((8, 8, 1))
    convolved = layers.Conv2D(2, 3, padding="same")(image)
    summed = layers.Add()([convolved, layers.BatchNormalization()(convolved)])
    with pytest.raises(ValueError, match="no chain"):
        folded(keras.Model(image, layers.Dense(2)(layers.Flatten()(summed))))


def test_a_normalisation_of_something_else_stays() -> None:
    model = trained_like(
        keras.Sequential(
            [
                *(keras.Input((8, 8, 1)), layers.BatchNormalization(name="first")),
                *(layers.Conv2D(2, 3, activation="relu"), layers.BatchNormalization(name="late")),
                *(layers.Activation("tanh"), layers.Conv2D(2, 3), layers.BatchNormalization(name="taken")),
                *(layers.Flatten(), layers.Dense(3)),
            ]
        )
    )
    plain = folded(model)
    names = [layer.name for layer in plain.layers]
    assert {"first", "late"} <= {*names}
    assert "taken" not in names
    images = np.random.default_rng(0).random((3, 8, 8, 1)).astype(np.float32)
    np.testing.assert_allclose(plain(images, training=False), model(images, training=False), rtol=1e-4, atol=1e-4)
