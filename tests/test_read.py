"""One digit's answer, and why there is none."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from cnn.classifier import Classifier
from cnn.read import read_image, read_strokes
from cnn.types import Strokes
from tests.test_classifier import eleven
from train.strokes import STYLES, drawing, write


@pytest.fixture(scope="module")
def refusing() -> Classifier:
    """A network that takes nothing for a digit."""
    return Classifier(eleven(9.0), "refusing", config={"calibration": {"temperature": 1.0, "refusal": 0.5}})


@pytest.fixture(scope="module")
def willing() -> Classifier:
    """A network that takes everything for a three."""
    return Classifier(eleven(-9.0), "willing", config={"calibration": {"temperature": 1.0, "refusal": 0.5}})


def seven() -> Strokes:
    return write(next(style for style in STYLES if style.label == 7))


def beside(gap: int) -> Image.Image:
    """Two sevens on one sheet."""
    one = drawing(seven(), 0.03)
    sheet = Image.new("L", (one.width * 2 + gap, one.height), 255)
    sheet.paste(one, (0, 0))
    sheet.paste(one, (one.width + gap, 0))
    return sheet


def test_one_digit_is_answered(willing: Classifier) -> None:
    _, prediction = read_image(willing, drawing(seven(), 0.03))
    assert (prediction.label, prediction.reason) == (3, None)


def test_what_is_refused_and_stands_alone_is_no_digit(refusing: Classifier) -> None:
    _, prediction = read_image(refusing, drawing(seven(), 0.03))
    assert (prediction.label, prediction.best_guess, prediction.reason) == (None, 3, "not_a_digit")


@pytest.mark.parametrize("gap", [100, 300])
def test_a_second_digit_apart_is_never_passed_over(gap: int, willing: Classifier) -> None:
    framed, prediction = read_image(willing, beside(gap))
    assert framed.crowded
    assert (prediction.label, prediction.reason) == (None, "several_digits")


def test_a_mark_beside_a_digit_does_not_make_it_several(willing: Classifier) -> None:
    page = drawing(seven(), 0.03)
    ImageDraw.Draw(page).ellipse([8, 8, 14, 14], fill=0)
    assert read_image(willing, page)[1].label == 3


def test_several_digits_on_the_pad_are_told_from_no_digit(classifier: Classifier, monkeypatch) -> None:
    """A network that refuses the two together, framed as one, and reads each of them alone."""
    lines = seven().strokes
    both = [line.tolist() for line in (*lines, *(line + np.float32([330, 0]) for line in lines))]
    assess = classifier.assess

    def refuses_wide_ones(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        wide = np.ptp(np.argwhere(images[0].any(axis=0))) > np.ptp(np.argwhere(images[0].any(axis=1)))
        return assess(images)[0], np.array([1.0 if len(images) == 1 and wide else 0.0] * len(images), np.float32)

    monkeypatch.setattr(classifier, "assess", refuses_wide_ones)
    monkeypatch.setattr(classifier, "refusal", 0.5)
    _, prediction = read_strokes(classifier, {"strokes": both, "width": 800, "height": 400})
    assert prediction.reason == "several_digits"
