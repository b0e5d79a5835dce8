"""The command that measures framing's rules."""

import json
from pathlib import Path

from cnn.framing.ink import RULES
from cnn.network.classifier import Classifier
from tests.framing.test_form import box, lined
from tests.framing.test_ink import DIGITS, drawing
from tests.network.test_classifier import eleven
from train.measure import framing, real_pictures


def a_set(folder: Path, rows: list[tuple[str, str]]) -> None:
    folder.mkdir(parents=True)
    lined(drawing(DIGITS["5"]), box(40, 40, 350, 360)).save(folder / "a.png")
    (folder / "labels.csv").write_text("file,label\n" + "".join(f"{file},{label}\n" for file, label in rows))


def test_every_rule_is_measured_on_every_set(tmp_path: Path) -> None:
    a_set(tmp_path / "threes", [("a.png", "3"), ("a.png", "5")])
    a_set(tmp_path / "letters", [("a.png", "F")])
    a_set(tmp_path / "numbers", [("a.png", "35")])
    willing = Classifier(eleven(-9.0), "willing", config={"calibration": {"temperature": 1.0, "refusal": 0.5}})
    found = framing.measure(willing, real_pictures.read(tmp_path), lambda _: None)
    assert set(found) == {framing.ALL, *RULES}
    assert set(found[framing.ALL]) == {"threes", "letters"}
    assert found[framing.ALL]["threes"] == {"images": 2, "right": 0.5, "best_guess": 0.5, "refused": 0.0}
    assert found[framing.ALL]["letters"]["right"] == 0
    framing.write(found, tmp_path / "framing.json")
    assert json.loads((tmp_path / "framing.json").read_text())["without"] == found
    assert "threes" in framing.table(found)
