"""How each style's digit is drawn: control points in a unit box, x to the right and y down.

A smooth curve runs through the points, and a point that stands twice is a corner. A drawing is a short function of a
hand's choices: each is a range, `u(low, high)`, within which the hand picks a value; the plain form is its middle. The
order of the choices belongs to a drawing, for random numbers are drawn in it. train/pens/styles.py names the drawings.
"""

import math
from collections.abc import Callable

Point = tuple[float, float]
Path = tuple[Point, ...]
Paths = tuple[Path, ...]  # one a stroke
Choose = Callable[[float, float], float]  # (low, high) -> a value between: the middle, or a hand's own
Drawing = Callable[[Choose], Paths]


def arc(x: float, y: float, across: float, down: float, start: float, end: float, drift: float = 0.0) -> Path:
    """Control points of an ellipse's arc round (x, y): degrees, 0 to the right, 90 down, at most 45 apart.

    `drift` is the share by which the radius has grown at the end: a loop that does not meet itself.
    """
    steps = max(2, math.ceil(abs(end - start) / 45))
    turns = [(i / steps, math.radians(start + (end - start) * i / steps)) for i in range(steps + 1)]
    return tuple(
        (x + (1 + drift * t) * across * math.cos(a), y + (1 + drift * t) * down * math.sin(a)) for t, a in turns
    )


def corner(x: float, y: float) -> Path:
    """A point where the pen turns sharply."""
    return ((x, y), (x, y))


# ----------------------------------------------------------------------------------------------------------------- zero


def oval_zero(u: Choose) -> Paths:
    start = u(-150, -35)
    return (arc(0.5, 0.5, u(0.26, 0.4), 0.5, start, start - 360 + u(-60, 45), u(-0.15, 0.15)),)


def clockwise_zero(u: Choose) -> Paths:
    start = u(-170, -60)
    return (arc(0.5, 0.5, u(0.26, 0.4), 0.5, start, start + 360 + u(-45, 60), u(-0.15, 0.15)),)


def zero_open_at_the_top(u: Choose) -> Paths:
    start = u(-140, -80)
    return (arc(0.5, 0.5, u(0.3, 0.45), 0.5, start, start - u(270, 330), u(-0.1, 0.3)),)


def tailed_zero(u: Choose) -> Paths:
    start = u(-110, -60)
    end = start - u(375, 420)
    a = math.radians(end)
    out = u(0.1, 0.9)  # the tail goes from within the ring to well outside
    return ((*arc(0.5, 0.52, u(0.26, 0.38), 0.46, start, end), (0.5 + out * math.cos(a), 0.1 + 0.2 * u(-1, 1))),)


def zero_entered_from_above(u: Choose) -> Paths:
    start = u(-80, -40)
    return (((u(0.1, 0.5), u(-0.08, 0.1)), *arc(0.5, 0.54, u(0.28, 0.38), 0.46, start, start - u(330, 390))),)


def zero_begun_above_its_ring(u: Choose) -> Paths:
    start, high = u(-150, -70), u(0.4, 0.47)  # nearly as high as the ring: what is lower is a six
    ring = arc(0.46, 1 - high, u(0.28, 0.42), high, start, start - u(300, 385), u(-0.1, 0.1))
    return (((u(0.45, 0.9), u(-0.05, 0.06)), *ring),)


def zero_curled_in(u: Choose) -> Paths:
    start = u(-120, -50)
    return (arc(0.5, 0.5, u(0.28, 0.42), 0.5, start, start - u(380, 430), u(-0.35, -0.1)),)


def slashed_zero(u: Choose) -> Paths:
    start, reach = u(-130, -50), u(0.3, 0.65)
    ring = arc(0.5, 0.5, u(0.28, 0.4), 0.5, start, start - 360 + u(-30, 20))
    wide, high = reach * u(0.4, 0.8), reach * u(0.7, 1)
    return ring, ((0.5 + wide, 0.5 - high), (0.5 - wide, 0.5 + high))


def zero_slashed_back(u: Choose) -> Paths:
    start, reach = u(-130, -50), u(0.3, 0.5)
    ring = arc(0.5, 0.5, u(0.3, 0.4), 0.5, start, start - 360 + u(-30, 20))
    return ring, ((0.5 - reach * 0.7, 0.5 - reach), (0.5 + reach * 0.7, 0.5 + reach))


# ------------------------------------------------------------------------------------------------------------------ one


def plain_one(u: Choose) -> Paths:
    return (((0.5, 0.0), (0.5 + u(-0.05, 0.05), 0.5), (0.5 + u(-0.05, 0.05), 1.0)),)


def flagged_one(u: Choose) -> Paths:
    long = u(0.12, 0.5)
    down = long * u(0.45, 1.4)
    middle = (0.6 - 0.5 * long + u(-0.04, 0.04), 0.5 * down + u(-0.06, 0.03))
    return (((0.6 - long, down), middle, *corner(0.6, 0.0), (0.6 + u(-0.1, 0.06), 1.0)),)


def long_flagged_one(u: Choose) -> Paths:
    down = u(0.35, 0.85)
    return (((0.6 - u(0.1, 0.6), down), *corner(0.6, 0.0), (0.6 + u(-0.08, 0.06), 1.0)),)


def leaning_one(u: Choose) -> Paths:
    long = u(0.25, 0.7)
    down = long * u(0.4, 0.9)
    middle = (0.7 - u(0.35, 0.65) * long, u(0.35, 0.7) * down)
    return (((0.7 - long, down), middle, *corner(0.7, 0.0), (0.7 - u(0.1, 0.6), 1.0)),)


def one_rounded_at_its_tip(u: Choose) -> Paths:
    long = u(0.15, 0.5)
    tip = ((0.62, u(0.03, 0.1)), (0.7, u(0.0, 0.04)), (0.72, u(0.1, 0.2)))
    return (((0.6 - long, long * u(0.7, 1.3)), *tip, (0.7 - u(0.05, 0.6), 1.0)),)


def wave_flagged_one(u: Choose) -> Paths:
    long = u(0.15, 0.65)
    down = long * u(0.45, 1.0)
    start = (0.65 - long, down + u(-0.02, 0.12))
    wave = ((0.65 - 0.75 * long, down * u(0.6, 0.95)), (0.65 - 0.3 * long, down * u(0.3, 0.7)))
    return ((start, *wave, *corner(0.65, 0.0), (0.65 - u(0.0, 0.2), 0.5), (0.65 - u(0.05, 0.5), 1.0)),)


def one_flagged_back_to_its_stem(u: Choose) -> Paths:
    out, down = u(0.08, 0.3), u(0.25, 0.6)
    flag = ((0.6 - u(0.0, 0.25) - out / 3, down), (0.6 - out, u(0.5, 0.9) * down), *corner(0.6, 0.0))
    return ((*flag, (0.6 + u(-0.15, 0.04), 1.0)),)


def curled_one(u: Choose) -> Paths:
    out, down = u(0.08, 0.2), u(0.15, 0.35)
    curl = arc(0.58 - out, down, out * u(0.4, 0.8), u(0.04, 0.1), u(90, 180), 330)
    return ((*curl, *corner(0.6, 0.0), (0.6 + u(-0.2, 0.02), 1.0)),)


def flat_flagged_one(u: Choose) -> Paths:
    long = u(0.12, 0.3)
    return (((0.6 - long, u(0.0, 0.1)), *corner(0.6, 0.0), (0.6 + u(-0.12, 0.05), 1.0)),)


def footed_one(u: Choose) -> Paths:
    long, left, right = u(0.1, 0.5), u(0.12, 0.45), u(0.12, 0.55)
    stem = ((0.5 - long, long * u(0.3, 1.2)), *corner(0.5, 0.0), (0.5 + u(-0.08, 0.08), 1.0))
    return stem, ((0.5 - left, 1.0 + u(-0.05, 0.08)), (0.5 + right, 1.0 + u(-0.08, 0.05)))


def footed_bar(u: Choose) -> Paths:
    foot = ((0.5 - u(0.12, 0.4), 1.0), (0.5 + u(0.12, 0.4), 1.0 + u(-0.06, 0.06)))
    return ((0.5, 0.0), (0.5 + u(-0.06, 0.06), 1.0)), foot


def one_footed_in_one_stroke(u: Choose) -> Paths:
    long, left = u(0.1, 0.45), u(0.05, 0.35)
    low = 1.0 + u(-0.12, 0.02)
    return (
        (
            (0.5 - long, long * u(0.3, 1.2)),
            *corner(0.5, 0.0),
            *corner(0.5 + u(-0.06, 0.04), 1.0),
            *corner(0.5 - left, low),
            (0.5 + u(0.2, 0.6), low + u(-0.06, 0.1)),
        ),
    )


def seriffed_one(u: Choose) -> Paths:
    head = ((0.5 - u(0.1, 0.35), u(0.0, 0.06)), (0.5 + u(0.0, 0.3), 0.0))
    return head, ((0.5, 0.0), (0.5, 1.0)), ((0.5 - u(0.15, 0.4), 1.0), (0.5 + u(0.15, 0.4), 1.0))


def hooked_one(u: Choose) -> Paths:
    side = 1 if u(-1, 1) > 0 else -1
    long = u(0.0, 0.3)
    return (
        (
            (0.55 - long, long),
            *corner(0.55, 0.0),
            (0.54, 0.8),
            (0.54 + side * 0.04, 0.95),
            (0.54 + side * u(0.1, 0.22), 1.0 - u(0, 0.05)),
        ),
    )


# ------------------------------------------------------------------------------------------------------------------ two


def _top_of_two(u: Choose) -> Path:
    high = u(0.2, 0.32)
    return arc(0.48, high, u(0.24, 0.38), high, u(160, 250), u(355, 395))


def straight_two(u: Choose) -> Paths:
    left = u(0.05, 0.25)
    top = _top_of_two(u)
    return (
        (*top, (0.5 + u(-0.05, 0.12), 0.64), *corner(left, 1.0 + u(-0.05, 0)), (u(0.7, 1.05), 1.0 + u(-0.08, 0.08))),
    )


def looped_two(u: Choose) -> Paths:
    left, loop = u(0.04, 0.22), u(0.08, 0.24)
    return (
        (
            *_top_of_two(u),
            (0.52, 0.7),
            (left + 0.12, 0.95),
            (left, 1.0 - loop / 2),
            (left + 0.14, 1.0 - loop),
            (0.55, 0.95 + u(-0.05, 0.05)),
            (u(0.8, 1.05), 0.92 + u(-0.12, 0.12)),
        ),
    )


def two_with_a_rounded_base(u: Choose) -> Paths:
    return ((*_top_of_two(u), (0.56, 0.6), (0.24, 0.86), (0.2, 0.98), (0.45, 1.0), (u(0.7, 1.0), 1.0 + u(-0.1, 0.04))),)


def two_with_a_pointed_top(u: Choose) -> Paths:
    start = (u(0.05, 0.25), u(0.02, 0.25))
    turn = (0.8, u(0.02, 0.16))
    return ((start, (0.45, u(-0.02, 0.05)), turn, (0.62, 0.45), *corner(u(0.1, 0.25), 1.0), (u(0.75, 1.0), 1.0)),)


def two_with_a_hooked_top(u: Choose) -> Paths:
    high = u(0.22, 0.3)
    curl = arc(0.3, high * 0.9, 0.12, 0.1, u(0, 120), 200)
    top = arc(0.48, high, 0.32, high, 200, 385)
    return ((*curl, *top, (0.5, 0.66), *corner(u(0.08, 0.22), 0.98), (u(0.75, 1.0), 0.98 + u(-0.1, 0.06))),)


def two_with_a_waved_base(u: Choose) -> Paths:
    wave = u(0.03, 0.12)
    return (
        (
            *_top_of_two(u),
            (0.5, 0.66),
            *corner(u(0.05, 0.2), 1.0),
            (0.35, 1 - wave),
            (0.7, 1.0),
            (1.0, 1 - wave),
        ),
    )


# ---------------------------------------------------------------------------------------------------------------- three


def _bowl_of_three(u: Choose, waist: float, start: float) -> Path:
    middle = (waist + 1) / 2
    return arc(0.44, middle, u(0.28, 0.42), 1 - middle, start, u(75, 190), u(-0.05, 0.15))


def round_three(u: Choose) -> Paths:
    waist = u(0.36, 0.54)
    top = arc(0.46, waist / 2, u(0.22, 0.36), waist / 2, u(170, 250), u(405, 440))
    return ((*top, *corner(u(0.3, 0.52), waist), *_bowl_of_three(u, waist, -75)),)


def three_with_a_looped_waist(u: Choose) -> Paths:
    waist = u(0.38, 0.52)
    top = arc(0.46, waist / 2, u(0.22, 0.34), waist / 2, u(180, 250), 410)
    tip = (u(0.22, 0.4), waist)
    return ((*top, (tip[0] + 0.06, waist - 0.03), tip, (tip[0] + 0.05, waist + 0.05), *_bowl_of_three(u, waist, -70)),)


def waistless_three(u: Choose) -> Paths:
    waist = u(0.36, 0.52)
    top = arc(0.46, waist / 2, u(0.22, 0.34), waist / 2, u(180, 250), 395)
    return ((*top, (u(0.55, 0.66), waist), *_bowl_of_three(u, waist, -40)),)


def flat_three(u: Choose) -> Paths:
    waist = u(0.3, 0.48)
    start = (u(0.05, 0.25), u(0.0, 0.06))
    return (
        (start, *corner(u(0.7, 0.88), u(-0.03, 0.05)), *corner(u(0.36, 0.5), waist), *_bowl_of_three(u, waist, -80)),
    )


def flat_three_with_a_serif(u: Choose) -> Paths:
    waist = u(0.3, 0.46)
    serif = ((0.12, u(0.1, 0.2)), *corner(0.12, 0.02))
    return ((*serif, *corner(0.8, 0.0), *corner(0.44, waist), *_bowl_of_three(u, waist, -80)),)


def long_tailed_three(u: Choose) -> Paths:
    waist = u(0.28, 0.42)
    top = arc(0.48, waist / 2, u(0.2, 0.32), waist / 2, u(180, 240), 415)
    tail = (*arc(0.46, 0.66, 0.34, 0.34, -75, 80), (0.2, 0.98), (u(-0.05, 0.15), u(0.85, 1.0)))
    return ((*top, *corner(u(0.36, 0.5), waist), *tail),)


# ----------------------------------------------------------------------------------------------------------------- four


def open_four(u: Choose) -> Paths:
    bar = u(0.42, 0.7)
    left = ((u(0.15, 0.42), u(0.0, 0.12)), *corner(u(0.05, 0.2), bar), (u(0.8, 1.02), bar + u(-0.08, 0.08)))
    x = u(0.55, 0.75)
    return left, ((x, u(-0.05, 0.35)), (x + u(-0.15, 0.06), 1.0))


def open_and_round_four(u: Choose) -> Paths:
    bar = u(0.42, 0.62)
    left = ((u(0.12, 0.3), 0.0), (u(0.1, 0.2), bar * 0.6), (0.25, bar), (0.55, bar), (u(0.7, 0.95), bar - u(0.0, 0.12)))
    x = u(0.62, 0.8)
    return left, ((x, u(-0.05, 0.2)), (x + u(-0.15, 0.06), 1.0))


def open_four_in_one_stroke(u: Choose) -> Paths:
    bar = u(0.4, 0.62)
    x = u(0.66, 0.85)
    return (
        (
            (u(0.1, 0.4), 0.0),
            (u(0.08, 0.2), bar * u(0.6, 0.9)),
            (u(0.25, 0.4), bar),
            *corner(x, u(0.0, 0.35)),
            (x + u(-0.2, 0.05), 1.0),
        ),
    )


def lightning_four(u: Choose) -> Paths:
    bar = u(0.4, 0.62)
    x = u(0.6, 0.8)
    left = ((u(0.2, 0.5), 0.0), *corner(u(0.05, 0.2), bar))
    return ((*left, *corner(x, bar - u(0.02, 0.2)), (x + u(-0.15, 0.05), 1.0)),)


def closed_four(u: Choose) -> Paths:
    bar, x = u(0.5, 0.76), u(0.55, 0.7)
    left = ((x, 0.0), *corner(u(0.0, 0.15), bar), (u(0.78, 1.05), bar + u(-0.06, 0.06)))
    return left, ((x + u(-0.02, 0.06), u(-0.04, 0.08)), (x + u(-0.08, 0.06), 1.0))


def closed_four_in_one_stroke(u: Choose) -> Paths:
    bar, x = u(0.42, 0.68), u(0.55, 0.72)
    start, back = (x + u(-0.12, 0.1), u(0.0, 0.12)), (x + u(-0.02, 0.06), u(0.0, 0.25))
    left, right = corner(u(0.02, 0.2), bar), corner(x + u(0.1, 0.32), bar + u(-0.1, 0.04))
    return ((start, *left, *right, *corner(*back), (x + u(-0.12, 0.05), 1.0)),)


def four_rounded_like_a_nine(u: Choose) -> Paths:
    bar, x = u(0.45, 0.6), u(0.66, 0.78)
    return (
        (
            (x - u(0.0, 0.2), u(0.0, 0.08)),
            (0.3, 0.2),
            *corner(u(0.08, 0.2), bar),
            *corner(x, bar - u(0.0, 0.12)),
            *corner(x, u(0.0, 0.12)),
            (x + u(-0.15, 0.04), 1.0),
        ),
    )


def closed_and_round_four(u: Choose) -> Paths:
    bar, x = u(0.45, 0.68), u(0.55, 0.72)
    top = (x + u(-0.1, 0.06), u(0.0, 0.1))
    left = ((u(0.2, 0.35), bar * u(0.4, 0.6)), (u(0.02, 0.14), bar * u(0.85, 0.98)), (u(0.2, 0.32), bar + u(0.0, 0.06)))
    right = (x + u(0.08, 0.35), bar + u(-0.14, 0.02))
    return (top, *left, right), ((x + u(-0.04, 0.06), u(-0.04, 0.12)), (x + u(-0.15, 0.04), 1.0))


def narrow_and_open_four(u: Choose) -> Paths:
    bar, wide = u(0.6, 0.85), u(0.3, 0.55)
    turn = ((u(0.0, 0.08), bar * u(0.7, 0.9)), (u(0.02, 0.1), bar), (wide * u(0.5, 0.8), bar + u(-0.02, 0.04)))
    left = ((wide * u(0.3, 0.9), 0.0), *turn, (wide * u(1.0, 1.5), bar - u(0.0, 0.12)))
    x = wide * u(0.7, 1.0)
    return left, ((x, bar - u(0.15, 0.5)), (x + u(-0.1, 0.03), max(1.0, bar + 0.15)))


def short_stemmed_four(u: Choose) -> Paths:
    bar, wide = u(0.5, 0.82), u(0.6, 1.0)
    left = ((u(0.2, 0.6) * wide, 0.0), *corner(u(0.0, 0.15), bar), (wide, bar + u(-0.12, 0.05)))
    x = u(0.5, 0.75) * wide
    return left, ((x, bar - u(0.15, 0.45)), (x + u(-0.12, 0.04), 1.0))


def four_crossed_by_its_bar(u: Choose) -> Paths:
    bar, x = u(0.45, 0.65), u(0.5, 0.65)
    left = ((u(0.25, 0.5), 0.0), (0.2, bar * 0.6), *corner(u(0.02, 0.15), bar), (0.5, bar + u(-0.08, 0.04)), (1.0, bar))
    return left, ((x + u(0, 0.15), u(0.2, 0.4)), (x + u(-0.15, 0.02), 1.0))


# ----------------------------------------------------------------------------------------------------------------- five


def _bowl_of_five(u: Choose, top: float) -> Path:
    middle = (top + 1) / 2
    return arc(0.44, middle, u(0.28, 0.42), 1 - middle, u(-125, -95), u(110, 225), u(-0.05, 0.15))


def five_in_one_stroke(u: Choose) -> Paths:
    left, top = u(0.18, 0.34), u(0.32, 0.5)
    start = (u(0.65, 1.0), u(-0.06, 0.08))
    return ((start, *corner(left, u(0.0, 0.06)), *corner(left - u(0.0, 0.1), top + 0.06), *_bowl_of_five(u, top)),)


def rounded_five(u: Choose) -> Paths:
    left, top = u(0.16, 0.32), u(0.34, 0.48)
    start = (u(0.7, 1.0), u(-0.04, 0.12))
    return (
        (
            start,
            (0.5, u(0.0, 0.06)),
            (left + 0.04, 0.12),
            (left, top - 0.08),
            (left + 0.12, top),
            *_bowl_of_five(u, top)[1:],
        ),
    )


def five_like_an_s(u: Choose) -> Paths:
    waist = u(0.38, 0.52)
    top = arc(0.52, waist / 2, u(0.24, 0.34), waist / 2, u(-60, -10), -215)
    bowl = arc(0.44, (waist + 1) / 2, u(0.28, 0.38), (1 - waist) / 2, -50, u(100, 175))
    return ((*top, (0.5, waist), *bowl),)


def hatted_five(u: Choose) -> Paths:
    left, top = u(0.2, 0.34), u(0.34, 0.5)
    y = u(-0.06, 0.08)
    hat = ((left + u(-0.28, 0.14), y + u(0.0, 0.05)), (u(0.7, 1.05), y + u(-0.1, 0.03)))
    return ((left, 0.03), *corner(left - u(0.0, 0.1), top + 0.05), *_bowl_of_five(u, top)), hat


def straight_hatted_five(u: Choose) -> Paths:
    left, top = u(0.2, 0.35), u(0.3, 0.44)
    hat = ((left + u(-0.05, 0.15), u(-0.04, 0.1)), (u(0.7, 1.05), u(-0.1, 0.08)))
    return ((left + u(0.0, 0.1), 0.02), (left, top), *_bowl_of_five(u, top)[1:]), hat


def slanting_five(u: Choose) -> Paths:
    top = u(0.3, 0.42)
    neck = (u(0.28, 0.4), top)
    return (((u(0.8, 1.1), u(-0.05, 0.1)), *corner(u(0.42, 0.56), 0.0), *corner(*neck), *_bowl_of_five(u, top)[2:]),)


def small_bellied_five(u: Choose) -> Paths:
    top = u(0.45, 0.6)
    start = (u(0.65, 0.95), u(-0.05, 0.08))
    belly = arc(0.42, (top + 1) / 2, u(0.2, 0.32), (1 - top) / 2, -120, u(120, 190))
    return ((start, *corner(u(0.2, 0.35), 0.0), *corner(u(0.18, 0.3), top + 0.05), *belly),)


# ------------------------------------------------------------------------------------------------------------------ six


def curved_six(u: Choose) -> Paths:
    y = u(0.7, 0.8)
    wide = u(0.22, 0.36)
    loop = arc(0.48, y, wide, 1 - y, 185, u(-190, -110))
    return (((u(0.5, 0.85), u(-0.02, 0.1)), (0.36, 0.22), (0.5 - wide + 0.02, 0.5), *loop),)


def straight_six(u: Choose) -> Paths:
    y = u(0.7, 0.82)
    wide = u(0.2, 0.34)
    loop = arc(0.46, y, wide, 1 - y, 195, u(-200, -120))
    return (((u(0.35, 0.75), 0.0), (0.46 - wide + u(0.06, 0.16), 0.4), *loop),)


def six_like_a_b(u: Choose) -> Paths:
    y = u(0.7, 0.82)
    wide = u(0.22, 0.34)
    x = 0.46 - wide
    loop = arc(0.46, y, wide, 1 - y, 170, u(-190, -120))
    return (((x + u(0.0, 0.25), 0.0), (x + u(0.0, 0.08), 0.45), *loop),)


def small_looped_six(u: Choose) -> Paths:
    wide, high = u(0.14, 0.26), u(0.12, 0.22)
    x, y = 0.36 + wide, 1 - high
    loop = arc(x, y, wide, high, 180, u(-200, -110))
    return (((u(0.45, 0.8), u(0.0, 0.1)), (u(0.35, 0.5), u(0.1, 0.25)), (0.36, 0.5), *loop),)


def six_crossing_itself(u: Choose) -> Paths:
    y = u(0.7, 0.8)
    loop = arc(0.48, y, u(0.22, 0.34), 1 - y, 185, u(-140, -110))
    return (
        (
            (u(0.5, 0.8), 0.0),
            (0.3, 0.35),
            *loop,
            (u(0.05, 0.25), y + u(-0.12, 0.06)),
            (u(-0.15, 0.1), y + u(-0.1, 0.06)),
        ),
    )


def curled_six(u: Choose) -> Paths:
    wide, high = u(0.16, 0.26), u(0.18, 0.24)
    outer = arc(0.5, 0.5, u(0.3, 0.42), 0.5, u(-70, -30), -270)
    return ((*outer, *arc(0.56, 1 - high, wide, high, 60, u(-180, -110))),)


def open_six(u: Choose) -> Paths:
    y = u(0.7, 0.8)
    loop = arc(0.48, y, u(0.24, 0.34), 1 - y, 185, u(-100, -60))
    return (((u(0.5, 0.85), 0.0), (0.34, 0.24), (0.22, 0.5), *loop, (0.45, y + u(-0.2, 0.0))),)


# ---------------------------------------------------------------------------------------------------------------- seven


def _seven(u: Choose, bend: float = 0.0) -> Path:
    """Bar and stem; `bend` bows the stem to the right."""
    x, y = u(0.78, 0.98), u(-0.03, 0.06)
    foot = u(0.25, 0.55)
    middle = ((x + foot) / 2 - u(-0.02, 0.12) + bend, u(0.42, 0.55))
    return ((u(0.02, 0.22), u(-0.03, 0.1)), *corner(x, y), middle, (foot, 1.0))


def _bar(u: Choose) -> Path:
    y, half = u(0.38, 0.72), u(0.14, 0.38)
    x, rise = u(0.48, 0.66) - 0.3 * max(0.0, y - 0.5), u(-0.08, 0.1)
    return ((x - half, y + rise), (x + half * u(0.7, 1.5), y - rise))


def _serif(u: Choose) -> Path:
    x = u(0.0, 0.2)
    return ((x + u(-0.04, 0.06), u(0.08, 0.3)), *corner(x, u(-0.02, 0.08)))


def plain_seven(u: Choose) -> Paths:
    return (_seven(u),)


def crossed_seven(u: Choose) -> Paths:
    return _seven(u), _bar(u)


def hooked_seven(u: Choose) -> Paths:
    return ((*_serif(u), *_seven(u)[1:]),)


def hooked_and_crossed_seven(u: Choose) -> Paths:
    return (*_serif(u), *_seven(u)[1:]), _bar(u)


def _round_seven(u: Choose) -> Path:
    x, y = u(0.76, 0.92), u(0.08, 0.22)
    start = (u(0.02, 0.22), u(0.02, 0.16))
    return (start, (0.4, u(-0.02, 0.06)), (x - 0.06, 0.03), (x, y), (u(0.52, 0.68), 0.5), (u(0.25, 0.5), 1.0))


def round_seven(u: Choose) -> Paths:
    return (_round_seven(u),)


def round_and_crossed_seven(u: Choose) -> Paths:
    return _round_seven(u), _bar(u)


def waved_seven(u: Choose) -> Paths:
    wave = u(0.03, 0.12)
    bar = ((u(0.02, 0.15), u(0.08, 0.2)), (0.25, u(0.0, 0.04)), (0.55, wave), *corner(u(0.82, 0.98), 0.0))
    return ((*bar, (u(0.55, 0.68), 0.5), (u(0.3, 0.5), 1.0)),)


def waved_and_crossed_seven(u: Choose) -> Paths:
    wave = u(0.03, 0.12)
    bar = ((u(0.02, 0.15), u(0.08, 0.24)), (0.25, u(0.0, 0.04)), (0.55, wave), *corner(u(0.82, 0.98), 0.0))
    return (*bar, (u(0.55, 0.68), 0.5), (u(0.25, 0.5), 1.0)), _bar(u)


def _seven_like_a_two(u: Choose) -> tuple[Path, Path]:
    """Stem under a round top, and a bar low enough to look like the base of a two."""
    high, x, low = u(0.1, 0.22), u(0.38, 0.55), u(0.62, 0.8)
    top = arc(0.48, high, u(0.2, 0.4), high, u(170, 240), u(355, 395))
    bar = ((x - u(0.18, 0.4), low + u(-0.02, 0.06)), (x + u(0.15, 0.5), low - u(-0.02, 0.1)))
    return (*top, (x + u(0.05, 0.2), 0.55), (x - u(0.0, 0.1), 1.0)), bar


def seven_like_a_two_crossed_low(u: Choose) -> Paths:
    return _seven_like_a_two(u)


def seven_curled_below_its_low_bar(u: Choose) -> Paths:
    stem, bar = _seven_like_a_two(u)
    x, y = stem[-1]
    return (*stem, (x - u(0.08, 0.25), y + u(-0.06, 0.06))), bar


def steep_seven(u: Choose) -> Paths:
    x = u(0.6, 0.75)
    return (((x - u(0.42, 0.62), u(0.0, 0.14)), *corner(x, u(0.0, 0.04)), (x + u(-0.1, 0.02), 1.0)),)


def bowed_and_crossed_seven(u: Choose) -> Paths:
    return (*_seven(u, u(-0.12, 0.06))[:-1], (u(0.35, 0.55), u(0.85, 0.95)), (u(0.3, 0.62), 1.0)), _bar(u)


# ---------------------------------------------------------------------------------------------------------------- eight


def _eight(u: Choose, mirror: int, start: float, gap: float) -> Path:
    """The path of an eight from its upper ring, `start` degrees, through the lower and back; `mirror` -1 flips it."""
    waist = u(0.38, 0.55)
    top, bottom = u(0.2, 0.32), u(0.24, 0.4)
    lower = (1 + waist) / 2
    down = arc(0.5, waist / 2, top, waist / 2, start, -230)
    ring = arc(0.5, lower, bottom, 1 - lower, -40, 220)
    back = ((0.5, waist), (0.5 + 0.9 * top, waist * u(0.55, 0.75)), (0.5 + top * u(0.5, 1.0), waist * gap))
    path = (*down, (0.5, waist), *ring, *back)
    return tuple((0.5 + mirror * (x - 0.5), y) for x, y in path)


def eight_in_one_stroke(u: Choose) -> Paths:
    return (_eight(u, 1, u(-60, 0), u(0.1, 0.4)),)


def eight_in_one_stroke_closed_on_top(u: Choose) -> Paths:
    waist, top, bottom = u(0.38, 0.54), u(0.2, 0.3), u(0.24, 0.38)
    lower = (1 + waist) / 2
    down = arc(0.5, waist / 2, top, waist / 2, u(-110, -80), -230)
    ring = arc(0.5, lower, bottom, 1 - lower, -40, 220)
    up = arc(0.5, waist / 2, top, waist / 2, 40, u(-100, -70))
    return ((*down, (0.5, waist), *ring, (0.5, waist), *up),)


def mirrored_eight(u: Choose) -> Paths:
    return (_eight(u, -1, u(-70, -10), u(0.05, 0.35)),)


def eight_open_at_the_top(u: Choose) -> Paths:
    waist = u(0.36, 0.5)
    lower = (1 + waist) / 2
    start = (u(0.6, 0.9), u(0.0, 0.14))
    s = (start, (0.5, 0.0), (0.27, u(0.1, 0.2)), (0.36, waist * 0.75), (0.58, waist + 0.08))
    ring = arc(0.48, lower, u(0.22, 0.34), 1 - lower, -10, 215)
    return ((*s, *ring, (0.5, waist), (u(0.65, 0.85), u(0.1, 0.25)), (u(0.7, 1.05), u(-0.05, 0.15))),)


def ribbon_eight(u: Choose) -> Paths:
    low, half = u(0.84, 1.0), u(0.03, 0.18)
    x = u(0.38, 0.55)
    down = ((u(0.55, 0.9), u(0.0, 0.1)), (0.4, u(0.0, 0.06)), (0.26, u(0.12, 0.22)), (0.42, 0.45), (x + half, 0.78))
    turn = ((x + half * 0.7, low), (x, 1.0), (x - half * 0.8, low), (x - half, 0.78))
    return ((*down, *turn, (0.5, 0.45), (u(0.68, 0.85), u(0.1, 0.2)), (u(0.75, 1.0), u(-0.02, 0.1))),)


def eight_of_two_rings(u: Choose) -> Paths:
    waist = u(0.38, 0.54)
    start, lower_start = u(-130, 130), u(-130, -50)
    upper = arc(0.5 + u(-0.04, 0.06), waist / 2, u(0.18, 0.3), waist / 2, start, start - 360 + u(-20, 30))
    lower = arc(0.5, (1 + waist) / 2, u(0.22, 0.38), (1 - waist) / 2, lower_start, lower_start + 360 + u(-30, 20))
    return upper, lower


def eight_from_the_waist(u: Choose) -> Paths:
    waist, top, bottom = u(0.4, 0.54), u(0.2, 0.3), u(0.24, 0.36)
    lower = (1 + waist) / 2
    up = arc(0.5, waist / 2, top, waist / 2, 130, 410)
    down = arc(0.5, lower, bottom, 1 - lower, -130, u(-500, -465))
    return ((*up, (0.5, waist), *down),)


def eight_written_like_a_three(u: Choose) -> Paths:
    waist = u(0.4, 0.52)
    top = arc(0.48, waist / 2, u(0.22, 0.3), waist / 2, u(90, 180), 420)
    bowl = arc(0.46, (waist + 1) / 2, u(0.26, 0.36), (1 - waist) / 2, -70, u(255, 300))
    return ((*top, *corner(u(0.4, 0.5), waist), *bowl),)


# ----------------------------------------------------------------------------------------------------------------- nine


def _ring_of_nine(u: Choose, end: float) -> Path:
    high = u(0.2, 0.32)
    return arc(0.46, high, u(0.24, 0.36), high, u(-60, 10), end, u(-0.15, 0.1))


def straight_nine(u: Choose) -> Paths:
    x = u(0.74, 0.84)
    return ((*_ring_of_nine(u, u(-375, -330)), *corner(x, u(0.02, 0.22)), (x + u(-0.2, 0.04), 1.0)),)


def slanting_nine(u: Choose) -> Paths:
    x = u(0.74, 0.84)
    return ((*_ring_of_nine(u, u(-375, -330)), *corner(x, u(0.05, 0.25)), (0.6, 0.65), (u(0.2, 0.5), 1.0)),)


def hooked_nine(u: Choose) -> Paths:
    x, low = u(0.72, 0.84), u(0.12, 0.34)
    turn = (
        (x - u(0.0, 0.06), 0.6),
        (x - 0.08, 0.88),
        (0.46, 1.0),
        (low, u(0.9, 1.0)),
        (low - u(0.02, 0.16), u(0.74, 0.9)),
    )
    return ((*_ring_of_nine(u, u(-375, -335)), *corner(x, u(0.04, 0.24)), *turn),)


def wide_hooked_nine(u: Choose) -> Paths:
    x = u(0.7, 0.82)
    turn = ((x, 0.65), (x - u(0.0, 0.1), 0.92), (0.4, 1.0), (0.1, u(0.9, 1.02)), (u(-0.25, 0.0), u(0.85, 1.02)))
    return ((*_ring_of_nine(u, u(-375, -335)), *corner(x, u(0.05, 0.3)), *turn),)


def small_headed_nine(u: Choose) -> Paths:
    wide, high = u(0.12, 0.24), u(0.08, 0.18)
    x = 0.52 + wide
    ring = arc(0.52, high, wide, high, u(-60, 40), u(-375, -290))
    bow, low = u(0.0, 0.12), u(0.0, 0.4)
    turn = ((x + bow, 0.55), (x - 0.06, 0.85), (u(0.4, 0.55), 1.0), (low, u(0.86, 1.0)))
    return ((*ring, *corner(x, u(0.03, 0.25)), *turn),)


def small_headed_nine_on_a_bow(u: Choose) -> Paths:
    wide, high = u(0.1, 0.24), u(0.07, 0.17)
    ring = arc(0.48, high, wide, high, u(-70, 30), u(-375, -310))
    out = u(0.6, 0.88)
    bow = ((0.48 + 0.6 * (out - 0.48), 2 * high + u(0.04, 0.14)), (out, u(0.55, 0.7)), (u(0.45, 0.65), u(0.9, 0.98)))
    return ((*ring, *bow, (u(-0.05, 0.3), u(0.88, 1.02))),)


def open_nine(u: Choose) -> Paths:
    high, x = u(0.22, 0.32), u(0.72, 0.86)
    cup = arc(0.46, high, u(0.26, 0.36), high, u(-90, -40), u(-320, -285))
    hook = u(-1, 1)
    foot = ((0.5, 1.0), (u(0.1, 0.3), 0.94)) if hook > 0 else ((u(0.5, 0.75), 1.0),)
    return ((*cup, *corner(x, u(0.0, 0.2)), (x - 0.04, 0.6), *foot),)


def nine_like_a_g(u: Choose) -> Paths:
    high, x = u(0.2, 0.3), u(0.7, 0.82)
    ring = arc(0.45, high, u(0.24, 0.34), high, u(-40, 0), -370)
    loop = ((x, 0.7), (x - 0.1, 0.96), (0.45, 1.0), (u(0.15, 0.3), 0.9), (u(0.3, 0.45), u(0.75, 0.82)))
    return ((*ring, *corner(x, 0.15), *loop),)


def nine_turned_over(u: Choose) -> Paths:
    high = u(0.22, 0.34)
    ring = arc(0.5, high, u(0.24, 0.34), high, u(30, 80), u(330, 380))
    return ((*ring, (u(0.72, 0.82), 0.55), (u(0.5, 0.7), 0.85), (u(0.15, 0.5), u(0.95, 1.0))),)


def nine_from_the_right(u: Choose) -> Paths:
    high, x = u(0.2, 0.32), u(0.74, 0.86)
    over = (x + u(0.0, 0.2), u(-0.03, 0.12))
    ring = arc(0.46, high, u(0.26, 0.36), high, -70, u(-350, -320))
    return ((over, *ring, *corner(x - 0.04, u(0.05, 0.2)), (x - u(0.02, 0.12), 0.6), (u(0.3, 0.75), 1.0)),)
