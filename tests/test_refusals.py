"""What goes wrong without being anyone's doing: one general sentence for the visitor, its trace in the log alone."""

import logging
from collections.abc import Callable
from typing import Any

import fastapi
import gradio as gr
import pytest
from starlette.testclient import TestClient

from cnn.text import say
from cnn.types import InputError
from cnn.ui.refusals import HANDLERS, CheckedBlocks
from tests.conftest import run_async

GENERAL = say("error.unexpected")


def refusal(handler: Callable[..., Any], value: Any = 3, components: Callable[[], Any] = gr.JSON) -> str:
    """What a visitor is told by an app of one handler."""
    with CheckedBlocks(analytics_enabled=False) as demo:
        given, shown = components(), gr.JSON()
        gr.Button().click(handler, given, shown)
    with pytest.raises(gr.Error) as caught:
        run_async(demo.process_api(demo.fns[0], [value]))
    assert caught.value.print_exception is False
    return caught.value.message


@pytest.mark.parametrize("error", [KeyError("/secret/path"), TypeError("x"), MemoryError(), RuntimeError("two\nlines")])
def test_a_fault_of_a_handlers_is_one_general_sentence(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    def broken(value: Any) -> None:
        raise error

    with caplog.at_level(logging.ERROR):
        assert refusal(broken) == GENERAL
    assert "in broken" in caplog.text  # the trace
    assert "/secret" not in GENERAL


def test_what_a_handler_refuses_is_said_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    def refusing(value: Any) -> None:
        raise InputError("empty_file")

    assert refusal(refusing) == say("error.empty_file")
    assert not caplog.records


def test_a_value_that_a_component_does_not_take_is_said_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    def radio() -> gr.Radio:
        return gr.Radio(["a", "b"], label="which")

    assert refusal(lambda value: value, "c", radio) == say("error.value", names="which")
    assert refusal(lambda value: value, 10**400) == say("error.value", names="json")
    assert not caplog.records


def test_a_sentence_quotes_on_one_line_and_can_be_sent() -> None:
    sentence = str(InputError("unknown_model", name="a\n\x00b\u2028\ud800", valid="course"))
    assert sentence == 'There is no model named "a b ?"; the models are: course.'
    assert "\u00a0;" in InputError("unknown_model", name="a", valid="course").say("fr")


def test_a_fault_of_a_routes_is_one_general_sentence() -> None:
    app = fastapi.FastAPI(exception_handlers=HANDLERS)

    @app.get("/fails/{kind}")
    def fails(kind: str) -> None:
        raise {"key": KeyError, "type": TypeError, "other": RuntimeError}[kind]("/secret/path")

    client = TestClient(app, raise_server_exceptions=False)
    for kind in ("key", "type", "other"):
        answer = client.get(f"/fails/{kind}")
        assert answer.status_code == 500
        assert answer.json() == {"detail": GENERAL, "error": GENERAL}
    assert client.get("/nowhere").json()["detail"] == say("error.no_address")
