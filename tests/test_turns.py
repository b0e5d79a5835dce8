"""Calls take turns between clients; what waits too long in too large a crowd is refused in a sentence."""

import asyncio
from collections.abc import Callable
from typing import Any

import gradio as gr
import pytest

from cnn.text import say
from cnn.types import InputError
from cnn.ui import turns
from cnn.ui.turns import FairBlocks, Turns
from tests.conftest import run_async

BUSY = say("error.busy")


class Crowd:
    """Calls of one kind, one at a time, and in which order they were served."""

    def __init__(self) -> None:
        self.turns, self.served, self.go = Turns({"one": 1, "other": 1}), [], asyncio.Event()
        self.tasks: list[asyncio.Task] = []

    async def call(self, name: str, kind: str = "one", heard: Callable[[], bool] = lambda: True) -> None:
        async with self.turns.turn(kind, name[0], heard):
            self.served.append(name)
            await self.go.wait()

    async def come(self, *names: str, **options: Any) -> None:
        """Calls that come in this order; a name's first letter is the client."""
        for name in names:
            self.tasks.append(asyncio.create_task(self.call(name, **options)))
            await asyncio.sleep(0)

    async def all(self) -> list[Any]:
        """Let each be served; the errors, None for none."""
        self.go.set()
        return await asyncio.gather(*self.tasks, return_exceptions=True)


def test_clients_take_turns() -> None:
    async def crowd() -> list[str]:
        some = Crowd()
        await some.come("a1", "a2", "a3", "a4", "b1", "c1", "b2")
        await some.all()
        return some.served

    assert run_async(crowd()) == ["a1", "a2", "b1", "c1", "a3", "b2", "a4"]


def test_kinds_do_not_wait_for_each_other() -> None:
    async def crowd() -> list[str]:
        some = Crowd()
        await some.come("a1", "a2")
        await some.come("b1", kind="other")
        served = list(some.served)
        await some.all()
        return served

    assert run_async(crowd()) == ["a1", "b1"]


def test_who_does_not_listen_comes_last_and_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MAX_WAITING", 3)

    async def crowd() -> tuple[list[str], list[Any]]:
        some = Crowd()
        await some.come("a1")
        await some.come("b1", "c1", "d1", heard=lambda: False)
        await some.come("e1")
        return some.served, await some.all()

    served, errors = run_async(crowd())
    assert served == ["a1", "e1", "c1", "d1"]
    assert [str(error) for error in errors if error] == [BUSY]


def test_too_many_calls_are_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MAX_WAITING", 3)
    monkeypatch.setattr(turns, "MAX_EACH", 2)

    async def crowd() -> None:
        some = Crowd()
        await some.come("a1", "a2", "a3")
        with pytest.raises(InputError, match=BUSY):  # one client's
            await some.call("a4")
        await some.come("b1")
        with pytest.raises(InputError, match=BUSY):  # everybody's
            await some.call("c1")
        assert not any(await some.all())

    run_async(crowd())


def test_who_goes_gives_the_turn_on() -> None:
    async def crowd() -> list[str]:
        some = Crowd()
        await some.come("a1", "b1", "c1", "d1")
        some.tasks[1].cancel()  # while it waits
        await asyncio.sleep(0)
        some.tasks[0].cancel()  # while it is served: c1's turn comes
        await asyncio.sleep(0)
        some.tasks[2].cancel()  # in that moment
        await some.all()
        await some.come("e1")
        await some.all()
        return some.served

    assert run_async(crowd()) == ["a1", "d1", "e1"]


def test_events_have_the_kinds_that_there_are(demo: gr.Blocks) -> None:
    """What a pad sends is live, what a script asks is not, and Gradio's queue holds nothing back."""
    kinds = {event.api_name: turns._whose(event)[0] for event in demo.fns.values() if event.api_visibility == "public"}
    assert set(kinds.values()) == {"queued", "heavy"}
    assert kinds["predict_batch"] == "heavy"
    pads = [
        event for event in demo.fns.values() for block, name in event.targets if name == "input" and not event.queue
    ]
    assert {"live", "view"} == {turns._whose(event)[0] for event in pads}
    assert all(event.concurrency_limit in (None, "default") for event in demo.fns.values())


def test_blocks_serve_as_many_at_once_as_their_kind_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "AT_ONCE", {"live": 2, "queued": 1})
    running, most = 0, {"queued": 0, "live": 0}

    def counted(kind: str) -> Callable[[], Any]:
        async def handler() -> None:
            nonlocal running
            running += 1
            most[kind] = max(most[kind], running)
            await asyncio.sleep(0)
            running -= 1

        return handler

    with FairBlocks(analytics_enabled=False) as demo:
        gr.Button().click(counted("queued"))
        gr.Button().click(counted("live"), queue=False)

    async def crowd(place: int) -> None:
        await asyncio.gather(*(demo.process_api(demo.fns[place], [], session_hash=str(one)) for one in range(5)))

    for place in (0, 1):
        run_async(crowd(place))
    assert most == {"queued": 1, "live": 2}
