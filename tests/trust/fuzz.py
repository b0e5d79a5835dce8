"""Coverage-guided fuzzing of what reads files of others: `python -m tests.trust.fuzz decode|gate --seconds 600`.

Atheris (Google's libFuzzer for Python) changes whole files and parts of them, led by which lines of Pillow, zipfile and
of our own code they reach. A crash, a hang, too much memory, or an error that is no InputError is a finding: its file
is kept, and the run goes on. How long, how many and what was found goes into results.json.
"""

import argparse
import io
import json
import random
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from tests.trust import corpus, results

MEMORY, SECONDS = 3000, 20  # megabytes and seconds that one input may take
RUNS = re.compile(r"(?:number_of_executed_units: *|^#)(\d+)", re.MULTILINE)
FOUND = re.compile(r"Test unit written to (\S+)")
PART = b"\nPART\n"


def main() -> int:
    """Fuzz for so many seconds, from one finding to the next."""
    parser = argparse.ArgumentParser(prog="python -m tests.trust.fuzz", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=600, help="how long (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="where findings are kept (default: a new one)")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return _child(options.target, options.child, options.seconds)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="fuzz-"))
    inputs = folder / "inputs"
    inputs.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(TARGETS[options.target][1]()):
        (inputs / f"seed-{number}").write_bytes(content)
    end, executions, findings = time.monotonic() + options.seconds, 0, []
    while (left := int(end - time.monotonic())) > 0:
        command = [sys.executable, "-m", "tests.trust.fuzz", options.target, "--seconds", str(left), "--child", folder]
        log = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False).stderr
        ran = max(map(int, RUNS.findall(log)), default=0)
        executions += ran
        if not (found := FOUND.search(log)):
            if ran == 0:
                sys.exit(log[-2000:])
            break
        findings.append(_reason(log))
        print(f"{found[1]}: {findings[-1]}", flush=True)
    results.note("fuzz", {options.target: {"seconds": options.seconds, "executions": executions, "findings": findings}})
    print(f"{options.target}: {executions} inputs in {options.seconds} s, {len(findings)} findings, kept in {folder}")
    return 1 if findings else 0


def _reason(log: str) -> str:
    """The line of a log that says what was found."""
    told = re.findall(r"^(?:==\d+== *(ERROR: .*)|(\w+(?:\.\w+)*(?:Error|Exception|Interrupt)\b.*))$", log, re.MULTILINE)
    return next(("".join(one) for one in reversed(told)), "unknown")[:200]


def _child(target: str, folder: Path, seconds: int) -> int:
    import atheris

    with atheris.instrument_imports(
        include=["PIL", "cnn.framing", "cnn.models", "zipfile", "json", "keras.src.saving"]
    ):
        import zipfile  # noqa: F401

        import PIL.ImageFile  # noqa: F401

        one_input = TARGETS[target][0]()
    limits = [f"-rss_limit_mb={MEMORY}", f"-timeout={SECONDS}", f"-max_total_time={seconds}", "-max_len=60000"]
    told = [f"-artifact_prefix={folder}/found-", "-print_final_stats=1"]
    arguments = [sys.argv[0], *limits, *told, "-len_control=0", str(folder / "inputs")]
    changing = {"custom_mutator": _changed} if target == "gate" else {}
    atheris.Setup(arguments, one_input, **changing)
    atheris.Fuzz()
    return 0


# ------------------------------------------------------------------------------------------------------------ targets


def _decoding():
    """A file -> decoded and made plain. At most a megapixel, so that what is slow is a fault."""
    import PIL.Image

    PIL.Image.preinit()
    PIL.Image.init()  # imports every reader, instrumented
    from cnn.framing import decode
    from cnn.types import InputError

    decode.MAX_PIXELS = PIL.Image.MAX_IMAGE_PIXELS = 1_000_000

    def one_input(data: bytes) -> None:
        try:
            image = decode.plain(decode.open_image(data))
        except InputError:
            return
        assert image.mode in ("L", "RGB"), image.mode

    return one_input


def _pictures():
    for kind in corpus.PICTURES.values():
        yield from (content for content in kind().values() if len(content) < 20_000)


def _gating():
    """A `.keras` file, or parts to put into one -> through the gate, unpacked in this process, seen by coverage."""
    from cnn.models import gate, unpack, untrusted
    from cnn.types import InputError

    untrusted.apart = lambda path: unpack.unpack(io.BytesIO(path.read_bytes()), limited=True)
    whole = dict(zip(PARTS, _parts(), strict=True))
    path = Path(tempfile.mkdtemp()) / "model.keras"

    def one_input(data: bytes) -> None:
        if data.startswith(b"PK"):
            path.write_bytes(data)
        else:  # zipped here: what changes within a compressed part would be seen by its checksum alone
            changed = dict(zip(PARTS, data.split(PART), strict=False))
            path.write_bytes(_zipped({**whole, **{name: part for name, part in changed.items() if part}}))
        try:
            gate.open_model(path, "fuzz")
        except InputError:
            return

    return one_input


PARTS = ("metadata.json", "config.json", "model.weights.h5")


def _models():
    yield from (PART.join(_parts(number)) for number in range(len(_networks())))
    yield _zipped(dict(zip(PARTS, _parts(), strict=True)))


def _networks():
    """Small networks of most kinds of layers, by their makers."""
    import keras
    from keras import layers

    image = keras.Input((28, 28, 1))
    plain = [layers.Conv2D(2, 3, strides=3, activation="relu"), layers.BatchNormalization(), layers.MaxPooling2D()]
    ended = [layers.GlobalAveragePooling2D(), layers.Dropout(0.2), layers.Dense(10, activation="softmax")]
    small = layers.AveragePooling2D(7)(layers.Rescaling(255.0)(image))
    sum_of_two = layers.Add()([small, layers.ReLU()(small)])
    return [
        keras.Sequential([keras.Input((28, 28, 1)), layers.AveragePooling2D(7), layers.Flatten(), layers.Dense(10)]),
        keras.Sequential([keras.Input((28, 28, 1)), *plain, *ended]),
        keras.Model(image, layers.Dense(10)(layers.Flatten()(sum_of_two))),
    ]


def _parts(number: int = 0) -> list[bytes]:
    """The parts of a small network's file."""
    path = Path(tempfile.mkdtemp()) / "model.keras"
    _networks()[number].save(path)
    with zipfile.ZipFile(path) as archive:
        return [archive.read(name) for name in PARTS]


def _zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


VALUES = [None, True, -1, 0, 28, 10**9, 1e308, 10**400, "", "x", [], {}, [None], [[1] * 99], "__lambda__", "keras.src"]


def _changed(data: bytes, most: int, seed: int) -> bytes:
    """Mostly a network's config with something else in some of its places; else bytes, as libFuzzer changes them."""
    import atheris
    import keras

    rng, parts = random.Random(seed), data.split(PART)
    try:
        config = json.loads(parts[1])
    except (IndexError, ValueError, RecursionError):
        return atheris.Mutate(data, most)
    if rng.random() < 0.3:
        return atheris.Mutate(data, most)
    others = [*VALUES, *dir(keras.layers)]
    for _ in range(rng.choice((1, 1, 2, 5))):
        places = list(corpus.fields(config))
        put = rng.choice(others) if rng.random() < 0.7 else corpus.at(config, rng.choice(places))
        config = corpus.put(config, rng.choice(places), put)
    parts[1] = json.dumps(config).encode()
    return PART.join(parts)[:most]


TARGETS = {"decode": (_decoding, _pictures), "gate": (_gating, _models)}

if __name__ == "__main__":
    sys.exit(main())
