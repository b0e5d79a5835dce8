"""What a network remembers, and that it takes it along."""

import gc
import weakref
from types import SimpleNamespace

import numpy as np

from cnn.inside import views
from cnn.network.classifier import Classifier
from cnn.network.memory import Memory, remembered
from cnn.stress import scan
from tests.conftest import tiny


def test_the_last_results_are_kept_in_the_network_that_was_asked() -> None:
    made = []

    @remembered(most=2)
    def double(network: SimpleNamespace, number: int) -> int:
        made.append((network.name, number))
        return 2 * number

    one, other = (SimpleNamespace(name=name, memory=Memory()) for name in ("one", "other"))
    assert [double(one, n) for n in (1, 2, 1, 3, 1, 2)] == [2, 4, 2, 6, 2, 4]
    assert made == [("one", 1), ("one", 2), ("one", 3), ("one", 2)]
    assert double(other, 2) == 4
    assert made[-1] == ("other", 2)


def test_two_questions_do_not_take_each_others_answers() -> None:
    network = SimpleNamespace(memory=Memory())
    assert network.memory.get("first", ("conv1",), 1, lambda: 1) == 1
    assert network.memory.get("second", ("conv1",), 1, lambda: 2) == 2
    assert network.memory.get("first", ("conv1",), 1, lambda: 3) == 1


def test_a_dropped_network_is_freed_with_all_it_was_asked() -> None:
    network = Classifier(tiny(), "dropped")
    digit = np.tri(28, dtype=np.float32)
    views.likes(network, network.layers[0].name, 0)
    scan.perturbed(digit, [("pgd", 0.1)], 0, network)
    scan.curves({"dropped": network}, digit, "pgd", 0)
    kept = weakref.ref(network)
    del network
    gc.collect()
    assert kept() is None
