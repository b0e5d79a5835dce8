"""The blocks that the lab offers: every value they may have is one that a design takes, and each preset is possible."""

import dataclasses
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from cnn.lab.build import BLOCKS, KINDS, PRESETS, TRAINING, Values
from cnn.lab.trainings import Order
from cnn.network.design import plan, read
from cnn.types import InputError

ORDERS = TypeAdapter(Order)


def ends(values: Values) -> list[Any]:
    """The first and last that a field may hold."""
    return [values.least, values.most] if values.options is None else [values.options[0], values.options[-1]]


def test_every_kind_is_offered_with_its_defaults() -> None:
    for kind in KINDS:
        offered = {values.name: values.default for values in BLOCKS[kind.kind]}
        assert offered == {name: one for name, one in dataclasses.asdict(kind()).items() if name != "kind"}


@pytest.mark.parametrize("kind", BLOCKS)
def test_what_is_offered_is_taken_and_what_is_beyond_is_not(kind: str) -> None:
    for values in BLOCKS[kind]:
        for value in ends(values):
            assert getattr(read([{"kind": kind, values.name: value}])[0], values.name) == value
        if values.options is None:
            for value in (values.least - 1, values.most + 1):
                with pytest.raises(InputError):
                    read([{"kind": kind, values.name: value}])


def test_so_are_the_choices_of_a_training() -> None:
    *choices, seed, runs = TRAINING
    assert {values.name for values in choices} == {field.name for field in dataclasses.fields(Order)} - {
        "design",
        "seeds",
    }
    assert ORDERS.validate_python(
        {"design": [], "seeds": [int(seed.most or 0) + at for at in range(int(runs.most or 0))]}
    )
    for values in choices:
        for value in ends(values):
            assert getattr(ORDERS.validate_python({"design": [], values.name: value}), values.name) == value
        with pytest.raises(ValidationError):
            ORDERS.validate_python({"design": [], values.name: -1})


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_can_be_built_and_trained_in_the_page(name: str) -> None:
    order = PRESETS[name]
    planned = plan(order.design)
    assert planned.refused is None
    assert read([dataclasses.asdict(block) for block in order.design]) == order.design  # pyright: ignore
    assert order.seconds < 30
