"""A digit bent until the networks give in: what is bent, what each then says, and where it breaks. Knows no page.

The bent picture goes to the networks as it is, not framed again: framing would undo much of the bending.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from cnn.network.classifier import Classifier
from cnn.network.memory import remembered
from cnn.stress.perturbations import Perturbation, find
from cnn.task import SIDE
from cnn.types import InputError

WAYS = 16  # worst cases that a network keeps, of a digit each: a slider asks for their strengths one after the other


class Break(NamedTuple):
    """Where an answer is lost on one side of the neutral strength: the `place` of the first other answer that way.

    `again`: the (first, last) places of each stretch further out over which the first answer is back.
    """

    place: int
    again: tuple[tuple[int, int], ...]


class Curve(NamedTuple):
    """What a network says to one digit as the strength grows, from the minimum to the maximum; S strengths.

    `images` (S, 28, 28); `labels` (S,), -1 where it abstains; `confidences` (S,) of its best guesses; `kept` (S,) the
    probability of what it took the unbent digit for. `start` is the neutral strength's place.
    """

    perturbation: Perturbation
    strengths: np.ndarray
    images: np.ndarray
    labels: np.ndarray
    confidences: np.ndarray
    kept: np.ndarray
    start: int

    @property
    def was_read(self) -> bool:
        """Whether the network reads the unbent digit: a refusal is no answer that could hold."""
        return self.labels[self.start] >= 0

    @property
    def held(self) -> tuple[int, int] | None:
        """The first and the last place up to which the answer holds, from the neutral strength on either way.

        None where there was no answer.
        """
        return next(span for span in self._alike() if span[0] <= self.start <= span[1]) if self.was_read else None

    @property
    def breaks(self) -> tuple[Break, ...]:
        """Where the answer first flips, on each side on which it does; the nearer to the neutral strength first."""
        spans, last = self._alike(), len(self.labels) - 1
        at = next(at for at, span in enumerate(spans) if span[0] <= self.start <= span[1])
        low, high = spans[at]
        below, above = Break(low - 1, tuple(spans[:at])), Break(high + 1, tuple(spans[at + 1 :]))
        found = [one for one in (below, above) if 0 <= one.place <= last]
        return tuple(sorted(found, key=lambda one: abs(one.place - self.start)))

    def _alike(self) -> list[tuple[int, int]]:
        """The stretches, (first, last) place, over which the answer is that to the unbent digit; ascending."""
        alike = np.concatenate([[False], self.labels == self.labels[self.start], [False]])
        turns = np.flatnonzero(alike[1:] != alike[:-1]).tolist()
        return [(first, end - 1) for first, end in zip(turns[::2], turns[1::2], strict=True)]

    def span(self, places: tuple[int, int]) -> list[float]:
        """A (first, last) place as strengths."""
        return [float(self.strengths[place]) for place in places]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, as the scripted API gives it; a label is None where the network abstains."""
        rows = zip(self.strengths, self.labels, self.confidences, strict=True)
        curve = [{"strength": float(s), "label": said(label), "confidence": float(c)} for s, label, c in rows]
        nearest = self.breaks[0] if self.breaks else None
        return {
            "strength": nearest and float(self.strengths[nearest.place]),
            "before": said(self.labels[self.start]),
            "after": nearest and said(self.labels[nearest.place]),
            "curve": curve,
            "again": [self.span(places) for one in self.breaks for places in one.again],
        }


def said(label: int) -> int | None:
    """A label, None for an abstention."""
    return None if label < 0 else int(label)


def perturbed(digit: np.ndarray, stack: list[tuple[str, Any]], seed: int, network: Classifier) -> np.ndarray:
    """A (28, 28) digit under several perturbations, (name, strength), in their order; `network` is attacked.

    InputError for an unknown one, a strength out of its range, or a seed that is no whole number from 0.
    """
    seed = _checked(seed)
    for name, strength in stack:
        bend = find(name)
        digit = _bent(bend, digit, bend.checked(strength), seed, network)
    return digit


def curves(models: Mapping[str, Classifier], digit: np.ndarray, name: str, seed: int) -> dict[str, Curve]:
    """Each model's answers along a scan of one perturbation; each is attacked by its own worst case."""
    seed, bend = _checked(seed), find(name)
    strengths = bend.strengths()
    start = int(np.flatnonzero(strengths == bend.neutral)[0])
    alike = None if bend.worst_case else bend.scan(digit[None], strengths, [seed])[:, 0]
    found = {}
    for model, network in models.items():
        images = _way(network, bend.name, np.float32(digit).tobytes()) if alike is None else alike
        labels, probabilities = network.read(images)
        kept = probabilities[:, probabilities[start].argmax()]
        found[model] = Curve(bend, strengths, images, labels, probabilities.max(1), kept, start)
    return found


def _bent(bend: Perturbation, digit: np.ndarray, strength: float, seed: int, network: Classifier) -> np.ndarray:
    """A digit under one perturbation; of a worst case's scan what is known already."""
    places = np.flatnonzero(bend.strengths() == strength)
    if bend.worst_case and places.size:
        return _way(network, bend.name, np.float32(digit).tobytes())[places[0]]
    return bend.apply(digit[None], strength, [seed], network)[0]


@remembered(most=WAYS)
def _way(network: Classifier, name: str, digit: bytes) -> np.ndarray:
    """A worst case at each strength of a scan, (S, 28, 28), read-only; `digit` is the bytes of (28, 28) float32."""
    bend, images = find(name), np.frombuffer(digit, np.float32).reshape(1, SIDE, SIDE)
    way = bend.scan(images, bend.strengths(), [0], network)[:, 0]
    way.flags.writeable = False
    return way


def _checked(seed: Any) -> int:
    whole = isinstance(seed, int | float) and not isinstance(seed, bool) and seed == seed // 1
    if not whole or not 0 <= seed < 2**32:
        raise InputError("seed", seed=repr(seed)[:20])
    return int(seed)
