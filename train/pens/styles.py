"""The styles in which our own pen writes digits, as a table. Knows no hand, no network and no file.

They are those of school copybooks of Europe and America, and what hurried hands make of them; no outside handwriting is
traced. Where a style is taught is told in broad strokes, for readers: nothing is drawn by it.

A new style is one row, and its drawing one function of train/pens/drawings.py.
"""

from typing import NamedTuple

from train.pens import drawings
from train.pens.drawings import Drawing

# Where a style is taught.
EVERYWHERE = "everywhere"
NORTH_AMERICA = "North America"
BRITAIN = "Britain"
FRANCE = "France"
CENTRAL_EUROPE = "Germany and its neighbours"
EUROPE = "continental Europe"
COPYBOOKS = "older copybooks, joined hands"
# What no school teaches.
PRINT = "nowhere: after type"
TECHNICIANS = "nowhere: technicians, to tell it from a letter"
HASTE = "nowhere: in haste"
HABIT = "nowhere: a hand's own habit"


class Style(NamedTuple):
    """One way to write a digit; among those of its `label` it is met in proportion to its `weight`."""

    label: int
    name: str
    taught: str
    weight: float
    drawing: Drawing


STYLES = (
    # 0
    Style(0, "oval zero", EVERYWHERE, 3, drawings.oval_zero),
    Style(0, "clockwise zero", HABIT, 1, drawings.clockwise_zero),
    Style(0, "zero open at the top", HASTE, 0.7, drawings.zero_open_at_the_top),
    Style(0, "tailed zero", HASTE, 1.2, drawings.tailed_zero),
    Style(0, "zero entered from above", HASTE, 1, drawings.zero_entered_from_above),
    Style(0, "zero begun above its ring", HASTE, 1.5, drawings.zero_begun_above_its_ring),
    Style(0, "zero curled in", HASTE, 1.8, drawings.zero_curled_in),
    Style(0, "slashed zero", TECHNICIANS, 1, drawings.slashed_zero),
    Style(0, "zero slashed back", TECHNICIANS, 0.2, drawings.zero_slashed_back),
    # 1
    Style(1, "plain one", NORTH_AMERICA, 2, drawings.plain_one),
    Style(1, "flagged one", EUROPE, 3, drawings.flagged_one),
    Style(1, "long-flagged one", FRANCE, 1, drawings.long_flagged_one),
    Style(1, "leaning one", EUROPE, 3.5, drawings.leaning_one),
    Style(1, "one rounded at its tip", HASTE, 1.2, drawings.one_rounded_at_its_tip),
    Style(1, "wave-flagged one", CENTRAL_EUROPE, 2, drawings.wave_flagged_one),
    Style(1, "one flagged back to its stem", HASTE, 1.5, drawings.one_flagged_back_to_its_stem),
    Style(1, "curled one", HABIT, 0.8, drawings.curled_one),
    Style(1, "flat-flagged one", PRINT, 0.1, drawings.flat_flagged_one),
    Style(1, "footed one", PRINT, 2, drawings.footed_one),
    Style(1, "footed bar", PRINT, 0.7, drawings.footed_bar),
    Style(1, "one footed in one stroke", PRINT, 1, drawings.one_footed_in_one_stroke),
    Style(1, "seriffed one", PRINT, 0.5, drawings.seriffed_one),
    Style(1, "hooked one", HASTE, 0.6, drawings.hooked_one),
    # 2
    Style(2, "straight two", NORTH_AMERICA, 3, drawings.straight_two),
    Style(2, "looped two", COPYBOOKS, 2, drawings.looped_two),
    Style(2, "two with a rounded base", HASTE, 1, drawings.two_with_a_rounded_base),
    Style(2, "two with a pointed top", HASTE, 0.8, drawings.two_with_a_pointed_top),
    Style(2, "two with a hooked top", COPYBOOKS, 0.8, drawings.two_with_a_hooked_top),
    Style(2, "two with a waved base", COPYBOOKS, 1, drawings.two_with_a_waved_base),
    # 3
    Style(3, "round three", EVERYWHERE, 3, drawings.round_three),
    Style(3, "three with a looped waist", COPYBOOKS, 1, drawings.three_with_a_looped_waist),
    Style(3, "waistless three", HASTE, 0.8, drawings.waistless_three),
    Style(3, "flat three", EUROPE, 1.5, drawings.flat_three),
    Style(3, "flat three with a serif", PRINT, 0.5, drawings.flat_three_with_a_serif),
    Style(3, "long-tailed three", COPYBOOKS, 0.8, drawings.long_tailed_three),
    # 4
    Style(4, "open four", NORTH_AMERICA, 2, drawings.open_four),
    Style(4, "open and round four", CENTRAL_EUROPE, 1.5, drawings.open_and_round_four),
    Style(4, "open four in one stroke", HASTE, 1.5, drawings.open_four_in_one_stroke),
    Style(4, "lightning four", CENTRAL_EUROPE, 0.8, drawings.lightning_four),
    Style(4, "closed four", PRINT, 1.5, drawings.closed_four),
    Style(4, "closed four in one stroke", PRINT, 1.5, drawings.closed_four_in_one_stroke),
    Style(4, "four rounded like a nine", HASTE, 0.15, drawings.four_rounded_like_a_nine),
    Style(4, "closed and round four", HASTE, 1, drawings.closed_and_round_four),
    Style(4, "narrow and open four", HASTE, 1, drawings.narrow_and_open_four),
    Style(4, "short-stemmed four", EUROPE, 1.5, drawings.short_stemmed_four),
    Style(4, "four crossed by its bar", CENTRAL_EUROPE, 1, drawings.four_crossed_by_its_bar),
    # 5
    Style(5, "five in one stroke", HASTE, 3, drawings.five_in_one_stroke),
    Style(5, "rounded five", HASTE, 1.5, drawings.rounded_five),
    Style(5, "five like an s", HASTE, 1.5, drawings.five_like_an_s),
    Style(5, "hatted five", EVERYWHERE, 3, drawings.hatted_five),
    Style(5, "straight-hatted five", EUROPE, 1, drawings.straight_hatted_five),
    Style(5, "slanting five", COPYBOOKS, 0.8, drawings.slanting_five),
    Style(5, "small-bellied five", HABIT, 0.6, drawings.small_bellied_five),
    # 6
    Style(6, "curved six", EVERYWHERE, 3, drawings.curved_six),
    Style(6, "straight six", NORTH_AMERICA, 2, drawings.straight_six),
    Style(6, "six like a b", HABIT, 1.5, drawings.six_like_a_b),
    Style(6, "small-looped six", COPYBOOKS, 1, drawings.small_looped_six),
    Style(6, "six crossing itself", HASTE, 1, drawings.six_crossing_itself),
    Style(6, "curled six", HABIT, 0.6, drawings.curled_six),
    Style(6, "open six", HASTE, 0.8, drawings.open_six),
    # 7
    Style(7, "plain seven", NORTH_AMERICA, 3, drawings.plain_seven),
    Style(7, "crossed seven", EUROPE, 4, drawings.crossed_seven),
    Style(7, "hooked seven", FRANCE, 1, drawings.hooked_seven),
    Style(7, "hooked and crossed seven", FRANCE, 1.5, drawings.hooked_and_crossed_seven),
    Style(7, "round seven", HASTE, 1, drawings.round_seven),
    Style(7, "round and crossed seven", HASTE, 2, drawings.round_and_crossed_seven),
    Style(7, "waved seven", BRITAIN, 0.8, drawings.waved_seven),
    Style(7, "waved and crossed seven", CENTRAL_EUROPE, 2.5, drawings.waved_and_crossed_seven),
    Style(7, "seven like a two, crossed low", HASTE, 1.5, drawings.seven_like_a_two_crossed_low),
    Style(7, "seven curled below its low bar", HASTE, 1, drawings.seven_curled_below_its_low_bar),
    Style(7, "steep seven", HASTE, 0.4, drawings.steep_seven),
    Style(7, "bowed and crossed seven", EUROPE, 0.8, drawings.bowed_and_crossed_seven),
    # 8
    Style(8, "eight in one stroke", EVERYWHERE, 3, drawings.eight_in_one_stroke),
    Style(8, "eight in one stroke, closed on top", EVERYWHERE, 2, drawings.eight_in_one_stroke_closed_on_top),
    Style(8, "mirrored eight", HABIT, 1, drawings.mirrored_eight),
    Style(8, "eight open at the top", HASTE, 1.5, drawings.eight_open_at_the_top),
    Style(8, "ribbon eight", HASTE, 2, drawings.ribbon_eight),
    Style(8, "eight of two rings", HABIT, 1.5, drawings.eight_of_two_rings),
    Style(8, "eight from the waist", HABIT, 0.8, drawings.eight_from_the_waist),
    Style(8, "eight written like a three", HASTE, 0.15, drawings.eight_written_like_a_three),
    # 9
    Style(9, "straight nine", NORTH_AMERICA, 3, drawings.straight_nine),
    Style(9, "slanting nine", COPYBOOKS, 1.5, drawings.slanting_nine),
    Style(9, "hooked nine", EUROPE, 3, drawings.hooked_nine),
    Style(9, "wide-hooked nine", EUROPE, 1, drawings.wide_hooked_nine),
    Style(9, "small-headed nine", HASTE, 2.5, drawings.small_headed_nine),
    Style(9, "small-headed nine on a bow", HASTE, 2, drawings.small_headed_nine_on_a_bow),
    Style(9, "open nine", HASTE, 1.5, drawings.open_nine),
    Style(9, "nine like a g", HASTE, 1.2, drawings.nine_like_a_g),
    Style(9, "nine turned over", HABIT, 1.2, drawings.nine_turned_over),
    Style(9, "nine from the right", HABIT, 1.2, drawings.nine_from_the_right),
)
