"""A picture of a thing: what stands before an even background, light on dark, in a square."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from cnn.framing.frame import frame
from cnn.framing.ink import from_image
from cnn.framing.picture import from_picture
from cnn.task import DIGITS, SIDE, Task


def thing(size: tuple[int, int], box: tuple[int, int, int, int], thing: int, background: int) -> Image.Image:
    """A rectangle of one tone before a background of another."""
    image = Image.new("L", size, background)
    ImageDraw.Draw(image).rectangle(box, fill=thing)
    return image


@pytest.mark.parametrize(("tone", "background"), [(20, 250), (230, 10), (0, 200), (255, 60)])
def test_what_stands_before_an_even_background_is_light_on_black(tone: int, background: int) -> None:
    framed = from_picture(thing((300, 400), (100, 50, 179, 349), tone, background)).image
    rows, columns = (np.flatnonzero((framed > 0.5).any(axis)) for axis in (1, 0))
    assert (rows[0], rows[-1]) == (0, SIDE - 1)  # as high as the square
    assert len(columns) == pytest.approx(SIDE * 80 / 300, abs=1)
    assert columns[0] + columns[-1] == pytest.approx(SIDE - 1, abs=1)  # in its middle
    assert framed[:, 0].max() == 0
    assert framed[14, 14] > 0.85


def test_a_picture_without_an_even_background_is_taken_whole() -> None:
    rng = np.random.default_rng(0)
    noise = Image.fromarray(rng.integers(0, 256, (56, 112), np.uint8))
    framed = from_picture(noise).image
    assert max(framed[:6].max(), framed[22:].max()) == 0  # twice as wide as high
    assert framed[8:20].mean() == pytest.approx(np.asarray(noise).mean() / 255, abs=0.02)


def test_what_has_the_networks_own_size_is_taken_as_it_is() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE), np.uint8)
    np.testing.assert_allclose(from_picture(Image.fromarray(pixels)).image, pixels / 255, atol=1e-6)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "I;16"])
def test_of_any_mode_and_size_it_makes_a_square_of_shares(mode: str) -> None:
    for size in ((1, 1), (3, 900), (2000, 40)):
        framed = from_picture(thing((50, 50), (10, 10, 40, 30), 0, 255).convert("L").resize(size).convert(mode))
        assert framed.image.shape == (SIDE, SIDE)
        assert framed.image.dtype == np.float32
        assert 0 <= framed.image.min() <= framed.image.max() <= 1
        assert [step.name for step in framed.steps] == ["step.sent", "step.grey", "step.light", "step.square"]


def test_nothing_but_background_is_blank() -> None:
    assert from_picture(Image.new("RGB", (90, 60), "white")).blank
    assert from_picture(Image.new("RGB", (90, 60), "black")).blank


def test_a_task_says_how_its_pictures_are_framed() -> None:
    image = thing((120, 160), (50, 20, 70, 140), 0, 255)
    garments = Task(("coat", "bag"), framing="picture")
    np.testing.assert_array_equal(frame(image, DIGITS).image, from_image(image).image)
    np.testing.assert_array_equal(frame(image, garments).image, from_picture(image).image)
    assert DIGITS.drawn
    assert not garments.drawn
