"""How a command of `train` ends: one sentence for what a person can mend, a traceback for a bug."""

import argparse

import pytest

from cnn.types import InputError, UserError
from train import __main__ as train
from train.data.mnist import DataError
from train.publish.card import CardError
from train.publish.hub import PublishError


def ending(monkeypatch: pytest.MonkeyPatch, error: Exception) -> int:
    def run(options: argparse.Namespace) -> int:
        raise error

    parser = argparse.ArgumentParser()
    parser.set_defaults(run=run)
    monkeypatch.setattr(train, "_parser", lambda: parser)
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
