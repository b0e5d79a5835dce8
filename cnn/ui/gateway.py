"""What may reach Gradio's app: one ASGI layer before its routes, however the app is started and reached.

Gradio serves some eighty routes; the page and `gradio_client` need those of `OPEN`, and all others are not there.
Gradio reads a body of any size, from any site's page, for as long as it takes to come; here it is measured before
anybody parses it. What is refused gets one sentence, as JSON.
"""

import asyncio
import contextlib
import gzip
import os
import re
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qs, urlsplit

import gradio as gr
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cnn.types import InputError
from cnn.ui.compat import API_PREFIX
from cnn.ui.streams import Streams
from cnn.ui.text import language_of
from cnn.ui.turns import HEARD

MB = 1_000_000
MAX_BODY = MB  # bytes of JSON: a drawing of as many points as are read has a third of it
MAX_VALUES = 150_000  # brackets and commas of JSON: Gradio goes through each value several times
MAX_BODIES = 64 * MB  # bytes of JSON that are on their way at once
BODY_SECONDS = 30  # in which a body of JSON has come
MAX_UPLOAD = 300 * MB  # bytes of one upload, which may be several files
UPLOAD_SECONDS = 600
PATIENCE, PACE = 15, 4_000  # after so many seconds an upload comes at so many bytes a second, or it ends
MAX_KEPT = 2_000 * MB  # bytes of all files kept for visitors
YOUNG = 60  # seconds that a file is kept for certain
COUNTED = 5  # seconds for which their count holds: a call's picture is one of thousands
MAX_STREAMS = 1000  # answers that stay open, each for one visitor or script
MAX_PAGES, PAGE_SECONDS = 8, 60  # pages that are kept as they were made, by whom they were made for, and how long
MAX_PROGRESS = 8  # uploads whose progress is told, for that Gradio looks twenty times a second

Kind = Literal["plain", "page", "json", "join", "upload", "stream", "progress"]

# Every route that is served, by Gradio's own name for it; tests/test_gateway.py knows which are not.
OPEN: dict[tuple[str, str], Kind] = {
    ("HEAD", "/"): "page",
    ("GET", "/"): "page",
    ("GET", "/config"): "page",
    ("GET", f"{API_PREFIX}/info"): "page",
    ("GET", "/theme.css"): "plain",
    ("GET", "/favicon.ico"): "plain",
    ("GET", "/robots.txt"): "plain",
    ("GET", "/manifest.json"): "plain",
    ("GET", "/assets/{path:path}"): "plain",
    ("GET", "/static/{path:path}"): "plain",
    ("GET", f"{API_PREFIX}/page/{{path:path}}"): "plain",
    ("GET", f"{API_PREFIX}/startup-events"): "plain",
    ("GET", f"{API_PREFIX}/app_id"): "plain",
    ("GET", f"{API_PREFIX}/file={{path_or_url:path}}"): "plain",
    ("HEAD", f"{API_PREFIX}/file={{path_or_url:path}}"): "plain",
    ("POST", f"{API_PREFIX}/upload"): "upload",
    ("GET", f"{API_PREFIX}/upload_progress"): "progress",
    ("POST", f"{API_PREFIX}/run/{{api_name}}"): "json",
    ("POST", f"{API_PREFIX}/queue/join"): "join",
    ("GET", f"{API_PREFIX}/queue/data"): "stream",
    ("POST", f"{API_PREFIX}/call/{{api_name}}"): "join",
    ("POST", f"{API_PREFIX}/call/v2/{{api_name}}"): "join",
    ("GET", f"{API_PREFIX}/call/{{api_name}}/{{event_id}}"): "stream",
    ("GET", f"{API_PREFIX}/call/v2/{{api_name}}/{{event_id}}"): "stream",
    ("POST", f"{API_PREFIX}/cancel"): "json",
    ("POST", f"{API_PREFIX}/reset"): "json",
    ("GET", f"{API_PREFIX}/heartbeat/{{session_hash}}"): "stream",
}

GRADIOS_CDN = "https://gradio.s3-us-west-2.amazonaws.com"  # where the page of a share link has its scripts from
# Gradio's page holds scripts, and its components make functions of text. No frame-ancestors: any page may hold it.
POLICY = (
    "default-src 'self'{cdn}; script-src 'self' 'unsafe-inline' 'unsafe-eval'{cdn}; "
    "style-src 'self' 'unsafe-inline'{cdn}; img-src 'self' data: blob:{cdn}; media-src 'self' blob:; "
    "font-src 'self' data:{cdn}; connect-src 'self' data: blob:{cdn}; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'"
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # the address of the page holds the drawing
    "permissions-policy": "camera=(self), clipboard-read=(self), clipboard-write=(self), geolocation=(), "
    "microphone=(), payment=(), usb=()",
}
FORWARDED = (b"x-forwarded-host", b"x-gradio-server")  # from which Gradio makes the addresses in its answers
ADDRESSED = ("host", "x-forwarded-host", "x-forwarded-proto", "x-gradio-server")  # all of what it makes them from
ASKED = ("page", "deep_link", "all_endpoints")  # what Gradio takes from the query of a page


class Refused(Exception):
    """A request that is not served: an HTTP status, and the sentence's text key with its values."""

    def __init__(self, status: int, key: str, **values: object):
        self.status, self.error = status, InputError(key, **values)
        super().__init__(str(self.error))


class Gateway:
    """The layer. `origins` are those of other sites whose pages may ask the app; `proxied`, whether a proxy that sets
    X-Forwarded-Host stands before it, so that what that says is believed."""

    def __init__(self, app: ASGIApp, origins: Collection[str] = (), proxied: bool = False):
        self._app, self._origins, self._proxied = app, frozenset(origins), proxied
        self._heard: Counter[str] = Counter()
        self._open: Counter[Kind] = Counter()
        self._bodies = 0
        self._streams = Streams()
        self._kept, self._counted = 0, float("-inf")  # bytes, and when the files were counted
        # One page is made at a time, and one call joins the queue: a flood of them leaves the others' calls in between.
        self._making, self._joins = asyncio.Lock(), asyncio.Lock()
        self._pages: OrderedDict[tuple[str, ...], _Page] = OrderedDict()  # the latest at the end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # nothing of the page's is one; a server that can read them lets them through
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = {**scope, HEARD: self._heard}
        if not self._proxied:
            scope["headers"] = [header for header in scope["headers"] if header[0] not in FORWARDED]
        answer = _Answer(send, self._headers(scope))
        try:
            await self._serve(scope, receive, answer)
        except Refused as refusal:
            await answer.refuse(refusal, scope)

    async def _serve(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        kind, asked = _route(scope)
        if kind is None or "://" in asked.get("path_or_url", ""):  # Gradio would fetch what stands there
            raise Refused(404, "no_address")
        headers = Headers(scope=scope)
        if scope["method"] == "POST" and self._foreign(headers):
            raise Refused(403, "foreign")
        if kind in ("json", "join"):
            await self._with_body(kind, scope, receive, answer, headers)
        elif kind == "upload":
            await self._upload(scope, receive, answer, headers)
        elif kind == "page":
            await self._page(_by_page(scope), receive, answer)
        elif kind == "plain":
            await self._app(scope, receive, answer)
        elif kind == "progress" and self._open[kind] >= MAX_PROGRESS:
            await Response('data: {"msg": "done"}\n\n', media_type="text/event-stream")(scope, receive, answer)
        else:
            query = parse_qs(scope["query_string"].decode("latin-1"))
            session = query.get("session_hash", [""])[0]
            with self._listening(kind, asked.get("event_id") or session):
                try:
                    if scope["path"].endswith("/queue/data"):
                        await self._streams.serve(self._app, scope, receive, answer, session)
                    else:
                        await self._app(scope, receive, answer)
                except RuntimeError as error:
                    if not isinstance(error.__cause__, HTTPException):
                        raise
                    # Gradio finds out within its answer that there is no such session.
                    await answer({"type": "http.response.body", "body": b""})

    def _foreign(self, headers: Headers) -> bool:
        """Whether a page of another site sends it, which the operator did not allow. Scripts have no origin."""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin in self._origins:
            return False
        if site is not None:  # every browser says it, over https and to this machine
            return site not in ("same-origin", "none")
        host = headers.get("x-forwarded-host", headers.get("host", ""))
        return origin is not None and urlsplit(origin).netloc != re.split("[,/]", host)[0].strip()

    async def _with_body(self, kind: Kind, scope: Scope, receive: Receive, answer: "_Answer", headers: Headers) -> None:
        try:
            body = await self._body(receive, headers)
        except Refused as refusal:
            if kind != "join":
                raise
            # Of what may not join the queue, Gradio's client in Python tells why only where it stands so.
            detail = [{"__type__": "validate", "is_valid": False, "parameter_name": "data"}]
            return await answer.refuse(refusal, scope, 422, detail)
        try:
            if kind == "join":
                await self._join(scope, body, receive, answer)
            else:
                await self._app(scope, replay(body, receive), answer)
        finally:
            self._bodies -= len(body)

    async def _join(self, scope: Scope, body: bytes, receive: Receive, answer: "_Answer") -> None:
        """Serve it behind those before it. It is sent after the next one's turn has come: who does not read what they
        are sent holds up nobody."""

        async def ask() -> list[Message]:
            async with self._joins:
                return await _said(self._app, scope, replay(body, receive))

        for message in await self._streams.join(scope, body, ask):
            await answer(message)

    async def _page(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        """A page as it was made for the last one who asked so: to make it takes fifty times as long as to send it."""
        headers = Headers(scope=scope)
        query = parse_qs(scope["query_string"].decode("latin-1"))
        key = scope["method"], scope["path"], scope.get("root_path", ""), scope.get("scheme", "")
        key += tuple(headers.get(name, "") for name in ADDRESSED) + tuple(str(query.get(name)) for name in ASKED)
        async with self._making:
            page = self._pages.get(key)
            if page is None or page.made < time.monotonic() - PAGE_SECONDS:
                page = await _made(self._app, scope, receive)
                self._keep(key, page)
        await page.send(answer, "gzip" in headers.get("accept-encoding", ""))

    def _keep(self, key: tuple[str, ...], page: "_Page") -> None:
        self._pages.pop(key, None)
        if page.start["status"] == 200:
            self._pages[key] = page
        while len(self._pages) > MAX_PAGES:
            self._pages.popitem(last=False)

    async def _body(self, receive: Receive, headers: Headers) -> bytes:
        """The whole body, if it is small and comes in time. It counts among `_bodies` until it has been served."""
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                if _length(headers) > MAX_BODY:
                    raise Refused(413, "body_large", limit=MAX_BODY // MB)
                async for chunk in _chunks(receive):
                    body += chunk
                    self._bodies += len(chunk)
                    if len(body) > MAX_BODY:
                        raise Refused(413, "body_large", limit=MAX_BODY // MB)
                    if self._bodies > MAX_BODIES:
                        raise Refused(503, "busy")
            if sum(map(body.count, (b",", b"[", b"{"))) > MAX_VALUES:
                raise Refused(413, "body_values", limit=MAX_VALUES)
        except BaseException as error:
            self._bodies -= len(body)
            raise Refused(408, "slow") if isinstance(error, TimeoutError) else error from None
        return bytes(body)

    async def _upload(self, scope: Scope, receive: Receive, answer: "_Answer", headers: Headers) -> None:
        """Pass an upload on while it comes, as long as it is small enough, comes fast enough and has a place."""
        if _length(headers) > MAX_UPLOAD:
            raise Refused(413, "upload_large", limit=MAX_UPLOAD // MB)
        if not await self._has_place(scope["app"].get_blocks()):
            raise Refused(507, "uploads_full")
        began, size = time.monotonic(), 0

        async def received() -> Message:
            nonlocal size
            try:
                async with asyncio.timeout(PATIENCE):
                    message = await receive()
            except TimeoutError:
                raise ends(Refused(408, "slow")) from None
            size += len(message.get("body", b""))
            took = time.monotonic() - began
            if message["type"] == "http.disconnect" or took > UPLOAD_SECONDS:
                raise ends(Refused(408, "slow"))
            if took > PATIENCE and size < took * PACE:
                raise ends(Refused(408, "slow"))
            if size > MAX_UPLOAD:
                raise ends(Refused(413, "upload_large", limit=MAX_UPLOAD // MB))
            return message

        def ends(refusal: Refused) -> MultiPartException:
            """The error at which Gradio takes the half-written files away."""
            answer.refused = refusal
            return MultiPartException(str(refusal))

        await self._app(scope, received, answer)
        self._kept += size
        if answer.refused:
            raise answer.refused

    async def _has_place(self, blocks: gr.Blocks) -> bool:
        """Whether there is place for an upload; of what came since the files were counted, it is known how large it is.

        Gradio has what visitors sent and what was made for them.
        """
        if self._kept >= MAX_KEPT or self._counted < time.monotonic() - COUNTED:
            self._counted = time.monotonic()
            self._kept = await asyncio.to_thread(make_room, blocks.temp_file_sets, MAX_KEPT)
        return self._kept < MAX_KEPT

    @contextlib.contextmanager
    def _listening(self, kind: Kind, session: str) -> Iterator[None]:
        if self._open[kind] >= MAX_STREAMS:
            raise Refused(503, "busy")
        self._open[kind] += 1
        self._heard[session] += 1
        try:
            yield
        finally:
            self._open[kind] -= 1
            self._heard[session] -= 1
            if not self._heard[session]:
                del self._heard[session]

    def _headers(self, scope: Scope) -> dict[str, str]:
        shared = getattr(scope["app"].get_blocks(), "share", False)
        given = {**HEADERS, "content-security-policy": POLICY.format(cdn=f" {GRADIOS_CDN}" if shared else "")}
        origin = Headers(scope=scope).get("origin")
        if origin in self._origins:
            given["access-control-allow-origin"] = origin
        return given


_PATTERNS: list[tuple[str, re.Pattern[str], Kind]] = [
    (method, compile_path(template)[0], kind) for (method, template), kind in OPEN.items() if "{" in template
]


def _route(scope: Scope) -> tuple[Kind | None, dict[str, str]]:
    """How a request is served, None for not at all, and what its path has in the braces of its template."""
    path, root = scope["path"], scope.get("root_path", "").rstrip("/")
    if root and path.startswith(f"{root}/"):  # a proxy may leave what it serves the app under
        path = path[len(root) :]
    if kind := OPEN.get((scope["method"], path)):
        return kind, {}
    for method, pattern, kind in _PATTERNS:
        if method == scope["method"] and (found := pattern.match(path)):
            return kind, found.groupdict()
    return None, {}


def _by_page(scope: Scope) -> Scope:
    """The description of the API, asked for as the page's: Gradio makes that for each who asks, with the address that
    they use, where it keeps the whole description as it was made for the first."""
    if not scope["path"].endswith("/info") or b"page=" in scope["query_string"]:
        return scope
    return {**scope, "query_string": b"&".join([b"page=", scope["query_string"]])}


class _Page(NamedTuple):
    """A page as Gradio made it: how its answer begins, its body, the same packed, and when."""

    start: Message
    body: bytes
    packed: bytes
    made: float

    async def send(self, send: Send, packed: bool) -> None:
        """As one answer, `packed` for a browser that takes it so: a phone waits for a sixth of the bytes."""
        body = self.packed if packed else self.body
        headers = MutableHeaders(raw=list(self.start["headers"]))
        headers.add_vary_header("Accept-Encoding")
        if "content-length" in headers and self.body:
            headers["content-length"] = str(len(body))
        if packed and self.body:
            headers["content-encoding"] = "gzip"
        await send({**self.start, "headers": headers.raw})
        await send({"type": "http.response.body", "body": body})


async def _said(app: ASGIApp, scope: Scope, receive: Receive) -> list[Message]:
    """All that the app sends, before anybody is sent it."""
    said: list[Message] = []

    async def keep(message: Message) -> None:
        said.append(message)

    await app(scope, receive, keep)
    return said


async def _made(app: ASGIApp, scope: Scope, receive: Receive) -> _Page:
    said = await _said(app, scope, receive)
    body = b"".join(message.get("body", b"") for message in said)
    return _Page(said[0], body, await asyncio.to_thread(gzip.compress, body, 6) if body else b"", time.monotonic())


class _Answer:
    """What the app sends, with our headers; or a refusal in its place."""

    def __init__(self, send: Send, headers: dict[str, str]):
        self._send, self._headers = send, headers
        self._begun = False
        self.refused: Refused | None = None  # from now on, what the app says is dropped

    async def __call__(self, message: Message) -> None:
        if self.refused:
            return
        if message["type"] == "http.response.start":
            self._begun = True
            headers = MutableHeaders(scope=message)
            headers.update(self._headers)
            if "access-control-allow-origin" in self._headers:
                headers.add_vary_header("Origin")
        await self._send(message)

    async def refuse(
        self, refusal: Refused, scope: Scope, status: int = 0, detail: list[dict[str, Any]] | None = None
    ) -> None:
        """One sentence as JSON, unless an answer has begun: `detail`, as Gradio's clients read it, and `error`."""
        if self._begun:
            return
        self.refused = None
        sentence = refusal.error.say(language_of(Request(scope)))
        said = [{**one, "message": sentence} for one in detail] if detail else sentence
        response = JSONResponse({"detail": said, "error": sentence}, status or refusal.status)

        async def nothing() -> Message:
            return {"type": "http.disconnect"}

        await response(scope, nothing, self)


def _length(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isascii() and length.isdigit() else 0


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "slow")
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives a whole body, then what comes after it."""
    given: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return given.pop() if given else await receive()

    return replayed


# --------------------------------------------------------------------------------------------------------- uploads


def make_room(kept: Iterable[set[str]], most: int, now: Callable[[], float] = time.time) -> int:
    """Bytes of the files in the sets. From `most` on, the oldest go until there are fewer; those of `YOUNG` stay.

    Gradio's own way removes them an hour after they came.
    """
    files = []
    for names in kept:
        for path in list(names):
            with contextlib.suppress(OSError):
                found = os.stat(path)
                files.append((found.st_mtime, found.st_size, path))
    total = sum(size for _, size, _ in files)
    for modified, size, path in sorted(files):
        if total < most or modified > now() - YOUNG:
            break
        with contextlib.suppress(OSError):
            os.remove(path)
        total -= size
    return total
