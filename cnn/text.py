"""What the program says to people, by key, in English and French. Knows no page and no model.

The tables are `assets/text/en.json` and `fr.json`: flat objects, the same keys, `{name}` where a value goes.
"""

import functools
import json
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "text"
LANGUAGES = ("en", "fr")


@functools.cache
def table(language: str) -> dict[str, str]:
    """Every text of one language of `LANGUAGES`, by key."""
    texts = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return {key: unparted(words) for key, words in texts.items()} if language == "fr" else texts


def unparted(french: str) -> str:
    """French with no-break spaces where a line is never broken: before ; : ? ! % and within guillemets."""
    return re.sub(r" (?=[;:?!%»])|(?<=«) ", "\u00a0", french)


def say(key: str, language: str = "en", **values: object) -> str:
    """The text of `key` with its `{name}` fields filled in. KeyError for an unknown key."""
    return table(language)[key].format(**values)


def preferred(accept_language: str | None) -> str:
    """The language to answer in for an HTTP Accept-Language header: 'fr' where French comes first, else 'en'."""
    first = (accept_language or "").split(",")[0].strip().lower()
    return "fr" if first.split("-")[0].split(";")[0] == "fr" else "en"
