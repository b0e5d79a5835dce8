"""What several tests share: digits and a network of their own, and a real server. No MNIST, no network needed."""

import asyncio
import gzip
import os
import struct
from collections import Counter
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

# Compiling is most of what the tests wait for, and their networks are too small to need the fastest code.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=1")
# What one process has compiled, the others need not: workers, and the commands and apps that tests start, inherit this.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(__file__).parents[1] / ".pytest_cache" / "compiled"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")

import gradio as gr
import gradio_client
import jax
import keras
import numpy as np
import pytest
from keras import layers

from cnn.models.registry import Models, load
from cnn.network.architectures import ARCHITECTURES
from cnn.network.classifier import Classifier
from cnn.task import DIGITS, Task
from cnn.ui.page import build_demo, launch_options
from train.data.mnist import FILES, IMAGES, LABELS_MAGIC, Digits
from train.fit.loop import fit
from train.fit.recipes import Recipe
from train.pens.digits import chunk

BROWSER = Path(__file__).parent / "ui"
TRAIN = Path(__file__).parent / "train"


def tiny(task: Task = DIGITS) -> keras.Model:
    """A network small enough to train within a test; dropout keeps its random state honest."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3, strides=2, activation="relu"),
            layers.Conv2D(16, 3, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dropout(0.1),
            layers.Dense(task.count),
        ],
        name="tiny",
    )


COSTS = {"browser": 4, "slow": 1, "unit": 0}  # what a test takes by its mark, in seconds, roughly


def pytest_configure(config: pytest.Config) -> None:
    """Several processes take the files in the order that they are sorted in below, not by their numbers of tests."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each test has one of three marks: `browser` in tests/ui, `slow` where its file says so, else `unit`.

    What is marked `trust` or `long` too takes minutes, and runs where it is asked for. Where several processes share
    the files, the longest come first, so that none is left with one when the others are through.
    """
    for item in items:
        if TRAIN in item.path.parents and item.get_closest_marker("slow"):
            item.add_marker("long")
    for mark in ("trust", "long"):
        if mark not in config.option.markexpr:
            left = [item for item in items if item.get_closest_marker(mark)]
            config.hook.pytest_deselected(items=left)
            items[:] = [item for item in items if not item.get_closest_marker(mark)]
    for item in items:
        if BROWSER in item.path.parents:
            item.add_marker("browser")
        elif not item.get_closest_marker("slow"):
            item.add_marker("unit")
    if hasattr(config, "workerinput"):
        costs: Counter[Path] = Counter()
        for item in items:
            costs[item.path] += next(cost for mark, cost in COSTS.items() if item.get_closest_marker(mark))
        items.sort(key=lambda item: -costs[item.path])


def run_async(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine gives, run in a thread of its own: in this one, a browser's loop may be running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


@pytest.fixture(scope="session", autouse=True)
def _tiny_architecture() -> Iterator[None]:
    ARCHITECTURES["tiny"] = tiny
    yield
    del ARCHITECTURES["tiny"]


@pytest.fixture
def compiled() -> list[str]:
    """Grows by one with every compilation."""
    compiled: list[str] = []
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, *_, **__: compiled.append(event) if "backend_compile" in event else None
    )
    return compiled


@pytest.fixture(scope="session")
def digits() -> Digits:
    """1,500 digits by the project's own pen, in no order."""
    return chunk(0, 0, 1500)


@pytest.fixture(scope="session")
def tiny_folder(digits: Digits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of the tiny network."""
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    for _ in fit(Recipe("tiny", epochs=12, batch_size=32, learning_rate=3e-3), digits, folder):
        pass
    return folder


@pytest.fixture(scope="session")
def classifier(tiny_folder: Path) -> Classifier:
    """The tiny network, trained."""
    return load(str(tiny_folder))


@pytest.fixture(scope="session")
def models(classifier: Classifier) -> Models:
    """The tiny network twice, under two names; the second is not the default."""
    other = Classifier(tiny(), "untrained")
    return Models([classifier, other], classifier.name)


@pytest.fixture(scope="session")
def demo(models: Models) -> Iterator[gr.Blocks]:
    """The real app on a free port of this machine."""
    demo = build_demo(models)
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield demo
    demo.close()


@pytest.fixture(scope="session")
def client(demo: gr.Blocks) -> gradio_client.Client:
    """A script's view of the app."""
    return gradio_client.Client(demo.local_url, verbose=False)


@pytest.fixture
def idx_folder(tmp_path: Path, digits: Digits) -> Path:
    """A folder as MNIST_DIR names one: four idx files with digits of our own, two of them compressed."""
    for split, chosen in (("train", slice(0, 1000)), ("test", slice(1000, 1500))):
        images, labels = FILES[split]
        write_idx(tmp_path / images, IMAGES, digits.images[chosen])
        write_idx(tmp_path / f"{labels}.gz", LABELS_MAGIC, digits.labels[chosen])
    return tmp_path


def write_idx(path: Path, magic: int, array: np.ndarray) -> None:
    """Write an array as MNIST's page describes: magic number and sizes big-endian, then the bytes."""
    content = struct.pack(f">{1 + array.ndim}I", magic, *array.shape) + array.tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
