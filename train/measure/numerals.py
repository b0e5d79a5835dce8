"""Numbers made of real people's digits that no network was trained on: what the reader's constants are chosen on.

As people write them on forms and cheques: a hand's slant and pen, digits that touch or overlap, small noughts, points
and dashes, on plain or patterned paper, between a form's lines, scanned or photographed at any size. Nothing trains on
them. The same seed makes the same numbers.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFilter

from cnn.framing.pen import span
from train.data.handwriting import Handwriting, is_held
from train.data.mnist import Digits, hold_out
from train.fit.recipes import Recipe
from train.measure.pens import inked

TALL = 96  # pixels: how high digits are drawn, before they are scanned
FORMS = ("none", "row", "cell")
Hand = dict[int, list[np.ndarray | list[np.ndarray]]]  # by label, digits of one hand: strokes, or (28, 28) uint8 images


class Numeral(NamedTuple):
    """A made number: what it says, and its picture."""

    text: str
    picture: Image.Image


def numerals(mnist: Digits, people: Handwriting, count: int, seed: int) -> Iterator[Numeral]:
    """Numbers of MNIST's held-out digits and of the held-out donors', by turns; of MNIST's alone without people."""
    recipe = Recipe("robust", epochs=1)
    held = hold_out(mnist, recipe.validation, recipe.seed)[1]
    hands = [[_hand(zip(held.labels.tolist(), held.images, strict=True))]]
    donors: dict[str, list] = {}
    for one in people.digits:
        if is_held(one):
            donors.setdefault(one.writer if one.donor == "uci" else one.donor, []).append((one.label, one.strokes))
    if donors:
        hands.append([_hand(donors[name]) for name in sorted(donors)])
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        some = hands[number % len(hands)]
        yield numeral(some[rng.integers(len(some))], rng)


def numeral(hand: Hand, rng: np.random.Generator) -> Numeral:
    """One number of one to six digits in one hand, half of the long ones ending in noughts."""
    count = int(rng.integers(1, 7))
    labels = rng.choice(sorted(hand), count)
    if count > 2 and 0 in hand and rng.random() < 0.5:
        labels[-int(rng.integers(1, count - 1)) :] = 0
    pen, slant, gap = TALL * rng.uniform(0.05, 0.14), rng.normal(0.05, 0.15), rng.normal(0.1, 0.12)
    low = rng.uniform(0.6, 1) if rng.random() < 0.4 else 1.0  # how high a nought is
    ink, x = np.zeros((2 * TALL, (2 * count + 4) * TALL), np.float32), float(TALL)
    for place, label in enumerate(labels.tolist()):
        which = hand[label][rng.integers(len(hand[label]))]
        high = TALL * rng.uniform(0.85, 1.15) * (low if label == 0 else 1)
        mask = _drawn(which, high, pen, slant)
        _put(ink, mask, x, 1.5 * TALL - len(mask) + rng.normal(0, 0.05) * TALL)
        wide = mask.shape[1]
        x += wide + max(-0.25 * wide, (gap + rng.normal(0, 0.06)) * TALL)
        if count > 3 and place == count - 4 and rng.random() < 0.4:  # thousands are set off
            mark = np.ones((int(rng.uniform(1, 2.5) * pen), int(pen)), np.float32)
            _put(ink, mark, x, 1.45 * TALL)
            x += 2 * pen
    if rng.random() < 0.1:
        _put(ink, np.ones((int(pen), int(0.4 * TALL)), np.float32), x + 0.2 * TALL, TALL)
        x += 0.6 * TALL
    return Numeral("".join(map(str, labels.tolist())), _scanned(ink[:, : int(x + 0.5 * TALL)], rng))


def _hand(digits) -> Hand:
    hand: Hand = {}
    for label, digit in digits:
        hand.setdefault(label, []).append(digit)
    return hand


def _put(ink: np.ndarray, mask: np.ndarray, x: float, y: float) -> None:
    """Add a mask to (h, w) ink, its corner at x, y."""
    top, left = max(0, round(y)), max(0, round(x))
    there = ink[top : top + len(mask), left : left + mask.shape[1]]
    np.maximum(there, mask[: len(there), : there.shape[1]], out=there)


def _drawn(digit: np.ndarray | list[np.ndarray], high: float, pen: float, slant: float) -> np.ndarray:
    """A digit about so many pixels high, cut out tightly: (h, w) float32 in [0, 1]; a flat one is lower."""
    if isinstance(digit, np.ndarray):
        (y0, y1), (x0, x1) = (span((digit > 60).any(axis)) for axis in (1, 0))
        scale = high / max(y1 - y0, 0.6 * (x1 - x0))
        size = max(1, round((x1 - x0) * scale)), max(1, round((y1 - y0) * scale))
        close = Image.fromarray(digit[y0:y1, x0:x1]).resize(size, Image.Resampling.BICUBIC)
        return np.clip((np.asarray(close, np.float32) / 255 - 0.3) * 4, 0, 1)
    leaned = [np.stack([stroke[:, 0] - slant * stroke[:, 1], stroke[:, 1]], 1) for stroke in digit]
    points = np.concatenate(leaned)
    low, (wide, tall) = points.min(0), np.ptp(points, axis=0)
    scale = (high - pen) / max(tall, 0.6 * wide, 1e-6)
    size = int(wide * scale + pen) + 2, int(tall * scale + pen) + 2
    return inked([(stroke - low) * scale + pen / 2 for stroke in leaned], size, pen)


def _scanned(ink: np.ndarray, rng: np.random.Generator) -> Image.Image:
    """Ink on paper, between a form's lines or not, as a scanner or a phone sees it: a small grey picture."""
    ink, form = ink.copy(), FORMS[rng.integers(len(FORMS))]
    high, wide = ink.shape
    line, tone = int(rng.integers(2, 7)), rng.uniform(0.4, 1)
    if form != "none":
        for y in (int(rng.uniform(0, 20)), int(rng.uniform(155, high - line))):
            np.maximum(ink[y : y + line], tone, out=ink[y : y + line])
    if form == "cell":
        for x in (int(rng.uniform(0, 20)), wide - line - int(rng.uniform(0, 20))):
            np.maximum(ink[:, x : x + line], tone, out=ink[:, x : x + line])
    scale = rng.uniform(14, 60) / TALL
    y, x = np.mgrid[:high, :wide]
    turn, period = rng.uniform(-0.6, 0.6), rng.uniform(3, 7) / scale
    wave = np.sin((y + turn * x + 8 * np.sin(x / 60)) * 2 * np.pi / period)
    pattern = rng.uniform(0, 0.06) * (rng.random() < 0.4) * wave
    contrast = rng.uniform(0.12, 0.75)
    light = rng.uniform(120, 245) * (1 + rng.uniform(-0.15, 0.15) * (x / wide - 0.5))
    page = Image.fromarray((light * (1 + pattern) * (1 - contrast * ink)).astype(np.float32))
    size = max(1, round(wide * scale)), max(1, round(high * scale))
    page = page.resize(size, Image.Resampling.BOX)
    noise = rng.normal(0, rng.uniform(1, 5) * contrast, size[::-1])
    grey = Image.fromarray(np.clip(np.asarray(page) + noise, 0, 255).astype(np.uint8))
    return grey.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 1)))
