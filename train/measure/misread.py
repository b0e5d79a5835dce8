"""The MNIST digits that come with the app, so that its lesson on errors needs no MNIST: chosen by what was measured.

`python -m train misread` writes them, and so does evaluating a bundled network.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cnn.metadata import Measured, read_measured
from cnn.mnist import KEPT, keep
from cnn.models.registry import BUNDLED, METRICS, bundled
from cnn.task import DIGITS
from train.data.mnist import Digits

ORDINARY = 300  # test images from the first on, whoever reads them how


def chosen(measured: Iterable[Measured]) -> dict[str, set[int]]:
    """By split, the places of what the Errors tab shows of networks with these metrics, and of ORDINARY test images."""
    measured = list(measured)
    shown = [one for metrics in measured for one in metrics.get("errors", []) + metrics.get("doubtful", [])]
    ordinary = min([ORDINARY, *(metrics["images"] for metrics in measured)])
    return {
        "test": {*range(ordinary), *(one["index"] for one in shown)},
        "train": {place for one in shown for place in one.get("neighbours", [])},
    }


def write(load: Callable[[Any], Digits], path: Path = KEPT) -> dict[str, int]:
    """Write the digits for all bundled networks of digits, out of MNIST's splits; gives their number by split."""
    files = (BUNDLED / name / METRICS for name in bundled(DIGITS))
    places = chosen(read_measured(file) for file in files if file.is_file())
    keep(places, load, path)
    return {split: len(found) for split, found in places.items()}
