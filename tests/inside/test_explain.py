"""Evidence by pixel, on hand-made networks with the expected map typed out."""

import keras
import numpy as np
import pytest

from cnn.inside import explain
from cnn.inside.explain import METHODS, exciting, leads, preferred, seen, spread
from cnn.network.architectures import ARCHITECTURES
from cnn.network.classifier import Classifier
from cnn.network.layers import EVERYTHING, Field, Layer
from cnn.task import DIGITS
from cnn.types import InputError
from train.data.mnist import Digits

pytestmark = pytest.mark.slow

MAPS = Layer("maps", "Conv2D", (4, 4, 2), 10, Field(7, 7, 0))
OUT = Layer("out", "Dense", (10,), 10, EVERYTHING)


class Linear:
    """Scores are sums of the pixels times `weights` (10, 28, 28); the feature maps are block means of the image."""

    temperature, task = 1.0, DIGITS

    def __init__(self, weights: np.ndarray, layers: tuple[Layer, ...] = (MAPS, OUT)):
        self.kernel, self.layers = weights.astype(np.float32), layers

    def logits(self, images: np.ndarray) -> np.ndarray:
        return np.einsum("nyx,lyx->nl", images, self.kernel) + 1

    def gradients(self, images: np.ndarray, name: None, weights: np.ndarray) -> np.ndarray:
        return np.einsum("nl,lyx->nyx", weights, self.kernel)

    def sensitivity(self, image: np.ndarray, name: str, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        blocks = image.reshape(4, 7, 4, 7).mean((1, 3))
        maps = np.stack([blocks, 1 - blocks], -1)
        gradients = np.zeros_like(maps)
        gradients[..., 0] = weights @ self.kernel.mean((1, 2)) * 16
        return maps, gradients


def weights(label: int, rows: slice, columns: slice, value: float = 1.0) -> np.ndarray:
    kernel = np.zeros((10, 28, 28))
    kernel[label, rows, columns] = value
    return kernel


@pytest.fixture
def bar() -> np.ndarray:
    """An upright bar of full ink, three pixels wide."""
    image = np.zeros((28, 28), np.float32)
    image[4:24, 12:15] = 1
    return image


def test_saliency_and_smoothgrad_of_a_linear_network_are_its_weights(bar: np.ndarray) -> None:
    network = Linear(weights(7, np.s_[5:9], np.s_[3:20]))
    for method in ("saliency", "smoothgrad"):
        np.testing.assert_allclose(explain.explain(network, bar, method, 7).evidence, network.kernel[7], atol=1e-6)


def test_integrated_gradients_of_a_linear_network_are_ink_times_weights_and_add_up(bar: np.ndarray) -> None:
    network = Linear(weights(7, np.s_[5:9], np.s_[3:20], 2))
    found = explain.explain(network, bar, "integrated_gradients", 7)
    np.testing.assert_allclose(found.evidence, bar * network.kernel[7], rtol=1e-5)
    assert found.total == pytest.approx(24)  # four rows of three pixels, each worth 2
    assert found.expected == pytest.approx(24)


def test_the_lead_is_the_log_odds_of_the_probability(classifier: Classifier, digits: Digits) -> None:
    images = digits.images[:20].astype(np.float32) / 255
    shares = classifier.probabilities(images).astype(float)
    for label in (1, 8):
        p = shares[:, label]
        np.testing.assert_allclose(leads(classifier, images, label), np.log(p / (1 - p)), rtol=1e-3, atol=1e-3)


class Shifted(Linear):
    """Ten scores that rise and fall together: the weights `kernel` of each, and `common` to all."""

    temperature = 0.5

    def __init__(self, weights: np.ndarray, common: np.ndarray):
        super().__init__(weights + common)


@pytest.mark.parametrize("method", METHODS)
def test_what_moves_all_scores_alike_is_no_evidence(bar: np.ndarray, method: str) -> None:
    """All ink lowers all ten scores far more than a few pixels raise the seven's: its logit falls, its lead grows."""
    own = weights(7, np.s_[5:9], np.s_[3:20])
    plain, shifted = (Shifted(own, np.full((28, 28), fall)) for fall in (0, -3))
    found = explain.explain(shifted, bar, method, 7)
    assert shifted.logits(bar[None])[0, 7] < shifted.logits(0 * bar[None])[0, 7]
    np.testing.assert_allclose(found.evidence, explain.explain(plain, bar, method, 7).evidence, atol=1e-4)
    assert found.evidence.max() > 0
    assert found.evidence.min() > -1e-4
    assert found.note is None


@pytest.mark.parametrize("method", METHODS)
def test_evidence_does_not_fade_when_a_network_is_sure(bar: np.ndarray, method: str) -> None:
    """A hundred times the weights: the probability is 1 to the last bit, the evidence a hundred times as strong."""
    own = weights(7, np.s_[5:9], np.s_[3:20])
    unsure, sure = (explain.explain(Linear(own * times), bar, method, 7).evidence for times in (1, 100))
    np.testing.assert_allclose(sure, 100 * unsure, rtol=1e-4, atol=1e-3)


def test_evidence_against_a_digit_is_for_its_closest_rival(bar: np.ndarray) -> None:
    both = weights(7, np.s_[5:9], np.s_[3:20], 2) + weights(1, np.s_[15:24], np.s_[3:20], 3)
    network = Linear(both)
    for method in ("saliency", "integrated_gradients", "occlusion"):
        for label in (1, 7):
            evidence = explain.explain(network, bar, method, label).evidence
            assert np.sign(evidence[6, 13]) == (1 if label == 7 else -1)
            assert np.sign(evidence[19, 13]) == (1 if label == 1 else -1)


def crooked() -> Classifier:
    """A dense network with weights by lot whose lead bends often and far on the way from a blank."""
    model, rng = ARCHITECTURES["mlp"](), np.random.default_rng(1)
    model.set_weights([rng.normal(0, 6 / np.sqrt(one.shape[0]), one.shape) for one in model.get_weights()])
    return Classifier(model, "crooked")


def test_integrated_gradients_are_complete_to_a_hundredth(bar: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    network = crooked()
    for label in range(10):
        found = explain.explain(network, bar, "integrated_gradients", label)
        assert found.complete
        assert found.total == pytest.approx(found.expected, rel=explain.COMPLETE, abs=explain.SMALL)
    monkeypatch.setattr(explain, "ROUNDS", 0)  # then they are not, and that is known
    assert not all(explain.explain(network, bar, "integrated_gradients", label).complete for label in range(10))


def test_grad_cam_on_a_hand_made_network(bar: np.ndarray) -> None:
    found = explain.explain(Linear(weights(3, np.s_[:], np.s_[:], 0.5)), bar, "grad_cam", 3)
    # Blocks of seven pixels; the bar covers columns 12 and 13 of the second, 14 of the third, from row 4 to row 23.
    rows, columns = np.array([3, 7, 7, 3]) / 7, np.array([0, 2, 1, 0]) / 7
    at_middles = found.evidence[np.ix_([3, 10, 17, 24], [3, 10, 17, 24])]
    np.testing.assert_allclose(at_middles, 8 * np.outer(rows, columns), rtol=1e-5)
    np.testing.assert_allclose(found.evidence[10, 13:15], 8 * np.array([2 - 3 / 7, 2 - 4 / 7]) / 7, rtol=1e-5)


def test_grad_cam_cuts_off_what_speaks_against(bar: np.ndarray) -> None:
    found = explain.explain(Linear(weights(3, np.s_[:], np.s_[:], -0.5)), bar, "grad_cam", 3)
    assert not found.evidence.any()
    assert found.note == "explain.cut_off"
    assert not found.heatmap.any()


def test_occlusion_on_a_hand_made_network(bar: np.ndarray) -> None:
    network = Linear(weights(1, np.s_[10:11], np.s_[13:14], 4))
    found = explain.explain(network, bar, "occlusion", 1)
    # One pixel alone counts, 4. Squares start at even rows and columns: those from 6 to 10 and from 9 (so 10) to 13.
    hit_rows, hit_columns = [6, 8, 10], [10, 12]
    expected, covered = np.zeros((28, 28)), np.zeros((28, 28))
    for y in range(0, 24, 2):
        for x in range(0, 24, 2):
            covered[y : y + 5, x : x + 5] += 1
            if y in hit_rows and x in hit_columns:
                expected[y : y + 5, x : x + 5] += 4
    np.testing.assert_allclose(found.evidence, expected / np.maximum(covered, 1), rtol=1e-5)
    assert found.evidence[10, 13] == pytest.approx(4)
    assert found.evidence[24, 13] == 0


def test_evidence_against_alone_is_said_in_words(bar: np.ndarray) -> None:
    found = explain.explain(Linear(weights(1, np.s_[:], np.s_[:], -1)), bar, "integrated_gradients", 1)
    assert found.note == "explain.none_for"
    assert found.evidence.min() < 0
    assert not found.heatmap.any()


def test_a_network_without_maps_says_so(bar: np.ndarray) -> None:
    assert explain.explain(Linear(weights(1, np.s_[:], np.s_[:]), (OUT,)), bar, "grad_cam", 1).note == "explain.no_maps"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("architecture", ["course", "mlp"])
def test_every_method_explains_every_network_and_a_blank(architecture: str, method: str, bar: np.ndarray) -> None:
    network = _network(architecture)
    for image in (bar, np.zeros_like(bar)):
        found = explain.explain(network, image, method, 4)
        assert found.evidence.shape == (28, 28)
        assert found.evidence.dtype == np.float32
        assert np.isfinite(found.evidence).all()
        assert 0 <= found.heatmap.min() <= found.heatmap.max() <= 1
        assert (found.total is not None) == (method == "integrated_gradients") == (found.complete is not None)
    if method in ("integrated_gradients", "occlusion"):  # no ink, no evidence
        assert found.note == "explain.nothing"


_networks: dict[str, Classifier] = {}


def _network(architecture: str) -> Classifier:
    if architecture not in _networks:
        keras.utils.set_random_seed(0)  # what a channel likes to see is not found from all weights
        _networks[architecture] = Classifier(ARCHITECTURES[architecture](), architecture)
    return _networks[architecture]


def test_the_image_stays_as_it_is(classifier: Classifier, bar: np.ndarray) -> None:
    before = bar.copy()
    for method in METHODS:
        explain.explain(classifier, bar, method, 1)
    np.testing.assert_array_equal(bar, before)


def test_unknown_methods_and_labels_are_refused(classifier: Classifier, bar: np.ndarray) -> None:
    with pytest.raises(InputError, match='no method named "magic"; the methods are: saliency, '):
        explain.explain(classifier, bar, "magic", 1)
    for label in (10, -1, 1.5, "7", True, None):
        with pytest.raises(InputError, match="whole number from 0 to 9"):
            explain.explain(classifier, bar, "saliency", label)


def test_a_map_is_spread_over_the_pixels_its_units_see() -> None:
    layer = Layer("x", "Conv2D", (2, 2, 1), 1, Field(3, 10, 4))  # middles at pixels 5 and 15
    spreaded = spread(np.array([[0.0, 10.0], [20.0, 30.0]]), layer)
    assert spreaded.shape == (28, 28)
    assert spreaded[5, 5] == 0
    assert spreaded[5, 15] == 10
    assert spreaded[15, 5] == 20
    assert spreaded[10, 10] == pytest.approx(15)
    assert spreaded[0, 0] == 0
    assert spreaded[27, 27] == 30


def test_the_preferred_input_excites_more_than_any_digit(digits: Digits) -> None:
    network = _network("course")
    layer = network.layer("conv2")
    channels = np.array([0, 3, 9])
    pictures = preferred(network, layer, channels)
    assert pictures.shape == (3, 28, 28)
    assert 0 <= pictures.min() <= pictures.max() <= 1
    liked = network.outputs(pictures)["conv2"].before[np.arange(3), 5, 5, channels]
    usual = network.outputs(digits.images[:200].astype(np.float32) / 255)["conv2"].before[:, 5, 5][:, channels]
    assert (liked > np.percentile(usual, 99, axis=0)).all()


def test_what_excites_a_channel_is_found_where_it_is(digits: Digits) -> None:
    network = _network("course")
    layer, images = network.layer("conv1"), digits.images[:50].astype(np.float32) / 255
    outputs = network.outputs(images)["conv1"].after
    channel = int(outputs.max((0, 1, 2)).argmax())
    found = exciting(outputs, layer, channel, 5)
    assert [one.activation for one in found] == sorted((one.activation for one in found), reverse=True)
    assert len({one.index for one in found}) == len(found) == 5
    kernel, bias = network.weights("conv1")
    for one in found:
        patch = images[one.index][one.rows, one.columns]
        assert (patch * kernel[:, :, 0, channel]).sum() + bias[channel] == pytest.approx(one.activation, rel=1e-4)


def test_a_unit_near_the_rim_sees_what_there_is() -> None:
    layer = Layer("x", "Conv2D", (4, 4, 1), 1, Field(22, 4, -4))
    assert seen(layer, (0, 3)) == (slice(0, 18), slice(8, 28))
