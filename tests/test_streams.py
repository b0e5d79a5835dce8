"""A script's stream stays for its next call; whoever else reads one has it as Gradio sends it."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.types import Message, Receive, Send

from cnn.ui import streams
from cnn.ui.streams import ANSWER, LAST, Streams
from tests.conftest import run_async

CLIENT = "gradio_client/2.7.2; hf_hub/2.4.0"
CLOSED = [LAST, b""]  # the end of a stream


class Gradio:
    """Gradio's queue, as far as streams know of it; the answers of a session are served when `go` is set."""

    def __init__(self, agent: str = CLIENT):
        self.pending: dict[str, set[str]] = {"one": set()}
        self.go = asyncio.Event()
        self.go.set()
        self.joined = asyncio.Event()
        self.layer = Streams()
        self.begun: list[list[bytes]] = []  # what each stream was sent
        self.gone: list[asyncio.Event] = []
        blocks = SimpleNamespace(_queue=SimpleNamespace(pending_event_ids_session=self.pending))
        self.scope = {
            "app": SimpleNamespace(get_blocks=lambda: blocks),
            "headers": [(b"user-agent", agent.encode())],
        }

    async def stream(self, scope: Any, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while self.pending["one"]:
            await self.go.wait()
            answer = self.pending["one"].pop()
            await send({"type": "http.response.body", "body": ANSWER + answer.encode(), "more_body": True})
        await send({"type": "http.response.body", "body": LAST, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def call(self, name: str, status: int = 200) -> list[Message]:
        async def ask() -> list[Message]:
            if status == 200:
                self.pending["one"].add(name)
            self.joined.set()
            return [{"type": "http.response.start", "status": status}]

        return await self.layer.join(self.scope, b'{"session_hash": "one"}', ask)

    def read(self) -> asyncio.Task[None]:
        """A client that reads until the last message, then leaves."""
        sent, gone = [], asyncio.Event()
        self.begun.append(sent)
        self.gone.append(gone)

        async def send(message: Message) -> None:
            if message["type"] == "http.response.body":
                sent.append(message["body"])

        async def receive() -> Message:
            await gone.wait()
            return {"type": "http.disconnect"}

        return asyncio.create_task(self.layer.serve(self.stream, self.scope, receive, send, "one"))

    async def once(self, name: str) -> None:
        """A call whose stream ends after it, and the client leaves."""
        await self.call(name)
        reading = self.read()
        await until(lambda: LAST in self.begun[-1])
        self.gone[-1].set()
        await reading


async def until(so: Any) -> None:
    async with asyncio.timeout(20):
        while not so():
            await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine of any speed, the next call comes in time."""
    monkeypatch.setattr(streams, "PAUSES", 10_000)
    monkeypatch.setattr(streams, "MOST", 60)
    monkeypatch.setattr(streams, "LEAVES", 60)
    monkeypatch.setattr(streams, "LOOKS", 60)


def test_the_first_calls_stream_ends_after_it() -> None:
    async def script() -> list[list[bytes]]:
        gradio = Gradio()
        await gradio.once("a")
        return gradio.begun

    assert run_async(script()) == [[ANSWER + b"a", *CLOSED]]


def test_later_calls_come_through_one_stream_which_ends_when_none_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    async def script() -> list[list[bytes]]:
        gradio = Gradio()
        await gradio.once("a")
        await gradio.call("b")
        reading = gradio.read()
        await until(lambda: gradio.begun[-1])
        await gradio.call("c")
        monkeypatch.setattr(streams, "PAUSES", 0)
        await gradio.call("d")
        gradio.gone[-1].set()
        await reading
        return gradio.begun

    assert run_async(script()) == [[ANSWER + b"a", *CLOSED], [ANSWER + b"b", ANSWER + b"c", ANSWER + b"d", *CLOSED]]


@pytest.mark.parametrize("agent", ["Mozilla/5.0", "gradio_client/2.6.1; hf_hub/2.4.0", "gradio_client", ""])
def test_other_clients_have_a_stream_for_each_call(agent: str) -> None:
    """Who reads to a stream's end would wait for it, and an older client does not bear an early answer."""

    async def script() -> list[list[bytes]]:
        gradio = Gradio(agent)
        for name in "abc":
            await gradio.call(name)
            await gradio.read()
        return gradio.begun

    assert run_async(script()) == [[ANSWER + name, *CLOSED] for name in (b"a", b"b", b"c")]


def test_a_call_has_joined_when_its_answer_was_sent() -> None:
    async def script() -> list[bytes]:
        gradio = Gradio()
        await gradio.once("a")
        await gradio.call("b")
        gradio.read()
        await until(lambda: gradio.begun[-1])
        await gradio.call("c")
        return list(gradio.begun[-1])

    assert run_async(script()) == [ANSWER + b"b", ANSWER + b"c"]


def test_a_call_that_takes_long_has_joined_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LOOKS", 0.01)

    async def script() -> list[bytes]:
        gradio = Gradio()
        await gradio.once("a")
        await gradio.call("b")
        gradio.read()
        await until(lambda: gradio.begun[-1])
        gradio.go.clear()
        await gradio.call("c")
        return list(gradio.begun[-1])

    assert run_async(script()) == [ANSWER + b"b"]


def test_a_call_that_may_not_join_is_told_at_once_and_holds_no_stream() -> None:
    async def script() -> tuple[int, list[bytes]]:
        gradio = Gradio()
        await gradio.once("a")
        await gradio.call("b")
        gradio.read()
        await until(lambda: gradio.begun[-1])
        said = await gradio.call("c", status=503)
        return said[0]["status"], list(gradio.begun[-1])

    assert run_async(script()) == (503, [ANSWER + b"b"])


def test_a_call_that_meets_the_end_of_a_stream_joins_when_the_client_has_left_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The client would wait for the answer at a stream that ends."""

    async def script() -> tuple[bool, bool, list[bytes]]:
        gradio = Gradio()
        await gradio.call("a")
        reading = gradio.read()
        await until(lambda: LAST in gradio.begun[-1])
        gradio.joined.clear()
        late = asyncio.create_task(gradio.call("b"))
        for _ in range(20):
            await asyncio.sleep(0)
        early = gradio.joined.is_set()
        gradio.gone[-1].set()
        await reading
        await late
        return early, gradio.joined.is_set(), gradio.begun[-1]

    assert run_async(script()) == (False, True, [ANSWER + b"a", *CLOSED])


def test_who_leaves_ends_the_stream() -> None:
    async def script() -> dict[str, Any]:
        gradio = Gradio()
        await gradio.once("a")
        await gradio.call("b")
        reading = gradio.read()
        await until(lambda: gradio.begun[-1])
        gradio.gone[-1].set()
        await reading
        return gradio.layer._open

    assert run_async(script()) == {}


def test_another_reader_of_a_session_ends_the_first_ones_wait() -> None:
    async def script() -> list[bytes]:
        gradio = Gradio()
        await gradio.once("a")
        await gradio.call("b")
        first = gradio.read()
        await until(lambda: gradio.begun[-1])
        await gradio.call("c")
        gradio.read()
        await first
        return gradio.begun[-2]

    assert run_async(script()) == [ANSWER + b"b", ANSWER + b"c", *CLOSED]
