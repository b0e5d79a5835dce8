"""`python app.py` as a person starts it."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from gradio_client import Client

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def app(*arguments: str, **variables: str) -> subprocess.Popen:
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


@pytest.mark.parametrize("by_variable", [False, True])
def test_serves_the_chosen_model_on_the_chosen_port(tiny_folder: Path, by_variable: bool) -> None:
    port = str(free_port())
    chosen = ("--model", str(tiny_folder))
    process = app(*chosen, GRADIO_SERVER_PORT=port) if by_variable else app(*chosen, "--port", port)
    try:
        client = connect(f"http://127.0.0.1:{port}", process)
        models = client.predict(api_name="/models")
        assert [model["name"] for model in models if model["default"]] == ["tiny"]
        assert "course" in [model["name"] for model in models]
    finally:
        process.terminate()
        process.wait()


def test_an_unknown_model_is_one_sentence() -> None:
    process = app("--model", "lenet")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out.strip().splitlines()[-1].startswith('There is no model named "lenet"; the models are: course')
    assert "Traceback" not in out


def test_help_names_every_option() -> None:
    out, _ = app("--help").communicate(timeout=60)
    for option in ("--share", "--host", "--port", "--model", "GRADIO_SERVER_PORT"):
        assert option in out
