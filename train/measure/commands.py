"""The commands that measure: calibrate, evaluate, measure ..., ablate, sweep; and misread, by what was measured."""

import argparse
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cnn.framing.decode import open_image
from cnn.lab.sweep import FILE as SWEEP
from cnn.metadata import Measured, read_run
from cnn.mnist import KEPT, keep
from cnn.models import registry
from cnn.network.classifier import Classifier
from cnn.options import whole_number
from cnn.reading.number import read_number
from cnn.task import DIGITS, Task, task_of
from cnn.types import UserError
from train.command import CORES, RUNS, Adding, command, people, report
from train.data import mixture, series, sets
from train.data.mnist import DataError, load
from train.fit.recipes import Recipe
from train.measure import ablate, evaluate, framing, misread, numerals, real_pictures, refusal, sweep
from train.measure.calibrate import recalibrate

REAL = ("right", "whole", "mean_over_writers", "refused")  # what is told of real pictures, where it was measured
MODEL = "a bundled model's name, or a run's folder"


def _calibrate_options(add: Adding) -> None:
    add("model", help=MODEL)
    add("--data", help="as of evaluate")


@command("calibrate", _calibrate_options)
def calibrate(options: argparse.Namespace) -> None:
    """Fit a finished run's temperature and its threshold of refusal anew.

    Fit the temperature and the threshold of refusal on what the run held out, as the end of a fit does, and write them
    into its config.json: for runs made under another rule. Takes about a minute.
    """
    folder = registry.folder(options.model)
    run = read_run(folder / registry.CONFIG)
    data = sets.load(options.data or sets.trained_on(run, task_of(run)), CORES)
    found = recalibrate(folder, data.training, people(), CORES)
    print(f"temperature {found['temperature']}, refused above {found['refusal']:.4f}")


def _evaluate_options(add: Adding) -> None:
    add("models", nargs="+", metavar="model", help=MODEL)
    add("--data", help="the data set's name or path, where the model was trained on a path of yours")
    add("--pen", type=Path, metavar="FILE", help="UNIPEN file of pen strokes to measure on as well")
    add("--real", type=Path, metavar="FOLDER", help="sets of real people's pictures (labels.csv in each) to measure on")
    add("--series", type=Path, metavar="ZIP", help="a test series of yours to measure on as well")
    add("--quick", action="store_true", help="the test images alone; the rest stays as it was")


@command("evaluate", _evaluate_options)
def evaluate_models(options: argparse.Namespace) -> None:
    """Measure a network.

    Measure networks on the test set of what they were trained on, networks of digits on MNIST's, on MNIST-C and on what
    is no digit, and write metrics.json beside their weights; of other data also pictures.npz, which the page shows.
    Takes some minutes, nearly the same for several networks as for one.
    """
    folders = [registry.folder(model) for model in options.models]
    networks = [registry.load(model) for model in options.models]
    if not all(network.task.is_like(DIGITS) for network in networks):
        _evaluate_on_others(options, networks, folders)
        return
    if options.data not in (None, sets.MNIST):
        raise UserError("Networks of digits are measured on MNIST, and with --series on a test series beside it.")
    test = load("test")
    on = evaluate.Sets(test) if options.quick else evaluate.gather(test, options.pen, report, CORES)
    tried = series.read(options.series) if options.series else None
    pictures = tuple(real_pictures.read(options.real)) if options.real else ()
    on = dataclasses.replace(on, training=load("train"), series=tried, pictures=pictures)
    for network, folder in zip(networks, folders, strict=True):
        _measure(network, folder, on)
    if any(folder.parent == registry.BUNDLED for folder in folders):
        write_misread(options)


def _evaluate_on_others(options: argparse.Namespace, networks: list[Classifier], folders: list[Path]) -> None:
    """Measure networks of other classes than the digits, all on one data set."""
    if options.pen or options.real:
        raise UserError("--pen and --real measure networks of digits alone.")
    known = {options.data or sets.trained_on(network.config, network.task) for network in networks}
    name = known.pop()
    if known:
        raise UserError("These networks were trained on several data sets; each set's are measured by themselves.")
    data = sets.load(name, CORES)
    for network in networks:
        if not network.task.is_like(data.task):
            told = ", ".join(network.task.classes)
            raise UserError(f"{network.name} tells {told} apart; {name} holds {', '.join(data.task.classes)}.")
    on = evaluate.Sets(data.test) if options.quick else evaluate.gather_others(data.test, data.task, report, CORES)
    tried = series.read(options.series, data.task) if options.series else None
    on = dataclasses.replace(on, training=data.training, series=tried)
    for network, folder in zip(networks, folders, strict=True):
        metrics = _measure(network, folder, on)
        splits = {"train": data.training, "test": data.test}
        keep(misread.chosen([metrics]), splits.__getitem__, folder / registry.PICTURES)


def _measure(network: Classifier, folder: Path, on: evaluate.Sets) -> Measured:
    metrics = evaluate.evaluate(network, on)
    evaluate.write(metrics, folder)
    print("\n".join(_summary(network.name, metrics, network.task)))
    return metrics


def _summary(model: str, metrics: Measured, task: Task) -> Iterator[str]:
    yield (
        f"{model}: accuracy {metrics['accuracy']:.2%}, loss {metrics['loss']:.4f}, calibration error "
        f"{metrics['calibration']['expected_calibration_error']:.2%} on {metrics['images']} images"
    )
    scores, app = metrics.get("robustness", {}).get("mnist_c"), metrics.get("app")
    if app:
        whose = "MNIST" if task.is_like(DIGITS) else "the test images"
        yield f"  {whose} through the app: {app['accuracy']:.2%} right, {app['refused']:.2%} refused"
    if scores:
        yield f"  MNIST-C, mean error: {scores['mean']:.2%} through the app, {scores['raw']['mean']:.2%} raw"
        shares = (f"{what} {share:.1%}" for what, share in metrics["refused"].items() if what != "threshold")
        yield "  refused: " + ", ".join(shares)
    if "numbers" in metrics:
        yield f"  photographed five-digit numbers read whole: {metrics['numbers']['whole']:.1%}"
    series = metrics.get("series", {})
    if "accuracy" in series and "images" in series:
        yield f"  your test series: {series['accuracy']:.1%} of {series['images']} right"
    if others := series.get("others"):
        yield f"  no digit or several, in your test series: {others['refused']:.1%} of {others['images']} refused"
    for name, figures in metrics.get("real", {}).items():
        told: dict[str, Any] = {what: figures.get(what) for what in REAL if what in figures}
        shares = ", ".join(f"{what.replace('_', ' ')} {share:.1%}" for what, share in told.items())
        yield f"  {name}, {figures['images']} real pictures: {shares}"
    for condition, figures in metrics.get("pen", {}).items():
        yield f"  pen strokes, {condition}: {figures['accuracy']:.2%} right, {figures['refused']:.2%} refused"


def _refusal_options(add: Adding) -> None:
    add("models", nargs="+", metavar="model", help=MODEL)
    add("--real", type=Path, metavar="FOLDER", help="sets of real people's pictures")


@command("measure refusal", _refusal_options)
def measure_refusal(options: argparse.Namespace) -> None:
    """Which score tells best what is no digit.

    Compare a network's own output for what is no digit with the energy and the best probability, on the digits and
    symbols that its run held out (MNIST_DIR, UNIPEN_DIR, PEN_FILE) and on real people's symbols.
    """
    recipe = Recipe("robust", epochs=1, outliers=24_000, pens=1, signs=24_000)  # what it holds out is a twelfth
    held = mixture.validation(recipe, load("train"), people(), CORES)
    digits = np.concatenate([held[name].images for name in held if name not in mixture.NO_DIGITS])
    others = {name: held[name].images for name in mixture.NO_DIGITS if name in held}
    for one in real_pictures.read(options.real) if options.real else ():
        if one.kind == "others":
            others[one.name] = np.stack([evaluate.framed(open_image(picture.path)) for picture in one.pictures])
    for model in options.models:
        print(model)
        print("\n".join(refusal.table(refusal.compare(registry.load(model), digits, others))))


def _numbers_options(add: Adding) -> None:
    add("folder", type=Path, nargs="?", help="a folder of sets")
    add("--made", type=whole_number(1), default=600, metavar="COUNT", help="made numbers (default: %(default)s)")
    add("--seed", type=whole_number(0), default=0, help="of the made numbers (default: %(default)s)")
    add("--model", default=registry.DEFAULT, help=f"{MODEL} (default: %(default)s)")


@command("measure numbers", _numbers_options)
def measure_numbers(options: argparse.Namespace) -> None:
    """Which numbers are not read whole.

    Read the sets of numbers in a folder (sub-folders of pictures, each with a labels.csv; a label's lines are parted by
    |), print what went wrong, and the share read whole. Without a folder, numbers made of held-out digits (MNIST_DIR,
    UNIPEN_DIR, PEN_FILE), on which the reader's constants are chosen.
    """
    network = registry.load(options.model)
    if options.folder is None:
        made = list(numerals.numerals(load("train"), people(), options.made, options.seed))
        whole = [real_pictures.only_digits(read_number(network, one.picture).text) == one.text for one in made]
        print(f"made: {sum(whole) / len(whole):.1%} of {len(whole)} numbers read whole")
        return
    for one in real_pictures.read(options.folder):
        if one.kind == "numbers":
            wrong = list(real_pictures.misread_numbers(network, one))
            print("\n".join(f"{file}: {label} as {answer or 'nothing'}" for file, label, answer in wrong))
            count = len(one.pictures)
            print(f"{one.name}: {1 - len(wrong) / count:.1%} of {count} numbers read whole")


def _framing_options(add: Adding) -> None:
    add("folder", type=Path, help="a folder of sets")
    add("--model", default="robust", help="who reads them (default: %(default)s)")
    add("--output", type=Path, default=RUNS / "framing.json", help="where the figures go (default: %(default)s)")


@command("measure framing", _framing_options)
def measure_framing(options: argparse.Namespace) -> None:
    """Measure what each rule of framing is worth.

    Read labelled pictures with all rules of framing and without each in turn, print the shares and write framing.json.
    The folder holds sets: sub-folders of pictures, each with a labels.csv (file, label). A picture whose label is no
    digit is to be refused.
    """
    found = framing.measure(registry.load(options.model), real_pictures.read(options.folder), report)
    framing.write(found, options.output)
    print(framing.table(found))


def _ablate_options(add: Adding) -> None:
    add("real", type=Path, metavar="FOLDER", help="sets of real people's pictures")
    add("--folder", type=Path, default=RUNS / "ablation", help="where the runs go (default: %(default)s)")


@command("ablate", _ablate_options)
def ablate_steps(options: argparse.Namespace) -> None:
    """Measure what each step is worth.

    Train the same small network with one step more at a time, score each on real people's digits and write
    assets/ablation.json. Takes about ten minutes.
    """
    writers = people()
    if writers.lacks:  # before anything is read: a table would say that real pens are worth nothing
        raise DataError("Two rows of the ablation learn from real people's pens: set what is named above.")
    figures = ablate.ablate(load("train"), options.real, options.folder, writers, report, CORES)
    ablate.write(figures)
    print(ablate.table(figures))


def _sweep_options(add: Adding) -> None:
    grid = sweep.Grid()
    for name, what, least in (("filters", "of each layer", 1), ("depths", "layers", 1), ("seeds", "of chance", 0)):
        known = getattr(grid, name)
        told = f"{what} (default: {' '.join(map(str, known))})"
        add(f"--{name}", type=whole_number(least), nargs="+", default=known, metavar="N", help=told)
    add("--images", type=whole_number(128), default=grid.images, metavar="N", help="of MNIST's (default: %(default)s)")
    add("--epochs", type=whole_number(1), default=grid.epochs, metavar="N", help="(default: %(default)s)")
    add("--file", type=Path, default=SWEEP, help="where the rows go (default: assets/lab/sweep.csv)")
    add("--folder", type=Path, default=RUNS / "sweep", help="where the running one is kept (default: %(default)s)")


@command("sweep", _sweep_options)
def sweep_grid(options: argparse.Namespace) -> None:
    """Measure what filters and layers buy.

    Train a small network for each number of filters and of layers, from each seed, on the first of MNIST's images,
    and write a row a training, measured on MNIST's test set, for the Lab to show. Takes some minutes; stopped or
    killed, the same command goes on where it was.
    """
    grid = sweep.Grid(options.filters, options.depths, options.seeds, options.images, options.epochs)
    for run, left in sweep.sweep(grid, load("train"), load("test"), options.file, options.folder):
        print(
            f"{run.filters} filters, {run.depth} deep, seed {run.seed}: {run.test_accuracy:.2%} right, "
            f"{run.parameters} parameters, {run.seconds:.0f} s; {left} left",
            flush=True,
        )
    print(f"Written to {options.file}.")


@command("misread")
def write_misread(_: argparse.Namespace) -> None:
    """Put the MNIST digits that the Errors tab shows into assets/mnist.

    Write the test images that the bundled networks misread or doubt, by their metrics.json, with the training images
    nearest to them: the app shows them where there is no MNIST. Evaluating one does it too.
    """
    counts = misread.write(load)
    print(f"{counts['test']} test and {counts['train']} training images written to {KEPT}")
