"""The same picture gets the same answer: alone or among others, on one thread or on eight, and after a restart."""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cnn.network.classifier import Classifier
from tests.conftest import tiny
from tests.trust import compare

COUNT = 120
ALONE = 1e-6  # of a probability: many pictures are multiplied in blocks of others, and added up in another order


@pytest.fixture(scope="module")
def network() -> Classifier:
    return Classifier(tiny(), "tiny")


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).random((COUNT, 28, 28), np.float32)


def test_alone_and_among_others(network: Classifier, images: np.ndarray) -> None:
    alone = np.concatenate([network.probabilities(image[None]) for image in images])
    for order in (np.arange(COUNT), np.arange(COUNT)[::-1], np.arange(3 * COUNT) % COUNT):
        np.testing.assert_allclose(network.probabilities(images[order]), alone[order], atol=ALONE)


def test_on_eight_threads(network: Classifier, images: np.ndarray) -> None:
    def ask(number: int) -> bytes:
        return network.probabilities(images[number % COUNT][None]).tobytes()

    expected = [ask(number) for number in range(COUNT)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(4 * COUNT))) == 4 * expected


@pytest.mark.trust
def test_after_a_restart() -> None:
    now, later = compare.answers(40), compare.elsewhere(sys.executable, 40)
    assert now.keys() == later.keys()
    for name, values in now.items():
        np.testing.assert_array_equal(values, later[name])
