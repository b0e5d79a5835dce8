"""Work in this process or in others."""

import os

from train.workers import workers


def process_of(number: int) -> tuple[int, int]:
    return number, os.getpid()


def test_one_process_is_this_one() -> None:
    with workers(1) as work:
        assert list(work(process_of, [(3,), (4,)])) == [(3, os.getpid()), (4, os.getpid())]


def test_others_give_the_same_in_the_same_order() -> None:
    with workers(2) as work:
        results = list(work(process_of, [(number,) for number in range(5)]))
    assert [number for number, _ in results] == list(range(5))
    assert os.getpid() not in {process for _, process in results}
