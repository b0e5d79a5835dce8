"""What to build with the network: the course's files, which stand in `assets/course`."""

from pathlib import Path
from typing import Any

from cnn.ui.component import Component


class Course(Component):
    """Shows the course's starters and notebooks; it asks the server for nothing."""

    def __init__(self, **options: Any):
        super().__init__(Path(__file__).parent, **options)
