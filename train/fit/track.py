"""A run followed in trackio, which keeps its figures on this machine and draws them. Knows no terminal."""

import contextlib
import dataclasses
from collections.abc import Generator
from types import ModuleType

from cnn.types import UserError
from train.fit.loop import Progress
from train.fit.recipes import Recipe

PROJECT = "digit-reader"


def tracked(
    progress: Generator[Progress], project: str, name: str, recipe: Recipe, goes_on: bool
) -> Generator[Progress]:
    """The same reports, their figures handed to trackio by step: the loss and the accuracy, and those of each epoch.

    They stand in the run `name` of the project, a new one unless it `goes_on`. Closing closes `progress`, then the run.
    UserError where trackio is not installed, or does not take the project's name.
    """
    trackio = _begin(project, name, recipe, goes_on)
    try:
        with contextlib.closing(progress):
            for now in progress:
                if now.steps:
                    trackio.log(_figures(now), step=now.step)
                yield now
    finally:
        trackio.finish()


def _begin(project: str, name: str, recipe: Recipe, goes_on: bool) -> ModuleType:
    try:
        import trackio  # pyright: ignore[reportMissingImports]  where it is not installed
    except ImportError as error:
        raise UserError("--track needs trackio: pip install -r train/requirements.txt") from error
    try:
        trackio.init(
            project,
            name=name,
            config=dataclasses.asdict(recipe),
            resume="allow" if goes_on else "never",
            embed=False,
            auto_log_cpu=False,  # the run's figures are all that is kept
            auto_log_gpu=False,
        )
    except ValueError as error:
        raise UserError(f"trackio: {error}") from error
    return trackio


def _figures(now: Progress) -> dict[str, float]:
    closed = now.history[now.epoch :]  # the epoch's own figures, where this report is its last
    figures = {f"epoch/{name}": value for one in closed for name, value in one.items()}
    return {"epoch": now.epoch + 1, "loss": now.loss, "accuracy": now.accuracy, **figures}
