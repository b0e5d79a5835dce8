"""Pictures that are no digit, drawn by the project's own generator: what the class "not a digit" is learnt from.

Outlier exposure (Hendrycks, Mazeika and Dietterich 2019, arXiv 1812.04606): a network that has seen many things that
are no digit refuses others that it has not seen. Every picture is framed as people's are. A kind is
one decorated function that takes an `rng` and draws; what people's digits may look like is left out of it.
"""

import math
from collections.abc import Callable

import numpy as np
from PIL import Image
from scipy import ndimage

from cnn.framing.ink import from_image, from_strokes
from cnn.task import DIGITS, SIDE
from cnn.types import Strokes
from train.data.mnist import Digits
from train.pens.drawings import arc
from train.pens.hand import write
from train.pens.letters import LETTERS, OTHERS, SYMBOLS, fitted, on_pad, outline, pen
from train.pens.styles import STYLES

CHUNK = 500  # pictures that one generator draws
TEXTURE = 48  # pixels a side of a texture as it is sent
UPRIGHT = 1.8  # times as high as wide: what is more, in a texture, may be a one
# Digits that are none when mirrored or turned: a mirrored two is a five, a four on its side a nine, and so on.
MIRRORED, UPSIDE_DOWN, QUARTER = (3, 7), (3, 7), (3,)

Kind = Callable[[np.random.Generator], Strokes | Image.Image]
KINDS: dict[str, tuple[float, Kind]] = {}  # how much of the whole each is, and how it is drawn


def kind(share: float) -> Callable[[Kind], Kind]:
    """Register a way to draw what is no digit, `share` parts of the whole, under its function's name."""

    def register(draw: Kind) -> Kind:
        KINDS[draw.__name__] = share, draw
        return draw

    return register


def images(count: int, seed: int) -> np.ndarray:
    """`count` pictures of no digit, (count, 28, 28) uint8, ink = 255; the first ones of more by the same seed."""
    chunks = [chunk(seed, number, CHUNK).images for number in range(math.ceil(count / CHUNK))]
    return np.concatenate([np.zeros((0, SIDE, SIDE), np.uint8), *chunks])[:count]


def chunk(seed: int, number: int, size: int) -> Digits:
    """`size` pictures, all labelled DIGITS.rejected, for processes that share the work: chunks are independent."""
    rng = np.random.default_rng([seed, number])
    shares = np.array([share for share, _ in KINDS.values()])
    draws = [draw for _, draw in KINDS.values()]
    chosen = rng.choice(len(draws), size, p=shares / shares.sum())
    return Digits(np.stack([drawn(draws[which], rng) for which in chosen]), np.full(size, DIGITS.rejected, np.uint8))


def drawn(draw: Kind, rng: np.random.Generator) -> np.ndarray:
    """One picture as it is served, (28, 28) uint8; what is blank or as thin as a one is drawn again."""
    while True:
        picture = draw(rng)
        if isinstance(picture, Strokes):
            return np.round(from_strokes(picture).image * 255).astype(np.uint8)
        framed = from_image(picture).image
        high, wide = (np.ptp(np.flatnonzero(framed.any(axis))) + 1 if framed.any() else 0 for axis in (1, 0))
        if 0 < high < UPRIGHT * wide:
            return np.round(framed * 255).astype(np.uint8)


# -------------------------------------------------------------------------------------------------------------- writing


@kind(30)
def letters(rng: np.random.Generator) -> Strokes:
    """One Latin letter that is no digit's double."""
    return on_pad(pen(outline(_way(LETTERS, rng)), rng))


@kind(5)
def foreign(rng: np.random.Generator) -> Strokes:
    """One letter of another alphabet."""
    return on_pad(pen(outline(_way(OTHERS, rng)), rng))


@kind(5)
def words(rng: np.random.Generator) -> Strokes:
    """Two to four letters side by side."""
    word = [pen(outline(_way(LETTERS, rng)), rng) for _ in range(rng.integers(2, 5))]
    return on_pad(_side_by_side(word, rng))


@kind(12)
def symbols(rng: np.random.Generator) -> Strokes:
    """Punctuation, arrows, small drawings."""
    return on_pad(pen(outline(_way(SYMBOLS, rng)), rng))


@kind(11)
def several(rng: np.random.Generator) -> Strokes:
    """Two to four digits side by side, apart or touching."""
    digits = [list(write(STYLES[rng.integers(len(STYLES))], rng).strokes) for _ in range(rng.integers(2, 5))]
    return fitted(_side_by_side(digits, rng))


@kind(2)
def turned(rng: np.random.Generator) -> Strokes:
    """A digit mirrored, upside down or on its side, where that makes it no digit."""
    labels, turn = [
        (MIRRORED, ((-1, 0), (0, 1))),
        (UPSIDE_DOWN, ((-1, 0), (0, -1))),
        (QUARTER, ((0, 1), (-1, 0))),
        (QUARTER, ((0, -1), (1, 0))),
    ][rng.integers(4)]
    styles = [style for style in STYLES if style.label in labels]
    digit = write(styles[rng.integers(len(styles))], rng)
    return fitted([stroke @ np.array(turn) for stroke in digit.strokes])


def _way(alphabet: dict[str, tuple[str, ...]], rng: np.random.Generator) -> str:
    """A symbol of the alphabet, each as often as any other, in one of its ways."""
    ways = list(alphabet.values())[rng.integers(len(alphabet))]
    return ways[rng.integers(len(ways))]


def _side_by_side(symbols: list[list[np.ndarray]], rng: np.random.Generator) -> list[np.ndarray]:
    """Symbols as high as each other, nearly, one to the right of the other; none reaches into the next."""
    row, right = [], 0.0
    gap = max(0, rng.normal(0.12, 0.12))
    for symbol in symbols:
        points = np.concatenate(symbol)
        low, high = points.min(0), points.max(0)
        scale = rng.uniform(0.85, 1.15) / max(high[1] - low[1], 0.5 * (high[0] - low[0]), 1e-6)
        place = np.array([right, rng.normal(0, 0.06) - scale * (high[1] - low[1]) / 2])
        row += [(stroke - low) * scale + place for stroke in symbol]
        right += (high[0] - low[0]) * scale + gap
    return row


# ------------------------------------------------------------------------------------------------------------ scribbles


@kind(3)
def tangle(rng: np.random.Generator) -> Strokes:
    """A smooth curve through many points at random: seven and more, as fewer may make a digit."""
    return on_pad([rng.uniform(0, 1, (rng.integers(7, 25), 2)) * (1, rng.uniform(0.6, 1.3))])


@kind(3)
def walk(rng: np.random.Generator) -> Strokes:
    """A pen that turns as it likes: its turns, not its places, are at random; within a blot, lest it make a digit."""
    while True:
        turns = rng.normal(rng.normal(0, 0.15), rng.uniform(0.5, 1.3), rng.integers(30, 70))
        heading = np.cumsum(turns) + rng.uniform(0, 2 * math.pi)
        path = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1), axis=0)
        if np.ptp(path, axis=0).max() < 0.25 * len(path):
            return on_pad([path])


@kind(2)
def zigzag(rng: np.random.Generator) -> Strokes:
    """Back and forth, pointed or round, five times or more."""
    count = rng.integers(6, 18)
    y = np.where(np.arange(count) % 2, 1.0, 0.0) * rng.uniform(0.25, 1) + rng.normal(0, 0.05, count)
    path = np.stack([np.sort(np.linspace(0, 1, count) + rng.normal(0, 0.3 / count, count)), y], 1)
    return on_pad([_turned(np.repeat(path, 2, axis=0) if rng.random() < 0.5 else path, rng)])


@kind(2)
def hatching(rng: np.random.Generator) -> Strokes:
    """Three to eight strokes side by side, and as often as not as many across."""
    strokes = []
    for crossing in range(rng.integers(1, 3)):
        for at in np.linspace(0, 1, rng.integers(3, 9)):
            ends = np.array([(at, 0), (at, 1)]) + rng.normal(0, 0.04, (2, 2))
            strokes.append(ends[:, ::-1] if crossing else ends)
    angle = rng.uniform(0, math.pi)
    return on_pad([_turned(stroke, rng, angle) for stroke in strokes])


@kind(2)
def loops(rng: np.random.Generator) -> Strokes:
    """Three to seven loops in a row, as pens are tried."""
    count = rng.integers(3, 8)
    t = np.linspace(0, 2 * math.pi * count, 10 * count)
    high = rng.uniform(0.15, 0.6)
    path = np.stack([t / t[-1] + rng.uniform(0.06, 0.16) * np.cos(t), high * np.sin(t)], 1)
    wobble = ndimage.gaussian_filter1d(rng.normal(0, 0.15, path.shape), 5, axis=0)
    return on_pad([_turned(path + wobble, rng, rng.normal(0, 0.5))])


@kind(2)
def spiral(rng: np.random.Generator) -> Strokes:
    """Two to five turns, either way round."""
    t = np.linspace(0, 2 * math.pi * rng.uniform(2, 5), 60)
    radius = (t / t[-1]) ** rng.uniform(0.7, 1.3) + rng.normal(0, 0.02, len(t))
    path = np.stack([radius * np.cos(t), radius * np.sin(t) * rng.uniform(0.6, 1.1)], 1)
    return on_pad([_turned(path * (rng.choice((-1, 1)), 1), rng)])


@kind(2)
def scrawl(rng: np.random.Generator) -> Strokes:
    """A place made black: many turns to and fro within a blot."""
    count = rng.integers(20, 60)
    angle = np.arange(count) * math.pi + rng.normal(0, 0.5, count)
    path = np.stack([np.cos(angle), np.sin(angle)], 1) * rng.uniform(0.4, 1, (count, 1))
    drift = np.linspace(-1, 1, count)[:, None] * (0, rng.uniform(0.3, 1.2))
    return on_pad([_turned(path + drift, rng)])


@kind(3)
def made_up(rng: np.random.Generator) -> Strokes:
    """Five to eight short strokes, straight or bent, that start where others pass: letters no one has learnt."""
    places = rng.uniform(0, 1, (rng.integers(5, 9), 2))
    strokes = []
    for start in places:
        end = places[rng.integers(len(places))] if rng.random() < 0.5 else rng.uniform(0, 1, 2)
        middle = (start + end) / 2 + rng.normal(0, 0.18, 2) * rng.integers(0, 2)
        strokes.append(np.stack([start, middle, end]))
    return on_pad(strokes)


@kind(2)
def maze(rng: np.random.Generator) -> Strokes:
    """Some of the walls of a grid, four cells a side and more: brickwork, fences, frets."""
    across, down = rng.integers(5, 8, 2)
    keep = rng.uniform(0.4, 0.8)
    place = np.stack(np.meshgrid(np.arange(across), np.arange(down)), -1)
    place = place + rng.normal(0, rng.uniform(0, 0.12), place.shape)
    walls = [place[y : y + 2, x] for y in range(down - 1) for x in range(across)]
    walls += [place[y, x : x + 2] for y in range(down) for x in range(across - 1)]
    kept = [wall for wall in walls if rng.random() < keep] or walls
    angle = rng.uniform(0, math.pi)
    return on_pad([_turned(wall, rng, angle) for wall in kept])


@kind(2)
def net(rng: np.random.Generator) -> Strokes:
    """Twelve places and more, each joined to the three nearest: cracks, cells, cobwebs."""
    places = rng.uniform(0, 1, (rng.integers(12, 25), 2))
    far = np.linalg.norm(places[:, None] - places, axis=2)
    near = far.argsort(1)[:, 1:4]
    return on_pad([places[[start, end]] for start, ends in enumerate(near) for end in ends])


@kind(2)
def bits(rng: np.random.Generator) -> Strokes:
    """Little: dots, dashes far from upright, bows that open up or down, right angles, commas in a row."""
    which = rng.integers(5)
    if which == 0:
        return on_pad(list(rng.uniform(0, 1, (rng.integers(1, 7), 1, 2))))
    if which == 1:
        return on_pad([_turned(np.array([(-1.0, 0), (1, 0)]), rng, rng.uniform(-0.8, 0.8))])
    if which == 2:
        middle = rng.choice((-90, 90)) + rng.normal(0, 15)
        half = rng.uniform(50, 110)
        return on_pad([np.array(arc(0, 0, rng.uniform(0.7, 2), 1, middle - half, middle + half))])
    if which == 3:
        legs = rng.uniform(0.5, 1.2, 2) * rng.choice((-1, 1), 2)
        return on_pad([np.array([(legs[0], 0), (0, 0), (0, 0), (0, -abs(legs[1]))])])
    commas = [np.array([(0, 0), (0.1, 0.1), (-0.05, 0.35)]) + rng.normal(0, 0.05, (3, 2)) for _ in range(3)]
    return on_pad([comma + np.array((0.5 * at, 0)) for at, comma in enumerate(commas)])


def _turned(path: np.ndarray, rng: np.random.Generator, angle: float | None = None) -> np.ndarray:
    """A path (n, 2) by an angle, in radians: any, where none is given."""
    angle = rng.uniform(0, 2 * math.pi) if angle is None else angle
    return path @ np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])


# ------------------------------------------------------------------------------------------------------------- textures


@kind(2)
def noise(rng: np.random.Generator) -> Image.Image:
    """Noise, fine or coarse, or more of it one way than the other."""
    return _picture(_noise(rng, rng.uniform(0, 4, 2)), rng)


@kind(1.5)
def blobs(rng: np.random.Generator) -> Image.Image:
    """Coarse noise cut in two: islands."""
    field = _noise(rng, rng.uniform(2, 6, 2))
    return _picture(field > rng.uniform(-0.5, 1.2), rng)


@kind(1.5)
def gratings(rng: np.random.Generator) -> Image.Image:
    """Waves in one direction, or two that cross, soft or hard: bars, checks, cloth."""
    y, x = np.mgrid[:TEXTURE, :TEXTURE]
    field = np.zeros(x.shape)
    for angle in rng.uniform(0, math.pi, 2) if rng.random() < 0.5 else [rng.uniform(0.5, 2.6)]:
        waves = np.cos((x * math.cos(angle) + y * math.sin(angle)) * rng.uniform(0.3, 1.6) + rng.uniform(0, 6))
        field = waves + field if rng.random() < 0.5 or not field.any() else waves * field
    return _picture(field > 0 if rng.random() < 0.6 else field, rng)


@kind(1)
def page(rng: np.random.Generator) -> Image.Image:
    """Lines of words, as a page of print looks from afar."""
    field = np.zeros((TEXTURE, TEXTURE))
    pitch = rng.integers(4, 12)
    for top in range(rng.integers(2, 6), TEXTURE - 4, pitch):
        left = rng.integers(2, 6)
        while left < TEXTURE - 8:
            wide = rng.integers(2, 12)
            field[top : top + max(1, pitch // 3), left : min(left + wide, TEXTURE - 3)] = 1
            left += wide + rng.integers(1, 4)
    return _picture(_rolled(field, rng), rng)


@kind(2.5)
def shapes(rng: np.random.Generator) -> Image.Image:
    """Filled shapes, one to five, ragged or smooth: none upright and thin."""
    y, x = np.mgrid[:TEXTURE, :TEXTURE] / TEXTURE - 0.5
    field = np.zeros(x.shape, bool)
    for _ in range(rng.integers(1, 6)):
        at, angle = rng.uniform(-0.25, 0.25, 2), rng.uniform(-0.6, 0.6)
        u = (x - at[0]) * math.cos(angle) + (y - at[1]) * math.sin(angle)
        v = (y - at[1]) * math.cos(angle) - (x - at[0]) * math.sin(angle)
        wide = rng.uniform(0.1, 0.3)
        high = wide * rng.uniform(0.3, 1.2)
        power = rng.choice((1, 2, 8))  # a diamond, an ellipse, a rectangle
        field |= abs(u / wide) ** power + abs(v / high) ** power < 1
    return _picture(field, rng)


@kind(1.5)
def light(rng: np.random.Generator) -> Image.Image:
    """A photo of nothing: slopes, shadows' edges, glints and grain; what ink is found in it is none."""
    y, x = np.mgrid[:TEXTURE, :TEXTURE] / TEXTURE - 0.5
    field = rng.normal(0, 1) * x + rng.normal(0, 1) * y + 0.3 * _noise(rng, (9, 9))
    for _ in range(rng.integers(0, 4)):
        angle = rng.uniform(0, 2 * math.pi)
        edge = x * math.cos(angle) + y * math.sin(angle) + rng.uniform(-0.3, 0.3)
        field += rng.normal(0, 0.8) * np.tanh(edge * rng.uniform(5, 60))
    for _ in range(rng.integers(1, 5)):
        at = rng.uniform(-0.45, 0.45, 2)
        far = ((x - at[0]) ** 2 + (y - at[1]) ** 2) / rng.uniform(0.02, 0.12) ** 2
        field += rng.normal(0, 1.5) * np.exp(-far)
    return _picture(field, rng, grain=rng.uniform(0, 12))


def _noise(rng: np.random.Generator, scale: tuple[float, float] | np.ndarray) -> np.ndarray:
    """(TEXTURE, TEXTURE) normal noise, smooth over `scale` pixels down and across, of standard deviation 1."""
    field = ndimage.gaussian_filter(rng.normal(0, 1, (TEXTURE, TEXTURE)), scale, mode="wrap")
    return field / field.std()


def _rolled(field: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A field turned by up to a quarter."""
    return ndimage.rotate(field, rng.uniform(-90, 90), reshape=False, order=1)


def _picture(field: np.ndarray, rng: np.random.Generator, grain: float = 3) -> Image.Image:
    """A field of any range as a grey image, dark on light or light on dark; half of them fade towards the rim."""
    field = field.astype(np.float64)
    field = (field - field.min()) / max(np.ptp(field), 1e-6)
    if rng.random() < 0.5:
        y, x = np.mgrid[:TEXTURE, :TEXTURE] / (TEXTURE - 1) * 2 - 1
        field = field * (abs(x) ** 4 + abs(y) ** 4 < rng.uniform(0.1, 0.9))
    low, high = sorted(rng.uniform(0, 255, 2), reverse=bool(rng.random() < 0.5))
    if abs(high - low) < 80:
        low, high = (0, 255) if high > low else (255, 0)
    grey = low + (high - low) * field + rng.normal(0, grain, field.shape)
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
