"""What to build with the network: what page and server say to each other, and the files of `assets/course`."""

import ast
import re
from pathlib import Path
from typing import Any

from cnn.ui.component import Component, kept, later

ROOT = Path(__file__).resolve().parents[3]
COURSE = ROOT / "assets" / "course"
# What a starter runs with that its folder has not, or no text: it comes with it, where it lies in the project.
BESIDE = {
    "server-gradio": ["assets/models/course/model.keras", "assets/models/course/config.json"],
    "browser-onnx": [
        *(f"assets/course/browser-onnx/{name}" for name in ("model.onnx", "config.json")),
        *(f"assets/course/page-js/{name}" for name in ("words.js", "pad.js", "style.css")),
    ],
}
TEXTS = (".py", ".js", ".html", ".css", ".md")
EXCERPTS = ("framed", "read")  # functions of the minimal server


class Course(Component):
    """Shows the page's own last request of a drawing, and the answer, its value; `input` asks for what is its value.

    Beside it the starters and the notebooks, which the page fetches when they are wanted.
    """

    def __init__(self, **options: Any):
        known = {"starters": starters(), "notebooks": notebooks(), "excerpts": excerpts()}
        super().__init__(Path(__file__).parent, known, **options)


def starters() -> list[dict[str, Any]]:
    """Each starter's `name`, the `command` that its README has, and the address of its `files`, texts by name.

    And, by their path in the project, the addresses of the files that it needs `beside` these.
    """
    return [
        {
            "name": readme.parent.name,
            "command": re.findall(r"```sh\n(.*)\n```", readme.read_text("utf-8"))[0],
            "files": later({path.name: path.read_text("utf-8") for path in _texts(readme.parent)}),
            "beside": {path: kept(ROOT / path) for path in BESIDE.get(readme.parent.name, ())},
        }
        for readme in sorted(COURSE.glob("*/README.md"), reverse=True)  # what is simplest first
    ]


def _texts(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in TEXTS)


def notebooks() -> list[dict[str, Any]]:
    """Each notebook's `name`, its `bytes` and the address of its `text`."""
    return [
        {"name": path.name, "bytes": path.stat().st_size, "text": later(path.read_text("utf-8"))}
        for path in sorted(COURSE.glob("*.ipynb"), key=lambda path: (len(path.name), path.name))
    ]


def excerpts() -> dict[str, str]:
    """The functions of the minimal server that a network of one's own changes, as they stand there."""
    code = (COURSE / "server-gradio" / "server.py").read_text("utf-8")
    found = {one.name: one for one in ast.parse(code).body if isinstance(one, ast.FunctionDef)}
    return {name: ast.get_source_segment(code, found[name]) or "" for name in EXCERPTS}
