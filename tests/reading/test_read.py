"""One digit's answer, and why there is none."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from cnn.network.classifier import Classifier
from cnn.reading import read
from cnn.reading.read import read_image, read_strokes
from cnn.types import Strokes
from tests.network.test_classifier import eleven
from train.pens.hand import drawing, write
from train.pens.styles import STYLES

LOOKS = 2  # more than one, where the first is not sure


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


class Looks:
    """Stands in for `Classifier.logits`: sure of a three where a picture's middle is white, else one answer a look."""

    def __init__(self, *unsure: list[float]):
        self.unsure, self.asked = iter(unsure), []

    def __call__(self, images: np.ndarray) -> np.ndarray:
        self.asked.append(len(images))
        doubt = np.float32(next(self.unsure, 11 * [0]))
        return np.stack([np.eye(11, dtype=np.float32)[3] * 20 if image[14, 14] == 1 else doubt for image in images])


def test_what_is_unsure_is_looked_at_again_and_the_looks_are_averaged(willing: Classifier, monkeypatch) -> None:
    """A digit that the first look refuses, and others do not, is answered; a sure one costs a single look."""
    images = np.zeros((3, 28, 28), np.float32)
    images[1, 10:18, 10:18] = 1
    images[::2, 5:9, 5:9] = 1
    looks = Looks([0] * 7 + [4, 0, 0, 5], *[[0] * 7 + [6, 0, 0, 0]] * LOOKS)
    monkeypatch.setattr(willing, "logits", looks)
    labels, probabilities = read.answers(willing, images)
    assert labels.tolist() == [7, 3, 7]
    assert looks.asked == [3] + [2] * LOOKS
    assert probabilities[1, 3] > 0.999
    looks.asked.clear()
    read.answers(willing, images[1:2])
    assert looks.asked == [1]


def test_pictures_and_strokes_get_the_second_look(willing: Classifier, monkeypatch) -> None:
    lines = {"strokes": [line.tolist() for line in seven().strokes], "width": 400, "height": 400}
    for answer, sent in ((read_image, drawing(seven(), 0.03)), (read_strokes, lines)):
        looks = Looks([0] * 7 + [4, 0, 0, 5], *[[0] * 7 + [6, 0, 0, 0]] * LOOKS)
        monkeypatch.setattr(willing, "logits", looks)
        framed, prediction = answer(willing, sent)
        assert framed.image[14, 14] < 1
        assert (prediction.label, looks.asked) == (7, [1] * (1 + LOOKS))


def test_while_the_pen_moves_a_drawing_is_looked_at_once(willing: Classifier, monkeypatch) -> None:
    lines = {"strokes": [line.tolist() for line in seven().strokes], "width": 400, "height": 400}
    looks = Looks([0] * 7 + [4, 0, 0, 2])
    monkeypatch.setattr(willing, "logits", looks)
    assert read_strokes(willing, lines, moving=True)[1].best_guess == 7
    assert looks.asked == [1]


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
    own = classifier.logits

    def refuses_wide_ones(images: np.ndarray) -> np.ndarray:
        wide = np.ptp(np.argwhere(images[0].any(axis=0))) > np.ptp(np.argwhere(images[0].any(axis=1)))
        strange = np.full((len(images), 1), 99.0 if len(images) == 1 and wide else -99.0, np.float32)
        return np.concatenate([own(images)[:, :10], strange], axis=1)

    monkeypatch.setattr(classifier, "logits", refuses_wide_ones)
    monkeypatch.setattr(classifier, "refusal", 0.5)
    _, prediction = read_strokes(classifier, {"strokes": both, "width": 800, "height": 400})
    assert prediction.reason == "several_digits"
    joined = [[point for line in both for point in line]]  # the pen was never lifted
    assert read_strokes(classifier, {"strokes": joined, "width": 800, "height": 400})[1].reason == "not_a_digit"
