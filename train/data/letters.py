"""Real people's letters, a class for both cases of each, as the app frames them; other writers' to test on.

UNIPEN's release from the folder UNIPEN_DIR (train/data/unipen.py says where it is). Its donors that are held out for
the digits (train/data/handwriting.py) are so here.
"""

import os
import string
from pathlib import Path

import numpy as np

from cnn.task import Task
from train.data import handwriting, unipen
from train.data.mnist import DataError, Digits
from train.data.unipen import Written
from train.workers import workers

TASK = Task(tuple(string.ascii_uppercase))
PARTS = ("1b", "1c")  # of UNIPEN: capitals and small letters
EACH = {False: 900, True: 100}  # writings of a letter in one case, at most, to train on, and to test on
CHUNK = 500  # writings framed by one task


def read(processes: int = 1, seed: int = 0) -> tuple[Digits, Digits]:
    """Training and test letters, of either case about as many, by lot. DataError without UNIPEN's release.

    Which are taken, and how each is framed, depends on the seed alone; `processes` share the work.
    """
    folder = os.environ.get("UNIPEN_DIR")
    if not folder:
        raise DataError("UNIPEN_DIR names no folder; it needs UNIPEN's train_r01_v07 (doi 10.5281/zenodo.1195803).")
    written = [one for one in unipen.read_release(Path(folder), PARTS) if _is_letter(one.character)]
    training, test = (chosen(written, held, np.random.default_rng([seed, held])) for held in (False, True))
    return framed(training, seed, processes), framed(test, seed + 1, processes)


def chosen(written: list[Written], held: bool, rng: np.random.Generator) -> list[Written]:
    """Of the writers that are held out, or of the others: EACH of every letter in each case, in an order by lot."""
    by_sign: dict[str, list[Written]] = {}
    for one in written:
        if handwriting.is_held(one) == held:
            by_sign.setdefault(one.character, []).append(one)
    taken = [ways[at] for _, ways in sorted(by_sign.items()) for at in rng.permutation(len(ways))[: EACH[held]]]
    return [taken[at] for at in rng.permutation(len(taken))]


def framed(writings: list[Written], seed: int, processes: int = 1) -> Digits:
    """Each writing as the app frames it, labelled with its letter."""
    chunks = [(writings[at : at + CHUNK], seed, at) for at in range(0, len(writings), CHUNK)]
    with workers(processes) as work:
        images = np.concatenate([one.images for one in work(handwriting.chunk, chunks)])
    return Digits(images, np.array([TASK.classes.index(one.character.upper()) for one in writings], np.uint8))


def _is_letter(character: str) -> bool:
    return len(character) == 1 and character in string.ascii_letters
