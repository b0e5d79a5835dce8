"""The pads' live events as a browser sends them: what thirty pads at once must not wait for."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import gradio as gr
import httpx2
import pytest

from cnn.framing.ink import MAX_POINTS
from cnn.types import Framed, InputError, Prediction
from cnn.ui import live
from tests.ui.conftest import FakeClassifier, seven_or_one

SEVEN = {"strokes": [[[90, 60], [190, 60], [120, 220]]], "width": 280, "height": 280}
ELEVEN = {"strokes": [[[90, 60], [90, 220]], [[190, 60], [190, 220]]], "width": 640, "height": 280}


@pytest.fixture
def draw(fake_app: tuple[FakeClassifier, gr.Blocks]) -> Iterator[Any]:
    """Send a drawing to a pad's live event, or what stands beside it to another one: a future of what it gives."""
    demo = fake_app[1]
    events = {
        (demo.blocks[target].elem_id, name): event
        for event in demo.fns.values()
        for target, name in event.targets
        if target in demo.blocks
    }
    with ThreadPoolExecutor(2) as visitors, httpx2.Client(base_url=demo.local_url, timeout=20) as client:

        def send(pad: str, *given: Any, event: str = "input") -> Future:
            body = {"data": given, "fn_index": events[pad, event]._id, "session_hash": "live"}
            return visitors.submit(lambda: client.post("gradio_api/run/predict", json=body))

        yield send


def test_a_digit_does_not_wait_for_a_number(draw: Any, fake: FakeClassifier) -> None:
    reading, go_on = Event(), Event()

    def slow(framed: Framed) -> Prediction:
        if framed.image.sum() and not reading.is_set():  # the first that is read, which is the number's
            reading.set()
            assert go_on.wait(20)
        return seven_or_one(framed)

    fake.answers = slow
    number = draw("pad-number", ELEVEN)
    assert reading.wait(20)
    try:
        assert draw("pad", SEVEN).result().json()["data"][0]["label"] == 7
        assert not number.done()
    finally:
        go_on.set()
    assert number.result().status_code == 200


def test_a_live_answer_makes_no_component_anew(draw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An output that is skipped is made anew by Gradio, which took a third of what thirty pads cost."""
    made = []
    anew = gr.HTML.__init__
    monkeypatch.setattr(gr.HTML, "__init__", lambda self, *args, **kw: (made.append(self), anew(self, *args, **kw))[1])
    for pad, drawing in (("pad", SEVEN), ("pad-number", ELEVEN)):
        assert draw(pad, drawing).result().status_code == 200
    assert not made


def test_gradio_would_answer_the_same_and_keep_the_same_digit(
    draw: Any, fake_app: tuple[FakeClassifier, gr.Blocks], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `cnn.ui.live` answers in Gradio's place, beside what Gradio answers where that hands on everything."""

    app: Any = fake_app[1].app

    def answered(pad: str, drawing: Any) -> tuple[dict[str, Any], list[Any]]:
        told = draw(pad, drawing).result().json()
        told["data"][0].pop("milliseconds", None)
        session = app.state_holder["live"]
        return told, [kept.image.tobytes() for kept in session.state_data.values() if isinstance(kept, Framed)]

    sent = [("pad", SEVEN), ("pad", {**SEVEN, "lifted": True}), ("pad-number", ELEVEN)]
    ours = [answered(*one) for one in sent]
    passed = []
    monkeypatch.setattr(live, "_answer", lambda *asked: passed.append(asked) or _nothing())
    theirs = [answered(*one) for one in sent]
    assert len(passed) == len(sent)
    for (mine, digits), (other, same) in zip(ours, theirs, strict=True):
        assert mine["data"] == other["data"]
        assert mine["is_generating"] == other["is_generating"]
        assert mine["render_config"] == other["render_config"]
        assert digits == same != []


async def _nothing() -> None:
    return None


@pytest.mark.parametrize("drawing", [None, 7, "7", [], {"strokes": [[["a", "b"]]], "width": 1, "height": 1}])
@pytest.mark.parametrize("pad", ["pad", "pad-number"])
def test_what_is_no_drawing_is_refused_in_a_sentence(draw: Any, pad: str, drawing: Any) -> None:
    """The events take what was sent as it is, for speed: it is checked all the same."""
    refused = draw(pad, drawing).result()
    assert (refused.status_code, refused.json()["error"]) == (500, InputError("strokes", limit=MAX_POINTS).say("en"))


@pytest.mark.parametrize("reader", ["mine-1", "fake", 7, ["mine-1"], None])
def test_a_network_that_is_not_there_reads_nothing(draw: Any, reader: Any) -> None:
    """Where a visitor's own network was let go, the one answers that answers everybody."""
    answered = draw("pad", {**SEVEN, "lifted": True, "reader": reader}, None, event="select").result().json()
    assert (answered["data"][0]["label"], answered["data"][0]["model"]) == (7, "fake")
