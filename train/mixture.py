"""What a recipe trains on: MNIST, digits by our own pen, and pictures that are no digit. Knows no network.

Drawing a hundred thousand pictures takes minutes, so it is shared out over the processor's cores, chunk by chunk; a
chunk depends on the seed and its number alone, so the number of cores changes nothing.
"""

import multiprocessing
import os
from collections.abc import Generator, Iterator
from typing import NamedTuple

import numpy as np

from train import outliers, strokes
from train.config import Recipe
from train.data import Digits, hold_out

CHUNK = 500  # pictures drawn by one task
HELD_OUT = 1_000_000  # added to the number of a chunk that only validation sees
DRAWN = {"strokes": strokes.chunk, "outliers": outliers.chunk}  # by the recipe's field that counts them


class Mixture(NamedTuple):
    """What to train on, and by name what to validate on: "mnist", and what of DRAWN the recipe has."""

    training: Digits
    validation: dict[str, Digits]


def mixed(recipe: Recipe, mnist: Digits) -> Generator[tuple[int, int], None, Mixture]:
    """Hold `recipe.validation` out of MNIST and draw what the recipe asks for; yields pictures (drawn, to draw).

    What is no digit has the label NOT_A_DIGIT. Returns a Mixture.
    """
    training, held = hold_out(mnist, recipe.validation, recipe.seed)
    drawn: Drawn = {}
    yield from _draw(_tasks(recipe), drawn)
    parts = [join(chunks) for (_, is_held), chunks in drawn.items() if not is_held]
    return Mixture(join([training] * recipe.mnist + parts), {"mnist": held, **_held(drawn)})


def validation(recipe: Recipe, mnist: Digits) -> dict[str, Digits]:
    """What `mixed` holds out for `recipe`, alone."""
    drawn: Drawn = {}
    for _ in _draw([task for task in _tasks(recipe) if task[2] >= HELD_OUT], drawn):
        pass
    return {"mnist": hold_out(mnist, recipe.validation, recipe.seed)[1], **_held(drawn)}


def join(parts: list[Digits]) -> Digits:
    """Several sets as one, in their order."""
    return Digits(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


Task = tuple[str, int, int, int]  # of DRAWN which, seed, chunk's number, chunk's size
Drawn = dict[tuple[str, bool], list[Digits]]  # of DRAWN which, and whether it is held out: its chunks


def _tasks(recipe: Recipe) -> list[Task]:
    tasks = []
    for name in DRAWN:
        count = getattr(recipe, name)
        for wanted, first in ((count, 0), (round(count * recipe.validation), HELD_OUT)):
            sizes = [min(CHUNK, wanted - at) for at in range(0, wanted, CHUNK)]
            tasks += [(name, recipe.seed, first + number, size) for number, size in enumerate(sizes)]
    return tasks


def _draw(tasks: list[Task], drawn: Drawn) -> Iterator[tuple[int, int]]:
    """Do the tasks into `drawn`; yields pictures (drawn, to draw)."""
    done, total = 0, sum(task[-1] for task in tasks)
    for task, chunk in zip(tasks, _worked(tasks), strict=True):
        name, _, number, size = task
        drawn.setdefault((name, number >= HELD_OUT), []).append(chunk)
        done += size
        yield done, total


def _held(drawn: Drawn) -> dict[str, Digits]:
    return {name: join(chunks) for (name, is_held), chunks in drawn.items() if is_held}


def _worked(tasks: list[Task]):
    """The tasks' results in their order, by all cores where it pays."""
    if len(tasks) < 4:
        yield from map(_work, tasks)
        return
    with multiprocessing.get_context("spawn").Pool(min(len(tasks), os.cpu_count() or 1)) as pool:
        yield from pool.imap(_work, tasks)


def _work(task: Task) -> Digits:
    name, *rest = task
    return DRAWN[name](*rest)
