"""The head of the page: its name, its language, what is amiss; its script keeps the open tab in the address."""

from pathlib import Path
from typing import Any

from cnn.task import DIGITS, Task
from cnn.types import InputError
from cnn.ui.component import Component


class Head(Component):
    """Shows what `missing` makes. `task` decides whether the page speaks of digits, of symbols or of pictures."""

    def __init__(self, task: Task, **options: Any):
        super().__init__(
            Path(__file__).parent, {"symbols": not task.is_like(DIGITS), "penless": not task.drawn}, value={}, **options
        )


def missing(why: InputError | None, model: str) -> dict[str, Any]:
    """Why the model that was to answer does not, JSON-ready, and which answers meanwhile; nothing where it does."""
    if why is None:
        return {}
    return {
        "missing": {"key": f"error.{why.key}", "values": {k: str(v) for k, v in why.values.items()}},
        "model": model,
    }
