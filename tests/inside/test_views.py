"""What each view shows: the network's own numbers, and arithmetic that adds up."""

import base64
from pathlib import Path

import keras
import numpy as np
import pytest

from cnn.inside import views
from cnn.models.registry import Models
from cnn.network.architectures import ARCHITECTURES
from cnn.network.classifier import Classifier
from cnn.service.inside import VIEWS
from cnn.types import Framed, InputError
from cnn.ui.arrays import packed, shades
from cnn.ui.inside import answer
from train.data.mnist import Digits
from train.publish.examples import write_digits

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def models() -> Models:
    return Models([Classifier(ARCHITECTURES[name](), name) for name in ("course", "mlp")], "course")


@pytest.fixture(scope="module")
def course(models: Models) -> Classifier:
    return models["course"]


@pytest.fixture(scope="module")
def image(digits: Digits) -> np.ndarray:
    return digits.images[1].astype(np.float32) / 255


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_a_filter_for_the_page_is_one_of_the_networks_own(padding: str, image: np.ndarray) -> None:
    """Applied by plain arithmetic, as the page does, it gives the network's own feature map."""
    network = padded(padding, "relu")
    found = views.live_filter(network, image)
    assert found is not None
    kernel = np.array(found.kernel)
    around = np.pad(image, 9)
    windows = np.lib.stride_tricks.sliding_window_view(around, kernel.shape)
    at = slice(9 + found.start, 9 + found.start + found.side)
    made = np.maximum(0, (windows[at, at] * kernel).sum((2, 3)) + found.bias)
    np.testing.assert_allclose(made, views.feature_maps(network, image, "first")[found.channel], atol=1e-3)
    assert found.most == pytest.approx(made.max(), abs=1e-3)
    assert (found.model, found.layer) == ("padded", "first")


def test_no_filter_is_handed_out_where_the_page_could_not_apply_it(models: Models, image: np.ndarray) -> None:
    assert views.live_filter(models["mlp"], image) is None
    assert views.live_filter(padded("same", "tanh"), image) is None
    assert views.live_filter(padded("same", "relu", strides=2), image) is None


def padded(padding: str, activation: str, strides: int = 1) -> Classifier:
    conv = keras.layers.Conv2D(3, 5, strides, padding, activation=activation, name="first", bias_initializer="normal")
    return Classifier(
        keras.Sequential([keras.Input((28, 28, 1)), conv, keras.layers.Flatten(), keras.layers.Dense(10)]), "padded"
    )


def test_kernels_of_a_first_and_a_deeper_layer(course: Classifier) -> None:
    first = views.kernels(course, "conv1")
    kernel, bias = course.weights("conv1")
    np.testing.assert_array_equal(first.weights[5, 0], kernel[:, :, 0, 5])
    np.testing.assert_array_equal(first.bias, bias)
    deeper = views.kernels(course, "conv2")
    kernel, _ = course.weights("conv2")
    assert deeper.weights.shape == (64, views.STRONGEST, 3, 3)
    size = np.sqrt((kernel[..., 7] ** 2).sum((0, 1)))
    assert deeper.inputs[7].tolist() == np.argsort(-size, kind="stable")[: views.STRONGEST].tolist()
    np.testing.assert_array_equal(deeper.weights[7, 2], kernel[:, :, deeper.inputs[7, 2], 7])


def test_a_dense_layer_over_the_picture_has_kernels_as_large_as_it(models: Models) -> None:
    kernels = views.kernels(models["mlp"], "dense1")
    kernel, _ = models["mlp"].weights("dense1")
    assert kernels.weights.shape == (240, 1, 28, 28)
    assert kernels.weights[3, 0, 2, 4] == kernel[2 * 28 + 4, 3]


def test_layers_without_kernels_are_refused_with_those_that_have_some(course: Classifier) -> None:
    for name in ("pool1", "dense1"):
        with pytest.raises(InputError, match=f"The layer {name} of course has no filters .*: conv1, conv2\\."):
            views.kernels(course, name)


def test_feature_maps_are_what_the_layer_made(course: Classifier, image: np.ndarray) -> None:
    maps = views.feature_maps(course, image, "conv2")
    np.testing.assert_array_equal(maps[9], course.outputs(image[None])["conv2"].after[0, :, :, 9])
    assert views.feature_maps(course, image, "dense1").shape == (1, 1, 128)


def test_what_relu_and_pooling_took_away(course: Classifier, image: np.ndarray) -> None:
    outputs = course.outputs(image[None])
    took = {layer.name: views.taken(course, outputs, layer) for layer in course.layers}
    assert took["conv1"].by_relu == pytest.approx((outputs["conv1"].before <= 0).mean())
    assert took["pool1"].by_pooling == pytest.approx(0.75)
    assert took["conv1"].by_pooling is None
    assert took["logits"] == (None, None)
    other = padded("same", "tanh")  # which sets nothing to zero
    assert views.taken(other, other.outputs(image[None]), other.layers[0]) == (None, None)


def test_what_a_channel_likes_to_see(course: Classifier) -> None:
    likes = views.likes(course, "conv2", 40)
    assert likes.preferred.shape == (8, 8)
    assert 0 < len(likes.excerpts) <= 8
    values = [value for _, value in likes.excerpts]
    assert values == sorted(values, reverse=True)
    channels, pictures = views.favourites(course, views.own_digits()[0], "conv1")
    assert len(channels) == len(pictures) == 5
    assert pictures.shape[1:] == (3, 3)


def test_the_projects_own_digits_are_those_the_command_writes(tmp_path: Path) -> None:
    count = write_digits(tmp_path / "digits.npz")
    with np.load(tmp_path / "digits.npz") as written:
        assert count == len(written["labels"])
        np.testing.assert_array_equal(written["images"].astype(np.float32) / 255, views.own_digits())


# ------------------------------------------------------------------------------------------------ as the page gets it


def unpacked(sent: dict) -> np.ndarray:
    data = base64.b64decode(sent["data"])
    if "limits" not in sent:
        return np.frombuffer(data, "<f4").reshape(sent["shape"])
    steps = np.frombuffer(data, np.int8 if sent["signed"] else np.uint8).reshape(sent["shape"])
    shares = steps.reshape(len(sent["limits"]), -1) / (127 if sent["signed"] else 255)
    return (shares * np.array(sent["limits"])[:, None]).reshape(sent["shape"])


def test_numbers_travel_whole_and_shades_to_a_step() -> None:
    values = np.random.default_rng(0).normal(0, 3, (4, 5, 6)).astype(np.float32)
    np.testing.assert_array_equal(unpacked(packed(values)), values)
    for some in (values, np.abs(values), np.zeros((2, 2), np.float32)):
        for tiles in (1, len(some)):
            np.testing.assert_allclose(unpacked(shades(some, tiles)), some, atol=np.abs(some).max() / 127)


def test_a_tile_beside_one_far_stronger_travels_no_worse() -> None:
    values = np.random.default_rng(0).uniform(0, 1, (3, 4, 4)) * np.array([1, 1000, 0])[:, None, None]
    weak, _, silent = unpacked(shades(values, 3))
    np.testing.assert_allclose(weak, values[0], atol=0.5 / 255)
    assert not silent.any()


# A network without feature maps has no depths to compare, and the page does not ask.
@pytest.mark.parametrize(
    ("name", "view"), [(n, v) for n in ("course", "mlp") for v in VIEWS if (n, v) != ("mlp", "depth")]
)
def test_every_view_answers_for_every_network(models: Models, image: np.ndarray, name: str, view: str) -> None:
    layer = {"course": "conv1", "mlp": "dense1"}[name]
    asked = {"view": view, "layer": layer, "channel": 3}
    found = answer(asked, Framed(image), models, name)
    assert found["asked"] == asked
    assert found["prediction"]["model"] == name
    np.testing.assert_array_equal(unpacked(found["pixels"]), image)
    assert view in found


def test_the_open_channel_comes_with_the_network(models: Models, image: np.ndarray) -> None:
    found = answer({"view": "network", "layer": "conv2", "channel": 7}, Framed(image), models, "course")["network"]
    output = models["course"].outputs(image[None])["conv2"]
    np.testing.assert_array_equal(unpacked(found["unit"]["before"]), output.before[0, ..., 7])
    np.testing.assert_array_equal(unpacked(found["unit"]["after"]), output.after[0, ..., 7])
    shown = found["layers"][2]
    assert (shown["name"], shown["sources"]) == ("conv2", ["pool1"])
    np.testing.assert_allclose(
        unpacked(shown["maps"]), output.after[0].transpose(2, 0, 1), atol=output.after.max() / 255
    )
    assert "unit" not in answer({"view": "network"}, Framed(image), models, "course")["network"]


def test_a_moved_digit_loses_what_leaves(models: Models, image: np.ndarray) -> None:
    def read(across: int, down: int) -> list[float]:
        asked = {"view": "shift", "across": across, "down": down}
        return answer(asked, Framed(image), models, "course")["shift"]["probabilities"]["course"]

    moved = np.zeros_like(image)
    moved[3:, :-2] = image[:-3, 2:]
    np.testing.assert_allclose(read(-2, 3), models["course"].probabilities(moved[None])[0], rtol=1e-5)
    np.testing.assert_allclose(read(28, 0), models["course"].probabilities(np.zeros_like(image)[None])[0], rtol=1e-5)


def test_an_unknown_view_is_refused(models: Models, image: np.ndarray) -> None:
    with pytest.raises(InputError, match='no view named "behind"; the views are: network, '):
        answer({"view": "behind"}, Framed(image), models, "course")
