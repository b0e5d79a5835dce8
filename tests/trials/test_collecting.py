"""School classes: who may hand in, who reads, how much is held, and that nothing of it is left. No test waits."""

import random
from collections.abc import Callable

import pytest

from cnn.trials import collecting
from cnn.trials.collecting import AT_ONCE, EVERY, LETTERS, MOST_OPEN, MOST_SERIES, QUIET, SECONDS, Collector, pseudonym
from cnn.types import InputError


class Alarm:
    """Something that is done when the clock has come to it."""

    def __init__(self, at: float, act: Callable[[], None]):
        self.at, self.act, self.cancelled = at, act, False

    def cancel(self) -> None:
        self.cancelled = True


class School:
    """A collector, and the clock that it looks at. Each visitor is another one, unless they say who they are."""

    def __init__(self) -> None:
        self.now, self.alarms, self.visitors = 100.0, [], 0
        self.collector = Collector(lambda: self.now, random.Random(0), self.alarm)

    def alarm(self, seconds: float, act: Callable[[], None]) -> Alarm:
        self.alarms.append(Alarm(self.now + seconds, act))
        return self.alarms[-1]

    def passes(self, seconds: float) -> None:
        self.now += seconds
        for alarm in self.alarms:
            if alarm.at <= self.now and not alarm.cancelled:
                alarm.act()

    def visitor(self) -> str:
        self.visitors += 1
        return f"visitor {self.visitors}"

    def open(self, visitor: str | None = None) -> collecting.Opened:
        return self.collector.open(visitor or self.visitor())

    def submit(self, code: str, name: str, tests: str = "[]", receipt: str = "", visitor: str | None = None) -> float:
        self.collector.admit(code, visitor or self.visitor())
        return self.collector.submit(code, name, tests, receipt or f"receipt of {name}")

    @property
    def held(self) -> int:
        """How many classes are in memory, whatever the clock says."""
        return len(self.collector._classes)


@pytest.fixture
def school() -> School:
    return School()


def why(act: Callable[[], object]) -> str:
    """The key of the refusal."""
    with pytest.raises(InputError) as caught:
        act()
    return caught.value.key


def test_what_is_handed_in_is_read_by_the_secret_alone(school: School) -> None:
    opened, other = school.open(), school.open()
    assert set(opened.code) <= set(LETTERS)
    assert opened.code != other.code
    assert school.submit(opened.code, "Ada", "one") == SECONDS
    school.submit(f" {opened.code[:4].lower()}-{opened.code[4:]} ", " Bob\u202e\n ", "two")  # as somebody types it
    news = school.collector.gather(opened.secret)
    assert [tuple(one) for one in news.series] == [(1, "Ada", "one"), (2, "Bob", "two")]
    assert (news.numbers, news.more) == ([1, 2], False)
    assert school.collector.gather(opened.secret, news.since).series == []
    assert school.collector.gather(other.secret).series == []
    for wrong in (opened.code, "", other.secret[::-1]):
        assert why(lambda wrong=wrong: school.collector.gather(wrong)) == "collect_over"


def test_handed_in_again_replaces_and_is_taken_back(school: School) -> None:
    opened = school.open()
    school.submit(opened.code, "Ada", "old", "hers")
    since = school.collector.gather(opened.secret).since
    assert why(lambda: school.submit(opened.code, "ａＤＡ", "another's", "theirs")) == "collect_name_taken"
    school.submit(opened.code, "Ada L.", "new", "hers")
    news = school.collector.gather(opened.secret, since)
    assert [tuple(one) for one in news.series] == [(1, "Ada L.", "new")]
    school.submit(opened.code, "Ada", "another's", "theirs")  # the name is free now
    school.collector.withdraw("hers")
    school.collector.withdraw("hers")
    assert school.collector.gather(opened.secret, news.since).numbers == [2]
    school.collector.remove(opened.secret, 2)
    assert school.collector.gather(opened.secret).numbers == []
    school.submit(opened.code, "Ada", "again", "theirs")
    assert [tuple(one) for one in school.collector.gather(opened.secret).series] == [(3, "Ada", "again")]


def test_after_an_hour_nothing_is_left_though_nobody_asks(school: School) -> None:
    opened = school.open()
    school.passes(SECONDS - 1)
    assert school.submit(opened.code, "Ada") == 1
    school.passes(1)
    assert school.held == 0
    assert why(lambda: school.submit(opened.code, "Bob")) == "collect_code"
    assert why(lambda: school.collector.gather(opened.secret)) == "collect_over"


def test_an_ended_class_is_gone_at_once(school: School) -> None:
    opened = school.open()
    school.submit(opened.code, "Ada")
    school.collector.end(opened.secret)
    school.collector.end(opened.secret)
    assert school.held == 0
    assert school.alarms[0].cancelled
    assert why(lambda: school.submit(opened.code, "Ada")) == "collect_code"


def test_real_alarms_go_off_and_are_cancelled() -> None:
    rung: list[str] = []
    cancelled = collecting.later(60, lambda: rung.append("cancelled"))
    cancelled.cancel()
    alarm = collecting.later(0, lambda: rung.append("rung"))
    alarm.join(10)  # type: ignore[attr-defined]
    assert rung == ["rung"]


def test_a_class_holds_so_many_series_and_so_many_bytes(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = school.open()
    for number in range(MOST_SERIES):
        school.submit(opened.code, f"{number}")
    assert why(lambda: school.submit(opened.code, "one more")) == "collect_class_full"
    school.submit(opened.code, "5", "replaced")
    school.collector.remove(opened.secret, 1)
    school.submit(opened.code, "one more")

    monkeypatch.setattr(collecting, "MOST_BYTES", 1000)
    small, other = school.open(), school.open()
    school.submit(small.code, "Ada", "x" * 900)
    assert why(lambda: school.submit(small.code, "Bob", "x" * 100)) == "collect_no_room"
    school.submit(small.code, "Ada", "x" * 950)  # in place of what was there
    monkeypatch.setattr(collecting, "MOST_ALL", 3000)
    assert why(lambda: school.submit(other.code, "Bob", "x" * 2000)) == "collect_no_room"
    school.collector.end(small.secret)
    school.submit(other.code, "Bob", "x" * 900)


def test_large_classes_are_fetched_a_portion_at_a_time(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "PORTION", 1000)
    opened, since, found = school.open(), 0, []
    for number in range(5):
        school.submit(opened.code, f"{number}", "x" * (2000 if number == 2 else 400))
    more = True
    while more:
        news = school.collector.gather(opened.secret, since)
        found.append([one.name for one in news.series])
        since, more = news.since, news.more
    assert found == [["0", "1"], ["2"], ["3", "4"]]


def test_a_place_is_given_up_by_who_holds_nothing_and_asks_no_more(school: School) -> None:
    classes = [school.open() for _ in range(MOST_OPEN)]
    assert why(school.open) == "collect_full"
    school.submit(classes[0].code, "Ada")
    school.passes(QUIET + 1)
    school.collector.gather(classes[1].secret)
    school.open()
    assert why(lambda: school.collector.gather(classes[2].secret)) == "collect_over"
    for kept in classes[:2]:
        school.collector.gather(kept.secret)
    assert school.held == MOST_OPEN


def test_who_guesses_or_floods_waits_and_nobody_else_does(school: School) -> None:
    opened = school.open()
    for _ in range(AT_ONCE):
        assert why(lambda: school.submit("FHJKLMQR", "x", visitor="guesser")) == "collect_code"
    assert why(lambda: school.submit(opened.code, "x", visitor="guesser")) == "collect_pace"
    assert why(lambda: school.open("guesser")) == "collect_pace"
    school.submit(opened.code, "Ada", visitor="Ada")
    school.passes(EVERY)
    school.submit(opened.code, "x", visitor="guesser")
    assert why(lambda: school.submit(opened.code, "x", visitor="guesser")) == "collect_pace"


def test_visitors_are_forgotten_in_their_order(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "VISITORS", 3)
    for _ in range(9):
        school.open()
    assert list(school.collector._paces) == ["visitor 7", "visitor 8", "visitor 9"]


@pytest.mark.parametrize("name", ["", " \n", "\u202e\u200b", "...", "\u0301", "x" * 41, "\ud800"])
def test_a_pseudonym_that_is_none_is_refused(name: str) -> None:
    assert why(lambda: pseudonym(name)) == "collect_name"
