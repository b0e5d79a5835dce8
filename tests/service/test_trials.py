"""A class by what its pages ask: handed in, gathered, and refused in words."""

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
    trial = {**TRIAL, "unknown": "<script>", "strokes": {**TRIAL["strokes"], "more": 1}}
    given = asks(collector, "submit", code=opened.code, name="Ada", trials=[trial], receipt=RECEIPT)
    assert 3590 < given.seconds <= 3600
    gathered = asks(collector, "gather", secret=opened.secret)
    (series,) = gathered.series
    assert (series.name, gathered.numbers, gathered.why) == ("Ada", [series.number], None)
    assert "unknown" not in series.tests  # what no test says is not kept
    assert "more" not in series.tests
    assert asks(collector, "withdraw", receipt=RECEIPT).why is None
    assert asks(collector, "remove", secret=opened.secret, number=series.number).why is None
    assert asks(collector, "gather", secret=opened.secret).numbers == []
    assert asks(collector, "end", secret=opened.secret).why is None
    assert asks(collector, "gather", secret=opened.secret).why.key == "collect_over"
    assert asks(collector, "remove", secret=opened.secret, number=1).why.key == "collect_over"
    refused = asks(collector, "submit", code=opened.code, name="Ada", trials=[TRIAL], receipt=RECEIPT)
    assert (refused.why.key, refused.seconds) == ("collect_code", 0)


@pytest.mark.parametrize(
    "change",
    [
        {"at": "2026-01-02T03:04:05Z\n"}, {"at": "=1+1"}, {"kind": "bought"}, {"meant": True}, {"meant": 62},
        {"meant": "no"}, {"said": "7"}, {"reason": "blank"}, {"guess": -1}, {"guess": None}, {"confidence": 1.1},
        {"confidence": float("nan")}, {"model": ""}, {"model": "x" * 201}, {"pixels": ""}, {"pixels": "A" * 1048},
        {"pixels": "é" * 1048}, {"pixels": TRIAL["pixels"] + "\n"}, {"strokes": []}, {"strokes": {}},
        {"strokes": {**TRIAL["strokes"], "strokes": [[[1, 2, 3]]]}}, {"strokes": {**TRIAL["strokes"], "width": True}},
        {"strokes": {**TRIAL["strokes"], "strokes": [[[1, float("inf")]]]}},
    ],
)  # fmt: skip
def test_what_is_no_test_is_refused(collector: Collector, change: dict[str, Any]) -> None:
    opened = asks(collector, "open")
    trials = [TRIAL, {**TRIAL, **change}]
    with pytest.raises(InputError, match=r'The view "submit" cannot be asked so: trials\.1'):
        asks(collector, "submit", code=opened.code, name="Ada", trials=trials, receipt=RECEIPT)
    assert asks(collector, "gather", secret=opened.secret).numbers == []


@pytest.mark.parametrize("receipt", ["", "a", 33 * "a", 31 * "a" + "\n", 32 * "A"])
def test_a_receipt_is_one_that_nobody_guesses(collector: Collector, receipt: str) -> None:
    with pytest.raises(InputError, match="receipt"):
        asks(collector, "submit", code="x", name="Ada", trials=[TRIAL], receipt=receipt)
