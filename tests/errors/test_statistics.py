"""Wilson's interval and McNemar's test, against values that others published."""

import pytest

from cnn.errors.statistics import mcnemar, wilson


# Newcombe 1998, Statistics in Medicine 17, 857, method 3.
@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_newcombe_tabulates_it(hits: int, count: int, low: float, high: float) -> None:
    assert wilson(hits, count) == pytest.approx((low, high), abs=5e-5)
    assert wilson(count - hits, count) == pytest.approx((1 - high, 1 - low), abs=5e-5)


def test_nothing_seen_says_nothing() -> None:
    assert wilson(0, 0) == (0, 1)


# Fagerland, Lydersen and Laake 2013 (BMC Medical Research Methodology 13:91); and by hand, 2 (1 + 5) / 32.
@pytest.mark.parametrize(("first", "second", "p"), [(1, 7, 0.0703), (7, 1, 0.0703), (1, 4, 0.375)])
def test_mcnemar_as_published(first: int, second: int, p: float) -> None:
    assert mcnemar(first, second) == pytest.approx(p, abs=5e-5)


def test_mcnemar_of_equals_is_certain_and_of_thousands_is_a_number() -> None:
    assert mcnemar(0, 0) == mcnemar(3, 3) == 1
    assert 0 < mcnemar(1000, 1200) < 1e-4
