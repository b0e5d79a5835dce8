"""What holds of any input: framing, strokes, perturbations, numbers and the series file, by Hypothesis."""

import contextlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays
from PIL import Image

from cnn.framing.ink import from_image, from_strokes, parse_strokes
from cnn.network.classifier import Classifier
from cnn.reading.number import read_number
from cnn.stress.perturbations import PERTURBATIONS
from cnn.trials.collecting import LONGEST, SECONDS, pseudonym
from cnn.types import Framed, InputError
from tests.conftest import tiny
from tests.trials.test_collecting import School
from train.data.mnist import DataError
from train.data.series import read

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NUMBER = some.floats(allow_nan=True, allow_infinity=True) | some.integers() | JSON
DRAWING = some.fixed_dictionaries({
    "strokes": some.lists(some.lists(some.lists(NUMBER, min_size=2, max_size=2), max_size=6), max_size=4) | JSON,
    "width": NUMBER, "height": NUMBER,
})  # fmt: skip
PLACE = some.integers(0, 280)
STROKES = some.lists(
    some.lists(some.lists(PLACE, min_size=2, max_size=2), min_size=1, max_size=8), min_size=1, max_size=4
)
SIDES = some.integers(1, 60)
PICTURE = some.tuples(SIDES, SIDES).flatmap(lambda shape: arrays.arrays(np.uint8, shape))
DIGIT = arrays.arrays(np.uint8, (28, 28))


def check(framed: Framed) -> None:
    """A framed picture is one, whatever it was made of."""
    assert framed.image.shape == (28, 28)
    assert framed.image.dtype == np.float32
    assert 0 <= framed.image.min() <= framed.image.max() <= 1  # not for NaN either
    for step in framed.steps:
        assert np.isfinite(step.image).all()


def pad(strokes: list[Any], side: float = 400) -> Framed:
    return from_strokes(parse_strokes({"strokes": strokes, "width": side, "height": side}))


@given(JSON | DRAWING)
def test_anything_is_strokes_or_refused(value: Any) -> None:
    with contextlib.suppress(InputError):
        check(from_strokes(parse_strokes(value)))


@given(STROKES)
def test_a_drawing_drawn_twice_is_the_same(strokes: list[Any]) -> None:
    once = pad(strokes)
    check(once)
    np.testing.assert_array_equal(once.image, pad(strokes + strokes).image)


@given(STROKES, some.sampled_from([0.5, 2, 4]))
def test_a_drawing_on_a_larger_pad_is_the_same(strokes: list[Any], scale: float) -> None:
    larger = [[[x * scale, y * scale] for x, y in stroke] for stroke in strokes]
    np.testing.assert_array_equal(pad(strokes).image, pad(larger, 400 * scale).image)


@given(STROKES, some.integers(0, 120), some.integers(0, 120))
def test_a_drawing_elsewhere_on_the_pad_is_the_same(strokes: list[Any], across: int, down: int) -> None:
    moved = [[[x + across, y + down] for x, y in stroke] for stroke in strokes]
    apart = np.abs(pad(strokes).image - pad(moved).image)
    assert apart.mean() < 0.02  # a point between two pixels may fall to either


@given(PICTURE)
def test_any_picture_is_framed(values: np.ndarray) -> None:
    image = Image.fromarray(values)
    framed = from_image(image)
    check(framed)
    np.testing.assert_array_equal(framed.image, from_image(image).image)
    np.testing.assert_array_equal(framed.image, from_image(Image.fromarray(values)).image)


@given(DIGIT, some.sampled_from(sorted(PERTURBATIONS)), some.floats(0, 1), some.integers(0, 2**32 - 1))
def test_a_perturbed_digit_is_one_and_the_seed_says_which(
    pixels: np.ndarray, name: str, share: float, seed: int
) -> None:
    bend, digit = PERTURBATIONS[name], pixels.astype(np.float32) / 255
    if bend.worst_case:
        return
    strength = bend.minimum + share * (bend.maximum - bend.minimum)
    bent = bend.apply(digit[None], strength, [seed])
    assert bent.shape == (1, 28, 28)
    assert 0 <= bent.min() <= bent.max() <= 1
    np.testing.assert_array_equal(bent, bend.apply(digit[None], strength, [seed]))
    among_others = bend.apply(np.stack([1 - digit, digit]), strength, [seed ^ 1, seed])
    np.testing.assert_allclose(among_others[1], bent[0], atol=1e-6)


@given(some.sampled_from(sorted(PERTURBATIONS)), JSON)
def test_a_strength_is_a_number_in_range_or_refused(name: str, strength: Any) -> None:
    with contextlib.suppress(InputError):
        assert PERTURBATIONS[name].minimum <= PERTURBATIONS[name].checked(strength) <= PERTURBATIONS[name].maximum


@pytest.fixture(scope="module")
def network() -> Classifier:
    return Classifier(tiny(), "tiny")


@given(PICTURE)
def test_any_picture_holds_a_number_or_none(network: Classifier, values: np.ndarray) -> None:
    number = read_number(network, Image.fromarray(values))
    assert "".join(str(digit.label) for digit in number.digits) == "".join(filter(str.isdigit, number.text))
    height, width = values.shape
    for digit in number.digits:
        x0, y0, x1, y1 = digit.box
        assert 0 <= x0 < x1 <= width
        assert 0 <= y0 < y1 <= height
        assert 0 <= digit.confidence <= 1
    assert number == read_number(network, Image.fromarray(values))


@given(some.text(max_size=LONGEST + 9))
def test_a_pseudonym_is_one_line_or_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        name = pseudonym(text)
        assert name == name.strip() == pseudonym(name)
        assert 0 < len(name) <= LONGEST
        assert name.isprintable()


FEW = some.integers(0, 2)
ACTS = some.sampled_from(["open", "submit", "submit", "submit", "withdraw", "remove", "end", "wait"])


@given(some.lists(some.tuples(ACTS, FEW, FEW, FEW), max_size=40))
def test_a_class_holds_what_was_handed_in_until_it_is_over(steps: list[tuple[str, int, int, int]]) -> None:
    """Beside a plain dictionary of the same: by secret, then by receipt, the pseudonym and the tests."""
    school, classes = School(), []
    ends: dict[str, float] = {}
    held: dict[str, dict[str, tuple[str, str]]] = {}
    for number, (act, which, whose, called) in enumerate([("open", 0, 0, 0), *steps]):
        opened, receipt = classes[which % len(classes)] if classes else None, f"receipt {whose}"
        if act == "open":
            classes.append(school.open())
            held[classes[-1].secret], ends[classes[-1].secret] = {}, school.now + SECONDS
        elif act == "wait":
            school.passes(SECONDS / 3)
            held = {secret: series for secret, series in held.items() if ends[secret] > school.now}
        elif act == "submit":
            name, others = f"name {called}", held.get(opened.secret, {}).items()
            right = opened.secret in held and name not in [other for one, (other, _) in others if one != receipt]
            with contextlib.nullcontext() if right else pytest.raises(InputError):
                school.submit(opened.code, name, f"tests {number}", receipt)
            if right:
                held[opened.secret][receipt] = (name, f"tests {number}")
        elif act == "withdraw":
            school.collector.withdraw(receipt)
            for series in held.values():
                series.pop(receipt, None)
        elif act == "end":
            school.collector.end(opened.secret)
            held.pop(opened.secret, None)
        elif act == "remove" and held.get(opened.secret):
            first = school.collector.gather(opened.secret).series[0]
            school.collector.remove(opened.secret, first.number)
            held[opened.secret] = {r: one for r, one in held[opened.secret].items() if one[0] != first.name}
        assert school.held == len(held)
        for one in classes:
            with contextlib.nullcontext() if one.secret in held else pytest.raises(InputError):
                found = school.collector.gather(one.secret).series
                assert sorted((name, tests) for _, name, tests in found) == sorted(held[one.secret].values())


TRIALS = some.lists(some.tuples(DIGIT, some.integers(0, 9), some.none() | STROKES), min_size=1, max_size=4)


def written(trials: list[Any], path: Path) -> Path:
    """A series as the page writes it."""
    entries = []
    with zipfile.ZipFile(path, "w") as file:
        for number, (pixels, meant, strokes) in enumerate(trials):
            drawing = strokes and {"strokes": strokes, "width": 280, "height": 280}
            entries.append({"file": f"{meant}/{number}.png", "meant": meant, "strokes": drawing})
            content = io.BytesIO()
            Image.fromarray(pixels).save(content, "PNG")
            file.writestr(f"{meant}/{number}.png", content.getvalue())
        file.writestr("series.json", json.dumps(entries))
    return path


@given(trials=TRIALS)
def test_a_series_comes_back(trials: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    series = read(written(trials, tmp_path_factory.mktemp("series") / "series.zip"))
    for number, (pixels, meant, strokes) in enumerate(trials):
        np.testing.assert_array_equal(series.digits.images[number], pixels)
        assert series.digits.labels[number] == meant
        back = series.strokes[number]
        assert (back and [stroke.tolist() for stroke in back.strokes]) == strokes


@given(trials=TRIALS, changes=some.lists(some.tuples(some.floats(0, 1), some.integers(0, 255)), min_size=1, max_size=5))
def test_a_damaged_series_is_read_or_refused(
    trials: list[Any], changes: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = written(trials, tmp_path_factory.mktemp("series") / "series.zip")
    data = bytearray(path.read_bytes())
    for share, byte in changes:
        data[int(share * (len(data) - 1))] = byte
    path.write_bytes(data)
    with contextlib.suppress(DataError):  # a byte may be one that does not matter
        read(path)


@given(JSON)
def test_any_list_is_a_series_or_refused(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    path = tmp_path_factory.mktemp("series") / "series.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("series.json", json.dumps(value))
    with pytest.raises(DataError):
        read(path)
