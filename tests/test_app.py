"""`python app.py` as a person starts it."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio_client import Client

import app

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def start(*arguments: str, **variables: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "app.py", *arguments],
        cwd=ROOT, env={**os.environ, **variables}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def connect(url: str, process: subprocess.Popen) -> Client:
    deadline = time.monotonic() + 120
    while True:
        try:
            return Client(url, verbose=False)
        except Exception:
            assert process.poll() is None, process.stdout.read()
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_serves_the_chosen_model_where_gradios_variables_say(tiny_folder: Path) -> None:
    port = str(free_port())
    process = start("--model", str(tiny_folder), GRADIO_SERVER_PORT=port)
    try:
        client = connect(f"http://127.0.0.1:{port}", process)
        models = client.predict(api_name="/models")
        assert [model["name"] for model in models if model["default"]] == ["tiny"]
        assert "course" in [model["name"] for model in models]
    finally:
        process.terminate()
        process.communicate()


def launched(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> dict[str, Any]:
    """What `python app.py ARGUMENTS` would launch with."""
    seen: dict[str, Any] = {}
    monkeypatch.setattr(sys, "argv", ["app.py", *arguments])
    monkeypatch.setattr(gr.Blocks, "launch", lambda _, **options: seen.update(options))
    monkeypatch.setattr(app, "_complete", lambda _: None)  # compiling in a thread that the tests' end would cut off
    app.main()
    return seen


def test_options_reach_gradio_and_what_is_left_out_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = launched(monkeypatch, "--share", "--host", "0.0.0.0", "--port", "8000", "--allow-origin=https://a.example")
    assert chosen["app_kwargs"]["middleware"][0].kwargs == {"origins": ["https://a.example"], "proxied": False}
    assert (chosen["share"], chosen["server_name"], chosen["server_port"]) == (True, "0.0.0.0", 8000)
    left_out = launched(monkeypatch)
    assert (left_out["share"], left_out["server_name"], left_out["server_port"]) == (None, None, None)


def allowed(*arguments: str) -> tuple[list[str], bool]:
    """The other sites that may ask, and whether a proxy is believed."""
    chosen = app.options(list(arguments))
    return chosen.allow_origin, chosen.trust_proxy


def test_other_sites_and_proxies_are_trusted_where_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("DIGITS_ALLOW_ORIGIN", "DIGITS_TRUST_PROXY", "SPACE_ID"):
        monkeypatch.delenv(variable, raising=False)
    assert allowed() == ([], False)
    told = ["--allow-origin", "https://School.example/", "--allow-origin=http://localhost:8000", "--trust-proxy"]
    assert allowed(*told) == (["https://school.example", "http://localhost:8000"], True)
    monkeypatch.setenv("DIGITS_ALLOW_ORIGIN", "https://a.example https://b.example")
    monkeypatch.setenv("DIGITS_TRUST_PROXY", "1")
    assert allowed() == (["https://a.example", "https://b.example"], True)
    monkeypatch.delenv("DIGITS_TRUST_PROXY")
    monkeypatch.setenv("SPACE_ID", "owner/space")
    assert allowed()[1]


@pytest.mark.parametrize(
    "site", ["school.example", "https://", "https://school.example/page", "*", "null", "ftp://a.b"]
)
def test_a_site_that_is_none_is_refused(
    site: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit):
        app.options([f"--allow-origin={site}"])
    assert f"a web site as https://school.example, not {site}" in capsys.readouterr().err
    monkeypatch.setenv("DIGITS_ALLOW_ORIGIN", site)
    with pytest.raises(SystemExit):
        app.options([])
    assert "DIGITS_ALLOW_ORIGIN: a web site as" in capsys.readouterr().err


def test_an_unknown_model_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match='There is no model named "lenet"; the models are: animals, course'):
        launched(monkeypatch, "--model", "lenet")


def test_a_model_that_may_not_join_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.keras").write_bytes(b"no model")
    with pytest.raises(SystemExit, match='The file of the model "mine" cannot be read as a Keras model'):
        launched(monkeypatch, "--model", str(tmp_path / "mine.keras"))


def test_a_port_that_is_taken_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_none(*_: Any, **__: Any) -> None:
        raise OSError("Cannot find empty port in range: 7860-7860. Pass `server_port` to `launch()`.")

    monkeypatch.setattr(gr.Blocks, "launch", find_none)
    monkeypatch.setattr(sys, "argv", ["app.py", "--port", "7860"])
    with pytest.raises(SystemExit, match=r"^The app cannot listen at --port 7860: the port is taken, or"):
        app.main()


@pytest.mark.parametrize("port", ["0", "-1", "65536", "7860.5", "http"])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        app.options([f"--port={port}"])
    assert f"argument --port: a whole number from 1 to 65535, not {port}" in capsys.readouterr().err


def test_help_names_every_option(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        app.options(["--help"])
    out = capsys.readouterr().out
    for option in ("--share", "--host", "--port", "--model", "--allow-origin", "--trust-proxy", "GRADIO_SERVER_PORT"):
        assert option in out
    assert "kept in memory alone" in " ".join(out.split())


def test_classes_hand_in_where_the_operator_allows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DIGITS_COLLECT", raising=False)
    assert not app.options([]).collect
    assert app.options(["--collect"]).collect
    monkeypatch.setenv("DIGITS_COLLECT", "1")
    assert app.options([]).collect
