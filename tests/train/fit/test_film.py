"""A training is recorded: what stands in the file is the run, and true of the weights in it."""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from cnn.lab.film import widened
from cnn.network.architectures import ARCHITECTURES
from cnn.network.weightless import weights_of
from train.__main__ import main
from train.data.mnist import Digits
from train.fit import commands, film
from train.fit.loop import fit, watched
from train.fit.recipes import RECIPES, Recipe

RECIPE = Recipe("tiny", epochs=2, batch_size=16, seed=3)


def test_a_watched_run_is_the_run(digits: Digits, tmp_path: Path) -> None:
    """Cut elsewhere, at marks of its own, it ends where `fit` ends, but for rounding."""
    seen = [(now.step, now.epoch, weights_of(now.model)) for now in watched(RECIPE, digits, tmp_path, (0, 1, 3))]
    last = seen[-1][0]
    assert [step for step, *_ in seen] == [0, 1, 3, last // 2, last]
    assert [epoch for _, epoch, _ in seen] == [0, 0, 0, 0, 1]
    assert not list(tmp_path.iterdir())
    for _ in fit(RECIPE, digits, tmp_path):
        pass
    ended = weights_of(keras.saving.load_model(tmp_path / "model.keras"))
    for one, other in zip(seen[-1][2].values(), ended.values(), strict=True):
        assert np.allclose(one, other, atol=1e-3)
    assert any((one != other).any() for one, other in zip(seen[0][2].values(), seen[1][2].values(), strict=True))


def test_rounding_is_small_and_so_are_the_weights() -> None:
    weights = weights_of(ARCHITECTURES["course"]())
    narrow = film.narrowed(weights)
    assert sum(values.nbytes for values in narrow.values()) < 250_000
    for name, values in widened(narrow).items():
        assert values.dtype == np.float32
        assert np.abs(values - weights[name]).max() <= np.abs(weights[name]).max() / 200
    assert list(widened(narrow)) == list(weights)


def test_what_is_written(digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "MARKS", (0, 2))
    path = tmp_path / "lab" / "film.npz"
    for _ in film.record(RECIPE, digits, path):
        assert not path.exists()  # whole, at the end
    with np.load(path) as kept:
        about = json.loads(str(kept["about"]))
        assert kept["confusion"].shape == (4, 10, 10)
        assert (kept["confusion"].sum((1, 2)) == about["images"]["validation"]).all()
        assert {kept[name].shape[0] for name in kept.files if name != "about"} == {4}
    assert [one["step"] for one in about["moments"]] == [0, 2, about["steps"] // 2, about["steps"]]
    assert about["recipe"]["seed"] == 3
    assert list(tmp_path.rglob("*")) == [path.parent, path]


def test_the_command_says_where(digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(commands, "load", lambda split: digits)
    monkeypatch.setitem(RECIPES, "course", RECIPE)
    path = tmp_path / "film.npz"
    assert main(["record", "--file", str(path), "--seed", "3"]) == 0
    assert f"Written to {path}." in capsys.readouterr().out
    assert path.is_file()
