"""A network is taught a visitor's digits: half are held out, its first layers stay, and what was lost is told."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from cnn.lab.trainings import Lesson, Training
from cnn.models import registry
from cnn.types import Digits
from train.lab.desk import Desk
from train.lab.teaching import Teaching, halves, teach
from train.lab.training import Sets, perturbed

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def turned(digits: Digits) -> Digits:
    """Digits as nobody writes them, twelve of each of two classes: lying on their backs."""
    found = np.concatenate([np.flatnonzero(digits.labels == label)[:12] for label in (4, 7)])
    return Digits(np.rot90(digits.images[found], axes=(1, 2)).copy(), digits.labels[found])


def test_every_second_one_of_each_class_is_held_out() -> None:
    labels = np.array([3, 3, 3, 5, 5, 9], np.uint8)
    images = np.arange(6, dtype=np.uint8)[:, None, None] * np.ones((1, 28, 28), np.uint8)
    learnt, held = halves(Digits(images, labels))
    assert sorted(learnt.labels.tolist()) == [3, 3, 5, 9]
    assert sorted(held.labels.tolist()) == [3, 5]
    assert {*learnt.images[:, 0, 0].tolist()} | {*held.images[:, 0, 0].tolist()} == {*range(6)}


@pytest.mark.parametrize(
    ("labels", "learnt", "held"),
    [
        ([*range(10)], [0, 2, 4, 6, 8], [1, 3, 5, 7, 9]),
        ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 3], [0, 2, 3, 5, 7, 9], [1, 3, 4, 6, 8]),
        ([9, 4, 7, 1, 8, 2], [7, 8, 9], [1, 2, 4]),  # as they were written
        ([5] * 6, [5] * 3, [5] * 3),
    ],
)
def test_of_what_was_written_once_every_second_one_too(labels: list[int], learnt: list[int], held: list[int]) -> None:
    found = halves(Digits(np.zeros((len(labels), 28, 28), np.uint8), np.array(labels, np.uint8)))
    assert [sorted(one.labels.tolist()) for one in found] == [learnt, held]


def test_only_what_follows_the_last_maps_is_taught(tiny_folder: Path, turned: Digits) -> None:
    model = keras.saving.load_model(tiny_folder / "model.keras")
    before = model.get_weights()
    lessons = [*teach(model, turned, None)]
    assert lessons[-1].accuracy > 0.9 > lessons[0].accuracy
    after = model.get_weights()
    changed = [bool(np.abs(one - other).max()) for one, other in zip(before, after, strict=True)]
    assert changed[:4] == [False] * 4
    assert any(changed[4:])


def test_what_it_learnt_and_what_it_forgot(tiny_folder: Path, digits: Digits, turned: Digits, tmp_path: Path) -> None:
    test = Digits(digits.images[:400], digits.labels[:400])
    known = Sets(digits, test, test, perturbed(test))
    files = {name: (tiny_folder / name).read_bytes() for name in ("model.keras", "config.json")}
    heard = {}
    for remind in (False, True):
        lesson = Lesson(files, turned.images, turned.labels.tolist(), remind)
        heard[remind] = Training("mine-1", lesson, "", np.zeros((28, 28), np.float32))
        for message in Teaching(lesson.message(), Desk(), tmp_path, lambda: known).messages():
            heard[remind].hear(json.loads(json.dumps(message)))
        assert heard[remind].state == "done"
        own, mnist, made, learnt = heard[remind].taught
        assert (learnt, own.after.pictures, mnist.after.pictures) == (12, 12, 400)
        assert own.after.hits > own.before.hits
        assert mnist == made
    forgot, reminded = (heard[remind].taught.mnist for remind in (False, True))
    assert forgot.after.hits < forgot.before.low * 400
    assert reminded.after.hits > forgot.after.hits
    network = registry.open_files(heard[True].files, "mine-1")
    said = network.probabilities(test.images / np.float32(255)).argmax(1)
    assert (said == test.labels).sum() == reminded.after.hits
    taught = {"from": registry.weights_sha256(tiny_folder / "model.keras"), "digits": 12, "reminded": True}
    assert network.config["taught"] == taught
