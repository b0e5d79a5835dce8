"""What we use of Keras's insides, which may change without notice: here alone, and held by tests/test_compat.py."""

from collections.abc import Callable
from typing import Any

import jax
import keras
import numpy as np


@keras.saving.register_keras_serializable(package="cnn")
class Unfilled(keras.initializers.Initializer):
    """Zeros, for weights that come from elsewhere: JAX compiles Keras's initializers, once for each shape."""

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> jax.Array:
        """As Keras calls it, without a compilation."""
        return jax.device_put(np.zeros(shape, dtype or "float32"))


def unfilled(config: Any) -> Any:
    """A model's or a layer's config with `Unfilled` for every initializer."""
    if isinstance(config, list):
        return [unfilled(value) for value in config]
    if not isinstance(config, dict):
        return config
    filler = keras.saving.serialize_keras_object(Unfilled())
    return {key: filler if key.endswith("_initializer") and value else unfilled(value) for key, value in config.items()}


def inner(model: keras.Model) -> Any:
    """The functional model that holds the operations of a built one: a Sequential keeps it within."""
    return getattr(model, "_functional", None) or model


def operation_of(tensor: keras.KerasTensor) -> keras.Operation:
    """The layer or operation whose output a symbolic tensor of a functional model is."""
    return tensor._keras_history.operation


def calls_of(functional: Any) -> list[Any]:
    """The calls that a functional model is made of, each with its `arguments`; its inputs are none."""
    return [node for level in functional._nodes_by_depth.values() for node in level if not node.is_input]


def run_through(model: keras.Model, given: Any, made_of: Callable[[keras.Operation], Callable]) -> Any:
    """What a built model makes of symbolic tensors where `made_of(operation)` is called for each of its operations.

    Models within it are gone through likewise, so that what is called stands in one graph.
    """

    def stand_in(operation: keras.Operation) -> Callable:
        if isinstance(operation, keras.Model):
            return lambda *given, **_: run_through(operation, given, made_of)
        return made_of(operation)

    return inner(model)._run_through_graph(given, stand_in)
