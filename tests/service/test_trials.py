"""A class by what its pages ask: handed in, gathered, and refused in words."""

import json
from typing import Any

import pytest

from cnn.service.trials import look
from cnn.trials.collecting import Collector
from cnn.types import InputError
from tests.service.test_views import TRIAL

RECEIPT = 32 * "a"


@pytest.fixture
def collector() -> Collector:
    return Collector(alarm=lambda seconds, act: Silent())


class Silent:
    """An alarm that never goes off."""

    def cancel(self) -> None: ...


def asks(collector: Collector, view: str, visitor: str = "one", **asked: Any) -> Any:
    return look({"view": view, **asked}, collector, visitor).part


def test_a_class_from_its_opening_to_its_end(collector: Collector) -> None:
    opened = asks(collector, "open")
    given = asks(collector, "submit", code=opened.code, name="Ada", trials=json.dumps([TRIAL]), receipt=RECEIPT)
    assert 3590 < given.seconds <= 3600
    gathered = asks(collector, "gather", secret=opened.secret)
    (series,) = gathered.series
    assert (series.name, gathered.numbers, gathered.why) == ("Ada", [series.number], None)
    assert asks(collector, "withdraw", receipt=RECEIPT).why is None
    assert asks(collector, "remove", secret=opened.secret, number=series.number).why is None
    assert asks(collector, "gather", secret=opened.secret).numbers == []
    assert asks(collector, "end", secret=opened.secret).why is None
    assert asks(collector, "gather", secret=opened.secret).why.key == "collect_over"
    assert asks(collector, "remove", secret=opened.secret, number=1).why.key == "collect_over"
    refused = asks(collector, "submit", code=opened.code, name="Ada", trials=json.dumps([TRIAL]), receipt=RECEIPT)
    assert (refused.why.key, refused.seconds) == ("collect_code", 0)


def test_what_is_no_series_is_refused_and_strangers_is_not_read(collector: Collector) -> None:
    opened = asks(collector, "open")
    for code, key in ((opened.code, "collect_series"), ("FHJKLMQR", "collect_code")):
        refused = asks(collector, "submit", code=code, name="Ada", trials="no series", receipt=RECEIPT)
        assert refused.why.key == key
    assert asks(collector, "gather", secret=opened.secret).numbers == []


@pytest.mark.parametrize("receipt", ["", "a", 33 * "a", 31 * "a" + "\n", 32 * "A"])
def test_a_receipt_is_one_that_nobody_guesses(collector: Collector, receipt: str) -> None:
    with pytest.raises(InputError, match="receipt"):
        asks(collector, "submit", code="x", name="Ada", trials=json.dumps([TRIAL]), receipt=receipt)
