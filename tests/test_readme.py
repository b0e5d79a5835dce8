"""The README says what is true: its header would start; commands, options, endpoints, files and figures are there."""

import argparse
import importlib.metadata
import json
import re
from pathlib import Path

import pytest
import yaml
from gradio_client import Client

import app
from tests.benchmarks import training
from train import __main__ as train
from train import readme

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
HEADER = yaml.safe_load(README.split("---")[1])


def test_the_space_header_names_what_the_tests_ran() -> None:
    assert HEADER["sdk"] == "gradio"
    assert HEADER["sdk_version"] == importlib.metadata.version("gradio")
    assert HEADER["python_version"] == "3.11"
    assert (ROOT / HEADER["app_file"]).is_file()
    assert len(HEADER["short_description"]) <= 60  # the Hub refuses a longer one


def test_every_command_and_option_stands_in_it(capsys: pytest.CaptureFixture) -> None:
    commands = next(a for a in train._parser()._actions if isinstance(a, argparse._SubParsersAction)).choices
    for command in commands:
        assert re.search(rf"python -m train ({command}|\w+ \| .*\b{command}\b)", README), command
    with pytest.raises(SystemExit):
        app.options(["--help"])
    for option in set(re.findall(r"--[a-z]+", capsys.readouterr().out)) - {"--help"}:
        assert option in README


def test_every_endpoint_stands_in_it(client: Client) -> None:
    for endpoint in client.view_api(return_format="dict")["named_endpoints"]:
        assert f"| `{endpoint}` |" in README


def test_every_file_of_the_code_stands_in_its_tree() -> None:
    tree = README.split("## The code")[1].split("```")[1]
    for path in [*ROOT.glob("cnn/*.py"), *ROOT.glob("cnn/ui/*.*"), *ROOT.glob("train/*.py")]:
        if path.suffix in (".py", ".js", ".css") and path.name != "__init__.py":
            assert re.search(rf"\b{re.escape(path.name)}\b", tree), path.name


def test_its_figures_are_those_that_were_measured() -> None:
    shown = re.search(r"<!-- training -->\n(.*?)\n<!-- /training -->", README, re.DOTALL)[1]
    assert shown == training.table(json.loads(training.RESULTS.read_text()))
    for marker, table in readme.tables().items():
        assert f"<!-- {marker} -->\n{table}\n<!-- /{marker} -->" in README  # python -m train readme


def test_a_page_that_frames_it_allows_what_it_asks_for() -> None:
    """Photos from the camera, pictures pasted, answers copied: a frame of another site may do none of it unasked."""
    frame = re.search(r"<iframe[^>]*>", README)[0]
    allowed = re.search(r'allow="([^"]*)"', frame)[1]
    assert {one.strip() for one in allowed.split(";")} == {"camera", "clipboard-read", "clipboard-write"}


def test_its_pictures_are_there() -> None:
    for picture in re.findall(r"!\[[^]]+\]\(([^)]+)\)", README):
        assert (ROOT / picture).is_file(), picture
