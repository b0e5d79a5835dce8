"""MNIST at run time: there, on its way, or not to be had; and what of it comes with the project."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest

from cnn.mnist import KEPT, Mnist, keep, kept, nowhere
from cnn.models.registry import BUNDLED, METRICS, bundled
from cnn.task import DIGITS
from cnn.types import Digits, InputError
from tests.test_shipped import MNIST, needs_mnist
from train.data.mnist import read_folder
from train.measure.misread import ORDINARY, chosen


@pytest.fixture
def some(digits: Digits, tmp_path: Path) -> dict:
    """Digits of our own, written and read: the first three of each split, and two more."""
    keep({"test": [2, 0, 1, 700], "train": [0, 2, 1, 1400]}, lambda split: digits, tmp_path / "some.npz")
    return kept(tmp_path / "some.npz")


def test_splits_are_loaded_in_the_background_the_test_set_first(digits: Digits) -> None:
    asked, go_on = [], threading.Event()

    def load(split: str) -> Digits:
        asked.append(split)
        go_on.wait()
        return digits

    mnist = Mnist(load)
    thread = mnist.start()
    for ask in (lambda: mnist.digit("test", 0), lambda: mnist.first("test")):
        with pytest.raises(InputError, match="still being fetched"):
            ask()
    go_on.set()
    thread.join()
    assert asked == ["test", "train"]
    for split in asked:
        image, label = mnist.digit(split, 1499)
        np.testing.assert_array_equal(image, digits.images[1499])
        assert label == digits.labels[1499]
        assert mnist.first(split) == 1500
    with pytest.raises(InputError, match="from 0 to 1499"):
        mnist.digit("test", 1500)


def test_where_there_is_none_a_sentence_says_how_to_get_it() -> None:
    mnist = Mnist(nowhere)
    mnist.start().join()
    for ask in (lambda: mnist.digit("test", 0), lambda: mnist.first("test")):
        with pytest.raises(InputError, match="MNIST_DIR"):
            ask()


def test_networks_that_were_measured_on_others_wait_for_none() -> None:
    mnist = Mnist(None)
    for _ in range(2):
        for ask in (lambda: mnist.digit("test", 0), lambda: mnist.first("test")):
            with pytest.raises(InputError, match="do not come with the app"):
                ask()
        mnist.start().join()


def test_what_comes_with_the_project_is_there_before_mnist_and_without_it(some: dict, digits: Digits) -> None:
    mnist = Mnist(nowhere, some)
    for missing in ("still being fetched", "MNIST_DIR"):
        for split, index in (("test", 700), ("train", 1400), ("test", 2)):
            image, label = mnist.digit(split, index)
            assert image.dtype == np.uint8
            np.testing.assert_array_equal(image, digits.images[index])
            assert label == digits.labels[index]
        assert mnist.first("test") == mnist.first("train") == 3
        with pytest.raises(InputError, match=missing):
            mnist.digit("test", 1400)
        mnist.start().join()


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 damaged"])
def test_without_its_file_the_app_has_none(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "digits.npz"
    if content is not None:
        path.write_bytes(content)
    assert kept(path) == {}


def test_all_that_the_page_shows_of_bundled_networks_comes_with_the_project() -> None:
    """After a bundled network was measured anew, `python -m train misread` brings both together again."""
    measured = [json.loads((BUNDLED / name / METRICS).read_text(encoding="utf-8")) for name in bundled(DIGITS)]
    assert {split: set(found) for split, found in kept().items()} == chosen(measured)
    assert all(one["errors"] and one["errors"][0]["neighbours"] for one in measured)
    mnist = Mnist(nowhere, kept())
    assert mnist.first("test") >= ORDINARY
    for network in measured:
        for one in network["errors"] + network["doubtful"]:
            assert mnist.digit("test", one["index"])[1] == one["label"]
            assert [mnist.digit("train", place)[1] for place in one["neighbours"]] == one["labels"]
    assert "creativecommons.org/licenses/by-sa/3.0" in KEPT.with_name("NOTICE.md").read_text(encoding="utf-8")


@needs_mnist
def test_what_comes_with_the_project_is_mnists() -> None:
    for split, found in kept().items():
        digits = read_folder(MNIST, split)
        for place, (image, label) in found.items():
            np.testing.assert_array_equal(image, digits.images[place])
            assert label == digits.labels[place]


def test_without_room_on_disk_the_images_stay_in_memory(digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    mnist = Mnist(lambda split: digits)
    mnist.start().join()
    assert mnist.first("train") == len(digits.labels)
