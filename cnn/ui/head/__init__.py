"""The head of the page: its name, its language, what is amiss; its script keeps the open tab in the address."""

from pathlib import Path
from typing import Any

from cnn.task import DIGITS, Task
from cnn.types import InputError
from cnn.ui.component import Component


class Head(Component):
    """Shows what `missing` makes. `task` decides whether the page speaks of digits, of symbols or of pictures.

    `accuracy` is the answering network's share of MNIST's test digits, None where it is not known.
    """

    def __init__(self, task: Task, accuracy: float | None = None, **options: Any):
        digits = task.is_like(DIGITS)
        known = {"symbols": not digits, "penless": not task.drawn, "accuracy": accuracy if digits else None}
        super().__init__(Path(__file__).parent, known, value={}, **options)


def missing(why: InputError | None, model: str) -> dict[str, Any]:
    """Why the model that was to answer does not, JSON-ready, and which answers meanwhile; nothing where it does."""
    if why is None:
        return {}
    return {
        "missing": {"key": f"error.{why.key}", "values": {k: str(v) for k, v in why.values.items()}},
        "model": model,
    }
