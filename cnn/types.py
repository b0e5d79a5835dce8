"""What travels between the wings: frozen values, array shapes, and the errors that people get to read."""

import dataclasses
import re
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np

from cnn.text import say

CONTROLS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")  # also what ends a line

Reason = Literal["blank", "not_a_digit", "several_digits"]

# Arrays of an answer that are only looked at: on one scale, and each along the first axis on its own. The page gets
# them a byte a value; all others whole.
Shades = Annotated[np.ndarray, "shades"]
Tiles = Annotated[np.ndarray, "tiles"]


class UserError(ValueError):
    """What a person can mend: its text is one sentence that says what is wrong. Every other error is a bug of ours."""


class InputError(UserError):
    """An input that cannot be served; its text says what is wrong and what is accepted, and is safe to show.

    `key` names a text of `assets/text` under `error.`; `values` fill it in. `str()` is the English text.
    """

    def __init__(self, key: str, **values: object):
        self.key, self.values = key, values
        super().__init__(self.say("en"))

    @property
    def why(self) -> "Why":
        """The same, for the page to say."""
        return Why(self.key, self.values)

    def say(self, language: str) -> str:
        """The same sentence in one of `cnn.text.languages()`; what it quotes is on one line, and can be sent."""
        sentence = CONTROLS.sub(" ", say(f"error.{self.key}", language, **self.values))
        return sentence.encode(errors="replace").decode()  # JSON may hold halves of a sign


class Why(NamedTuple):
    """A refusal, as the text `error.<key>` and what fills it in."""

    key: str
    values: dict[str, Any]


class Step(NamedTuple):
    """One stage between the image sent and the image read: a step's text key and its picture.

    `image` is float32 in [0, 1], (H, W) grey or (H, W, 3) RGB, as a person would look at it.
    """

    name: str
    image: np.ndarray


class Digits(NamedTuple):
    """Labelled digits: `images` (N, 28, 28) uint8, ink = 255; `labels` (N,) uint8 in 0..9."""

    images: np.ndarray
    labels: np.ndarray


@dataclasses.dataclass(frozen=True)
class Strokes:
    """Pen strokes on a pad: each an (n, 2) float32 array of x, y in pad units, y down, n >= 1."""

    strokes: tuple[np.ndarray, ...]
    width: float
    height: float


@dataclasses.dataclass(frozen=True)
class Framed:
    """A digit as networks read it: (28, 28) float32 in [0, 1], ink = 1; all zeros where there was no ink.

    `crowded`: other ink that may be a digit stood apart from this one.
    """

    image: np.ndarray
    steps: tuple[Step, ...] = ()
    crowded: bool = False

    @property
    def blank(self) -> bool:
        """Whether no ink was found."""
        return not self.image.any()


@dataclasses.dataclass(frozen=True)
class Prediction:
    """One answer, as the scripted API gives it: `probabilities` by class, the server's own time in `milliseconds`."""

    label: int | None
    best_guess: int | None
    confidence: float
    probabilities: tuple[float, ...]
    abstained: bool
    reason: Reason | None
    model: str
    milliseconds: float

    def taking(self, milliseconds: float) -> "Prediction":
        """The same answer with another time."""
        return dataclasses.replace(self, milliseconds=milliseconds)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {**vars(self), "probabilities": list(self.probabilities)}
