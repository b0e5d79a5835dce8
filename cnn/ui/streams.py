"""One stream of answers for call after call of a script, where Gradio ends it after each.

Gradio's client in Python then opens a new one for the next call, which takes it a third of the call, and looks for the
answer twenty times a second. Here the end of a stream is held back for as long as the next call may take to come, and
a call is told that it has joined when its answer is there, if that is soon: then the client finds it at first sight.
Both are for clients that read a stream to its last message and not to its end, and from their second call on: a script
that asks once ends when it ended before.
"""

import asyncio
import contextlib
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

import gradio as gr
import orjson
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cnn.ui.compat import is_unanswered

CLIENT = re.compile(r"gradio_client/(\d+)\.(\d+)")  # who asks, and the version
SINCE = (2, 7)  # from which it bears an answer that comes before it knows that the call has joined
PAUSES, MOST = 3, 2.0  # times as long as the client took for its last call; seconds
LEAVES = 1.0  # seconds that a client has to leave a stream after its last message
LOOKS = 0.05  # seconds after which the client looks again whether an answer is there
KNOWN = 1000  # sessions of which it is known when their last stream ended

LAST, ANSWER = b'data: {"msg":"close_stream"', b'data: {"msg":"process_completed"'


class Streams:
    """The open streams, by session."""

    def __init__(self) -> None:
        self._open: dict[str, _Stream] = {}
        self._ended: OrderedDict[str, float] = OrderedDict()

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, session: str) -> None:
        """Gradio's stream of a session, and those of its next calls as the same one."""
        if not _takes_part(scope):
            await app(scope, receive, send)
            return
        if session in self._open:
            self._open[session].leave()
        stream = self._open[session] = _Stream(scope["app"].get_blocks(), session, receive, send)
        pause = time.monotonic() - self._ended.pop(session, float("-inf"))
        try:
            await app(dict(scope), receive, stream.send)
            while stream.last:
                answered = time.monotonic()
                if not await stream.another(min(PAUSES * pause, MOST) if pause < MOST else 0):
                    self._keep(session)
                    break
                pause = time.monotonic() - answered
                await app(dict(scope), receive, stream.send)
        finally:
            stream.leave()
            if self._open.get(session) is stream:
                del self._open[session]

    async def join(self, scope: Scope, body: bytes, ask: Callable[[], Awaitable[list[Message]]]) -> list[Message]:
        """What Gradio says to a call that joins its queue, by `ask`: when the client can find the answer."""
        stream = self._open.get(_session(body)) if self._open and _takes_part(scope) else None
        return await (stream.join(ask) if stream else ask())

    def _keep(self, session: str) -> None:
        self._ended[session] = time.monotonic()
        if len(self._ended) > KNOWN:
            self._ended.popitem(last=False)


class _Stream:
    """A stream that one client reads. `last` is Gradio's word that no answer will follow, while it is held back."""

    def __init__(self, blocks: gr.Blocks, session: str, receive: Receive, send: Send):
        self._blocks, self._session, self._receive, self._send = blocks, session, receive, send
        self.last: Message | None = None
        self._answers = 0
        self._begun = self._closing = self._left = False
        self._changed = asyncio.Event()
        self._joining = asyncio.Lock()

    async def send(self, message: Message) -> None:
        """Pass on what Gradio says, as one stream: it begins once, and ends by `another`."""
        body = message.get("body", b"")
        if message["type"] == "http.response.start":
            self.last, again, self._begun = None, self._begun, True
            if again:
                return
        elif body.startswith(LAST):
            self.last = message
        if self.last:
            return
        await self._send(message)
        if body.startswith(ANSWER):
            self._answers += 1
            self._changed.set()

    async def join(self, ask: Callable[[], Awaitable[list[Message]]]) -> list[Message]:
        """Let a call join whose answer comes through this stream, or through the next one where this is being closed:
        not before the client has left it, for it would wait for the answer here."""
        async with self._joining:
            closing, before = self._closing, self._answers
            said = [] if closing else await ask()
            self._changed.set()
        if closing:
            await self._until(lambda: self._left, 2 * LEAVES)
            return await ask()
        if said[0]["status"] == 200:
            await self._until(lambda: self._left or self._answers > before, LOOKS)
        return said

    async def another(self, seconds: float) -> bool:
        """Whether another call joins within so many seconds. If none does, the stream ends."""
        watching = asyncio.create_task(self._watch())
        try:
            await self._until(lambda: self._left or self._awaited(), seconds)
            async with self._joining:  # a call that is about to join does
                self._closing = self._left or not self._awaited()
            if self._closing and self.last:
                await self._send(self.last)
                await self._until(lambda: self._left, LEAVES)
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
            return not self._closing
        finally:
            watching.cancel()

    def leave(self) -> None:
        """It is read no longer, or another one is."""
        self._closing = self._left = True
        self._changed.set()

    def _awaited(self) -> bool:
        return is_unanswered(self._blocks, self._session)

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._left = True
        self._changed.set()

    async def _until(self, so: Callable[[], bool], seconds: float) -> None:
        """Wait until it is so, for so long at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not so():
                    self._changed.clear()
                    await self._changed.wait()


def _takes_part(scope: Scope) -> bool:
    """Whether a client reads a stream to its last message, and bears early answers."""
    found = CLIENT.match(Headers(scope=scope).get("user-agent", ""))
    return found is not None and tuple(map(int, found.groups())) >= SINCE


def _session(body: bytes) -> str:
    """The session of a call, empty where it says none."""
    try:
        return str(orjson.loads(body)["session_hash"])
    except (ValueError, TypeError, LookupError):
        return ""
