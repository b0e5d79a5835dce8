"""The commands of `train`: what `--help` tells, one sentence for what a person can mend, a traceback for a bug."""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnn.models import registry
from cnn.types import InputError, UserError
from train import __main__ as train
from train.command import COMMANDS, Command
from train.data.mnist import DataError
from train.publish.card import CardError
from train.publish.hub import PublishError


def ending(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    def run(options: argparse.Namespace) -> int:
        raise error

    parser = argparse.ArgumentParser()
    parser.set_defaults(run=run)
    monkeypatch.setattr(train, "parser", lambda: parser)
    return train.main([])


@pytest.mark.parametrize(
    "error", [UserError("Mend it."), DataError("Mend it."), CardError("Mend it."), PublishError("Mend it.")]
)
def test_what_a_person_can_mend_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, error: UserError
) -> None:
    assert ending(monkeypatch, error) == 1
    assert capsys.readouterr().err == "Mend it.\n"
    assert issubclass(InputError, UserError)


@pytest.mark.parametrize("bug", [ValueError("shapes differ"), KeyError("accuracy"), RuntimeError("out of memory")])
def test_a_bug_stays_a_traceback(monkeypatch: pytest.MonkeyPatch, bug: Exception) -> None:
    with pytest.raises(type(bug), match=str(bug.args[0])):
        ending(monkeypatch, bug)


def test_what_is_not_installed_is_named_with_how_to_install_it() -> None:
    """Who runs the app alone has none of what only these commands need."""
    run = "import runpy, sys; sys.modules['matplotlib'] = None; runpy.run_module('train', run_name='__main__')"
    ended = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr == (
        "matplotlib is missing: pip install -r train/requirements.txt installs what these commands need.\n"
    )


def test_a_command_that_is_stopped_ends_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ending(monkeypatch, KeyboardInterrupt()) == 130


def told(arguments: list[str], capsys: pytest.CaptureFixture) -> str:
    """What is printed before the program ends by itself, in one line."""
    with pytest.raises(SystemExit):
        train.main(arguments)
    printed = capsys.readouterr()
    return " ".join((printed.out + printed.err).split())


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_help_tells_each_command_and_each_of_its_options(command: Command, capsys: pytest.CaptureFixture) -> None:
    summary, _, rest = " ".join(command.run.__doc__.split()).partition(". ")
    *group, name = command.name.split()
    assert f"{name} {summary.removesuffix('.')}." in told([*group, "--help"], capsys)
    own = told([*command.name.split(), "--help"], capsys)
    assert rest in own
    asked: list[argparse.Action] = []
    parser = argparse.ArgumentParser()
    command.options(lambda *names, **more: asked.append(parser.add_argument(*names, **more)))
    for one in asked:
        assert one.help, one.dest
        assert (one.option_strings or [one.metavar or one.dest])[0] in own


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("mix old new --folder out --share 1.5", "argument --share: a number from 0 to 1, not 1.5"),
        ("mix old new --folder out --share half", "argument --share: a number from 0 to 1, not half"),
        ("measure numbers --made 0", "argument --made: a whole number from 1 upwards, not 0"),
        ("measure numbers --seed x", "argument --seed: a whole number from 0 upwards, not x"),
        ("fit course --epochs 0", "argument --epochs: a whole number from 1 upwards, not 0"),
        ("fit nothing", "invalid choice: 'nothing'"),
    ],
)
def test_an_option_that_makes_no_sense_is_told(arguments: str, sentence: str, capsys: pytest.CaptureFixture) -> None:
    assert sentence in told(arguments.split(), capsys)


@pytest.mark.parametrize("command", ["publish RUN me/mine", "calibrate RUN", "mix RUN RUN --folder RUN"])
def test_a_task_that_makes_no_sense_is_one_sentence(
    command: str, tiny_folder: Path, idx_folder: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture,
) -> None:  # fmt: skip
    run = tmp_path / "run"
    shutil.copytree(tiny_folder, run)
    config = json.loads((run / "config.json").read_text())
    (run / "config.json").write_text(json.dumps({**config, "task": {"classes": ["A"]}}))
    shutil.copy(registry.BUNDLED / "course" / "metrics.json", run)
    monkeypatch.setenv("MNIST_DIR", str(idx_folder))
    assert train.main(command.replace("RUN", str(run)).split()) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == f"{run / 'config.json'}: task.classes holds 1 names; there have to be 2 to 62 different ones."
