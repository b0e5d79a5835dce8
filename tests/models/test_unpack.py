"""Crafted files: a process of its own reads them within its limits, and what comes back is plain arrays or a reason."""

import io
import json
import os
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from cnn.models import gate, unpack, untrusted
from cnn.models.unpack import CONFIG, METADATA, WEIGHTS, Refused
from cnn.types import InputError

pytestmark = pytest.mark.slow

KERNEL = np.arange(12, dtype=np.float32).reshape(3, 4)
PATH = "layers/dense/vars/0"


def stored(change: Callable[[h5py.File], Any] = lambda file: None) -> bytes:
    """HDF5 as Keras writes it, with one kernel, and then changed."""
    with h5py.File(content := io.BytesIO(), "w") as file:
        file[PATH] = KERNEL
        change(file)
    return content.getvalue()


def zipped(weights: bytes, compression: int = zipfile.ZIP_STORED, **others: bytes) -> bytes:
    """A `.keras` file with these weights."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, part in {METADATA: b"{}", CONFIG: b'{"config": {}}', WEIGHTS: weights, **others}.items():
            archive.writestr(name, part)
    return content.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    def written(content: bytes) -> Path:
        (tmp_path / "model.keras").write_bytes(content)
        return tmp_path / "model.keras"

    return written


def refusal(path: Path) -> str:
    """Why a file cannot be unpacked: the key of a sentence; "broken_model" where the gate makes one of an error."""
    try:
        untrusted.apart(path)
    except Refused as refusal:
        return refusal.key
    except Exception:
        return "broken_model"
    return "it may join"


def memory(what: str) -> int:
    """Of this process, in bytes: "VmRSS" now, "VmHWM" at most."""
    return 1024 * int(re.findall(rf"{what}:\s+(\d+)", Path("/proc/self/status").read_text())[0])


@contextmanager
def small() -> Iterator[None]:
    """The block takes this process no more than a little memory."""
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    yield
    assert memory("VmHWM") - before < 40_000_000


def test_what_comes_back_is_what_was_stored(file: Callable) -> None:
    kinds = ["float16", "float64", "int8", "int64", "uint32", "bool"]

    def others(weights: h5py.File) -> None:
        for kind in kinds:
            weights[f"vars/{kind}"] = np.array([[0, 1], [1, 0]], kind)
        weights["vars/scalar"] = np.float32(3)
        weights["vars/none"] = np.zeros((0, 4), np.float32)
        weights["vars/swapped"] = np.array([1.5, -2], ">f8")
        bits = weights.create_dataset("vars/short", data=np.array([0x3FC0, 0xC000], "<u2").view("V2"))
        bits.attrs["dtype"] = "bfloat16"
        weights["optimizer/vars/0"] = np.zeros(5)

    path = file(zipped(stored(others), zipfile.ZIP_DEFLATED))
    apart = untrusted.apart(path)
    with path.open("rb") as same:
        here = unpack.unpack(same, limited=False)
    assert apart[:2] == here[:2] == (b"{}", b'{"config": {}}')
    for found in (apart.arrays, here.arrays):
        np.testing.assert_array_equal(found[PATH], KERNEL)
        for kind in kinds:
            np.testing.assert_array_equal(found[f"vars/{kind}"], [[0, 1], [1, 0]])
            assert found[f"vars/{kind}"].dtype == kind
        assert found["vars/scalar"] == 3
        assert found["vars/none"].shape == (0, 4)
        assert found["vars/swapped"].tolist() == found["vars/short"].tolist() == [1.5, -2]
        assert not any(name.startswith("optimizer") for name in found)


# ------------------------------------------------------------------------------------------------------ the zip's lies


def saying(content: bytes, true: int, false: int) -> bytes:
    """A zip that says another size of a part, wherever it says it."""
    return content.replace(struct.pack("<I", true), struct.pack("<I", false))


def inflating(size: int, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    return zipped(bytes(size), compression)


def overlapping() -> bytes:
    """Each part's entry leads to the same bytes."""
    content = zipped(stored())
    at = [found.start() for found in re.finditer(b"PK\x01\x02", content)]
    last = content[at[-1] + 42 : at[-1] + 46]
    for place in at:
        content = content[: place + 42] + last + content[place + 46 :]
    return content


def many() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number}", b"")
    return content.getvalue()


def twice() -> bytes:
    content = io.BytesIO(zipped(stored()))
    with zipfile.ZipFile(content, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(CONFIG, b"{}")
    return content.getvalue()


def zip64() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(CONFIG, b"{}")
        with archive.open(WEIGHTS, "w", force_zip64=True) as part:
            part.write(bytes(110_000_000))
    return content.getvalue().replace(struct.pack("<Q", 110_000_000), struct.pack("<Q", 1 << 60))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (lambda: b"", "broken_model"),
        (lambda: b"PK\x03\x04 cut", "broken_model"),
        (lambda: zipped(stored())[:-30], "broken_model"),
        (lambda: inflating(110_000_000), "model_large"),
        (lambda: saying(inflating(60_000_000), 60_000_000, 1000), "broken_model"),
        (lambda: saying(inflating(110_000_000), 110_000_000, 1000), "broken_model"),
        (lambda: saying(inflating(1000), 1000, 4_000_000_000), "broken_model"),
        (lambda: zipped(stored(), zipfile.ZIP_DEFLATED, **{CONFIG: bytes(2_000_000)}), "model_large"),
        (lambda: saying(inflating(400_000_000, zipfile.ZIP_BZIP2), 400_000_000, 1000), "broken_model"),
        (lambda: saying(inflating(4_000_000, zipfile.ZIP_LZMA), 4_000_000, 1000), "broken_model"),
        (overlapping, "broken_model"),
        (many, "model_parts"),
        (twice, "model_parts"),
        (zip64, "model_large"),
        (lambda: zipped(stored(), **{"../../evil.py": b"evil"}), "model_parts"),
        (stored, "model_h5"),
    ],
    ids=[
        "nothing", "cut", "no end", "bomb", "says less", "bomb that says less", "says more", "config", "bzip2", "lzma",
        "overlapping", "many", "twice", "zip64", "elsewhere", "older",
    ],
)  # fmt: skip
def test_a_zip_is_believed_nothing(content: Callable[[], bytes], says: str, file: Callable) -> None:
    path = file(content())
    with small():
        assert refusal(path) == says


# ------------------------------------------------------------------------------------------------------- HDF5's faults


def bomb(weights: h5py.File) -> None:
    """A chunk of 48 bytes that inflates to 700 MB."""
    chunk = zlib.compressobj(1)
    kernel = weights.create_dataset("bomb", (3, 4), "float32", chunks=(3, 4), compression="gzip")
    kernel.id.write_direct_chunk((0, 0), b"".join(chunk.compress(bytes(1 << 20)) for _ in range(700)) + chunk.flush())


def ring(weights: h5py.File) -> None:
    weights["layers/again"] = weights["layers"]


def deep(weights: h5py.File) -> None:
    weights["/".join("x" * 200)] = 1.0


def broad(weights: h5py.File) -> None:
    for number in range(unpack.MAX_OBJECTS):
        weights[f"{number}"] = weights[PATH]


def hard_links(weights: h5py.File) -> None:
    """The same 10 MB under twelve names."""
    weights.create_dataset("one/0", (2_500_000,), "float32", chunks=(100_000,))
    for number in range(1, 12):
        weights[f"one/{number}"] = weights["one/0"]


def virtual(weights: h5py.File) -> None:
    layout = h5py.VirtualLayout((3,), "float32")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (3,))
    weights.create_virtual_dataset("virtual", layout)


def unknown_filter(weights: h5py.File) -> None:
    settings = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    settings.set_chunk((3,))
    settings.set_filter(4242, h5py.h5z.FLAG_OPTIONAL, ())
    made = h5py.h5d.create(weights.id, b"filtered", h5py.h5t.NATIVE_FLOAT, h5py.h5s.create_simple((3,)), settings)
    made.write_direct_chunk((0,), bytes(12))


def add(name: str, *arguments: Any, **options: Any) -> Callable[[h5py.File], Any]:
    return lambda weights: weights.create_dataset(name, *arguments, **options)


def link(what: Any) -> Callable[[h5py.File], Any]:
    return lambda weights: weights.__setitem__("elsewhere", what)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (bomb, {"model_limits", "broken_model"}),  # as HDF5 says that there is no more memory
        (add("x", (40_000_000,), "float32", chunks=(1_000_000,), compression="gzip"), {"model_large"}),
        (add("x", (1 << 40, 1 << 20), "float32", chunks=(1, 1)), {"model_large"}),
        (hard_links, {"model_large"}),
        (ring, {"broken_model"}),
        (deep, {"broken_model"}),
        (broad, {"broken_model"}),
        (link(h5py.ExternalLink("/etc/passwd", "/")), {"model_code"}),
        (link(h5py.SoftLink("/layers")), {"model_code"}),
        (virtual, {"model_code"}),
        (add("x", (3,), "float32", external=[("/etc/passwd", 0, 12)]), {"model_code"}),
        (unknown_filter, {"broken_model"}),
        (add("x", data="text"), {"broken_model"}),
        (add("x", (3,), [("a", "f4"), ("b", "i4")]), {"broken_model"}),
        (add("x", (3,), h5py.vlen_dtype(np.float32)), {"broken_model"}),
        (add("x", (3,), h5py.ref_dtype), {"broken_model"}),
        (add("x", (3,), "complex64"), {"broken_model"}),
        (add("x", data=h5py.Empty("f")), {"broken_model"}),
    ],
    ids=[
        "bomb", "compressed", "huge", "hard links", "ring", "deep", "broad", "external link", "soft link", "virtual",
        "external file", "filter", "text", "compound", "lengths", "references", "complex", "empty",
    ],
)  # fmt: skip
def test_hdf5_gives_numbers_or_nothing(change: Callable, says: set[str], file: Callable) -> None:
    path = file(zipped(stored(change), zipfile.ZIP_DEFLATED))
    with small():
        assert refusal(path) in says


def test_damaged_hdf5_does_no_harm(file: Callable) -> None:
    whole, rng, ends = stored(), np.random.default_rng(17), []
    for _ in range(12):
        damaged = bytearray(whole)
        for place in rng.integers(0, len(whole), 20):
            damaged[place] = rng.integers(256)
        path = file(zipped(bytes(damaged)))
        try:
            ends.append([array.dtype.name for array in untrusted.apart(path).arrays.values()])
        except Exception as error:  # which the gate makes a sentence of
            ends.append(getattr(error, "key", "broken_model"))
    assert "model_limits" not in ends
    assert all(set(end) <= unpack.NUMBERS for end in ends if isinstance(end, list))
    assert "broken_model" in ends


# -------------------------------------------------------------------------------------------------- the other process


def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let another program read the file."""
    (tmp_path / "program.py").write_text(text)
    monkeypatch.setattr(untrusted, "PROGRAM", tmp_path / "program.py")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("while True: pass", "model_limits"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "broken_model"),
        ("raise MemoryError", "broken_model"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "model_limits"),
        ("import os\nwhile True: os.write(1, bytes(1 << 20))", "model_limits"),
        ("import os, time; os.close(1); time.sleep(60)", "model_limits"),
        ("print('nonsense')", "broken_model"),
        ("print('7')", "broken_model"),
        ("""print('{"refused": "no_such_key", "values": {}}')""", "broken_model"),
        ("""print('{"refused": "model_large", "values": {"size": 1}}')""", "broken_model"),
        ("""print('{"texts": [2, 2], "arrays": [["a", "float32", [9]]]}\\n{}{}')""", "broken_model"),
        ("""print('{"texts": [2, 2], "arrays": [["a", "object", [0]]]}\\n{}{}')""", "broken_model"),
        ("""print('{"texts": [2, 2], "arrays": [["a", "float32", [-1]]]}\\n{}{}')""", "broken_model"),
        ("""print('{"texts": [-9, 2], "arrays": []}\\n{}{}')""", "broken_model"),
    ],
    ids=[
        "endless", "crash", "error", "killed", "talks on", "says nothing", "text", "number", "unknown reason",
        "half a reason", "too short", "objects", "negative", "before the beginning",
    ],
)  # fmt: skip
def test_whatever_becomes_of_it_is_one_sentence(
    text: str, says: str, file: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, monkeypatch, text)
    monkeypatch.setattr(untrusted, "SECONDS", 1)
    monkeypatch.setattr(untrusted, "MAX_ANSWER", 5_000_000)
    path = file(zipped(stored()))
    with small(), pytest.raises(InputError, match='"them/theirs"') as found:
        gate.open_model(path, "them/theirs")
    assert found.value.key == says


TRIED = """
import json, runpy, socket, sys
sys.argv = [{program!r}]
own = runpy.run_path({program!r}, run_name="own")
own["_confine"]()
found = {{"imported": sorted(sys.modules)}}
for name, attempt in {{
    "read": lambda: open("/etc/passwd"),
    "connect": lambda: socket.socket(),
    "memory": lambda: bytearray({memory}),
}}.items():
    try:
        attempt()
    except (OSError, MemoryError) as error:
        found[name] = type(error).__name__
print(json.dumps(found))
"""


def test_it_may_do_nothing_but_read_and_answer() -> None:
    text = TRIED.format(program=str(untrusted.PROGRAM), memory=unpack.MEMORY)
    done = subprocess.run([sys.executable, "-I", "-c", text], capture_output=True, check=True, text=True)
    found = json.loads(done.stdout)
    assert {name: found.get(name) for name in ("read", "connect", "memory")} == {
        "read": "OSError",
        "connect": "OSError",
        "memory": "MemoryError",
    }
    assert not {"keras", "jax", "cnn", "gradio"} & {name.split(".")[0] for name in found["imported"]}


def test_it_knows_no_secret(file: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    program(tmp_path, monkeypatch, f"import os; open({str(tmp_path / 'seen')!r}, 'w').write(' '.join(os.environ))")
    refusal(file(zipped(stored())))
    assert set((tmp_path / "seen").read_text().split()) <= {*untrusted.ENVIRONMENT, "LC_CTYPE"}
    assert "HF_TOKEN" in os.environ


def test_what_it_was_refused_for_is_told_as_it_was(file: Callable) -> None:
    with pytest.raises(Refused) as found:
        untrusted.apart(file(zipped(bytes(110_000_000), zipfile.ZIP_DEFLATED)))
    assert found.value.values == {"size": 110, "limit": 100}
