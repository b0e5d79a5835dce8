"""The trainings that visitors ask for: their queue, the one process that trains, and what came of them.

Knows not how it is trained: the process is a command, which speaks lines of JSON (`train.lab.worker` is one). It is
started for the first training, stays warm for the next, and is ended when nobody wants one. What came of a training is
kept in memory for the visit alone.
"""

import base64
import collections
import contextlib
import dataclasses
import json
import logging
import math
import queue
import secrets
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
import pydantic

from cnn.models import registry
from cnn.network import design
from cnn.network.classifier import Classifier
from cnn.types import InputError, Tiles, Why

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 10  # seconds unasked after which a training ends: its page was closed
KEPT = 300  # seconds unasked after which what came of it goes
IDLE = 300  # seconds without a training after which the process ends
STOPPING = 10  # seconds that it has to stop in, before it is ended
SLOW = 3  # times its estimate, and a minute, after which it is stuck
LOOK = 0.5  # seconds between looks whether it is still wanted
# Where so many drawings are read within a second, some ten pads are drawn on at once: then it rests between short
# turns, of so many seconds. By its priority alone it would go last, and slow all others by what it does to the caches.
RUSH = 100
TURN, REST = 0.04, 0.96
MOST_WAITING = 12  # trainings at once, of all visitors
MOST_KEPT = 60  # that came to an end
MOST_BYTES = 200_000_000  # of the networks that are kept
MOST_OPEN = 24  # networks ready to read
MOST_SECONDS = 300  # that a training may take, by the estimate
# Of two cores that do nothing else: seconds to compile and to measure a network; and for a picture learnt, for each of
# its units and multiply-adds, and for a convolution with a stride, whose gradients XLA makes slowly. By eight designs.
READY, PICTURE, UNIT, MULTIPLY_ADD, STRIDED = 6.0, 1.6e-5, 6.5e-10, 1.3e-11, 1.5e-4
MEASURED = 4000  # as many pictures learnt take as long as those that a network is measured on
log = logging.getLogger(__name__)

Images = Literal[2000, 10000, 60000]
Epochs = Annotated[int, pydantic.Field(ge=1, le=20)]
Optimiser = Literal["adam", "sgd"]
Rate = Annotated[float, pydantic.Field(ge=1e-5, le=1, allow_inf_nan=False)]
SEEDS = 5  # at most
Seeds = Annotated[list[Annotated[int, pydantic.Field(ge=0, lt=2**32)]], pydantic.Field(min_length=1, max_length=SEEDS)]
Ending = Literal["training_stopped", "training_diverged", "training_broken", "mnist_missing"]
SETS = ("mnist", "made", "perturbed", "further")  # what a network is measured on
State = Literal["waiting", "training", "measuring", "done", "ended"]


@dataclasses.dataclass(frozen=True)
class Order:
    """What is to be trained, and how; once with each of the `seeds`.

    On so many of MNIST's training `images`, `epochs` times, by Adam, or by stochastic gradient descent with a momentum
    of 0.9; the `learning_rate` is its peak. `augmentation`: each picture is moved, turned and stretched a little.
    """

    design: list[design.Block]
    images: Images = 10_000
    epochs: Epochs = 3
    optimiser: Optimiser = "adam"
    learning_rate: Rate = 4e-3
    augmentation: bool = False
    seeds: Seeds = dataclasses.field(default_factory=lambda: [0])

    @property
    def multiply_adds(self) -> int:
        """For one picture."""
        return design.plan(self.design).multiply_adds

    def message(self) -> dict[str, Any]:
        """What the process is told."""
        return dataclasses.asdict(self)

    @property
    def seconds(self) -> float:
        """About how long it takes on two cores that do nothing else."""
        layers = design.plan(self.design).layers
        units = sum(math.prod(layer.shape) for layer in layers)
        strided = sum(getattr(block, "stride", 1) > 1 for block in self.design)
        each = PICTURE + UNIT * units + MULTIPLY_ADD * self.multiply_adds + STRIDED * strided
        return len(self.seeds) * (READY + each * (self.epochs * self.images + MEASURED))


@dataclasses.dataclass(frozen=True)
class Lesson:
    """A visitor's digits that a network is to be taught: its `files` by name, `images` (N, 28, 28) uint8, `labels`.

    `remind`: of MNIST's digits too.
    """

    files: dict[str, bytes]
    images: np.ndarray
    labels: list[int]
    remind: bool
    seeds: tuple[int, ...] = (0,)
    seconds: float = 3 * READY

    def message(self) -> dict[str, Any]:
        """What the process is told."""
        files = {name: in_base64(data) for name, data in self.files.items()}
        return {
            "files": files,
            "images": in_base64(self.images.tobytes()),
            "labels": self.labels,
            "remind": self.remind,
        }


class Point(NamedTuple):
    """The running epoch so far: mean loss in nats and accuracy on what is learnt from, after `step` of `steps`."""

    run: int
    step: int
    steps: int
    loss: float
    accuracy: float


class Epoch(NamedTuple):
    """An epoch's end; number 0 is before the first step, and has no figures.

    `probabilities` are those of the visitor's digit, `filters` (filters, h, w) the first layer's.
    """

    run: int
    epoch: int
    step: int
    loss: float | None
    accuracy: float | None
    validation_loss: float | None
    validation_accuracy: float | None
    filters: Tiles | None
    probabilities: list[float]


class Share(NamedTuple):
    """How many of so many pictures were read right, and Wilson's 95 % interval of the share."""

    hits: int
    pictures: int
    low: float
    high: float


class Result(NamedTuple):
    """What came of one seed: right answers to MNIST's test set, to digits by our own pen, and to perturbed ones.

    And to QMNIST's `further` test digits, where the server has them. `milliseconds` for one picture, `seconds` of
    training.
    """

    seed: int
    mnist: Share
    made: Share
    perturbed: Share
    further: Share | None
    parameters: int
    milliseconds: float
    seconds: float


class Change(NamedTuple):
    """How many were read right, before and after."""

    before: Share
    after: Share


class Taught(NamedTuple):
    """What came of a lesson: on the visitor's `own` digits that were held out, MNIST's test set, and our own pen's.

    `learnt`: how many of the visitor's digits it was taught.
    """

    own: Change
    mnist: Change
    made: Change
    learnt: int


class News(NamedTuple):
    """How a training stands, with what happened since it was last asked for; `seen` is what to ask for next.

    `name` is what its network is called; `place` in the queue, 0 for the one that runs; `seconds` left, by the estimate
    or, once it runs, by its steps. `resumed`: the process that trained was lost, and another goes on.
    """

    name: str
    state: State
    place: int
    seconds: float
    seen: int
    points: list[Point]
    epochs: list[Epoch]
    rows: list[Result]
    taught: Taught | None
    resumed: bool
    why: Why | None


class Rush:
    """Whether more is read than would stay quick beside a training: RUSH drawings within the last second."""

    def __init__(self) -> None:
        self._read: collections.deque[float] = collections.deque(maxlen=RUSH)

    def note(self) -> None:
        """A drawing was read."""
        self._read.append(time.monotonic())

    def __bool__(self) -> bool:
        return len(self._read) == RUSH and time.monotonic() - self._read[0] < 1


class Worker:
    """The process that trains, and a folder for it that goes with it; while there is a `rush` it mostly rests."""

    def __init__(self, command: Sequence[str], rush: Rush):
        self.rested = 0.0  # seconds
        self._rush = rush
        self._folder = tempfile.TemporaryDirectory(prefix="digits-", ignore_cleanup_errors=True)
        self._command = [*command, self._folder.name]
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # Ctrl-C is for the server, which ends it; in a session of its own it would not be nice
        )
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if hasattr(signal, "SIGSTOP"):  # Windows has none
            threading.Thread(target=self._give_way, args=[self._process], daemon=True).start()

    def send(self, message: dict[str, Any]) -> None:
        """Tell it something. One that is gone is found out by `receive`."""
        assert self._process.stdin
        with contextlib.suppress(OSError):
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()

    def receive(self, seconds: float) -> dict[str, Any] | None:
        """The next thing that it tells, None where it told nothing so long. EOFError where it is gone."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            return None
        if not line:
            raise EOFError
        return json.loads(line)

    def end(self) -> None:
        """End it, whatever it does."""
        self._stop()
        self._folder.cleanup()

    def again(self) -> None:
        """Start another process in place of one that was lost: with its folder, and what lies there."""
        self._stop()
        self._start()

    def _stop(self) -> None:
        self._process.kill()
        self._reader.join()
        with contextlib.suppress(OSError), self._process:  # which closes what leads to it
            pass

    def _give_way(self, process: subprocess.Popen) -> None:
        while process.poll() is None:
            if self._rush:
                process.send_signal(signal.SIGSTOP)
                time.sleep(REST)
                self.rested += REST
                process.send_signal(signal.SIGCONT)
            time.sleep(TURN)

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(b"")


class Training:
    """One order on its way; `files` are those of its first network, by name."""

    def __init__(self, name: str, order: Order | Lesson, visitor: str, digit: np.ndarray):
        self.name, self.order, self.visitor, self.digit = name, order, visitor, digit
        self.state: State = "waiting"
        self.why: Why | None = None
        self.events: list[Point | Epoch] = []
        self.rows: list[Result] = []
        self.taught: Taught | None = None
        self.files: dict[str, bytes] = {}
        self.resumed = False
        self.wanted = True
        self.asked = time.monotonic()
        self.begun = 0.0

    @property
    def going(self) -> bool:
        """Whether it is not at its end."""
        return self.state not in ("done", "ended")

    @property
    def left(self) -> float:
        """Seconds, about."""
        point = next((event for event in reversed(self.events) if isinstance(event, Point)), None)
        if self.state == "waiting" or point is None:
            return self.order.seconds
        runs = len(self.order.seeds)
        done = (point.run + point.step / point.steps) / runs
        return (time.monotonic() - self.begun) * (1 - done) / done + READY / 2

    def hear(self, message: dict[str, Any]) -> bool:
        """Take what the process tells; whether that was the last of it."""
        if self.state == "waiting":
            self.state = "training"
        if "point" in message:
            self.begun = self.begun or time.monotonic()
            self.state = "training"
            self._happened(Point(**message["point"]))
        if "epoch" in message:
            self._happened(Epoch(**{**message["epoch"], "filters": _array(message["epoch"]["filters"])}))
        if "measuring" in message:
            self.state = "measuring"
        if "row" in message:
            row = message["row"]
            shares = {name: Share(**row[name]) for name in SETS if row.get(name)}
            self.rows.append(Result(**{"further": None, **row, **shares}))
        if "taught" in message:
            taught = message["taught"]
            own, mnist, made = (
                Change(**{when: Share(**share) for when, share in taught[name].items()})
                for name in ("own", "mnist", "made")
            )
            self.taught = Taught(own, mnist, made, taught["learnt"])
        self.files |= {name: base64.b64decode(data) for name, data in message.get("files", {}).items()}
        if "end" in message:
            self.finish(message["end"])
        return "end" in message

    def _happened(self, event: Point | Epoch) -> None:
        """Unless it is known: a process that goes on for another one tells some of it again."""
        before = next((one for one in reversed(self.events) if type(one) is type(event)), None)
        if before is None or event[:2] > before[:2]:  # the run, and the step or the epoch
            self.events.append(event)

    def message(self) -> dict[str, Any]:
        """What the process is told: the order, and how many runs came to their end and whether another one was lost."""
        return {**self.order.message(), "done": len(self.rows), "resumed": self.resumed and bool(self.events)}

    def finish(self, why: Ending | None) -> None:
        """It is through, or why it is not: what came of it is then nothing."""
        self.state, self.why = ("ended", Why(why, {})) if why else ("done", None)
        if why:
            self.files, self.rows, self.taught = {}, [], None


class Trainings:
    """`command` starts the process that trains; None where nothing is trained.

    Every visitor has one training at a time. It goes by a ticket that nobody can guess.
    """

    def __init__(self, command: Sequence[str] | None = None):
        self._command = command
        self.rush = Rush()
        self._known: collections.OrderedDict[str, Training] = collections.OrderedDict()  # by ticket
        self._open: collections.OrderedDict[str, Classifier] = collections.OrderedDict()
        self._running: Training | None = None
        self._change = threading.Condition()
        self._opening = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self, name: str, order: Order | Lesson, visitor: str, digit: np.ndarray) -> str:
        """The ticket of a training that waits for its turn; the network will be called `name`.

        InputError: nothing is trained here, the design is impossible, it would take too long, this visitor has one
        already, or too many wait.
        """
        if self._command is None:
            raise InputError("training_off")
        if isinstance(order, Order) and (refused := design.plan(order.design).refused):
            raise InputError(refused.key, **refused.values)
        if order.seconds > MOST_SECONDS:
            raise InputError("training_long", seconds=round(order.seconds), most=MOST_SECONDS)
        with self._change:
            self._forget()
            going = [one for one in self._known.values() if one.going]
            if any(one.visitor == visitor for one in going):
                raise InputError("training_running")
            if len(going) >= MOST_WAITING:
                raise InputError("training_full", count=len(going))
            ticket = secrets.token_urlsafe(16)
            self._known[ticket] = Training(name, order, visitor, digit)
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, daemon=True)
                self._thread.start()
            self._change.notify_all()
            return ticket

    def news(self, ticket: str, since: int = 0, digit: np.ndarray | None = None) -> News:
        """How it stands, and what happened since; `digit` is what is to be read from now on.

        InputError "training_gone" where it was let go.
        """
        with self._change:
            self._forget()
            found = self._found(ticket)
            if digit is not None and not np.array_equal(digit, found.digit):
                found.digit = digit
            ahead = [one for one in self._known.values() if one.going]
            place = ahead.index(found) if found.going else 0
            seconds = sum(one.left for one in ahead[: place + 1]) if found.going else 0.0
            events = found.events[max(0, since) :]
            return News(
                name=found.name,
                state=found.state,
                place=place,
                seconds=seconds,
                seen=len(found.events),
                points=[event for event in events if isinstance(event, Point)],
                epochs=[event for event in events if isinstance(event, Epoch)],
                rows=list(found.rows),
                taught=found.taught,
                resumed=found.resumed,
                why=found.why,
            )

    def stop(self, ticket: str) -> None:
        """End a training: nothing comes of it; one that is through is let go. InputError "training_gone" as `news`."""
        with self._change:
            found = self._found(ticket)
            found.wanted = False
            if not found.going:
                del self._known[ticket]
            elif found is not self._running:
                found.finish("training_stopped")
            self._change.notify_all()

    def files(self, ticket: str) -> dict[str, bytes]:
        """Those of its first network's folder, and its `model.onnx`, if it has one. InputError where there are none."""
        with self._change:
            found = self._found(ticket)
            if not found.files:
                raise InputError("training_gone")
            return dict(found.files)

    def order(self, ticket: str) -> Order | Lesson:
        """What was ordered. InputError "training_gone" as `news`."""
        with self._change:
            return self._found(ticket).order

    def beside(self, models: registry.Models, own: Mapping[str, str]) -> registry.Models:
        """A visitor's models: those that all have, and their own that are still kept, ready to read.

        `own` are tickets by the networks' names.
        """
        networks = [network for ticket in own.values() if (network := self._network(ticket))]
        return models.beside(networks) if networks else models

    def answering(self, models: registry.Models, ticket: str) -> registry.Models:
        """The models, of which the visitor's own by that ticket answers; as they are where it was let go."""
        network = self._network(ticket)
        return models.answering(network) if network else models

    def close(self) -> None:
        """Let all go, and end the process."""
        with self._change:
            self._command = None
            self._known.clear()
            self._change.notify_all()
            thread = self._thread
        if thread:
            thread.join()

    # ------------------------------------------------------------------------------------------------- what is kept

    def _found(self, ticket: str) -> Training:
        found = self._known.get(ticket)
        if found is None:
            raise InputError("training_gone")
        found.asked = time.monotonic()
        return found

    def _network(self, ticket: str) -> Classifier | None:
        with self._opening:  # one at a time: it takes a core
            with self._change:
                self._forget()
                found = self._known.get(ticket)
                if found is None or not found.files:
                    return None
                found.asked = time.monotonic()
                opened = self._open.pop(ticket, None)
            opened = opened or registry.open_files(found.files, found.name)
            with self._change:
                self._open[ticket] = opened  # the latest at the end
                while len(self._open) > MOST_OPEN:
                    self._open.popitem(last=False)
            return opened

    def _forget(self) -> None:
        """Let go of what nobody asks for any more, and of the oldest where there is too much."""
        now = time.monotonic()
        for ticket, one in list(self._known.items()):
            if one.going and one is not self._running and now - one.asked > PATIENCE:
                one.finish("training_stopped")
            if not one.going and now - one.asked > KEPT:
                del self._known[ticket]
        ended = [(ticket, one) for ticket, one in self._known.items() if not one.going]
        ended.sort(key=lambda item: item[1].asked)
        size = sum(len(data) for _, one in ended for data in one.files.values())
        while ended and (len(ended) > MOST_KEPT or size > MOST_BYTES):
            ticket, one = ended.pop(0)
            size -= sum(map(len, one.files.values()))
            del self._known[ticket]
        for ticket in self._open.keys() - self._known.keys():
            del self._open[ticket]

    # ------------------------------------------------------------------------------------------------- the process

    def _serve(self) -> None:
        """Train what is asked for, one after the other; the thread ends with the process, when nothing is."""
        worker: Worker | None = None
        while training := self._next():
            try:
                worker = worker or Worker(self._command or (), self.rush)
                alive = self._see_through(worker, training)
            except Exception as error:  # whatever it is, the next one is trained
                log.error("The process that trains is gone.", exc_info=error)
                self._finish(training, "training_broken")
                alive = False
            if worker and not alive:
                worker.end()
                worker = None
        if worker:
            worker.end()

    def _next(self) -> Training | None:
        """The next in the queue; None after a while without."""
        until = time.monotonic() + IDLE
        with self._change:
            self._running = None
            while True:
                self._forget()
                self._running = next((one for one in self._known.values() if one.going), None)
                if self._command is None or (self._running is None and time.monotonic() > until):
                    self._running = self._thread = None
                if self._running or self._thread is None:
                    return self._running
                self._change.wait(max(0.01, until - time.monotonic()))

    def _see_through(self, worker: Worker, training: Training) -> bool:
        """`_train`, and once more where the process is lost on the way: a machine short of memory ends it first."""
        try:
            return self._train(worker, training)
        except EOFError:
            log.warning("The process that trains was lost; another one goes on.")
            with self._change:
                training.resumed = True
            worker.again()
            return self._train(worker, training)

    def _train(self, worker: Worker, training: Training) -> bool:
        """See one training to its end; whether the process is fit for another. EOFError where it is gone."""
        digit, stopped = training.digit, None
        until = time.monotonic() - worker.rested + SLOW * (60 + training.order.seconds)
        worker.send({"train": training.message(), **_sent(digit)})
        while True:
            message = worker.receive(LOOK)
            now = time.monotonic()
            with self._change:
                if message and training.hear(message):
                    return True
                wanted = training.wanted and now - training.asked < PATIENCE
            if now - worker.rested > until or self._command is None:
                self._finish(training, "training_broken")
                return False
            if stopped and now - stopped > STOPPING:
                self._finish(training, "training_stopped")
                return False
            if not wanted and not stopped:
                stopped = now
                worker.send({"stop": True})
            if training.digit is not digit:
                digit = training.digit
                worker.send(_sent(digit))

    def _finish(self, training: Training, why: Ending) -> None:
        with self._change:
            training.finish(why)


def _sent(digit: np.ndarray) -> dict[str, str]:
    return {"digit": in_base64(digit.astype("<f4").tobytes())}


def in_base64(data: bytes) -> str:
    """Bytes as they stand in a message."""
    return base64.b64encode(data).decode("ascii")


def _array(sent: dict[str, Any] | None) -> np.ndarray | None:
    return np.frombuffer(base64.b64decode(sent["data"]), "<f4").reshape(sent["shape"]) if sent else None
