"""Work shared out over processes, or done in this one. Knows nothing of what is done."""

import itertools
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

Work = Callable[[Callable, Iterable[tuple]], Iterable]  # (function, its arguments by call) -> its results, in order


@contextmanager
def workers(processes: int) -> Iterator[Work]:
    """What maps a function over tuples of arguments, by so many processes of their own; 1: none but this one.

    The function and its arguments have to be picklable, and a result must depend on its arguments alone.
    """
    if processes <= 1:
        yield itertools.starmap
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield lambda function, calls: pool.imap(_call, [(function, arguments) for arguments in calls])


def _call(task: tuple[Callable, tuple]) -> object:
    function, arguments = task
    return function(*arguments)
