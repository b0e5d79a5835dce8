"""README, CONTRIBUTING and docs/ say what is true: commands, options, endpoints, files, links and figures are there."""

import argparse
import importlib.metadata
import importlib.util
import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml
from gradio_client import Client

import app
from tests.benchmarks import training
from tests.trust import results
from train import __main__ as train
from train.fit import commands as commands_of_fit
from train.publish import readme, space

ROOT = Path(__file__).parents[2]
TEXTS = {path: path.read_text(encoding="utf-8") for path in readme.DOCUMENTS}
README = TEXTS[ROOT / "README.md"]
CONTRIBUTING = TEXTS[ROOT / "CONTRIBUTING.md"]
EVERYTHING = "\n".join(TEXTS.values())
HEADER = yaml.safe_load(README.split("---")[1])
DOCUMENTS = pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)


def commands() -> list[str]:
    """Every command of a snippet or within a sentence, but `python -m train` and its `fit` by their names alone."""
    text = re.sub(r"\\\n", " ", EVERYTHING)
    blocks = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    spans = [re.sub(r"\s+", " ", span) for span in re.findall(r"`([^`]+)`", prose)]
    lines = [part.strip() for line in [*blocks, *spans] for part in line.split("&&")]
    return [line for line in lines if re.match(r"(\.venv/bin/)?python (?!-m train( fit)?$)", line)]


def test_the_space_header_names_what_the_tests_ran() -> None:
    assert HEADER["sdk"] == "gradio"
    assert HEADER["sdk_version"] == importlib.metadata.version("gradio")
    assert HEADER["python_version"] == "3.11"
    assert (ROOT / HEADER["app_file"]).is_file()
    assert len(HEADER["short_description"]) <= 60  # the Hub refuses a longer one


def test_every_command_and_option_stands_in_them(capsys: pytest.CaptureFixture) -> None:
    known = next(a for a in train.parser()._actions if isinstance(a, argparse._SubParsersAction)).choices
    for command in known:
        assert re.search(rf"python -m train ({command}|\w+ \| .*\b{command}\b)", EVERYTHING), command
    with pytest.raises(SystemExit):
        app.options(["--help"])
    for option in set(re.findall(r"--[a-z]+", capsys.readouterr().out)) - {"--help"}:
        assert option in README


@pytest.mark.parametrize("command", dict.fromkeys(commands()))
def test_every_command_would_start(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its options are taken, and what it names is there. `small` is the network that the documents have one write."""
    recipes = commands_of_fit.recipes()
    monkeypatch.setattr(commands_of_fit, "recipes", lambda: {**recipes, "small": recipes["course"]})
    words = shlex.split(command, comments=True)[1:]
    if words[0] == "-m" and words[1] == "train":
        train.parser().parse_args(words[2:])
    elif words[0] == "-m":
        assert importlib.util.find_spec(words[1]), command
    elif words[0] == "app.py":
        app.options(words[1:])
    else:
        assert (ROOT / words[0]).is_file()
    for name in words:
        if re.match(r"tests/\w", name):
            assert (ROOT / name.split("::")[0]).exists(), name


def test_every_endpoint_stands_in_them(client: Client) -> None:
    for endpoint in client.view_api(return_format="dict")["named_endpoints"]:
        assert f"| `{endpoint}` |" in EVERYTHING


def test_every_file_of_the_code_stands_in_the_tree() -> None:
    assert EVERYTHING.count("app.py               the Space's file") == 1
    tree = CONTRIBUTING.split("## The code")[1].split("```")[1]
    for path in [*ROOT.glob("cnn/**/*.py"), *ROOT.glob("train/**/*.py"), *ROOT.glob("docs/*.md")]:
        if path.name != "__init__.py":
            assert re.search(rf"\b{re.escape(path.name)}\b", tree), path.name


def test_their_figures_are_those_that_were_measured() -> None:
    measured = {"training": training.table(json.loads(training.RESULTS.read_text())), "trust": results.table()}
    tables = {**measured, **readme.tables()}
    assert sorted(tables) == sorted(readme.NAMES)
    for marker, table in tables.items():
        assert f"<!-- {marker} -->\n{table}\n<!-- /{marker} -->" in EVERYTHING  # python -m train readme
    assert "<!-- real -->" in README  # the one table of the first page


def test_a_table_is_written_wherever_its_markers_stand(tmp_path: Path) -> None:
    marked = {name: f"<!-- {name} -->\nold\n<!-- /{name} -->" for name in readme.NAMES}
    one, two = tmp_path / "one.md", tmp_path / "two.md"
    one.write_text("before\n" + marked.pop("models") + "\nafter\n")
    two.write_text("\n".join(marked.values()))
    was = two.read_text()
    readme.write({"models": r"new \1"}, (one, two))
    assert one.read_text() == "before\n<!-- models -->\nnew \\1\n<!-- /models -->\nafter\n"
    assert two.read_text() == was


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda text: text + "\n<!-- modles -->\nold\n<!-- /modles -->",
            "<!-- modles --> marks no table; the tables are",
        ),
        (lambda text: text.replace("<!-- models -->", ""), "<!-- models --> and <!-- /models --> have to stand once"),
        (lambda text: text.replace("<!-- /real -->", ""), "<!-- real --> and <!-- /real --> have to stand once"),
        (lambda text: text * 2, "have to stand once"),
        (lambda text: "", "have to stand once"),
    ],
)
def test_a_marker_that_is_unknown_missing_or_doubled_is_told(tmp_path: Path, change: object, says: str) -> None:
    path = tmp_path / "page.md"
    path.write_text(change("".join(f"<!-- {name} -->\nold\n<!-- /{name} -->\n" for name in readme.NAMES)))
    was = path.read_text()
    with pytest.raises(ValueError, match=re.escape(says)):
        readme.write({"models": "new"}, [path])
    assert path.read_text() == was


def test_a_page_that_frames_it_allows_what_it_asks_for() -> None:
    """Photos from the camera, pictures pasted, answers copied: a frame of another site may do none of it unasked."""
    frame = re.search(r"<iframe[^>]*>", EVERYTHING)[0]
    allowed = re.search(r'allow="([^"]*)"', frame)[1]
    assert {one.strip() for one in allowed.split(";")} == {"camera", "clipboard-read", "clipboard-write"}


@DOCUMENTS
def test_what_a_document_links_to_is_there(path: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", TEXTS[path]):
        if re.match(r"https?://", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}, link


def test_every_document_and_picture_is_linked_to() -> None:
    for path in TEXTS:
        assert path.name == "README.md" or f"]({path.relative_to(ROOT)})" in README
    for picture in ROOT.glob("assets/pictures/*.png"):
        assert f"assets/pictures/{picture.name})" in EVERYTHING


def test_the_readme_of_a_space_links_to_nothing_that_is_not_in_it() -> None:
    shipped = {str(path.relative_to(ROOT)) for path in space.needed()}
    links = re.findall(r"\]\(([^)\s]+)\)", space.TEXT)
    assert [link for link in links if not link.startswith("https://") and link not in shipped] == []


def test_ci_finds_the_test_command() -> None:
    """As .ci/run does: the README's first line with pytest is the command itself."""
    assert "grep -m 1 -- '-m pytest' README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    line = next(line for line in README.splitlines() if "-m pytest" in line)
    assert line.startswith("python3 -m venv .venv && ")
    assert line in re.findall(r"```sh\n(.*?)\n```", README)


def test_the_projects_metadata_agree_with_the_documents() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    dated = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$", changes, re.MULTILINE)
    versions, dates = zip(*dated, strict=True)
    assert versions[0] == project["version"]
    assert list(dates) == sorted(dates, reverse=True)
    assert project["requires-python"] == f">={HEADER['python_version']}"
    assert project["license"].lower() == HEADER["license"]
    assert all((ROOT / name).is_file() for name in (project["readme"], *project["license-files"]))


def test_ci_and_the_hook_before_a_commit_run_what_is_here() -> None:
    ci = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    steps = [step for job in ci["jobs"].values() for step in job["steps"]]
    runs = [step["run"] for step in steps if "run" in step]
    assert runs[-1] == ".ci/run"
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [repository["repo"] for repository in hooks] == ["local"]
    assert all(hook["entry"].startswith("ruff ") for hook in hooks[0]["hooks"])
