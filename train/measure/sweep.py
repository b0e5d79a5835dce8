"""What filters and layers buy, measured: a small network for each number of both, trained from several seeds."""

import csv
import dataclasses
import datetime
import hashlib
import io
import itertools
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cnn.errors.statistics import wilson
from cnn.files import read_json, write_json, write_whole
from cnn.lab.sweep import Run, design, rows
from cnn.metadata import read_run
from cnn.models import registry
from cnn.network.design import plan
from cnn.types import InputError, UserError
from train import machine
from train.data.mnist import Digits
from train.fit.loop import fit
from train.fit.recipes import RECIPES, Recipe

# 160 batches an epoch, each of them used; the whole takes minutes on two cores.
IMAGES, EPOCHS = 20_480, 5
FILTERS, DEPTHS, SEEDS = (4, 8, 16, 32), (1, 2, 3), (0, 1, 2)


@dataclasses.dataclass(frozen=True)
class Grid:
    """What is trained: every number of filters with every depth, from every seed; on how many images, how often."""

    filters: Sequence[int] = FILTERS
    depths: Sequence[int] = DEPTHS
    seeds: Sequence[int] = SEEDS
    images: int = IMAGES
    epochs: int = EPOCHS

    def recipes(self) -> Iterator[tuple[int, int, Recipe]]:
        """(filters, depth, recipe), a whole grid a seed: what is there of a sweep that was stopped is a sweep."""
        for seed, depth, filters in itertools.product(self.seeds, self.depths, self.filters):
            network = design(filters, depth)
            made = {"architecture": f"sweep-{filters}x{depth}", "design": network, "images": self.images}
            yield filters, depth, dataclasses.replace(RECIPES["course"], **made, epochs=self.epochs, seed=seed)


def sweep(grid: Grid, training: Digits, test: Digits, path: Path, folder: Path) -> Iterator[tuple[Run, int]]:
    """Train what is missing in `path` (.csv), and yield each row as it is written, with how many are still missing.

    `folder` holds the run that is going on. A sweep that was killed goes on at the first row that is missing. UserError
    where `path` holds another sweep, or a network is impossible.
    """
    _check(grid)
    about = _about(grid, training, test)
    runs = _begun(path, about)
    done = {(run.filters, run.depth, run.seed) for run in runs}
    missing = [each for each in grid.recipes() if (*each[:2], each[2].seed) not in done]
    for at, (filters, depth, recipe) in enumerate(missing):
        run = _measured(filters, depth, recipe, training, test, folder)
        runs.append(run)
        _write(path, runs)
        yield run, len(missing) - at - 1


def _check(grid: Grid) -> None:
    for filters, depth, _ in grid.recipes():
        if refused := plan(design(filters, depth)).refused:
            raise UserError(f"{filters} filters, {depth} deep: {InputError(refused.key, **refused.values)}")


def _about(grid: Grid, training: Digits, test: Digits) -> dict[str, Any]:
    """What all rows have in common, and what a sweep that goes on has to have too."""
    _, _, recipe = next(grid.recipes())
    shared = ("epochs", "images", "batch_size", "learning_rate", "label_smoothing", "validation")
    digest = hashlib.sha256(training.images.tobytes() + training.labels.tobytes() + test.images.tobytes())
    return {
        **{name: getattr(recipe, name) for name in shared},
        "test_images": len(test.labels),
        "data_sha256": digest.hexdigest(),
    }


def _begun(path: Path, about: dict[str, Any]) -> list[Run]:
    """The rows that are there; begins a sweep where there is none."""
    beside = path.with_suffix(".json")
    if not path.is_file():
        write_json(beside, {**about, "date": datetime.date.today().isoformat(), "machine": machine.describe()})
        return []
    kept = read_json(beside) if beside.is_file() else {}
    if differing := [name for name, value in about.items() if kept.get(name) != value]:
        raise UserError(f"{path} is a sweep of other {', '.join(differing)}; remove it, or name another --file.")
    return rows(path)


def _measured(filters: int, depth: int, recipe: Recipe, training: Digits, test: Digits, folder: Path) -> Run:
    place = folder / f"{recipe.architecture}-{recipe.seed}"
    shutil.rmtree(place, ignore_errors=True)  # half of a run that was killed: its time would not be known
    wall, processor = time.monotonic(), time.process_time()
    for _ in fit(recipe, training, place):
        pass
    seconds, cpu_seconds = time.monotonic() - wall, time.process_time() - processor
    config = read_run(place / registry.CONFIG)
    guesses = registry.load(str(place)).probabilities(test.images.astype(np.float32) / 255).argmax(1)
    hits, count = int((guesses == test.labels).sum()), len(test.labels)
    low, high = wilson(hits, count)
    costs = plan(design(filters, depth))
    shutil.rmtree(place)
    return Run(
        filters=filters,
        depth=depth,
        seed=recipe.seed,
        parameters=costs.parameters,
        multiply_adds=costs.multiply_adds,
        training_images=config["images"]["training"],
        epochs=recipe.epochs,
        seconds=round(seconds, 1),
        cpu_seconds=round(cpu_seconds, 1),
        validation_accuracy=round(config["history"][-1]["validation_accuracy"], 4),
        test_images=count,
        test_accuracy=round(hits / count, 6),
        test_low=round(low, 4),
        test_high=round(high, 4),
    )


def _write(path: Path, runs: list[Run]) -> None:
    text = io.StringIO()
    table = csv.DictWriter(text, [field.name for field in dataclasses.fields(Run)], lineterminator="\n")
    table.writeheader()
    table.writerows(dataclasses.asdict(run) for run in runs)
    write_whole(path, text.getvalue())
