"""The README's snippets work as written: in Python here, in JavaScript and in a page by a real browser in tests/ui."""

import re
from pathlib import Path

import pytest
from gradio_client import Client
from PIL import Image

import train.card
from tests.test_readme import README


def snippet(language: str, part: str) -> str:
    """The README's first snippet in a language that holds `part`."""
    return next(code for code in re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL) if part in code)


def test_python(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    page = Image.new("L", (60, 60))
    page.paste(train.card._example(), (16, 16))
    page.save(tmp_path / "seven.png")
    monkeypatch.chdir(tmp_path)
    exec(snippet("python", "gradio_client").replace("http://127.0.0.1:7860", client.src), {})
    assert re.search(r"^7 0\.\d+$", capsys.readouterr().out, re.MULTILINE)
