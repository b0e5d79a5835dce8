"""MNIST-C: fifteen ways to spoil MNIST's images that a person reads through. For measuring; nothing trains on them.

After Mu and Gilmer 2019, "MNIST-C: A Robustness Benchmark for Computer Vision" (arXiv 1906.02337) and their
corruptions.py (github.com/google-research/mnist-c, Apache 2.0): the same corruptions at the same severities, written
anew on NumPy and SciPy. Where theirs leans on scikit-image or ImageMagick, the docstring names what is followed. The
draws are our own, so that the images have their distribution and are not their files.

A corruption takes (28, 28) float64 in [0, 1], ink = 1, and an `rng`; what it gives, `corrupted` clips to [0, 1].
Adding one is one decorated function.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import ndimage

from cnn.task import SIDE

Corruption = Callable[[np.ndarray, np.random.Generator], np.ndarray]
CORRUPTIONS: dict[str, Corruption] = {}

MIDDLE = (SIDE - 1) / 2
LINE = 2.3  # pixels from a line's middle to where it is white no more


def corruption(spoil: Corruption) -> Corruption:
    """Register a corruption under its function's name."""
    CORRUPTIONS[spoil.__name__] = spoil
    return spoil


# The changes of train/fit/augment.py that are a corruption's like. What is not named has no like there.
LIKE = {
    "shot_noise": ("grain", "noise"),
    "impulse_noise": ("specks",),
    "glass_blur": ("scatter", "blur"),
    "motion_blur": ("blur",),
    "shear": ("shear",),
    "scale": ("scale",),
    "rotate": ("rotation",),
    "translate": ("shift",),
    "brightness": ("contrast",),
}


def like_in_training(recipe: Mapping[str, Any]) -> list[str]:
    """The corruptions whose like a network has seen, by the recipe in its `config.json`."""
    changes = recipe.get("augmentation") or {}
    return [name for name, likes in LIKE.items() if any(changes.get(like) for like in likes)]


def corrupted(images: np.ndarray, name: str, seed: int) -> np.ndarray:
    """(N, 28, 28) uint8, ink = 255, under one of CORRUPTIONS; the same shape and type.

    What becomes of an image depends on the seed, the corruption and its index alone, never on its neighbours.
    """
    spoil, salt = CORRUPTIONS[name], sum(name.encode())
    result = np.empty_like(images)
    for i, image in enumerate(images):
        spoilt = spoil(image / 255, np.random.default_rng((seed, salt, i)))
        result[i] = np.rint(255 * np.clip(spoilt, 0, 1))
    return result


# --------------------------------------------------------------------------------------------------------------- noise


@corruption
def shot_noise(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Three photons where the ink is brightest. Severity 5."""
    return rng.poisson(3 * image) / 3


@corruption
def impulse_noise(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """17 % of the pixels are black or white at random. Severity 4."""
    noisy = rng.random(image.shape) < 0.17
    return np.where(noisy, rng.random(image.shape) < 0.5, image)


# ---------------------------------------------------------------------------------------------------------------- blur


@corruption
def glass_blur(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Neighbours swapped at random, between two blurs. Severity 1.

    The blurs run down the columns alone: the original calls scikit-image's `gaussian` with multichannel=True, which
    takes a grey image's columns for channels.
    """
    grey = np.floor(_blurred_down(image) * 255).tolist()
    swaps = (rng.random((2, SIDE, SIDE)) < 0.5).tolist()
    moves = rng.integers(-1, 1, (2, SIDE, SIDE, 2)).tolist()
    for swap, move in zip(swaps, moves, strict=True):
        for y in range(SIDE - 1, 1, -1):
            for x in range(SIDE - 1, 1, -1):
                if swap[y][x]:
                    across, down = move[y][x]
                    there = grey[y + down]  # looked up before anything moves: the row may be the same
                    grey[y][x], there[x + across] = there[x + across], grey[y][x]
    return _blurred_down(np.array(grey) / 255)


def _blurred_down(image: np.ndarray) -> np.ndarray:
    return ndimage.gaussian_filter1d(image, 0.7, axis=0, mode="nearest")


@corruption
def motion_blur(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Smeared one way along a line within 45 degrees of a row, as ImageMagick's MotionBlurImage does. Severity 1.

    Half a Gaussian of 21 pixels and standard deviation 3, each read from the nearest pixel; the edge goes on outside.
    """
    angle, step = np.deg2rad(rng.uniform(-45, 45)), np.arange(21)
    weights = np.exp(-(step**2) / (2 * 3**2))
    across, down = (np.ceil(step * share - 0.5).astype(int) for share in (math.cos(angle), math.sin(angle)))
    at = np.arange(SIDE)
    rows = np.clip(at + down[:, None], 0, SIDE - 1)[:, :, None]
    columns = np.clip(at + across[:, None], 0, SIDE - 1)[:, None, :]
    return np.tensordot(weights / weights.sum(), image[rows, columns], 1)


# ------------------------------------------------------------------------------------------------------------- movement


@corruption
def shear(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Upright lines turned by 0.4 radians either way, as scikit-image did until 0.18. Severity 2."""
    angle = 0.4 * rng.choice([-1, 1])
    return _warped(image, [[math.cos(angle), 0], [-math.sin(angle), 1]])


@corruption
def scale(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """0.7 of its size. Severity 3."""
    return _warped(image, np.eye(2) / 0.7)


@corruption
def rotate(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """0.4 radians either way. Severity 2."""
    angle = 0.4 * rng.choice([-1, 1])
    return _warped(image, [[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])


@corruption
def translate(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Three pixels along both axes, either way. Severity 3."""
    down, across = 3 * rng.choice([-1, 1], 2)
    return ndimage.shift(image, (down, across), order=0)


def _warped(image: np.ndarray, matrix: ArrayLike) -> np.ndarray:
    """Pixel p shows what lies at `matrix` @ (p - middle) + middle, (row, column), linearly interpolated, 0 outside."""
    matrix = np.asarray(matrix)
    offset = MIDDLE - matrix @ (MIDDLE, MIDDLE)
    return ndimage.affine_transform(image, matrix, offset, order=1, mode="grid-constant")


# -------------------------------------------------------------------------------------------------- light, dirt, lines


@corruption
def brightness(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Half of white added. Severity 5."""
    return image + 0.5


@corruption
def stripe(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The seven columns at either side inverted."""
    at = np.arange(SIDE)
    return np.where((at < 7) | (at >= 21), 1 - image, image)


@corruption
def fog(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A corner of a 256x256 plasma laid on, and all darkened to fit. Severity 5."""
    full = image.max()
    return (image + 3 * _plasma(256, 1.4, rng)[:SIDE, :SIDE]) * full / (full + 3)


def _plasma(size: int, decay: float, rng: np.random.Generator) -> np.ndarray:
    """(size, size) heights in [0, 1] by diamond-square, wrapped around; each halving divides the steps by decay**2."""
    heights = np.zeros((size, size), np.float32)
    step, reach = size, 100.0
    while step >= 2:
        half = step // 2

        def between(*four: np.ndarray, reach: float = reach) -> np.ndarray:
            total = four[0] + four[1] + four[2] + four[3]
            return total / 4 + np.float32(reach**2) * (2 * rng.random(total.shape, np.float32) - 1)

        corners = heights[::step, ::step]
        below = np.roll(corners, -1, 0)
        middles = between(corners, below, np.roll(corners, -1, 1), np.roll(below, -1, 1))
        heights[half::step, half::step] = middles
        heights[::step, half::step] = between(middles, np.roll(middles, 1, 0), corners, np.roll(corners, -1, 1))
        heights[half::step, ::step] = between(middles, np.roll(middles, 1, 1), corners, below)
        step, reach = half, reach / decay
    heights -= heights.min()
    return heights / heights.max()


@corruption
def spatter(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Dark blots of a quarter of white. Severity 4."""
    liquid = ndimage.gaussian_filter(rng.normal(0.65, 0.3, image.shape), 1, mode="nearest")
    cover = ndimage.gaussian_filter((liquid > 0.65).astype(float), 1.5, mode="nearest")
    cover[cover < 0.8] = 0
    return image * (1 - cover) + 63 / 255 * cover


@corruption
def dotted_line(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A line from the left side to the right one, two pixels on and two off."""
    start, end = rng.integers(0, 27, 2)
    line = _line(0, start, 27, end)
    line[:, np.arange(SIDE) % 4 < 2] = 0
    return image + line


@corruption
def zigzag(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A zigzag of teeth four pixels long and two high either way, nearly level, across the image."""
    left, right, tooth = 2, 25, 2.0
    start = rng.integers(0, 27)
    slope = rng.integers(-5, 5) / (right - left)
    along = math.hypot(1, slope) * (right - left)
    teeth = np.arange(int((along - tooth) // (2 * tooth)) + 1)
    x = np.append((2 * teeth + 1) * tooth, along)
    y = np.where(teeth % 2, -tooth, tooth)
    y = np.append(y, y[-1] / (2 * (along - 2 * tooth * (along // (2 * tooth)))))  # so ends the original's last tooth
    x, y = np.append(0, x), np.append(0, y)
    cos, sin = 1 / math.hypot(1, slope), slope / math.hypot(1, slope)
    x, y = left + x * cos - y * sin, start + x * sin + y * cos
    for i in range(len(x) - 1):
        image = np.clip(image + _line(x[i], y[i], x[i + 1], y[i + 1]), 0, 1)
    return image


def _line(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    """A line from (x0, y0) to (x1, y1), x1 > x0: log(1 - d / LINE) + 1 at d pixels above or below its middle."""
    at = np.arange(SIDE)
    distance = np.abs(at[:, None] - (y0 + (y1 - y0) / (x1 - x0) * (at - x0)))
    line = np.clip(np.log(1 - np.clip(distance, 0, LINE - 1e-10) / LINE) + 1, 0, 1)
    line[:, (at < math.floor(x0)) | (at >= math.ceil(x1))] = 0
    return line


@corruption
def canny_edges(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Canny's edges (1986), as scikit-image's `feature.canny` finds them with its defaults.

    A blur of 1 pixel that knows no pixels outside, Sobel's gradient, its maxima along its own direction between
    interpolated neighbours, and hysteresis: edges above 0.1 that are joined to one above 0.2. No edge at the border.
    """
    known = ndimage.gaussian_filter(np.ones_like(image), 1, mode="constant")
    smooth = ndimage.gaussian_filter(image, 1, mode="constant") / known
    down, across = ndimage.sobel(smooth, 0), ndimage.sobel(smooth, 1)
    rise = np.hypot(down, across)
    edges = _crests(rise, down, across) & (rise >= 0.1)
    labels, _ = ndimage.label(edges, np.ones((3, 3)))
    strong = np.unique(labels[edges & (rise >= 0.2)])
    return np.isin(labels, strong[strong > 0])


def _crests(rise: np.ndarray, down: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Where `rise` is no less than it is a step up and a step down its own direction, (h, w) bool."""
    steep = np.abs(down) >= np.abs(across)
    more, less = np.maximum(np.abs(down), np.abs(across)), np.minimum(np.abs(down), np.abs(across))
    share = less / np.maximum(more, 1e-12)
    falling = np.where(down * across >= 0, 1, -1)  # whether the gradient points to a corner below right or below left
    crest = rise > 0
    crest[[0, -1]] = crest[:, [0, -1]] = False
    y, x = np.nonzero(crest)
    steep, share, falling = steep[y, x], share[y, x], falling[y, x]
    for way in (1, -1):
        dy, dx = np.where(steep, way, 0), np.where(steep, 0, way * falling)
        straight = rise[y + dy, x + dx]
        diagonal = rise[y + way, x + way * falling]
        crest[y, x] &= straight * (1 - share) + diagonal * share <= rise[y, x]
    return crest
