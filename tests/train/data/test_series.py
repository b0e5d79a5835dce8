"""A visitor's series as training reads it; tests/ui/test_trials.py makes one in a browser."""

import contextlib
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnn.task import DIGITS
from tests.trust import corpus
from train import __main__ as train
from train.data.mnist import DataError, Digits, hold_out
from train.data.series import read

STROKES = {"strokes": [[[10, 20], [30, 40]]], "width": 280, "height": 280}


def save(path: Path, digits: Digits, task: dict[str, object] | None = None, **changed: object) -> Path:
    """A series as a person may pack it anew: in a folder, compressed; of a `task`, where one is said."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        trials = []
        for number, (image, label) in enumerate(zip(*digits, strict=True)):
            trials.append({"file": f"{label}/{number}.png", "meant": int(label), "strokes": None, **changed})
            content = io.BytesIO()
            Image.fromarray(image).save(content, "PNG")
            file.writestr(f"mine/{label}/{number}.png", content.getvalue())
        if task:
            file.writestr("mine/task.json", json.dumps(task))
        file.writestr("mine/series.json", json.dumps([{**trials[0], "strokes": STROKES}, *trials[1:]]))
    return path


@pytest.fixture
def few(digits: Digits) -> Digits:
    return Digits(digits.images[:3], digits.labels[:3])


def test_pictures_labels_and_strokes_come_back(few: Digits, tmp_path: Path) -> None:
    series = read(save(tmp_path / "tests.zip", few))
    np.testing.assert_array_equal(series.digits.images, few.images)
    np.testing.assert_array_equal(series.digits.labels, few.labels)
    np.testing.assert_array_equal(series.strokes[0].strokes[0], [[10, 20], [30, 40]])
    assert series.strokes[1:] == (None, None)


def test_what_is_no_series_is_one_sentence(few: Digits, tmp_path: Path) -> None:
    for broken in (
        save(tmp_path / "label.zip", few, meant=12),
        save(tmp_path / "gone.zip", few, file="7/9999.png"),
        save(tmp_path / "large.zip", Digits(np.zeros((1, 30, 30), np.uint8), few.labels[:1])),
        tmp_path / "nowhere.zip",
    ):
        with pytest.raises(DataError, match=f"{broken.name} is not a test series"):
            read(broken)


def bytes_of(path: Path, change: Callable[[bytes], bytes]) -> Path:
    path.write_bytes(change(path.read_bytes()))
    return path


def listed(path: Path, content: bytes, **files: bytes) -> Path:
    """A zip with this list, and files beside it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in {"series.json": content, **files}.items():
            file.writestr(name, data)
    return path


def test_what_others_made_of_it_is_one_sentence(few: Digits, tmp_path: Path) -> None:
    """Wrong types, sizes that are a lie, files that are none, paths that lead out, nesting without end."""
    entry = {"file": "p.png", "meant": 1, "strokes": None}
    wrong = {
        "meant": [True, 1.0, -1, "1", [1], None, 10**400],
        "file": [None, 5, "../p.png", "/etc/passwd", "series.json", "a\0b"],
        "strokes": [5, "x", [[1]], {"strokes": [[[1]]], "width": 1, "height": 1}],
    }
    lists: list[object] = [[], {}, None, 5, "x", [None], [[]], [5], [{}]]
    lists += [[{**entry, key: value}] for key, values in wrong.items() for value in values]
    picture = io.BytesIO()
    Image.fromarray(few.images[0]).save(picture, "PNG")
    contents = [json.dumps(one).encode() for one in lists] + [b"[" * 100_000, b"\xff", b"[1,", b"NaN"]
    for number, content in enumerate(contents):
        path = listed(tmp_path / f"{number}.zip", content, **{"p.png": picture.getvalue()})
        refused(path)
    right = json.dumps([entry]).encode()
    assert len(read(listed(tmp_path / "right.zip", right, **{"p.png": picture.getvalue()})).digits.labels) == 1
    for number, data in enumerate(
        [b"", b"<svg/>", picture.getvalue()[:40], corpus.png(28, 28), bytes(10**6), b"GIF89a" * 9]
    ):
        refused(listed(tmp_path / f"picture-{number}.zip", right, **{"p.png": data}))
    for size in (0, 9, 2**32 - 2):
        path = listed(tmp_path / f"says-{size}.zip", bytes(3_000_000))
        refused(
            bytes_of(path, lambda data, size=size: data.replace(struct.pack("<I", 3_000_000), struct.pack("<I", size)))
        )
    for number, at in enumerate(range(0, 300, 7)):
        path = save(tmp_path / f"changed-{number}.zip", few)
        bytes_of(path, lambda data, at=at: data[:at] + b"\xff" + data[at + 1 :])
        with contextlib.suppress(DataError):  # what is changed may be nothing that matters
            read(path)


def refused(path: Path) -> None:
    with pytest.raises(DataError, match=f"{path.name} is not a test series") as caught:
        read(path)
    assert one_sentence(caught.value)


def one_sentence(error: DataError) -> bool:
    return str(error).endswith(".") and "\n" not in str(error) and len(str(error)) < 500


def test_a_list_that_unpacks_to_very_much_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("train.data.series.MOST_LIST", 1000)
    refused(listed(tmp_path / "bomb.zip", b" " * 5000 + b"[]"))


def test_what_is_no_digit_is_kept_apart(few: Digits, tmp_path: Path) -> None:
    series = read(save(tmp_path / "none.zip", few, meant="not_a_digit"))
    assert len(series.digits.labels) == len(series.strokes) == 0
    np.testing.assert_array_equal(series.others.images, few.images)
    assert set(series.others.labels) == {DIGITS.rejected}
    assert len(read(save(tmp_path / "several.zip", few, meant="several_digits")).others.labels) == 3


def test_fit_trains_on_it_too_and_evaluate_measures_it(
    few: Digits, digits: Digits, idx_folder: Path, tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_DIR", str(idx_folder))
    zipped, seen = str(save(tmp_path / "tests.zip", few)), []
    monkeypatch.setattr("train.fit.loop.fit", lambda recipe, digits, *rest, **more: iter(seen.append(digits) or ()))
    others = str(save(tmp_path / "others.zip", few, meant="not_a_digit"))
    assert train.main(["fit", "course", "--series", zipped, "--series", others]) == 0
    np.testing.assert_array_equal(seen[0].images, np.concatenate([digits.images[:1000], few.images]))
    np.testing.assert_array_equal(seen[0].labels[1000:], few.labels)
    assert train.main(["fit", "robust", "--series", zipped, "--series", others]) == 0
    np.testing.assert_array_equal(seen[1].labels[1000:], [*few.labels, *3 * [DIGITS.rejected]])
    training, held = hold_out(seen[1], 0.9, 0)
    assert (training.labels == DIGITS.rejected).sum() == 3
    assert held.labels.max() < DIGITS.rejected
    monkeypatch.setattr("train.measure.evaluate.write", lambda metrics, folder: seen.append(metrics))
    for series in (zipped, others):
        assert train.main(["evaluate", str(tiny_folder), "--quick", "--series", series]) == 0
    assert seen[2]["series"]["images"] == 3
    assert seen[3]["series"] == {"others": {"refused": 0.0, "images": 3}}  # a network that refuses nothing
