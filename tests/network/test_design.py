"""A design worked out agrees with the Keras model that is built of it."""

import dataclasses

import keras
import numpy as np
import pytest

from cnn.network.architectures import course
from cnn.network.design import (
    COURSE,
    MOST_BLOCKS,
    Activation,
    Block,
    Convolution,
    Dense,
    Dropout,
    Normalisation,
    Pooling,
    build,
    plan,
    read,
)
from cnn.network.layers import describe, steps
from cnn.task import Task
from cnn.types import InputError

DESIGNS: dict[str, list[Block]] = {
    "nothing": [],
    "course": COURSE,
    "strides": [Convolution(3, 5, 2, "same"), Activation("gelu"), Convolution(4, 4, 3), Pooling(2, "average")],
    "normalised": [Convolution(4), Normalisation(), Activation(), Pooling(3), Dropout(), Dense(5), Normalisation()],
    "padded": [Convolution(2, 9, 1, "same"), Pooling(7), Convolution(2, 9, 4, "same"), Dense(3), Dense(4)],
    "activations": [Activation("tanh"), Convolution(2), Activation(), Activation("sigmoid"), Dropout()],
}


@pytest.mark.parametrize("name", DESIGNS)
def test_what_is_planned_is_what_keras_builds(name: str) -> None:
    design = DESIGNS[name]
    model, planned = build(design), plan(design)
    assert planned.refused is None
    assert planned.parameters == model.count_params() - _random_states(model)
    layers = [layer for layer in describe(model) if layer.type != "Flatten"]
    apart = [one for one in planned.layers if not _joined(design, one.block)]
    assert [one.shape for one in apart] == [layer.shape for layer in layers]
    assert [one.receptive_field for one in apart] == [layer.facts.receptive_field for layer in layers]


def _random_states(model: keras.Model) -> int:
    return sum(layer.count_params() for layer in steps(model) if isinstance(layer, keras.layers.Dropout))


def _joined(design: list[Block], block: Block | None) -> bool:
    """Whether an activation became the layer's before it."""
    at = next((at for at, other in enumerate(design) if other is block), 0)
    return isinstance(block, Activation) and at > 0 and isinstance(design[at - 1], Convolution | Dense)


def test_the_courses_design_is_the_courses_network() -> None:
    mine, theirs = build(COURSE, name="course"), course()
    assert [(layer.name, layer.get_config().get("activation")) for layer in steps(mine)[:-2]] == [
        (layer.name, layer.get_config().get("activation")) for layer in steps(theirs)[:-2]
    ]
    assert [v.shape for v in mine.trainable_variables] == [v.shape for v in theirs.trainable_variables]


def test_multiply_adds_are_counted_as_one_would_by_hand() -> None:
    made = plan([Convolution(2, 3), Pooling(), Dense(5)])
    assert [one.multiply_adds for one in made.layers] == [9 * 2 * 26 * 26, 0, 13 * 13 * 2 * 5, 50]


@pytest.mark.parametrize(
    ("design", "at", "key"),
    [
        ([Dense(4), Convolution()], 1, "design_flat"),
        ([Dense(4), Dropout(), Pooling()], 2, "design_flat"),
        ([Pooling(7), Pooling(3), Convolution(2, 3)], 2, "design_small"),
        ([Pooling(7), Convolution(2, 5)], 1, "design_small"),
    ],
)
def test_an_impossible_block_is_refused_where_it_stands(design: list[Block], at: int, key: str) -> None:
    made = plan(design, Task(tuple("0123456789")))
    assert made.refused is not None
    assert (made.refused.at, made.refused.key) == (at, key)
    assert len(made.layers) == at
    with pytest.raises(InputError) as raised:
        build(design)
    assert raised.value.key == key


LARGEST: list[Block] = [Convolution(128, 9, 1, "same")] * (MOST_BLOCKS - 1)


@pytest.mark.parametrize(
    ("design", "at", "key"),
    [
        ([Convolution(128, 3, 1, "same"), Dense(512)], 1, "design_parameters"),
        ([Convolution(128, 9, 1, "same"), Convolution(128, 9, 1, "same")], 1, "design_parameters"),
        ([Convolution(128, 3, 1, "same"), Convolution(128, 3, 1, "same")], 1, "design_multiply_adds"),
        ([Convolution(128, 1)], 1, "design_parameters"),
        ([*LARGEST, Dense(512)], 1, "design_parameters"),
        ([block for at, block in enumerate(COURSE) if at != 5], 5, "design_parameters"),  # without its second pooling
    ],
)
def test_one_that_is_too_large_is_worked_out_and_not_built(design: list[Block], at: int, key: str) -> None:
    made = plan(design)
    assert made.refused is not None
    assert (made.refused.at, made.refused.key) == (at, key)
    assert len(made.layers) == len(design) + 1
    with pytest.raises(InputError) as raised:
        build(design)
    assert raised.value.key == key


def test_what_a_pooling_saves_the_dense_block_behind_it() -> None:
    made = plan([block for at, block in enumerate(COURSE) if at != 5])
    assert made.layers[5].parameters == (11 * 11 * 64 + 1) * 128
    assert made.parameters == 320 + 18_496 + 991_360 + 1_290


def test_a_design_goes_through_json() -> None:
    assert read([dataclasses.asdict(block) for block in COURSE]) == COURSE  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "value",
    [
        None, "course", {"kind": "dense"}, [{"kind": "attention"}], [{"kind": "dense", "units": 0}], [{"units": 3}],
        [{"kind": "dense", "units": 1e9}], [{"kind": "dense", "units": "8"}], [{"kind": "dense", "units": True}],
        [{"kind": "dropout", "rate": float("nan")}], [{"kind": "convolution", "padding": "full"}],
        [{"kind": "activation"}] * (MOST_BLOCKS + 1),
    ],
)  # fmt: skip
def test_what_is_no_design_is_refused(value: object) -> None:
    with pytest.raises(InputError):
        read(value)


def test_built_twice_it_computes() -> None:
    pictures = np.random.default_rng(0).random((3, 28, 28, 1), np.float32)
    assert build(DESIGNS["normalised"])(pictures).shape == (3, 10)
