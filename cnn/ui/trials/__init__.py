"""The visitor's own test series: what they said of the answers, counted, shown and handed out as files.

All of it happens in the visitor's browser; the server neither gets nor keeps a trial, and there is nothing to answer.
"""

from pathlib import Path
from typing import Any

from cnn.models.registry import Models
from cnn.ui.component import Component, networks


class Trials(Component):
    """Shows the trials that the page's browser keeps (`trials.js`)."""

    def __init__(self, models: Models, **options: Any):
        super().__init__(Path(__file__).parent, {"networks": networks(models)}, **options)
