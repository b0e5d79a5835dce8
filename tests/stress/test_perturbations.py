"""Over the whole registry: what every perturbation keeps, and what each does to a digit whose change is known."""

from pathlib import Path

import numpy as np
import pytest

from cnn.network.classifier import Classifier
from cnn.stress.perturbations import PERTURBATIONS, SCAN, Perturbation, find
from cnn.text import languages
from cnn.types import InputError

pytestmark = pytest.mark.slow

ALL = pytest.mark.parametrize("bend", PERTURBATIONS.values(), ids=list(PERTURBATIONS))
PLAIN = [one for one in PERTURBATIONS.values() if not one.worst_case]
WORST = [one for one in PERTURBATIONS.values() if one.worst_case]
API = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def images(digits) -> np.ndarray:
    return (digits.images[:4] / 255).astype(np.float32)


def ends(bend: Perturbation) -> list[float]:
    return sorted({bend.minimum, bend.maximum} - {bend.neutral})


@ALL
def test_shape_type_range_and_the_input_untouched(
    bend: Perturbation, images: np.ndarray, classifier: Classifier
) -> None:
    before = images.copy()
    for strength in (*ends(bend), (bend.maximum + bend.neutral) / 2):
        bent = bend.apply(images, strength, range(4), classifier)
        assert (bent.shape, bent.dtype) == (images.shape, np.float32)
        assert np.isfinite(bent).all()
        assert bent.min() >= 0
        assert bent.max() <= 1
        assert not np.array_equal(bent, images)
        np.testing.assert_array_equal(images, before)


@ALL
@pytest.mark.parametrize("near", [1e-300, 1e-15, 1e-9])
def test_what_is_hardly_bent_is_hardly_changed(
    bend: Perturbation, images: np.ndarray, classifier: Classifier, near: float
) -> None:
    for strength in {min(bend.neutral + near, bend.maximum), max(bend.neutral - near, bend.minimum)}:
        bent = bend.apply(images, strength, range(4), classifier)
        assert np.abs(bent - images).mean() < 0.01


@ALL
def test_a_blank_and_a_full_picture_stay_finite(bend: Perturbation, classifier: Classifier) -> None:
    flat = np.stack([np.zeros((28, 28), np.float32), np.ones((28, 28), np.float32)])
    for strength in ends(bend):
        assert np.isfinite(bend.apply(flat, strength, [0, 0], classifier)).all()


@ALL
def test_the_neutral_strength_is_the_identity(bend: Perturbation, images: np.ndarray, classifier: Classifier) -> None:
    np.testing.assert_array_equal(bend.apply(images, bend.neutral, range(4), classifier), images)
    assert bend.neutral in bend.strengths()
    assert bend.neutral in bend.strengths(11)


@ALL
def test_next_to_the_neutral_strength_little_changes(
    bend: Perturbation, images: np.ndarray, classifier: Classifier
) -> None:
    near = bend.neutral + (bend.maximum - bend.neutral) * 1e-3
    assert np.abs(bend.apply(images, near, range(4), classifier) - images).mean() < 0.02


@ALL
def test_a_seed_draws_one_way(bend: Perturbation, images: np.ndarray, classifier: Classifier) -> None:
    one, again = (bend.apply(images[:1], bend.maximum, [3], classifier) for _ in range(2))
    np.testing.assert_array_equal(one, again)
    alone = bend.apply(images[1:2], bend.maximum, [7], classifier)
    np.testing.assert_allclose(bend.apply(images[:2], bend.maximum, [3, 7], classifier)[1:], alone, atol=1e-6)


@ALL
def test_a_scan_is_its_strengths_one_by_one(bend: Perturbation, images: np.ndarray, classifier: Classifier) -> None:
    strengths = bend.strengths()
    assert len(strengths) == SCAN
    scan = bend.scan(images[:1], strengths, [5], classifier)
    for place in (0, 20, 25, 50):
        np.testing.assert_allclose(scan[place], bend.apply(images[:1], strengths[place], [5], classifier), atol=1e-6)


@ALL
def test_it_speaks_both_languages_and_stands_in_the_documents(bend: Perturbation) -> None:
    assert {"en", "fr"} <= set(languages())
    assert all(bend.say("label", one) and bend.say("description", one).endswith(".") for one in languages())
    assert bend.say("description", "en") != bend.say("description", "fr")
    assert bend.minimum <= bend.neutral < bend.maximum
    assert f"`{bend.name}`" in API


@ALL
@pytest.mark.parametrize("strength", ["much", None, True, float("nan"), 1e9, -1e9])
def test_a_strength_out_of_range_is_refused(bend: Perturbation, strength: object) -> None:
    with pytest.raises(InputError, match=rf"The strength of {bend.name} is a number from "):
        bend.checked(strength)


def test_an_unknown_one_is_refused_with_the_list() -> None:
    with pytest.raises(InputError, match="There is no perturbation named"):
        find("magic")


# -------------------------------------------------------------------------------------------------------- known changes


def dot(row: int, column: int) -> np.ndarray:
    image = np.zeros((1, 28, 28), np.float32)
    image[0, row, column] = 1
    return image


def at(image: np.ndarray) -> tuple[float, float]:
    """The centre of the ink: row, column."""
    rows, columns = np.indices(image.shape)
    return float((rows * image).sum() / image.sum()), float((columns * image).sum() / image.sum())


@pytest.mark.parametrize(
    ("name", "strength", "start", "end"),
    [
        ("rotation", 90, (4, 14), (14, 23)),  # clockwise: from the top to the right
        ("rotation", -90, (4, 14), (13, 4)),
        ("shift_across", 3, (10, 10), (10, 13)),
        ("shift_down", -2.5, (10, 10), (7.5, 10)),
        ("scale", 0.5, (3.5, 13.5), (8.5, 13.5)),
        ("shear", 45, (9, 10), (9, 14.5)),  # above the middle: to the right
    ],
)
def test_ink_goes_where_it_should(
    name: str, strength: float, start: tuple[float, float], end: tuple[float, float]
) -> None:
    row, column = start
    image = (dot(int(row), int(column)) + dot(int(row + 0.5), int(column + 0.5))) / 2
    np.testing.assert_allclose(at(PERTURBATIONS[name].apply(image, strength, [0])[0]), end, atol=0.51)


def test_light(images: np.ndarray) -> None:
    one = images[:1]
    np.testing.assert_allclose(PERTURBATIONS["inversion"].apply(one, 100, [0]), 1 - one, atol=1e-6)
    np.testing.assert_allclose(PERTURBATIONS["contrast"].apply(one, 100, [0]), 0.5)
    np.testing.assert_allclose(PERTURBATIONS["brightness"].apply(one, 30, [0]), np.maximum(one - 0.3, 0), atol=1e-6)
    stripe = PERTURBATIONS["stripe"].apply(one, 4, [0])
    np.testing.assert_allclose(stripe[..., 12:16], 1 - one[..., 12:16], atol=1e-6)
    np.testing.assert_array_equal(stripe[..., :11], one[..., :11])


def test_thickness_adds_and_takes_ink(images: np.ndarray) -> None:
    ink = [PERTURBATIONS["thickness"].apply(images, s, range(4)).sum() for s in (-1, -0.5, 0, 0.5, 1, 2)]
    assert ink == sorted(ink)


def test_occlusion_wipes_a_square() -> None:
    full = np.ones((1, 28, 28), np.float32)
    wiped = 1 - PERTURBATIONS["occlusion"].apply(full, 10, [1])[0]
    assert wiped.sum() == pytest.approx(100, rel=0.02)


def test_noise_is_as_strong_as_it_says() -> None:
    grey = np.full((8, 28, 28), 0.5, np.float32)
    noisy = PERTURBATIONS["gaussian_noise"].apply(grey, 0.1, range(8))
    assert (noisy - grey).std() == pytest.approx(0.1, rel=0.05)
    speckled = PERTURBATIONS["salt_and_pepper"].apply(grey, 30, range(8))
    assert (speckled != grey).mean() == pytest.approx(0.3, abs=0.02)
    shot = PERTURBATIONS["shot_noise"].apply(np.full((8, 28, 28), 0.25, np.float32), 0.2, range(8))
    assert shot.std() == pytest.approx(0.1, rel=0.06)  # at a quarter of the ink half of what it is at full ink


# ------------------------------------------------------------------------------------------------------- the worst case


@pytest.mark.parametrize("bend", [one for one in WORST if one.unit == "ε"], ids=lambda bend: bend.name)
def test_an_attack_stays_within_its_radius_and_lowers_the_probability(
    bend: Perturbation, images: np.ndarray, classifier: Classifier
) -> None:
    answers = classifier.probabilities(images).argmax(1)

    def share(of: np.ndarray) -> np.ndarray:
        return classifier.probabilities(of)[np.arange(4), answers]

    for radius in (0.05, 0.123, 0.3):
        bent = bend.apply(images, radius, range(4), classifier)
        assert np.abs(bent - images).max() <= radius + 1e-6
        assert (share(bent) < share(images)).all()
        noise = np.sign(np.random.default_rng(0).normal(size=images.shape)) * radius
        assert share(bent).mean() < share(np.clip(images + noise, 0, 1).astype(np.float32)).mean()


def test_many_steps_are_no_weaker_than_one(images: np.ndarray, classifier: Classifier) -> None:
    answers = classifier.probabilities(images).argmax(1)
    one, many = (
        classifier.probabilities(PERTURBATIONS[name].apply(images, 0.1, range(4), classifier))[np.arange(4), answers]
        for name in ("fgsm", "pgd")
    )
    assert many.mean() <= one.mean() + 1e-3


def test_the_smallest_change_found_flips_the_answer_and_is_small(images: np.ndarray, classifier: Classifier) -> None:
    answers = classifier.probabilities(images).argmax(1)
    bend = PERTURBATIONS["deepfool"]
    scan = bend.scan(images, bend.strengths(), range(4), classifier)
    flips = np.stack([classifier.probabilities(one).argmax(1) != answers for one in scan])
    assert flips.any(0).all()
    lengths = np.sqrt(((scan - images) ** 2).sum((2, 3)))
    assert (lengths <= bend.strengths()[:, None] + 1e-4).all()
    pgd = PERTURBATIONS["pgd"].scan(images, PERTURBATIONS["pgd"].strengths(), range(4), classifier)
    for i in range(4):
        first = flips[:, i].argmax()
        other = np.array([classifier.probabilities(one[i : i + 1]).argmax() != answers[i] for one in pgd])
        assert lengths[first, i] <= np.sqrt(((pgd[other.argmax(), i] - images[i]) ** 2).sum()) * 1.1
