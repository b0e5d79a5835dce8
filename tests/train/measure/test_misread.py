"""The MNIST digits that come with the app: which they are, written as the app reads them."""

import json
from pathlib import Path

import numpy as np
import pytest

from cnn.mnist import kept
from train.data.mnist import Digits
from train.measure import misread

MEASURED = {
    "one": {"errors": [{"index": 700, "neighbours": [5, 900]}], "doubtful": [{"index": 3, "neighbours": [6]}]},
    "other": {"errors": [{"index": 1400}]},  # measured without training images
    "third": {},
}


def test_what_any_bundled_network_misreads_or_doubts_its_neighbours_and_ordinary_digits(
    digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, metrics in MEASURED.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "metrics.json").write_text(json.dumps(metrics))
    monkeypatch.setattr(misread, "BUNDLED", tmp_path)
    monkeypatch.setattr(misread, "bundled", lambda: [*MEASURED, "never measured"])
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
