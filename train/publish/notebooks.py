"""The course's notebooks, from one source: to fill in, and solved with what the cells print; in each language.

The source is in Jupytext's py:percent format, and its head says how a cell or a line stands for several. What solutions
print is real: they are run, and what their cells print is kept until code changes.
"""

import contextlib
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from cnn.files import write_whole

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "assets" / "course"
SOURCE = FOLDER / "cnn.py"
YOURS = {"en": "*Your answer:*", "fr": "*Votre réponse\u00a0:*"}  # in place of an answer, by language
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
CELL_SECONDS = 600  # in which each cell has to be done
INSTEAD = re.compile(r" *# (fr|blank):(.*)")


class Edition(NamedTuple):
    """One of the notebooks: its language, and whether it is the solved one."""

    language: str
    solved: bool

    @property
    def path(self) -> Path:
        """Where it lies: cnn.ipynb, cnn.fr.ipynb, cnn.solutions.ipynb or cnn.solutions.fr.ipynb."""
        parts = ["cnn", *["solutions"] * self.solved, *[self.language] * (self.language != "en"), "ipynb"]
        return FOLDER / ".".join(parts)


EDITIONS = [Edition(*one) for one in product(YOURS, (False, True))]


def made(edition: Edition, source: str | None = None) -> NotebookNode:
    """The notebook of an edition as the source has it, or another text of that format; no cell was run."""
    cells = jupytext.reads(source or SOURCE.read_text(encoding="utf-8"), fmt="py:percent").cells
    chosen = [*_cells(edition, cells[1:])]  # the first is the source's head
    for place, cell in enumerate(chosen):
        cell.id = f"cell-{place}"
    return nbformat.v4.new_notebook(cells=chosen, metadata=KERNEL)


def _cells(edition: Edition, cells: list[NotebookNode]) -> Iterator[NotebookNode]:
    for cell in cells:
        if cell.cell_type == "code":
            yield nbformat.v4.new_code_cell(_code(edition, cell.source))
        elif cell.metadata["lang"] == edition.language:
            answered = edition.solved or not cell.metadata.get("answer")
            yield nbformat.v4.new_markdown_cell(cell.source if answered else YOURS[edition.language])


def _code(edition: Edition, source: str) -> str:
    """Lines of code, each as this edition has it."""
    replaces = {"fr": edition.language == "fr", "blank": not edition.solved}
    lines: list[str] = []
    for line in source.split("\n"):
        found = INSTEAD.fullmatch(line)
        if not found:
            lines.append(line)
        elif replaces[found[1]]:
            replaced, new = lines.pop(), found[2].strip()
            indent = replaced[: len(replaced) - len(replaced.lstrip())]
            lines += [indent + new] if new else []
    return "\n".join(lines)


def write(again: bool = False) -> Iterator[Path]:
    """Write all editions, and give each one's path; solutions are run where code changed, or `again`: minutes."""
    for edition in EDITIONS:
        notebook = made(edition)
        if edition.solved and (again or not _keep_outputs(notebook, edition.path)):
            run(notebook, ROOT)
        write_whole(edition.path, nbformat.writes(notebook) + "\n")
        yield edition.path


def _keep_outputs(notebook: NotebookNode, path: Path) -> bool:
    """Take over what the cells of the notebook at `path` printed, where all its code is the same; whether it was."""
    with contextlib.suppress(OSError, nbformat.reader.NotJSONError):
        kept, cells = (code_of(one) for one in (nbformat.read(path, as_version=4), notebook))
        if [cell.source for cell in kept] == [cell.source for cell in cells] and any(cell.outputs for cell in kept):
            for cell, old in zip(cells, kept, strict=True):
                cell.outputs, cell.execution_count = old.outputs, old.execution_count
            return True
    return False


def code_of(notebook: NotebookNode) -> list[Any]:
    """A notebook's cells of code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def run(notebook: NotebookNode, folder: Path) -> None:
    """Run a notebook's cells within a folder and keep what they print, without warnings.

    nbclient.exceptions.CellExecutionError shows the first cell that fails.
    """
    options = {"resources": {"metadata": {"path": str(folder)}}, "extra_arguments": ["--log-level=ERROR"]}
    NotebookClient(notebook, timeout=CELL_SECONDS, record_timing=False, **options).execute()
    notebook.metadata = KERNEL  # not the version of the Python that ran it
    for cell in code_of(notebook):
        cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
