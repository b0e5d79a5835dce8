"""Numbers on a command line, refused in a sentence where they make no sense. Knows no option."""

import argparse
from collections.abc import Callable


def whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    """A `type` for argparse: a whole number from `least` to `most`, or on."""

    def read(text: str) -> int:
        found = int(text) if text.removeprefix("-").isdecimal() else None
        if found is None or found < least or (most is not None and found > most):
            upwards = "upwards" if most is None else f"to {most}"
            raise argparse.ArgumentTypeError(f"a whole number from {least} {upwards}, not {text}")
        return found

    return read


def share(text: str) -> float:
    """A `type` for argparse: a number from 0 to 1."""
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise argparse.ArgumentTypeError(f"a number from 0 to 1, not {text}")
    return found
