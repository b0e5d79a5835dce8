"""The gate of every model: what joins answers as it did where it was made, and what may not is told in one sentence."""

import errno
import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from cnn.models import gate, registry
from cnn.types import InputError
from tests.models.test_untrusted import packed, parts, saved, sequential

pytestmark = pytest.mark.slow

PICTURES = np.random.default_rng(0).random((3, 28, 28, 1), np.float32)


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[keras.Model], keras.Model]:
    """A model as it comes through the gate."""
    return lambda model: gate.open_model(saved(model, tmp_path / "model.keras"), "theirs")


def nested() -> keras.Model:
    """A model whose parts are models, with layers of the same name, and a softmax in the last of them."""
    eyes = sequential(layers.Conv2D(4, 3, activation="relu"), layers.Flatten(), layers.Dense(6, name="dense"))
    mouth = keras.Sequential([keras.Input((6,)), layers.Dense(10, name="dense"), layers.Softmax()])
    return sequential(eyes, mouth)


def mean_of_two() -> keras.Model:
    """An ensemble: no one layer of it is a softmax."""
    image = keras.Input((28, 28, 1))
    voices = [sequential(layers.Flatten(), layers.Dense(10, activation="softmax"))(image) for _ in range(2)]
    return keras.Model(image, layers.Average()(voices))


def by_operations() -> keras.Model:
    image = keras.Input((28, 28, 1))
    return keras.Model(image, {"digit": keras.ops.softmax(layers.Dense(10)(layers.Flatten()(image * 2.0)))})


@pytest.mark.parametrize(
    "model",
    [
        lambda: sequential(layers.Flatten(), layers.Dense(10, activation="softmax")),
        lambda: sequential(layers.Flatten(), layers.Dense(10), layers.Softmax()),
        lambda: sequential(layers.Flatten(), layers.Dense(10), layers.Activation("softmax")),
        nested,
        mean_of_two,
        by_operations,
    ],
    ids=["dense", "softmax", "activation", "nested", "ensemble", "operations"],
)
def test_probabilities_are_those_of_the_model(model: Callable[[], keras.Model], opened: Callable) -> None:
    theirs = model()
    expected = np.asarray(keras.tree.flatten(theirs(PICTURES, training=False))[0])
    logits = opened(theirs)(PICTURES, training=False)
    np.testing.assert_allclose(keras.ops.softmax(logits), expected, atol=1e-6)


def test_sigmoids_are_read_by_their_odds(opened: Callable) -> None:
    theirs = sequential(layers.Flatten(), layers.Dense(10, activation="sigmoid"))
    said = np.asarray(theirs(PICTURES))
    np.testing.assert_allclose(np.exp(opened(theirs)(PICTURES)), said / (1 - said), rtol=1e-4)


def test_models_within_a_model_can_be_looked_into(tmp_path: Path) -> None:
    saved(nested(), tmp_path / "model.keras")
    assert [layer.type for layer in registry.load(str(tmp_path)).layers] == ["Conv2D", "Flatten", "Dense", "Dense"]


@pytest.mark.parametrize("shape", [(784,), (28, 28), (1, 28, 28), (784, 1), (None, None, 1)], ids=str)
def test_the_same_pixels_laid_out_otherwise(shape: Sequence[int | None], opened: Callable) -> None:
    inner = [layers.Conv2D(10, 3), layers.GlobalMaxPooling2D()] if None in shape else [layers.Flatten()]
    theirs = sequential(*inner, layers.Dense(10), shape=shape)
    expected = theirs(PICTURES.reshape(3, *(n or 28 for n in shape)))
    np.testing.assert_allclose(opened(theirs)(PICTURES), expected, rtol=1e-4, atol=1e-5)


def test_a_fixed_batch_does_not_bind(opened: Callable) -> None:
    theirs = keras.Sequential([keras.Input(batch_shape=(32, 28, 28, 1)), layers.Flatten(), layers.Dense(10)])
    assert opened(theirs)(PICTURES).shape == (3, 10)


@pytest.mark.parametrize("precision", ["float16", "mixed_float16", "mixed_bfloat16"])
def test_other_precisions_compute_in_float32(precision: str, opened: Callable) -> None:
    turned = layers.TimeDistributed(layers.Dense(3, dtype=precision), dtype=precision)
    theirs = sequential(turned, layers.Flatten(), layers.Dense(10, dtype=precision), shape=(28, 28))
    model = opened(theirs)
    assert {variable.dtype for variable in model.weights} == {"float32"}
    np.testing.assert_allclose(model(PICTURES), theirs(PICTURES[..., 0]), atol=0.05)


def test_normalisation_keeps_what_it_has_seen(opened: Callable) -> None:
    normal = layers.Normalization(axis=None)
    normal.adapt(PICTURES)
    theirs = sequential(normal, layers.Conv2D(4, 3), layers.BatchNormalization(), layers.Flatten(), layers.Dense(10))
    for variable in theirs.layers[2].variables:
        variable.assign(np.linspace(0.5, 2, 4))
    np.testing.assert_allclose(opened(theirs)(PICTURES), theirs(PICTURES, training=False), rtol=1e-4, atol=1e-5)


# ------------------------------------------------------------------------------------------------------------- refused


def two_of_each() -> keras.Model:
    image, hint = keras.Input((28, 28, 1)), keras.Input((5,))
    both = layers.Concatenate()([layers.Flatten()(image), hint])
    return keras.Model([image, hint], [layers.Dense(10)(both), layers.Dense(10)(both)])


class Mine(keras.Model):
    """A network as a class of its own."""

    def __init__(self, **options):
        super().__init__(**options)
        self.dense = layers.Dense(10)

    def call(self, image):
        return self.dense(keras.ops.reshape(image, (-1, 784)))


def called(model: keras.Model) -> keras.Model:
    model(PICTURES)
    return model


@pytest.mark.parametrize("limited", [False, True], ids=["own", "hub"])
@pytest.mark.parametrize(
    ("model", "says"),
    [
        (lambda: sequential(layers.Flatten(), layers.Dense(10), shape=(32, 32, 3)), r"takes \(32, 32, 3\) float32"),
        (lambda: sequential(layers.Flatten(), layers.Dense(9)), r"gives \(9,\) float32; a model takes one picture"),
        (lambda: sequential(layers.Conv2D(10, 3)), r"gives \(26, 26, 10\)"),
        (two_of_each, r"takes \(28, 28, 1\) float32, \(5,\) float32 and gives \(10,\) float32, \(10,\)"),
        (lambda: keras.Sequential([layers.Flatten(), layers.Dense(10)]), "before it knew what it is given"),
        (lambda: sequential(layers.Lambda(lambda x: x), layers.Flatten(), layers.Dense(10)), 'asks for "Lambda"'),
        (lambda: called(Mine()), 'asks for "Mine"'),
    ],
    ids=["colour", "nine", "maps", "several", "unbuilt", "lambda", "subclass"],
)
@pytest.mark.filterwarnings("ignore:.*not yet been built")
def test_what_does_not_fit_is_one_sentence(
    model: Callable[[], keras.Model], says: str, limited: bool, tmp_path: Path
) -> None:
    path = saved(model(), tmp_path / "model.keras")
    with pytest.raises(InputError, match=says) as refusal:
        gate.open_model(path, "theirs", limited)
    assert '"theirs"' in str(refusal.value)


@pytest.mark.parametrize("variable", ["conv/kernel", "norm/moving_variance"])
def test_weights_that_are_no_numbers_are_refused(variable: str, opened: Callable) -> None:
    model = sequential(
        layers.Conv2D(4, 3, name="conv"), layers.BatchNormalization(name="norm"), layers.Flatten(), layers.Dense(10)
    )
    spoilt = next(one for one in model.variables if one.path.endswith(variable))
    values = np.array(spoilt.value)
    values.flat[0] = np.nan
    spoilt.assign(values)
    with pytest.raises(InputError, match=f'The layer {variable.split("/")[0]} of "theirs" holds weights'):
        opened(model)


def test_answers_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    model = sequential(layers.Flatten(), layers.Dense(10, activation="exponential"), layers.Activation("exponential"))
    model.set_weights([np.full((784, 10), 100.0), np.zeros(10)])
    saved(model, tmp_path / "model.keras")
    with pytest.raises(InputError, match="finite numbers"):
        registry.load(str(tmp_path))


def test_a_full_disk_is_no_fault_of_the_models(opened: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(gate.tempfile, "TemporaryDirectory", full)
    with pytest.raises(InputError, match='no room here to open "theirs": No space left on device'):
        opened(sequential(layers.Flatten(), layers.Dense(10)))


@pytest.mark.parametrize("version", ["2.13.1", "4.0.0"])
def test_another_keras_is_refused_for_its_version(version: str, tmp_path: Path) -> None:
    files = parts(saved(sequential(layers.Flatten(), layers.Dense(10)), tmp_path / "model.keras"))
    config = json.loads(files["config.json"]) | {"module": "keras.src.engine.functional"}
    files |= {
        "metadata.json": json.dumps({"keras_version": version}).encode(),
        "config.json": json.dumps(config).encode(),
    }
    with pytest.raises(InputError, match=f"was saved by Keras {version}, and Keras 3"):
        gate.open_model(packed(tmp_path / "model.keras", files), "theirs")


@pytest.mark.parametrize("name", ["model.h5", "model.keras"])
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
def test_the_older_format_is_named(name: str, tmp_path: Path) -> None:
    sequential(layers.Flatten(), layers.Dense(10)).save(tmp_path / "older.h5")
    (tmp_path / "older.h5").rename(tmp_path / name)
    for path in (tmp_path, tmp_path / name):
        with pytest.raises(InputError, match=r"the older HDF5 format \(\.h5\)"):
            registry.load(str(path))


# ------------------------------------------------------------------------------------------- the pixels that it wants


def reader(*before: keras.Layer, scale: float = 1.0, offset: float = 0.0) -> keras.Model:
    """A network that reads the example digits where `before` gives our pixels times `scale` plus `offset`."""
    with np.load(gate.EXAMPLES) as digits:
        pixels = digits["images"].reshape(-1, 784) / 255
        targets = np.eye(10)[digits["labels"]]
    pixels = np.hstack([pixels, np.ones((len(pixels), 1))])
    weights = 20 * np.linalg.solve(pixels.T @ pixels + np.eye(785), pixels.T @ targets)
    kernel = weights[:-1] / scale
    model = sequential(*before, layers.Flatten(), layers.Dense(10))
    model.layers[-1].set_weights([kernel, weights[-1] - offset * kernel.sum(0)])
    return model


def centred() -> keras.Layer:
    return layers.Rescaling(1 / 127.5, offset=-1)


@pytest.mark.parametrize(
    ("model", "wanted", "first"),
    [
        (lambda: reader(layers.Rescaling(1 / 255)), "0 to 255", "Flatten"),
        (lambda: reader(centred(), scale=2, offset=-1), "0 to 255", "Rescaling"),
        (lambda: sequential(layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10)), "0 to 255", "Flatten"),
        (lambda: reader(scale=255), "0 to 255", "Rescaling"),
        (lambda: reader(scale=2, offset=-1), "-1 to 1", "Rescaling"),
        (lambda: reader(), None, "Flatten"),
        (lambda: reader(layers.Rescaling(2.0, offset=-1), scale=2, offset=-1), None, "Rescaling"),
        (lambda: reader(layers.Rescaling(1 / 255), scale=1 / 255), None, "Rescaling"),
    ],
    ids=["scales", "centres", "scales, untrained", "raw", "centred", "ours", "ours, centred", "scaled twice"],
)
def test_a_network_gets_the_pixels_it_wants_and_it_is_said(
    model: Callable[[], keras.Model], wanted: str | None, first: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    theirs = model()
    saved(theirs, tmp_path / "theirs.keras")
    with np.load(gate.EXAMPLES) as digits:
        images = digits["images"][:20].astype(np.float32) / 255
    with caplog.at_level(logging.WARNING):
        network = registry.load(str(tmp_path / "theirs.keras"))
    assert caplog.messages == ([f'"theirs" wants pixels from {wanted}, and gets them.'] if wanted else [])
    fed = {None: images, "0 to 255": 255 * images, "-1 to 1": 2 * images - 1}[wanted]
    np.testing.assert_allclose(network.logits(images), theirs(fed[..., None]), rtol=1e-3, atol=1e-3)
    assert network.layers[0].type == first


def test_no_weights_are_made_to_be_replaced(tmp_path: Path, compiled: list[str]) -> None:
    path = saved(sequential(layers.Conv2D(3, 5), layers.Flatten(), layers.Dense(10)), tmp_path / "model.keras")
    compiled.clear()
    gate.open_model(path, "theirs")
    assert not compiled
