"""The example digits that come with the app."""

import json
from pathlib import Path

from cnn.framing.ink import parse_strokes
from train.publish.examples import CHOSEN, STROKES, write_examples


def test_examples_are_strokes_as_scripts_send_them(tmp_path: Path) -> None:
    assert write_examples(tmp_path / "strokes.json") == len(CHOSEN)
    assert (tmp_path / "strokes.json").read_text() == STROKES.read_text()  # what is shipped is what the command writes
    for example in json.loads(STROKES.read_text()):
        assert len(parse_strokes(example["strokes"]).strokes) >= 1
