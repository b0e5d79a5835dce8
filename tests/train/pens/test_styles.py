"""The table of styles."""

from collections import Counter

from cnn.task import DIGITS
from train.pens import drawings
from train.pens.styles import STYLES


def test_every_style_has_a_name_of_its_own_and_every_digit_several_styles() -> None:
    assert len({style.name for style in STYLES}) == len(STYLES)
    styles = Counter(style.label for style in STYLES)
    assert set(styles) == set(range(DIGITS.count))
    assert min(styles.values()) > 5


def test_every_style_says_where_it_is_taught_and_may_be_met() -> None:
    for style in STYLES:
        assert style.taught
        assert style.weight > 0


def test_every_drawing_is_a_styles_and_no_two_share_one() -> None:
    drawn = [style.drawing.__name__ for style in STYLES]
    assert len(set(drawn)) == len(drawn)
    public = {name for name, made in vars(drawings).items() if getattr(made, "__module__", "") == drawings.__name__}
    assert {name for name in public if not name.startswith("_")} - {"arc", "corner"} == set(drawn)
