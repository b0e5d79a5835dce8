"""What a network is put together from in the lab: blocks with their values, how it is trained, and where to begin.

Knows no page and builds nothing: `cnn.network.design` works a design out.
"""

import dataclasses
import typing
from typing import Annotated, Any, Literal, NamedTuple

import annotated_types

from cnn.lab.trainings import SEEDS, Order
from cnn.network.design import COURSE, Activation, Block, Convolution, Dense, Dropout, Normalisation, Pooling


class Values(NamedTuple):
    """What a field may hold: one of `options`, or, where there are none, a number from `least` to `most`."""

    name: str
    default: Any
    options: list[Any] | None
    least: float | None
    most: float | None
    whole: bool


def values_of(kind: type) -> list[Values]:
    """What each field of a dataclass may hold, as its annotations have it; lists and the `kind` are left out."""
    hints = typing.get_type_hints(kind, include_extras=True)
    found = []
    for field in dataclasses.fields(kind):
        inner, *limits = typing.get_args(hints[field.name]) or (hints[field.name],)
        if field.name == "kind" or field.default is dataclasses.MISSING:
            continue
        if typing.get_origin(hints[field.name]) is Annotated:
            inside = {type(one): one for one in limits[0].metadata}
            least, most = inside[annotated_types.Ge].ge, inside[annotated_types.Le].le
            found.append(Values(field.name, field.default, None, least, most, inner is int))
        else:
            found.append(Values(field.name, field.default, _options(hints[field.name]), None, None, False))
    return found


def _options(hint: Any) -> list[Any]:
    if hint is bool:
        return [False, True]
    if hint is type(None):
        return [None]
    if typing.get_origin(hint) is Literal:
        return list(typing.get_args(hint))
    return [option for one in typing.get_args(hint) for option in _options(one)]


KINDS = (Convolution, Pooling, Activation, Normalisation, Dropout, Dense)  # in the order they are offered
BLOCKS: dict[str, list[Values]] = {kind.kind: values_of(kind) for kind in KINDS}
TRAINING = [  # and, in place of seeds, the first of so many that follow one another
    *values_of(Order),
    Values("seed", 0, None, 0, 2**32 - SEEDS, True),
    Values("runs", 1, None, 1, SEEDS, True),
]


def _normalised(filters: int) -> list[Block]:
    return [Convolution(filters, 3, 1, "same"), Normalisation(), Activation()]


# Designs to begin with, and what trains each in half a minute on two cores.
PRESETS: dict[str, Order] = {
    "course": Order(COURSE),
    "small": Order([Convolution(8, 5, 2), Activation(), Pooling(), Dense(32), Activation()], epochs=5),
    "wide": Order([Convolution(64, 5), Activation(), Pooling(3), Dense(128), Activation(), Dropout(0.5)], epochs=2),
    "deep": Order(
        [
            *_normalised(12), *_normalised(12), Pooling(), *_normalised(24), *_normalised(24), Pooling(), Dense(64),
            Activation(),
        ],
        epochs=2,
    ),
    "dense": Order([Dense(128), Activation(), Dropout(0.25), Dense(64), Activation()], epochs=5),
    "nothing": Order([], learning_rate=0.01),
}  # fmt: skip
