"""The MNIST digits that come with the app: which they are, written as the app reads them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn.mnist import kept
from cnn.models.registry import BUNDLED, METRICS
from train.data.mnist import Digits
from train.measure import misread

SHIPPED = json.loads((BUNDLED / "course" / METRICS).read_text(encoding="utf-8"))


def shown(index: int, *neighbours: int) -> dict[str, Any]:
    return {**SHIPPED["errors"][0], "index": index, "neighbours": list(neighbours)}


MEASURED = {
    "one": {**SHIPPED, "errors": [shown(700, 5, 900)], "doubtful": [shown(3, 6)]},
    "other": {**SHIPPED, "errors": [shown(1400)], "doubtful": []},  # measured without training images
    "third": {**SHIPPED, "errors": [], "doubtful": []},
}


def test_what_any_bundled_network_misreads_or_doubts_its_neighbours_and_ordinary_digits(
    digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, metrics in MEASURED.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "metrics.json").write_text(json.dumps(metrics))
    monkeypatch.setattr(misread, "BUNDLED", tmp_path)
    monkeypatch.setattr(misread, "bundled", lambda task: [*MEASURED, "never measured"])
    path = tmp_path / "mnist" / "digits.npz"
    assert misread.write(lambda split: digits, path) == {"test": misread.ORDINARY + 2, "train": 3}
    found = kept(path)
    assert set(found["test"]) == {*range(misread.ORDINARY), 700, 1400}
    assert set(found["train"]) == {5, 6, 900}
    for split, place in (("test", 1400), ("train", 900)):
        image, label = found[split][place]
        np.testing.assert_array_equal(image, digits.images[place])
        assert label == digits.labels[place]
    before = path.read_bytes()
    misread.write(lambda split: digits, path)
    assert path.read_bytes() == before
