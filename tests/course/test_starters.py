"""The starters of the course run as their READMEs say, and answer."""

import json
import re
import runpy
import shlex
import socket
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import keras
import numpy as np
import onnxruntime
import pytest
import uvicorn
from fastapi.testclient import TestClient
from gradio_client import Client, handle_file
from PIL import Image, ImageDraw

import app
from cnn.models.registry import load
from cnn.types import InputError
from cnn.ui.course import excerpts, starters
from train.data.mnist import Digits
from train.publish.notebooks import FOLDER, ROOT

STARTERS = sorted(path.parent for path in FOLDER.glob("*/README.md"))


@pytest.fixture
def seven(tmp_path: Path) -> Path:
    """A seven in a corner of a sheet, as somebody sends it."""
    page = Image.new("L", (300, 200), 255)
    ImageDraw.Draw(page).line([(20, 30), (70, 30), (40, 100)], 0, 8, "curve")
    page.save(tmp_path / "seven.png")
    return tmp_path / "seven.png"


@pytest.mark.parametrize("folder", STARTERS, ids=lambda folder: folder.name)
def test_one_line_runs_a_starter(folder: Path) -> None:
    """Its README says it in English and in French, and names what is there; all is read within minutes."""
    lines = [
        re.search(r"```sh\n(.*)\n```", (folder / name).read_text("utf-8"))[1] for name in ("README.md", "README.fr.md")
    ]
    line = lines[0]
    assert lines == [line, line]
    for command in re.split(" && | & ", line):
        python, *words = shlex.split(command)
        assert python == "python"
        if words[0] == "app.py":
            app.options(words[1:])
        for word in words:
            if "/" in word and "://" not in word:
                assert (ROOT / word).exists(), word
    code = [path for path in folder.iterdir() if path.suffix in (".py", ".js", ".html")]
    assert sum(len(path.read_text("utf-8").splitlines()) for path in code) < 150


def test_the_network_for_browsers_is_the_courses(digits: Digits) -> None:
    """ONNX Runtime computes what Keras does, to 1e-4; else `python -m train export` was forgotten."""
    images = digits.images[:100, ..., np.newaxis].astype(np.float32) / 255
    session = onnxruntime.InferenceSession(FOLDER / "browser-onnx" / "model.onnx")
    found = session.run(None, {session.get_inputs()[0].name: images})[0]
    np.testing.assert_allclose(found, load("course").logits(images[..., 0]), rtol=1e-4, atol=1e-4)
    page = (FOLDER / "browser-onnx" / "index.html").read_text("utf-8")
    assert re.search(r'onnxruntime-web@\d+\.\d+\.\d+/[^"]*"\s+integrity="sha384-[\w+/]{64}"', page)


def test_what_is_downloaded_has_all_that_its_line_needs() -> None:
    """It lies as in the project: what pages fetch, and the network."""
    for starter in starters():
        folder = FOLDER / starter["name"]
        has = {path.resolve() for path in [*folder.glob("*.*"), *(ROOT / path for path in starter["beside"])]}
        for path in folder.glob("*.[hjp]*"):
            code = path.read_text("utf-8")
            for name in re.findall(r'(?:src|href)="(?!https:)([^"]+)"|= "([\w.]+\.(?:onnx|json))"', code):
                assert (folder / "".join(name)).resolve() in has, name
            if "MODEL = Path" in code:
                assert ROOT / "assets" / "models" / "course" / "model.keras" in has
    assert {one["name"] for one in starters() if one["beside"]} == {"server-gradio", "browser-onnx"}


@pytest.mark.parametrize("classes", ["0123456789", "ABCDEFGHIJK"], ids=["one that refuses", "other classes"])
@pytest.mark.parametrize("closing", [None, keras.ops.softmax], ids=["logits", "softmax"])
def test_the_gradio_server_takes_any_network_s_outputs(closing: Any, classes: str, seven: Path) -> None:
    """By its own two functions, as the page shows them; the figures are the same."""
    logits = np.float32([[-2, 0, 1, 0, 0, 0, 0, 9, 0, 1, 2]])
    answer = np.asarray(closing(logits)) if closing else logits
    names: dict[str, Any] = {"np": np, "Image": Image, "CLASSES": classes}
    names["network"] = SimpleNamespace(predict=lambda *_, **__: answer)
    for code in excerpts().values():
        exec(code, names)
    found = names["read"](Image.open(seven))
    np.testing.assert_allclose(list(found.values()), keras.ops.softmax(logits)[0], atol=1e-6)
    assert [*found] == [*classes, "?"][:11]


@pytest.mark.slow
def test_the_gradio_server_reads_a_picture(seven: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []
    launch = gr.Blocks.launch
    monkeypatch.setattr(
        gr.Blocks,
        "launch",
        lambda page, **options: served.append((page, launch(page, prevent_thread_lock=True, quiet=True, **options))),
    )
    found = runpy.run_path(str(FOLDER / "server-gradio" / "server.py"), run_name="__main__")
    page, (_, address, _) = served[0]
    try:
        answer = Client(address, verbose=False).predict(handle_file(seven), api_name="/read")
    finally:
        page.close()
    assert answer["label"] == "7"
    english, french = (found["words"].translations[language] for language in ("en", "fr"))
    assert english.keys() == french.keys()
    assert {"Effacer", "Réponse"} <= {*french.values()}
    assert found["framed"](Image.open(seven)).sum() > 20
    assert not found["framed"](Image.new("RGBA", (50, 80))).any()  # nothing drawn, on nothing
    light = Image.eval(Image.open(seven), lambda value: 255 - value)
    np.testing.assert_allclose(found["framed"](light), found["framed"](Image.open(seven)), atol=1e-6)


@pytest.mark.slow
def test_the_fastapi_server_reads_a_picture_and_says_what_is_none(seven: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []
    monkeypatch.setattr(uvicorn, "run", lambda server, **_: served.append(server))
    monkeypatch.setattr(sys, "path", [*sys.path])
    found = runpy.run_path(str(FOLDER / "server-fastapi" / "server.py"), run_name="__main__")
    with TestClient(served[0]) as client:
        answer = client.post("/read", files={"picture": seven.read_bytes()})
        assert answer.json()["label"] == "7"
        assert answer.json()["reason"] is None
        for language in ("en", "fr"):
            refused = client.post(
                "/read", files={"picture": b"no picture"}, headers={"accept-language": f"{language}-CH"}
            )
            assert refused.status_code == 422
            assert json.loads(refused.text)["detail"] == InputError("unreadable").say(language)
        assert "fetch(" in client.get("/").text
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert found["taken"](port)
    assert not found["taken"](port)
