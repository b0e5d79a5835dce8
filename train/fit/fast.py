"""Keras convolutional networks trained on a CPU several times faster, from the same plain layers.

Knows no data, no optimiser and no training loop. `fast_twin(model)` gives a model with the same variables in the same
order that computes the same function by other means: gradients are taken through the twin with the plain model's
values, and the plain model is saved. On a GPU, or switched off, the twin is the model itself.

Why: XLA on CPU spends four fifths of a training step of a small CNN in a few places. Milliseconds on 2 cores of an AMD
EPYC (Zen 5), jax 0.10.2, the course network, batch 128; `python tests/benchmarks/training.py` measures the whole.

    max pooling's gradient     57    XLA's select-and-scatter; 0.8 when the forward pass keeps, in a byte, which
                                     element of the window was the (first) largest
    conv2's kernel gradient    8     a convolution with an 11x11 kernel; 2.7 as patches times gradient, some images at
                                     a time so that the patches stay in cache
    conv2 itself               3.4   YNNPACK's convolution; 1.5 by Eigen's (`compiler_options`)
    conv1's bias gradient      2     a sum that XLA fuses, badly, with what it sums; 0.3 as a product with ones
    both of conv2's gradients  5     Winograd's products in the tiles that pooling makes: 3.5, see `conv_relu_pool`
    the odd row and column     17 %  conv2's 11x11 outputs are pooled to 5x5, so 10x10 of them are enough: what pooling
                                     crops is never computed
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
from jax import lax

TILE_IMAGES = 16  # whose Winograd tiles are made at a time, for the same reason
PATCH_BYTES = 4 << 20  # patches built at a time: about the second-level caches of two cores
FEW_CHANNELS = 8  # below which Winograd's tiles cost more than they save
FEW_INPUTS = 32  # values under a kernel up to which a convolution is done as a product with its patches
CHANNELS_LAST = ("NHWC", "HWIO", "NHWC")
# YNNPACK, jaxlib's default, for products; Eigen for convolutions.
PRODUCTS_ONLY = {"xla_cpu_experimental_ynn_fusion_type": "LIBRARY_FUSION_TYPE_INDIVIDUAL_DOT"}

Size = tuple[int, int]


def fast_twin(model: keras.Model, enabled: bool = True) -> keras.Model:
    """A model that computes what a built Sequential or Functional `model` does, with gradients made for the CPU.

    Its variables have the order and shapes of `model`'s and the values at the time of the call. Stride-1 Conv2D and
    MaxPooling2D with windows side by side get fast rules, a Conv2D with relu whose output goes to such a pooling alone
    is joined with it; every other layer stays as it is. Values and gradients differ by rounding only, 1e-5 of the
    largest (tests/train/fit/test_fast.py). Gives `model` itself when not `enabled`, or not on a CPU.
    """
    if not enabled or jax.default_backend() != "cpu":
        return model
    joined = {
        conv.name: pool.pool_size
        for conv, pool in _followers(model)
        if _is_plain_pool(pool) and _is_plain_conv(conv) and conv.activation is keras.activations.relu
    }
    done = {pool.name for conv, pool in _followers(model) if conv.name in joined}

    def clone(layer: keras.Layer) -> keras.Layer:
        if layer.name in done:
            return keras.layers.Identity(name=layer.name)
        if _is_plain_conv(layer):
            twin = _Conv2D.from_config(layer.get_config())
            twin.pool = joined.get(layer.name)
            return twin
        kind = _MaxPooling2D if _is_plain_pool(layer) else type(layer)
        return kind.from_config(layer.get_config())

    twin = keras.models.clone_model(model, clone_function=clone)
    for mine, theirs in zip(twin.variables, model.variables, strict=True):
        mine.assign(np.asarray(theirs.value))  # weights, and the random states of dropout
    return twin


def compiler_options() -> dict[str, str]:
    """What `jax.jit` should be given to compile a step; empty on a GPU, or where this jaxlib does not know it."""
    if jax.default_backend() != "cpu":
        return {}
    try:
        jax.jit(lambda x: x + 1, compiler_options=PRODUCTS_ONLY)(0.0)
    except Exception:  # XLA raises its own type for an unknown option
        return {}
    return PRODUCTS_ONLY


# -------------------------------------------------------------------------------------------------------- convolution


@jax.custom_vjp
def conv2d(x: jax.Array, kernel: jax.Array, bias: jax.Array) -> jax.Array:
    """'Valid' convolution with stride 1: (N, H, W, C), (kh, kw, C, O), (O,) -> (N, H - kh + 1, W - kw + 1, O)."""
    kh, kw, channels, filters = kernel.shape
    if kh * kw * channels <= FEW_INPUTS:  # one grey channel: the gradient uses the patches again
        n, h, w = x.shape[0], x.shape[1] - kh + 1, x.shape[2] - kw + 1
        return (_patches(x, kh, kw) @ kernel.reshape(-1, filters)).reshape(n, h, w, filters) + bias
    return lax.conv_general_dilated(x, kernel, (1, 1), "VALID", dimension_numbers=CHANNELS_LAST) + bias


def _conv2d_forward(x: jax.Array, kernel: jax.Array, bias: jax.Array) -> tuple:
    return conv2d(x, kernel, bias), (x, kernel)


def _conv2d_backward(saved: tuple, gradient: jax.Array) -> tuple:
    x, kernel = saved
    kh, kw = kernel.shape[:2]
    turned = jnp.flip(kernel, (0, 1)).transpose(0, 1, 3, 2)
    around = ((kh - 1, kh - 1), (kw - 1, kw - 1))
    for_x = lax.conv_general_dilated(gradient, turned, (1, 1), around, dimension_numbers=CHANNELS_LAST)
    pixels = gradient.reshape(-1, gradient.shape[-1])
    for_bias = jnp.einsum("po,p->o", pixels, jnp.ones(len(pixels), gradient.dtype))
    return for_x, _kernel_gradient(x, gradient, kh, kw), for_bias


conv2d.defvjp(_conv2d_forward, _conv2d_backward)


def _patches(x: jax.Array, kh: int, kw: int) -> jax.Array:
    """(N, H, W, C) -> (N * h * w, kh * kw * C): what each output pixel of a 'valid' convolution sees."""
    n, h, w = x.shape[0], x.shape[1] - kh + 1, x.shape[2] - kw + 1
    views = [x[:, i : i + h, j : j + w] for i in range(kh) for j in range(kw)]
    return jnp.concatenate(views, -1).reshape(n * h * w, -1)


def _kernel_gradient(x: jax.Array, gradient: jax.Array, kh: int, kw: int) -> jax.Array:
    """Patches transposed times gradient, a block of images at a time, summed: (kh, kw, C, O)."""
    _, h, w, filters = gradient.shape
    fitting = max(1, PATCH_BYTES // (4 * h * w * kh * kw * x.shape[3]))
    size = 1 << (fitting.bit_length() - 1)  # a power of two divides most batches

    def product(x: jax.Array, gradient: jax.Array) -> tuple:
        return _patches(x, kh, kw).T @ gradient.reshape(-1, filters), None

    return _over_blocks(product, size, x, gradient)[0].reshape(kh, kw, x.shape[3], filters)


def _over_blocks(work: Callable[..., tuple], size: int, *arrays: jax.Array, known: tuple = ()) -> tuple:
    """The sum of `work(*known, *block)[0]`, and all `work(*known, *block)[1]` in a row, over blocks of `size` images.

    The blocks are of the `arrays`; the last one is filled up with zeros. One block needs no loop. Where a mesh of
    several devices is set, each goes over its own images: left to XLA, all of them would go over all.
    """
    mesh = jax.sharding.get_abstract_mesh()
    if mesh.size < 2:
        return _one_by_one(work, size, known, *arrays)

    def share(known: tuple, *arrays: jax.Array) -> tuple:
        total, rest = _one_by_one(work, size, known, *arrays)
        return jax.tree.map(lambda sums: lax.psum(sums, mesh.axis_names), total), rest

    whole, by_image = jax.sharding.PartitionSpec(), jax.sharding.PartitionSpec(mesh.axis_names)
    specs = (whole, *[by_image] * len(arrays))
    return jax.shard_map(share, in_specs=specs, out_specs=(whole, by_image), check_vma=False)(known, *arrays)


def _one_by_one(work: Callable[..., tuple], size: int, known: tuple, *arrays: jax.Array) -> tuple:
    count = len(arrays[0])
    if size >= count:
        return work(*known, *arrays)
    fill = [(0, -count % size)]
    padded = [jnp.pad(array, fill + [(0, 0)] * (array.ndim - 1)) for array in arrays]
    blocks = [array.reshape(-1, size, *array.shape[1:]) for array in padded]
    shapes = jax.eval_shape(lambda blocks: work(*known, *blocks)[0], [block[0] for block in blocks])
    zero = jax.tree.map(lambda shape: jnp.zeros(shape.shape, shape.dtype), shapes)

    def add(total: Any, block: list) -> tuple:
        part, rest = work(*known, *block)
        return jax.tree.map(jnp.add, total, part), rest

    total, rest = lax.scan(add, zero, blocks)
    return total, jax.tree.map(lambda array: array.reshape(-1, *array.shape[2:])[:count], rest)


# -------------------------------------------------------------------------------------------------------- pooling


@partial(jax.custom_vjp, nondiff_argnums=(1, 2))
def max_pool(x: jax.Array, size: Size, relu: bool = False) -> jax.Array:
    """Max pooling by windows side by side, (N, H, W, C) -> (N, H // p, W // q, C), after a relu if asked.

    Rows and columns left over are cropped. Of equal elements the first gets the gradient, as XLA has it.
    """
    return _pool(x, size, relu)[0]


def _pool(x: jax.Array, size: Size, relu: bool) -> tuple[jax.Array, jax.Array]:
    """The largest of each window and, as a byte, the first such element's place in it.

    Where relu cuts, the place is past the window's end, so that no element gets a gradient.
    """
    (p, q), (h, w) = size, (x.shape[1] // size[0], x.shape[2] // size[1])
    views = [x[:, i : h * p : p, j : w * q : q] for i in range(p) for j in range(q)]
    largest, place = views[0], jnp.zeros(views[0].shape, jnp.uint8)
    for k, view in enumerate(views[1:], 1):
        place = jnp.where(view > largest, jnp.uint8(k), place)
        largest = jnp.maximum(largest, view)
    if relu:
        place = jnp.where(largest > 0, place, jnp.uint8(p * q))
        largest = jnp.maximum(largest, 0)
    return largest, place


def _max_pool_forward(x: jax.Array, size: Size, relu: bool) -> tuple:
    largest, place = _pool(x, size, relu)
    cropped = jnp.empty((x.shape[1] % size[0], x.shape[2] % size[1], 0))  # holds two numbers, in its shape
    return largest, (place, cropped)


def _max_pool_backward(size: Size, relu: bool, saved: tuple, gradient: jax.Array) -> tuple:
    (place, cropped), (p, q), (n, h, w, channels) = saved, size, gradient.shape
    here = jnp.arange(p * q, dtype=jnp.uint8).reshape(p, 1, q, 1)
    spread = jnp.where(place[:, :, None, :, None] == here, gradient[:, :, None, :, None], 0)
    rows, columns = cropped.shape[:2]
    return (jnp.pad(spread.reshape(n, h * p, w * q, channels), ((0, 0), (0, rows), (0, columns), (0, 0))),)


max_pool.defvjp(_max_pool_forward, _max_pool_backward)


# --------------------------------------------------------------------------------------------- convolution and pooling
# The gradient that 2x2 pooling sends back has one value in each window. In the tiles of Winograd's F(2x2, 3x3) (Lavin
# and Gray 2016), which are these windows, it needs no more than signs, and both gradients of the convolution are 16
# small products instead of 36. All of it is done some images at a time, inside the caches.

WINOGRAD = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]], np.float32)


@jax.custom_vjp
def conv_relu_pool(x: jax.Array, kernel: jax.Array, bias: jax.Array) -> jax.Array:
    """`max_pool(conv2d(...), (2, 2), relu=True)` of a 3x3 kernel: (N, 2h + 2, 2w + 2, C) -> (N, h, w, O)."""
    return max_pool(conv2d(x, kernel, bias), (2, 2), True)


def _conv_relu_pool_forward(x: jax.Array, kernel: jax.Array, bias: jax.Array) -> tuple:
    largest, place = _pool(conv2d(x, kernel, bias), (2, 2), True)
    return largest, (x, kernel, place)


def _conv_relu_pool_backward(saved: tuple, gradient: jax.Array) -> tuple:
    x, kernel, place = saved
    channels, filters = kernel.shape[2:]
    tiled_kernel = jnp.einsum("xa,yb,abio->xyoi", WINOGRAD, WINOGRAD, kernel).reshape(16, filters, channels)

    def block(tiled_kernel: jax.Array, x: jax.Array, place: jax.Array, gradient: jax.Array) -> tuple:
        tiles = _gradient_tiles(place, gradient)
        for_kernel = jnp.einsum("kni,kno->kio", _input_tiles(x), tiles)
        for_x = _summed_tiles((tiles @ tiled_kernel).reshape(4, 4, *gradient.shape[:3], channels))
        return (for_kernel, jnp.where(place < 4, gradient, 0).sum((0, 1, 2))), for_x

    (for_kernel, for_bias), for_x = _over_blocks(block, TILE_IMAGES, x, place, gradient, known=(tiled_kernel,))
    for_kernel = for_kernel.reshape(4, 4, channels, filters)
    return for_x, jnp.einsum("xa,yb,xyio->abio", WINOGRAD, WINOGRAD, for_kernel), for_bias


conv_relu_pool.defvjp(_conv_relu_pool_forward, _conv_relu_pool_backward)


def _input_tiles(x: jax.Array) -> jax.Array:
    """(n, 2h + 2, 2w + 2, C) -> (16, n * h * w, C): the 4x4 tiles, two apart, transformed (B^T d B)."""

    def along(x: jax.Array, axis: int) -> tuple:
        even, odd = (lax.slice_in_dim(x, first, None, 2, axis) for first in (0, 1))
        last = even.shape[axis] - 1
        (e0, e1), (o0, o1) = ([lax.slice_in_dim(half, i, last + i, 1, axis) for i in (0, 1)] for half in (even, odd))
        return e0 - e1, o0 + e1, e1 - o0, o0 - o1

    return jnp.stack([tile for rows in along(x, 1) for tile in along(rows, 2)]).reshape(16, -1, x.shape[-1])


def _summed_tiles(tiles: jax.Array) -> jax.Array:
    """(4, 4, n, h, w, C) -> (n, 2h + 2, 2w + 2, C): the transpose of `_input_tiles`."""

    def moved(values: jax.Array, by: int, axis: int) -> jax.Array:
        return jnp.pad(values, [(by, 1 - by) if other == axis else (0, 0) for other in range(values.ndim)])

    def along(v: list, axis: int) -> jax.Array:
        even = moved(v[0], 0, axis) + moved(v[1] + v[2] - v[0], 1, axis)
        odd = moved(v[1] - v[2] + v[3], 0, axis) - moved(v[3], 1, axis)
        shape = list(even.shape)
        shape[axis] *= 2
        return jnp.stack([even, odd], axis + 1).reshape(shape)

    return along([along([tiles[i, j] for i in range(4)], 1) for j in range(4)], 2)


def _gradient_tiles(place: jax.Array, gradient: jax.Array) -> jax.Array:
    """(n, h, w, O) twice -> (16, n * h * w, O): windows of `gradient` at `place`, else 0, transformed (A g A^T)."""

    def along(values: jax.Array, second: jax.Array) -> tuple:
        signed = jnp.where(second, -values, values)
        return jnp.where(second, 0, values), values, signed, jnp.where(second, -values, 0)

    rows = along(jnp.where(place < 4, gradient, 0), place // 2 == 1)
    tiles = [tile for row in rows for tile in along(row, place % 2 == 1)]
    return jnp.stack(tiles).reshape(16, -1, gradient.shape[-1])


# -------------------------------------------------------------------------------------------------------- layers


class _Conv2D(keras.layers.Conv2D):
    """Conv2D with stride 1. With `pool` set it also does the relu and the max pooling that follow it."""

    pool: Size | None = None

    def call(self, inputs: jax.Array) -> jax.Array:
        (kh, kw), x = self.kernel_size, inputs
        if self.padding == "same":
            x = jnp.pad(x, [(0, 0), ((kh - 1) // 2, kh // 2), ((kw - 1) // 2, kw // 2), (0, 0)])
        if self.pool:  # leave off what pooling will not look at
            (p, q), h, w = self.pool, x.shape[1] - kh + 1, x.shape[2] - kw + 1
            x = x[:, : h // p * p + kh - 1, : w // q * q + kw - 1]
        kernel = keras.ops.convert_to_tensor(self.kernel)
        bias = keras.ops.convert_to_tensor(self.bias) if self.use_bias else jnp.zeros(self.filters, kernel.dtype)
        if self.pool == (2, 2) and (kh, kw) == (3, 3) and x.shape[3] >= FEW_CHANNELS:
            return conv_relu_pool(x, kernel, bias)
        outputs = conv2d(x, kernel, bias)
        return max_pool(outputs, self.pool, True) if self.pool else self.activation(outputs)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        n, h, w, filters = super().compute_output_shape(input_shape)
        return (n, h // self.pool[0], w // self.pool[1], filters) if self.pool else (n, h, w, filters)


class _MaxPooling2D(keras.layers.MaxPooling2D):
    """MaxPooling2D with windows side by side."""

    def call(self, inputs: jax.Array) -> jax.Array:
        return max_pool(inputs, self.pool_size)


def _is_plain_conv(layer: keras.Layer) -> bool:
    if type(layer) is not keras.layers.Conv2D:
        return False
    return layer.strides == layer.dilation_rate == (1, 1) and layer.groups == 1 and _channels_last(layer)


def _is_plain_pool(layer: keras.Layer) -> bool:
    if type(layer) is not keras.layers.MaxPooling2D:
        return False
    return layer.strides == layer.pool_size and layer.padding == "valid" and _channels_last(layer)


def _channels_last(layer: Any) -> bool:
    return layer.data_format == "channels_last"


def _followers(model: keras.Model) -> Iterator[tuple[keras.Layer, keras.Layer]]:
    """Each layer with the one layer that alone takes its output; what several take, or the model gives, is left out."""
    takers: dict[int, list[keras.Layer]] = {}
    for layer in model.layers:
        for tensor in keras.tree.flatten(getattr(layer, "input", [])):
            takers.setdefault(id(tensor), []).append(layer)
    given = {id(tensor) for tensor in keras.tree.flatten(model.outputs)}
    for layer in model.layers:
        found = takers.get(id(layer.output), [])
        if len(found) == 1 and id(layer.output) not in given:
            yield layer, found[0]
