"""Arrays -> pictures for people: feature maps, kernels, heatmaps. Pillow and NumPy; knows no Keras and no page.

Two maps, both safe for colour-blind eyes: what is never negative goes from paper to ink; what has a sign goes from
orange through white, which is zero, to blue.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image

PAPER, INK = (253, 253, 254), (24, 32, 44)
AGAINST, FOR = (180, 84, 10), (42, 79, 196)
SIDE = 448  # pixels; 28 goes 16 times into it


def sequential(values: np.ndarray, limit: float | None = None) -> Image.Image:
    """(h, w) values >= 0 as 'RGB', `limit` (the largest, if not given) as full ink."""
    share = np.clip(values / _limit(values, limit), 0, 1)
    return _mixed(PAPER, INK, share)


def diverging(values: np.ndarray, limit: float | None = None) -> Image.Image:
    """(h, w) values of either sign as 'RGB': white is 0, blue `limit` (the largest size, if not given), orange less."""
    share = np.clip(values / _limit(values, limit), -1, 1)
    return Image.fromarray(
        np.where(
            (share >= 0)[..., None],
            np.asarray(_mixed(PAPER, FOR, np.maximum(share, 0))),
            np.asarray(_mixed(PAPER, AGAINST, np.maximum(-share, 0))),
        )
    )


def grey(values: np.ndarray) -> Image.Image:
    """Values in [0, 1], (h, w) or (h, w, 3), as a picture of that size, 1 white."""
    return Image.fromarray((np.clip(values, 0, 1) * 255).round().astype(np.uint8))


def overlay(values: np.ndarray, image: np.ndarray, limit: float | None = None) -> Image.Image:
    """Signed (28, 28) values in colour, with the digit's ink, (28, 28) in [0, 1], as a grey shade through them."""
    colour = np.asarray(diverging(values, limit), np.float32)
    return Image.fromarray((colour * (1 - 0.45 * image[..., None])).round().astype(np.uint8))


def row(pictures: Sequence[Image.Image], gap: int = 1) -> Image.Image:
    """Pictures of one size side by side, `gap` pixels of paper between them."""
    wide, high = pictures[0].size
    page = Image.new("RGB", (len(pictures) * (wide + gap) - gap, high), PAPER)
    for i, picture in enumerate(pictures):
        page.paste(picture, (i * (wide + gap), 0))
    return page


def enlarged(picture: Image.Image, side: int = SIDE) -> Image.Image:
    """The picture as many whole times larger as fit into `side`, its pixels as squares."""
    times = max(1, side // max(picture.size))
    return picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST)


def _limit(values: np.ndarray, limit: float | None) -> float:
    return max(float(np.abs(values).max()) if limit is None else limit, 1e-12)


def _mixed(start: tuple[int, int, int], end: tuple[int, int, int], share: np.ndarray) -> Image.Image:
    share = share[..., None]
    return Image.fromarray((np.array(start) * (1 - share) + np.array(end) * share).round().astype(np.uint8))
