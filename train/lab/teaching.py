"""A network taught some digits of a visitor's: its last layers alone, in seconds; what it learnt, and what it forgot.

What the convolutions see stays as it is: they are asked once, and what follows them is trained on that. About half
of the digits are held out. With `remind`, MNIST's come along, else the network learns the visitor's alone, and forgets.
"""

import base64
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras import layers

from cnn.files import read_json, whole, write_json, write_whole
from cnn.metadata import CONFIG, Measured, Metrics
from cnn.models import registry
from cnn.network.classifier import Classifier
from cnn.task import SIDE
from cnn.types import Digits
from train.fit.augment import augment
from train.fit.recipes import LIGHT
from train.lab.desk import Desk
from train.lab.training import Message, check, files, read, sets, tested, to_the_end
from train.measure import evaluate

STEPS, REPORT = 200, 20  # steps, and from one report to the next
RATE = 1e-3
OWN, REMINDED = 64, 128  # pictures a step
VARIANTS = 16  # of each of the visitor's digits, a little bent
MEMORY = 4000  # of MNIST's that remind
BATCH = 500


class Teaching:
    """What `order` asks for, as `cnn.lab.trainings.Lesson` has it; the network lies in `folder` meanwhile."""

    def __init__(self, order: dict[str, Any], desk: Desk, folder: Path, known: Any = sets):
        self.order, self.desk, self.folder, self._known = order, desk, folder / "run", known

    def messages(self) -> Iterator[Message]:
        """What is to be told, as `to_the_end`."""
        return to_the_end(self._taught)

    def _taught(self) -> Iterator[Message]:
        known = self._known()
        images = np.frombuffer(base64.b64decode(self.order["images"]), np.uint8).reshape(-1, SIDE, SIDE)
        learnt, held = halves(Digits(images, np.array(self.order["labels"], np.uint8)))
        measured = {"own": held, "mnist": known.test, "made": known.made}
        shutil.rmtree(self.folder, ignore_errors=True)  # of one that was stopped or lost
        self.folder.mkdir()
        for name, data in self.order["files"].items():
            write_whole(self.folder / name, base64.b64decode(data))
        network = registry.load(str(self.folder))
        before = reads(network, measured, network.metrics)
        model = keras.saving.load_model(self.folder / registry.WEIGHTS, compile=False)
        for now in teach(model, learnt, known.training if self.order["remind"] else None):
            check(self.desk, now.loss)
            yield {"point": {"run": 0, "step": now.step, "steps": STEPS, "loss": now.loss, "accuracy": now.accuracy}}
        yield {"measuring": 0}
        self._save(model, len(learnt.labels))
        network = registry.load(str(self.folder))
        figures = evaluate.evaluate(network, evaluate.Sets(known.test))
        evaluate.write(figures, self.folder)
        after = reads(network, measured, figures)
        changes = {name: {"before": before[name], "after": after[name]} for name in measured}
        yield {"taught": {**changes, "learnt": len(learnt.labels)}, "files": files(self.folder)}
        shutil.rmtree(self.folder)

    def _save(self, model: keras.Model, learnt: int) -> None:
        """The network, and a config that says what it was before, and how many digits it was taught."""
        with whole(self.folder / registry.WEIGHTS) as aside:
            model.save(aside)
        config = read_json(self.folder / CONFIG)
        taught = {"from": config.get("weights_sha256"), "digits": learnt, "reminded": self.order["remind"]}
        digest = registry.weights_sha256(self.folder / registry.WEIGHTS)
        write_json(self.folder / CONFIG, {**config, "taught": taught, "weights_sha256": digest})


def reads(network: Classifier, sets: dict[str, Digits], figures: Metrics | Measured | None) -> dict[str, Any]:
    """How many of each set it reads right, as `read`; of MNIST's by its `figures`, where they are of as many digits."""
    known = {"mnist": tested(figures)} if figures and figures.get("images") == len(sets["mnist"].labels) else {}
    return {name: known.get(name) or read(network, digits) for name, digits in sets.items()}


class Lesson(NamedTuple):
    """How far it is: mean loss in nats, and accuracy, on the visitor's digits of the last steps."""

    step: int
    loss: float
    accuracy: float


def halves(digits: Digits) -> tuple[Digits, Digits]:
    """(to learn, held out): of each class every second one, and an odd one to learn.

    Of the classes with a single digit every second digit likewise, so that ten different ones measure something.
    """
    counts = np.bincount(digits.labels)
    kinds = np.where(counts[digits.labels] > 1, digits.labels.astype(int), -1)
    places = [np.flatnonzero(kinds == kind) for kind in np.unique(kinds)]
    learnt, held = (np.concatenate([one[first::2] for one in places]) for first in (0, 1))
    return _taken(digits, learnt), _taken(digits, held)


def teach(model: keras.Model, own: Digits, reminder: Digits | None, seed: int = 0) -> Iterator[Lesson]:
    """Train what follows a chain's last maps on `own` digits, and on the `reminder`'s; `model` has it at the end."""
    at = next(at for at in reversed(range(len(model.layers))) if isinstance(model.layers[at], layers.Flatten))
    seeing = keras.Model(model.inputs, model.layers[at].output)
    head = keras.Sequential([keras.Input(seeing.output_shape[1:]), *model.layers[at + 1 :]])
    see = jax.jit(lambda images: seeing.stateless_call(*_values(seeing), images, training=False)[0])
    sets = [_seen(see, _bent(own, seed))]
    if reminder:
        sets.append(_seen(see, Digits(reminder.images[:MEMORY], reminder.labels[:MEMORY])))
    optimizer = keras.optimizers.Adam(RATE)
    optimizer.build(head.trainable_variables)
    state = (*_values(head), [jnp.asarray(variable.value) for variable in optimizer.variables])
    advance = _compiled(head, optimizer)
    rng = np.random.default_rng(seed)
    for step in range(REPORT, STEPS + 1, REPORT):
        sizes = (OWN, REMINDED)[: len(sets)]
        chosen = [rng.integers(len(one.labels), size=(REPORT, size)) for one, size in zip(sets, sizes, strict=True)]
        batches = [
            (one.images[places], one.labels[places].astype(np.int32)) for one, places in zip(sets, chosen, strict=True)
        ]
        state, figures = advance(state, batches)
        yield Lesson(step, *np.asarray(figures).mean(0).tolist())
    for variable, value in zip(head.trainable_variables, state[0], strict=True):
        variable.assign(np.asarray(value))


def _compiled(head: keras.Model, optimizer: keras.optimizers.Optimizer) -> Callable:
    """Some steps as a jitted function (state, batches of each set) -> state, and each step's loss and accuracy."""

    def loss(trainable: list, fixed: list, batch: list) -> tuple:
        total, own = 0.0, None
        for features, labels in batch:
            logits, fixed = head.stateless_call(trainable, fixed, features, training=True)
            right = jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1)
            total -= right.mean()
            own = own if own is not None else jnp.stack([-right.mean(), (logits.argmax(1) == labels).mean()])
        return total, (fixed, own)

    def step(state: tuple, batch: list) -> tuple:
        trainable, fixed, moments = state
        (_, (fixed, own)), gradients = jax.value_and_grad(loss, has_aux=True)(trainable, fixed, batch)
        trainable, moments = optimizer.stateless_apply(moments, gradients, trainable)
        return (trainable, fixed, moments), own

    return jax.jit(lambda state, batches: jax.lax.scan(step, state, batches))


def _bent(digits: Digits, seed: int) -> Digits:
    """Each of some digits as it is and a little bent, float32."""
    places, key = jnp.arange(len(digits.labels)), jax.random.key(seed)
    bend = jax.jit(lambda at: augment(jnp.asarray(digits.images), key, places, at, LIGHT))
    bent = [np.asarray(bend(at))[..., 0] for at in range(1, VARIANTS)]
    plain = digits.images.astype(np.float32) / 255
    return Digits(np.concatenate([plain, *bent]), np.tile(digits.labels, VARIANTS))


def _seen(see: jax.stages.Wrapped, digits: Digits) -> Digits:
    """What enters the last layers, in place of the pictures."""
    images = digits.images if digits.images.dtype == np.float32 else digits.images.astype(np.float32) / 255
    chunks = [images[at : at + BATCH] for at in range(0, len(images), BATCH)]
    full = [np.pad(chunk, ((0, BATCH - len(chunk)), (0, 0), (0, 0)))[..., None] for chunk in chunks]
    return Digits(np.concatenate([np.asarray(see(chunk)) for chunk in full])[: len(images)], digits.labels)


def _values(model: keras.Model) -> tuple[list[jax.Array], list[jax.Array]]:
    trainable, fixed = model.trainable_variables, model.non_trainable_variables
    return [jnp.asarray(one.value) for one in trainable], [jnp.asarray(one.value) for one in fixed]


def _taken(digits: Digits, places: np.ndarray) -> Digits:
    return Digits(digits.images[places], digits.labels[places])
