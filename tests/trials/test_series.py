"""What a series may hold that is handed in."""

from typing import Any

import pytest

from cnn.trials.series import MOST_BYTES, MOST_TESTS, packed
from cnn.types import InputError
from tests.service.test_views import TRIAL
from tests.trials.test_collecting import why


def test_a_series_is_a_line_of_json() -> None:
    trials: Any = [{**TRIAL, "model": "é"}]
    assert packed(trials).startswith('[{"at":"2026-01-02T03:04:05.678Z","kind":"drawn"')
    assert packed(trials).isascii()  # so that its length is its bytes


@pytest.mark.parametrize(("count", "points"), [(0, 1), (MOST_TESTS + 1, 1), (1, MOST_BYTES // 8)])
def test_too_few_and_too_many(count: int, points: int) -> None:
    trials: Any = count * [{**TRIAL, "strokes": {"strokes": [points * [[1.0, 2.0]]], "width": 280, "height": 280}}]
    assert why(lambda: packed(trials)) == ("collect_large" if count == 1 else "collect_tests")
    with pytest.raises(InputError, match="A series that is handed in holds"):
        packed(trials)
