"""A series of tests as a page hands it in: what a test may say, and how much a series may hold."""

import base64
import json
from typing import Annotated, Literal

import pydantic
from typing_extensions import TypedDict  # typing's own is none that pydantic reads before Python 3.12

from cnn.task import MOST, SIDE
from cnn.types import InputError

MOST_TESTS = 150  # of a series
MOST_BYTES = 400_000  # of a series: more than so many drawn tests take

Number = Annotated[float, pydantic.Field(allow_inf_nan=False)]
Point = Annotated[list[Number], pydantic.Field(min_length=2, max_length=2)]
Label = Annotated[int, pydantic.Field(ge=0, lt=MOST)]
NoDigit = Literal["not_a_digit", "several_digits"]


def _picture(text: str) -> str:
    if len(base64.b64decode(text, validate=True)) != SIDE**2:
        raise ValueError
    return text


class Drawing(TypedDict):
    """What was drawn, as the pad has it."""

    strokes: list[list[Point]]
    width: Number
    height: Number


class Trial(TypedDict):
    """One test, as the page keeps it: what was meant, and what a network said to it.

    `at` is an ISO time, `pixels` the picture's bytes in base64 (ink = 255), `said` None where the network abstained.
    """

    at: Annotated[str, pydantic.Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$")]
    kind: Literal["drawn", "uploaded", "photographed"]
    meant: Label | NoDigit
    said: Label | None
    reason: NoDigit | None
    guess: Label
    confidence: Annotated[float, pydantic.Field(ge=0, le=1)]
    model: Annotated[str, pydantic.Field(min_length=1, max_length=200)]
    pixels: Annotated[str, pydantic.AfterValidator(_picture)]
    strokes: Drawing | None


_SERIES = pydantic.TypeAdapter(list[Trial])


def checked(text: str) -> str:
    """A series as a page hands it in, JSON of a list of tests, with what a test says and nothing else.

    InputError where it is none, holds no test, too many, or too much.
    """
    if len(text) > MOST_BYTES:
        raise InputError("collect_large", most=MOST_BYTES // 1000)
    try:
        trials = _SERIES.validate_json(text, strict=True)
    except (pydantic.ValidationError, UnicodeEncodeError):  # half a sign
        raise InputError("collect_series") from None
    if not 0 < len(trials) <= MOST_TESTS:
        raise InputError("collect_tests", most=MOST_TESTS)
    return json.dumps(trials, separators=(",", ":"))
