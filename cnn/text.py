"""What the program says to people, by key and language. Knows no page and no model.

A language is a file of `assets/text`, named by its tag: a flat object with the keys of all others, `{name}` where a
value goes. It calls itself `language.name`, and writes what is never parted, as before French signs, with no-break
spaces.
"""

import functools
import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "text"
FIRST = "en"  # what is spoken where none of ours is asked for


def languages() -> tuple[str, ...]:
    """The languages there are, English before all others."""
    return FIRST, *sorted(path.stem for path in FOLDER.glob("*.json") if path.stem != FIRST)


def table(language: str) -> dict[str, str]:
    """Every text of one of `languages()`, by key."""
    return _read(FOLDER / f"{language}.json")


@functools.cache
def _read(path: Path) -> dict[str, str]:
    return json.loads(path.read_text(encoding="utf-8"))


def say(key: str, language: str = FIRST, **values: object) -> str:
    """The text of `key` with its `{name}` fields filled in. KeyError for an unknown key."""
    return table(language)[key].format(**values)


def preferred(accept_language: str | None) -> str:
    """The language to answer in for an HTTP Accept-Language header: the one that comes first, where it is ours."""
    first = (accept_language or "").split(",")[0].strip().lower()
    language = first.split("-")[0].split(";")[0]
    return language if language in languages() else FIRST
