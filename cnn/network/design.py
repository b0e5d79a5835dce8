"""A network as a list of blocks, as people put one together: what each costs and sees, and the Keras model of it.

A value, JSON-ready both ways: it stands in a recipe, in a model's `config.json`, and travels to the page. The layer
that ends every network, one logit a class, is no block: a design always ends in it.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, NamedTuple

import keras
import pydantic
from keras import layers

from cnn.network.layers import EVERYTHING, Field
from cnn.task import DIGITS, SIDE, Task
from cnn.types import InputError

MOST_BLOCKS = 16
MOST_PARAMETERS = 1_000_000
MOST_MULTIPLY_ADDS = 60_000_000  # a picture: some minutes for the training of one on two cores

Function = Literal["relu", "tanh", "sigmoid", "gelu"]
Padding = Literal["valid", "same"]


class Sent:
    """Read from a JSON object, also where what holds it is read strictly; its fields are strict themselves."""

    __pydantic_config__ = pydantic.ConfigDict(strict=False)


@dataclasses.dataclass(frozen=True)
class Convolution(Sent):
    """`filters` kernels of `kernel` x `kernel`, moved `stride` a step; "same" pads with zeros, "valid" does not."""

    filters: Annotated[int, pydantic.Field(strict=True, ge=1, le=128)] = 16
    kernel: Annotated[int, pydantic.Field(strict=True, ge=1, le=9)] = 3
    stride: Annotated[int, pydantic.Field(strict=True, ge=1, le=4)] = 1
    padding: Padding = "valid"
    kind: Literal["convolution"] = "convolution"


@dataclasses.dataclass(frozen=True)
class Pooling(Sent):
    """The largest or the mean of each window of `size` x `size`, windows side by side."""

    size: Annotated[int, pydantic.Field(strict=True, ge=2, le=7)] = 2
    by: Literal["max", "average"] = "max"
    kind: Literal["pooling"] = "pooling"


@dataclasses.dataclass(frozen=True)
class Normalisation(Sent):
    """Outputs normalised over each batch, channel by channel (Ioffe and Szegedy 2015)."""

    kind: Literal["normalisation"] = "normalisation"


@dataclasses.dataclass(frozen=True)
class Dropout(Sent):
    """A share `rate` of the values, another at each step of the training, is taken for zero."""

    rate: Annotated[float, pydantic.Field(strict=True, ge=0.05, le=0.9, allow_inf_nan=False)] = 0.25
    kind: Literal["dropout"] = "dropout"


@dataclasses.dataclass(frozen=True)
class Dense(Sent):
    """`units` sums over all values before it; maps are laid out in a row for it."""

    units: Annotated[int, pydantic.Field(strict=True, ge=1, le=512)] = 64
    kind: Literal["dense"] = "dense"


@dataclasses.dataclass(frozen=True)
class Activation(Sent):
    """A function of each value by itself."""

    function: Function = "relu"
    kind: Literal["activation"] = "activation"


Block = Annotated[
    Convolution | Pooling | Normalisation | Dropout | Dense | Activation, pydantic.Field(discriminator="kind")
]
Design = Annotated[list[Block], pydantic.Field(max_length=MOST_BLOCKS)]
_read = pydantic.TypeAdapter(Design)

COURSE: list[Block] = [
    Convolution(32), Activation(), Pooling(), Convolution(64), Activation(), Pooling(), Dense(128), Activation(),
    Dropout(0.5),
]  # fmt: skip


class Refusal(NamedTuple):
    """Why a design cannot be trained: the block it is due to, and the text `error.<key>` with what fills it in."""

    at: int
    key: str
    values: dict[str, Any]


class Planned(NamedTuple):
    """What one block makes of what comes to it. `block` None: the layer of logits that ends the network.

    `shape` of its output, (height, width, channels) or (units,); its `parameters`; its `multiply_adds` for one picture;
    and how many pixels a side one of its units sees.
    """

    block: Block | None
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    receptive_field: int


class Plan(NamedTuple):
    """A design worked out: block by block, up to the first that is impossible.

    `refused`: why it cannot be trained: an impossible block or, where all are possible, the first that is too much.
    """

    layers: list[Planned]
    refused: Refusal | None

    @property
    def parameters(self) -> int:
        """Of the whole network."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """Of the whole network, for one picture."""
        return sum(layer.multiply_adds for layer in self.layers)


def read(value: object) -> list[Block]:
    """The design in parsed JSON. InputError for what is none: a wrong kind, type or range, too many blocks."""
    try:
        return _read.validate_python(value)
    except pydantic.ValidationError as error:
        place = ".".join(map(str, error.errors(include_url=False)[0]["loc"]))
        raise InputError("design", place=place[:80]) from None


def plan(design: Sequence[Block], task: Task = DIGITS) -> Plan:
    """Shapes, costs and fields of every block, without building anything."""
    planned: list[Planned] = []
    shape: tuple[int, ...] = (SIDE, SIDE, 1)
    field = Field()
    for at, block in enumerate(design):
        if refused := _impossible(block, shape):
            return Plan(planned, Refusal(at, *refused))
        made, shape, field = _through(block, shape, field)
        planned.append(made)
    planned.append(_through(Dense(task.count), shape, field)[0]._replace(block=None))
    return Plan(planned, _too_much(planned))


class Call(NamedTuple):
    """One layer of a design, `keras.layers.<layer>(**arguments)`; arguments are those unlike Keras's own."""

    layer: str
    arguments: dict[str, Any]


def calls(design: Sequence[Block], task: Task = DIGITS) -> list[Call]:
    """The layers of a design's Keras model, in order. InputError where the plan is refused.

    They are called by their kind and number, as "conv1"; an activation right after a convolution or a dense layer is
    that layer's own.
    """
    refused = plan(design, task).refused
    if refused:
        raise InputError(refused.key, **refused.values)
    made: list[Call] = []
    flat, counted = False, Counter[str]()
    for before, block in zip([None, *design], design, strict=False):
        if isinstance(block, Dense) and not flat:
            made, flat = [*made, Call("Flatten", {"name": "flatten"})], True
        if isinstance(block, Activation) and isinstance(before, Convolution | Dense):
            made[-1].arguments["activation"] = block.function
            continue
        call, stem = CALLS[type(block)](block), NAMES[block.kind]
        counted[stem] += 1
        made.append(Call(call.layer, {**call.arguments, "name": f"{stem}{counted[stem]}"}))
    if not flat:
        made.append(Call("Flatten", {"name": "flatten"}))
    return [*made, Call("Dense", {"units": task.count, "name": "logits"})]


def build(design: Sequence[Block], task: Task = DIGITS, name: str = "built") -> keras.Model:
    """The Keras model of a design, new weights in it. InputError where a block is impossible.

    (N, 28, 28, 1) float32 in [0, 1], ink = 1, -> (N, classes) logits.
    """
    made = [getattr(layers, layer)(**arguments) for layer, arguments in calls(design, task)]
    return keras.Sequential([keras.Input((SIDE, SIDE, 1), name="image"), *made], name=name)


NAMES = {  # stems of layers
    "convolution": "conv", "pooling": "pool", "normalisation": "norm", "dropout": "dropout", "dense": "dense",
    "activation": "activation",
}  # fmt: skip


def _convolution(block: Convolution) -> Call:
    others = {"strides": block.stride, "padding": block.padding}
    usual = {"strides": 1, "padding": "valid"}
    unusual = {name: value for name, value in others.items() if value != usual[name]}
    return Call("Conv2D", {"filters": block.filters, "kernel_size": block.kernel, **unusual})


CALLS: dict[type, Callable[[Any], Call]] = {
    Convolution: _convolution,
    Pooling: lambda block: Call(f"{block.by.title()}Pooling2D", {"pool_size": block.size}),
    Normalisation: lambda block: Call("BatchNormalization", {"momentum": 0.9}),
    Dropout: lambda block: Call("Dropout", {"rate": block.rate}),
    Dense: lambda block: Call("Dense", {"units": block.units}),
    Activation: lambda block: Call("Activation", {"activation": block.function}),
}


def _impossible(block: Block, shape: tuple[int, ...]) -> tuple[str, dict[str, Any]] | None:
    """Why a block cannot follow what has this shape."""
    if not isinstance(block, Convolution | Pooling):
        return None
    if len(shape) == 1:
        return "design_flat", {}
    window = block.kernel if isinstance(block, Convolution) else block.size
    padded = isinstance(block, Convolution) and block.padding == "same"
    if window > shape[0] and not padded:
        return "design_small", {"window": window, "side": shape[0]}
    return None


def _too_much(planned: Sequence[Planned]) -> Refusal | None:
    """Which block first makes a network larger than is trained here."""
    parameters = multiply_adds = 0
    for at, layer in enumerate(planned):
        parameters, multiply_adds = parameters + layer.parameters, multiply_adds + layer.multiply_adds
        if parameters > MOST_PARAMETERS:
            return Refusal(at, "design_parameters", {"parameters": parameters, "most": MOST_PARAMETERS})
        if multiply_adds > MOST_MULTIPLY_ADDS:
            return Refusal(at, "design_multiply_adds", {"multiply_adds": multiply_adds, "most": MOST_MULTIPLY_ADDS})
    return None


def _through(block: Block, shape: tuple[int, ...], field: Field) -> tuple[Planned, tuple[int, ...], Field]:
    """What a possible block makes of an input of this shape, whose units see this much."""
    parameters = multiply_adds = 0
    if isinstance(block, Convolution):
        side, outside = _side(shape[0], block.kernel, block.stride, block.padding)
        weights = block.kernel**2 * shape[-1] * block.filters
        shape, parameters = (side, side, block.filters), weights + block.filters
        multiply_adds, field = weights * side * side, field.through(block.kernel, block.stride, outside)
    elif isinstance(block, Pooling):
        side, _ = _side(shape[0], block.size, block.size, "valid")
        shape, field = (side, side, shape[-1]), field.through(block.size, block.size, 0)
    elif isinstance(block, Dense):
        entering = _count(shape)
        shape, field = (block.units,), EVERYTHING
        parameters, multiply_adds = (entering + 1) * block.units, entering * block.units
    elif isinstance(block, Normalisation):
        parameters = 4 * shape[-1]  # a scale and a shift that are learnt, a mean and a variance that are kept
    return Planned(block, shape, parameters, multiply_adds, min(field.size, SIDE)), shape, field


def _side(entering: int, window: int, stride: int, padding: Padding) -> tuple[int, int]:
    """The side of the map that leaves, and how many places outside the first window begins."""
    if padding == "valid":
        return (entering - window) // stride + 1, 0
    leaving = -(-entering // stride)
    return leaving, max(0, (leaving - 1) * stride + window - entering) // 2


def _count(shape: Sequence[int]) -> int:
    total = 1
    for side in shape:
        total *= side
    return total
