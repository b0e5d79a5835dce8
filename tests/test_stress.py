"""Where a digit breaks: against a dense scan, by hand-made answers, and stacked."""

import numpy as np
import pytest

from cnn import stress
from cnn.classifier import Classifier
from cnn.hub import Models
from cnn.perturbations import PERTURBATIONS, SCAN
from cnn.stress import Curve
from cnn.types import InputError
from tests.conftest import tiny


@pytest.fixture(scope="module")
def digit(digits) -> np.ndarray:
    return (digits.images[7] / 255).astype(np.float32)


def curve(labels: list[int], name: str = "rotation") -> Curve:
    """A curve with these labels; of no images."""
    bend, count = PERTURBATIONS[name], len(labels)
    strengths = bend.strengths(count)
    start = int(np.flatnonzero(strengths == bend.neutral)[0])
    nothing = np.zeros(count)
    return Curve(bend, strengths, np.zeros((count, 28, 28)), np.array(labels), nothing, nothing, start)


@pytest.mark.parametrize(
    ("labels", "held", "breaks"),
    [
        ([7, 7, 7, 7, 7], (0, 4), None),
        ([7, 7, 7, 7, 1], (0, 3), 4),
        ([1, 7, 7, 1, 7], (1, 2), 3),  # the nearer side; that it holds again further on does not count
        ([7, 2, 7, 7, 7], (2, 4), 1),
        ([2, -1, -1, -1, -1], (1, 4), 0),
        ([7, 7, 7, -1, -1], (0, 2), 3),  # an abstention is another answer
    ],
)
def test_an_answer_holds_until_it_flips(labels: list[int], held: tuple[int, int], breaks: int | None) -> None:
    found = curve(labels)
    assert (found.held, found.breaks) == (held, breaks)
    told = found.as_dict()
    assert told["strength"] == (None if breaks is None else found.strengths[breaks])
    assert [point["label"] for point in told["curve"]] == [None if label < 0 else label for label in labels]


@pytest.mark.parametrize("name", ["rotation", "gaussian_noise", "scale", "fgsm"])
def test_breaking_points_agree_with_a_dense_scan(models: Models, digit: np.ndarray, name: str) -> None:
    bend = PERTURBATIONS[name]
    grid = (bend.maximum - bend.minimum) / (SCAN - 1)
    for model, found in stress.curves(models, digit, name, 2).items():
        assert len(found.strengths) == SCAN
        dense = np.unique([*bend.strengths(501), bend.neutral])
        answers = models[model].read(bend.scan(digit[None], dense, [2], models[model])[:, 0])[0]
        flips = np.abs(dense[answers != answers[dense == bend.neutral]] - bend.neutral)
        if found.breaks is None:
            continue
        nearest = flips.min()
        assert nearest <= abs(found.strengths[found.breaks] - bend.neutral) + 1e-9
        assert abs(found.strengths[found.breaks] - bend.neutral) - nearest <= 3 * grid


def test_curves_say_what_the_network_says(models: Models, classifier: Classifier, digit: np.ndarray) -> None:
    found = stress.curves(models, digit, "fog", 4)[classifier.name]
    labels, probabilities = classifier.read(found.images)
    np.testing.assert_array_equal(found.labels, labels)
    np.testing.assert_allclose(found.confidences, probabilities.max(1))
    first = probabilities[0].argmax()
    np.testing.assert_allclose(found.kept, probabilities[:, first])
    np.testing.assert_array_equal(found.images[0], digit)


def test_each_network_is_attacked_by_its_own_worst_case(models: Models, digit: np.ndarray) -> None:
    one, other = stress.curves(models, digit, "fgsm", 0).values()
    assert not np.array_equal(one.images[-1], other.images[-1])
    one, other = stress.curves(models, digit, "fog", 0).values()
    assert one.images is other.images


def test_a_stack_is_applied_in_its_order(classifier: Classifier, digit: np.ndarray) -> None:
    first = stress.perturbed(digit, [("rotation", 30)], 1, classifier)
    both = stress.perturbed(digit, [("rotation", 30), ("shift_across", 4)], 1, classifier)
    np.testing.assert_array_equal(both, stress.perturbed(first, [("shift_across", 4)], 1, classifier))
    other = stress.perturbed(digit, [("shift_across", 4), ("rotation", 30)], 1, classifier)
    assert not np.allclose(both, other)
    np.testing.assert_array_equal(stress.perturbed(digit, [], 1, classifier), digit)


@pytest.mark.parametrize("seed", [-1, 1.5, "one", None, True, 2**32])
def test_a_seed_is_a_whole_number(classifier: Classifier, digit: np.ndarray, seed: object) -> None:
    with pytest.raises(InputError, match="A seed is a whole number"):
        stress.perturbed(digit, [("fog", 10)], seed, classifier)


def test_once_prepared_nothing_is_compiled(digit: np.ndarray, compiled: list[str]) -> None:
    models = Models([Classifier(tiny(), "counted")], "counted")
    models.prepare()
    assert compiled  # the listener does hear compilations
    compiled.clear()
    for name in PERTURBATIONS:
        stress.curves(models, digit, name, 0)
        stress.perturbed(digit, [(name, PERTURBATIONS[name].maximum)], 0, models["default"])
    assert not compiled
