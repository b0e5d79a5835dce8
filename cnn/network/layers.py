"""What a network is made of, layer by layer: shapes, parameters, and the part of the picture that a unit sees.

Knows no weights' values and no Hub.
"""

import dataclasses
from typing import Any, NamedTuple

import keras

from cnn.network.compat import calls_of, inner, operation_of
from cnn.task import SIDE


class Field(NamedTuple):
    """What the units of a layer see of the picture, along one axis: unit i the pixels from `start` + i * `jump` on.

    `size` pixels of them; those outside the picture are padding. After Araujo, Norris and Sim 2019, "Computing
    receptive fields of convolutional neural networks" (Distill).
    """

    size: int = 1
    jump: int = 1
    start: int = 0

    def through(self, kernel: int, stride: int, padding: int) -> "Field":
        """The field after a window of `kernel` units, moved `stride` units a step, from `padding` units outside on."""
        return Field(self.size + (kernel - 1) * self.jump, self.jump * stride, self.start - padding * self.jump)


EVERYTHING = Field(SIDE, 0, 0)


@dataclasses.dataclass(frozen=True)
class LayerFacts:
    """A layer as the scripted API gives it; `receptive_field` in pixels a side."""

    name: str
    type: str
    shape: list[int]
    parameters: int
    receptive_field: int


class Layer(NamedTuple):
    """One layer: `shape` of its output without the batch, its parameters, and what one unit of it sees.

    `sources` are the layers whose output it takes; none where it takes the picture.
    """

    name: str
    type: str
    shape: tuple[int, ...]
    parameters: int
    field: Field
    sources: tuple[str, ...] = ()

    @property
    def is_map(self) -> bool:
        """Whether its output is feature maps, (height, width, channels)."""
        return len(self.shape) == 3

    @property
    def has_filters(self) -> bool:
        """Whether it makes feature maps by weights of its own, as a convolution does."""
        return self.is_map and self.parameters > 0

    @property
    def facts(self) -> LayerFacts:
        """What people are told of it."""
        return LayerFacts(self.name, self.type, list(self.shape), self.parameters, min(self.field.size, SIDE))

    def as_dict(self) -> dict[str, Any]:
        """Its facts, JSON-ready."""
        return dataclasses.asdict(self.facts)


def steps(model: keras.Model) -> list[keras.Layer]:
    """The layers that compute something, in the model's order."""
    return [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]


def comes_apart(model: keras.Model) -> bool:
    """Whether a built model is plain layers, each called once on what others made: then calling them one by one is it.

    It is not where an operation stands between them, a model within the model, or a layer with further arguments.
    """
    whole = inner(model)
    if any(isinstance(one, keras.Model) or not isinstance(one, keras.Layer) for one in whole.operations):
        return False
    calls = calls_of(whole)
    nodes = [node.arguments for node in calls]
    given = [value for node in nodes for value in keras.tree.flatten(node.kwargs)]
    alone = all(len(node.args) == 1 for node in nodes) and not any(keras.utils.is_keras_tensor(one) for one in given)
    return alone and len(nodes) == len(steps(model))


def makers(layer: keras.Layer) -> list[str]:
    """The names of the layers whose output a layer of a built model takes, the input layer's among them."""
    return [operation_of(tensor).name for tensor in keras.tree.flatten(layer.input)]


def describe(model: keras.Model) -> list[Layer]:
    """Every layer of a built Sequential or Functional model; where ways meet, the widest field counts."""
    fields: dict[str, Field] = {}
    described = []
    for layer in steps(model):
        field = fields[layer.name] = _seen_through(layer, max(fields.get(name, Field()) for name in makers(layer)))
        shape = tuple(int(n) for n in layer.output.shape[1:])
        sources = tuple(name for name in makers(layer) if name in fields)
        described.append(Layer(layer.name, type(layer).__name__, shape, int(layer.count_params()), field, sources))
    return described


def _seen_through(layer: keras.Layer, seen: Field) -> Field:
    if len(layer.output.shape) < 4:  # no map: each unit may see all
        return EVERYTHING
    window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if window is None:  # it changes values, not places
        return seen
    size, stride = int(window[0]), int((layer.strides or window)[0])
    size += (size - 1) * (int(getattr(layer, "dilation_rate", (1,))[0]) - 1)
    padding = 0
    if layer.padding == "same":
        entering, leaving = int(layer.input.shape[1]), int(layer.output.shape[1])
        padding = max(0, (leaving - 1) * stride + size - entering) // 2
    return seen.through(size, stride, padding)
