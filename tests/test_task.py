"""Networks of 4 and of 26 classes, none of them digits, through every wing: nothing but the task says how many."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import PIL.Image
import pytest

from cnn.framing.ink import from_strokes
from cnn.inside.explain import METHODS
from cnn.models.registry import Models, load, load_all
from cnn.network.classifier import Classifier
from cnn.reading.number import read_number
from cnn.reading.read import predict, read_image
from cnn.service.inside import VIEWS
from cnn.stress.perturbations import PERTURBATIONS
from cnn.task import DIGITS, MOST, Task, task_of
from cnn.types import Digits, Framed, InputError
from cnn.ui import errors, inside, stress
from train.fit.loop import fit
from train.fit.recipes import Recipe
from train.measure.evaluate import Sets, evaluate, write
from train.pens.letters import LETTERS, on_pad, outline, pen
from train.publish import card

pytestmark = pytest.mark.slow

NAMES = tuple(LETTERS)
EACH = 60  # pictures of a class


class Trained(NamedTuple):
    """A folder with a network for a task, measured; and a letter of each of its classes."""

    folder: Path
    task: Task
    digits: Digits

    def network(self) -> Classifier:
        return load(str(self.folder))

    def framed(self, label: int) -> Framed:
        return Framed(self.digits.images[self.digits.labels == label][0].astype(np.float32) / 255)


def drawn(task: Task, each: int, seed: int) -> Digits:
    """Letters by the project's own pen, framed, `each` of every class."""
    rng, images = np.random.default_rng(seed), []
    for name in task.classes:
        ways = LETTERS[name]
        for _ in range(each):
            letter = from_strokes(on_pad(pen(outline(ways[rng.integers(len(ways))]), rng))).image
            images.append(np.round(letter * 255).astype(np.uint8))
    return Digits(np.stack(images), np.repeat(np.arange(task.count, dtype=np.uint8), each))


@pytest.fixture(scope="module", params=[4, 26], ids=["4 classes", "26 classes"])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    task = Task(NAMES[: request.param])
    folder = tmp_path_factory.mktemp("task") / "letters"
    for _ in fit(Recipe("tiny", epochs=8, batch_size=32, learning_rate=4e-3), drawn(task, EACH, 0), folder, task=task):
        pass
    held = drawn(task, 4, 1)
    write(evaluate(load(str(folder)), Sets(held, bent=held)), folder)
    return Trained(folder, task, held)


def test_the_task_travels_with_the_network(trained: Trained) -> None:
    network = trained.network()
    assert network.task == trained.task
    assert json.loads((trained.folder / "config.json").read_text())["task"]["classes"] == list(trained.task.classes)
    assert Models([network], network.name).describe()[0]["classes"] == list(trained.task.classes)


def test_it_reads_its_classes(trained: Trained) -> None:
    network, last = trained.network(), trained.task.count - 1
    right = [predict(network, trained.framed(label)).best_guess == label for label in range(trained.task.count)]
    assert np.mean(right) > 0.7  # guessing would be right once in four, or in 26
    prediction = predict(network, trained.framed(last))
    assert len(prediction.probabilities) == trained.task.count
    assert sum(prediction.probabilities) == pytest.approx(1, abs=1e-5)
    picture = PIL.Image.fromarray(255 - trained.digits.images[-1]).resize((112, 112))
    assert len(read_image(network, picture)[1].probabilities) == trained.task.count


def test_no_number_is_read_with_it(trained: Trained) -> None:
    with pytest.raises(InputError, match="reads no digits"):
        read_number(trained.network(), PIL.Image.new("L", (90, 40), 255))


def test_every_view_inside_shows_it(trained: Trained) -> None:
    network, last = trained.network(), trained.task.count - 1
    models = Models([network], network.name)
    first = network.layers[0].name
    for view in VIEWS:
        asked = {"view": view, "label": last, "layer": first, "channel": 0, "method": next(iter(METHODS))}
        shown = inside.answer(asked, trained.framed(last), models, network.name)
        assert not shown["shut"]
        assert shown[view]
    with pytest.raises(InputError, match=f"from 0 to {last}"):
        inside.answer({"view": "why", "label": last + 1}, trained.framed(last), models, network.name)


def test_it_is_stressed(trained: Trained) -> None:
    network = trained.network()
    models = Models([network], network.name)
    for name, bend in PERTURBATIONS.items():
        stack = [{"name": name, "strength": bend.maximum}]
        asked = {"view": "compare", "stack": stack, "seed": 0, "against": network.name}
        shown = stress.answer(asked, trained.framed(0), models)["compare"]["models"][network.name]
        assert len(shown[1]["prediction"]["probabilities"]) == trained.task.count
    for view in ("breaking", "card", "score"):
        asked = {"view": view, "name": "deepfool", "seed": 0}
        assert stress.answer(asked, trained.framed(0), models)[view]["models"]


def test_its_errors_are_counted_by_class(trained: Trained) -> None:
    network = trained.network()
    asked = {"view": "tables", "model": network.name, "other": network.name}
    shown = errors.answer(asked, Models([network], network.name), None)
    assert np.array(shown["confusion"]).shape == 2 * (trained.task.count,)
    assert np.array(shown["confusion"]).sum() == shown["images"] == 4 * trained.task.count
    assert len(network.metrics["accuracy_by_class"]) == trained.task.count


def test_its_card_names_them_and_says_nothing_of_digits(trained: Trained, tmp_path: Path) -> None:
    card.assemble(trained.folder, "me/letters", tmp_path)
    text = (tmp_path / card.CARD).read_text(encoding="utf-8")
    assert f"{trained.task.count} classes apart: {', '.join(trained.task.classes)}" in text
    assert not any(word in text for word in ("MNIST", "digit"))
    assert f"[0, :{trained.task.count}]" in (tmp_path / card.SAMPLE).read_text(encoding="utf-8")
    assert (tmp_path / card.PICTURES / "confusion.png").stat().st_size > 5000


def test_networks_of_two_tasks_do_not_stand_side_by_side(trained: Trained) -> None:
    assert list(load_all(str(trained.folder))) == ["letters"]


@pytest.mark.parametrize(
    "task",
    [
        {"classes": ["a"]},
        {"classes": ["a", "a"]},
        {"classes": ["a", ""]},
        {"classes": ["a", "b" * 41]},
        {"classes": [str(i) for i in range(MOST + 1)]},
        {"classes": [1, 2]},
        {"classes": ["a", "b"], "side": 32},
        {"classes": ["a", "b"], "framing": "none"},
        {"classes": "ab"},
        ["a", "b"],
        {},
    ],
)
def test_a_task_that_makes_no_sense_is_refused(task: object, tmp_path: Path, trained: Trained) -> None:
    with pytest.raises(ValueError, match=r"task\."):
        task_of({"task": task})
    (tmp_path / "model.keras").write_bytes((trained.folder / "model.keras").read_bytes())
    (tmp_path / "config.json").write_text(json.dumps({"task": task}))
    with pytest.raises(InputError, match=r"What .* recognises is not to be had from its config\.json"):
        load(str(tmp_path))


def test_who_names_no_task_reads_digits() -> None:
    assert task_of({}) is DIGITS
    assert task_of({"task": DIGITS.as_dict()}) == DIGITS
