"""What filters and layers buy: networks that differ in nothing else, each trained from several seeds.

`python -m train sweep` writes the files: a row a training, and beside it, as JSON, what all of them have in common.
"""

import csv
import dataclasses
import functools
import statistics
from pathlib import Path
from typing import Any, NamedTuple

from cnn.files import read_json
from cnn.network.design import Activation, Block, Convolution, Pooling
from cnn.types import UserError

FILE = Path(__file__).resolve().parents[2] / "assets" / "lab" / "sweep.csv"


@dataclasses.dataclass(frozen=True)
class Run:
    """One training, a row of the file. Accuracies are shares; `test_low` to `test_high` is Wilson's interval, 95 %.

    `multiply_adds` are those of one picture, `training_images` those of an epoch; `seconds` of the clock and of all
    processors together, compiling included.
    """

    filters: int
    depth: int
    seed: int
    parameters: int
    multiply_adds: int
    training_images: int
    epochs: int
    seconds: float
    cpu_seconds: float
    validation_accuracy: float
    test_images: int
    test_accuracy: float
    test_low: float
    test_high: float


class Cell(NamedTuple):
    """One network: its size, the test accuracies of its seeds, their mean, and that of the worst and of the best."""

    filters: int
    depth: int
    parameters: int
    multiply_adds: int
    accuracies: list[float]
    mean: float
    least: float
    most: float


class Gains(NamedTuple):
    """What is gained in mean test accuracy, as shares.

    By the most `filters` over the fewest, with the fewest layers and with the most; by the most `layers` over the
    fewest, with the fewest filters and with the most; and, in the mean over the depths, by the `last` step of filters,
    from the `last_but_one`; `spread` is how far the best seed is from the worst, in the mean over these networks.
    """

    filters: tuple[float, float]
    layers: tuple[float, float]
    last: float
    last_but_one: int
    spread: float


class Sweep(NamedTuple):
    """All trainings of a file, and `about` them, as `train sweep` wrote."""

    runs: list[Run]
    about: dict[str, Any]

    @property
    def cells(self) -> list[Cell]:
        """The networks, by depth and then by filters."""
        return [_cell([run for run in self.runs if (run.depth, run.filters) == kind]) for kind in self._kinds()]

    @property
    def gains(self) -> Gains:
        """What more filters and more layers are worth here, for a grid that is complete."""
        mean = {(cell.depth, cell.filters): cell.mean for cell in self.cells}
        depths, filters = (sorted({kind[at] for kind in mean}) for at in (0, 1))
        (shallowest, deepest), (fewest, most) = (depths[0], depths[-1]), (filters[0], filters[-1])
        last_but_one = filters[-2] if len(filters) > 1 else fewest
        return Gains(
            filters=(mean[shallowest, most] - mean[shallowest, fewest], mean[deepest, most] - mean[deepest, fewest]),
            layers=(mean[deepest, fewest] - mean[shallowest, fewest], mean[deepest, most] - mean[shallowest, most]),
            last=statistics.fmean(mean[depth, most] - mean[depth, last_but_one] for depth in depths),
            last_but_one=last_but_one,
            spread=statistics.fmean(
                cell.most - cell.least for cell in self.cells if cell.filters in (last_but_one, most)
            ),
        )

    def _kinds(self) -> list[tuple[int, int]]:
        return sorted({(run.depth, run.filters) for run in self.runs})


def design(filters: int, depth: int) -> list[Block]:
    """`depth` times a padded 3x3 convolution of so many filters, a ReLU and a 2x2 max pooling; logits follow."""
    return [block for _ in range(depth) for block in (Convolution(filters, padding="same"), Activation(), Pooling())]


def read(path: Path = FILE) -> Sweep:
    """A sweep's file, and what stands beside it. UserError for one that is damaged."""
    return Sweep(rows(path), read_json(path.with_suffix(".json")))


def rows(path: Path) -> list[Run]:
    """The rows of a sweep's file. UserError for one that is damaged."""
    kinds: dict[str, Any] = {field.name: field.type for field in dataclasses.fields(Run)}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [Run(**{name: kinds[name](value) for name, value in row.items()}) for row in csv.DictReader(file)]
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{path} is damaged: its rows are not those of a sweep.") from error


def _cell(runs: list[Run]) -> Cell:
    first, found = runs[0], [run.test_accuracy for run in runs]
    sizes = first.filters, first.depth, first.parameters, first.multiply_adds
    return Cell(*sizes, found, statistics.fmean(found), min(found), max(found))


@functools.cache
def bundled() -> Sweep:
    """The sweep that comes with the app, read once."""
    return read()
