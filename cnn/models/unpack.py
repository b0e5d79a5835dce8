"""A `.keras` file -> its config as text and its weights as plain arrays. Runs nothing of it; knows no Keras.

HDF5 and zip are formats that a crafted file can turn against who reads them. So this is also a program, which
`cnn.models.untrusted` starts for a file that is not trusted: `python unpack.py < model.keras` gives up all but its
input and its output, and takes limits on memory and time, before it reads a byte. What it writes is made to be checked:
a line of JSON that tells the shapes, then the numbers.
"""

import io
import json
import math
import sys
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

import h5py
import numpy as np

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
PARTS = {METADATA, CONFIG, WEIGHTS}  # all that Keras writes for a network without files of its own
MAX_UNPACKED, MAX_TEXT = 100_000_000, 1_000_000  # bytes: of the weights, and of each of the other parts
MAX_OBJECTS = 10_000  # groups and arrays of the weights
MAX_DEPTH = 40  # groups within groups
MEMORY, SECONDS = 512 << 20, 10  # of the program: bytes of addresses, of the processor's time

HDF5 = b"\x89HDF\r\n\x1a\n"  # how the older format begins, whatever the file is called
OPTIMIZER = "optimizer"  # what it would go on training with, up to twice its weights
NUMBERS = {"bool", *(f"{kind}{bits}" for kind in ("int", "uint", "float") for bits in (8, 16, 32, 64))} - {"float8"}


class Refused(Exception):
    """Why a file may not join: the key of a text, as `cnn.types.InputError` has it, and what fills it in."""

    def __init__(self, key: str, **values: object):
        super().__init__(key)
        self.key, self.values = key, values


class Unpacked(NamedTuple):
    """What a file holds: its texts, and its arrays by their path in HDF5; bfloat16 as float32."""

    metadata: bytes
    config: bytes
    arrays: dict[str, np.ndarray]


def unpack(file: BinaryIO, limited: bool) -> Unpacked:
    """What is in a `.keras` file; `limited` to the MAX_ sizes, by what it holds and not by what it says it holds.

    Refused says why not; whatever else is raised, and that may be nearly anything, means that it is no such file.
    """
    if file.read(len(HDF5)) == HDF5:
        raise Refused("model_h5")
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        if not {CONFIG, WEIGHTS} <= set(names) <= PARTS or len(names) != len(set(names)):
            strange = [part for part in names if part not in PARTS] or names
            raise Refused("model_parts", parts=", ".join(strange[:9])[:80])
        texts = [_part(archive, name, MAX_TEXT if limited else None) for name in (METADATA, CONFIG) if name in names]
        weights = _part(archive, WEIGHTS, MAX_UNPACKED if limited else None)
    with h5py.File(io.BytesIO(weights), "r") as stored:
        return Unpacked(b"{}" if len(texts) < 2 else texts[0], texts[-1], _arrays(stored, limited))


def _part(archive: zipfile.ZipFile, name: str, most: int | None) -> bytes:
    """A part inflated as far as allowed. The other compressions cannot be stopped on the way, and Keras has none."""
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("a compression that Keras does not write")
    with archive.open(name) as part:
        content = part.read(-1 if most is None else most + 1)
    if most is not None and len(content) > most:
        raise _too_large(max(len(content), archive.getinfo(name).file_size), most)
    return content


def _too_large(size: int, most: int) -> Refused:
    return Refused("model_large", size=-(-size // 10**6), limit=most // 10**6)


def _arrays(stored: h5py.File, limited: bool) -> dict[str, np.ndarray]:
    """Every array but the optimizer's; their sizes are added up before one is read, for HDF5 compresses too."""
    found, size = {}, 0
    for count, (path, one) in enumerate(_objects(stored)):
        if limited and count >= MAX_OBJECTS:
            raise ValueError("too many parts")
        if isinstance(one, h5py.Dataset):
            found[path] = one
            size += math.prod(one.shape) * one.dtype.itemsize
    if limited and size > MAX_UNPACKED:
        raise _too_large(size, MAX_UNPACKED)
    return {path: _numbers(one) for path, one in found.items()}


def _objects(group: h5py.Group, before: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """What is in a group and below. Refused where something lies elsewhere."""
    if depth > MAX_DEPTH:
        raise ValueError("groups within groups without end")
    for name in group:
        path = f"{before}{name}"
        if path == OPTIMIZER:
            continue
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise Refused("model_code", part=path[:80])
        one = group[name]
        if isinstance(one, h5py.Dataset) and (one.is_virtual or one.external):
            raise Refused("model_code", part=path[:80])
        yield path, one
        if isinstance(one, h5py.Group):
            yield from _objects(one, f"{path}/", depth + 1)


def _numbers(stored: h5py.Dataset) -> np.ndarray:
    if stored.attrs.get("dtype") == "bfloat16" and stored.dtype.itemsize == 2:  # Keras stores its bits
        bits = np.empty(stored.shape, np.uint16)
        stored.id.read(h5py.h5s.ALL, h5py.h5s.ALL, bits, mtype=stored.id.get_type())
        return (bits.astype(np.uint32) << 16).view(np.float32)
    if stored.dtype.name not in NUMBERS:
        raise ValueError(f"{stored.dtype} are no numbers")
    return np.asarray(stored[()], stored.dtype.newbyteorder("="))


# ------------------------------------------------------------------------------------------------------- as a program


def main() -> None:
    """Unpack standard input, whatever it is, into what `receive` takes."""
    _confine()
    try:
        send(unpack(sys.stdin.buffer, limited=True), sys.stdout.buffer)
    except Refused as refusal:
        sys.stdout.buffer.write(_line({"refused": refusal.key, "values": refusal.values}))
    except MemoryError:
        sys.stdout.buffer.write(_line({"refused": "model_limits", "values": {}}))


def _confine() -> None:
    """Open no file and no connection from here on, start nothing, and take the limits on memory and time."""
    import resource  # where it is missing, nothing that is not trusted is read

    "".encode("cp437")  # as names in a zip may be written: loaded while files can be
    limits = {"AS": MEMORY, "CPU": SECONDS, "FSIZE": 0, "NOFILE": 3, "NPROC": 0, "CORE": 0}
    for name, most in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


def send(found: Unpacked, out: BinaryIO) -> None:
    """Write what was unpacked: a line of JSON with the sizes, the two texts, and the arrays one after the other."""
    shapes = [[path, array.dtype.name, array.shape] for path, array in found.arrays.items()]
    out.write(_line({"texts": [len(found.metadata), len(found.config)], "arrays": shapes}))
    out.write(found.metadata + found.config)
    for array in found.arrays.values():
        out.write(np.ascontiguousarray(array).data)
    out.flush()


def receive(content: bytes | bytearray) -> Unpacked:
    """What `send` wrote, of which nothing is believed: arrays are views of `content`, and none reaches beyond it.

    Refused as `unpack`, of whatever the file made the program say; anything else raised means that it said nonsense.
    """
    end = content.index(b"\n") + 1
    told = json.loads(content[:end])
    if "refused" in told:
        raise Refused(told["refused"], **told["values"])
    metadata, config = told["texts"]
    at, arrays = end + metadata + config, {}
    for path, kind, shape in told["arrays"]:
        if kind not in NUMBERS or min(shape, default=0) < 0:
            raise ValueError("no array of numbers")
        count = math.prod(shape)
        arrays[path] = np.frombuffer(content, kind, count, at).reshape(shape)
        at += arrays[path].nbytes
    texts = bytes(content[end : end + metadata + config])
    return Unpacked(texts[:metadata], texts[metadata:], arrays)


def _line(told: dict[str, Any]) -> bytes:
    return json.dumps(told).encode() + b"\n"


if __name__ == "__main__":
    main()
