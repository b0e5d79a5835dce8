"""What a pad sends while the pen moves, answered before Gradio's routes: the same request, answer and session.

A class of thirty pads sends hundreds of drawings a second. Gradio takes more of the processor to pass one on than a
network takes to read it: it checks the body twice, looks for files in what was sent and in what is answered, and hashes
what it keeps of the visitor. None of it is needed where plain JSON comes and goes. This layer knows the events of that
kind by their `concurrency_id`; whatever is not as it should be goes Gradio's way, which knows how to refuse.
"""

from typing import Any

import gradio as gr
import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cnn.ui.compat import API_PREFIX
from cnn.ui.gateway import replay
from cnn.ui.turns import LIVE

ROUTE = f"{API_PREFIX}/run/"


class Live:
    """The ASGI layer. It serves events whose `concurrency_id` is LIVE: coroutines of one JSON object each, without
    pre- and postprocessing, whose outputs are components that take plain JSON, and states."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or ROUTE not in scope["path"]:
            await self._app(scope, receive, send)
            return
        body = await _body(Request(scope, receive))
        if body is None:
            return
        answer = await _answer(scope, body)
        if answer is None:
            await self._app(scope, replay(body, receive), send)
        else:
            await Response(orjson.dumps(answer), media_type="application/json")(scope, receive, send)


async def _answer(scope: Scope, body: bytes) -> dict[str, Any] | None:
    """What Gradio would answer, None where that is for Gradio to say."""
    app = scope["app"]
    try:
        asked = orjson.loads(body)
        event, session, (value,) = app.get_blocks().fns[asked["fn_index"]], asked["session_hash"], asked["data"]
    except (ValueError, TypeError, LookupError):
        return None
    if event.concurrency_id != LIVE or not isinstance(session, str) or not isinstance(value, dict):
        return None
    try:
        async with app.get_blocks().turns.turn(LIVE, session):
            given = await event.fn(value)
    except Exception:  # it is told, and kept in the log, by what knows all refusals
        return None
    kept = app.state_holder[session]
    shown = []
    for output, one in zip(event.outputs, given, strict=True):
        if isinstance(output, gr.State):
            kept[output._id] = one
            one = None
        shown.append(one)
    return {"data": shown, "is_generating": False, "duration": 0, "average_duration": 0, "render_config": None}


async def _body(request: Request) -> bytes | None:
    try:
        return await request.body()
    except ClientDisconnect:
        return None
