"""School classes that hand in their series by a code on the board: who may hand in, who may read, how much, how long.

Everything is held in memory alone and is gone after an hour, when the class is ended, and with the process. Whoever has
the code may hand in, and reads nothing; whoever opened the class has a secret that reads. Knows no series: one is text.
"""

import collections
import dataclasses
import random
import threading
import time
import unicodedata
from collections.abc import Callable
from typing import NamedTuple, Protocol

from cnn.types import InputError

SECONDS = 3600  # that a class is open
# Letters that neither the eye nor, in English and French, the ear takes for one another; no vowels, so no words. A code
# is one of 800 million: at twelve tries a second, an hour finds a certain class with a chance of 0.005 %.
LETTERS, LENGTH = "FHJKLMQRTWXYZ", 8
MOST_OPEN = 60  # classes
MOST_SERIES = 64  # of a class
MOST_BYTES = 8_000_000  # of a class
MOST_ALL = 64_000_000  # bytes of all classes
QUIET = 60  # seconds unasked after which a class that holds nothing gives its place to another
LONGEST = 40  # signs of a pseudonym
PORTION = 1_000_000  # bytes that are handed over at once
# What one visitor may do: so many openings and hand-ins at once, wrong codes too, and then one every so many seconds.
AT_ONCE, EVERY = 12, 5.0
VISITORS = 4096  # of whom that is known, the latest


class Opened(NamedTuple):
    """A class that may be handed in to for `seconds`: by its `code`, and read by its `secret`."""

    code: str
    secret: str
    seconds: float


class Handed(NamedTuple):
    """A series as it was handed in: its number in the class, by whom, and its tests, as text."""

    number: int
    name: str
    tests: str


class News(NamedTuple):
    """What was handed in since: the series, the numbers of all that there are now, and what to ask `since` next time.

    `more` waits already; the class is open for `seconds`.
    """

    series: list[Handed]
    numbers: list[int]
    since: int
    more: bool
    seconds: float


class Alarm(Protocol):
    """Something that will be done, unless it is cancelled."""

    def cancel(self) -> None: ...


def later(seconds: float, act: Callable[[], None]) -> Alarm:
    """Do something in a thread of its own, after so many seconds."""
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()
    return timer


@dataclasses.dataclass
class _Series:
    number: int
    name: str
    tests: str
    change: int  # the class's change that it came with

    @property
    def size(self) -> int:
        return len(self.tests) + len(self.name)


@dataclasses.dataclass
class _Class:
    opened: Opened
    ends: float
    asked: float
    alarm: Alarm
    series: dict[str, _Series] = dataclasses.field(default_factory=dict)  # by receipt
    numbers: int = 0  # that were given
    changes: int = 0

    @property
    def size(self) -> int:
        return sum(one.size for one in self.series.values())


class Collector:
    """All classes that are open.

    `clock` tells seconds, `alarm` does something after some of them, and `rng` makes what is secret.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        rng: random.Random | None = None,
        alarm: Callable[[float, Callable[[], None]], Alarm] = later,
    ):
        self._clock, self._rng, self._alarm = clock, rng or random.SystemRandom(), alarm
        self._classes: dict[str, _Class] = {}  # by secret
        self._lock = threading.Lock()
        self._paces: collections.OrderedDict[str, tuple[float, float]] = collections.OrderedDict()

    def open(self, visitor: str) -> Opened:
        """A class, open from now on. InputError where there are too many, or this visitor opens too many."""
        with self._lock:
            self._keep_pace(visitor)
            now = self._clock()
            self._make_room(now)
            codes = {one.opened.code for one in self._open(now)}
            while (code := "".join(self._rng.choices(LETTERS, k=LENGTH))) in codes:
                pass
            opened = Opened(code, self._token(), SECONDS)
            alarm = self._alarm(SECONDS, lambda: self.end(opened.secret))
            self._classes[opened.secret] = _Class(opened, now + SECONDS, now, alarm)
            return opened

    def admit(self, code: str, visitor: str) -> None:
        """InputError where no class has this code, or this visitor tries too much."""
        with self._lock:
            self._keep_pace(visitor)
            self._of_code(code)

    def submit(self, code: str, name: str, tests: str, receipt: str) -> float:
        """Hand in a series under a pseudonym; gives the seconds that it is kept at most.

        The `receipt` is made by whoever hands in, and nobody else can guess it: by it they hand in again, in place of
        what was there, which a request that is sent twice does too, or take it back.

        InputError: no class has this code, the pseudonym is none or another's, or the class or the server is full.
        """
        with self._lock:
            name = pseudonym(name)
            found = self._of_code(code)
            before = found.series.get(receipt)
            others = [one for one in found.series.values() if one is not before]
            if any(_alike(one.name, name) for one in others):
                raise InputError("collect_name_taken", name=name)
            if len(others) >= MOST_SERIES:
                raise InputError("collect_class_full", most=MOST_SERIES)
            size, more = len(tests) + len(name), before.size if before else 0
            total = sum(one.size for one in self._classes.values())
            if found.size - more + size > MOST_BYTES or total - more + size > MOST_ALL:
                raise InputError("collect_no_room")
            found.changes += 1
            if before is None:
                found.numbers += 1
            number = before.number if before else found.numbers
            found.series[receipt] = _Series(number, name, tests, found.changes)
            return found.ends - self._clock()

    def withdraw(self, receipt: str) -> None:
        """Take back what was handed in; there may be nothing left of it."""
        with self._lock:
            for one in self._open(self._clock()):
                one.series.pop(receipt, None)

    def gather(self, secret: str, since: int = 0) -> News:
        """What was handed in `since`, a portion at a time. InputError where the class is over, as all that follow."""
        with self._lock:
            found = self._of(secret)
            found.asked = self._clock()
            new = sorted((one for one in found.series.values() if one.change > since), key=lambda one: one.change)
            given, size = [], 0
            for one in new:
                size += one.size
                if given and size > PORTION:
                    break
                given.append(one)
            more = len(given) < len(new)
            series = [Handed(one.number, one.name, one.tests) for one in given]
            numbers = [one.number for one in found.series.values()]
            last = given[-1].change if more else found.changes
            return News(series, numbers, last, more, found.ends - self._clock())

    def remove(self, secret: str, number: int) -> None:
        """Take a series out of the class: whoever handed it in may do so again."""
        with self._lock:
            series = self._of(secret).series
            for receipt in [receipt for receipt, one in series.items() if one.number == number]:
                del series[receipt]

    def end(self, secret: str) -> None:
        """The class is over, and nothing of it is left; it may be over already."""
        with self._lock:
            self._end(secret)

    # ------------------------------------------------------------------------------------------------- within the lock

    def _end(self, secret: str) -> None:
        if over := self._classes.pop(secret, None):
            over.alarm.cancel()

    def _open(self, now: float) -> list[_Class]:
        """The classes whose time has not come, which alone are left."""
        for secret in [secret for secret, one in self._classes.items() if one.ends <= now]:
            self._end(secret)
        return list(self._classes.values())

    def _of(self, secret: str) -> _Class:
        self._open(self._clock())
        if secret not in self._classes:
            raise InputError("collect_over")
        return self._classes[secret]

    def _of_code(self, code: str) -> _Class:
        written = "".join(filter(str.isalnum, code.upper()))
        for one in self._open(self._clock()):
            if one.opened.code == written:
                return one
        raise InputError("collect_code")

    def _make_room(self, now: float) -> None:
        classes = self._open(now)
        if len(classes) < MOST_OPEN:
            return
        left = [one for one in classes if not one.series and now - one.asked > QUIET]
        if not left:
            raise InputError("collect_full")
        self._end(min(left, key=lambda one: one.asked).opened.secret)

    def _keep_pace(self, visitor: str) -> None:
        now = self._clock()
        left, since = self._paces.pop(visitor, (AT_ONCE, now))
        left = min(AT_ONCE, left + (now - since) / EVERY)
        self._paces[visitor] = (left - 1 if left >= 1 else left, now)
        while len(self._paces) > VISITORS:
            self._paces.popitem(last=False)
        if left < 1:
            raise InputError("collect_pace")

    def _token(self) -> str:
        return self._rng.randbytes(16).hex()


def pseudonym(text: str) -> str:
    """What somebody calls themselves, on one line and without what cannot be seen. InputError where nothing is left, or
    too much."""
    seen = ("".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)).split()
    name = unicodedata.normalize("NFC", " ".join(seen))
    if len(name) > LONGEST or not any(unicodedata.category(sign)[0] in "LNS" for sign in name):
        raise InputError("collect_name", most=LONGEST)
    return name


def _alike(one: str, other: str) -> bool:
    return unicodedata.normalize("NFKC", one).casefold() == unicodedata.normalize("NFKC", other).casefold()
