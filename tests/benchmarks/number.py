"""From the file of a photo of a number to what is read in it, beside Pillow's decoding of the file alone.

    python tests/benchmarks/number.py FOLDER     # pictures, or folders of pictures: a row each

Milliseconds of processor, of which a busy machine changes less than waiting; of each picture the least of its TURNS.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from cnn.framing.decode import open_image  # noqa: E402
from cnn.models import registry  # noqa: E402
from cnn.reading.number import read_number  # noqa: E402

TURNS = 3
ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}


def main(folder: Path) -> None:
    """Print a table: medians over the pictures of a folder, the longest, and the ratio to decoding."""
    network = registry.load(registry.DEFAULT)
    network.prepare_answers()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, the least of {TURNS}")
    print("| pictures | | read, ms | longest | decoded, ms | ratio |\n| --- | --- | --- | --- | --- | --- |")
    for one in (folder, *sorted(folder.iterdir())):
        files = sorted(file for file in one.glob("*") if file.suffix.lower() in ENDINGS)
        if files:
            read = [least(lambda file=file: read_number(network, open_image(file))) for file in files]
            decoded = statistics.median(least(lambda file=file: Image.open(file).load()) for file in files)
            typical = statistics.median(read)
            cells = len(files), f"{typical:.0f}", f"{max(read):.0f}", f"{decoded:.1f}", f"{typical / decoded:.1f}"
            print(f"| {one.name} |", *(f"{cell} |" for cell in cells), flush=True)


def least(call: Callable[[], object]) -> float:
    """The fewest milliseconds of processor that a call takes, of TURNS."""
    times = []
    for _ in range(TURNS):
        began = time.process_time()
        call()
        times.append(1000 * (time.process_time() - began))
    return min(times)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
