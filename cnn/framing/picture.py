"""A picture of a thing -> a framed 28x28 picture, about as Fashion-MNIST's garments are framed. Knows no ink, no model.

Where the picture's border is of one tone, that is the background: it becomes black, what stands before it light, and
what is nothing but background is cut off. Any other picture is taken whole.
"""

import numpy as np
from PIL import Image

from cnn.framing.decode import plain
from cnn.framing.pen import span
from cnn.task import SIDE
from cnn.types import Framed, Step

WORK = 16 * SIDE  # pixels: a larger picture is looked at in a copy of about so many a side
# Shares of full white: tones that lie this near are one; and of the border, how much has to be of one tone.
ALIKE, EVEN = 0.12, 0.75


def from_picture(image: Image.Image) -> Framed:
    """Frame a picture of a thing, of any mode and size; all zeros where there is nothing but background.

    Grey, light on dark, in the middle of a square. One of 28x28 pixels is taken as it is, as data sets have them.
    `steps` show sent, grey, light (what stands before the background) and square.
    Follows Xiao, Rasul and Vollgraf 2017 (arXiv 1708.07747, table 1), without their sharpening.
    """
    sent = plain(image, max(1, max(image.size) // WORK))
    grey = np.asarray(sent.convert("L"), np.float32) / 255
    steps = [Step("step.sent", np.asarray(sent, np.float32) / 255), Step("step.grey", grey)]
    if grey.shape == (SIDE, SIDE):
        return Framed(grey, (*steps, Step("step.square", grey)))
    found = _before_background(grey)
    steps.append(Step("step.light", found))
    framed = _on_square(found)
    return Framed(framed, (*steps, Step("step.square", framed)))


def _before_background(grey: np.ndarray) -> np.ndarray:
    """What stands before an even background, cut out, light on black; (h, w) as it is where the background is not even.

    (1, 1) and black where there is nothing else.
    """
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    tone = float(np.median(border))
    if (abs(border - tone) < ALIKE).mean() < EVEN:
        return grey
    light = (tone - grey) / tone if tone > 0.5 else (grey - tone) / (1 - tone)
    light = np.where(light > ALIKE, light, 0)
    if not light.any():
        return np.zeros((1, 1), np.float32)
    rows, columns = (slice(*span(light.any(axis))) for axis in (1, 0))
    return light[rows, columns]


def _on_square(image: np.ndarray) -> np.ndarray:
    """(h, w) in [0, 1] in the middle of a black square, made (28, 28)."""
    height, width = image.shape
    side = max(height, width)
    square = np.zeros((side, side), np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = image
    small = Image.fromarray(square).resize((SIDE, SIDE), Image.Resampling.BILINEAR)  # of all pixels that it shrinks
    return np.clip(np.asarray(small), 0, 1)
