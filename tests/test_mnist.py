"""MNIST at run time: there, on its way, or not to be had."""

import threading

import pytest

from cnn.mnist import Mnist, nowhere
from cnn.types import Digits, InputError


def test_splits_are_loaded_in_the_background_the_test_set_first(digits: Digits) -> None:
    asked, go_on = [], threading.Event()

    def load(split: str) -> Digits:
        asked.append(split)
        go_on.wait()
        return digits

    mnist = Mnist(load)
    thread = mnist.start()
    with pytest.raises(InputError, match="still being fetched"):
        mnist.split("test")
    go_on.set()
    thread.join()
    assert asked == ["test", "train"]
    assert mnist.split("train") is mnist.split("test") is digits


def test_where_there_is_none_a_sentence_says_how_to_get_it() -> None:
    mnist = Mnist(nowhere)
    mnist.start().join()
    with pytest.raises(InputError, match="MNIST_DIR"):
        mnist.split("test")
