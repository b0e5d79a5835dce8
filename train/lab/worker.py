"""The process in which the lab trains what visitors put together: `python -m train.lab.worker FOLDER`.

It reads what it is asked, a line of JSON each, and tells how it goes the same way; `cnn.lab.trainings` is at the other
end. It stays warm from one training to the next, gives way to all else on the machine, and ends with its input: no
server that is gone leaves one behind, nor anything in FOLDER.

    {"train": an order, "digit": ...}      begin; `train.lab.training` says what comes back
    {"digit": 28 x 28 float32 in base64}   the digit to be read from now on
    {"stop": true}                         end what is being trained
"""

import json
import os
import shutil
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from cnn import process
from train.lab.desk import Desk

MEMORY = 4 << 30  # bytes of data: the largest design takes half of them
COMMAND = [sys.executable, "-m", "train.lab.worker"]  # to be run in the project's root


def confine() -> None:
    """Let all else go first, take no more memory than MEMORY, and be the first that a full machine ends."""
    if hasattr(os, "nice"):
        os.nice(19)
    if (score := Path("/proc/self/oom_score_adj")).exists():  # Linux
        with score.open("w") as file:
            file.write("1000")
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def listen(lines: Iterable[bytes], desk: Desk, folder: Path) -> None:
    """Hand what comes in to the desk; where nothing more can come, nothing of the process stays."""
    for line in lines:
        desk.take(json.loads(line))
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def main() -> None:
    """Serve until the input ends."""
    confine()  # the threads of what is imported later have what this one has
    folder, desk = Path(sys.argv[1]), Desk()
    answers = _kept_clean()
    threading.Thread(target=listen, args=[sys.stdin.buffer, desk, folder], daemon=True).start()
    # What was compiled for one seed need not be for the next.
    os.environ["JAX_COMPILATION_CACHE_DIR"] = str(folder / "compiled")
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
    process.begin()
    from train.lab.teaching import Teaching  # what takes seconds to import
    from train.lab.training import Training

    while True:
        order = desk.orders.get()
        kind = Training if "design" in order else Teaching
        for message in kind(order, desk, folder).messages():
            answers.write(json.dumps(message).encode() + b"\n")
            answers.flush()


def _kept_clean() -> BinaryIO:
    """The standard output, for messages alone: what libraries print goes to where errors are."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


if __name__ == "__main__":
    main()
