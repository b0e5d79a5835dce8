"""The layer before Gradio's routes: what it lets in, from whom, how much and how fast; what it says to the others."""

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio_client import Client
from starlette.types import Message

from cnn.text import say
from cnn.ui import gateway, streams
from cnn.ui.gateway import OPEN, Gateway, make_room
from cnn.ui.page import launch_options
from cnn.ui.refusals import CheckedBlocks
from tests.conftest import run_async

SCHOOL = "https://school.example"
# What Gradio serves and we do not: a visitor's text in the log, programs of its own, pages of other servers, and what
# is for signing in, for a development server, for recordings, for other people's language models, ...
CLOSED = {
    "/openapi.json", "/login", "/login/", "/logout", "/svelte/{path:path}", "/config/", "/pwa_icon", "/pwa_icon/{size}",
    "/monitoring", "/monitoring/summary", "/monitoring/{key}", "/gradio_api/deep_link", "/gradio_api/user",
    "/gradio_api/user/", "/gradio_api/login_check", "/gradio_api/login_check/", "/gradio_api/token",
    "/gradio_api/token/", "/gradio_api/app_id/", "/gradio_api/dev/reload", "/gradio_api/runs", "/gradio_api/runs/",
    "/gradio_api/info/", "/gradio_api/openapi.json", "/gradio_api/theme.css", "/gradio_api/reset/",
    "/gradio_api/custom_component/{id}/{environment}/{type}/{file_name}", "/gradio_api/proxy={url_path:path}",
    "/gradio_api/file/{path:path}", "/gradio_api/stream/{event_id}", "/gradio_api/stream/{event_id}/close",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file", "/gradio_api/run/{api_name}/",
    "/gradio_api/api/{api_name}", "/gradio_api/api/{api_name}/", "/gradio_api/call/{api_name}/",
    "/gradio_api/call/v2/{api_name}/", "/gradio_api/component_server", "/gradio_api/component_server/",
    "/gradio_api/queue/status", "/gradio_api/process_recording", "/gradio_api/vibe-edit", "/gradio_api/vibe-edit/",
    "/gradio_api/undo-vibe-edit", "/gradio_api/undo-vibe-edit/", "/gradio_api/vibe-code", "/gradio_api/vibe-code/",
    "/gradio_api/vibe-starter-queries", "/gradio_api/vibe-starter-queries/",
}  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gr.Blocks]:
    """A small app behind the layer, with a folder of its own for uploads, which a school's pages may ask."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("uploads")))
        yield from small_app()


def small_app() -> Iterator[gr.Blocks]:
    with CheckedBlocks(analytics_enabled=False) as demo:
        text, image, shown = gr.Textbox(), gr.Image(type="filepath"), gr.Textbox()
        gr.Button().click(lambda value: value, text, shown, api_name="echo")
        gr.Button().click(lambda value: value, text, shown, api_name="live", queue=False)
        gr.Button().click(lambda path: path, image, shown, api_name="look")
    demo.queue(api_open=False)
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options(origins=[SCHOOL]))
    yield demo
    demo.close()


@pytest.fixture
def http(app: gr.Blocks) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.local_url, timeout=30) as client:
        yield client


def routes(router: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every method and template that an app answers."""
    for route in router.routes:
        if inner := getattr(route, "original_router", None):
            yield from routes(inner, prefix)
        else:
            yield from ((method, prefix + route.path) for method in route.methods)


def refused(answer: httpx.Response, status: int, key: str, **values: object) -> None:
    """It is refused in one sentence, as JSON that Gradio's clients show."""
    sentence = say(f"error.{key}", **values)
    assert (answer.status_code, answer.json()) == (status, {"detail": sentence, "error": sentence})
    assert answer.headers["x-content-type-options"] == "nosniff"


# ---------------------------------------------------------------------------------------------------------- routes


def test_every_route_is_open_or_known_to_be_closed(app: gr.Blocks) -> None:
    """A route that a new Gradio brings is looked at by somebody, and one that it no longer has is left out here."""
    served = set(routes(app.app))
    assert set(OPEN) <= served
    assert {path for _, path in served - set(OPEN)} - {path for _, path in OPEN} == CLOSED


@pytest.mark.parametrize("path", sorted(CLOSED))
def test_what_is_closed_is_not_there(path: str, http: httpx.Client) -> None:
    filled = re.sub(r"\{(\w+)(:path)?\}", lambda found: {"component_id": "1", "size": "8"}.get(found[1], "x"), path)
    filled = filled.replace("/x/x/x/x", "/x/client/x/x")
    # What ends in a slash would be sent on to what does not.
    for method in ("GET", "POST"):
        if (method, path) not in OPEN:
            refused(http.request(method, filled), 404, "no_address")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_not_there(method: str, http: httpx.Client) -> None:
    refused(http.request(method, "/config"), 404, "no_address")


@pytest.mark.parametrize(
    "path", ["/CONFIG", "/config%2f", "/config%00", "/x%2f..%2fconfig", "/gradio_api/%2e%2e/config"]
)
def test_an_address_is_open_only_as_it_is_written(path: str, http: httpx.Client) -> None:
    assert http.get(path).status_code == 404


def test_no_other_servers_file_is_fetched_for_a_visitor(http: httpx.Client) -> None:
    for address in ("https://example.com/a.png", "http:%2f%2f169.254.169.254/", "ftp://example.com/"):
        refused(http.get(f"/gradio_api/file={address}"), 404, "no_address")


def test_run_history_is_not_there(app: gr.Blocks, http: httpx.Client) -> None:
    """CVE-2026-134825: whoever says that they are this machine would read it with the operator's token."""
    assert (app.run_history, app.ssr_mode) == (False, False)
    for method, path in (("GET", "records"), ("GET", "buckets"), ("POST", "connect")):
        refused(
            http.request(method, f"/gradio_api/run-history/{path}", headers={"host": "localhost"}), 404, "no_address"
        )


@pytest.mark.parametrize("host", ["x/config?", "x/config#", "x/gradio_api/info?", "user@config"])
def test_a_malformed_host_opens_nothing(host: str, app: gr.Blocks) -> None:
    """CVE-2026-48710: it would change the path that checks see."""
    with socket.create_connection(("127.0.0.1", app.server_port), timeout=10) as visitor:
        visitor.sendall(f"GET /monitoring HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert visitor.makefile().readline().split()[1] in ("400", "404")


def test_a_websocket_is_not_served() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("it reached the app")

    async def asked() -> list[Message]:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        await Gateway(app)({"type": "websocket", "path": "/", "headers": []}, asyncio.Event().wait, send)
        return sent

    assert run_async(asked()) == [{"type": "websocket.close", "code": 1008}]


def test_scripts_go_through_the_queue(app: gr.Blocks, http: httpx.Client) -> None:
    assert Client(app.local_url, verbose=False).predict("seven", api_name="/echo") == "seven"
    assert http.post("/gradio_api/run/live", json={"data": ["seven"]}).json()["data"] == ["seven"]
    assert http.post("/gradio_api/run/echo", json={"data": ["seven"]}).status_code == 404


def test_a_stream_of_a_session_that_is_none_leaves_no_trace_in_the_log(
    http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = http.get("/gradio_api/queue/data", params={"session_hash": "nobody's"})
    assert '"session_not_found":true' in answer.text
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")]


# ----------------------------------------------------------------------------------------------------------- origins


@pytest.mark.parametrize(
    ("headers", "served"),
    [
        ({}, True),  # a script
        ({"sec-fetch-site": "same-origin", "origin": "https://whatever.a.proxy.says"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "https://evil.example"}, False),
        ({"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:1"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "null"}, False),  # a file, a frame in a sandbox
        ({"sec-fetch-site": "cross-site", "origin": SCHOOL}, True),
        ({"sec-fetch-site": "cross-site", "origin": f"{SCHOOL}.evil.example"}, False),
        ({"origin": "http://{host}"}, True),  # over http in a school's own network, browsers say no more
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "https://evil.example", "host": "spoofed.example"}, False),  # Gradio's own rule looks at the host
        ({"origin": "http://evil.example", "x-forwarded-host": "evil.example"}, False),
    ],
)
def test_only_pages_of_our_own_and_of_allowed_sites_may_ask(
    headers: dict[str, str], served: bool, http: httpx.Client
) -> None:
    sent = {name: value.format(host=http.base_url.netloc.decode()) for name, value in headers.items()}
    answer = http.post("/gradio_api/run/live", json={"data": ["seven"]}, headers=sent)
    if not served:
        return refused(answer, 403, "foreign")
    assert answer.json()["data"] == ["seven"]
    if headers.get("origin") == SCHOOL:
        assert answer.headers["access-control-allow-origin"] == SCHOOL
        assert "Origin" in answer.headers["vary"]
    return None


def test_uploads_of_other_sites_pages_are_refused(http: httpx.Client) -> None:
    answer = http.post("/gradio_api/upload", files={"files": b"x"}, headers={"origin": "https://evil.example"})
    refused(answer, 403, "foreign")


@pytest.mark.parametrize("header", ["x-forwarded-host", "x-gradio-server"])
def test_what_a_visitor_says_of_the_address_is_not_believed(header: str, app: gr.Blocks, http: httpx.Client) -> None:
    for path in ("/config", "/gradio_api/info", "/"):
        answer = http.get(path, headers={header: "https://evil.example" if "gradio" in header else "evil.example"})
        assert answer.status_code == 200
        assert "evil.example" not in answer.text


def test_what_one_visitor_says_of_the_address_reaches_no_other(http: httpx.Client) -> None:
    http.get("/gradio_api/info", headers={"host": "evil.example"})
    http.post("/gradio_api/call/v2/echo", json={"value": "x"}, headers={"host": "evil.example"})
    assert "evil.example" not in http.get("/gradio_api/info").text
    assert "evil.example" not in http.get("/").text


def test_a_proxy_that_the_operator_names_is_believed() -> None:
    with gr.Blocks(analytics_enabled=False) as demo:
        gr.Button().click(lambda: None, queue=False, api_name="live")
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options(proxied=True))
    try:
        headers = {"x-forwarded-host": "digits.example", "x-forwarded-proto": "https"}
        with httpx.Client(base_url=demo.local_url, headers=headers) as http:
            assert http.get("/config").json()["root"] == "https://digits.example"
            own = {"origin": "https://digits.example"}
            assert http.post("/gradio_api/run/live", json={"data": []}, headers=own).status_code == 200
    finally:
        demo.close()


# ----------------------------------------------------------------------------------------------------------- headers


@pytest.mark.parametrize("path", ["/", "/config", "/theme.css", "/nothing", "/gradio_api/file=/etc/passwd"])
def test_every_answer_has_the_headers(path: str, http: httpx.Client) -> None:
    headers = http.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=(self)" in headers["permissions-policy"]
    policy = dict(one.strip().split(" ", 1) for one in headers["content-security-policy"].split(";"))
    assert policy["object-src"] == "'none'"
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'self'"
    assert "frame-ancestors" not in policy  # any page may hold the app in a frame
    assert "http" not in headers["content-security-policy"]


# ------------------------------------------------------------------------------------------------------------ bodies


@pytest.mark.parametrize("path", ["run/live", "cancel", "reset"])
def test_a_body_has_a_limit(path: str, http: httpx.Client) -> None:
    large = b'{"data": ["' + b"x" * gateway.MAX_BODY + b'"]}'
    refused(http.post(f"/gradio_api/{path}", content=large), 413, "body_large", limit=1)
    refused(http.post(f"/gradio_api/{path}", content=iter([large])), 413, "body_large", limit=1)  # of unknown length


def test_a_body_has_a_limit_of_values(http: httpx.Client) -> None:
    many = b'{"data": [' + b"[1]," * gateway.MAX_VALUES + b"1]}"
    refused(http.post("/gradio_api/run/live", content=many), 413, "body_values", limit=gateway.MAX_VALUES)


def test_gradios_client_says_why_a_call_may_not_join(app: gr.Blocks) -> None:
    with pytest.raises(Exception, match=re.escape(say("error.body_large", limit=1))):
        Client(app.local_url, verbose=False).predict("x" * gateway.MAX_BODY, api_name="/echo")


Receive = Callable[[], Awaitable[Message]]


def answered(
    receive: Receive, path: str = "/gradio_api/run/live", app: Any = None, **headers: str
) -> tuple[int, bytes]:
    """The layer's answer where a request's body comes by `receive`; the app behind it reads it all, and says so."""

    async def reads(scope: Any, receive: Receive, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"read"})

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    run_async(Gateway(app or reads)(request(path, **headers), receive, send))
    return sent[0]["status"], sent[1]["body"]


def request(path: str, method: str = "POST", **headers: str) -> dict[str, Any]:
    """What a server hands on of a request, to an app that keeps no files."""
    blocks = type("Blocks", (), {"share": False, "temp_file_sets": []})
    return {
        "type": "http", "method": method, "path": path, "query_string": b"", "root_path": "",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        "app": type("App", (), {"get_blocks": lambda _: blocks})(),
    }  # fmt: skip


def coming(*chunks: bytes, last: bool = False) -> Receive:
    """A body that comes in these parts, and then stays away, unless the last is its end."""
    parts: list[Message] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    if last:
        parts[-1]["more_body"] = False

    async def receive() -> Message:
        return parts.pop(0) if parts else await asyncio.Event().wait()

    return receive


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "BODY_SECONDS", 0.05)
    status, body = answered(coming(b"{"))
    assert (status, say("error.slow").encode() in body) == (408, True)


def test_bodies_on_their_way_have_a_limit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "MAX_BODIES", 100)
    status, body = answered(coming(b"x" * 60, b"x" * 60))
    assert (status, say("error.busy").encode() in body) == (503, True)


# ----------------------------------------------------------------------------------------------------------- uploads

UPLOAD = "/gradio_api/upload"


def test_an_upload_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "PATIENCE", 0.05)
    status, body = answered(coming(b"x"), UPLOAD, swallowing)
    assert (status, say("error.slow").encode() in body) == (408, True)


def test_an_upload_that_trickles_in_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "PATIENCE", 0.05)

    async def trickle() -> Message:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    assert answered(trickle, UPLOAD, swallowing)[0] == 408


def test_an_upload_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "MAX_UPLOAD", 2_000_000)
    status, body = answered(coming(), UPLOAD, content_length="2000001")
    assert (status, say("error.upload_large", limit=2).encode() in body) == (413, True)
    status, body = answered(coming(b"x" * 1_500_000, b"x" * 1_500_000), UPLOAD, swallowing)
    assert (status, say("error.upload_large", limit=2).encode() in body) == (413, True)


async def swallowing(scope: Any, receive: Receive, send: Any) -> None:
    """As Gradio's route: a broken upload is answered in its own words."""
    try:
        while (await receive()).get("more_body"):
            pass
    except gateway.MultiPartException as error:
        await send({"type": "http.response.start", "status": 400, "headers": []})
        await send({"type": "http.response.body", "body": error.message.encode()})


def test_an_upload_broken_off_leaves_no_file(app: gr.Blocks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "MAX_UPLOAD", 1_000_000)
    folder = Path(app.app.uploaded_file_dir)

    async def half() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
        for _ in range(20):
            yield b"x" * 100_000

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(base_url=app.local_url, timeout=30) as client:
            headers = {"content-type": "multipart/form-data; boundary=x"}
            return await client.post(UPLOAD, content=half(), headers=headers)

    refused(run_async(send()), 413, "upload_large", limit=1)
    assert not list(folder.glob("tmp*"))


def test_what_is_kept_for_visitors_has_a_limit_together(app: gr.Blocks, http: httpx.Client, tmp_path: Path) -> None:
    """Where there is no place, the oldest go; what has just come stays, and then nothing more is taken."""
    now, paths = 10_000.0, [tmp_path / name for name in "abcd"]
    for age, path in zip((900, 600, 300, 10), paths, strict=True):
        path.write_bytes(b"x" * 100)
        os.utime(path, (now - age, now - age))
    kept = [{str(path) for path in paths}, {str(tmp_path / "gone")}]
    assert make_room(kept, 1000, lambda: now) == 400
    assert all(path.exists() for path in paths)
    assert make_room(kept, 301, lambda: now) == 300
    assert [path.exists() for path in paths] == [False, True, True, True]
    assert make_room(kept, 100, lambda: now) == 100
    assert [path.exists() for path in paths] == [False, False, False, True]


def test_files_are_counted_now_and_then_and_what_comes_meanwhile_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "COUNTED", 60)
    monkeypatch.setattr(gateway, "MAX_KEPT", 100)
    counts = []
    monkeypatch.setattr(gateway, "make_room", lambda sets, most: counts.append(most) or 20)

    async def uploads() -> list[Message]:
        layer, refused = Gateway(swallowing), []

        async def send(message: Message) -> None:
            refused.append(message)

        for _ in range(4):
            await layer(request(UPLOAD), coming(b"x" * 40, last=True), send)
        return refused

    assert run_async(uploads()) == []
    assert len(counts) == 2  # at the first, and where 20 and two of 40 were there


def test_an_upload_for_which_there_is_no_place_is_refused(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "MAX_KEPT", 0)
    refused(http.post(UPLOAD, files={"files": b"x"}), 507, "uploads_full")


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/gradio_api/queue/join")])
def test_who_does_not_read_the_answer_holds_up_nobody(method: str, path: str) -> None:
    async def app(scope: Any, receive: Receive, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"made"})

    async def never(message: Message) -> None:
        await asyncio.Event().wait()

    async def both() -> list[Message]:
        layer, sent = Gateway(app), []

        async def send(message: Message) -> None:
            sent.append(message)

        first = asyncio.create_task(layer(request(path, method), coming(b"{}", last=True), never))
        await asyncio.sleep(0)
        await asyncio.wait_for(layer(request(path, method), coming(b"{}", last=True), send), 20)
        first.cancel()
        return sent

    assert run_async(both())[1]["body"] == b"made"


# ----------------------------------------------------------------------------------------------------------- streams


def test_open_streams_have_a_limit(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "MAX_STREAMS", 0)
    refused(http.get("/gradio_api/heartbeat/x"), 503, "busy")


def test_a_script_calls_over_and_over_through_few_streams(app: gr.Blocks, monkeypatch: pytest.MonkeyPatch) -> None:
    """By Gradio's own client: all answers come, the right ones, also of calls that are made at once."""
    monkeypatch.setattr(streams, "PAUSES", 1000)
    opened, serve = [], streams.Streams.serve

    async def served(*arguments: Any) -> None:
        opened.append(arguments)
        await serve(*arguments)

    monkeypatch.setattr(streams.Streams, "serve", served)
    client = Client(app.local_url, verbose=False)
    assert [client.predict(str(number), api_name="/echo") for number in range(6)] == list("012345")
    assert len(opened) < 6
    jobs = [client.submit(str(number), api_name="/echo") for number in range(6)]
    assert [job.result(timeout=60) for job in jobs] == list("012345")


def test_where_many_look_at_uploads_the_next_is_told_at_once(
    http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "MAX_PROGRESS", 0)
    answer = http.get("/gradio_api/upload_progress", params={"upload_id": "x"})
    assert (answer.status_code, answer.text) == (200, 'data: {"msg": "done"}\n\n')


def test_a_page_is_made_once_for_all_who_ask_alike(
    app: gr.Blocks, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty phones that open the page together: to make one takes the server longer than to read ten digits."""
    made: list[str] = []
    make = gateway._made

    async def counted(application: Any, scope: Any, receive: Any) -> Any:
        made.append(scope["path"])
        return await make(application, scope, receive)

    monkeypatch.setattr(gateway, "_made", counted)
    monkeypatch.setattr(gateway, "PAGE_SECONDS", -1)
    first = http.get("/?lang=fr")
    monkeypatch.setattr(gateway, "PAGE_SECONDS", 60)
    plain = http.get("/", headers={"Accept-Encoding": "identity"})
    assert (first.headers["content-encoding"], plain.headers.get("content-encoding")) == ("gzip", None)
    assert first.text == plain.text
    assert int(first.headers["content-length"]) < len(plain.content) / 2
    assert {"Accept-Encoding"} <= set(re.split(", *", first.headers["vary"]))
    assert made == ["/"]
    elsewhere = http.get("/config", headers={"Host": "school.example"}).json()
    assert made == ["/", "/config"]
    assert elsewhere["root"] == "http://school.example"
    assert http.get("/config").json()["root"] == app.local_url.rstrip("/")


def test_a_page_that_is_not_there_is_not_kept(http: httpx.Client) -> None:
    for number in range(2 * gateway.MAX_PAGES):
        assert http.get(f"/?page={number}").status_code != 200
    assert http.get("/").status_code == 200


def test_pages_made_for_many_addresses_leave_no_more_than_some(http: httpx.Client) -> None:
    roots = [http.get("/config", headers={"Host": f"{n}.example"}).json()["root"] for n in range(gateway.MAX_PAGES + 2)]
    assert roots == [f"http://{n}.example" for n in range(gateway.MAX_PAGES + 2)]
    layer = Gateway(lambda *_: None)  # type: ignore[arg-type,return-value]
    for number in range(gateway.MAX_PAGES + 2):
        page = gateway._Page({"status": 200 if number else 500}, b"", b"", 0)
        layer._keep((str(number),), page)
    assert [key for (key,) in layer._pages] == [str(n) for n in range(2, gateway.MAX_PAGES + 2)]
