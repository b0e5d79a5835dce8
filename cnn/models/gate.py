"""A model's file -> the network as the app calls it, or the one sentence that says why it may not join.

One gate for every model, whether it comes with the project, out of a folder or from the Hub. Behind it each is a flat
Functional model of plain float32 layers that takes (N, 28, 28, 1) in [0, 1], ink = 1, and gives logits: models within a
model are unfolded, another layout of the same 784 pixels is reshaped, a closing softmax or sigmoid is taken off, and
pixels are scaled where a network wants others. `cnn.models.untrusted` looks through the file before Keras builds it.
"""

import contextlib
import io
import itertools
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import keras
import numpy as np
from keras import layers

from cnn.models import unpack, untrusted
from cnn.network.compat import operation_of, run_through, unfilled
from cnn.task import DIGITS, SIDE, Task
from cnn.types import InputError

EXAMPLES = Path(__file__).resolve().parents[2] / "assets" / "examples" / "digits.npz"
KNOWN = 48  # of them tell which pixels a network wants: with the three others below, as many as are compiled for
LAYOUTS = ((SIDE, SIDE), (SIDE * SIDE,))  # of one picture's pixels, row by row; axes of one do not matter
OTHER_FLOATS = ("float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16")
# How a closing layer, or an operation between layers, makes probabilities of logits.
CLOSING = (keras.activations.softmax, keras.activations.sigmoid)
CLOSING_OPERATIONS = ("Softmax", "Sigmoid")  # keras.ops.softmax and its like, whose classes have no public name
UNSCALED = (layers.Reshape, layers.Flatten, layers.Permute, layers.Dropout, layers.Identity)  # and what is random
SMALL = 1 / 64  # a Rescaling by less is meant for pixels up to 255
GUESSING = float(np.log(DIGITS.count))  # the loss of one who guesses


class Feed(NamedTuple):
    """The pixels that a network wants: ours, from 0 to 1, times `scale`, plus `offset`."""

    scale: float = 1.0
    offset: float = 0.0

    def __str__(self) -> str:
        return f"{self.offset:g} to {self.offset + self.scale:g}"


OURS = Feed()
FEEDS = (OURS, Feed(255), Feed(2, -1))  # those that are tried


def open_model(path: Path, name: str, limited: bool = True, task: Task = DIGITS) -> keras.Model:
    """The network for a task in a `.keras` file, flat, (N, 28, 28, 1) float32 -> (N, classes or more) float32 logits.

    `limited` as `cnn.models.untrusted.checked`: one that is not trusted may cost no more than is served to all.
    InputError, which calls the model `name`, says why it may not join.
    """
    try:
        model = _loaded(*untrusted.checked(path, name, limited), name)
        _check_shape(model, name, task)
        model = _giving_logits(flat(model))
        _check_weights(model, name)
        return model
    except InputError:
        raise
    except Exception as error:  # a broken file makes zipfile, h5py, json and Keras raise nearly anything
        raise InputError("broken_model", name=name) from error


def wanted(model: keras.Model, logits: Callable[[np.ndarray], np.ndarray], name: str, task: Task = DIGITS) -> Feed:
    """The pixels that an opened network wants, by its first layer and, of digits, by how it reads known ones.

    `logits` are its answers, (N, 28, 28) float32 -> (N, classes or more). What it was plainly made for is taken,
    unless it reads others twice as well. InputError where an answer is not a finite number.
    """
    with np.load(EXAMPLES) as digits:
        images, labels = digits["images"][:KNOWN].astype(np.float32) / 255, digits["labels"][:KNOWN]
    noise = np.random.default_rng(0).random((SIDE, SIDE), np.float32)
    if not np.isfinite(logits(np.stack([np.zeros_like(noise), np.ones_like(noise), noise, *images]))).all():
        raise InputError("model_numbers", name=name)
    scaling = _own_scaling(model)
    plainly = Feed(255) if scaling and abs(scaling.scale) < SMALL else OURS
    if not task.is_like(DIGITS):
        return plainly
    losses = {feed: _loss(logits(images * np.float32(feed.scale) + np.float32(feed.offset)), labels) for feed in FEEDS}
    best = min(losses, key=losses.__getitem__)
    return best if losses[best] < min(GUESSING, losses[plainly]) / 2 else plainly


def flat(model: keras.Model, feed: Feed = OURS) -> keras.Model:
    """The same network anew, of float32 layers in one model that takes our pixels and gives the network its `feed`.

    A Rescaling of its own is joined with that, or left out where it only made ours of others.
    """
    copies: dict[keras.Operation, keras.Operation] = {}
    scaling = _own_scaling(model) if feed != OURS else None
    if scaling:
        feed = Feed(feed.scale * scaling.scale, feed.offset * scaling.scale + scaling.offset)

    def copy(operation: keras.Operation) -> Callable:
        if operation is scaling:
            return lambda pixels: pixels
        if operation not in copies:
            name = _unused(operation.name, [one.name for one in copies.values()])
            copies[operation] = type(operation).from_config({**_in_float32(operation.get_config()), "name": name})
        return copies[operation]

    image = pixels = keras.Input((SIDE, SIDE, 1), name="image")
    if not np.allclose(feed, OURS):
        pixels = layers.Rescaling(*feed, name="pixels")(pixels)
    if _picture(model.inputs[0]) != (SIDE, SIDE, 1):
        pixels = layers.Reshape(_picture(model.inputs[0]), name="layout")(pixels)
    made = keras.Model(image, keras.tree.flatten(run_through(model, pixels, copy)))
    for old, new in copies.items():
        for theirs, mine in zip(getattr(old, "variables", ()), getattr(new, "variables", ()), strict=True):
            mine.assign(theirs.value)
        if isinstance(new, layers.Normalization):  # it computes with what it makes of its variables
            new.finalize_state()
    return made


def _loaded(config: str, arrays: dict[str, np.ndarray], name: str) -> keras.Model:
    """By Keras, out of an archive made anew of what was checked; no weights are made to be replaced."""
    config = json.dumps(unfilled(json.loads(config)))
    with h5py.File(weights := io.BytesIO(), "w") as file:
        for place, array in arrays.items():
            file[place] = array
    with contextlib.ExitStack() as until_loaded:
        try:
            path = Path(until_loaded.enter_context(tempfile.TemporaryDirectory())) / "model.keras"
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr(unpack.CONFIG, config)
                archive.writestr(unpack.WEIGHTS, weights.getbuffer())
        except OSError as error:  # a full disk is no fault of the model's
            raise InputError("model_disk", name=name, why=error.strerror or error) from error
        return keras.saving.load_model(path, compile=False, safe_mode=True)


def _check_shape(model: keras.Model, name: str, task: Task) -> None:
    if not model.built:
        raise InputError("model_unbuilt", name=name)
    taken, given = model.inputs, model.outputs
    fits = len(taken) == len(given) == 1 and tuple(n for n in _picture(taken[0]) if n != 1) in LAYOUTS
    if not fits or len(given[0].shape) != 2 or (given[0].shape[1] or 0) < task.count:
        says = [", ".join(f"{tuple(one.shape[1:])} {one.dtype}" for one in side)[:80] for side in (taken, given)]
        raise InputError("model_shape", name=name, taken=says[0], given=says[1], count=task.count)


def _picture(tensor: keras.KerasTensor) -> tuple[int, ...]:
    """The shape of one picture; where any size is taken, ours."""
    return tuple(SIDE if n is None else n for n in tensor.shape[1:])


def _check_weights(model: keras.Model, name: str) -> None:
    for layer in model.layers:
        if not all(np.isfinite(np.asarray(variable.value)).all() for variable in layer.variables):
            raise InputError("model_weights", name=name, layer=layer.name)


def _loss(logits: np.ndarray, labels: np.ndarray) -> float:
    logits = logits[:, : DIGITS.count].astype(np.float64)
    shifted = logits - logits.max(axis=1, keepdims=True)
    return float((np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]).mean())


# ------------------------------------------------------------------------------------------------- the network's graph


def _own_scaling(model: keras.Model) -> layers.Rescaling | None:
    """The Rescaling, by one number, that is the first of a flat model's layers to change a picture's values."""
    pixels = model.inputs[0]
    for layer in model.layers[1:]:
        if layer.input is not pixels:
            continue
        if isinstance(layer, layers.Rescaling):
            return layer if isinstance(layer.scale, int | float) else None
        if not isinstance(layer, UNSCALED) and not type(layer).__name__.startswith("Random"):
            return None
        pixels = layer.output
    return None


def _giving_logits(model: keras.Model) -> keras.Model:
    """A flat model without what turns its logits into probabilities: they would be taken for logits.

    Where that is no single layer, as in a mean of several networks' answers, their logarithm is as good.
    """
    last = operation_of(model.outputs[0])
    if isinstance(last, layers.Softmax) or type(last).__name__ in CLOSING_OPERATIONS:
        return keras.Model(model.inputs[0], last.input)
    if getattr(last, "activation", None) in CLOSING:
        last.activation = keras.activations.linear
    elif not isinstance(last, layers.Dense) and _gives_probabilities(model):
        return keras.Model(model.inputs[0], layers.Activation(_log, name="logits")(model.outputs[0]))
    return model


def _gives_probabilities(model: keras.Model) -> bool:
    pictures = np.random.default_rng(0).random((8, SIDE, SIDE, 1), np.float32)
    answers = np.asarray(model(pictures, training=False))
    return answers.min() >= 0 and np.allclose(answers.sum(axis=1), 1, atol=1e-3)


def _log(probabilities: Any) -> Any:
    return keras.ops.log(keras.ops.maximum(probabilities, 1e-7))


def _in_float32(config: Any) -> Any:
    """A layer's config, where it computes in another precision changed to compute in this one."""
    return keras.tree.map_structure(
        lambda value: "float32" if isinstance(value, str) and value in OTHER_FLOATS else value, config
    )


def _unused(name: str, names: Iterable[str]) -> str:
    """`name`, or the first of `name_2`, `name_3` ... that none has."""
    candidates = itertools.chain([name], (f"{name}_{i}" for i in itertools.count(2)))
    return next(one for one in candidates if one not in names)
