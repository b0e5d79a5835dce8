"""The insides of Gradio and Keras are as we use them; where one of these fails, a `compat.py` has to change."""

import inspect
from pathlib import Path

import gradio as gr
import keras
import pytest
from gradio.state_holder import SessionState

from cnn.network.compat import calls_of, inner, operation_of, run_through
from cnn.ui import compat


def test_the_api_stands_under_a_prefix() -> None:
    assert compat.API_PREFIX.startswith("/")
    assert not compat.API_PREFIX.endswith("/")


def test_a_file_is_uploaded_where_it_lies_in_gradios_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    assert compat.is_uploaded(str(tmp_path / "uploads" / "one" / "seven.png"))
    assert not compat.is_uploaded(str(tmp_path / "seven.png"))
    assert not compat.is_uploaded(str(tmp_path / "uploads" / ".." / "seven.png"))


def test_files_come_with_a_path_a_url_and_a_name() -> None:
    for kind in (compat.FileData, compat.ImageData):
        assert {"path", "url", "orig_name"} <= set(kind.model_fields)
    assert compat.ListFiles([compat.FileData(path="seven.png")]).root[0].path == "seven.png"
    assert issubclass(compat.InvalidPathError, Exception)
    assert issubclass(compat.FnIndexInferError, Exception)


def test_what_we_override_is_still_called_so() -> None:
    assert inspect.iscoroutinefunction(gr.Blocks.process_api)
    assert list(inspect.signature(gr.Blocks.preprocess_data).parameters)[:3] == ["self", "block_fn", "inputs"]
    assert list(inspect.signature(gr.HTML.api_info).parameters) == ["self"]


def test_calls_without_an_answer_are_known_by_session() -> None:
    with gr.Blocks(analytics_enabled=False) as demo:
        pass
    demo.queue()
    assert not compat.is_unanswered(demo, "one")
    demo._queue.pending_event_ids_session["one"] = {"a call"}
    assert compat.is_unanswered(demo, "one")
    assert not compat.is_unanswered(demo, "other")


def test_a_visitor_is_kept_without_a_description_of_the_components() -> None:
    """As Gradio's session in all else: states are the visitor's own, and components are as a handler changed them."""
    with gr.Blocks(analytics_enabled=False) as demo:
        state, text = gr.State([1]), gr.Textbox()
    sessions = compat._LightSessions()
    sessions.set_blocks(demo)
    one, other = sessions["one"], sessions["other"]
    one[state._id].append(2)
    assert one.blocks_config is other.blocks_config  # the description of all components, which is large
    one[text._id] = changed = gr.Textbox("changed", render=False)
    one._update_value_in_config(text._id, "x")
    one._update_config(text._id)
    assert (one[state._id], other[state._id], state.value) == ([1, 2], [1], [1])
    assert (one[text._id], other[text._id]) == (changed, text)
    one[state._id] = [3]
    assert (sessions["one"][state._id], list(one.state_components)) == ([3], [(state, [3], False)])
    assert one.config_values == {}
    kept = set(vars(SessionState(demo)))
    assert set(vars(one)) == kept | {"_everybodys"}


def test_a_marker_holds_the_key_of_its_text() -> None:
    marker = gr.I18n(en={"greeting": "Hello"})("greeting")
    assert isinstance(marker, compat.I18nData)
    assert marker.key == "greeting"


def test_a_tensor_knows_what_made_it() -> None:
    image = keras.Input((4,))
    layer = keras.layers.Dense(2, name="made")
    assert operation_of(layer(image)) is layer


def test_a_built_model_is_gone_through_call_by_call() -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="one"), keras.layers.Dense(2, name="two")])
    assert sorted(call.operation.name for call in calls_of(inner(model))) == ["one", "two"]
    seen = []
    run_through(model, keras.Input((4,)), lambda operation: seen.append(operation.name) or operation)
    assert [name for name in seen if name in ("one", "two")] == ["one", "two"]
