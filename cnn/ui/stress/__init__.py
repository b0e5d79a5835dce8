"""A digit under perturbations: `cnn.service.stress` as the page takes it.

The page asks with a small JSON object, `{"view": ..., ...}`; the answer repeats it and adds what the view shows.
"""

from pathlib import Path
from typing import Any

import numpy as np

from cnn.models.registry import DEFAULT, Models, bundled
from cnn.service.stress import STACK, TestDigit, look
from cnn.stress.perturbations import PERTURBATIONS, Perturbation
from cnn.task import SIDE
from cnn.types import Framed
from cnn.ui.arrays import sendable_view
from cnn.ui.component import Component, networks


class Stress(Component):
    """Asks with `input`, and with `submit` for one more row of the report card; shows what `answer` makes."""

    def __init__(self, models: Models, **options: Any):
        fields = ("name", "unit", "minimum", "maximum", "step", "neutral", "worst_case")
        offered = [
            {**{field: getattr(one, field) for field in fields}, "random": _is_random(one)}
            for one in PERTURBATIONS.values()
        ]
        known = bundled(models["default"].task)
        super().__init__(
            Path(__file__).parent,
            {
                "perturbations": offered,
                "most": STACK,
                "bundled": sorted(known, key=lambda name: (name != DEFAULT, name)),
                "networks": networks(models),
            },
            value={"view": "score"},
            **options,
        )


def _is_random(bend: Perturbation) -> bool:
    """Whether its seed changes anything."""
    if bend.worst_case:
        return False
    ink = np.tri(SIDE, dtype=np.float32)
    one, other = bend.apply(np.stack([ink, ink]), bend.maximum - bend.step, [0, 1])
    return not np.array_equal(one, other)


def answer(
    asked: dict[str, Any], framed: Framed, models: Models, example: bool = False, test: TestDigit | None = None
) -> dict[str, Any]:
    """What a view shows of all models at work on a framed digit, as the page takes it: its part by its name."""
    return sendable_view(look(models, asked, framed, example, test))
