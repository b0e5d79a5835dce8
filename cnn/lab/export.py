"""What was built in the lab as files of one's own, none of which needs this project.

A design is a plain Keras script or a notebook that trains it again: Keras and JAX are enough, and MNIST comes through
Keras. A trained network, as `cnn.lab.export_onnx` writes it, is a page with a pad that runs it in a browser.
"""

import base64
import json
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from cnn.lab.trainings import Lesson, Order
from cnn.metadata import CONFIG
from cnn.network.design import Block, calls
from cnn.task import DIGITS, SIDE, Task
from cnn.text import say

Kind = Literal["script", "notebook"]
LINE = 100  # characters
ONNX, PAGE, SCRIPT, NOTEBOOK = "model.onnx", "page.html", "train_digits.py", "train_digits.ipynb"  # files' names
TEMPLATE = Path(__file__).resolve().parents[2] / "assets" / "lab" / "page.html"
NBFORMAT = (4, 5)  # of 2020: cells have ids


class Part(NamedTuple):
    """A step of a training: the text `export.<key>` on it, and its Python."""

    key: str
    code: str


def script(order: Order, language: str, task: Task = DIGITS) -> str:
    """A Python script that does the trainings of an order. InputError where a block is impossible."""
    head = f'"""{textwrap.fill(say("export.intro", language), LINE - 3)}\n\n    pip install keras jax\n"""'
    parts = [f"{_comment(say(f'export.{key}', language))}\n{code}" for key, code in _parts(order, task)]
    return "\n\n".join([head, *parts])


def notebook(order: Order, language: str, task: Task = DIGITS) -> str:
    """The same as a Jupyter notebook, nbformat 4."""
    found: list[dict[str, Any]] = [
        _cell("markdown", f"# {say('export.title', language)}\n\n{say('export.intro', language)}")
    ]
    found.append(_cell("code", "%pip install -q keras jax"))
    for key, code in _parts(order, task):
        found += [_cell("markdown", say(f"export.{key}", language)), _cell("code", code.strip())]
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    cells = [{**cell, "id": f"cell-{at}"} for at, cell in enumerate(found)]
    whole = {"cells": cells, "metadata": {"kernelspec": python}, "nbformat": NBFORMAT[0], "nbformat_minor": NBFORMAT[1]}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def package(files: Mapping[str, bytes], order: Order | Lesson, language: str, task: Task = DIGITS) -> dict[str, bytes]:
    """The files of a trained network's folder, and beside them what they allow to make.

    Where its ONNX is among them, a page that runs it; where it was trained on what everybody has, a script and a
    notebook.
    """
    made = {}
    if ONNX in files:
        temperature = json.loads(files[CONFIG])["calibration"].get("temperature", 1.0)
        made[PAGE] = page(files[ONNX], language, task, temperature)
    if isinstance(order, Order):
        made |= {SCRIPT: script(order, language, task), NOTEBOOK: notebook(order, language, task)}
    return {**files, **{name: text.encode() for name, text in made.items()}}


def page(network: bytes, language: str, task: Task = DIGITS, temperature: float = 1.0) -> str:
    """A page of HTML that runs a network, the bytes of an ONNX file of ours, on what is drawn on it.

    It stands alone but for ONNX Runtime, which it fetches. Its logits are divided by `temperature`.
    """
    about = {
        "language": language,
        "words": {name: say(f"export.page.{name}", language) for name in ("title", "hint", "clear", "failed")},
        "classes": task.classes,
        "temperature": temperature,
        "model": base64.b64encode(network).decode("ascii"),
    }
    # Within a page's script nothing may look like the script's end.
    written = json.dumps(about, ensure_ascii=False).replace("<", "\\u003c")
    return TEMPLATE.read_text(encoding="utf-8").replace("{about}", written)


def _cell(kind: Literal["markdown", "code"], source: str) -> dict[str, Any]:
    ran = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": source, **ran}


def _comment(words: str) -> str:
    return textwrap.fill(words, LINE, initial_indent="# ", subsequent_indent="# ")


def _parts(order: Order, task: Task) -> list[Part]:
    bent = [Part("augmentation", AUGMENTATION)] if order.augmentation else []
    learner = "keras.Sequential([keras.Input(model.input_shape[1:]), *BENDING, model])" if bent else "model"
    optimiser = {"adam": "Adam(rate, beta_2=0.99)", "sgd": "SGD(rate, momentum=0.9)"}[order.optimiser]
    return [
        Part(
            "choices",
            CHOICES.format(
                **{name: repr(getattr(order, name)) for name in ("images", "epochs", "learning_rate", "seeds")}
            ),
        ),
        Part("data", DATA),
        Part("network", NETWORK.format(layers=_layers(order.design, task))),
        *bent,
        Part("training", TRAINING.format(learner=learner, optimiser=optimiser, classes=task.count)),
        Part("test", TEST),
    ]


def _layers(design: Sequence[Block], task: Task) -> str:
    """A line a layer, as one would write it."""
    lines = [f'keras.Input(({SIDE}, {SIDE}, 1), name="image")']
    for layer, arguments in calls(design, task):
        written = ", ".join(f"{name}={json.dumps(value)}" for name, value in arguments.items())
        lines.append(f"layers.{layer}({written})")
    return "\n".join(f"            {line}," for line in lines)


CHOICES = """\
import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers

IMAGES = {images}
EPOCHS = {epochs}
BATCH = 128
LEARNING_RATE = {learning_rate}
SEEDS = {seeds}
"""

DATA = """\
(images, labels), (test_images, test_labels) = keras.datasets.mnist.load_data()
images, test_images = (some[..., None].astype("float32") / 255 for some in (images, test_images))


def split(seed):
    held = np.zeros(len(images), bool)
    held[np.random.default_rng(seed).permutation(len(images))[: round(len(images) / 12)]] = True
    kept = np.flatnonzero(~held)[:IMAGES]
    return (images[kept], labels[kept]), (images[held], labels[held])
"""

NETWORK = """\
def build():
    return keras.Sequential(
        [
{layers}
        ]
    )


build().summary()
"""

AUGMENTATION = """\
EMPTY = {"fill_mode": "constant", "fill_value": 0.0}
BENDING = [
    layers.RandomRotation(10 / 360, **EMPTY),
    layers.RandomZoom(0.1, 0.1, **EMPTY),
    layers.RandomTranslation(1.2 / 28, 1.2 / 28, **EMPTY),
]
"""

TRAINING = """\
def train(seed):
    keras.utils.set_random_seed(seed)
    model = build()
    learner = {learner}
    (x, y), (held_x, held_y) = split(seed)
    steps = EPOCHS * -(-len(x) // BATCH)
    rising = round(0.15 * steps)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps - rising, warmup_target=LEARNING_RATE, warmup_steps=rising
    )
    learner.compile(
        optimizer=keras.optimizers.{optimiser},
        loss=keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.05),
        metrics=["accuracy"],
    )
    one_hot = np.eye({classes}, dtype="float32")
    held = (held_x, one_hot[held_y])
    learner.fit(x, one_hot[y], batch_size=BATCH, epochs=EPOCHS, validation_data=held, verbose=2)
    return model
"""

TEST = """\
for seed in SEEDS:
    model = train(seed)
    logits = model.predict(test_images, batch_size=500, verbose=0)
    right = (logits.argmax(1) == test_labels).mean()
    print(f"seed {seed}: {right:.2%} of {len(test_labels)} test digits are read right")
    model.save(f"model-{seed}.keras")
"""
