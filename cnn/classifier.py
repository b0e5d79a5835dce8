"""A network that answers: one compiled call, safe for many threads, results as NumPy. The only room that calls a model.

Keras's own `predict` is not thread-safe on JAX, so the variables are copied once and `stateless_call` is compiled.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
import PIL.Image

from cnn import ink
from cnn.types import LABELS, SIDE, Framed, Prediction

BATCH = 250  # images per call when there are many; a divisor of MNIST's 10,000


class Classifier:
    """A trained network with its name and its papers.

    `config` says how it was made, `metrics` what was measured, `revision` which weights these are.
    """

    def __init__(
        self,
        model: keras.Model,
        name: str,
        *,
        config: dict[str, Any] | None = None,
        metrics: dict[str, Any] | None = None,
        revision: str = "",
    ):
        self.name, self.revision = name, revision
        self.config, self.metrics = config or {}, metrics or {}
        self.parameters = model.count_params()
        self._logits = _compiled(model)
        self._warm_up()

    @property
    def architecture(self) -> str:
        """The name of its architecture, '' where its papers do not say."""
        return self.config.get("architecture", "")

    def logits(self, images: np.ndarray) -> np.ndarray:
        """(N, 28, 28) float32 in [0, 1], ink = 1 -> (N, 10) float32 logits. Two compiled shapes serve every N."""
        images = np.asarray(images, np.float32)[..., None]
        if len(images) == 1:
            return np.asarray(self._logits(images))
        return np.concatenate([self._chunk(images[at : at + BATCH]) for at in range(0, len(images), BATCH)])

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(N, 28, 28) float32 in [0, 1], ink = 1 -> (N, 10) float32 that sum to 1 (softmax of the logits)."""
        logits = self.logits(images)
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    def predict(self, framed: Framed) -> Prediction:
        """Read one framed digit. A blank one is abstained from: no best guess, and every digit equally likely."""
        started = time.perf_counter()
        even = np.full(LABELS, 1 / LABELS)
        probabilities = even if framed.blank else self.probabilities(framed.image[None])[0]
        best = None if framed.blank else int(probabilities.argmax())
        return Prediction(
            label=best,
            best_guess=best,
            confidence=float(probabilities.max()),
            probabilities=tuple(map(float, probabilities)),
            abstained=framed.blank,
            reason="blank" if framed.blank else None,
            model=self.name,
            milliseconds=_since(started),
        )

    def _chunk(self, images: np.ndarray) -> np.ndarray:
        padded = np.zeros((BATCH, *images.shape[1:]), np.float32)
        padded[: len(images)] = images
        return np.asarray(self._logits(padded))[: len(images)]

    def _warm_up(self) -> None:
        for count in (1, 2):
            self.logits(np.zeros((count, SIDE, SIDE), np.float32))


def read_image(classifier: Classifier, image: PIL.Image.Image) -> tuple[Framed, Prediction]:
    """Frame a decoded picture and read it; `milliseconds` covers both."""
    return _read(classifier, ink.from_image, image)


def read_strokes(classifier: Classifier, payload: object) -> tuple[Framed, Prediction]:
    """Frame pen strokes (the API's JSON) and read them; `milliseconds` covers both. InputError for anything else."""
    return _read(classifier, ink.from_strokes, ink.parse_strokes(payload))


def _read(classifier: Classifier, frame: Callable[[Any], Framed], source: object) -> tuple[Framed, Prediction]:
    started = time.perf_counter()
    framed = frame(source)
    prediction = classifier.predict(framed)
    return framed, prediction.taking(_since(started))


def _since(started: float) -> float:
    return round(1000 * (time.perf_counter() - started), 3)


def _compiled(model: keras.Model) -> Callable[[np.ndarray], jax.Array]:
    """The model as one jitted function of (N, 28, 28, 1), over its own copy of the weights."""
    trainable = _copies(model.trainable_variables)
    non_trainable = _copies(model.non_trainable_variables)

    @jax.jit
    def call(trainable: list, non_trainable: list, images: jax.Array) -> jax.Array:
        return model.stateless_call(trainable, non_trainable, images, training=False)[0]

    return lambda images: call(trainable, non_trainable, images)


def _copies(variables: Sequence[keras.Variable]) -> list[jax.Array]:
    return [jnp.array(variable.value, copy=True) for variable in variables]
