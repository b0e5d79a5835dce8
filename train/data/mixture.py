"""What a recipe trains on: MNIST, real people's pen strokes, digits by our own pen, what is no digit. Knows no network.

Drawing a hundred thousand pictures takes minutes, so it can be shared out over processes, chunk by chunk; a chunk
depends on the seed and its number alone, so the number of processes changes nothing.
"""

from collections.abc import Callable, Generator, Iterator
from typing import NamedTuple

import numpy as np

from cnn.task import DIGITS, Task
from cnn.types import UserError
from train.data import handwriting
from train.data.handwriting import Handwriting
from train.data.mnist import Digits, hold_out
from train.data.unipen import Written
from train.fit.recipes import Recipe
from train.pens import digits, outliers
from train.workers import workers

CHUNK = 500  # pictures drawn by one task
WORTH_SHARING = 4  # tasks, as a process takes a second to start
HELD_OUT = 1_000_000  # added to the number of a chunk that only validation sees
OURS = {"strokes": digits.chunk, "outliers": outliers.chunk}  # by the recipe's field that counts them
NO_DIGITS = ("outliers", "signs")  # the validation sets that hold none
NOBODY = Handwriting([], [], [])


class Mixture(NamedTuple):
    """What to train on, and by name what to validate on: of the data set itself, the first, and what else there is.

    The first is called "mnist", or "data" where the set is no MNIST's.

    "strokes" and "outliers" are of our own making; "pens" (digits) and "signs" (letters and symbols) are by real people
    who are held out.
    """

    training: Digits
    validation: dict[str, Digits]


def mixed(
    recipe: Recipe, mnist: Digits, people: Handwriting = NOBODY, task: Task = DIGITS, processes: int = 1
) -> Generator[tuple[int, int], None, Mixture]:
    """Hold writers and `recipe.validation` of MNIST out, draw what the recipe asks for; yields (drawn, to draw).

    What is no digit has the label `DIGITS.rejected`. Returns a Mixture.
    """
    if not task.is_like(DIGITS) and (recipe.strokes or recipe.outliers or recipe.pens or recipe.signs):
        raise UserError(f"The recipe of {recipe.architecture} draws digits, which the task does not have.")
    training, held = hold_out(mnist, recipe.validation, recipe.seed, task.rejected)
    training = Digits(*(part[: recipe.images] for part in training))
    drawn: Drawn = {}
    yield from _draw(_tasks(recipe, people), drawn, processes)
    parts = [join(chunks) for (_, is_held), chunks in drawn.items() if not is_held]
    return Mixture(join([training] * recipe.mnist + parts), {_own(task): held, **_held(drawn)})


def validation(
    recipe: Recipe, mnist: Digits, people: Handwriting = NOBODY, processes: int = 1, task: Task = DIGITS
) -> dict[str, Digits]:
    """What `mixed` holds out for `recipe`, alone."""
    drawn: Drawn = {}
    for _ in _draw([task for task in _tasks(recipe, people) if task.held], drawn, processes):
        pass
    return {_own(task): hold_out(mnist, recipe.validation, recipe.seed, task.rejected)[1], **_held(drawn)}


def _own(task: Task) -> str:
    return "mnist" if task.is_like(DIGITS) else "data"


def join(parts: list[Digits]) -> Digits:
    """Several sets as one, in their order."""
    return Digits(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


class Job(NamedTuple):
    """One chunk to draw, of the part `name`: `draw(*asked)` makes `size` pictures."""

    name: str
    held: bool
    size: int
    draw: Callable[..., Digits]
    asked: tuple


Drawn = dict[tuple[str, bool], list[Digits]]  # of which part, and whether it is held out: its chunks


def _tasks(recipe: Recipe, people: Handwriting) -> list[Job]:
    tasks = []
    for name, draw in OURS.items():
        count = getattr(recipe, name)
        for wanted, held in ((count, False), (round(count * recipe.validation), True)):
            sizes = [min(CHUNK, wanted - at) for at in range(0, wanted, CHUNK)]
            numbers = range(held * HELD_OUT, held * HELD_OUT + len(sizes))
            tasks += [
                Job(name, held, size, draw, (recipe.seed, number, size))
                for number, size in zip(numbers, sizes, strict=True)
            ]
    return tasks + _people_tasks(recipe, people)


def _people_tasks(recipe: Recipe, people: Handwriting) -> list[Job]:
    """Each digit `recipe.pens` times, and `recipe.signs` symbols, each as often; once, of people held out."""
    tasks = []
    if recipe.pens:
        tasks += _shared("pens", False, _of(people.digits, False) * recipe.pens, recipe.seed)
        tasks += _shared("pens", True, _of(people.digits, True), recipe.seed)
    if recipe.signs:
        tasks += _shared("signs", False, _evenly(_of(people.symbols, False), recipe.signs, recipe.seed), recipe.seed)
        share = round(recipe.signs * recipe.validation)
        tasks += _shared("signs", True, _evenly(_of(people.symbols, True), share, recipe.seed), recipe.seed)
    return tasks


def _shared(name: str, held: bool, writings: list[Written], seed: int) -> list[Job]:
    chunks = [writings[at : at + CHUNK] for at in range(0, len(writings), CHUNK)]
    return [
        Job(name, held, len(chunk), handwriting.chunk, (chunk, seed, held * HELD_OUT + number))
        for number, chunk in enumerate(chunks)
    ]


def _of(writings: list[Written], held: bool) -> list[Written]:
    return [one for one in writings if handwriting.is_held(one) == held]


def _evenly(writings: list[Written], count: int, seed: int) -> list[Written]:
    """`count` of the writings, of each symbol about as many, however often people wrote it."""
    by_character: dict[str, list[Written]] = {}
    for one in writings:
        by_character.setdefault(one.character, []).append(one)
    rng = np.random.default_rng(seed)
    each = list(by_character.values())
    return [ways[rng.integers(len(ways))] for ways in (each[at % len(each)] for at in range(count if each else 0))]


def _draw(tasks: list[Job], drawn: Drawn, processes: int) -> Iterator[tuple[int, int]]:
    """Do the tasks into `drawn`; yields pictures (drawn, to draw)."""
    done, total = 0, sum(task.size for task in tasks)
    with workers(min(processes, len(tasks)) if len(tasks) >= WORTH_SHARING else 1) as work:
        for task, chunk in zip(tasks, work(_drawn, [(task,) for task in tasks]), strict=True):
            drawn.setdefault((task.name, task.held), []).append(chunk)
            done += task.size
            yield done, total


def _held(drawn: Drawn) -> dict[str, Digits]:
    return {name: join(chunks) for (name, is_held), chunks in drawn.items() if is_held}


def _drawn(task: Job) -> Digits:
    return task.draw(*task.asked)
