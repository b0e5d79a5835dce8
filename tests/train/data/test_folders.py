"""Data sets by their path, and every way they can be wrong."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnn.task import DIGITS, Task
from cnn.types import Digits
from tests.conftest import write_idx
from tests.train.data.test_series import save
from train.data.folders import read
from train.data.mnist import FILES, IMAGES, LABELS_MAGIC, DataError


def pictures(count: int, side: int = 28, seed: int = 0) -> Digits:
    """Bars that lie, and bars that stand, by turns: two classes."""
    rng, labels = np.random.default_rng(seed), np.arange(count, dtype=np.uint8) % 2
    images = np.zeros((count, side, side), np.uint8)
    for image, label in zip(images, labels, strict=True):
        at = rng.integers(side // 4, 3 * side // 4)
        (image if label else image.T)[at : at + 2] = 200
    return Digits(images, labels)


def drawer(folder: Path, digits: Digits, names: tuple[str, ...] = ("standing", "lying")) -> Path:
    """A folder a class, the pictures dark on white, four times as large."""
    for at, (image, label) in enumerate(zip(*digits, strict=True)):
        place = folder / names[label]
        place.mkdir(parents=True, exist_ok=True)
        large = np.kron(255 - np.pad(image, 4), np.ones((4, 4), np.uint8))
        Image.fromarray(large).save(place / f"{at:03}.png")
    return folder


def idx(folder: Path, training: Digits, test: Digits, prefix: str = "", word: str = "t10k") -> Path:
    folder.mkdir(exist_ok=True)
    for split, digits in (("train", training), ("test", test)):
        names = [prefix + name.replace("t10k", word) for name in FILES[split]]
        write_idx(folder / names[0], IMAGES, digits.images)
        write_idx(folder / f"{names[1]}.gz", LABELS_MAGIC, digits.labels)
    return folder


@pytest.mark.parametrize(("prefix", "word"), [("", "t10k"), ("bars-", "test")])
def test_a_folder_of_idx_files(prefix: str, word: str, tmp_path: Path) -> None:
    training, test = pictures(20), pictures(6, seed=1)
    found = read(idx(tmp_path, training, test, prefix, word))
    np.testing.assert_array_equal(found.training.images, training.images)  # pictures are taken as they are
    np.testing.assert_array_equal(found.test.labels, test.labels)
    assert found.task == Task(("0", "1"), framing="picture")


def test_emnist_lies_on_its_side_in_its_files(tmp_path: Path) -> None:
    training, test = pictures(20), pictures(6, seed=1)
    lying = [Digits(digits.images.transpose(0, 2, 1), digits.labels + 1) for digits in (training, test)]
    found = read(idx(tmp_path, *lying, "emnist-bars-", "test"))
    np.testing.assert_array_equal(found.training.images, training.images)
    assert found.task.classes == ("1", "2")


def test_a_task_beside_the_files_names_the_classes_and_says_how_they_are_framed(tmp_path: Path) -> None:
    idx(tmp_path, pictures(20), pictures(6))
    source = {"name": "Bars", "licence": "MIT"}
    said = {"classes": ["lying", "standing"], "framing": "mnist", "source": source}
    (tmp_path / "task.json").write_text(json.dumps(said))
    found = read(tmp_path)
    assert found.source == source
    assert found.task == Task(("lying", "standing"))
    wide = [np.ptp(np.flatnonzero(image.any(0))) + 1 for image in found.training.images]
    assert max(wide) == 20  # in MNIST's box, as the page frames them


@pytest.mark.parametrize(
    "names",
    [
        {"all.npz": ("x_train", "y_train", "x_test", "y_test")},
        {"all.npz": ("train_images", "train_labels", "test_images", "test_labels")},
        {f"k-{split}-{kind}.npz": ("arr_0",) for split in ("train", "test") for kind in ("imgs", "labels")},
    ],
)  # fmt: skip
def test_npz_files_as_others_call_what_is_in_them(names: dict[str, tuple[str, ...]], tmp_path: Path) -> None:
    training, test = pictures(20), pictures(6, seed=1)
    arrays = iter((training.images[..., None], training.labels[:, None], test.images / 255, test.labels.astype(int)))
    for file, called in names.items():
        np.savez(tmp_path / file, **{name: next(arrays) for name in called})
    np.savez(tmp_path / "val.npz", val_images=test.images, val_labels=test.labels)
    found = read(tmp_path)
    np.testing.assert_array_equal(found.training.images, training.images)
    np.testing.assert_array_equal(found.test.images, test.images)
    np.testing.assert_array_equal(found.test.labels, test.labels)
    if len(names) == 1:
        np.testing.assert_array_equal(read(tmp_path / "all.npz").training.images, training.images)


def test_a_folder_of_pictures_a_class(tmp_path: Path) -> None:
    drawer(tmp_path, pictures(24))
    (tmp_path / "lying" / "notes.txt").write_text("no picture")
    (tmp_path / ".cache").mkdir()
    found = read(tmp_path)
    assert found.task == Task(("lying", "standing"), framing="picture")
    assert (len(found.training.labels), len(found.test.labels)) == (20, 4)
    assert np.bincount(found.test.labels).tolist() == [2, 2]  # of each class a sixth
    ink = found.training.images > 100
    heights = ink.any(2).sum(1)
    assert (heights[found.training.labels == 0] < heights[found.training.labels == 1].min()).all()  # light on dark
    again = read(tmp_path, processes=1)
    np.testing.assert_array_equal(again.test.images, found.test.images)  # the same lot


def test_a_copy_of_what_is_learnt_from_is_no_test(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(256, size=(60, 28, 28), dtype=np.uint8)
    images[30:] = images[rng.integers(30, size=30)]  # half of them are copies
    np.savez(tmp_path / "copies.npz", images=images, labels=np.arange(60) % 2)
    found = read(tmp_path)
    assert len(found.training.labels) == 50
    assert 0 < len(found.test.labels) < 10
    for label in (0, 1):
        learnt, tested = (
            {image.tobytes() for image in one.images[one.labels == label]} for one in (found.training, found.test)
        )
        assert not learnt & tested


def test_pictures_may_say_themselves_which_test(tmp_path: Path) -> None:
    drawer(tmp_path / "train", pictures(8))
    drawer(tmp_path / "test", pictures(4, seed=1))
    found = read(tmp_path)
    assert (len(found.training.labels), len(found.test.labels)) == (8, 4)


def test_a_series_of_a_visitors(digits: Digits, tmp_path: Path) -> None:
    chosen = np.concatenate([np.flatnonzero(digits.labels == label)[:6] for label in range(10)])
    few = Digits(digits.images[chosen], digits.labels[chosen])
    found = read(save(tmp_path / "tests.zip", few))
    assert found.task == DIGITS
    assert (len(found.training.labels), len(found.test.labels)) == (50, 10)
    letters = save(tmp_path / "letters.zip", pictures(12), {"classes": ["I", "M"], "framing": "mnist"})
    assert read(letters).task == Task(("I", "M"))


def beside(said: str) -> Callable[[Path], object]:
    """What makes a folder of pictures with this in its task.json."""
    return lambda folder: (drawer(folder, pictures(8)) / "task.json").write_text(said)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda folder: None, "holds no idx files, no .npz files and no folders of pictures"),
        (lambda folder: drawer(folder, Digits(*(part[::2] for part in pictures(8)))), "holds 1 names"),
        (lambda folder: drawer(folder, pictures(3)), "holds 1 pictures of lying; two are needed"),
        (lambda folder: (drawer(folder, pictures(8)) / "lying" / "x.png").write_text("x"), r"x\.png: "),
        (beside("[]"), "no object of classes"),
        (beside('{"source": {"name": 5}}'), "and source"),
        (beside('{"framing": "x"}'), "task.framing 'x'"),
        (
            beside('{"classes": ["lying", "a"]}'),
            "holds the label standing, which its task.json does not name",
        ),
        (lambda folder: np.savez(folder / "a.npz", x_train=pictures(8).images), "holds no labels of the train set"),
        (lambda folder: np.savez(folder / "a.npz", x=pictures(8).images, y=np.zeros(7, int)), "8 images and 7 labels"),
        (lambda folder: np.savez(folder / "a.npz", x=pictures(8).images, y=np.zeros(8)), r"labels \(8,\) float64"),
        (lambda folder: np.savez(folder / "a.npz", x=np.zeros((8, 28, 28, 7)), y=np.zeros(8, int)), "7 channels"),
        (lambda folder: np.savez(folder / "a.npz", x=np.array([{}] * 3), y=[1]), "cannot be read"),
        (lambda folder: (folder / "a.npz").write_bytes(b"PK"), "cannot be read"),
        (lambda folder: (idx(folder, pictures(8), pictures(4)) / FILES["train"][0]).unlink(), "stands alone"),
        (lambda folder: [idx(folder, pictures(8), pictures(4), name) for name in ("a-", "b-")], "one data set a"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_folder_is_one_sentence(made, message: str, tmp_path: Path) -> None:
    made(tmp_path)
    with pytest.raises(DataError, match=message) as raised:
        read(tmp_path)
    assert "\n" not in str(raised.value)
    assert str(tmp_path) in str(raised.value)


def test_what_is_no_data_set_at_all(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("x")
    with pytest.raises(DataError, match="is no folder"):
        read(tmp_path / "x.txt")
    (tmp_path / "x.zip").write_text("x")
    with pytest.raises(DataError, match="is not a test series"):
        read(tmp_path / "x.zip")
