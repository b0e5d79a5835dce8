"""A file that is not trusted: what joins answers, and what may not is refused before Keras has opened it."""

import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from cnn.models import gate, untrusted
from cnn.types import InputError
from tests.conftest import tiny


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def saved(model: keras.Model, path: Path) -> Path:
    model.save(path)
    return path


def sequential(*inner: keras.Layer, shape: Sequence[int] = (28, 28, 1)) -> keras.Model:
    return keras.Sequential([keras.Input(shape), *inner])


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The parts of a plain model's file."""
    return parts(saved(tiny(), tmp_path_factory.mktemp("plain") / "model.keras"))


def changed(plain: dict[str, bytes], change: Callable[[list[dict[str, Any]]], Any]) -> dict[str, bytes]:
    """The parts with another config: `change` is given its list of layers."""
    config = json.loads(plain["config.json"])
    change(config["config"]["layers"])
    return {**plain, "config.json": json.dumps(config).encode()}


def refused(path: Path, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused in one sentence, by its key, and Keras never got the file."""
    monkeypatch.setattr(keras.saving, "load_model", lambda *_, **__: pytest.fail("Keras opened it"))
    with pytest.raises(InputError) as refusal:
        gate.open_model(path, "them/theirs")
    assert refusal.value.key == says, str(refusal.value)
    assert "them/theirs" in str(refusal.value)
    assert str(path.parent) not in str(refusal.value)


def residual() -> keras.Model:
    image = keras.Input((28, 28, 1))
    first = layers.Conv2D(4, 3, padding="same")(image / 2.0)
    second = layers.BatchNormalization()(layers.SeparableConv2D(4, 3, padding="same")(first))
    pooled = layers.GlobalAveragePooling2D()(layers.ReLU()(layers.Add()([first, second])))
    return keras.Model(image, layers.Dense(47)(pooled))


def test_other_architectures_join(tmp_path: Path) -> None:
    model = residual()
    image = np.random.default_rng(0).random((2, 28, 28, 1), np.float32)
    opened = gate.open_model(saved(model, tmp_path / "model.keras"), "them/theirs")
    np.testing.assert_allclose(opened.predict_on_batch(image), model.predict_on_batch(image), atol=1e-6)


def test_a_recurrent_network_joins(tmp_path: Path) -> None:
    model = sequential(layers.Rescaling(2.0), layers.Reshape((28, 28)), layers.LSTM(6), layers.Dense(10))
    opened = gate.open_model(saved(model, tmp_path / "model.keras"), "them/theirs")
    assert opened.count_params() == model.count_params()


def test_a_lambda_layer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = sequential(layers.Lambda(lambda x: x), layers.Flatten(), layers.Dense(10))
    refused(saved(model, tmp_path / "model.keras"), "model_code", monkeypatch)


@pytest.mark.parametrize(
    "layer",
    [
        {"module": "keras.layers", "class_name": "TFSMLayer", "config": {"filepath": "/etc"}},
        {"module": "keras.layers", "class_name": "MelSpectrogram", "config": {"fft_length": 1 << 24}},
        {"module": "keras.layers", "class_name": "TextVectorization", "config": {"vocabulary": "/etc/passwd"}},
        {"module": "keras.utils", "class_name": "get_file", "config": {"origin": "http://example.org"}},
        {"module": "os", "class_name": "system", "config": "true"},
        {"module": "keras.layers", "class_name": "Dense", "config": {"units": 9}, "registered_name": "their>Dense"},
        {"class_name": "__lambda__", "config": {"value": "4wEA"}},
    ],
    ids=lambda layer: layer["class_name"],
)
def test_what_runs_code_or_reads_files_is_refused(
    layer: dict[str, Any], plain: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = changed(plain, lambda found: found[2]["config"].update(kernel_initializer=layer))  # anywhere within
    refused(packed(tmp_path / "model.keras", files), "model_code", monkeypatch)


@pytest.mark.parametrize("part", ["../../evil.py", "/tmp/evil.py", "assets/vocabulary.txt"])
def test_a_part_out_of_place_is_refused(
    part: str, plain: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(packed(tmp_path / "model.keras", {**plain, part: b"evil"}), "model_parts", monkeypatch)
    assert {path.name for path in tmp_path.iterdir()} == {"model.keras"}


def test_a_network_too_large_to_serve_is_never_made(
    plain: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def huge(found: list[dict[str, Any]]) -> None:
        found[-1]["config"]["units"] = 1_000_000_000
        found[-1]["build_config"] = None

    refused(packed(tmp_path / "model.keras", changed(plain, huge)), "model_costly", monkeypatch)


def within(model: keras.Model, times: int) -> keras.Model:
    """A model that calls another so often."""
    image = made = keras.Input((28, 28, 1))
    for _ in range(times):
        made = model(made)
    return keras.Model(image, made)


def test_layers_too_many_are_counted_before_they_are_made(
    plain: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight models, each of which calls the next one twice: in the end a layer is called 256 times."""
    model = sequential(layers.ReLU())
    for _ in range(8):
        model = within(model, 2)
    config = json.dumps(keras.saving.serialize_keras_object(model)).encode()
    monkeypatch.setattr(keras.saving, "deserialize_keras_object", lambda *_, **__: pytest.fail("Keras made it"))
    refused(packed(tmp_path / "model.keras", {**plain, "config.json": config}), "model_costly", monkeypatch)


def test_a_program_too_long_to_compile_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(untrusted, "MAX_STEPS", 20)
    path = saved(residual(), tmp_path / "model.keras")
    refused(path, "model_costly", monkeypatch)


def test_no_loop_is_unrolled(tmp_path: Path) -> None:
    recurrent = layers.LSTM(6, unroll=True, return_sequences=True)
    model = sequential(layers.Reshape((28, 28)), recurrent, layers.Flatten(), layers.Dense(10))
    opened = gate.open_model(saved(model, tmp_path / "model.keras"), "them/theirs")
    assert not any(getattr(layer, "unroll", False) for layer in opened.layers)
    image = np.random.default_rng(0).random((2, 28, 28, 1), np.float32)
    np.testing.assert_allclose(opened(image), model(image), atol=1e-5)


def test_bfloat16_is_read_as_it_was_saved(tmp_path: Path) -> None:
    model = sequential(layers.Flatten(), layers.Dense(10, dtype="bfloat16"))
    opened = gate.open_model(saved(model, tmp_path / "model.keras"), "them/theirs")
    np.testing.assert_array_equal(opened.layers[-1].kernel, np.asarray(model.layers[-1].kernel, np.float32))


def test_feature_maps_too_large_to_serve_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = sequential(layers.UpSampling2D(64), layers.GlobalMaxPooling2D(), layers.Dense(10))
    refused(saved(model, tmp_path / "model.keras"), "model_costly", monkeypatch)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut"])
def test_a_broken_file_is_refused(content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.keras").write_bytes(content)
    refused(tmp_path / "model.keras", "broken_model", monkeypatch)


def test_weights_of_another_network_are_refused(plain: dict[str, bytes], tmp_path: Path) -> None:
    files = changed(plain, lambda found: found[1]["config"].update(filters=9))
    with pytest.raises(InputError, match="cannot be read as a Keras model"):
        gate.open_model(packed(tmp_path / "model.keras", files), "them/theirs")
