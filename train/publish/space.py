"""The project -> the folder of a Hugging Face Space: the files that app.py needs, by its own imports, and the course's.

The Space's README is this project's header, checked, and a few lines; the models are in the folder, or one on the Hub,
pinned to a commit and fetched when the Space is built.
"""

import ast
import importlib.metadata
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from cnn.files import finished, whole, write_whole
from cnn.models import remote
from train.publish.hub import PublishError, one_sentence, signed_in

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = "DIGITS_MODEL"
# Within assets; what the course hands out is read by nobody there, and is there for students to take.
ASSETS = ("models/**/*", "text/*", "examples/*", "mnist/*", "lab/*", "course/**/*", "mnist_label_errors.json")
DESCRIPTION = 60  # characters of a short description that the Hub takes


class Pinned(NamedTuple):
    """A model's repository at a commit, and its files that the app asks for."""

    name: remote.Name
    files: tuple[str, ...]


def assemble(folder: Path, model: Pinned | None = None) -> None:
    """Write the Space's files into an empty or new folder; `model` is fetched when the Space is built.

    PublishError for a header that does not say what the tests ran.
    """
    for path in [*needed(), ROOT / "requirements.txt", ROOT / "LICENSE"]:
        with whole(folder / path.relative_to(ROOT)) as aside:
            shutil.copyfile(path, aside)
    write_whole(folder / "README.md", _readme(header(), model))


def needed() -> list[Path]:
    """app.py, the modules of ours that it imports, what the browser gets, and the assets."""
    found: set[Path] = set()
    _follow(ROOT / "app.py", found)
    kinds = (".js", ".css", ".html", ".svg", ".png")
    page = {path for path in (ROOT / "cnn" / "ui").rglob("*") if path.suffix in kinds}
    assets = {
        path
        for pattern in ASSETS
        for path in (ROOT / "assets").glob(pattern)
        if path.is_file() and finished(path) and path.suffix != ".pyc"
    }
    return sorted(found | page | assets)


def _follow(path: Path, found: set[Path]) -> None:
    if path in found:
        return
    found.add(path)
    for name in _imported(path):
        parts = name.split(".")
        for depth in range(1, len(parts) + 1):  # a package runs before what it holds
            place = ROOT.joinpath(*parts[:depth])
            for module in (place.with_suffix(".py"), place / "__init__.py"):
                if module.is_file():
                    _follow(module, found)


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def header(readme: Path = ROOT / "README.md") -> dict[str, Any]:
    """The Space's settings at the head of README.md. PublishError where they are not what the tests ran on."""
    found = yaml.safe_load(readme.read_text(encoding="utf-8").split("---")[1])
    wanted = {
        "sdk": "gradio",
        "sdk_version": importlib.metadata.version("gradio"),
        "python_version": "{}.{}".format(*sys.version_info),
        "app_file": "app.py",
    }
    for key, value in wanted.items():
        if str(found.get(key)) != value:
            raise PublishError(f"README.md's header says {key} {found.get(key)}; the tests ran with {value}.")
    if len(found["short_description"]) > DESCRIPTION:
        raise PublishError(f"The short_description in README.md's header is longer than {DESCRIPTION} characters.")
    return found


def pin(text: str) -> Pinned:
    """The commit that "owner/name" or "owner/name@revision" means now. PublishError where there is no such model."""
    name = remote.parse(text)
    if name is None:
        raise PublishError(f'A model on the Hub is called "owner/name" or "owner/name@revision"; "{text}" is not.')
    with one_sentence(name.repository):
        found = signed_in().model_info(name.repository, revision=name.revision)
    files = [file.rfilename for file in found.siblings or []]
    files = [file for file in files if file in remote.METADATA or file.endswith(remote.SUFFIX)]
    return Pinned(remote.Name(name.repository, found.sha or name.revision), tuple(sorted(files)))


def point_at(space: str, model: remote.Name) -> None:
    """Set the Space's variable that says which model answers. PublishError when that fails."""
    with one_sentence(space, f"The files are published; {VARIABLE} is not set."):
        signed_in().add_space_variable(space, VARIABLE, f"{model.repository}@{model.revision}")


def _readme(settings: dict[str, Any], model: Pinned | None) -> str:
    if model:
        preload = f"{model.name.repository} {','.join(model.files)} {model.name.revision}"
        settings = {**settings, "models": [model.name.repository], "preload_from_hub": [preload]}
    return f"---\n{yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)}---\n{TEXT}"


TEXT = f"""
# Digit reader

Draw or photograph a digit, and a small convolutional network reads it while the pen still moves.

**Your own model here:** duplicate this Space and set its variable `{VARIABLE}` to `owner/name` or
`owner/name@revision`: a model repository with a `.keras` file that takes (28, 28, 1) and gives ten numbers or more. Set
`DIGITS_ALLOW_HUB` to `1` to let every visitor name one.

**The course's notebook:** [in English](assets/course/cnn.ipynb), [in French](assets/course/cnn.fr.ipynb); the Hub's
page of each has a button that opens it in Colab.
"""
