"""What is known of a network beside its weights: how it was made and what was measured. Read and checked here alone.

A model's folder holds `config.json` and `metrics.json`, which `train` writes. Their types are those of JSON objects, as
the files, the scripted API and the page have them: what is read is handed on as it was written. Numbers are shares in
[0, 1] unless it is said.
"""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, NotRequired

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from cnn.files import read_json
from cnn.task import task_of
from cnn.types import UserError

CONFIG, METRICS = "config.json", "metrics.json"
NAME = 80  # characters of an architecture's name that are kept
log = logging.getLogger(__name__)  # a warning is a line on stderr


class Calibration(TypedDict):
    """What makes logits honest: the `temperature` they are divided by, and how strange is `refusal`; 1 refuses none."""

    temperature: NotRequired[Annotated[float, Field(ge=0.01, le=100, allow_inf_nan=False)]]
    refusal: NotRequired[Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]]


class Calibrated(TypedDict):
    """The same as `train` writes it."""

    temperature: float
    refusal: float


class Recipe(TypedDict):
    """How it was trained: of `train.fit.recipes.Recipe`, what others read."""

    architecture: str
    epochs: int
    batch_size: int
    learning_rate: float
    label_smoothing: float
    seed: int
    augmentation: dict[str, Any] | None
    strokes: int
    outliers: int
    pens: NotRequired[int]
    signs: NotRequired[int]
    fast: NotRequired[bool]
    design: NotRequired[list[dict[str, Any]] | None]  # as `cnn.network.design.read` takes it


class Source(TypedDict):
    """Whose pictures or writing it was trained on, beside MNIST's, and under which licence."""

    name: str
    url: NotRequired[str]
    licence: NotRequired[str]
    writers: NotRequired[int]


class Images(TypedDict):
    """How many pictures an epoch has, and how many were held out, by their kind."""

    training: int
    validation: dict[str, int]


class Machine(TypedDict):
    """What a figure was measured on."""

    processor: str
    cores: int
    system: str
    python: str
    keras: str
    jax: str
    numpy: str


class Spread(TypedDict):
    """The devices that a run's batches were shared out over, all of one `kind`, and how many processes had them."""

    kind: str
    count: int
    processes: int


class Start(TypedDict):
    """The run that another one began with: whose weights, and what its own config says."""

    weights_sha256: str


class Config(TypedDict):
    """`config.json` as far as the app reads it: of one that is not trusted, whatever makes sense."""

    architecture: str
    calibration: Calibration
    weights_sha256: NotRequired[str]  # of the `model.keras` that it belongs to; others are refused
    task: NotRequired[Any]  # by `cnn.task.task_of`: a network whose task makes no sense is refused
    recipe: NotRequired[Recipe]


class Run(TypedDict):
    """`config.json` as a finished run of `train` leaves it."""

    architecture: str
    calibration: Calibrated
    weights_sha256: NotRequired[str]
    task: NotRequired[Any]
    recipe: Recipe
    data_sha256: str
    sources: NotRequired[list[Source]]
    start: Start | None
    images: Images
    history: list[dict[str, float]]  # an epoch each: losses in nats, and accuracies
    seconds: float
    machine: Machine
    devices: NotRequired[Spread]
    mixed: NotRequired[dict[str, float]]  # the shares of the run and of what it started from


class Bin(TypedDict):
    """The answers of about one confidence: their mean confidence, the share that is right, and how many they are."""

    confidence: float
    accuracy: float
    count: int


class Reliability(TypedDict):
    """What a stated confidence is worth."""

    expected_calibration_error: float
    bins: list[Bin]


class CalibrationFigures(Reliability):
    """The same, under the network's temperature."""

    temperature: float


class Curve(TypedDict):
    """Under one perturbation, at each strength, the shares of test images read right and refused."""

    strengths: list[float]
    accuracy: list[float]
    refused: list[float]
    images: int


class Errors(TypedDict):
    """The share misread of each of MNIST-C's corruptions, and their mean."""

    error: dict[str, float]
    mean: float


class MnistC(Errors):
    """The same through the app, `raw` without its framing; and which corruptions are like what it was trained on."""

    raw: Errors
    like_in_training: NotRequired[list[str]]


class Robustness(TypedDict):
    """How it fares on spoilt test images: by perturbation, and on MNIST-C."""

    perturbations: NotRequired[dict[str, Curve]]
    mnist_c: NotRequired[MnistC]


class OnDigits(TypedDict):
    """How it reads pictures of digits the app's way: right, right by best guess, refused."""

    accuracy: float
    best_guess_accuracy: float
    refused: float
    expected_calibration_error: float
    images: int


class Others(TypedDict):
    """How many pictures that are no digit are refused."""

    refused: float
    images: int


class OnSeries(TypedDict):
    """How it reads a visitor's own test series, as `OnDigits`, and what is no digit there; each where there is any."""

    accuracy: NotRequired[float]
    best_guess_accuracy: NotRequired[float]
    refused: NotRequired[float]
    expected_calibration_error: NotRequired[float]
    images: NotRequired[int]
    others: NotRequired[Others]


class OnNumbers(TypedDict):
    """How it reads made photos of numbers: whole, and at least as long as they are."""

    whole: float
    right_length: float
    images: int


class OnReal(TypedDict):
    """How it reads one set of real people's pictures; which figures there are depends on their `kind`."""

    kind: str
    images: int
    interval: list[float]
    right: NotRequired[float]
    best_guess: NotRequired[float]
    refused: NotRequired[float]
    whole: NotRequired[float]
    right_length: NotRequired[float]
    writers: NotRequired[int]
    mean_over_writers: NotRequired[float]
    by_writer: NotRequired[dict[str, list[int]]]


class Case(TypedDict):
    """One test image to look at: its place, its label and what is `said`; and the nearest training images."""

    index: int
    label: int
    said: int
    confidence: float
    neighbours: NotRequired[list[int]]
    labels: NotRequired[list[int]]
    cosines: NotRequired[list[float]]


class _Figures(TypedDict):
    accuracy: float
    images: int
    confusion: list[list[int]]
    calibration: CalibrationFigures
    robustness: NotRequired[Robustness]
    app: NotRequired[OnDigits]
    real: NotRequired[dict[str, OnReal]]
    pen: NotRequired[dict[str, OnDigits]]
    numbers: NotRequired[OnNumbers]
    series: NotRequired[OnSeries]
    errors: NotRequired[list[Case]]  # the surest first
    doubtful: NotRequired[list[Case]]  # right, the least sure first
    bytes: NotRequired[int]
    weights_sha256: NotRequired[str]


class Metrics(_Figures):
    """`metrics.json` as far as the app reads it; rows of `confusion` are true labels."""

    refused: NotRequired[dict[str, float]]


class Measured(_Figures):
    """`metrics.json` as `train` writes it; `refused` by kind of picture, and the `threshold`."""

    loss: float
    accuracy_by_digit: NotRequired[list[float]]
    accuracy_by_class: NotRequired[list[float]]  # in its place, of other classes
    refused: dict[str, float]
    parameters: int
    machine: Machine


_CHECKS = {kind: TypeAdapter(kind) for kind in (Config, Metrics, Run, Measured)}


def read_config(path: Path) -> Config:
    """A model's `config.json` as far as it makes sense; a line in the log names what does not."""
    found = _read(path)
    found = {"architecture": "", "calibration": {}, **found}
    if wrong := _wrong(Config, found):
        log.warning("%s: %s makes no sense, and is left aside.", path, ", ".join(wrong))
    return config_of({key: value for key, value in found.items() if key not in wrong})


def config_of(found: dict[str, Any]) -> Config:
    """The `Config` in what is right but may lack what every config has."""
    architecture, calibration = found.get("architecture", "")[:NAME], found.get("calibration", {})
    return {**found, "architecture": architecture, "calibration": calibration}  # pyright: ignore[reportReturnType]


def read_metrics(path: Path, digest: str) -> Metrics | None:
    """What `metrics.json` says of the weights whose SHA-256 is `digest`; None where it makes no sense, or of others."""
    found = _read(path)
    if found.get("weights_sha256") != digest:
        return None
    if wrong := _wrong(Metrics, found):
        log.warning("%s: %s makes no sense, and the file is left aside.", path, ", ".join(wrong))
        return None
    return found  # pyright: ignore[reportReturnType]


def read_run(path: Path) -> Run:
    """The `config.json` of a finished run of `train`, of a task that makes sense. UserError for any other file."""
    run = _complete(Run, path)
    try:
        task_of(run)
    except ValueError as error:
        raise UserError(f"{path}: {error}.") from error
    return run


def read_measured(path: Path) -> Measured:
    """The `metrics.json` that `train` wrote. UserError for any other file."""
    return _complete(Measured, path)


def _complete(kind: type, path: Path) -> Any:
    read = read_json(path)
    found = read if isinstance(read, dict) else {}
    if wrong := _wrong(kind, found):
        raise UserError(f"{path} is not as train writes it: {', '.join(wrong)} is missing or makes no sense.")
    return found


def _wrong(kind: type, found: dict[str, Any]) -> list[str]:
    """Which keys are missing or have values that make no sense."""
    try:
        _CHECKS[kind].validate_python(found, strict=True)
    except ValidationError as error:
        return _first(str(one["loc"][0]) for one in error.errors(include_url=False, include_input=False))
    return []


def _first(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _read(path: Path) -> dict[str, Any]:
    """The object in a JSON file, {} where there is none, or the file cannot be read."""
    try:
        found = read_json(path) if path.is_file() else {}
    except (OSError, UserError):
        found = None
    if not isinstance(found, dict):
        log.warning("%s cannot be read, and is left aside.", path)
        return {}
    return found
