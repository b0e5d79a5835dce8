"""A model's file, looked through before Keras builds it: what harms nobody, or the one sentence that says why not.

Keras's safe mode keeps code of the file's own from running. What is checked here it does not promise: that no crafted
zip or HDF5 is read by this process (another one does, `cnn.models.unpack`, and hands over plain arrays), that no layer
reads files, and that the network is small enough to build, to compile and to serve. Its size is told without making it:
from its config and from shapes alone.
"""

import json
import math
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jax
import keras
import numpy as np

from cnn.models import unpack
from cnn.models.unpack import MAX_TEXT, MAX_UNPACKED, Refused, Unpacked
from cnn.task import SIDE
from cnn.types import InputError

SECONDS = 20  # that a file is read at most, where nothing else runs 10 of them suffice
MAX_ANSWER = MAX_UNPACKED + 4 * MAX_TEXT  # bytes of what was unpacked, with the line that tells its shapes
MAX_PARAMETERS = 20_000_000
MAX_CALLS = 250  # of layers and operations: a network is built several times, 10 ms a layer
MAX_STEPS = 5_000  # lines of the program that XLA compiles, several times, half a millisecond a line
MAX_OPERATIONS = 1_000_000_000  # a picture: a tenth of a second on two cores
MAX_MOVED = 24_000_000  # bytes of feature maps a picture, written and read; 250 pictures are held at once

# Keras's own rooms; "builtins" is what it calls a function of its own, such as an activation.
OPERATIONS = {f"keras.src.ops.{room}" for room in ("core", "image", "math", "nn", "numpy")}
MODULES = {
    "keras", "keras.layers", "keras.models", "keras.initializers", "keras.regularizers", "keras.constraints",
    "keras.activations", "keras.optimizers", "keras.losses", "keras.metrics", "keras.src.models.functional",
    "keras.src.models.sequential", "builtins", None, *OPERATIONS,
}  # fmt: skip
# What runs code, or reads a file whose path stands in the config.
REFUSED = {
    "Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "StringLookup", "IntegerLookup",
    "TextVectorization", "__lambda__", "__typespec__",
    "AssociativeScan", "Cond", "ForiLoop", "Map", "Scan", "Switch", "VectorizedMap", "WhileLoop",
    "MelSpectrogram", "STFTSpectrogram",  # for sound, and make tables of any size while their shapes are told
}  # fmt: skip


def checked(path: Path, name: str, limited: bool = True) -> tuple[str, dict[str, np.ndarray]]:
    """The config of a `.keras` file as JSON that Keras may build by, and its arrays by their path among the weights.

    Not `limited` is a model of the operator's own: as large as they like, and read by this process. InputError says
    what is wrong, with `name` for what the model is called; whatever else is raised means that it is no such file.
    """
    try:
        found = apart(path) if limited else _here(path)
    except Refused as refusal:
        raise InputError(refusal.key, **{**LIMITS, **refusal.values, "name": name}) from None
    _check_version(found, name)
    config = json.loads(found.config)
    _check_config(config, name)
    text = json.dumps(config)  # before Keras changes what it builds by
    if limited:
        _check_calls(config, name)
        _in_a_thread(lambda: _check_size(config, name))
    return text, found.arrays


# ------------------------------------------------------------------------------------------------- the file is unpacked

PROGRAM = Path(unpack.__file__)
LIMITS = {"seconds": unpack.SECONDS, "size": unpack.MEMORY >> 20}
# Nothing of ours: no token of the Hub, no path. HDF5 loads no filters that others have installed.
ENVIRONMENT = {"HDF5_PLUGIN_PRELOAD": "::", "OPENBLAS_NUM_THREADS": "1"}


def _here(path: Path) -> Unpacked:
    with path.open("rb") as file:
        return unpack.unpack(file, limited=False)


def apart(path: Path) -> Unpacked:
    """What is in a `.keras` file, by a process of its own with the limits of `cnn.models.unpack`.

    Refused as there, and where it reached a limit; whatever else is raised means that it is no such file.
    """
    command = [sys.executable, "-I", str(PROGRAM)]
    with (
        path.open("rb") as file,
        subprocess.Popen(
            command, env=ENVIRONMENT, cwd="/", stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process,
    ):
        timer = threading.Timer(SECONDS, process.kill)
        timer.start()
        try:
            answer = bytearray()
            while process.stdout and (more := process.stdout.read(1 << 20)):
                answer += more
                if len(answer) > MAX_ANSWER:
                    process.kill()
            process.wait()
        finally:
            timer.cancel()
    if process.returncode in (-signal.SIGKILL, -signal.SIGXCPU):  # by the timer, or by the kernel at a limit
        raise Refused("model_limits")
    return unpack.receive(answer)


# ---------------------------------------------------------------------------------------------- what it asks Keras for


def _check_version(found: Unpacked, name: str) -> None:
    version = str(json.loads(found.metadata).get("keras_version", keras.__version__))
    if version.split(".")[0] != keras.__version__.split(".")[0]:
        raise InputError("model_version", name=name, version=version[:20], ours=keras.__version__)


def _check_config(config: dict[str, Any], name: str) -> None:
    config["compile_config"] = None  # how it was trained, which nobody asks
    for part in _objects(config):
        module, kind, package = (part.get(key) for key in ("module", "class_name", "registered_name"))
        theirs = package not in (None, "", kind) or (package and module is None)  # a class of the file's own
        if module not in MODULES or kind in REFUSED or theirs:
            raise InputError("model_code", name=name, part=str(package or kind)[:80])
        if isinstance(part.get("config"), dict) and part["config"].get("unroll"):  # a program as long as the picture
            part["config"]["unroll"] = False


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


def _check_calls(config: dict[str, Any], name: str) -> None:
    if _calls(config) > MAX_CALLS:
        raise _costly(name)


def _calls(config: Any) -> int:
    """How many layers and operations a model calls, those of a model within it as often as that is called."""
    if isinstance(config, list):
        return sum(map(_calls, config))
    if not isinstance(config, dict):
        return 0
    nodes = config.get("inbound_nodes")
    times = len(nodes) if isinstance(nodes, list) and nodes else 1
    called = config.get("module") in CALLED
    return times * (called + sum(_calls(value) for key, value in config.items() if key != "inbound_nodes"))


CALLED = {"keras.layers", *OPERATIONS}


def _check_size(config: dict[str, Any], name: str) -> None:
    """Parameters and operations, of a model whose variables are never filled."""
    with keras.StatelessScope(initialize_variables=False):
        model = keras.saving.deserialize_keras_object(config, safe_mode=True)
    parameters = sum(math.prod(variable.shape) for variable in model.variables)
    if parameters > MAX_PARAMETERS or not _affordable(model, 4 * parameters):
        raise _costly(name)


def _costly(name: str) -> InputError:
    most = {"calls": MAX_CALLS, "parameters": f"{MAX_PARAMETERS:,}", "operations": f"{MAX_OPERATIONS:,}"}
    return InputError("model_costly", name=name, **most)


def _affordable(model: keras.Model, weights: int) -> bool:
    """Whether one example costs few enough steps, operations, and bytes of feature maps beside those of its weights."""
    if not model.built:  # it has no weights, and no shape yet
        return True
    variables = [[jax.ShapeDtypeStruct(one.shape, one.dtype) for one in part] for part in _variables(model)]
    given = [jax.ShapeDtypeStruct((of.shape[0] or 1, *_sizes(of)), of.dtype) for of in model.inputs]
    call = jax.jit(lambda *state, given: model.stateless_call(*state, given if len(given) > 1 else given[0])[0])
    program = call.lower(*variables, given=given)
    cost: Any = program.cost_analysis()
    steps = program.as_text().count("\n")
    return steps <= MAX_STEPS and cost["flops"] <= MAX_OPERATIONS and cost["bytes accessed"] - weights <= MAX_MOVED


def _sizes(given: keras.KerasTensor) -> list[int]:
    """The shape of one example, a picture's side where any size is taken."""
    return [n or SIDE for n in given.shape[1:]]


def _variables(model: keras.Model) -> tuple[list, list]:
    return model.trainable_variables, model.non_trainable_variables


def _in_a_thread(work: Callable[[], None]) -> None:
    """Do it in a thread of its own: Keras remembers unfilled variables by thread, and would fill them later."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()
