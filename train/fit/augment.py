"""Handwriting bent, thickened, blurred and dirtied inside the training step, at a few microseconds an image.

Knows no model and no data set. All of it is arithmetic on whole arrays, without gathers, which XLA on CPU does one
element at a time:

- A warp is two passes (Catmull and Smith 1980), along the rows, then along the columns. Each output pixel is a sum over
  the 2 * REACH + 1 pixels around it, weighted by max(0, 1 - |distance|): linear interpolation with the index a weight.
- How far each pixel moves is one product of a fixed basis (1, y, x and smooth bumps) with a few numbers a sample.
- The batch is the last axis inside, so that one instruction does sixteen images.
- Noise is a hash of the pixel's place and the sample's own seed.

What a sample looks like depends on the key, its index in the data set and the epoch alone, never on its neighbours.
"""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np

from cnn.task import SIDE

REACH = 6  # pixels a warp may move ink, either way
GRID = 4  # bumps a side of the elastic deformation
MIDDLE = (SIDE - 1) / 2
RARE = 8


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """How far each change goes; a sample draws uniformly within it. 0 switches a change off."""

    rotation: float = 12.0  # degrees either way
    shear: float = 0.25  # slant: pixels a row, either way
    scale: float = 0.12  # share of each axis, either way
    shift: float = 1.5  # pixels along each axis, either way
    elastic: float = 1.2  # pixels, standard deviation of the bumps' heights
    thickness: float = 0.7  # share of the way to the neighbourhood's most or least ink, at most
    blur: float = 0.2  # weight of each neighbour along each axis, at most
    contrast: float = 0.3  # ink's level falls to 1 - contrast at most, and its curve bends as much
    noise: float = 0.12  # standard deviation, at most
    # What spoils few pictures, each of these one in RARE, and those thoroughly:
    specks: float = 0.0  # share of the pixels that become black or white, at most
    grain: float = 0.0  # standard deviation of full ink, at most; it grows as the root of the ink, as photons' does
    scatter: float = 0.0  # share of the pixels that show a neighbour instead, at most
    gap: float = 0.0  # pixels, half the side of a square wiped clean, at most


def augment(
    images: jax.Array, key: jax.Array, index: jax.Array, epoch: jax.Array | int, how: Augmentation
) -> jax.Array:
    """Distorted copies of a batch, (N, 28, 28) uint8 with ink = 255 -> (N, 28, 28, 1) float32 in [0, 1].

    `key` is a JAX PRNG key, `index` (N,) the samples' places in the data set. Runs inside a jitted function.
    """
    count = len(images)
    x = images.astype(jnp.float32) / 255
    x = x.reshape(count, SIDE * SIDE).T.reshape(SIDE, SIDE, count)
    key = jax.random.fold_in(key, epoch)
    keys = jax.vmap(lambda i: jax.random.fold_in(key, i))(index)
    bits = jax.vmap(lambda own: jax.random.bits(own, (17 + 2 * GRID**2,)))(keys).T
    draws = (bits >> 8).astype(jnp.float32) * (2 / 2**24) - 1  # uniform in [-1, 1)
    warp, thickness, blur, bend, level, noise, rare, place, bumps = jnp.split(draws, [6, 7, 8, 9, 10, 11, 15, 17])
    x = _warped(x, warp, bumps.reshape(2, GRID**2, count), how)
    if how.thickness:
        x = _thickened(x, thickness[0] * how.thickness)
    if how.blur:
        x = _blurred(x, jnp.maximum(blur[0], 0) * how.blur)  # half of the samples stay as sharp as they are
    if how.contrast:
        x = (1 - jnp.maximum(level[0], 0) * how.contrast) * (x + 2 * bend[0] * how.contrast * x * (1 - x))
    if how.noise:
        x = x + jnp.maximum(noise[0], 0) * how.noise * _noise(bits[0])
    specks, grain, scatter, gap = jnp.maximum(1 - RARE * (1 - rare) / 2, 0)
    if how.scatter:
        x = _scattered(x, scatter * how.scatter, bits[1])
    if how.grain:
        x = x + grain * how.grain * jnp.sqrt(jnp.maximum(x, 0)) * _noise(bits[2])
    if how.gap:
        x = _wiped(x, gap * how.gap, place * 10)
    if how.specks:
        x = _specked(x, specks * how.specks, bits[3])
    return jnp.clip(x, 0, 1).reshape(SIDE * SIDE, count).T.reshape(count, SIDE, SIDE, 1)


def _warped(x: jax.Array, draws: jax.Array, bumps: jax.Array, how: Augmentation) -> jax.Array:
    """`x` (SIDE, SIDE, N) under the affine map of `draws` (6, N) and the elastic one of `bumps` (2, GRID**2, N)."""
    angle, shear = draws[0] * np.deg2rad(how.rotation), draws[1] * how.shear
    wide, high = 1 + draws[2] * how.scale, 1 + draws[3] * how.scale
    right, down = draws[4] * how.shift, draws[5] * how.shift
    cos, sin = jnp.cos(angle), jnp.sin(angle)
    # Output (x, y), from the middle, reads the input at (a x + b y + right, c x + d y + down): along the columns the
    # second pass reads what the first has moved already, hence the b / d.
    a, b, c, d = cos * wide, (cos * shear - sin) * high, sin * wide, (sin * shear + cos) * high
    heights = bumps * np.float32(np.sqrt(3) * how.elastic)  # the standard deviation of a draw is 1 / sqrt(3)
    across = jnp.concatenate([jnp.stack([right - b / d * down, b / d, a - b * c / d - 1]), heights[0]])
    along = jnp.concatenate([jnp.stack([down, d - 1, c]), heights[1]])
    for axis, numbers in ((1, across), (0, along)):
        x = _once(_resampled(x, jnp.reshape(_basis() @ numbers, x.shape), axis))
    return x


def _basis() -> np.ndarray:
    """(SIDE * SIDE, 3 + GRID**2): 1, y and x from the middle, and cubic B-spline bumps on a grid."""
    at = np.arange(SIDE) - MIDDLE
    y, x = np.meshgrid(at, at, indexing="ij")
    centres = np.linspace(-12, 12, GRID)
    t = np.abs((at[:, None] - centres) / (centres[1] - centres[0]))
    bump = np.where(t < 1, 2 / 3 - t**2 + t**3 / 2, np.clip(2 - t, 0, None) ** 3 / 6) * 1.5  # 1 at its top
    bumps = np.einsum("ya,xb->yxab", bump, bump).reshape(SIDE, SIDE, -1)
    return np.concatenate([np.stack([np.ones_like(x), y, x], -1), bumps], -1).reshape(SIDE**2, -1).astype(np.float32)


def _resampled(x: jax.Array, move: jax.Array, axis: int) -> jax.Array:
    """`x` (SIDE, SIDE, N) read `move` pixels further along `axis`, linearly interpolated, no ink beyond the edge."""
    move = jnp.clip(move, -REACH, REACH)
    views = zip(range(-REACH, REACH + 1), _neighbours(x, axis, REACH), strict=True)
    return sum((view * jnp.maximum(0, 1 - jnp.abs(move - step)) for step, view in views), start=jnp.float32(0))


def _thickened(x: jax.Array, amount: jax.Array) -> jax.Array:
    """Towards the most ink of each 3x3 neighbourhood where `amount` (N,) is positive, else towards the least."""
    most = least = x
    for axis in (0, 1):
        most = _once(jax.tree.reduce(jnp.maximum, _neighbours(most, axis, 1)))
        least = _once(jax.tree.reduce(jnp.minimum, _neighbours(least, axis, 1)))
    return _once(x + jnp.where(amount > 0, amount * (most - x), -amount * (least - x)))


def _blurred(x: jax.Array, weight: jax.Array) -> jax.Array:
    for axis in (0, 1):
        before, at, after = _neighbours(x, axis, 1)
        x = _once(at + weight * (before + after - 2 * at))
    return x


def _scattered(x: jax.Array, share: jax.Array, seed: jax.Array) -> jax.Array:
    """A `share` (N,) of the pixels show, at random, one of their eight neighbours or what is there."""
    dice = _dice(seed)
    moved = (dice >> 16).astype(jnp.float32) < share * 2**16
    which = (dice & 0xFFFF) % 9
    views = [view for row in _neighbours(x, 0, 1) for view in _neighbours(row, 1, 1)]
    shown = sum(jnp.where(which == place, view, 0) for place, view in enumerate(views))
    return _once(jnp.where(moved, shown, x))


def _specked(x: jax.Array, share: jax.Array, seed: jax.Array) -> jax.Array:
    """A `share` (N,) of the pixels become black or white."""
    dice = _dice(seed)
    return jnp.where((dice >> 16).astype(jnp.float32) < share * 2**16, (dice & 1).astype(jnp.float32), x)


def _wiped(x: jax.Array, half: jax.Array, middle: jax.Array) -> jax.Array:
    """No ink within `half` (N,) pixels of `middle` (2, N), across and down, from the picture's own."""
    near = [jnp.abs(jnp.arange(SIDE)[:, None] - MIDDLE - at) < half for at in middle]
    return jnp.where(near[1][:, None] & near[0][None], 0, x)


def _dice(seed: jax.Array) -> jax.Array:
    """(N,) uint32 -> (SIDE, SIDE, N) uint32: a hash of seed and place."""
    place = jnp.arange(SIDE * SIDE, dtype=jnp.uint32).reshape(SIDE, SIDE, 1) * jnp.uint32(0x9E3779B9)
    return _hash(place + seed)


def _noise(seed: jax.Array) -> jax.Array:
    """(N,) uint32 -> (SIDE, SIDE, N), nearly normal: the sum of four bytes of a hash of seed and place."""
    mixed = _dice(seed)
    total = sum(((mixed >> shift) & 255 for shift in (0, 8, 16, 24)), start=jnp.uint32(0))
    return (total.astype(jnp.float32) - 2 * 255) / np.float32(np.sqrt(4 * (256**2 - 1) / 12))


def _hash(x: jax.Array) -> jax.Array:
    """A 32-bit integer hash: Wellons's "lowbias32" (nullprogram.com, 2018)."""
    x = (x ^ (x >> 16)) * jnp.uint32(0x7FEB352D)
    x = (x ^ (x >> 15)) * jnp.uint32(0x846CA68B)
    return x ^ (x >> 16)


def _neighbours(x: jax.Array, axis: int, reach: int) -> list[jax.Array]:
    """`x` moved by -reach to reach pixels along an axis, no ink beyond the edge."""
    pads = [(reach, reach) if other == axis else (0, 0) for other in range(x.ndim)]
    padded = _once(jnp.pad(x, pads))
    return [jax.lax.slice_in_dim(padded, step, step + SIDE, 1, axis) for step in range(2 * reach + 1)]


def _once(x: jax.Array) -> jax.Array:
    """Keep XLA from computing `x` again for each of its readers."""
    return jax.lax.optimization_barrier(x)
