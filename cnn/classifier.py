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

from cnn.types import LABELS, NOT_A_DIGIT, SIDE, Framed, Prediction, Reason

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
        calibration = self.config.get("calibration", {})
        self.temperature: float = calibration.get("temperature", 1.0)
        self.refusal: float = calibration.get("refusal", 1.0)
        self.parameters = model.count_params()
        self._logits = _compiled(model)
        self._warm_up()

    @property
    def architecture(self) -> str:
        """The name of its architecture, '' where its papers do not say."""
        return self.config.get("architecture", "")

    def logits(self, images: np.ndarray) -> np.ndarray:
        """(N, 28, 28) float32 in [0, 1], ink = 1 -> (N, 10 or 11) float32 logits. Two compiled shapes serve every N."""
        images = np.asarray(images, np.float32)[..., None]
        if len(images) == 1:
            return np.asarray(self._logits(images))
        return np.concatenate([self._chunk(images[at : at + BATCH]) for at in range(0, len(images), BATCH)])

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(N, 28, 28) float32 in [0, 1], ink = 1 -> (N, 10) float32 that sum to 1: calibrated, were it a digit."""
        return self.assess(images)[0]

    def assess(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The `probabilities` of images, and how likely each is no digit, (N,) float32 in [0, 1].

        The latter is 0 for a network without an output for it; above `refusal` an answer is abstained from.
        """
        logits = self.logits(images)
        return softmax(logits[:, :LABELS] / self.temperature), strangeness(logits)

    def predict(self, framed: Framed) -> Prediction:
        """Read one framed digit; what is blank, stands in company or is no digit is abstained from.

        Blank: no best guess, and every digit equally likely.
        """
        started = time.perf_counter()
        even = np.full(LABELS, 1 / LABELS)
        probabilities, strange = (even, 0.0) if framed.blank else (out[0] for out in self.assess(framed.image[None]))
        best = None if framed.blank else int(probabilities.argmax())
        reason = self._reason(framed, strange)
        return Prediction(
            label=None if reason else best,
            best_guess=best,
            confidence=float(probabilities.max()),
            probabilities=tuple(map(float, probabilities)),
            abstained=reason is not None,
            reason=reason,
            model=self.name,
            milliseconds=since(started),
        )

    def _reason(self, framed: Framed, strange: float) -> Reason | None:
        if framed.blank:
            return "blank"
        if framed.crowded:
            return "several_digits"
        return "not_a_digit" if strange > self.refusal else None

    def _chunk(self, images: np.ndarray) -> np.ndarray:
        padded = np.zeros((BATCH, *images.shape[1:]), np.float32)
        padded[: len(images)] = images
        return np.asarray(self._logits(padded))[: len(images)]

    def _warm_up(self) -> None:
        for count in (1, 2):
            self.logits(np.zeros((count, SIDE, SIDE), np.float32))


def softmax(logits: np.ndarray) -> np.ndarray:
    """(N, K) logits -> (N, K) float32 probabilities."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def strangeness(logits: np.ndarray) -> np.ndarray:
    """(N, 10 or 11) logits -> (N,) float32: the eleventh probability, of being no digit; 0 if there is none."""
    return softmax(logits)[:, NOT_A_DIGIT] if logits.shape[1] > LABELS else np.zeros(len(logits), np.float32)


def since(started: float) -> float:
    """Milliseconds since a `time.perf_counter()`."""
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
