"""Digits by our own pen, in all styles, as the app frames them: what a network trains on beside MNIST."""

import numpy as np

from cnn.framing.ink import from_image, from_strokes
from cnn.task import DIGITS
from train.data.mnist import Digits
from train.pens.hand import drawing, write
from train.pens.styles import STYLES, Style


def chunk(seed: int, number: int, size: int) -> Digits:
    """`size` digits as the app frames them, every digit as often, in all styles; chunks are independent.

    Three in five are framed as strokes, the others as drawings by a pen of any width: a wide one closes what is narrow.
    """
    rng = np.random.default_rng([seed, number])
    images, labels = [], rng.permutation(np.arange(size) % DIGITS.count)
    for label in labels:
        written = write(_any_style(label, rng), rng)
        framed = from_strokes(written) if rng.random() < 0.6 else from_image(drawing(written, rng.uniform(0.015, 0.12)))
        images.append((framed.image * 255).round())
    return Digits(np.stack(images).astype(np.uint8), labels.astype(np.uint8))


def _any_style(label: int, rng: np.random.Generator) -> Style:
    styles, shares = _BY_LABEL[label]
    return styles[rng.choice(len(styles), p=shares)]


def _of(label: int) -> tuple[list[Style], np.ndarray]:
    """A digit's styles, and the share of each."""
    styles = [style for style in STYLES if style.label == label]
    weights = np.array([style.weight for style in styles])
    return styles, weights / weights.sum()


_BY_LABEL = [_of(label) for label in range(DIGITS.count)]
