"""A network written as ONNX computes what Keras computes, by ONNX Runtime."""

import json

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
from keras import layers

from cnn.lab.build import PRESETS
from cnn.lab.export_onnx import INPUT, OUTPUT, as_onnx
from cnn.models import registry
from cnn.network.architectures import ARCHITECTURES
from cnn.network.design import Activation, Block, Convolution, Dense, Dropout, Normalisation, Pooling, build
from cnn.task import Task
from cnn.types import InputError

CLOSE = 1e-4
DESIGNS: dict[str, list[Block]] = {
    **{name: PRESETS[name].design for name in ("small", "deep", "nothing")},
    "padded": [Convolution(3, 4, 3, "same"), Pooling(2, "average"), Convolution(4, 2, 2, "same"), Dense(5)],
    "functions": [
        Activation("tanh"), Convolution(2), Activation("gelu"), Normalisation(), Activation("sigmoid"), Pooling(3),
        Dropout(), Dense(6), Normalisation(), Activation(), Dense(4), Activation("gelu"),
    ],
}  # fmt: skip


def run(content: bytes, pictures: np.ndarray) -> np.ndarray:
    """(N, classes) logits by ONNX Runtime, on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run([OUTPUT], {INPUT: pictures})[0])


def pictures(count: int) -> np.ndarray:
    return np.random.default_rng(0).random((count, 28, 28, 1), np.float32)


def stir(model: keras.Model) -> None:
    """Other weights than a new model's, whose biases and means are zero."""
    rng = np.random.default_rng(1)
    for variable in model.weights:
        if np.issubdtype(np.asarray(variable.value).dtype, np.floating):
            noise = rng.normal(0, 0.1, variable.shape)
            variable.assign(variable.value + (np.abs(noise) if "variance" in variable.name else noise))


@pytest.mark.parametrize("name", DESIGNS)
def test_a_design_computes_the_same(name: str) -> None:
    model = build(DESIGNS[name])
    stir(model)
    given = pictures(3)
    assert np.abs(run(as_onnx(model), given) - np.asarray(model(given, training=False))).max() < CLOSE


def test_so_does_a_network_of_the_architectures_before_its_normalisation_is_folded() -> None:
    model = ARCHITECTURES["robust"]()
    stir(model)
    given = pictures(2)
    assert np.abs(run(as_onnx(model), given) - np.asarray(model(given, training=False))).max() < CLOSE


@pytest.mark.parametrize("name", registry.bundled())
def test_so_do_the_networks_that_come_with_the_app(name: str) -> None:
    model = keras.saving.load_model(registry.weights(name), compile=False)
    given = pictures(2)
    assert np.abs(run(as_onnx(model), given) - np.asarray(model(given, training=False))).max() < CLOSE


def test_a_file_says_what_its_numbers_mean() -> None:
    task = Task(("circle", "square", "é"))
    made = onnx.load_from_string(as_onnx(build([Dense(3)], task), task, 1.5))
    about = {one.key: one.value for one in made.metadata_props}
    assert json.loads(about["classes"]) == list(task.classes)
    assert float(about["temperature"]) == 1.5
    assert [one.name for one in made.graph.input] == [INPUT]
    assert not [node for node in made.graph.node if node.op_type in ("Dropout", "Softmax")]
    assert "softmax" in made.doc_string


def branching() -> keras.Model:
    image = keras.Input((28, 28, 1))
    flat = layers.Flatten()(image)
    return keras.Model(image, layers.Add(name="both")([layers.Dense(10)(flat), layers.Dense(10)(flat)]))


def chain(*parts: keras.Layer, shape: tuple[int, ...] = (28, 28, 1)) -> keras.Model:
    return keras.Sequential([keras.Input(shape), *parts], name="chain")


def test_so_do_networks_that_lay_pixels_out_anew_and_scale_them() -> None:
    """As what people build has them: at the front, between maps, and one number a channel."""
    model = chain(
        layers.Rescaling(2.0, -1),
        layers.Reshape((14, 14, 4)),
        layers.Conv2D(3, 3),
        layers.Rescaling([0.5, 1.5, 2.0], offset=0.25),
        layers.Reshape((144, -1)),
        layers.Reshape((24, 18, 1)),
        layers.Conv2D(2, 3),
        layers.Flatten(),
        layers.Dense(10),
    )
    stir(model)
    given = pictures(3)
    assert np.abs(run(as_onnx(model), given) - np.asarray(model(given, training=False))).max() < CLOSE


@pytest.mark.parametrize(
    ("model", "named"),
    [
        (lambda: branching(), "dense"),
        (lambda: chain(layers.Flatten(), layers.Dense(10), layers.UnitNormalization(name="unit")), "unit"),
        (lambda: chain(layers.Dense(3, name="on_maps"), layers.Flatten(), layers.Dense(10)), "on_maps"),
        (lambda: chain(layers.Flatten(), layers.Dense(10, "selu", name="odd")), "odd"),
        (lambda: chain(layers.Flatten(), layers.Dense(10), shape=(784, 1)), "chain"),
    ],
)
def test_what_has_no_form_is_named(model: object, named: str) -> None:
    with pytest.raises(InputError, match=named) as raised:
        as_onnx(model())  # pyright: ignore
    assert raised.value.key == "onnx_layer"
