"""What a series may hold that is handed in."""

import contextlib
import json

import pytest

from cnn.trials.series import MOST_BYTES, MOST_TESTS, checked
from cnn.types import InputError
from tests.service.test_views import TRIAL
from tests.trials.test_collecting import why
from tests.trust import corpus


def test_a_series_is_what_tests_say_and_nothing_else() -> None:
    trial = {**TRIAL, "model": "é", "unknown": "<script>", "strokes": {**TRIAL["strokes"], "more": 1}}
    found = checked(json.dumps([trial]))
    assert json.loads(found) == [{**TRIAL, "model": "é"}]
    assert found.isascii()  # so that its length is its bytes


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (json.dumps([]), "collect_tests"),
        (json.dumps([TRIAL] * (MOST_TESTS + 1)), "collect_tests"),
        (" " * MOST_BYTES + json.dumps([TRIAL]), "collect_large"),
        *((text, "collect_series") for text in ("", "5", "{}", "[5]", "[" * 9999, "\ud800", '["\\ud800"]')),
    ],
    ids=str,
)
def test_what_is_none_is_refused(text: str, key: str) -> None:
    assert why(lambda: checked(text)) == key


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
    ids=str,
)  # fmt: skip
def test_what_is_no_test_is_refused(change: dict) -> None:
    assert why(lambda: checked(json.dumps([TRIAL, {**TRIAL, **change}]))) == "collect_series"


def test_whatever_stands_anywhere_in_it_is_a_test_or_refused() -> None:
    taken = []
    for place in corpus.fields([TRIAL]):
        for wrong in corpus.WRONG:
            with contextlib.suppress(InputError):
                taken += json.loads(checked(json.dumps(corpus.put([TRIAL], place, wrong))))
    assert 0 < len(taken) < 100  # strokes that are none, and other numbers
    assert all(one.keys() == TRIAL.keys() for one in taken)
