"""What the long tests found, as a file that they write, and the table made of it."""

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")


def note(part: str, found: dict[str, Any]) -> None:
    """Put what was found into a part of results.json; what it holds of other names stays."""
    known = read()
    known[part] = {**known.get(part, {}), **found}
    RESULTS.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


def read() -> dict[str, Any]:
    """What was found so far."""
    return json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
