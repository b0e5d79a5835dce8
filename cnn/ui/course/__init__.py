"""What to build with the network: what page and server say to each other, and the files of `assets/course`."""

import ast
import re
from pathlib import Path
from typing import Any

from cnn.ui.component import Component, later

COURSE = Path(__file__).resolve().parents[3] / "assets" / "course"
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
    """Each starter's `name`, the `command` that its README has, and the address of its `files`, texts by name."""
    return [
        {
            "name": readme.parent.name,
            "command": re.findall(r"```sh\n(.*)\n```", readme.read_text("utf-8"))[0],
            "files": later({path.name: path.read_text("utf-8") for path in _texts(readme.parent)}),
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
