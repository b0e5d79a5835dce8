"""The fast twin computes what the plain layers do: values, gradients, ties, odd sizes, padding, and what it leaves."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from keras import layers

from cnn.network.architectures import ARCHITECTURES
from train.fit.fast import fast_twin, max_pool

pytestmark = pytest.mark.slow

TOLERANCE = 1e-5  # of the largest value: float32 sums in another order


def padded() -> keras.Model:
    """Odd sizes, 'same' padding of odd and even kernels, no bias, windows that leave rows over."""
    return keras.Sequential(
        [
            keras.Input((15, 13, 2)),
            layers.Conv2D(8, (5, 4), padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPooling2D(3),
            layers.Conv2D(4, 2, padding="same", activation="relu"),
            layers.MaxPooling2D((2, 1)),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )


def left_to_keras() -> keras.Model:
    """Strides, dilation, overlapping and padded windows: no fast rule."""
    return keras.Sequential(
        [
            keras.Input((33, 33, 1)),
            layers.Conv2D(8, 3, strides=2, activation="relu"),
            layers.MaxPooling2D(3, strides=2),
            layers.Conv2D(8, 2, dilation_rate=2, activation="relu"),
            layers.MaxPooling2D(2, padding="same"),
            layers.DepthwiseConv2D(2),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )


def branched() -> keras.Model:
    """A convolution whose output goes to a pooling and elsewhere too, so that the two must not be joined."""
    image = keras.Input((14, 14, 3))
    convolved = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    pooled = layers.MaxPooling2D(2)(convolved)
    deeper = layers.Conv2D(8, 1)(layers.Conv2D(8, 3, padding="same", activation="relu")(pooled))
    summed = layers.MaxPooling2D(2)(layers.Add()([pooled, deeper]))
    both = layers.Concatenate()([layers.Flatten()(summed), layers.GlobalAveragePooling2D()(convolved)])
    return keras.Model(image, layers.Dense(10)(both))


def images(shape: tuple[int, ...], ties: bool, count: int = 20) -> jax.Array:
    values = np.random.default_rng(0).random((count, *shape)).astype(np.float32)
    if ties:  # flat areas: whole windows are equal
        values = np.round(values * 2) / 2
        values[:, :6] = 0
    return jnp.asarray(values)


def outputs_and_gradients(model: keras.Model, like: keras.Model, x: jax.Array) -> list[jax.Array]:
    """Logits, updated states, and the gradients for the weights and the images, with the values of `like`."""
    trainable, other = ([v.value for v in group] for group in (like.trainable_variables, like.non_trainable_variables))

    def loss(trainable: list, x: jax.Array) -> tuple:
        logits, states = model.stateless_call(trainable, other, x, training=True)
        return (jax.nn.log_softmax(logits)[:, :3] ** 2).mean(), (logits, states)

    return jax.tree.leaves(jax.jit(jax.value_and_grad(loss, argnums=(0, 1), has_aux=True))(trainable, x))


MODELS = [*(ARCHITECTURES[name] for name in sorted(ARCHITECTURES)), padded, left_to_keras, branched]


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("build", MODELS, ids=lambda build: build.__name__)
def test_values_and_gradients_are_those_of_the_plain_layers(build: Callable[[], keras.Model], ties: bool) -> None:
    keras.utils.set_random_seed(0)
    model = build()
    for variable in model.trainable_variables:  # biases on both sides of zero
        if "bias" in variable.path:
            variable.assign(np.random.default_rng(1).normal(0, 0.1, variable.shape))
    twin = fast_twin(model)
    assert twin is not model
    assert [v.shape for v in twin.variables] == [v.shape for v in model.variables]
    x = images(model.input_shape[1:], ties)
    plain, fast = (outputs_and_gradients(which, model, x) for which in (model, twin))
    for a, b in zip(plain, fast, strict=True):
        if jnp.issubdtype(a.dtype, jnp.floating):
            assert float(jnp.abs(a - b).max()) <= TOLERANCE * max(1e-3, float(jnp.abs(a).max()))
        else:
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("count", [1, 7, 128, 130])
def test_any_batch_size(count: int) -> None:
    """The kernel gradient works on blocks of images, and on what is left over."""
    model = ARCHITECTURES["course"]()
    x = images((28, 28, 1), ties=False, count=count)
    plain, fast = (outputs_and_gradients(which, model, x) for which in (model, fast_twin(model)))
    for a, b in zip(plain[-9:], fast[-9:], strict=True):  # the eight weights and the images
        assert float(jnp.abs(a - b).max()) <= TOLERANCE * max(1e-3, float(jnp.abs(a).max()))


@pytest.mark.parametrize("relu", [False, True])
@pytest.mark.parametrize("shape", [(6, 6), (7, 8), (11, 13)])
@pytest.mark.parametrize("size", [(2, 2), (3, 3), (2, 3), (1, 2)])
def test_pooling_is_stock_to_the_bit(size: tuple[int, int], shape: tuple[int, int], relu: bool) -> None:
    x = jnp.asarray(np.random.default_rng(0).integers(-2, 3, (3, *shape, 5)), jnp.float32)  # many ties

    def stock(x: jax.Array) -> jax.Array:
        x = jax.nn.relu(x) if relu else x
        return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, *size, 1), (1, *size, 1), "VALID")

    expected, expected_back = jax.vjp(stock, x)
    found, back = jax.vjp(lambda x: max_pool(x, size, relu), x)
    gradient = jax.random.normal(jax.random.key(0), expected.shape)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(back(gradient)[0], expected_back(gradient)[0])


def test_switched_off_it_is_the_model_itself() -> None:
    model = ARCHITECTURES["course"]()
    assert fast_twin(model, enabled=False) is model


def test_on_a_gpu_it_is_the_model_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    model = ARCHITECTURES["course"]()
    assert fast_twin(model) is model
