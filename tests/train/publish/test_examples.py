"""The example digits that come with the app."""

import json
from pathlib import Path

from cnn.framing.ink import parse_strokes
from train.publish.examples import CHOSEN, LETTERS, SIGNS, STROKES, write_examples, write_letters


def test_examples_are_strokes_as_scripts_send_them(tmp_path: Path) -> None:
    assert write_examples(tmp_path / "strokes.json") == len(CHOSEN)
    assert (tmp_path / "strokes.json").read_text() == STROKES.read_text()  # what is shipped is what the command writes
    for example in json.loads(STROKES.read_text()):
        assert len(parse_strokes(example["strokes"]).strokes) >= 1


def test_so_are_the_letters_to_try(tmp_path: Path) -> None:
    assert write_letters(tmp_path / "letters.json") == len(SIGNS)
    assert (tmp_path / "letters.json").read_text() == LETTERS.read_text()
    for example in json.loads(LETTERS.read_text()):
        assert len(parse_strokes(example["strokes"]).strokes) >= 1
