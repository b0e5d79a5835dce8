"""Errors compared, and MNIST's known label errors."""

from types import SimpleNamespace

import pytest

from cnn.errors.statistics import mcnemar, wilson
from cnn.errors.tables import compared, label_errors, measured, with_intervals
from cnn.types import InputError


def misreading(*indices: int) -> dict:
    return {"errors": [{"index": index} for index in indices]}


def test_two_networks_by_the_images_that_one_alone_misreads() -> None:
    found = compared(misreading(5, 3, 9, 1), misreading(9, 4))
    assert (found.fixed, found.added, found.both) == ([5, 3, 1], [4], [9])
    assert found.p == mcnemar(3, 1)


def test_a_bin_has_the_interval_of_its_count() -> None:
    bins = with_intervals({"bins": [{"confidence": 0.9, "accuracy": 0.75, "count": 8}]})
    assert (bins[0]["low"], bins[0]["high"]) == wilson(6, 8)


def test_what_was_never_measured_is_one_sentence() -> None:
    with pytest.raises(InputError, match='Nothing was measured of the model "new"'):
        measured(SimpleNamespace(name="new", metrics=None))


def test_known_label_errors_are_those_that_most_people_do_not_see() -> None:
    known = label_errors()
    assert len(known) == 15  # as the paper counts
    for index, one in known.items():
        assert 0 <= index < 10_000
        assert one["label"] != one["proposed"]
        assert sum(one["votes"]) == 5
        assert one["votes"][0] < 3
