"""Where a digit breaks: against a dense scan, by hand-made answers, and stacked."""

import numpy as np
import pytest

from cnn.models.registry import Models
from cnn.network.classifier import Classifier
from cnn.network.memory import Memory
from cnn.stress import scan
from cnn.stress.perturbations import PERTURBATIONS, SCAN
from cnn.stress.scan import Break, Curve
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
        ([7, 7, 7, 7, 7], (0, 4), ()),
        ([7, 7, 7, 7, 1], (0, 3), (Break(4, ()),)),
        ([1, 7, 7, 1, 7], (1, 2), (Break(3, ((4, 4),)), Break(0, ()))),  # the nearer side first
        ([7, 2, 7, 7, 7], (2, 4), (Break(1, ((0, 0),)),)),
        ([7, 7, 7, -1, -1], (0, 2), (Break(3, ()),)),  # an abstention is another answer
        ([7, 7, 2, 7, 7, 1, 7, 3, 7], (3, 4), (Break(5, ((6, 6), (8, 8))), Break(2, ((0, 1),)))),
        ([2, -1, -1, -1, -1], None, (Break(0, ()),)),  # a refusal holds nothing
        ([-1, -1, -1, -1, -1], None, ()),
    ],
)
def test_an_answer_holds_until_it_flips_and_may_come_back(
    labels: list[int], held: tuple[int, int] | None, breaks: tuple[Break, ...]
) -> None:
    found = curve(labels)
    assert (found.held, found.breaks) == (held, breaks)
    told = found.as_dict()
    assert told["strength"] == (found.strengths[breaks[0].place] if breaks else None)
    assert [point["label"] for point in told["curve"]] == [None if label < 0 else label for label in labels]
    again = [places for one in breaks for places in one.again]
    assert told["again"] == [[found.strengths[first], found.strengths[last]] for first, last in again]
    for first, last in again:
        assert set(labels[first : last + 1]) == {labels[found.start]}


@pytest.mark.parametrize("name", ["rotation", "gaussian_noise", "scale", "fgsm"])
def test_breaking_points_agree_with_a_dense_scan(models: Models, digit: np.ndarray, name: str) -> None:
    bend = PERTURBATIONS[name]
    grid = (bend.maximum - bend.minimum) / (SCAN - 1)
    for model, found in scan.curves(models, digit, name, 2).items():
        assert len(found.strengths) == SCAN
        dense = np.unique([*bend.strengths(501), bend.neutral])
        answers = models[model].read(bend.scan(digit[None], dense, [2], models[model])[:, 0])[0]
        flips = np.abs(dense[answers != answers[dense == bend.neutral]] - bend.neutral)
        if not found.breaks:
            continue
        nearest, breaks = flips.min(), abs(found.strengths[found.breaks[0].place] - bend.neutral)
        assert nearest <= breaks + 1e-9
        assert breaks - nearest <= 3 * grid


def test_curves_say_what_the_network_says(models: Models, classifier: Classifier, digit: np.ndarray) -> None:
    found = scan.curves(models, digit, "fog", 4)[classifier.name]
    labels, probabilities = classifier.read(found.images)
    np.testing.assert_array_equal(found.labels, labels)
    np.testing.assert_allclose(found.confidences, probabilities.max(1))
    first = probabilities[0].argmax()
    np.testing.assert_allclose(found.kept, probabilities[:, first])
    np.testing.assert_array_equal(found.images[0], digit)


def test_each_network_is_attacked_by_its_own_worst_case(models: Models, digit: np.ndarray) -> None:
    one, other = scan.curves(models, digit, "fgsm", 0).values()
    assert not np.array_equal(one.images[-1], other.images[-1])
    one, other = scan.curves(models, digit, "fog", 0).values()
    assert one.images is other.images


def test_a_stack_is_applied_in_its_order(classifier: Classifier, digit: np.ndarray) -> None:
    first = scan.perturbed(digit, [("rotation", 30)], 1, classifier)
    both = scan.perturbed(digit, [("rotation", 30), ("shift_across", 4)], 1, classifier)
    np.testing.assert_array_equal(both, scan.perturbed(first, [("shift_across", 4)], 1, classifier))
    other = scan.perturbed(digit, [("shift_across", 4), ("rotation", 30)], 1, classifier)
    assert not np.allclose(both, other)
    np.testing.assert_array_equal(scan.perturbed(digit, [], 1, classifier), digit)


def test_a_worst_case_goes_its_way_once_for_all_strengths(classifier: Classifier, digit: np.ndarray) -> None:
    asked = []

    class Counting:
        layers, task, memory = classifier.layers, classifier.task, Memory()

        def logits(self, images: np.ndarray) -> np.ndarray:
            asked.append(len(images))
            return classifier.logits(images)

        gradients = staticmethod(classifier.gradients)

    network, bend = Counting(), PERTURBATIONS["pgd"]
    for strength in (0.1, 0.3, 0.05):
        bent = scan.perturbed(digit, [("pgd", strength)], 0, network)
        np.testing.assert_array_equal(bent, bend.apply(digit[None], strength, [0], classifier)[0])
    assert len(asked) == SCAN  # the answer to keep, and a step at each strength above none
    between = scan.perturbed(digit, [("pgd", 0.123)], 0, network)
    np.testing.assert_array_equal(between, bend.apply(digit[None], 0.123, [0], classifier)[0])


@pytest.mark.parametrize("seed", [-1, 1.5, "one", None, True, 2**32])
def test_a_seed_is_a_whole_number(classifier: Classifier, digit: np.ndarray, seed: object) -> None:
    with pytest.raises(InputError, match="A seed is a whole number"):
        scan.perturbed(digit, [("fog", 10)], seed, classifier)


def test_once_prepared_nothing_is_compiled(digit: np.ndarray, compiled: list[str]) -> None:
    models = Models([Classifier(tiny(), "counted")], "counted")
    models.prepare()
    assert compiled  # the listener does hear compilations
    compiled.clear()
    for name in PERTURBATIONS:
        scan.curves(models, digit, name, 0)
        scan.perturbed(digit, [(name, PERTURBATIONS[name].maximum)], 0, models["default"])
    assert not compiled
