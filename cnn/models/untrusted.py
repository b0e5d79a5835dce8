"""A `.keras` file, looked through before Keras opens it: what harms nobody, or the one sentence that says why not.

Keras's safe mode keeps code of the file's own from running. What is checked here it does not promise: that nothing is
unpacked beyond a limit or outside the archive, that no layer reads files, and that the network is small enough to
serve. Its size is told without making it: from shapes alone.
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

from cnn.task import SIDE
from cnn.types import InputError

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
PARTS = {METADATA, CONFIG, WEIGHTS}  # all that Keras writes for a network without files of its own
MAX_UNPACKED, MAX_CONFIG = 100_000_000, 1_000_000  # bytes
MAX_PARAMETERS = 20_000_000
MAX_OPERATIONS = 1_000_000_000  # a picture: a tenth of a second on two cores
MAX_MOVED = 24_000_000  # bytes of feature maps a picture, written and read; 250 pictures are held at once

HDF5 = b"\x89HDF\r\n\x1a\n"  # how the older format begins, whatever the file is called

# Keras's own rooms; "builtins" is what it calls a function of its own, such as an activation.
MODULES = {
    "keras", "keras.layers", "keras.models", "keras.initializers", "keras.regularizers", "keras.constraints",
    "keras.activations", "keras.optimizers", "keras.losses", "keras.metrics", "keras.src.models.functional",
    "keras.src.models.sequential", "builtins", None,
    *(f"keras.src.ops.{room}" for room in ("core", "image", "math", "nn", "numpy")),
}  # fmt: skip
# What runs code, or reads a file whose path stands in the config.
REFUSED = {
    "Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "StringLookup", "IntegerLookup",
    "TextVectorization", "__lambda__", "__typespec__",
    "AssociativeScan", "Cond", "ForiLoop", "Map", "Scan", "Switch", "VectorizedMap", "WhileLoop",
}  # fmt: skip


def parts(path: Path, name: str, limited: bool = True) -> dict[str, bytes]:
    """The parts of a `.keras` file by their names, checked; Keras may open them, and nothing else of the file.

    Not `limited` is a model of the operator's own: as large as they like. InputError says what is wrong, with `name`
    for what the model is called; whatever else is raised means that it is no such file.
    """
    found = _unpacked(path, name, limited)
    _check_version(found, name)
    config = json.loads(found[CONFIG])
    _check_config(config, name)
    _check_weights(found[WEIGHTS], name, limited)
    if limited:
        _apart(lambda: _check_size(config, name))
    return found


def _unpacked(path: Path, name: str, limited: bool) -> dict[str, bytes]:
    """Every part, read up to the size that the archive states for it and no further."""
    with path.open("rb") as file:
        if file.read(len(HDF5)) == HDF5:
            raise InputError("model_h5", name=name)
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        names = [part.filename for part in infos]
        if not {CONFIG, WEIGHTS} <= set(names) <= PARTS or len(names) > len(PARTS):
            strange = [part for part in names if part not in PARTS] or names
            raise InputError("model_parts", name=name, parts=", ".join(strange)[:80])
        size = sum(part.file_size for part in infos)
        if limited and (size > MAX_UNPACKED or size - archive.getinfo(WEIGHTS).file_size > MAX_CONFIG):
            raise InputError("model_large", name=name, size=size // 10**6, limit=MAX_UNPACKED // 10**6)
        found = {}
        for part in infos:
            with archive.open(part) as file:  # all at once would inflate more than the part says it holds
                found[part.filename] = file.read(part.file_size)
        return found


def _check_version(found: dict[str, bytes], name: str) -> None:
    version = str(json.loads(found.get(METADATA, b"{}")).get("keras_version", keras.__version__))
    if version.split(".")[0] != keras.__version__.split(".")[0]:
        raise InputError("model_version", name=name, version=version[:20], ours=keras.__version__)


def _check_config(config: dict[str, Any], name: str) -> None:
    config["compile_config"] = None  # how it was trained, which nobody asks
    for part in _objects(config):
        module, kind, package = (part.get(key) for key in ("module", "class_name", "registered_name"))
        theirs = package not in (None, "", kind) or (package and module is None)  # a class of the file's own
        if module not in MODULES or kind in REFUSED or theirs:
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


def _check_weights(weights: bytes, name: str, limited: bool) -> None:
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
    if limited and size > MAX_UNPACKED:
        raise InputError("model_large", name=name, size=size // 10**6, limit=MAX_UNPACKED // 10**6)


def _check_size(config: dict[str, Any], name: str) -> None:
    """Parameters and operations, of a model whose variables are never filled."""
    with keras.StatelessScope(initialize_variables=False):
        model = keras.saving.deserialize_keras_object(config, safe_mode=True)
    parameters = sum(math.prod(variable.shape) for variable in model.variables)
    if parameters > MAX_PARAMETERS or not _affordable(model, 4 * parameters):
        raise InputError("model_costly", name=name, parameters=f"{MAX_PARAMETERS:,}", operations=f"{MAX_OPERATIONS:,}")


def _affordable(model: keras.Model, weights: int) -> bool:
    """Whether one example costs few enough operations, and bytes of feature maps beside those of its weights."""
    if not model.built:  # it has no weights, and no shape yet
        return True
    variables = [[jax.ShapeDtypeStruct(one.shape, one.dtype) for one in part] for part in _variables(model)]
    given = [jax.ShapeDtypeStruct((of.shape[0] or 1, *_sizes(of)), of.dtype) for of in model.inputs]
    call = jax.jit(lambda *state, given: model.stateless_call(*state, given if len(given) > 1 else given[0])[0])
    cost: Any = call.lower(*variables, given=given).cost_analysis()
    return cost["flops"] <= MAX_OPERATIONS and cost["bytes accessed"] - weights <= MAX_MOVED


def _sizes(given: keras.KerasTensor) -> list[int]:
    """The shape of one example, a picture's side where any size is taken."""
    return [n or SIDE for n in given.shape[1:]]


def _variables(model: keras.Model) -> tuple[list, list]:
    return model.trainable_variables, model.non_trainable_variables


def _apart(work: Callable[[], None]) -> None:
    """Do it in a thread of its own: Keras remembers unfilled variables by thread, and would fill them later."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()
