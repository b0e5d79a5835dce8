"""A stranger's `.keras` file -> a model that may join, or the one sentence that says why not.

Keras's safe mode keeps code of the file's own from running. What is checked here, before Keras opens the file, it does
not promise: that nothing is unpacked beyond a limit or outside the archive, that no layer reads files, and that the
network is small enough to serve. Its size is told without making it: from shapes alone.
"""

import io
import json
import math
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import h5py
import jax
import keras
import numpy as np

from cnn.types import LABELS, SIDE, InputError

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
PARTS = {"metadata.json", CONFIG, WEIGHTS}  # all that Keras writes for a network without files of its own
MAX_UNPACKED, MAX_CONFIG = 100_000_000, 1_000_000  # bytes
MAX_PARAMETERS = 20_000_000
MAX_OPERATIONS = 1_000_000_000  # a picture: a tenth of a second on two cores
MAX_MOVED = 24_000_000  # bytes of feature maps a picture, written and read; 250 pictures are held at once

# Keras's own rooms; "builtins" is what it calls a function of its own, such as an activation.
MODULES = {
    "keras", "keras.layers", "keras.models", "keras.initializers", "keras.regularizers", "keras.constraints",
    "keras.activations", "keras.optimizers", "keras.losses", "keras.metrics", "keras.src.models.functional",
    "keras.src.models.sequential", "keras.src.ops.numpy", "keras.src.ops.nn", "builtins", None,
}  # fmt: skip
# What runs code, or reads a file whose path stands in the config.
REFUSED = {
    "Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "StringLookup", "IntegerLookup",
    "TextVectorization", "__lambda__", "__typespec__",
}  # fmt: skip


def open_model(path: Path, name: str) -> keras.Model:
    """The model in a file, giving logits. InputError says why it may not join."""
    try:
        return _opened(path, name)
    except InputError:
        raise
    except Exception as error:  # a broken file makes zipfile, h5py, json and Keras raise nearly anything
        raise InputError("broken_model", name=name) from error


def check_answers(logits: Callable[[np.ndarray], np.ndarray], name: str) -> None:
    """Call it on paper, ink and noise, (3, 28, 28) float32. InputError when an answer is not a finite number."""
    noise = np.random.default_rng(0).random((SIDE, SIDE), np.float32)
    if not np.isfinite(logits(np.stack([np.zeros_like(noise), np.ones_like(noise), noise]))).all():
        raise InputError("model_numbers", name=name)


def _opened(path: Path, name: str) -> keras.Model:
    config, weights = _unpacked(path, name)
    _check_config(config, name)
    _check_weights(weights, name)
    _apart(lambda: _check_size(config, name))
    return _giving_logits(keras.saving.load_model(path, compile=False, safe_mode=True))


def _unpacked(path: Path, name: str) -> tuple[dict[str, Any], bytes]:
    """The config and the weights' file, each read up to the size that the archive states for it."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        names = [part.filename for part in parts]
        if not {CONFIG, WEIGHTS} <= set(names) <= PARTS or len(names) > len(PARTS):
            strange = [part for part in names if part not in PARTS] or names
            raise InputError("model_parts", name=name, parts=", ".join(strange)[:80])
        size = sum(part.file_size for part in parts)
        if size > MAX_UNPACKED or archive.getinfo(CONFIG).file_size > MAX_CONFIG:
            raise InputError("model_large", name=name, size=size // 10**6, limit=MAX_UNPACKED // 10**6)
        return json.loads(archive.read(CONFIG)), archive.read(WEIGHTS)


def _check_config(config: dict[str, Any], name: str) -> None:
    config["compile_config"] = None  # how it was trained, which nobody asks
    for part in _objects(config):
        kind, package = part.get("class_name"), part.get("registered_name")
        if part.get("module") not in MODULES or kind in REFUSED or package not in (None, "", kind):
            raise InputError("model_code", name=name, part=str(package or kind)[:80])


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    """Everything in a config that Keras would make an object of."""
    if isinstance(config, dict):
        if "class_name" in config or "module" in config:
            yield config
        config = config.values()
    elif not isinstance(config, list):
        return
    for value in config:
        yield from _objects(value)


def _check_weights(weights: bytes, name: str) -> None:
    """No link to other files, and no more numbers than the archive may hold: HDF5 compresses too."""
    size, ways = 0, []

    def count(_: str, part: h5py.Group | h5py.Dataset) -> None:
        nonlocal size
        if isinstance(part, h5py.Dataset):
            size += part.nbytes
            if part.is_virtual or part.external:
                ways.append(part.name)

    with h5py.File(io.BytesIO(weights), "r") as file:
        file.visititems_links(lambda path, link: None if isinstance(link, h5py.HardLink) else ways.append(path))
        file.visititems(count)
    if ways:
        raise InputError("model_code", name=name, part=str(ways[0])[:80])
    if size > MAX_UNPACKED:
        raise InputError("model_large", name=name, size=size // 10**6, limit=MAX_UNPACKED // 10**6)


def _check_size(config: dict[str, Any], name: str) -> None:
    """Shapes, dtypes, parameters and operations, of a model whose variables are never filled."""
    with keras.StatelessScope(initialize_variables=False):
        model = keras.saving.deserialize_keras_object(config, safe_mode=True)
    _check_shape(model, name)
    parameters = sum(math.prod(variable.shape) for variable in model.variables)
    if parameters > MAX_PARAMETERS or not _affordable(model, 4 * parameters):
        raise InputError("model_costly", name=name, parameters=f"{MAX_PARAMETERS:,}", operations=f"{MAX_OPERATIONS:,}")


def _affordable(model: keras.Model, weights: int) -> bool:
    """Whether one picture costs few enough operations, and bytes of feature maps beside those of its weights."""
    shapes = [[jax.ShapeDtypeStruct(v.shape, v.dtype) for v in part] for part in _variables(model)]
    image = jax.ShapeDtypeStruct((1, SIDE, SIDE, 1), np.float32)
    cost = jax.jit(lambda *given: model.stateless_call(*given)[0]).lower(*shapes, image).cost_analysis()
    return cost["flops"] <= MAX_OPERATIONS and cost["bytes accessed"] - weights <= MAX_MOVED


def _check_shape(model: keras.Model, name: str) -> None:
    taken, given = model.inputs, model.outputs
    fits = (
        len(taken) == len(given) == 1
        and tuple(taken[0].shape[1:]) == (SIDE, SIDE, 1)
        and len(given[0].shape) == 2
        and given[0].shape[1] >= LABELS
        and taken[0].dtype == given[0].dtype == "float32"
    )
    if not fits:
        says = [", ".join(f"{tuple(one.shape[1:])} {one.dtype}" for one in side)[:80] for side in (taken, given)]
        raise InputError("model_shape", name=name, taken=says[0], given=says[1])


def _variables(model: keras.Model) -> tuple[list, list]:
    return model.trainable_variables, model.non_trainable_variables


def _giving_logits(model: keras.Model) -> keras.Model:
    """Without a closing softmax: its probabilities would be taken for logits, and pass through another one."""
    last = model.layers[-1]
    if isinstance(last, keras.layers.Softmax):
        return keras.Model(model.inputs[0], last.input)
    if getattr(last, "activation", None) is keras.activations.softmax:
        last.activation = keras.activations.linear
    return model


def _apart(work: Callable[[], None]) -> None:
    """Do it in a thread of its own: Keras remembers unfilled variables by thread, and would fill them later."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()
