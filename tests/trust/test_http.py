"""Requests to the served app that no page and no client sends: Gradio's own routes refuse with a sentence too."""

import json
from collections.abc import Iterator
from typing import Any

import gradio as gr
import httpx
import pytest

from cnn.text import say
from cnn.ui.compat import API_PREFIX
from tests.trust.app import SECONDS, Answer
from tests.trust.conftest import Tally

ENDLESS = b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
BODIES = {
    "nothing": b"", "no JSON": b"data", "no text": b"\xff\xfe\x00", "a list": b"[]", "null": b"null", "empty": b"{}",
    "data is null": b'{"data": null}', "data is an object": b'{"data": {}}', "data is text": b'{"data": "x"}',
    "endless nesting": ENDLESS, "a number without end": b'{"data": [' + b"9" * 5000 + b"]}", "half": b'{"data": [1,',
    "no session": b'{"data": [], "session_hash": {}}',
    "no place": b'{"data": [], "session_hash": "s", "fn_index": "x"}',
    "an unknown place": b'{"data": [], "session_hash": "s", "fn_index": 99999}',
    "a place below zero": b'{"data": [], "session_hash": "s", "fn_index": -1}',
    "a strange sender": b'{"data": [], "session_hash": "s", "fn_index": 1, "trigger_id": "x"}',
    "no place at all": b'{"data": [], "session_hash": "s"}',
}  # fmt: skip
ASKED = ["run/predict", "run/nothing", "call/predict", "call/nothing", "call/v2/nothing", "queue/join", "api/nothing"]
ADDRESSES = [
    "nothing",
    "file=/etc/passwd",
    "file=%00",
    "file=..%2f..%2fetc%2fpasswd",
    "static/..%2f..%2fx",
    "run/predict",
]


@pytest.fixture(scope="module")
def http(trust_demo: gr.Blocks) -> Iterator[httpx.Client]:
    address = f"{trust_demo.local_url}{API_PREFIX.strip('/')}/"
    headers = {"content-type": "application/json"}
    with httpx.Client(base_url=address, timeout=SECONDS, headers=headers) as client:
        yield client


def ask(http: httpx.Client, method: str, address: str, body: bytes | str | None = None) -> Answer:
    """What a request is answered: a refusal has its sentence where FastAPI's clients look for it, or Gradio's."""
    answer = http.request(method, address, content=body)
    if answer.status_code < 400 and "event_id" in answer.text:
        return heard(answer)
    if answer.status_code < 400:
        return Answer(answer.text)
    found = answer.json()
    return Answer(sentence=found.get("error", found.get("detail")) or "null")


def heard(answer: httpx.Response) -> Answer:
    """The end of the stream that a queued call opens."""
    path = str(answer.request.url).replace("/v2/", "/")
    stream = httpx.get(f"{path}/{answer.json()['event_id']}", timeout=SECONDS).text
    kind, data = stream.strip().splitlines()[-2:]
    data = json.loads(data.removeprefix("data: "))
    return Answer(sentence=data["error"] or "null") if kind == "event: error" else Answer(data)


@pytest.mark.parametrize("route", ASKED)
def test_a_body_that_is_none(http: httpx.Client, tally: Tally, route: str) -> None:
    for case, body in BODIES.items():
        tally(case, ask, http, "POST", route, body, answers=False)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_address_that_is_none(http: httpx.Client, tally: Tally, method: str) -> None:
    for address in ADDRESSES:
        tally(address, ask, http, method, address, answers=False)


@pytest.mark.parametrize("values", [{}, {"image": 3, "more": 1}, {"image": None, "model": "nobody"}])
def test_values_by_name(http: httpx.Client, tally: Tally, values: dict[str, Any]) -> None:
    tally(str(values), ask, http, "POST", "call/v2/predict", json.dumps(values), answers=False)


@pytest.mark.parametrize("route", ["run", "call", "api"])
def test_values_that_are_none(http: httpx.Client, tally: Tally, route: str) -> None:
    for name in ("predict", "predict_strokes", "read_number", "explain", "layers"):
        for values in ([], [None], ["\ud800"] * 4, [{"path": "a\x00b", "meta": {"_type": "gradio.FileData"}}] * 4):
            if name == "layers" and values[:1] == [None]:
                continue  # the default's
            body = json.dumps({"data": values})
            tally(f"{name} {values!r:.40}", ask, http, "POST", f"{route}/{name}", body, answers=False)


def test_a_refusal_speaks_the_browsers_language(http: httpx.Client) -> None:
    french = {"accept-language": "fr-FR,fr;q=0.9"}
    assert http.post("run/nothing", json={"data": []}, headers=french).json()["detail"].startswith("Ce point d’accès")
    assert http.get("nothing", headers=french).json()["detail"] == say("error.no_address", "fr")


def test_who_passes_the_queue_by_is_told_where_it_is(http: httpx.Client) -> None:
    answer = http.post("run/predict", json={"data": [None, "default"]})
    assert answer.status_code == 404
    assert answer.json()["detail"] == say("error.queued", address=f"{API_PREFIX}/call")
