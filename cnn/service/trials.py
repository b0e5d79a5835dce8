"""School classes that hand in their series of tests by a code: what their pages ask of the collector."""

import dataclasses
from collections.abc import Callable
from typing import Annotated

import pydantic

from cnn.service.views import Asked, Views
from cnn.trials.collecting import Collector, Handed
from cnn.trials.series import checked
from cnn.types import InputError, Why

Words = Annotated[str, pydantic.Field(max_length=200)]
Receipt = Annotated[str, pydantic.Field(pattern="^[0-9a-f]{32}$")]  # which nobody can guess
Count = Annotated[int, pydantic.Field(ge=0, lt=2**53)]


@dataclasses.dataclass(frozen=True)
class Opened:
    """A class that may be handed in to for so many `seconds`: its `code`, and the `secret` that reads; or why not."""

    code: str = ""
    secret: str = ""
    seconds: float = 0.0
    why: Why | None = None


@dataclasses.dataclass(frozen=True)
class Submitted:
    """A series that was handed in, and is kept so many `seconds` at most; or why not."""

    seconds: float = 0.0
    why: Why | None = None


@dataclasses.dataclass(frozen=True)
class Gathered:
    """What was handed in since: the series, and the `numbers` of all that are there now; or why there is nothing.

    `since` is what to ask for next, `more` waits already, and the class is open for so many `seconds`.
    """

    series: list[Handed] = dataclasses.field(default_factory=list)
    numbers: list[int] = dataclasses.field(default_factory=list)
    since: int = 0
    more: bool = False
    seconds: float = 0.0
    why: Why | None = None


@dataclasses.dataclass(frozen=True)
class Done:
    """It is done; or why it is not."""

    why: Why | None = None


@dataclasses.dataclass(frozen=True)
class TrialsAnswer:
    """What is told: its `part`, sent under the name of what was asked, of which nothing else is sent back."""

    asked: Asked
    part: Opened | Submitted | Gathered | Done


def look(asked: Asked, collector: Collector, visitor: str) -> TrialsAnswer:
    """What a visitor asks of the `collector`. InputError as Views."""
    part = VIEWS.show(asked, collector, visitor)
    return TrialsAnswer({"view": asked["view"]}, part)


def open_class(collector: Collector, visitor: str) -> Opened:
    """Open a class."""
    try:
        return Opened(**collector.open(visitor)._asdict())
    except InputError as error:
        return Opened(why=error.why)


def submit(collector: Collector, visitor: str, *, code: Words, name: Words, trials: str, receipt: Receipt) -> Submitted:
    """Hand in a series, as JSON, under a pseudonym; in place of an earlier one of the receipt that the page made."""
    try:
        collector.admit(code, visitor)  # what strangers send is not even read
        return Submitted(collector.submit(code, name, checked(trials), receipt))
    except InputError as error:
        return Submitted(why=error.why)


def withdraw(collector: Collector, visitor: str, *, receipt: Receipt) -> Done:
    """Take a series back."""
    return _done(lambda: collector.withdraw(receipt))


def gather(collector: Collector, visitor: str, *, secret: Words, since: Count = 0) -> Gathered:
    """What was handed in since."""
    try:
        return Gathered(**collector.gather(secret, since)._asdict())
    except InputError as error:
        return Gathered(why=error.why)


def remove(collector: Collector, visitor: str, *, secret: Words, number: Count) -> Done:
    """Take a series out of the class."""
    return _done(lambda: collector.remove(secret, number))


def end(collector: Collector, visitor: str, *, secret: Words) -> Done:
    """End the class: nothing of it is left."""
    return _done(lambda: collector.end(secret))


def _done(act: Callable[[], None]) -> Done:
    try:
        act()
    except InputError as error:
        return Done(error.why)
    return Done()


VIEWS = Views(submit, withdraw, gather, remove, end, open=open_class)
