"""The queue of trainings, with a process that only pretends: places, limits, stopping, closed pages, lost processes."""

import base64
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn.lab import trainings as room
from cnn.lab.trainings import News, Order, Trainings
from cnn.models.registry import Models
from cnn.network import design
from cnn.network.classifier import Classifier
from cnn.types import InputError
from tests import fake_training

ORDER = Order(design.COURSE, 2000, 2, "adam", 1e-3, False, [7])
DIGIT = np.zeros((28, 28), np.float32)


@pytest.fixture
def made(tiny_folder: Path, tmp_path: Path) -> Iterator[Callable[..., Trainings]]:
    """Trainings by a process that only pretends; with `files`, its networks are the tiny one."""
    all_made = []

    def make(files: bool = False) -> Trainings:
        all_made.append(Trainings(fake_training.command(tmp_path, tiny_folder if files else None)))
        return all_made[-1]

    yield make
    for one in all_made:
        one.close()


def begin(trainings: Trainings, visitor: str = "one", **changes: Any) -> str:
    return trainings.begin("mine-1", Order(**{**vars(ORDER), **changes}), visitor, DIGIT)


def until(trainings: Trainings, ticket: str, holds: Callable[[News], bool], seconds: float = 20) -> News:
    """The first news of which something holds."""
    deadline = time.monotonic() + seconds
    while not holds(news := trainings.news(ticket)):
        assert time.monotonic() < deadline, news
        time.sleep(0.01)
    return news


def ended(news: News) -> bool:
    return news.state in ("done", "ended")


def test_what_happened_is_told_once_and_what_came_of_it_at_the_end(made: Callable[..., Trainings]) -> None:
    trainings = made()
    ticket = begin(trainings)
    news = until(trainings, ticket, ended)
    assert (news.name, news.state, news.place, news.seconds, news.why) == ("mine-1", "done", 0, 0, None)
    assert [point.step for point in news.points] == [1]
    assert [one.epoch for one in news.epochs] == [0, 2]
    assert news.epochs[0].probabilities == [0.1] * 10
    assert [row.seed for row in news.rows] == [7]
    again = trainings.news(ticket, news.seen)
    assert (again.points, again.epochs, again.rows) == ([], [], news.rows)


def test_one_after_the_other_and_each_knows_its_place(made: Callable[..., Trainings]) -> None:
    trainings = made()
    first = begin(trainings, seeds=[fake_training.GOES_ON])
    others = [begin(trainings, f"visitor {at}") for at in range(3)]
    until(trainings, first, lambda news: news.state == "training")
    waiting = [trainings.news(ticket) for ticket in others]
    assert [news.place for news in waiting] == [1, 2, 3]
    assert {news.state for news in waiting} == {"waiting"}
    assert waiting[0].seconds < waiting[1].seconds < waiting[2].seconds
    trainings.stop(others[0])
    assert trainings.news(others[0]).why.key == "training_stopped"
    assert [trainings.news(ticket).place for ticket in others[1:]] == [1, 2]
    trainings.stop(first)
    assert until(trainings, first, ended).why.key == "training_stopped"
    assert [until(trainings, ticket, ended).state for ticket in others[1:]] == ["done", "done"]


def test_a_page_that_asks_no_more_ends_its_training(
    made: Callable[..., Trainings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PATIENCE", 1.5)
    monkeypatch.setattr(room, "LOOK", 0.05)
    trainings = made()
    first = begin(trainings, seeds=[fake_training.GOES_ON])
    left = begin(trainings, "left while it waited")
    stays = begin(trainings, "stays")
    until(trainings, stays, lambda news: trainings.news(first) and news.place == 1)  # both ask, and `left` has gone
    assert until(trainings, stays, ended).state == "done"  # after the first, which nobody asks after any more
    assert trainings.news(left).state == "ended"


@pytest.mark.parametrize("seed", [fake_training.DIES, fake_training.STUCK])
def test_a_process_that_is_lost_or_stuck_is_one_sentence_and_the_next_training_works(
    made: Callable[..., Trainings], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(room, "STOPPING", 0.2)
    monkeypatch.setattr(room, "LOOK", 0.05)
    trainings = made()
    ticket = begin(trainings, seeds=[seed])
    until(trainings, ticket, lambda news: news.state != "waiting")
    if seed == fake_training.STUCK:
        trainings.stop(ticket)
    news = until(trainings, ticket, ended)
    assert news.why.key == ("training_broken" if seed == fake_training.DIES else "training_stopped")
    assert news.rows == []
    assert until(trainings, begin(trainings), ended).state == "done"


def test_a_process_that_is_lost_once_is_another_one_that_goes_on(made: Callable[..., Trainings]) -> None:
    trainings = made(files=True)
    ticket = begin(trainings, seeds=[fake_training.DIES_ONCE, 7])
    news = until(trainings, ticket, ended)
    assert (news.state, news.resumed, news.why) == ("done", True, None)
    assert [point.step for point in news.points] == [1]  # what is told again is known
    assert [(one.run, one.epoch) for one in news.epochs] == [(0, 0), (0, 2), (1, 2)]
    assert trainings.files(ticket)
    ticket = begin(trainings)
    assert not until(trainings, ticket, ended).resumed


def test_one_that_takes_far_too_long_is_ended(made: Callable[..., Trainings], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "SLOW", 0.01)
    monkeypatch.setattr(room, "LOOK", 0.05)
    trainings = made()
    assert until(trainings, begin(trainings, seeds=[fake_training.STUCK]), ended).why.key == "training_broken"


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"design": [design.Dense(), design.Pooling()]}, "design_flat"),
        ({"images": 60000, "epochs": 20, "seeds": [1, 2, 3]}, "training_long"),
    ],
)
def test_limits_are_told_beforehand(made: Callable[..., Trainings], changes: dict[str, Any], key: str) -> None:
    with pytest.raises(InputError) as refused:
        begin(made(), **changes)
    assert refused.value.key == key


def test_a_visitor_has_one_and_only_so_many_wait(made: Callable[..., Trainings]) -> None:
    trainings = made()
    tickets = [begin(trainings, f"visitor {at}", seeds=[fake_training.GOES_ON]) for at in range(room.MOST_WAITING)]
    for visitor, key in (("visitor 0", "training_running"), ("another", "training_full")):
        with pytest.raises(InputError) as refused:
            begin(trainings, visitor)
        assert refused.value.key == key
    assert len({*tickets}) == len(tickets)
    assert all(len(ticket) >= 20 for ticket in tickets)


def test_nothing_is_kept_after_the_visit(made: Callable[..., Trainings], monkeypatch: pytest.MonkeyPatch) -> None:
    trainings = made(files=True)
    ticket = begin(trainings)
    until(trainings, ticket, ended)
    assert trainings.files(ticket).keys() == {"model.keras", "config.json", "metrics.json", "model.onnx"}
    monkeypatch.setattr(room, "KEPT", 0)
    for asked in (trainings.news, trainings.files, trainings.stop):
        with pytest.raises(InputError) as refused:
            asked(ticket)
        assert refused.value.key == "training_gone"


def test_what_came_of_one_can_be_let_go(made: Callable[..., Trainings]) -> None:
    trainings = made(files=True)
    ticket = begin(trainings)
    until(trainings, ticket, ended)
    trainings.stop(ticket)
    with pytest.raises(InputError):
        trainings.files(ticket)


def test_only_so_many_are_kept_the_latest_asked_for(
    made: Callable[..., Trainings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST_KEPT", 2)
    trainings = made()
    tickets = []
    for _ in range(3):
        tickets.append(begin(trainings))
        until(trainings, tickets[-1], ended)
    with pytest.raises(InputError):
        trainings.news(tickets[0])
    assert [trainings.news(ticket).state for ticket in tickets[1:]] == ["done", "done"]


def test_a_trained_network_stands_beside_the_others_for_its_visitor_alone(
    made: Callable[..., Trainings], models: Models, classifier: Classifier
) -> None:
    trainings = made(files=True)
    ticket = begin(trainings)
    until(trainings, ticket, ended)
    mine = trainings.beside(models, {"mine-1": ticket})
    assert [*mine] == [*models, "mine-1"]
    assert mine["mine-1"].name == "mine-1"
    assert mine["mine-1"] is trainings.beside(models, {"mine-1": ticket})["mine-1"]
    images = np.random.default_rng(0).random((3, 28, 28), np.float32)
    np.testing.assert_allclose(mine["mine-1"].logits(images), classifier.logits(images), rtol=1e-5, atol=1e-5)
    assert mine["default"] is models["default"]
    assert trainings.answering(models, ticket)["default"] is mine["mine-1"]
    assert trainings.answering(models, "guessed") is models
    for others in (models, trainings.beside(models, {}), trainings.beside(models, {"mine-1": "guessed"})):
        with pytest.raises(InputError, match=r"network “mine-1” is no longer here"):
            others["mine-1"]


def test_a_digit_that_is_drawn_meanwhile_is_the_one_that_is_read(
    made: Callable[..., Trainings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LOOK", 0.02)
    sent: list[dict[str, Any]] = []
    send = room.Worker.send
    monkeypatch.setattr(room.Worker, "send", lambda self, message: (sent.append(message), send(self, message)))
    trainings = made()
    ticket = begin(trainings, seeds=[fake_training.GOES_ON])
    until(trainings, ticket, lambda news: news.state == "training")
    drawn = np.full((28, 28), 0.5, np.float32)
    trainings.news(ticket, 0, drawn)
    until(trainings, ticket, lambda _: len(sent) > 1)
    assert np.frombuffer(base64.b64decode(sent[1]["digit"]), "<f4").tolist() == [0.5] * 784
    trainings.news(ticket, 0, drawn.copy())  # the same again
    time.sleep(0.1)
    assert len(sent) == 2


def test_where_nothing_is_trained_it_is_said() -> None:
    before = threading.active_count()
    with pytest.raises(InputError) as refused:
        begin(Trainings())
    assert refused.value.key == "training_off"
    assert threading.active_count() == before


def test_an_idle_process_is_ended_and_another_begins(
    made: Callable[..., Trainings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "IDLE", 0)
    trainings = made()
    for _ in range(2):
        ticket = begin(trainings)
        assert until(trainings, ticket, ended).state == "done"
        deadline = time.monotonic() + 10
        while trainings._thread:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_many_drawings_within_a_second_are_a_rush(monkeypatch: pytest.MonkeyPatch) -> None:
    rush = room.Rush()
    now = [100.0]
    monkeypatch.setattr(room.time, "monotonic", lambda: now[0])
    for _ in range(room.RUSH - 1):
        rush.note()
    assert not rush
    rush.note()
    assert rush
    now[0] += 1.5
    assert not rush


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system cannot halt a process")
def test_while_many_draw_the_process_rests(made: Callable[..., Trainings], monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr(room.subprocess.Popen, "send_signal", lambda _, number: sent.append(number))
    monkeypatch.setattr(room, "REST", 0.01)
    trainings = made()
    ticket = begin(trainings, seeds=[fake_training.GOES_ON])
    until(trainings, ticket, lambda news: news.state == "training")
    assert not sent
    for _ in range(room.RUSH):
        trainings.rush.note()
    until(trainings, ticket, lambda _: len(sent) > 3)
    assert sent[:4] == [signal.SIGSTOP, signal.SIGCONT] * 2
