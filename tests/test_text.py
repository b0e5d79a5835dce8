"""Both languages say the same things, and nothing that nobody says."""

import json
import re
import shutil
from pathlib import Path

import pytest

from cnn import text
from cnn.models.registry import bundled
from cnn.text import languages, preferred, say, table
from cnn.types import InputError

ROOT = Path(__file__).parent.parent
FILES = [path for path in (ROOT / "cnn").rglob("*") if path.suffix in (".py", ".js", ".html")]
SOURCES = "".join(path.read_text(encoding="utf-8") for path in FILES)
SOURCES = re.sub(r"<!-- task (\w+)/(\w+) -->", r"\1.\2_hint \1.\2_try \1.\2_answer", SOURCES)


def fields(text: str) -> set[str]:
    return set(re.findall(r"(?<!\{)\{(\w+)\}", text))


def test_every_key_stands_in_every_language_with_the_same_fields() -> None:
    english = table("en")
    for language in languages():
        other = table(language)
        assert other.keys() == english.keys()
        assert [key for key in english if fields(english[key]) != fields(other[key])] == []
        assert [key for key, text in other.items() if not text.strip()] == []


def test_french_is_not_english() -> None:
    same = [key for key, text in table("fr").items() if text == table("en")[key] and len(text.split()) > 2]
    assert same == []


def is_used(key: str) -> bool:
    """By its whole name, or by its last part where a family is looked up (error., reading.reason., network.)."""
    key = re.sub(r"\.(symbol|picture)$", "", key)  # what is said where there are no digits, or no pen
    key = re.sub(r"\.(one|other|many|few|two|zero)$", "", key)  # forms of a plural, which a rule chooses
    last = key.rsplit(".", 1)[-1]
    return key in SOURCES or any(f"{quote}{last}{quote}" in SOURCES for quote in "\"'`") or last in bundled()


def test_every_key_is_used() -> None:
    assert not is_used("error.that_nobody_says")
    assert [key for key in table("en") if not is_used(key)] == []


def test_an_error_speaks_both_languages() -> None:
    error = InputError("unknown_model", name="x", valid="course")
    assert str(error) == 'There is no model named "x"; the models are: course.'
    assert error.say("fr").startswith("Il n’y a pas de modèle")


@pytest.mark.parametrize(
    ("header", "language"),
    [(None, "en"), ("", "en"), ("fr", "fr"), ("fr-CA,fr;q=0.9,en;q=0.8", "fr"), ("de,fr;q=0.9", "en"), ("FR", "fr")],
)
def test_language_of_a_browser(header: str | None, language: str) -> None:
    assert preferred(header) == language


def test_strokes_sentence_shows_its_braces() -> None:
    assert '{"strokes": [[[x, y], ...], ...]' in say("error.strokes", limit=5)


def test_french_is_not_broken_before_its_signs() -> None:
    broken = [key for key, words in table("fr").items() if re.search(r" [;:?!%»]|« ", words)]
    assert broken == []
    assert say("error.empty_file", "fr").startswith("Ce fichier est vide\u00a0; ")


def test_a_file_is_a_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(text.FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "it.json").write_text(json.dumps({**table("en"), "error.empty_file": "Vuoto."}), encoding="utf-8")
    monkeypatch.setattr(text, "FOLDER", tmp_path)
    assert languages() == ("en", "fr", "it")
    assert preferred("it-CH,it;q=0.9,en;q=0.8") == "it"
    assert InputError("empty_file").say("it") == "Vuoto."


@pytest.mark.parametrize("language", languages())
def test_where_there_are_no_digits_a_text_of_symbols_has_the_same_fields_and_speaks_of_none(language: str) -> None:
    words = table(language)
    of_others = [key for key in words if key.endswith((".symbol", ".picture"))]
    assert of_others
    for key in of_others:
        assert fields(words[key]) == fields(words[key.rpartition(".")[0]])
        assert not re.search("digit|chiffre|MNIST", words[key], re.IGNORECASE), key


@pytest.mark.parametrize("language", languages())
def test_where_there_is_no_pen_nothing_is_said_of_drawing(language: str) -> None:
    words = table(language)
    said = {key: text for key, text in words.items() if key.endswith(".picture")}
    said |= {key: text for key, text in words.items() if key.endswith(".symbol") and f"{key[:-7]}.picture" not in said}
    wrong = [key for key, text in said.items() if re.search("draw|symbol|dessin|symbole", text, re.IGNORECASE)]
    assert wrong == ["pad.canvas.symbol", "reading.empty_pad.symbol"]  # of the pad alone
