"""A digit bent until the networks give in: what is bent, what each then says, and where it breaks. Knows no page.

The bent picture goes to the networks as it is, not framed again: framing would undo much of the bending.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from cnn.classifier import Classifier
from cnn.perturbations import Perturbation, find
from cnn.types import InputError


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
    def held(self) -> tuple[int, int]:
        """The first and the last place up to which the answer holds, from the neutral strength on either way."""
        flips = np.flatnonzero(self.labels != self.labels[self.start])
        before, after = flips[flips < self.start], flips[flips > self.start]
        return int(before.max(initial=-1)) + 1, int(after.min(initial=len(self.labels))) - 1

    @property
    def breaks(self) -> int | None:
        """The place of the strength nearest to the neutral one at which the answer flips; None where it never does."""
        first, last = self.held
        flips = [place for place in (first - 1, last + 1) if 0 <= place < len(self.labels)]
        return min(flips, key=lambda place: abs(place - self.start), default=None)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, as the scripted API gives it; a label is None where the network abstains."""
        rows = zip(self.strengths, self.labels, self.confidences, strict=True)
        curve = [{"strength": float(s), "label": said(label), "confidence": float(c)} for s, label, c in rows]
        at = self.breaks
        return {
            "strength": None if at is None else float(self.strengths[at]),
            "before": said(self.labels[self.start]),
            "after": None if at is None else said(self.labels[at]),
            "curve": curve,
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
        digit = bend.apply(digit[None], bend.checked(strength), [seed], network)[0]
    return digit


def curves(models: Mapping[str, Classifier], digit: np.ndarray, name: str, seed: int) -> dict[str, Curve]:
    """Each model's answers along a scan of one perturbation; each is attacked by its own worst case."""
    seed, bend = _checked(seed), find(name)
    strengths = bend.strengths()
    start = int(np.flatnonzero(strengths == bend.neutral)[0])
    alike = None if bend.worst_case else bend.scan(digit[None], strengths, [seed])[:, 0]
    found = {}
    for model, network in models.items():
        images = bend.scan(digit[None], strengths, [seed], network)[:, 0] if alike is None else alike
        labels, probabilities = network.read(images)
        kept = probabilities[:, probabilities[start].argmax()]
        found[model] = Curve(bend, strengths, images, labels, probabilities.max(1), kept, start)
    return found


def _checked(seed: Any) -> int:
    whole = isinstance(seed, int | float) and not isinstance(seed, bool) and seed == seed // 1
    if not whole or not 0 <= seed < 2**32:
        raise InputError("seed", seed=repr(seed)[:20])
    return int(seed)
