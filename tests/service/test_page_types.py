"""The page's types are Python's."""

import numpy as np
import pytest
from PIL import Image
from pydantic import TypeAdapter

from cnn.models.registry import Models
from cnn.service import draw
from cnn.types import Shades, Tiles
from cnn.ui.draw import number, reading
from cnn.ui.types import FILE, Writer, page_types


def test_what_is_committed_is_what_the_command_writes() -> None:
    assert FILE.read_text(encoding="utf-8") == page_types()


@pytest.mark.parametrize(
    ("hint", "written"),
    [
        (str | None, "string | null"),
        (list[int | None], "(number | null)[]"),
        (dict[str, list[float]], "Record<string, number[]>"),
        (tuple[float, bool], "[number, boolean]"),
        (tuple[float, ...], "number[]"),
        (np.ndarray | None, "Packed | null"),
        (Shades | None, "Shades | null"),
        (Tiles, "Shades"),
    ],
)
def test_types_by_example(hint: object, written: str) -> None:
    assert Writer().of(hint) == written


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(TypeError, match="has no form in JSON"):
        Writer().of(Models)


def test_what_was_read_is_sent_as_it_is_typed(models: Models) -> None:
    strokes = {"strokes": [[[140, 60], [140, 220]]], "width": 280, "height": 280}
    photo = Image.new("L", (280, 280), 255)
    photo.paste(0, (135, 60, 145, 220))
    shown = [
        reading.nothing("photo"),
        reading.answer(*draw.read_drawing(models, strokes), "pad", "drawn", strokes),
        reading.answer(*draw.read_photo(models, photo), "photo", "uploaded"),
    ]
    for one in shown:
        TypeAdapter(reading.ReadingShown).validate_python(one, strict=True)
    assert shown[2]["steps"]
    numbers = [number.nothing("photo")]
    found, first = draw.read_number_drawing(models, strokes)
    numbers.append(number.pad_answer(found, strokes, first))
    found, first = draw.read_number_photo(models, photo)
    numbers.append(number.photo_answer(found, photo, first))
    for one in numbers:
        TypeAdapter(number.NumberAnswer).validate_python(one, strict=True)
    assert numbers[1].keys() - numbers[2].keys() == {"strokes"}
