"""The command line: `python -m train fit | mix | calibrate | evaluate | measure | ablate | readme | publish ...`."""

import argparse
import dataclasses
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from cnn.framing.decode import open_image
from cnn.inside.views import OWN_DIGITS
from cnn.metadata import Measured
from cnn.mnist import KEPT
from cnn.models import registry
from cnn.network.architectures import ARCHITECTURES
from cnn.options import whole_number
from cnn.reading.number import read_number
from cnn.types import UserError
from train.data import handwriting, mixture, series
from train.data.handwriting import Handwriting
from train.data.mnist import DataError, load
from train.fit import loop, mix
from train.fit.recipes import RECIPES, Recipe
from train.measure import ablate, evaluate, framing, misread, numerals, real_pictures, refusal
from train.measure.calibrate import recalibrate
from train.publish import card, examples, readme, space
from train.publish.hub import Published, publish

RUNS = Path("runs")
REAL = ("right", "whole", "mean_over_writers", "refused")  # what is told of real pictures, where it was measured
CORES = os.cpu_count() or 1  # processes that pictures are drawn and framed by
SEEDS = 2**32 - 1  # the largest that NumPy takes


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status is 0 when done, 1 with one sentence on stderr, 130 when stopped by Ctrl-C."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except UserError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}." if error.filename else error, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m train", description="Train and measure the networks.")
    commands = parser.add_subparsers(required=True, metavar="command")
    fitting = commands.add_parser(
        "fit",
        help="train a network",
        description="Train a recipe, or an architecture without one as the course's network is trained, on MNIST (from "
        "the folder MNIST_DIR, else downloaded). Ctrl-C stops cleanly; the same command goes on where a stopped or "
        "killed run was, to the same result. The loss shown is that of training: dropout, augmentation and smoothed "
        "labels keep it above the validation loss in config.json.",
    )
    fitting.add_argument("recipe", choices=recipes(), metavar="NAME", help="what to train: " + ", ".join(recipes()))
    fitting.add_argument("--folder", type=Path, help="where the run goes (default: runs/NAME)")
    fitting.add_argument("--start", type=Path, metavar="FOLDER", help="go on from the weights of another finished run")
    fitting.add_argument("--epochs", type=whole_number(1), metavar="N", help="instead of the recipe's")
    fitting.add_argument("--seed", type=whole_number(0, SEEDS), metavar="N", help="instead of the recipe's")
    fitting.add_argument(
        "--series", type=Path, action="append", default=[], metavar="ZIP", help="train on a test series of yours too"
    )
    fitting.add_argument("--stock", action="store_true", help="by Keras's own gradients, slower on a CPU")
    fitting.set_defaults(run=_fit)
    mixing = commands.add_parser(
        "mix",
        help="average a run with what it started from",
        description="Write a run's weights, averaged with those it started from, into a folder and calibrate them: "
        "what a polished network has forgotten comes back. Takes about a minute.",
    )
    mixing.add_argument("start", type=Path, help="the folder that the run's --start named")
    mixing.add_argument("run_folder", type=Path, metavar="run", help="the finished run's folder")
    mixing.add_argument("--share", type=float, default=0.5, help="of the run's weights (default: %(default)s)")
    mixing.add_argument("--folder", type=Path, required=True, help="where the result goes")
    mixing.set_defaults(run=_mix)
    calibrating = commands.add_parser(
        "calibrate",
        help="fit a finished run's temperature and its threshold of refusal anew",
        description="Fit the temperature and the threshold of refusal on what the run held out, as the end of a fit "
        "does, and write them into its config.json: for runs made under another rule. Takes about a minute.",
    )
    calibrating.add_argument("model", help="a bundled model's name, or a run's folder")
    calibrating.set_defaults(run=_calibrate)
    evaluating = commands.add_parser(
        "evaluate",
        help="measure a network",
        description="Measure networks on MNIST's test set, on MNIST-C and on what is no digit, and write metrics.json "
        "beside their weights. Takes some minutes, nearly the same for several networks as for one.",
    )
    evaluating.add_argument("models", nargs="+", metavar="model", help="a bundled model's name, or a run's folder")
    evaluating.add_argument("--pen", type=Path, metavar="FILE", help="UNIPEN file of pen strokes to measure on as well")
    evaluating.add_argument(
        "--real", type=Path, metavar="FOLDER", help="sets of real people's pictures (labels.csv in each) to measure on"
    )
    evaluating.add_argument("--series", type=Path, metavar="ZIP", help="a test series of yours to measure on as well")
    evaluating.add_argument("--quick", action="store_true", help="the test images alone; the rest stays as it was")
    evaluating.set_defaults(run=_evaluate)
    measuring = commands.add_parser("measure", help="measure one part of the reader").add_subparsers(
        required=True, metavar="part"
    )
    refusing = measuring.add_parser(
        "refusal",
        help="which score tells best what is no digit",
        description="Compare a network's own output for what is no digit with the energy and the best probability, on "
        "the digits and symbols that its run held out (MNIST_DIR, UNIPEN_DIR, PEN_FILE) and on real people's symbols.",
    )
    refusing.add_argument("models", nargs="+", metavar="model", help="a bundled model's name, or a run's folder")
    refusing.add_argument("--real", type=Path, metavar="FOLDER", help="sets of real people's pictures")
    refusing.set_defaults(run=_measure_refusal)
    numbering = measuring.add_parser(
        "numbers",
        help="which numbers are not read whole",
        description="Read the sets of numbers in a folder (sub-folders of pictures, each with a labels.csv; a label's "
        "lines are parted by |), print what went wrong, and the share read whole. Without a folder, numbers made of "
        "held-out digits (MNIST_DIR, UNIPEN_DIR, PEN_FILE), on which the reader's constants are chosen.",
    )
    numbering.add_argument("folder", type=Path, nargs="?", help="a folder of sets")
    numbering.add_argument("--made", type=int, default=600, metavar="COUNT", help="made numbers (default: %(default)s)")
    numbering.add_argument("--seed", type=int, default=0, help="of the made numbers (default: %(default)s)")
    numbering.add_argument("--model", default=registry.DEFAULT, help="a bundled model's name, or a run's folder")
    numbering.set_defaults(run=_measure_numbers)
    framed = measuring.add_parser(
        "framing",
        help="measure what each rule of framing is worth",
        description="Read labelled pictures with all rules of framing and without each in turn, print the shares and "
        "write framing.json. The folder holds sets: sub-folders of pictures, each with a labels.csv (file, label). A "
        "picture whose label is no digit is to be refused.",
    )
    framed.add_argument("folder", type=Path, help="a folder of sets")
    framed.add_argument("--model", default="robust", help="who reads them (default: %(default)s)")
    framed.add_argument(
        "--output", type=Path, default=RUNS / "framing.json", help="where the figures go (default: %(default)s)"
    )
    framed.set_defaults(run=_measure_framing)
    ablating = commands.add_parser(
        "ablate",
        help="measure what each step is worth",
        description="Train the same small network with one step more at a time, score each on real people's digits and "
        "write assets/ablation.json. Takes about ten minutes.",
    )
    ablating.add_argument("real", type=Path, metavar="FOLDER", help="sets of real people's pictures")
    ablating.add_argument(
        "--folder", type=Path, default=RUNS / "ablation", help="where the runs go (default: %(default)s)"
    )
    ablating.set_defaults(run=_ablate)
    drawing = commands.add_parser("examples", help="draw the app's example digits into assets/examples")
    drawing.set_defaults(run=_examples)
    keeping = commands.add_parser(
        "misread",
        help="put the MNIST digits that the Errors tab shows into assets/mnist",
        description="Write the test images that the bundled networks misread or doubt, by their metrics.json, with the "
        "training images nearest to them: the app shows them where there is no MNIST. Evaluating one does it too.",
    )
    keeping.set_defaults(run=_misread)
    telling = commands.add_parser("readme", help="put the measured figures into README.md and docs/")
    telling.set_defaults(run=_readme)
    publishing = commands.add_parser(
        "publish",
        help="put a measured run on the Hugging Face Hub",
        description="Publish a run's weights, config and metrics, with a card whose figures and pictures come from "
        "them, in one commit; again, what changed. Needs a token: HF_TOKEN, or hf auth login.",
    )
    publishing.add_argument("model", help="a bundled model's name, or a run's folder")
    publishing.add_argument("repository", metavar="owner/name", help="where on the Hub")
    _add_publishing(publishing)
    publishing.set_defaults(run=_publish)
    spacing = commands.add_parser(
        "publish-space",
        help="put the app on the Hugging Face Hub",
        description="Publish the files that the app needs as a Gradio Space, in one commit. Creating one needs a paid "
        "plan. Needs a token: HF_TOKEN, or hf auth login.",
    )
    spacing.add_argument("repository", metavar="owner/name", help="where on the Hub")
    spacing.add_argument(
        "--model", metavar="owner/name@revision", help="what answers, pinned to its commit (default: as app.py)"
    )
    _add_publishing(spacing)
    spacing.set_defaults(run=_publish_space)
    return parser


def _add_publishing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--private", action="store_true", help="for its owner alone, where it is new")
    parser.add_argument("--dry-run", type=Path, metavar="FOLDER", help="write the same files into a folder instead")


def recipes() -> dict[str, Recipe]:
    """What `fit` trains, by name: the recipes, and the architectures that have none by the course network's."""
    plain = {name: dataclasses.replace(RECIPES["course"], architecture=name) for name in ARCHITECTURES}
    return {**plain, **RECIPES}


def _fit(options: argparse.Namespace) -> int:
    chosen = {name: value for name in ("epochs", "seed") if (value := getattr(options, name)) is not None}
    recipe = dataclasses.replace(recipes()[options.recipe], fast=not options.stock, **chosen)
    folder = options.folder or RUNS / options.recipe
    people = _people_of(recipe)
    tried = [series.read(path) for path in options.series]
    # A network without an output for what is no digit learns from digits alone.
    others = [one.others for one in tried] if recipe.outliers else []
    digits = mixture.join([load("train"), *(one.digits for one in tried), *others])
    progress = loop.fit(recipe, digits, folder, options.start, people, processes=CORES)
    finished = _show(progress)
    if not finished:
        print(f"Stopped; the same command goes on from here ({folder}).")
        return 130
    print(f"Trained into {folder}; measure it with: python -m train evaluate {folder}")
    return 0


def _people_of(recipe: Recipe) -> Handwriting:
    """Who wrote what the recipe asks for."""
    return _people() if recipe.pens or recipe.signs else mixture.NOBODY


def _people() -> Handwriting:
    """Real people's handwriting; says what it goes without."""
    people = handwriting.load()
    for variable in people.lacks:
        print(f"{variable} is not set: without {handwriting.SOURCES[variable][0]['name']}.", file=sys.stderr)
    return people


def _show(progress) -> bool:
    """Draw one bar over the whole run; False when Ctrl-C asked to stop."""
    stop = False

    def ask_to_stop(*_: object) -> None:
        nonlocal stop
        stop = True
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a second Ctrl-C does not wait for the step

    before = signal.signal(signal.SIGINT, ask_to_stop)
    try:
        with tqdm(unit="step", dynamic_ncols=True) as bar:
            for now in progress:
                _draw(bar, now)
                if stop:
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


def _mix(options: argparse.Namespace) -> int:
    config = mix.mix(options.start, options.run_folder, options.share, options.folder, load("train"), _people(), CORES)
    print(f"Written to {options.folder}; refused above {config['calibration']['refusal']:.4f}")
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    found = recalibrate(registry.folder(options.model), load("train"), _people(), CORES)
    print(f"temperature {found['temperature']}, refused above {found['refusal']:.4f}")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    folders = [registry.folder(model) for model in options.models]
    test = load("test")
    sets = evaluate.Sets(test) if options.quick else evaluate.gather(test, options.pen, _report, CORES)
    tried = series.read(options.series) if options.series else None
    pictures = tuple(real_pictures.read(options.real)) if options.real else ()
    sets = dataclasses.replace(sets, training=load("train"), series=tried, pictures=pictures)
    for model, folder in zip(options.models, folders, strict=True):
        metrics = evaluate.evaluate(registry.load(model), sets)
        evaluate.write(metrics, folder)
        print("\n".join(_summary(model, metrics)))
    if any(folder.parent == registry.BUNDLED for folder in folders):
        _misread(options)
    return 0


def _summary(model: str, metrics: Measured) -> Iterator[str]:
    yield (
        f"{model}: accuracy {metrics['accuracy']:.2%}, loss {metrics['loss']:.4f}, calibration error "
        f"{metrics['calibration']['expected_calibration_error']:.2%} on {metrics['images']} images"
    )
    scores, app = metrics.get("robustness", {}).get("mnist_c"), metrics.get("app")
    if scores and app:
        yield f"  MNIST-C, mean error: {scores['mean']:.2%} through the app, {scores['raw']['mean']:.2%} raw"
        yield f"  MNIST through the app: {app['accuracy']:.2%} right, {app['refused']:.2%} refused"
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


def _measure_refusal(options: argparse.Namespace) -> int:
    recipe = Recipe("robust", epochs=1, outliers=24_000, pens=1, signs=24_000)  # what it holds out is a twelfth
    held = mixture.validation(recipe, load("train"), _people(), CORES)
    digits = np.concatenate([held[name].images for name in held if name not in mixture.NO_DIGITS])
    others = {name: held[name].images for name in mixture.NO_DIGITS if name in held}
    for one in real_pictures.read(options.real) if options.real else ():
        if one.kind == "others":
            others[one.name] = np.stack([evaluate.framed(open_image(picture.path)) for picture in one.pictures])
    for model in options.models:
        print(model)
        print("\n".join(refusal.table(refusal.compare(registry.load(model), digits, others))))
    return 0


def _measure_numbers(options: argparse.Namespace) -> int:
    network = registry.load(options.model)
    if options.folder is None:
        made = list(numerals.numerals(load("train"), _people(), options.made, options.seed))
        whole = [real_pictures.only_digits(read_number(network, one.picture).text) == one.text for one in made]
        print(f"made: {sum(whole) / len(whole):.1%} of {len(whole)} numbers read whole")
        return 0
    for one in real_pictures.read(options.folder):
        if one.kind == "numbers":
            wrong = list(real_pictures.misread_numbers(network, one))
            print("\n".join(f"{file}: {label} as {answer or 'nothing'}" for file, label, answer in wrong))
            count = len(one.pictures)
            print(f"{one.name}: {1 - len(wrong) / count:.1%} of {count} numbers read whole")
    return 0


def _ablate(options: argparse.Namespace) -> int:
    people = _people()
    if people.lacks:  # before anything is read: a table would say that real pens are worth nothing
        raise DataError("Two rows of the ablation learn from real people's pens: set what is named above.")
    figures = ablate.ablate(load("train"), options.real, options.folder, people, _report, CORES)
    ablate.write(figures)
    print(ablate.table(figures))
    return 0


def _measure_framing(options: argparse.Namespace) -> int:
    found = framing.measure(registry.load(options.model), real_pictures.read(options.folder), _report)
    framing.write(found, options.output)
    print(framing.table(found))
    return 0


def _report(what: str) -> None:
    print(f"measuring {what} ...", file=sys.stderr, flush=True)


def _examples(_: argparse.Namespace) -> int:
    print(f"{examples.write_examples()} examples written to {examples.STROKES}")
    print(f"{examples.write_numbers()} numbers written to {examples.NUMBERS}")
    print(f"{examples.write_digits()} digits written to {OWN_DIGITS}")
    return 0


def _misread(_: argparse.Namespace) -> int:
    counts = misread.write(load)
    print(f"{counts['test']} test and {counts['train']} training images written to {KEPT}")
    return 0


def _readme(_: argparse.Namespace) -> int:
    readme.write(readme.tables())
    return 0


def _publish(options: argparse.Namespace) -> int:
    run = registry.folder(options.model)
    if options.dry_run:
        card.assemble(run, options.repository, options.dry_run)
        print(f"Written to {options.dry_run}; nothing was published.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        card.assemble(run, options.repository, Path(folder))
        _say(publish(Path(folder), options.repository, private=options.private))
    return 0


def _publish_space(options: argparse.Namespace) -> int:
    model = space.pin(options.model) if options.model else None
    if options.dry_run:
        space.assemble(options.dry_run, model)
        print(f"Written to {options.dry_run}; nothing was published.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        space.assemble(Path(folder), model)
        _say(publish(Path(folder), options.repository, "space", options.private))
    if model:
        space.point_at(options.repository, model.name)
    return 0


def _say(published: Published) -> None:
    what = "Published" if published.new else "Nothing had changed"
    print(f"{what}: {published.url} at commit {published.commit}")


if __name__ == "__main__":
    sys.exit(main())
