"""Training: it learns, it repeats, and a broken run ends as an unbroken one."""

import dataclasses
import errno
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import keras
import numpy as np
import pytest

from cnn.files import write_whole
from cnn.metadata import read_run
from cnn.models.registry import load
from cnn.network import design
from cnn.network.architectures import ARCHITECTURES
from cnn.task import DIGITS, Task
from train.__main__ import main
from train.data.mixture import NOBODY
from train.data.mnist import Digits
from train.fit.loop import CHECKPOINT, compile_block, fit, initial_state
from train.fit.mix import mix
from train.fit.recipes import Recipe
from train.pens import outliers

pytestmark = pytest.mark.slow

RECIPE = Recipe("tiny", epochs=3, batch_size=32, learning_rate=3e-3)


def run(folder: Path, digits: Digits, recipe: Recipe = RECIPE) -> list[np.ndarray]:
    for _ in fit(recipe, digits, folder):
        pass
    return keras.saving.load_model(folder / "model.keras").get_weights()


@pytest.fixture(scope="module")
def unbroken(digits: Digits, tmp_path_factory: pytest.TempPathFactory) -> list[np.ndarray]:
    return run(tmp_path_factory.mktemp("unbroken"), digits)


def test_learns(tiny_folder: Path) -> None:
    history = json.loads((tiny_folder / "config.json").read_text())["history"]
    assert len(history) == 12
    assert history[-1]["validation_accuracy"] > 0.9
    assert history[-1]["loss"] < history[0]["loss"] / 2
    assert 0 < history[-1]["cross_entropy"] < history[-1]["loss"]  # of the plain labels, not the smoothed ones


def test_one_seed_one_result(unbroken: list, digits: Digits, tmp_path: Path) -> None:
    for once, again in zip(unbroken, run(tmp_path, digits), strict=True):
        np.testing.assert_array_equal(once, again)


def test_a_run_leaves_the_global_random_numbers_as_they_were(digits: Digits, tmp_path: Path) -> None:
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    progress = fit(Recipe("tiny", epochs=1, batch_size=32, fast=False), digits, tmp_path)
    next(progress)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before  # noqa: NPY002


def test_no_process_is_started_unless_asked(digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "get_context", None)
    monkeypatch.setattr("train.data.mixture.CHUNK", 20)
    progress = fit(Recipe("tiny", epochs=1, batch_size=32, strokes=100), digits, tmp_path)
    assert next(progress).drawn < 1


def test_a_damaged_checkpoint_is_a_sentence(digits: Digits, tmp_path: Path) -> None:
    (tmp_path / CHECKPOINT).write_bytes(b"half of one")
    with pytest.raises(ValueError, match=f"{CHECKPOINT} is damaged; remove it"):
        next(fit(RECIPE, digits, tmp_path))


def test_a_checkpoint_of_another_version_is_a_sentence(digits: Digits, tmp_path: Path) -> None:
    progress = fit(RECIPE, digits, tmp_path)
    next(progress)
    progress.close()  # which keeps a checkpoint
    with np.load(tmp_path / CHECKPOINT) as kept:
        arrays = dict(kept)
    last = f"leaf{len(arrays) - 2}"
    np.savez(tmp_path / CHECKPOINT, **{**arrays, last: arrays[last][:-1]})
    with pytest.raises(ValueError, match="another version of this program; remove it"):
        next(fit(RECIPE, digits, tmp_path))


def test_another_seed_another_result(unbroken: list, digits: Digits, tmp_path: Path) -> None:
    other = run(tmp_path, digits, Recipe("tiny", epochs=3, batch_size=32, learning_rate=3e-3, seed=1))
    assert any((once != again).any() for once, again in zip(unbroken, other, strict=True))


@pytest.mark.parametrize("reports", [1, 2, 3, 5])  # within an epoch, at its end, within the next ones
def test_a_stopped_run_goes_on_to_the_same_result(reports: int, unbroken: list, digits: Digits, tmp_path: Path) -> None:
    progress = fit(RECIPE, digits, tmp_path)
    for _ in range(reports):
        stopped = next(progress)
    progress.close()
    assert (tmp_path / CHECKPOINT).is_file()
    assert not (tmp_path / "model.keras").exists()
    assert next(fit(RECIPE, digits, tmp_path)).step > stopped.step
    for once, again in zip(unbroken, run(tmp_path, digits), strict=True):
        np.testing.assert_array_equal(once, again)
    assert not (tmp_path / CHECKPOINT).exists()


def test_another_recipe_does_not_go_on(digits: Digits, tmp_path: Path) -> None:
    progress = fit(RECIPE, digits, tmp_path)
    next(progress)
    progress.close()
    with pytest.raises(ValueError, match="another recipe"):
        next(fit(Recipe("tiny", epochs=4, batch_size=32), digits, tmp_path))


def test_a_run_can_start_from_anothers_weights(tiny_folder: Path, digits: Digits, tmp_path: Path) -> None:
    recipe = Recipe("tiny", epochs=1, batch_size=32, learning_rate=1e-4)
    for _ in fit(recipe, digits, tmp_path, tiny_folder):
        pass
    config = json.loads((tmp_path / "config.json").read_text())
    assert config["history"][0]["validation_accuracy"] > 0.9
    weights = (tiny_folder / "model.keras").read_bytes()
    assert config["start"]["weights_sha256"] == hashlib.sha256(weights).hexdigest()
    assert config["start"]["recipe"]["epochs"] == 12


def test_a_run_is_mixed_with_what_it_started_from(tiny_folder: Path, digits: Digits, tmp_path: Path) -> None:
    start, run_folder, folder = tiny_folder, tmp_path / "run", tmp_path / "mixed"
    for _ in fit(Recipe("tiny", epochs=1, batch_size=32, learning_rate=1e-2), digits, run_folder, start):
        pass
    config = mix(start, run_folder, 0.25, folder, digits, NOBODY)
    old, new, both = (keras.saving.load_model(one / "model.keras") for one in (start, run_folder, folder))
    for before, after, mixed in zip(old.weights, new.weights, both.weights, strict=True):
        if before.trainable:
            np.testing.assert_allclose(mixed, 0.75 * np.array(before) + 0.25 * np.array(after), rtol=0, atol=1e-6)
    assert config["mixed"] == {"run": 0.25, "start": 0.75}
    assert json.loads((folder / "config.json").read_text()) == config
    with pytest.raises(ValueError, match="did not start from"):
        mix(run_folder, start, 0.5, folder, digits, NOBODY)


@pytest.mark.parametrize("architecture", ["course", "tiny"])
def test_a_start_that_does_not_fit_says_so(
    architecture: str, tiny_folder: Path, digits: Digits, tmp_path: Path
) -> None:
    start = tiny_folder if architecture == "course" else tmp_path / "nothing"
    with pytest.raises(ValueError, match="does not hold weights of the network"):
        next(fit(Recipe(architecture, epochs=1, batch_size=32), digits, tmp_path, start))


def test_what_is_saved_is_the_average_where_a_recipe_asks_for_it() -> None:
    recipe = Recipe("tiny", epochs=1, batch_size=4, average=0.75, fast=False)
    model = ARCHITECTURES["tiny"]()
    optimizer = keras.optimizers.Adam(0.01)
    optimizer.build(model.trainable_variables)
    state = initial_state(model, optimizer, averaged=True)
    advance = compile_block(recipe, model, optimizer)
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (4, 28, 28), np.uint8), np.arange(4, dtype=np.uint8)
    wanted = [np.array(weights) for weights in state.trainable]
    for _ in range(2):
        state = advance(state, images, labels, np.arange(4)[None], 0)
        wanted = [0.75 * old + 0.25 * np.asarray(new) for old, new in zip(wanted, state.trainable, strict=True)]
    for average, weights in zip(state.averaged, wanted, strict=True):
        np.testing.assert_allclose(average, weights, rtol=0, atol=1e-6)


def rejecting(task: Task = DIGITS) -> keras.Model:
    """The tiny network with an eleventh output."""
    *before, last = ARCHITECTURES["tiny"](task).layers
    return keras.Sequential([keras.Input((28, 28, 1)), *before, keras.layers.Dense(last.units + 1)], name="rejecting")


def test_entropic_training_makes_what_is_no_digit_even(
    digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ARCHITECTURES, "rejecting", rejecting)
    recipe = Recipe(
        "rejecting", epochs=6, batch_size=32, learning_rate=3e-3, label_smoothing=0, outliers=400, entropic=True
    )
    for _ in fit(recipe, digits, tmp_path):
        pass
    sets = outliers.images(60, 9), digits.images
    network = load(str(tmp_path))
    others, known = (network.probabilities(images.astype(np.float32) / 255).max(1).mean() for images in sets)
    assert others < known - 0.2
    assert known > 0.8


def test_what_a_recipe_draws_is_reported_before_the_first_step(digits: Digits, tmp_path: Path) -> None:
    recipe = Recipe("tiny", epochs=1, batch_size=32, strokes=60)
    progress = fit(recipe, digits, tmp_path)
    drawn = []
    while not (now := next(progress)).steps:
        drawn.append(now.drawn)
    progress.close()
    assert drawn == sorted(drawn)
    assert drawn[-1] == 1


def test_training_goes_the_same_with_the_fast_path_switched_off(digits: Digits, tmp_path: Path) -> None:
    losses = []
    for fast in (True, False):
        recipe = Recipe("course", epochs=1, batch_size=32, fast=fast)
        losses.append(next(fit(recipe, digits, tmp_path / str(fast))).loss)  # of the first twenty steps
    np.testing.assert_allclose(*losses, rtol=2e-2)  # rounding, and a schedule one step longer


def test_new_weights_drop_the_figures_of_the_old(digits: Digits, tmp_path: Path) -> None:
    (tmp_path / "metrics.json").write_text("{}")
    run(tmp_path, digits, Recipe("tiny", epochs=1, batch_size=32))
    assert not (tmp_path / "metrics.json").exists()


DESIGN: list[design.Block] = [
    design.Convolution(4, 3, 2), design.Activation(), design.Normalisation(), design.Pooling(), design.Dropout(),
    design.Dense(16), design.Normalisation(), design.Activation("tanh"),
]  # fmt: skip


def test_a_design_is_trained_as_any_network_and_looked_at_all_along(digits: Digits, tmp_path: Path) -> None:
    recipe = dataclasses.replace(RECIPE, architecture="built", design=DESIGN, optimiser="sgd", images=600)
    seen: list[np.ndarray] = []
    for _ in fit(recipe, digits, tmp_path, look=lambda model: seen.append(model.get_weights()[0])):
        pass
    config = read_run(tmp_path / "config.json")
    assert config["history"][-1]["validation_accuracy"] > config["history"][0]["validation_accuracy"]
    assert design.read(config["recipe"]["design"]) == DESIGN
    assert config["images"] == {"training": 600, "validation": {"mnist": 125}}
    layers = [layer.name for layer in keras.saving.load_model(tmp_path / "model.keras").layers]
    assert "norm1" in layers  # it normalises what an activation made, and cannot be taken over
    assert "norm2" not in layers
    assert len(seen) == 4
    assert all(np.abs(after - before).max() > 0 for before, after in pairwise(seen))
    np.testing.assert_array_equal(seen[-1], keras.saving.load_model(tmp_path / "model.keras").get_weights()[0])
    started = dataclasses.replace(recipe, epochs=1)
    for _ in fit(started, digits, tmp_path / "on", start=tmp_path):
        pass


def test_too_few_images(digits: Digits, tmp_path: Path) -> None:
    few = Digits(digits.images[:20], digits.labels[:20])
    with pytest.raises(ValueError, match="do not fill a batch of 32"):
        next(fit(RECIPE, few, tmp_path))


def train(*arguments: str, mnist: Path, **options) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "train", *arguments],
        env={**os.environ, "MNIST_DIR": str(mnist)},
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
    )  # fmt: skip


def test_command_stops_cleanly_on_ctrl_c_and_goes_on(
    idx_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """The real command in a real process; the terminal's Ctrl-C is SIGINT."""
    folder = tmp_path / "run"
    command = ("fit", "mlp", "--epochs", "30", "--folder", str(folder))
    process = train(*command, mnist=idx_folder)
    while "epoch 1" not in (line := process.stderr.read(40)):  # the bar is up: the first steps are done
        assert line, "the training ended before it was stopped"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "goes on from here" in out
    assert "Traceback" not in err
    monkeypatch.setenv("MNIST_DIR", str(idx_folder))
    assert main(command) == main(["evaluate", str(folder), "--quick"]) == 0
    out = capsys.readouterr().out
    assert "Trained into" in out
    assert "on 500 images" in out
    metrics = json.loads((folder / "metrics.json").read_text())
    assert np.array(metrics["confusion"]).sum() == metrics["images"] == 500
    assert metrics["parameters"] == 223_550
    assert metrics["bytes"] == (folder / "model.keras").stat().st_size


def test_a_killed_process_leaves_a_checkpoint(
    idx_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = (
        "import sys; from train import __main__ as m; from train.fit import loop; loop.CHECKPOINT_SECONDS = 0; "
        "sys.exit(m.main(sys.argv[1:]))"
    )
    folder = tmp_path / "run"
    process = subprocess.Popen(
        [sys.executable, "-c", script, "fit", "mlp", "--epochs", "500", "--folder", str(folder)],
        env={**os.environ, "MNIST_DIR": str(idx_folder)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not (folder / CHECKPOINT).is_file():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.kill()
    process.wait()
    with np.load(folder / CHECKPOINT) as kept:
        assert json.loads(str(kept["metadata"]))["step"] > 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["evaluate", "nothing"], 'no model named "nothing"'),
        (["fit", "course"], "MNIST_DIR needs MNIST's four idx files"),
    ],
)
def test_command_says_what_is_wrong_in_a_sentence(arguments: list, sentence: str, tmp_path: Path) -> None:
    _, err = train(*arguments, mnist=tmp_path, cwd=Path(__file__).parents[3]).communicate(timeout=60)
    assert sentence in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("--epochs=0", "argument --epochs: a whole number from 1 upwards, not 0"),
        ("--epochs=-2", "argument --epochs: a whole number from 1 upwards, not -2"),
        ("--epochs=1.5", "argument --epochs: a whole number from 1 upwards, not 1.5"),
        ("--seed=-1", "argument --seed: a whole number from 0 to 4294967295, not -1"),
        ("--seed=4294967296", "argument --seed: a whole number from 0 to 4294967295, not 4294967296"),
        ("--seed=--1", "argument --seed: a whole number from 0 to 4294967295, not --1"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(option: str, says: str, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        main(["fit", "course", option])
    assert says in capsys.readouterr().err


def test_a_damaged_config_is_one_sentence_and_no_traceback(
    tiny_folder: Path, idx_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("MNIST_DIR", str(idx_folder))
    run_folder = tmp_path / "run"
    shutil.copytree(tiny_folder, run_folder)
    (run_folder / "config.json").write_text('{"recipe": ')
    assert main(["mix", str(tiny_folder), str(run_folder), "--folder", str(tmp_path / "mixed")]) == 1
    message = capsys.readouterr().err
    assert f"{run_folder / 'config.json'} is damaged" in message.splitlines()[-1]


def test_a_full_disk_is_one_sentence_and_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("cnn.files.os.fsync", full)
    path = tmp_path / "config.json"
    path.write_text("old")
    monkeypatch.setattr("train.publish.readme.write", lambda _: write_whole(path, "new"))
    assert main(["readme"]) == 1
    assert capsys.readouterr().err == f"{path}: No space left on device.\n"
    assert path.read_text() == "old"
