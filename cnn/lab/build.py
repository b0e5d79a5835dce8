"""What a network is put together from in the lab: blocks with their values, how it is trained, and where to begin.

Knows no page and builds nothing: `cnn.network.design` works a design out.
"""

import dataclasses
import typing
from typing import Annotated, Any, Literal, NamedTuple

import annotated_types
import pydantic

from cnn.network.design import (
    COURSE,
    Activation,
    Block,
    Convolution,
    Dense,
    Dropout,
    Normalisation,
    Pooling,
)

Images = Literal[2000, 10000] | None
Optimiser = Literal["adam", "sgd"]
Epochs = Annotated[int, pydantic.Field(strict=True, ge=1, le=20)]
LearningRate = Annotated[float, pydantic.Field(strict=True, ge=1e-5, le=1, allow_inf_nan=False)]
Seed = Annotated[int, pydantic.Field(strict=True, ge=0, le=2**32 - 1)]
Seeds = Annotated[list[Seed], pydantic.Field(min_length=1, max_length=5)]


@dataclasses.dataclass(frozen=True)
class Choices:
    """How a design is trained, beside the classes that it tells apart.

    On so many of MNIST's training `images`, None for all of them, `epochs` times; by Adam, or by stochastic gradient
    descent with a momentum of 0.9, whose `learning_rate` rises to its peak and falls to zero; `augmentation`: each
    picture is moved, turned and stretched a little, anew each time; once from each of so many `seeds`.
    """

    images: Images = 10_000
    epochs: Epochs = 3
    optimiser: Optimiser = "adam"
    learning_rate: LearningRate = 4e-3
    augmentation: bool = False
    seeds: Seeds = dataclasses.field(default_factory=lambda: [0])


class Values(NamedTuple):
    """What a field may hold: one of `options`, or, where there are none, a number from `least` to `most`."""

    name: str
    default: Any
    options: list[Any] | None
    least: float | None
    most: float | None
    whole: bool


class Preset(NamedTuple):
    """A design to begin with, and choices that train it in half a minute on two cores."""

    design: list[Block]
    choices: Choices


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
TRAINING = values_of(Choices)


def _normalised(filters: int) -> list[Block]:
    return [Convolution(filters, 3, 1, "same"), Normalisation(), Activation()]


PRESETS: dict[str, Preset] = {
    "course": Preset(COURSE, Choices()),
    "small": Preset([Convolution(8, 5, 2), Activation(), Pooling(), Dense(32), Activation()], Choices(epochs=5)),
    "wide": Preset(
        [Convolution(64, 5), Activation(), Pooling(3), Dense(128), Activation(), Dropout(0.5)], Choices(epochs=2)
    ),
    "deep": Preset(
        [
            *_normalised(12), *_normalised(12), Pooling(), *_normalised(24), *_normalised(24), Pooling(), Dense(64),
            Activation(),
        ],
        Choices(epochs=2),
    ),
    "dense": Preset([Dense(128), Activation(), Dropout(0.25), Dense(64), Activation()], Choices(epochs=5)),
    "nothing": Preset([], Choices(learning_rate=0.01)),
}  # fmt: skip
