"""The commands that make networks, and the film of one that learns: fit, mix and record."""

import argparse
import dataclasses
import signal
from collections.abc import Generator
from pathlib import Path

from tqdm import tqdm

from cnn.lab.film import FILE as FILM
from cnn.network.architectures import ARCHITECTURES
from cnn.options import address, share, whole_number
from cnn.types import UserError
from train.command import CORES, RUNS, Adding, command, people
from train.data import mixture, series, sets
from train.data.handwriting import Handwriting
from train.data.mnist import load
from train.fit import devices, film, loop, mix, track
from train.fit.devices import Devices
from train.fit.recipes import RECIPES, Recipe

SEEDS = 2**32 - 1  # the largest that NumPy takes
DATA = f"{', '.join(sets.NAMES)}, a folder, an .npz file or the .zip of a test series"


def recipes() -> dict[str, Recipe]:
    """What `fit` trains, by name: the recipes, and the architectures that have none by the course network's."""
    plain = {name: dataclasses.replace(RECIPES["course"], architecture=name) for name in ARCHITECTURES}
    return {**plain, **RECIPES}


def _fit_options(add: Adding) -> None:
    add("recipe", choices=recipes(), metavar="NAME", help="what to train: " + ", ".join(recipes()))
    add("--data", default=sets.MNIST, help=f"what on: {DATA} (default: %(default)s)")
    add("--folder", type=Path, help="where the run goes (default: runs/NAME, or runs/NAME-DATA)")
    add("--start", type=Path, metavar="FOLDER", help="go on from the weights of another finished run")
    add("--epochs", type=whole_number(1), metavar="N", help="instead of the recipe's")
    add("--seed", type=whole_number(0, SEEDS), metavar="N", help="instead of the recipe's")
    add("--batch", type=whole_number(1), metavar="N", help="pictures at a step, instead of the recipe's")
    add("--series", type=Path, action="append", default=[], metavar="ZIP", help="train on a test series of yours too")
    add("--stock", action="store_true", help="by Keras's own gradients, slower on a CPU")
    add("--precision", choices=("full", "mixed"), help="instead of the recipe's; mixed is quicker on a GPU or TPU")
    add("--devices", type=whole_number(1), default=1, metavar="N", help="share each batch out over N of each machine's")
    add(
        "--coordinator", type=address, metavar="HOST:PORT", help="train with other machines; where the first is reached"
    )
    add("--processes", type=whole_number(2), metavar="N", help="how many train together")
    add("--process", type=whole_number(0), metavar="I", help="which of them this is, from 0")
    tracking = {"nargs": "?", "const": track.PROJECT, "metavar": "PROJECT"}
    add("--track", **tracking, help="follow the run in trackio, in a project of that name (left out: %(const)s)")


@command("fit", _fit_options)
def fit(options: argparse.Namespace) -> int | None:
    """Train a network.

    Train a recipe, or an architecture without one as the course's network is trained, on MNIST or another data set,
    from the folder that a variable names (MNIST_DIR, FASHION_DIR, EMNIST_DIR, KMNIST_DIR), else downloaded, from
    UNIPEN_DIR alone, or from a path of yours: docs/training.md says how files lie there. Ctrl-C stops cleanly; the same
    command goes on where a stopped or killed run was, to the same result. The loss shown is that of training: dropout,
    augmentation and smoothed labels keep it above the validation loss in config.json.

    Over several devices or machines the recipe's batch stays what it is, so the result does too, but for rounding. On
    several machines the same command runs on each, with its own --process; each needs the data, and the first, 0, alone
    writes and shows.
    """
    together = _devices(options)
    fields = {"epochs": "epochs", "seed": "seed", "batch": "batch_size", "precision": "precision"}
    chosen = {field: value for name, field in fields.items() if (value := getattr(options, name)) is not None}
    recipe = dataclasses.replace(recipes()[options.recipe], fast=not options.stock, **chosen)
    mnist = options.data == sets.MNIST
    folder = options.folder or RUNS / (options.recipe if mnist else f"{options.recipe}-{Path(options.data).stem}")
    data = sets.load(options.data, CORES)
    writers = people() if recipe.pens or recipe.signs else mixture.NOBODY
    if not mnist:  # whose pictures these are is said where other writers' are
        print(f"{data.source['name']}: {data.task.count} classes, {', '.join(data.task.classes)}")
        writers = Handwriting(writers.digits, writers.symbols, [data.source, *writers.sources])
    tried = [series.read(path, data.task) for path in options.series]
    # A network without an output for what is no digit learns from digits alone.
    others = [one.others for one in tried] if recipe.outliers else []
    digits = mixture.join([data.training, *(one.digits for one in tried), *others])
    progress = loop.fit(recipe, digits, folder, options.start, writers, data.task, CORES, devices=together)
    if options.track and together.first:
        goes_on = (folder / loop.CHECKPOINT).is_file()
        progress = track.tracked(progress, options.track, folder.name, recipe, goes_on)
    if not _show(progress, together):
        print(f"Stopped; the same command goes on from here ({folder}).")
        return 130
    if together.first:
        again = "" if options.data in sets.NAMES else f" --data {options.data}"
        print(f"Trained into {folder}; measure it with: python -m train evaluate {folder}{again}")
    return None


def _devices(options: argparse.Namespace) -> Devices:
    """What is trained on, once all processes are there that train together."""
    asked = [options.coordinator, options.processes, options.process]
    if any(one is not None for one in asked):
        if None in asked:
            raise UserError("Several machines need all of --coordinator, --processes and --process.")
        if options.process >= options.processes:
            raise UserError(f"--process is one of 0 to {options.processes - 1}, not {options.process}.")
        devices.join(*asked)
    return Devices(options.devices)


def _show(progress: Generator[loop.Progress], together: Devices) -> bool:
    """Draw one bar over the whole run, in the first process; False when Ctrl-C asked one of them to stop."""
    stop = False

    def ask_to_stop(*_: object) -> None:
        nonlocal stop
        stop = True
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a second Ctrl-C does not wait for the step

    before = signal.signal(signal.SIGINT, ask_to_stop)
    try:
        with tqdm(unit="step", dynamic_ncols=True, disable=not together.first) as bar:
            for now in progress:
                _draw(bar, now)
                if together.any(stop):
                    progress.close()
                    return False
    finally:
        signal.signal(signal.SIGINT, before)
    return True


def _draw(bar: tqdm, now: loop.Progress) -> None:
    if not now.steps:
        bar.set_description(f"drawing {now.drawn:.0%}")
        return
    if bar.total is None:
        bar.reset(total=now.steps)
        bar.initial = now.step
    bar.set_description(f"epoch {now.epoch + 1}", refresh=False)
    figures = {"loss": f"{now.loss:.4f}", "accuracy": f"{now.accuracy:.2%}"}
    if now.history:
        figures["validation"] = f"{now.history[-1]['validation_accuracy']:.2%}"
    bar.set_postfix(figures, refresh=False)
    bar.n = now.step
    bar.refresh()


def _mix_options(add: Adding) -> None:
    add("start", type=Path, help="the folder that the run's --start named")
    add("run_folder", type=Path, metavar="run", help="the finished run's folder")
    add("--share", type=share, default=0.5, help="of the run's weights (default: %(default)s)")
    add("--folder", type=Path, required=True, help="where the result goes")


@command("mix", _mix_options)
def mix_runs(options: argparse.Namespace) -> None:
    """Average a run with what it started from.

    Write a run's weights, averaged with those it started from, into a folder and calibrate them: what a polished
    network has forgotten comes back. Takes about a minute.
    """
    config = mix.mix(options.start, options.run_folder, options.share, options.folder, load("train"), people(), CORES)
    print(f"Written to {options.folder}; refused above {config['calibration']['refusal']:.4f}")


def _record_options(add: Adding) -> None:
    add(
        "--seed",
        type=whole_number(0, SEEDS),
        default=RECIPES["course"].seed,
        metavar="N",
        help="(default: %(default)s)",
    )
    add("--file", type=Path, default=FILM, help="where the film goes (default: assets/lab/film.npz)")


@command("record", _record_options)
def record(options: argparse.Namespace) -> None:
    """Train the course's network for the lab's film.

    Trains it on MNIST as `fit course` does, and keeps it at its first steps and after each epoch, with what it knew
    then, for the page to play. Takes minutes; a run that is stopped leaves the film as it was.
    """
    recipe = dataclasses.replace(RECIPES["course"], seed=options.seed)
    for now in film.record(recipe, load("train"), options.file):
        print(f"step {now.step} of {now.steps}", flush=True)
    print(f"Written to {options.file}.")
