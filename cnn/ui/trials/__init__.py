"""The visitor's own test series: what they said of the answers, counted, shown and handed out as files.

It happens in the visitor's browser, and the server neither gets nor keeps a trial. Where the operator allows it, a
series is handed in to a class, and gathered by whoever opened that: `cnn.service.trials` as the page takes it.
"""

from pathlib import Path
from typing import Any

from cnn.models.registry import Models
from cnn.trials.collecting import LENGTH, LONGEST
from cnn.trials.series import MOST_BYTES, MOST_TESTS
from cnn.ui.component import Component, networks


class Trials(Component):
    """Shows the trials that the page's browser keeps (`trials.js`); asks with `input`, where series are `collected`."""

    def __init__(self, models: Models, collected: bool = False, **options: Any):
        collecting = {"length": LENGTH, "longest": LONGEST, "most": MOST_TESTS, "largest": MOST_BYTES}
        known = {"networks": networks(models), "collecting": collecting if collected else None}
        super().__init__(Path(__file__).parent, known, **options)
