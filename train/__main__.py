"""The command line: `python -m train fit | calibrate | evaluate | ablate | examples | readme | publish ...`."""

import argparse
import dataclasses
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

import cnn.hub
from cnn.types import InputError
from train import ablate, card, evaluate, examples, fit, mixture, readme, series, space
from train.calibrate import recalibrate
from train.config import RECIPES
from train.data import DataError, load
from train.publish import Published, PublishError, publish

RUNS = Path("runs")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status is 0 when done, 1 with one sentence on stderr, 130 when stopped by Ctrl-C."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (DataError, InputError, PublishError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m train", description="Train and measure the networks.")
    commands = parser.add_subparsers(required=True, metavar="command")
    fitting = commands.add_parser(
        "fit",
        help="train a network",
        description="Train a recipe on MNIST (from the folder MNIST_DIR, else downloaded). Ctrl-C stops cleanly; "
        "the same command goes on where a stopped or killed run was, to the same result.",
    )
    fitting.add_argument("recipe", choices=RECIPES, help="what to train: " + ", ".join(RECIPES))
    fitting.add_argument("--folder", type=Path, help="where the run goes (default: runs/<recipe>)")
    fitting.add_argument("--start", type=Path, metavar="FOLDER", help="go on from the weights of another finished run")
    fitting.add_argument("--epochs", type=int, help="instead of the recipe's")
    fitting.add_argument("--seed", type=int, help="instead of the recipe's")
    fitting.add_argument(
        "--series", type=Path, action="append", default=[], metavar="ZIP", help="train on a test series of yours too"
    )
    fitting.add_argument("--stock", action="store_true", help="by Keras's own gradients, slower on a CPU")
    fitting.set_defaults(run=_fit)
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
    evaluating.add_argument("--series", type=Path, metavar="ZIP", help="a test series of yours to measure on as well")
    evaluating.add_argument("--quick", action="store_true", help="the test images alone; the rest stays as it was")
    evaluating.set_defaults(run=_evaluate)
    ablating = commands.add_parser(
        "ablate",
        help="measure what each step is worth",
        description="Train the same small network with one step more at a time, score each on real pen strokes and "
        "write assets/ablation.json. Takes about ten minutes.",
    )
    ablating.add_argument("pen", type=Path, metavar="FILE", help="UNIPEN file of pen strokes")
    ablating.add_argument(
        "--folder", type=Path, default=RUNS / "ablation", help="where the runs go (default: %(default)s)"
    )
    ablating.set_defaults(run=_ablate)
    drawing = commands.add_parser("examples", help="draw the app's example digits into assets/examples")
    drawing.set_defaults(run=_examples)
    telling = commands.add_parser("readme", help="put the measured figures into README.md")
    telling.set_defaults(run=_readme)
    publishing = commands.add_parser(
        "publish",
        help="put a measured run on the Hugging Face Hub",
        description="Publish a run's weights and papers, with a card whose figures and pictures come from them, in one "
        "commit; again, what changed. Needs a token: HF_TOKEN, or hf auth login.",
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


def _fit(options: argparse.Namespace) -> int:
    chosen = {name: value for name in ("epochs", "seed") if (value := getattr(options, name)) is not None}
    recipe = dataclasses.replace(RECIPES[options.recipe], fast=not options.stock, **chosen)
    folder = options.folder or RUNS / options.recipe
    tried = [series.read(path) for path in options.series]
    # A network without an output for what is no digit learns from digits alone.
    others = [one.others for one in tried] if recipe.outliers else []
    digits = mixture.join([load("train"), *(one.digits for one in tried), *others])
    progress = fit.fit(recipe, digits, folder, options.start)
    finished = _show(progress)
    if not finished:
        print(f"Stopped; the same command goes on from here ({folder}).")
        return 130
    print(f"Trained into {folder}; measure it with: python -m train evaluate {folder}")
    return 0


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


def _draw(bar: tqdm, now: fit.Progress) -> None:
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


def _calibrate(options: argparse.Namespace) -> int:
    found = recalibrate(cnn.hub.folder(options.model), load("train"))
    print(f"temperature {found['temperature']}, refused above {found['refusal']:.4f}")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    folders = [cnn.hub.folder(model) for model in options.models]
    test = load("test")
    sets = evaluate.Sets(test) if options.quick else evaluate.gather(test, options.pen, _report)
    tried = series.read(options.series) if options.series else None
    sets = dataclasses.replace(sets, training=load("train"), series=tried)
    for model, folder in zip(options.models, folders, strict=True):
        metrics = evaluate.evaluate(cnn.hub.load(model), sets)
        evaluate.write(metrics, folder)
        print("\n".join(_summary(model, metrics)))
    return 0


def _summary(model: str, metrics: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{model}: accuracy {metrics['accuracy']:.2%}, loss {metrics['loss']:.4f}, calibration error "
        f"{metrics['calibration']['expected_calibration_error']:.2%} on {metrics['images']} images"
    )
    if "mnist_c" in metrics["robustness"]:
        yield f"  MNIST-C, mean error: {metrics['robustness']['mnist_c']['mean']:.2%}"
        shares = (f"{what} {share:.1%}" for what, share in metrics["refused"].items() if what != "threshold")
        yield "  refused: " + ", ".join(shares)
    if "numbers" in metrics:
        yield f"  photographed five-digit numbers read whole: {metrics['numbers']['whole']:.1%}"
    if "accuracy" in metrics.get("series", {}):
        yield f"  your test series: {metrics['series']['accuracy']:.1%} of {metrics['series']['images']} right"
    if "others" in metrics.get("series", {}):
        others = metrics["series"]["others"]
        yield f"  no digit or several, in your test series: {others['refused']:.1%} of {others['images']} refused"
    for condition, figures in metrics.get("pen", {}).items():
        yield f"  pen strokes, {condition}: {figures['accuracy']:.2%} right, {figures['refused']:.2%} refused"


def _ablate(options: argparse.Namespace) -> int:
    figures = ablate.ablate(load("train"), options.pen, options.folder, _report)
    ablate.write(figures)
    print(ablate.table(figures))
    return 0


def _report(what: str) -> None:
    print(f"measuring {what} ...", file=sys.stderr, flush=True)


def _examples(_: argparse.Namespace) -> int:
    print(f"{examples.write_examples()} examples written to {examples.STROKES}")
    print(f"{examples.write_numbers()} numbers written to {examples.NUMBERS}")
    print(f"{examples.write_digits()} digits written to {examples.DIGITS}")
    return 0


def _readme(_: argparse.Namespace) -> int:
    readme.write()
    return 0


def _publish(options: argparse.Namespace) -> int:
    run = cnn.hub.folder(options.model)
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
