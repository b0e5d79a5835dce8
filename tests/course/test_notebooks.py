"""The course's notebooks are those of their one source, and their solutions run from top to bottom."""

import ast
import os
import re
from pathlib import Path

import nbformat
import pytest

from train.publish import notebooks
from train.publish.notebooks import EDITIONS, ROOT, Edition

SOURCE = """
# The head, in no notebook.

# %% [markdown] lang="fr"
# Une question ?

# %% [markdown] lang="en"
# A question?

# %% [markdown] lang="fr" answer=true
# Une réponse.

# %% [markdown] lang="en" answer=true
# An answer.

# %%
for name in ("a", "b"):
    print("one", name)
    # fr: print("un", name)
    # blank: ...
    found = len(name)
    # blank:
    print(found)
"""


def shipped(edition: Edition) -> nbformat.NotebookNode:
    return nbformat.read(edition.path, as_version=4)


def cells(edition: Edition, source: str) -> list[str]:
    return [cell.source for cell in notebooks.made(edition, source).cells]


def test_a_source_stands_for_two_languages_with_and_without_what_is_to_be_found() -> None:
    assert [edition.path.name for edition in EDITIONS] == [
        "cnn.ipynb",
        "cnn.solutions.ipynb",
        "cnn.fr.ipynb",
        "cnn.solutions.fr.ipynb",
    ]
    start, end = 'for name in ("a", "b"):\n    ', "\n    print(found)"
    solved = f'print("one", name)\n    found = len(name){end}'
    assert cells(Edition("en", True), SOURCE) == ["A question?", "An answer.", start + solved]
    assert cells(Edition("en", False), SOURCE) == ["A question?", "*Your answer:*", f"{start}...{end}"]
    assert cells(Edition("fr", True), SOURCE)[1:] == ["Une réponse.", start + solved.replace("one", "un")]
    assert cells(Edition("fr", False), SOURCE)[1:] == ["*Votre réponse\u00a0:*", f"{start}...{end}"]


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.path.name)
def test_what_is_shipped_is_what_the_source_makes(edition: Edition) -> None:
    """Else `python -m train course` was forgotten. All of it compiles, the cells to fill in too."""
    found, made = shipped(edition), notebooks.made(edition)
    assert [(cell.id, cell.cell_type, cell.source) for cell in found.cells] == [
        (cell.id, cell.cell_type, cell.source) for cell in made.cells
    ]
    assert found.metadata == made.metadata
    for cell in notebooks.code_of(found):
        ast.parse(cell.source)


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.path.name)
def test_solutions_show_what_their_cells_printed_and_the_others_nothing(edition: Edition) -> None:
    code = notebooks.code_of(shipped(edition))
    outputs = [output for cell in code for output in cell.outputs]
    assert bool(outputs) == edition.solved
    assert all(output.output_type in ("stream", "display_data") for output in outputs)  # no error, no object's address
    assert str(Path.home()) not in str(outputs)
    assert edition.path.stat().st_size < 400_000


def test_each_part_asks_and_answers_in_both_languages() -> None:
    """And the English and the French texts alternate, so that none lacks its other half."""
    for language, question, answer in (("en", "**Question", "**Answer."), ("fr", "**Question", "**Réponse.")):
        texts = [cell.source for cell in notebooks.made(Edition(language, True)).cells if cell.cell_type == "markdown"]
        asked = [i for i, text in enumerate(texts) if text.startswith(question)]
        assert len(asked) == 9
        assert all(texts[i + 1].startswith(answer) for i in asked)
    languages = re.findall(r'^# %% \[markdown\] lang="(\w+)"(.*)$', notebooks.SOURCE.read_text("utf-8"), re.MULTILINE)
    assert [one for one, _ in languages] == ["fr", "en"] * (len(languages) // 2)
    assert [rest for _, rest in languages[::2]] == [rest for _, rest in languages[1::2]]


def test_french_texts_part_nothing_that_stays_together() -> None:
    for cell in notebooks.made(Edition("fr", True)).cells:
        if cell.cell_type == "markdown":
            assert not re.search(r" [?!:;»%]|« ", re.sub(r"`[^`]*`", "x", cell.source)), cell.source


@pytest.mark.slow
def test_the_solutions_run_from_top_to_bottom(
    idx_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On few digits of our own, in French, where most lines are replaced; with the page served, and asked."""
    for name in ("cnn", "train", "assets"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.setenv("MNIST_DIR", str(idx_folder))
    # Nine tenths of so many are whole batches of 128: each other size is compiled anew. And what trains for twenty
    # steps is sooner done where it is compiled more plainly.
    monkeypatch.setenv("COURSE_IMAGES", "569")
    monkeypatch.setenv("XLA_FLAGS", f"{os.environ['XLA_FLAGS']} --xla_cpu_use_fusion_emitters=false")
    notebook = notebooks.made(Edition("fr", True))
    notebooks.run(notebook, tmp_path)
    assert (tmp_path / "runs" / "notebook" / "model.keras").is_file()
    assert re.match(r"\d \[\('\d', 0\.\d+\)", notebooks.code_of(notebook)[-1].outputs[-1].text)


def test_outputs_are_kept_where_code_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The solutions are run for a change of code, and for none of a text."""
    monkeypatch.setattr(notebooks, "FOLDER", tmp_path)
    monkeypatch.setattr(notebooks, "SOURCE", tmp_path / "cnn.py")
    ran: list[str] = []

    def run(notebook: nbformat.NotebookNode, folder: Path) -> None:
        code = notebooks.code_of(notebook)[0]
        ran.append(code.source)
        code.outputs = [nbformat.v4.new_output("stream", text=f"{len(ran)}")]

    monkeypatch.setattr(notebooks, "run", run)

    def written(source: str, again: bool = False) -> list[str]:
        notebooks.SOURCE.write_text(source, "utf-8")
        assert len(list(notebooks.write(again))) == 4
        found = [notebooks.code_of(shipped(edition))[0].outputs for edition in EDITIONS]
        return ["".join(one.text for one in outputs) for outputs in found]

    assert written(SOURCE) == ["", "1", "", "2"]
    assert written(SOURCE.replace("answer.", "answer!")) == ["", "1", "", "2"]
    assert written(SOURCE.replace("one", "two")) == ["", "3", "", "2"]  # the French line is another
    assert written(SOURCE.replace("one", "two"), again=True) == ["", "4", "", "5"]
