"""Where the networks fail: `cnn.service.errors` as the page takes it.

The page asks with a small JSON object, `{"view": ..., ...}`; the answer repeats it as `asked` and adds what it shows.
"""

from pathlib import Path
from typing import Any

from cnn.errors.tables import label_errors
from cnn.mnist import Mnist
from cnn.models.registry import Models
from cnn.service.errors import look
from cnn.task import DIGITS
from cnn.ui.arrays import sendable
from cnn.ui.component import Component, networks


class Errors(Component):
    """Asks with `input`; shows what `answer` makes."""

    def __init__(self, models: Models, **options: Any):
        of_digits = models["default"].task.is_like(DIGITS)  # else it was measured on other images than MNIST's
        known = {"networks": networks(models), "known": label_errors() if of_digits else {}}
        super().__init__(Path(__file__).parent, known, value={}, **options)


def answer(asked: dict[str, Any], models: Models, mnist: Mnist) -> dict[str, Any]:
    """What a view shows, as the page takes it; `missing` is a text key in place of what cannot be had."""
    shown = sendable(look(models, mnist, asked))
    return {"asked": asked, **shown["part"]}
