"""A third language is one file: the page offers it, and all that speaks speaks it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from cnn import text
from tests.ui.conftest import SEVEN, visits

ROOT = Path(__file__).parent.parent.parent
SERVER = """
import sys
from pathlib import Path
from cnn import text
text.FOLDER = Path(sys.argv[1])
from cnn.models.registry import Models
from cnn.ui.page import build_demo, launch_options
from tests.ui.conftest import FakeClassifier
fake = FakeClassifier()
demo = build_demo(Models([fake], fake.name))
demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
print(demo.local_url, flush=True)
sys.stdin.read()
"""
ITALIAN = {
    "language.name": "Italiano",
    "draw.tab": "Leggere",
    "inside.tab": "Guardare dentro",
    "draw.photo": "Foto",
    "reading.empty_pad": "Disegna una cifra",
    "error.unreadable": "Questo file non si legge.",
}


@pytest.fixture(scope="module")
def italian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app in a process of its own, with a copy of the texts and one more file beside them."""
    folder = tmp_path_factory.mktemp("text")
    shutil.copytree(text.FOLDER, folder, dirs_exist_ok=True)
    (folder / "it.json").write_text(json.dumps({**text.table("en"), **ITALIAN}), encoding="utf-8")
    command = [sys.executable, "-c", SERVER, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        yield server.stdout.readline().strip()
        server.stdin.close()


def test_a_third_language_is_one_file(browser: Browser, italian: str) -> None:
    with visits(browser, italian) as open_page:
        visitor = open_page(locale="en-US")
        page = visitor.page
        expect(visitor.verdict).to_have_text("Draw a digit")
        expect(page.locator(".languages button")).to_have_text(["English", "Français", "Italiano"])
        page.get_by_role("button", name="Italiano").click()
        expect(visitor.verdict).to_have_text("Disegna una cifra")
        expect(page.locator(".pages > .tab-wrapper [role=tab]:visible").first).to_have_text("Leggere")
        expect(page.get_by_role("tab", name="Guardare dentro")).to_be_visible()
        visitor.draw(SEVEN)
        visitor.reads(7)
        expect(visitor.verdict).to_have_text("90,0%")
        page.get_by_role("tab", name="Foto").click()
        page.locator("#photo input[type=file]").set_input_files(
            {"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"}
        )
        expect(page.locator(".toast-body")).to_contain_text("Questo file non si legge.")
        assert not visitor.errors


def test_a_browser_that_speaks_it_is_answered_in_it(browser: Browser, italian: str) -> None:
    with visits(browser, italian) as open_page:
        visitor = open_page(locale="it-IT")
        expect(visitor.verdict).to_have_text("Disegna una cifra")
        expect(visitor.page.get_by_role("button", name="Italiano")).to_have_attribute("aria-pressed", "true")
