"""Whose call is served next: fair between clients, and kinds of calls that never wait for each other.

Gradio serves first who came first, so that whoever sends most is served most. Here clients take turns: one who has a
hundred calls waiting gets as many turns as one who has a single one. Who does not listen for the answer comes last.
"""

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, NamedTuple

import gradio as gr

from cnn.types import InputError

# How many calls are served at once, by their `concurrency_id`. An event that has none of these is "live" past Gradio's
# queue and "queued" through it: what is live waits for nothing else.
LIVE = "live"
AT_ONCE = {LIVE: 16, "view": 2, "class": 1, "queued": 2, "heavy": 1}
HEARD = "cnn.heard"  # the key of a request's scope: how many streams listen, by session

MAX_WAITING = 256  # calls of all clients, of one kind
MAX_EACH = 64  # calls of one client, of one kind


class _Waiting(NamedTuple):
    turn: asyncio.Future[None]
    heard: Callable[[], bool]


class _Room:
    """The calls of one kind: how many may still be served at once, and those that wait, by client."""

    def __init__(self, free: int):
        self.free = free
        self.waiting: OrderedDict[str, deque[_Waiting]] = OrderedDict()

    def join(self, client: str, heard: Callable[[], bool]) -> _Waiting:
        """Wait as this client's last call. InputError "busy" where too many do, and all of them are listened for."""
        calls = self.waiting.get(client, ())
        if len(calls) >= MAX_EACH:
            raise InputError("busy")
        if sum(map(len, self.waiting.values())) >= MAX_WAITING:
            unheard = self._first(heard=False)
            if unheard is None:
                raise InputError("busy")
            self._take(unheard).turn.set_exception(InputError("busy"))
        joined = _Waiting(asyncio.get_running_loop().create_future(), heard)
        self.waiting.setdefault(client, deque()).append(joined)
        return joined

    def leave(self, client: str, call: _Waiting) -> None:
        """Wait no longer; whose turn has come gives it on."""
        if call.turn.done() and not call.turn.cancelled() and call.turn.exception() is None:
            self.next()
        elif call in self.waiting.get(client, ()):
            self.waiting[client].remove(call)
            if not self.waiting[client]:
                del self.waiting[client]

    def next(self) -> None:
        """A call was served: the next one's turn."""
        while (client := self._first(heard=True) or self._first(heard=False)) is not None:
            call = self._take(client)
            if not call.turn.done():  # its client may have gone in this moment
                call.turn.set_result(None)
                return
        self.free += 1

    def _first(self, heard: bool) -> str | None:
        return next((client for client, calls in self.waiting.items() if calls[0].heard() is heard), None)

    def _take(self, client: str) -> _Waiting:
        """The client's first call; the client goes to the end of the row."""
        calls = self.waiting.pop(client)
        first = calls.popleft()
        if calls:
            self.waiting[client] = calls
        return first


class Turns:
    """`at_once`: by kind of call, how many are served at once."""

    def __init__(self, at_once: Mapping[str, int]):
        self._rooms = {kind: _Room(count) for kind, count in at_once.items()}

    @contextlib.asynccontextmanager
    async def turn(self, kind: str, client: str, heard: Callable[[], bool] = lambda: True) -> AsyncIterator[None]:
        """Wait until this client's next call of this kind may be served.

        `heard` tells whether somebody waits for the answer. InputError "busy" at once where too many calls wait
        already, and later for a call that nobody waits for, when its place is needed.
        """
        room = self._rooms[kind]
        if room.free:
            room.free -= 1
        else:
            call = room.join(client, heard)
            try:
                await call.turn
            except asyncio.CancelledError:
                room.leave(client, call)
                raise
        try:
            yield
        finally:
            room.next()


class FairBlocks(gr.Blocks):
    """gr.Blocks whose calls take turns, from the decoding of what was sent to the making of the answer."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.turns = Turns(AT_ONCE)

    async def process_api(self, block_fn: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As gr.Blocks, when it is this call's turn. InputError "busy" where too many wait."""
        async with self.turns.turn(*_whose(block_fn, **kwargs)):
            return await super().process_api(block_fn, *args, **kwargs)


def _whose(
    block_fn: Any, session_hash: str | None = None, request: Any = None, **_: Any
) -> tuple[str, str, Callable[[], bool]]:
    """The kind of a call, its client, and whether somebody waits for the answer: of what is queued, whoever listens."""
    kind = block_fn.concurrency_id if block_fn.concurrency_id in AT_ONCE else "queued" if block_fn.queue else LIVE
    sent = request[0] if isinstance(request, list) else request
    scope = getattr(getattr(sent, "request", None), "scope", {})
    client = session_hash or str(scope.get("client"))
    streams = scope.get(HEARD)
    if streams is None or not block_fn.queue:
        return kind, client, lambda: True
    return kind, client, lambda: streams[client] > 0
