"""Values on a command line, refused in a sentence where they make no sense. Knows no option."""

import argparse
from collections.abc import Callable
from urllib.parse import urlsplit


def whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    """A `type` for argparse: a whole number from `least` to `most`, or on."""

    def read(text: str) -> int:
        found = int(text) if text.removeprefix("-").isdecimal() else None
        if found is None or found < least or (most is not None and found > most):
            upwards = "upwards" if most is None else f"to {most}"
            raise argparse.ArgumentTypeError(f"a whole number from {least} {upwards}, not {text}")
        return found

    return read


def origin(text: str) -> str:
    """A `type` for argparse: the origin of a web site as browsers say it, "https://school.example", of its address."""
    found = urlsplit(text.lower())
    if found.scheme not in ("http", "https") or not found.netloc or found.path.strip("/") or found.query:
        raise argparse.ArgumentTypeError(f"a web site as https://school.example, not {text}")
    return f"{found.scheme}://{found.netloc}"


def share(text: str) -> float:
    """A `type` for argparse: a number from 0 to 1."""
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise argparse.ArgumentTypeError(f"a number from 0 to 1, not {text}")
    return found


def address(text: str) -> str:
    """A `type` for argparse: where a machine is reached, "host:port"."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
        raise argparse.ArgumentTypeError(f"a machine and its port as 10.0.0.1:1234, not {text}")
    return text
