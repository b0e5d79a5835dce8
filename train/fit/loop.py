"""Training as a loop that reports, stops and goes on. Knows no page and no terminal.

Every random choice is a function of the recipe's seed and the step's number, and a checkpoint holds all there is
besides: a run that was killed and resumed ends with the same weights as an unbroken one.
"""

import dataclasses
import hashlib
import io
import json
import random
import time
import zipfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import keras
import numpy as np

from cnn.files import read_json, whole, write_json
from cnn.metadata import Run
from cnn.models.registry import CONFIG, METRICS, WEIGHTS, check_digest, weights_sha256
from cnn.network import design
from cnn.network.architectures import ARCHITECTURES
from cnn.task import DIGITS, Task
from cnn.types import InputError, UserError
from train import machine
from train.data.handwriting import Handwriting
from train.data.mixture import NOBODY, Mixture, mixed
from train.data.mnist import Digits
from train.fit.augment import augment
from train.fit.devices import Devices
from train.fit.fast import compiler_options, fast_twin
from train.fit.fold import folded
from train.fit.precision import mixed_twin
from train.fit.recipes import Recipe
from train.measure.calibrate import calibrate
from train.measure.figures import accuracy, cross_entropy

CHECKPOINT = "checkpoint.npz"
CHECKPOINT_SECONDS = 10  # what a killed run loses at most
BLOCK_STEPS = 20  # steps per compiled call: fewer calls wait less for one another, more report more seldom
MEASURE_BATCH = 500  # validation images per call


@dataclasses.dataclass(frozen=True)
class Progress:
    """Where a run stands: `step` of `steps` done, the running epoch's mean figures, the finished epochs.

    `loss` is what the steps make smaller, labels smoothed; `cross_entropy` the same of the plain labels, as validation
    has it.
    """

    step: int
    steps: int
    epoch: int
    loss: float
    accuracy: float
    history: tuple[dict[str, float], ...]
    cross_entropy: float = 0.0
    drawn: float = 1.0  # share of the recipe's own pictures that are drawn; the first step waits for all


class State(NamedTuple):
    """All that changes with a step, as JAX arrays."""

    trainable: list[jax.Array]
    non_trainable: list[jax.Array]  # dropout's random state among them
    optimizer: list[jax.Array]
    averaged: list[jax.Array]  # `trainable` averaged over the steps; empty where the recipe asks for none
    sums: jax.Array  # (3,) the running epoch's summed loss, accuracy and cross-entropy


def fit(
    recipe: Recipe,
    digits: Digits,
    folder: Path,
    start: Path | None = None,
    people: Handwriting = NOBODY,
    task: Task = DIGITS,
    processes: int = 1,
    look: Callable[[keras.Model], None] | None = None,
    devices: Devices | None = None,
) -> Generator[Progress]:
    """Train `recipe` on `digits` into `folder`, yielding Progress; `model.keras` and `config.json` stand at the end.

    `look` is shown the model before the first step and after each epoch, with the weights of that moment.

    What is saved has its normalisation folded in. With `start`, the folder of a finished run of the same architecture,
    from its weights, folded, rather than from chance. `people` wrote what the recipe's `pens` and `signs` ask for. What
    the recipe draws is shared out over so many `processes`, whose number changes nothing. Each batch is shared out over
    `devices`, by default one, whose number changes nothing but rounding; of several processes that train together the
    first writes, and all take its checkpoint.

    Closing the iterator keeps a checkpoint, a killed process leaves one about ten seconds old; calling it again goes
    on from there, to the same weights as an unbroken run. UserError when the folder holds another run's checkpoint, and
    where a batch cannot be shared out evenly.
    """
    mixture = yield from _drawn(recipe, digits, people, task, processes)
    run = _Run(recipe, digits, mixture, folder, start, people, task, devices or Devices())
    try:
        yield from run.train(look)
    except GeneratorExit:
        run.checkpoint()
        raise
    run.save()


class Moment(NamedTuple):
    """A run as it stands after `step` of `steps`, in its so-maniest `epoch`: the model, and what it learns from."""

    step: int
    steps: int
    epoch: int
    model: keras.Model
    training: Digits
    validation: Digits


def watched(
    recipe: Recipe, digits: Digits, folder: Path, marks: Sequence[int], task: Task = DIGITS
) -> Iterator[Moment]:
    """Train `recipe` as `fit` does, stopping to be looked at after each of `marks`, and after each epoch.

    `marks` are steps, in order. Nothing is written; an unfinished run in `folder` would be gone on with.
    """
    drawing = _drawn(recipe, digits, NOBODY, task, 1)
    try:
        while True:
            next(drawing)
    except StopIteration as end:
        mixture = end.value
    yield from _Run(recipe, digits, mixture, folder, None, NOBODY, task, Devices()).watched(marks)


def _drawn(
    recipe: Recipe, digits: Digits, people: Handwriting, task: Task, processes: int
) -> Generator[Progress, None, Mixture]:
    drawing = mixed(recipe, digits, people, task, processes)
    try:
        while True:
            done, total = next(drawing)
            yield Progress(0, 0, 0, 0.0, 0.0, (), drawn=done / total)
    except StopIteration as end:
        return end.value


class _Run:
    def __init__(
        self,
        recipe: Recipe,
        digits: Digits,
        mixture: Mixture,
        folder: Path,
        start: Path | None,
        people: Handwriting,
        task: Task,
        devices: Devices,
    ):
        devices.check(recipe.batch_size)
        self.devices = devices
        self.recipe, self.folder, self.sources, self.task = recipe, folder, people.sources, task
        self.digest = hashlib.sha256(digits.images.tobytes() + digits.labels.tobytes()).hexdigest()
        self.training, self.validation = mixture
        batches = len(self.training.labels) // recipe.batch_size
        if not batches:
            count = len(self.training.labels)
            raise UserError(f"{count} images do not fill a batch of {recipe.batch_size}; take a smaller one.")
        # Whole blocks alone, so that one shape is compiled; what is left over changes with each epoch's order.
        self.block = min(block_steps(recipe), batches)
        self.steps_per_epoch = batches // self.block * self.block
        self.steps = recipe.epochs * self.steps_per_epoch
        with _seeded(recipe.seed):
            self.model = new_model(recipe, task)
            if start:
                self.model = folded(self.model)
        self.start = None
        if start:
            _take_weights(self.model, start)
            self.start = _config_of(start)
        self.measure = _compile_logits(self.model)
        self.optimizer = OPTIMISERS[recipe.optimiser](_schedule(recipe, self.steps))
        self.optimizer.build(self.model.trainable_variables)
        self.state = devices.everywhere(initial_state(self.model, self.optimizer, averaged=bool(recipe.average)))
        self.step, self.history = 0, []
        self.started = self.saved = time.monotonic()
        if not devices.alike(hashlib.sha256(json.dumps(self._identity()).encode()).digest()):
            raise UserError("The processes train different things: each needs the same recipe, options and data.")
        self._resume()

    def train(self, look: Callable[[keras.Model], None] | None = None) -> Iterator[Progress]:
        advance = self._advance()
        self._show(look)
        while self.step < self.steps:
            epoch, done = divmod(self.step, self.steps_per_epoch)
            for block in self._blocks(epoch)[done // self.block :]:
                self.state = advance(block, epoch)
                self.step += self.block
                if self.step % self.steps_per_epoch and self.step % BLOCK_STEPS < self.block:
                    yield self._progress(epoch)
                    self._checkpoint_if_due()
            closed = self._close_epoch(epoch)
            self._show(look)
            yield closed
            self._checkpoint_if_due()

    def _show(self, look: Callable[[keras.Model], None] | None) -> None:
        if look:
            self._give_back()
            look(self.model)

    def _advance(self) -> Callable[[np.ndarray, int], State]:
        """The state after so many batches more, by their indices (steps, batch size), in an epoch."""
        block = compile_block(self.recipe, self.model, self.optimizer, self.task, self.devices.whole)
        images, labels = self.devices.everywhere(tuple(self.training))

        def advance(batches: np.ndarray, epoch: int) -> State:
            with self.devices.context():
                return block(self.state, images, labels, self.devices.shared_out(batches), epoch)

        return advance

    def watched(self, marks: Sequence[int]) -> Iterator[Moment]:
        """Train, and show the model after each of `marks` and each epoch."""
        advance = self._advance()
        if 0 in marks:
            yield self._moment(0)
        for epoch in range(self.recipe.epochs):
            batches = self._blocks(epoch).reshape(-1, self.recipe.batch_size)
            before, last = epoch * len(batches), (epoch + 1) * len(batches)
            for mark in [*(mark for mark in marks if before < mark < last), last]:
                while self.step < mark:  # in two lengths, each compiled once
                    length = self.block if self.step + self.block <= mark else 1
                    done = self.step - before
                    self.state = advance(batches[done : done + length], epoch)
                    self.step += length
                yield self._moment(epoch)

    def _moment(self, epoch: int) -> Moment:
        self._give_back()
        return Moment(self.step, self.steps, epoch, self.model, self.training, next(iter(self.validation.values())))

    def _give_back(self) -> None:
        """Have the model itself hold the state's weights."""
        for variables, values in (
            (self.model.trainable_variables, self._weights()),
            (self.model.non_trainable_variables, self.devices.here(self.state.non_trainable)),
        ):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(np.asarray(value))  # a copy: the next block writes over the state

    def save(self) -> None:
        """Write the finished model and its config; the checkpoint has served."""
        if not self.devices.first:
            return
        self._give_back()
        with whole(self.folder / WEIGHTS) as aside:
            folded(self.model).save(aside)
        write_json(self.folder / CONFIG, {**self._config(), "weights_sha256": weights_sha256(self.folder / WEIGHTS)})
        for outdated in (CHECKPOINT, METRICS):  # the latter spoke of other weights
            (self.folder / outdated).unlink(missing_ok=True)

    def checkpoint(self) -> None:
        """Write all a later process needs to go on: whole, or not at all."""
        if not self.devices.first:
            return
        leaves = {f"leaf{i}": np.asarray(leaf) for i, leaf in enumerate(jax.tree.leaves(self.state))}
        metadata = {"run": self._identity(), "step": self.step, "seconds": self._seconds(), "history": self.history}
        with whole(self.folder / CHECKPOINT) as aside:
            np.savez(aside, metadata=json.dumps(metadata), **leaves)  # pyright: ignore[reportArgumentType]  a leaf is called no option
        self.saved = time.monotonic()

    def _checkpoint_if_due(self) -> None:
        if time.monotonic() - self.saved > CHECKPOINT_SECONDS:
            self.checkpoint()

    def _resume(self) -> None:
        path = self.folder / CHECKPOINT
        content = self.devices.told(path.read_bytes() if self.devices.first and path.is_file() else b"")
        if not content:
            return
        try:
            with np.load(io.BytesIO(content)) as kept:
                metadata = json.loads(str(kept["metadata"]))
                arrays = {name: kept[name] for name in kept.files}
        except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise UserError(f"{path} is damaged; remove it to begin anew.") from error
        if metadata["run"] != self._identity():
            raise UserError(f"{self.folder} holds an unfinished run of another recipe or other data; remove it first.")
        leaves, structure = jax.tree.flatten(self.state)
        found = [arrays.get(f"leaf{i}", np.empty(0)) for i in range(len(leaves))]
        if [one.shape for one in found] != [leaf.shape for leaf in leaves]:
            raise UserError(f"{path} was written by another version of this program; remove it to begin anew.")
        self.state = self.devices.everywhere(structure.unflatten(jnp.array(one) for one in found))
        self.step, self.history = metadata["step"], metadata["history"]
        self.started -= metadata["seconds"]

    def _blocks(self, epoch: int) -> np.ndarray:
        """(blocks, steps, batch size) indices in an order that depends on the seed and the epoch alone."""
        order = np.random.default_rng([self.recipe.seed, epoch]).permutation(len(self.training.labels))
        used = order[: self.steps_per_epoch * self.recipe.batch_size]
        return used.reshape(-1, self.block, self.recipe.batch_size)

    def _progress(self, epoch: int) -> Progress:
        means = np.asarray(self.state.sums) / ((self.step - 1) % self.steps_per_epoch + 1)
        loss, hits, plain = means.tolist()
        return Progress(self.step, self.steps, epoch, loss, hits, tuple(self.history), plain)

    def _close_epoch(self, epoch: int) -> Progress:
        running = self._progress(epoch)
        measured = {"loss": running.loss, "accuracy": running.accuracy, "cross_entropy": running.cross_entropy}
        logits = self._all_logits()
        for at, (name, held) in enumerate(self.validation.items()):
            prefix = name if at else "validation"
            measured[f"{prefix}_loss"] = cross_entropy(logits[name], held.labels)
            measured[f"{prefix}_accuracy"] = accuracy(logits[name], held.labels)
        self.history.append(measured)
        self.state = self.state._replace(sums=self.devices.everywhere(jnp.zeros(3)))
        return dataclasses.replace(running, history=tuple(self.history))

    def _all_logits(self) -> dict[str, np.ndarray]:
        """By name of the validation set."""
        logits = {}
        for name, (images, _) in self.validation.items():
            chunks = [images[at : at + MEASURE_BATCH] for at in range(0, len(images), MEASURE_BATCH)]
            parts = [
                self.measure(self._weights(), self.devices.here(self.state.non_trainable), chunk) for chunk in chunks
            ]
            logits[name] = np.concatenate(parts)
        return logits

    def _weights(self) -> list[jax.Array]:
        """What is measured and saved: the average over the steps, where the recipe asks for one."""
        return self.devices.here(self.state.averaged or self.state.trainable)

    def _identity(self) -> dict[str, Any]:
        return {
            "recipe": dataclasses.asdict(self.recipe),
            "data_sha256": self.digest,
            "sources": self.sources,
            "start": self.start,
            "task": self.task.as_dict(),
        }

    def _seconds(self) -> float:
        return round(time.monotonic() - self.started, 1)

    def _config(self) -> Run:
        identity = self._identity()
        return {
            "architecture": self.recipe.architecture,
            "recipe": identity["recipe"],
            "data_sha256": identity["data_sha256"],
            "sources": identity["sources"],
            "start": identity["start"],
            "task": identity["task"],
            "images": {
                "training": len(self.training.labels),
                "validation": {name: len(held.labels) for name, held in self.validation.items()},
            },
            "calibration": calibrate(self._all_logits(), self.validation, self.task),
            "history": self.history,
            "seconds": self._seconds(),
            "machine": machine.describe(),
            "devices": self.devices.describe(),
        }


OPTIMISERS: dict[str, Callable[[Any], keras.optimizers.Optimizer]] = {  # by the learning rate's schedule
    "adam": partial(keras.optimizers.Adam, beta_2=0.99),
    "sgd": partial(keras.optimizers.SGD, momentum=0.9),
}


def new_model(recipe: Recipe, task: Task = DIGITS) -> keras.Model:
    """The recipe's network, with weights by chance. InputError where its design is impossible."""
    if recipe.design is None:
        return ARCHITECTURES[recipe.architecture](task)
    return design.build(recipe.design, task, recipe.architecture)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Layers built in the block start as `seed` has it; afterwards Python's generator is as it was before.

    Keras's initialisers and dropout take their seeds from Python's `random`, and from nothing else.
    """
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)


def _take_weights(model: keras.Model, folder: Path) -> None:
    """Give the folded `model` a finished run's weights, folded too. UserError where they are another network's."""
    path = folder / WEIGHTS
    refusal = f"{path} does not hold weights of the network {model.name}."
    try:
        weights = folded(keras.saving.load_model(path, compile=False)).weights
    except Exception as error:  # Keras raises nearly anything
        raise UserError(refusal) from error
    if [variable.shape for variable in weights] != [variable.shape for variable in model.weights]:
        raise UserError(refusal)
    for variable, value in zip(model.weights, weights, strict=True):
        variable.assign(value)


def _config_of(folder: Path) -> dict[str, Any]:
    """The config of a finished run, with its weights' SHA-256. UserError where there is no such run."""
    try:
        config = read_json(folder / CONFIG)
        return {**config, "weights_sha256": check_digest(folder / WEIGHTS, config, folder)}
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise UserError(f"{folder} holds no finished run: {WEIGHTS} and {CONFIG}.") from error


def initial_state(model: keras.Model, optimizer: keras.optimizers.Optimizer, *, averaged: bool = False) -> State:
    """The state before the first step, in copies: the compiled block writes over what it is given."""

    def copies(variables: list[keras.Variable]) -> list[jax.Array]:
        return [jnp.array(variable.value, copy=True) for variable in variables]

    trainable = model.trainable_variables
    return State(
        copies(trainable),
        copies(model.non_trainable_variables),
        copies(optimizer.variables),
        copies(trainable) if averaged else [],
        jnp.zeros(3),
    )


def block_steps(recipe: Recipe) -> int:
    """Steps per compiled call. Stock layers on a CPU go one by one: in a loop, XLA runs their gradients on one core."""
    stock = recipe.precision == "mixed" or not recipe.fast
    return 1 if stock and jax.default_backend() == "cpu" else BLOCK_STEPS


def _schedule(recipe: Recipe, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    rising = round(recipe.warm_up * steps)
    return keras.optimizers.schedules.CosineDecay(
        recipe.learning_rate / 20 if rising else recipe.learning_rate,
        max(1, steps - rising), warmup_target=recipe.learning_rate if rising else None, warmup_steps=rising,
    )  # fmt: skip


def compile_block(
    recipe: Recipe,
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    task: Task = DIGITS,
    layout: jax.sharding.Sharding | None = None,
) -> Callable:
    """Some training steps as a jitted function (State, all images, all labels, (steps, batch) indices, epoch) -> State.

    The data stay on the device, and each step gathers and augments its own batch: nothing is waited for between steps.
    Over several devices the indices are shared out, and the rest is whole on each; `layout` is what keeps it so.
    """
    key = jax.random.key(recipe.seed)
    twin = mixed_twin(model) if recipe.precision == "mixed" else fast_twin(model, recipe.fast)

    def loss(trainable: list, non_trainable: list, images: jax.Array, labels: jax.Array) -> tuple:
        logits, non_trainable = twin.stateless_call(trainable, non_trainable, images, training=True)
        logits = logits.astype(jnp.float32)
        likelihoods = jax.nn.log_softmax(logits[:, : task.count] if recipe.entropic else logits)
        right = jnp.take_along_axis(likelihoods, labels[:, None], axis=1, mode="clip")[:, 0]
        if recipe.entropic:
            right = jnp.where(labels < task.count, right, likelihoods.mean(axis=1))
        smoothed = (1 - recipe.label_smoothing) * right + recipe.label_smoothing * likelihoods.mean(axis=1)
        value, hits = -smoothed.mean(), (logits.argmax(axis=1) == labels).mean()
        return value, (non_trainable, jnp.stack([value, hits, -right.mean()]))

    def prepared(images: jax.Array, batch: jax.Array, epoch: jax.Array) -> jax.Array:
        if recipe.augmentation is None:
            return _network_input(images[batch])
        return augment(images[batch], key, batch, epoch, recipe.augmentation)

    @partial(
        jax.jit, donate_argnums=0, compiler_options=compiler_options() if recipe.fast else {}, out_shardings=layout
    )
    def advance(state: State, images: jax.Array, labels: jax.Array, batches: jax.Array, epoch: jax.Array) -> State:
        def step(state: State, batch: jax.Array) -> tuple[State, None]:
            grad = jax.value_and_grad(loss, has_aux=True)
            inputs, wanted = prepared(images, batch, epoch), labels[batch].astype(jnp.int32)
            (_, (non_trainable, figures)), gradients = grad(state.trainable, state.non_trainable, inputs, wanted)
            trainable, moments = optimizer.stateless_apply(state.optimizer, gradients, state.trainable)
            kept = recipe.average
            averaged = [kept * old + (1 - kept) * new for old, new in zip(state.averaged, trainable, strict=bool(kept))]
            return State(trainable, non_trainable, moments, averaged, state.sums + figures), None

        return jax.lax.scan(step, state, batches, unroll=len(batches) == 1)[0]  # one step is no loop

    return advance


def _compile_logits(model: keras.Model) -> Callable:
    @jax.jit
    def logits(trainable: list, non_trainable: list, images: jax.Array) -> jax.Array:
        return model.stateless_call(trainable, non_trainable, _network_input(images), training=False)[0]

    return logits


def _network_input(images: jax.Array) -> jax.Array:
    """(N, 28, 28) uint8 -> (N, 28, 28, 1) float32 in [0, 1]."""
    return images[..., None].astype(jnp.float32) / 255
