"""Where networks fail on MNIST's test set, as `python -m train evaluate` found it. Knows no network and no image."""

import functools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from cnn.errors.statistics import mcnemar, wilson
from cnn.metadata import Bin, Metrics, Reliability
from cnn.types import InputError

LABEL_ERRORS = Path(__file__).resolve().parents[2] / "assets" / "mnist_label_errors.json"


class Comparison(NamedTuple):
    """Two networks on the same test images, by the images' indices: what only one, or both, misread.

    `fixed` the first misreads and the second reads, `added` the other way round; `p` as `statistics.mcnemar`.
    """

    fixed: list[int]
    added: list[int]
    both: list[int]
    p: float


class BinWithInterval(Bin):
    """A bin, and between which shares the true one lies, at 95 %."""

    low: float
    high: float


def measured(network: Any) -> Metrics:
    """A network's metrics. InputError where nothing was measured."""
    if not network.metrics:
        raise InputError("not_measured", name=network.name)
    return network.metrics


def misread(metrics: Metrics) -> list[int]:
    """The indices of the misread test images, those that the network was surest of first."""
    return [one["index"] for one in metrics.get("errors", [])]


def compared(first: Metrics, second: Metrics) -> Comparison:
    """Two networks' metrics against each other."""
    ours, theirs = misread(first), misread(second)
    fixed, added = _without(ours, theirs), _without(theirs, ours)
    return Comparison(fixed, added, _without(ours, fixed), mcnemar(len(fixed), len(added)))


def with_intervals(calibration: Reliability) -> list[BinWithInterval]:
    """The bins of a `calibration`, each with its interval."""
    found = []
    for one in calibration["bins"]:
        low, high = wilson(round(one["accuracy"] * one["count"]), one["count"])
        found.append({**one, "low": low, "high": high})
    return found


@functools.cache
def label_errors() -> dict[int, dict[str, Any]]:
    """MNIST's test images whose label most of five people do not see, by index: `{index, label, proposed, votes}`.

    `votes` are for the label, for the one that the authors' method `proposed`, and for neither. Northcutt, Athalye and
    Mueller 2021 (arXiv 2103.14749); the file says more of its source.
    """
    found = json.loads(LABEL_ERRORS.read_text(encoding="utf-8"))["errors"]
    return {one["index"]: one for one in found}


def _without(indices: list[int], others: Iterable[int]) -> list[int]:
    others = set(others)
    return [index for index in indices if index not in others]
