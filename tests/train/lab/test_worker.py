"""The process that trains for the lab: what it is told and what it tells, and that it ends with its server."""

import dataclasses
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from cnn.lab.trainings import Order, Rush, Training, Trainings, Worker
from cnn.models import registry
from cnn.network import design
from cnn.task import SIDE
from train.data.mnist import DataError
from train.lab import training, worker
from train.lab.desk import Desk
from train.lab.training import Sets, perturbed

pytestmark = pytest.mark.slow

DESIGN: list[design.Block] = [design.Convolution(4, 5, 3), design.Activation(), design.Pooling()]
ORDER = Order(DESIGN, 2000, 2, "adam", 0.01, False, [0, 1])
DIGIT = np.random.default_rng(0).random((SIDE, SIDE), np.float32)


@pytest.fixture(scope="module")
def known(digits: Any) -> Sets:
    test = type(digits)(digits.images[:300], digits.labels[:300])
    return Sets(digits, test, test, perturbed(test))


def told(order: Order, folder: Path, known: Any, desk: Desk | None = None) -> Iterator[dict[str, Any]]:
    """What is told, as it arrives at the other end."""
    for message in training.Training(dataclasses.asdict(order), desk or Desk(), folder, known).messages():
        yield json.loads(json.dumps(message))


def test_what_it_tells_is_what_the_server_hears(known: Sets, tmp_path: Path) -> None:
    desk, heard = Desk(), Training("mine-1", ORDER, "", DIGIT)
    desk.digit = DIGIT
    ends = [heard.hear(message) for message in told(ORDER, tmp_path, lambda: known, desk)]
    assert ends == [False] * (len(ends) - 1) + [True]
    assert (heard.state, heard.why) == ("done", None)
    epochs = [event for event in heard.events if not hasattr(event, "steps")]
    assert [(one.run, one.epoch) for one in epochs] == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert epochs[0].loss is None
    assert epochs[2].validation_accuracy > epochs[1].validation_accuracy > 0.2
    assert [one.filters.shape for one in epochs] == [(4, 5, 5)] * 6
    assert np.abs(epochs[1].filters - epochs[0].filters).max() > 0
    assert all(sum(one.probabilities) == pytest.approx(1, abs=1e-4) for one in epochs)
    assert [row.seed for row in heard.rows] == [0, 1]
    assert heard.rows[0].mnist != heard.rows[1].mnist
    assert heard.rows[0].mnist.low < heard.rows[0].mnist.hits / 300 < heard.rows[0].mnist.high
    assert not list(tmp_path.iterdir())

    network = registry.open_files(heard.files, "mine-1")
    # The network that travels is the first, and the last that was seen of it.
    assert network.probabilities(DIGIT[None]).argmax() == np.argmax(epochs[2].probabilities)
    hits = (network.probabilities(known.test.images / np.float32(255)).argmax(1) == known.test.labels).sum()
    assert hits == heard.rows[0].mnist.hits == round(network.metrics["accuracy"] * 300)
    assert network.parameters == heard.rows[0].parameters == design.plan(DESIGN).parameters
    assert design.read(network.config["recipe"]["design"]) == DESIGN
    session = onnxruntime.InferenceSession(heard.files["model.onnx"], providers=["CPUExecutionProvider"])
    assert np.abs(session.run(None, {"picture": DIGIT[None, ..., None]})[0] - network.logits(DIGIT[None])).max() < 1e-4


def test_it_goes_on_where_a_lost_process_was(known: Sets, tmp_path: Path) -> None:
    """To the same network as without; of two runs one was through."""
    whole = [message["row"] for message in told(ORDER, tmp_path, lambda: known) if "row" in message]
    lost = told(ORDER, tmp_path, lambda: known)
    next(message for message in lost if message.get("epoch", {}).get("run") == 1 and message["epoch"]["epoch"] == 1)
    lost.close()  # a checkpoint stays, as of a killed one
    order = {**dataclasses.asdict(ORDER), "done": 1, "resumed": True}
    found = [*training.Training(order, Desk(), tmp_path, lambda: known).messages()]
    assert [(one["epoch"]["run"], one["epoch"]["epoch"]) for one in found if "epoch" in one] == [(1, 1), (1, 2)]
    rows = [one["row"] for one in found if "row" in one]
    same = ("seed", "mnist", "made", "perturbed")
    assert [[row[name] for name in same] for row in rows] == [[whole[1][name] for name in same]]


@pytest.mark.long
def test_a_killed_process_costs_no_training(idx_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_DIR", str(idx_folder))
    processes: list[Any] = []
    start = Worker._start
    monkeypatch.setattr(Worker, "_start", lambda self: (start(self), processes.append(self._process)))
    trainings = Trainings(worker.COMMAND)
    try:
        ticket = trainings.begin("mine-1", dataclasses.replace(ORDER, epochs=6, seeds=[0]), "visitor", DIGIT)
        while not (news := trainings.news(ticket)).epochs:
            assert news.state in ("waiting", "training")
            time.sleep(0.05)
        processes[0].kill()
        while (news := trainings.news(ticket)).state not in ("done", "ended"):
            time.sleep(0.05)
        assert (news.state, news.resumed, len(news.rows), len(processes)) == ("done", True, 1, 2)
        assert [one.epoch for one in news.epochs] == [*range(7)]
        assert trainings.files(ticket)["model.keras"]
    finally:
        trainings.close()


def test_it_stops_where_it_is_told_to(known: Sets, tmp_path: Path) -> None:
    desk, messages = Desk(), []
    for message in told(dataclasses.replace(ORDER, epochs=20), tmp_path, lambda: known, desk):
        messages.append(message)
        desk.take({"stop": True})
    assert messages[-1] == {"end": "training_stopped"}
    assert max(message["epoch"]["epoch"] for message in messages if "epoch" in message) == 1


def test_a_loss_that_is_no_number_ends_it(known: Sets, tmp_path: Path) -> None:
    order = dataclasses.replace(ORDER, design=[design.Dense(8), design.Dense(8)], optimiser="sgd", learning_rate=1e30)
    assert [*told(order, tmp_path, lambda: known)][-1] == {"end": "training_diverged"}


def test_where_there_is_no_mnist_it_says_so(tmp_path: Path) -> None:
    def nothing() -> Sets:
        raise DataError("MNIST is nowhere.")

    assert [*told(ORDER, tmp_path, nothing)] == [{"end": "mnist_missing"}]


@pytest.mark.parametrize(
    ("blocks", "shape"),
    [
        ([], (10, 28, 28)),
        ([design.Pooling(), design.Dense(40)], (32, 14, 14)),
        ([design.Normalisation(), design.Convolution(3, 2)], (3, 2, 2)),
    ],
)
def test_filters_are_the_first_layers_as_pictures(blocks: list[design.Block], shape: tuple[int, ...]) -> None:
    found = training.filters(design.build(blocks))
    assert found is not None
    assert found.shape == shape


def test_each_perturbed_digit_is_in_one_way(known: Sets) -> None:
    assert known.perturbed.images.shape == known.test.images.shape
    changed = (known.perturbed.images != known.test.images).any(axis=(1, 2))
    assert changed.mean() > 0.95


def test_the_process_trains_and_goes_with_its_server(idx_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_DIR", str(idx_folder))
    order = dataclasses.replace(ORDER, epochs=1, seeds=[0])
    process = Worker(worker.COMMAND, Rush())
    try:
        process.send({"train": dataclasses.asdict(order)})
        messages = []
        while not messages or "end" not in messages[-1]:
            messages.append(process.receive(120))
            assert messages[-1] is not None
        assert messages[-1] == {"end": None}
        assert "row" in messages[-2]
        pid = process._process.pid
        assert os.getpriority(os.PRIO_PROCESS, pid) == 19
        assert os.getpgid(pid) == pid
        folder = Path(process._folder.name)
        assert folder.is_dir()
        process._process.stdin.close()  # as when the server is gone
        assert process._process.wait(20) == 0
        assert not folder.exists()
    finally:
        process.end()
