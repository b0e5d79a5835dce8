"""The app in this process: its endpoints and its page's events, with Gradio's own checks and without its server."""

import asyncio
import dataclasses
import json
import re
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import gradio as gr
import orjson
from gradio.blocks import BlockFunction
from gradio.state_holder import SessionState
from gradio.utils import get_upload_folder

from cnn.text import say
from cnn.ui.course import Course
from cnn.ui.draw.pad import Pad
from cnn.ui.errors import Errors
from cnn.ui.inside import Inside
from cnn.ui.lab import Lab
from cnn.ui.stress import Stress
from cnn.ui.trials import Trials

SECONDS = 60  # within which whatever is sent is answered, on a busy machine too
LEAKS = re.compile(
    r"Traceback|Exception|\bError:|\bnull\b$|None$|File \"|/tmp|/home|/root|site-packages|\.py\b|0x[0-9a-f]{6}"
)
MILLISECONDS = re.compile(r'"milliseconds": ?[0-9.e-]+')


@dataclasses.dataclass(frozen=True)
class Answer:
    """What came back: `data`, JSON-ready, or the `sentence` of a refusal."""

    data: Any = None
    sentence: str | None = None

    @property
    def alike(self) -> str:
        """What two equal answers have in common: all but the time they took and the names of made files."""
        text = json.dumps(self.data, sort_keys=True)
        return re.sub(r'"[^"]*/([^"/]*)"', r'"\1"', MILLISECONDS.sub("", text)) + str(self.sentence)


class App:
    """A visitor of an app that nobody serves."""

    def __init__(self, demo: gr.Blocks):
        self.demo = demo
        self.folder = Path(tempfile.mkdtemp(dir=_made(Path(get_upload_folder()))))
        self._runner, self._thread = asyncio.Runner(), ThreadPoolExecutor(1)  # a browser's loop may run in this one
        self.endpoints = {fn.api_name: fn for fn in demo.fns.values() if fn.api_visibility == "public"}
        self.events = {
            f"{number} {_name(fn)}": fn for number, fn in demo.fns.items() if fn.api_visibility != "public" and fn.fn
        }

    def close(self) -> None:
        """Forget what was uploaded."""
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, function: BlockFunction, values: list[Any]) -> Answer:
        """What a visitor gets for these values. Whatever is no refusal fails the test that asks."""
        values = json.loads(json.dumps(values))  # as they arrive; Gradio works in place
        work = self.demo.process_api(function, values, state=SessionState(self.demo), root_path="http://127.0.0.1/")
        try:
            answer = self._thread.submit(self._runner.run, asyncio.wait_for(work, SECONDS)).result()
        except gr.Error as error:
            return Answer(sentence=error.message)
        return Answer(orjson.loads(orjson.dumps(answer["data"], default=_plain)))

    def upload(self, content: bytes, name: str = "seven.png") -> dict[str, Any]:
        """A file as the page sends it once it is uploaded."""
        path = Path(tempfile.mkdtemp(dir=self.folder)) / name
        path.write_bytes(content)
        return {"path": str(path), "orig_name": name, "size": len(content), "meta": {"_type": "gradio.FileData"}}


def good(block: Any, file: dict[str, Any], model: str) -> Any:
    """A value that a component takes."""
    if isinstance(block, gr.Image):
        return file
    if isinstance(block, gr.File):
        return [file]
    if isinstance(block, gr.State):
        return None
    asked = {Pad: Pad.example_payload, Inside: {"view": "network"}, Stress: {"view": "score"}}
    asked |= {Lab: {"view": "run"}, Errors: {"view": "tables", "model": model, "other": model}}
    asked |= {Trials: {"view": "gather", "secret": "none"}, Course: Pad.example_payload}
    for kind, value in asked.items():
        if isinstance(block, kind):
            return value(block) if callable(value) else value
    labelled = {
        "layer": "conv2d", "model": "default", "strokes": Pad.example_payload(None), "label": 3, "seed": 1,
        "method": "saliency", "perturbation": "rotation", "strength": 10,
    }  # fmt: skip
    label = getattr(block, "label", None)
    return labelled[label] if label in labelled else block.value  # noqa: SIM401 - not every block has a value


def one_sentence(sentence: str | None) -> bool:
    """Whether a refusal is one sentence of ours that tells nothing of the machine, and not the one for our faults."""
    return (
        bool(sentence)
        and sentence.endswith(".")
        and not re.search(r"[\x00-\x1f]", sentence)
        and not LEAKS.search(sentence)
        and len(sentence) < 1000
        and sentence != say("error.unexpected")
    )


def _name(fn: BlockFunction) -> str:
    block, event = fn.targets[0] if fn.targets else (None, "load")
    return f"{event} of {block}"


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _plain(value: Any) -> Any:
    """As FastAPI writes Gradio's own models."""
    return value.model_dump()
