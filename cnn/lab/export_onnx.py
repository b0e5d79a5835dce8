"""A trained Keras network as ONNX (onnx.ai), the format that other runtimes read, node by node.

For chains of the layers that `cnn.network.design` and our own networks are made of. The graph takes `picture`, (N, 28,
28, 1) float32 in [0, 1], ink = 1, as the network does, and gives `logits`, (N, classes), or one more for what is none
of them; no softmax is in it. What the numbers mean stands in its metadata.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import layers

from cnn.network.layers import comes_apart, makers, steps
from cnn.task import DIGITS, SIDE, Task
from cnn.types import InputError

if TYPE_CHECKING:
    import onnx

OPSET, IR = 20, 9  # since 2023: the first with Gelu
INPUT, OUTPUT = "picture", "logits"

# By Keras's function: the operator that computes it, and its attributes.
ACTIVATIONS: dict[Callable, tuple[str, dict[str, Any]]] = {
    keras.activations.relu: ("Relu", {}),
    keras.activations.tanh: ("Tanh", {}),
    keras.activations.sigmoid: ("Sigmoid", {}),
    keras.activations.gelu: ("Gelu", {"approximate": "none"}),
    keras.activations.softmax: ("Softmax", {"axis": -1}),
}


def as_onnx(model: keras.Model, task: Task = DIGITS, temperature: float = 1.0) -> bytes:
    """The file of a built network that takes (N, 28, 28, 1) pictures: one chain of layers, in ONNX.

    `task` and `temperature`, which the logits are divided by to be calibrated, go into its metadata. InputError names
    the first layer that has no form here.
    """
    import onnx  # where nothing is exported, it is not needed

    graph = _Graph()
    if not comes_apart(model) or tuple(model.input_shape[1:]) != (SIDE, SIDE, 1) or len(model.output_shape) != 2:
        raise InputError("onnx_layer", layer=model.name)
    before = None
    for layer in steps(model):
        if before is not None and makers(layer) != [before]:
            raise InputError("onnx_layer", layer=layer.name)
        graph.add(layer)
        before = layer.name
    graph.nodes[-1].output[0] = OUTPUT
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    made = helper.make_model(
        helper.make_graph(
            graph.nodes,
            model.name,
            [helper.make_tensor_value_info(INPUT, kind, ["N", SIDE, SIDE, 1])],
            [helper.make_tensor_value_info(OUTPUT, kind, ["N", int(model.output_shape[-1])])],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR,
        producer_name="digit-reader",
        doc_string="Pictures (N, 28, 28, 1), float32 in [0, 1], ink = 1, to logits: divide them by the temperature and "
        "take the softmax over the classes; what comes after these stands for none of them.",
    )
    helper.set_model_props(made, {"classes": json.dumps(task.classes), "temperature": f"{temperature}"})
    onnx.checker.check_model(made, full_check=True)
    return made.SerializeToString()


class _Graph:
    """What is written so far: `last` is the name of the newest values, channels first while they are maps."""

    def __init__(self):
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.last = INPUT
        self._channels_first = False

    def node(self, operator: str, inputs: list[str], name: str, **attributes: Any) -> None:
        """Add a node; its output is the newest."""
        import onnx

        self.last = f"{name}/output"  # no layer may be called so
        self.nodes.append(onnx.helper.make_node(operator, inputs, [self.last], name=name, **attributes))

    def add(self, layer: keras.Layer) -> None:
        """What one layer computes of the newest values, when it is used and not trained."""
        write = next((write for kind, write in LAYERS.items() if type(layer) is kind), None)
        if write is None or getattr(layer, "data_format", "channels_last") != "channels_last":
            raise InputError("onnx_layer", layer=layer.name)
        write(self, layer)
        function = getattr(layer, "activation", keras.activations.linear)
        if function is not keras.activations.linear:
            if function not in ACTIVATIONS or (self._channels_first and function is keras.activations.softmax):
                raise InputError("onnx_layer", layer=layer.name)
            operator, attributes = ACTIVATIONS[function]
            self.node(operator, [self.last], f"{layer.name}_{operator.lower()}", **attributes)

    def convolution(self, layer: Any) -> None:
        """(kh, kw, in, out) kernels become (out, in, kh, kw)."""
        self._to_channels_first(True, layer)
        kernel = self._weight(layer, "kernel", np.transpose(layer.kernel.value, (3, 2, 0, 1)))
        bias = [self._weight(layer, "bias", layer.bias.value)] if layer.use_bias else []
        size = [1 + (one - 1) * dilation for one, dilation in zip(layer.kernel_size, layer.dilation_rate, strict=True)]
        window = {**_window(layer, size), "dilations": layer.dilation_rate, "group": layer.groups}
        self.node("Conv", [self.last, kernel, *bias], layer.name, kernel_shape=layer.kernel_size, **window)

    def pooling(self, layer: Any) -> None:
        """Zeros outside the map, where it is padded, are in no mean."""
        self._to_channels_first(True, layer)
        operator = "MaxPool" if isinstance(layer, layers.MaxPooling2D) else "AveragePool"
        self.node(
            operator, [self.last], layer.name, kernel_shape=layer.pool_size, **_window(layer, list(layer.pool_size))
        )

    def normalisation(self, layer: Any) -> None:
        """With the means and variances that were kept."""
        count = int(layer.moving_mean.shape[0])
        scale = layer.gamma.value if layer.scale else np.ones(count)
        shift = layer.beta.value if layer.center else np.zeros(count)
        values = {
            "scale": scale,
            "shift": shift,
            "mean": layer.moving_mean.value,
            "variance": layer.moving_variance.value,
        }
        names = [self._weight(layer, name, value) for name, value in values.items()]
        if layer.axis not in (-1, len(layer.output.shape) - 1):
            raise InputError("onnx_layer", layer=layer.name)
        self._to_channels_first(len(layer.output.shape) == 4, layer)
        self.node("BatchNormalization", [self.last, *names], layer.name, epsilon=float(layer.epsilon))

    def dense(self, layer: Any) -> None:
        """A product and a bias, of rows of values."""
        if len(layer.input.shape) != 2:
            raise InputError("onnx_layer", layer=layer.name)
        kernel = self._weight(layer, "kernel", layer.kernel.value)
        bias = [self._weight(layer, "bias", layer.bias.value)] if layer.use_bias else []
        self.node("Gemm", [self.last, kernel, *bias], layer.name)

    def flatten(self, layer: Any) -> None:
        """In a row as Keras lays maps out: place by place, its channels one after the other."""
        self._to_channels_first(False, layer)
        self.node("Flatten", [self.last], layer.name, axis=1)

    def mean(self, layer: Any) -> None:
        """Of each map."""
        self._to_channels_first(True, layer)
        self.node("GlobalAveragePool", [self.last], f"{layer.name}_means")
        self._channels_first = False  # of 1 x 1 there is no order
        self.node("Flatten", [self.last], layer.name, axis=1)

    def reshape(self, layer: Any) -> None:
        """In the order that Keras has values in."""
        self._to_channels_first(False, layer)
        shape = self._constant(layer, "shape", np.array([-1, *layer.output.shape[1:]], np.int64))
        self.node("Reshape", [self.last, shape], layer.name)

    def rescaling(self, layer: Any) -> None:
        """By one scale and offset, or by one for each channel."""
        if np.ndim(layer.scale) or np.ndim(layer.offset):
            self._to_channels_first(False, layer)
        scale, offset = (self._weight(layer, name, getattr(layer, name)) for name in ("scale", "offset"))
        self.node("Mul", [self.last, scale], f"{layer.name}_scaled")
        self.node("Add", [self.last, offset], layer.name)

    def nothing(self, layer: Any) -> None:
        """What only an activation may follow."""

    def _weight(self, layer: Any, name: str, value: Any) -> str:
        return self._constant(layer, name, np.asarray(value, np.float32, order="C"))

    def _constant(self, layer: Any, name: str, value: np.ndarray) -> str:
        import onnx

        whole = f"{layer.name}/{name}"
        self.weights.append(onnx.numpy_helper.from_array(value, whole))
        return whole

    def _to_channels_first(self, wanted: bool, layer: Any) -> None:
        """Turn maps, where they are laid out otherwise."""
        if wanted != self._channels_first:
            order = [0, 3, 1, 2] if wanted else [0, 2, 3, 1]
            self.node("Transpose", [self.last], f"{layer.name}_turned", perm=order)
            self._channels_first = wanted


def _window(layer: Any, size: list[int]) -> dict[str, list[int]]:
    """A moving window's steps, and its padding: as much before the map as after it, or one less."""
    pads = [0, 0, 0, 0]
    if layer.padding == "same":
        entering, leaving = layer.input.shape[1:3], layer.output.shape[1:3]
        whole = [
            max(0, (out - 1) * stride + window - into)
            for out, stride, window, into in zip(leaving, layer.strides, size, entering, strict=True)
        ]
        pads = [*(one // 2 for one in whole), *(one - one // 2 for one in whole)]
    return {"strides": list(layer.strides), "pads": pads}


LAYERS: dict[type, Callable[[_Graph, Any], None]] = {
    layers.Conv2D: _Graph.convolution,
    layers.MaxPooling2D: _Graph.pooling,
    layers.AveragePooling2D: _Graph.pooling,
    layers.GlobalAveragePooling2D: _Graph.mean,
    layers.BatchNormalization: _Graph.normalisation,
    layers.Dense: _Graph.dense,
    layers.Flatten: _Graph.flatten,
    layers.Reshape: _Graph.reshape,
    layers.Rescaling: _Graph.rescaling,
    layers.Activation: _Graph.nothing,
    layers.Dropout: _Graph.nothing,
    layers.Identity: _Graph.nothing,
}
