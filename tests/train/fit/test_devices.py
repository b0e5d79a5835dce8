"""Training over several devices and processes: the same loss curve as one device, and one process that writes."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from cnn.network.design import Activation, Convolution, Dropout, Normalisation, Pooling
from train.__main__ import main
from train.data.mnist import Digits
from train.fit.loop import CHECKPOINT, fit
from train.fit.recipes import RECIPES, Recipe

pytestmark = pytest.mark.slow

# Dropout draws at random and a normalisation looks at the whole batch: both have to be those of the batch as it was.
# The CPU's own gradients go over blocks of its images.
BLOCKS = [
    Convolution(8), Activation(), Pooling(), Convolution(8), Activation(), Pooling(), Normalisation(), Dropout(0.2),
]  # fmt: skip
RECIPE = Recipe("small", epochs=2, batch_size=16, learning_rate=3e-3, average=0.9, design=BLOCKS)
TOLERANCE = 1e-3  # of a loss, relative: sums in another order, through 80 steps of Adam

# With STOP set, Ctrl-C comes once, at the first report of a training.
COMMANDS = """
import json, os, signal, sys
from tests.train.fit.test_devices import RECIPE
from train.__main__ import main
from train.fit import commands
from train.fit.recipes import RECIPES

def shown(bar, now, show=commands._draw):
    show(bar, now)
    if now.steps and os.environ.pop("STOP", ""):
        os.kill(os.getpid(), signal.SIGINT)

commands._draw = shown
RECIPES["small"] = RECIPE
for command in json.loads(sys.argv[1]):
    print(main(command), flush=True)
"""


def start(commands: list[list[str]], mnist: Path, devices: int = 1, **variables: str) -> subprocess.Popen:
    """A process of its own with so many devices, that does some commands of `python -m train`, one after the other."""
    # Compiled more plainly, which takes less time than so few steps then lose.
    flags = "--xla_cpu_use_fusion_emitters=false"
    flags = f"{os.environ.get('XLA_FLAGS', '')} {flags} --xla_force_host_platform_device_count={devices}"
    return subprocess.Popen(
        [sys.executable, "-c", COMMANDS, json.dumps(commands)],
        # More devices than cores need more threads than cores: XLA's devices wait for each other on them.
        env={**os.environ, "MNIST_DIR": str(mnist), "XLA_FLAGS": flags, "NPROC": str(2 * devices), **variables},
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def ended(process: subprocess.Popen) -> tuple[list[str], str]:
    """What its commands came to, and what it said of errors."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return [line for line in out.splitlines() if line.isdecimal()], err


def curve(folder: Path) -> np.ndarray:
    history = json.loads((folder / "config.json").read_text())["history"]
    return np.array([[epoch["loss"], epoch["validation_loss"]] for epoch in history])


@pytest.fixture(scope="module")
def mnist(digits: Digits) -> Digits:
    """The training images of `idx_folder`."""
    return Digits(*(part[:1000] for part in digits))


@pytest.fixture(scope="module")
def one(mnist: Digits, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """The loss curve of one device."""
    folder = tmp_path_factory.mktemp("one")
    for _ in fit(RECIPE, mnist, folder):
        pass
    return curve(folder)


def test_four_devices_learn_what_one_does(one: np.ndarray, idx_folder: Path, tmp_path: Path) -> None:
    command = ["fit", "small", "--folder", str(tmp_path / "four"), "--devices"]
    done, said = ended(start([[*command, count] for count in ("3", "5", "4")], idx_folder, devices=4))
    assert done == ["1", "1", "0"]
    assert "A batch of 16 cannot be shared out evenly over 3 devices." in said
    assert "There are 4 devices (cpu), not 5." in said
    np.testing.assert_allclose(curve(tmp_path / "four"), one, rtol=TOLERANCE)
    config = json.loads((tmp_path / "four" / "config.json").read_text())
    assert config["devices"] == {"kind": "cpu", "count": 4, "processes": 1}


def test_two_processes_go_on_where_one_was_stop_together_and_the_first_writes(
    one: np.ndarray, mnist: Digits, idx_folder: Path, tmp_path: Path
) -> None:
    folders = [tmp_path / "first", tmp_path / "second"]
    alone = fit(RECIPE, mnist, folders[0])
    assert next(alone).step == 20
    alone.close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    processes = []
    for number, folder in enumerate(folders):
        command = ["fit", "small", "--folder", str(folder)]
        together = ["--coordinator", f"127.0.0.1:{port}", "--processes", "2", "--process", str(number)]
        commands = [[*command, *together, "--seed", str(7 + number)], command, command]
        processes.append(start(commands, idx_folder, STOP="1" * number))  # the second is stopped, and stops the first
    for done, said in map(ended, processes):
        assert done == ["1", "130", "0"]
        assert "The processes train different things" in said
    np.testing.assert_allclose(curve(folders[0]), one, rtol=TOLERANCE)
    config = json.loads((folders[0] / "config.json").read_text())
    assert config["devices"] == {"kind": "cpu", "count": 2, "processes": 2}
    assert not folders[1].exists()
    assert not (folders[0] / CHECKPOINT).exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--coordinator", "10.0.0.1:1234"], "Several machines need all of --coordinator, --processes and --process."),
        (["--process", "0"], "Several machines need all of --coordinator, --processes and --process."),
        (
            ["--coordinator", "10.0.0.1:1234", "--processes", "2", "--process", "2"],
            "--process is one of 0 to 1, not 2.",
        ),
    ],
)
def test_half_a_way_to_the_other_machines_is_refused(
    options: list[str], sentence: str, capsys: pytest.CaptureFixture
) -> None:
    assert main(["fit", "course", *options]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == sentence


@pytest.mark.parametrize("place", ["10.0.0.1", ":1234", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:70000"])
def test_a_machine_without_its_port_is_refused(place: str, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        main(["fit", "course", f"--coordinator={place}"])
    assert f"a machine and its port as 10.0.0.1:1234, not {place}" in " ".join(capsys.readouterr().err.split())


def test_mixed_precision_learns_alike_and_saves_plain_weights(
    idx_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_DIR", str(idx_folder))
    monkeypatch.setitem(RECIPES, "small", RECIPE)
    full, mixed = (tmp_path / name for name in ("full", "mixed"))
    assert main(["fit", "small", "--stock", "--folder", str(full)]) == 0
    assert main(["fit", "small", "--stock", "--folder", str(mixed), "--precision", "mixed"]) == 0
    np.testing.assert_allclose(curve(mixed), curve(full), rtol=2e-2)
    assert (curve(mixed) != curve(full)).all()
    assert json.loads((mixed / "config.json").read_text())["recipe"]["precision"] == "mixed"
    model = keras.saving.load_model(mixed / "model.keras")
    assert {layer.dtype_policy.name for layer in model.layers} == {"float32"}
