"""The last station in a real browser: what travels, and the course's files as they are."""

import contextlib
import io
import json
import shlex
import zipfile
from pathlib import Path

import gradio as gr
import httpx2
from playwright.sync_api import Browser, expect

from cnn.ui import component
from cnn.ui.course import BESIDE, COURSE, ROOT, excerpts, notebooks, starters
from tests.ui.conftest import PHONE, SEVEN, FakeClassifier, Visit, visits


class Reader(Visit):
    """A visitor of the last station."""

    def build(self) -> None:
        """Go there."""
        self.page.locator(".pages > .tab-wrapper [data-tab-id=course]:visible").click()
        expect(self.page.locator(".course")).to_be_visible()

    def view(self, name: str) -> None:
        """Open a view."""
        self.page.locator(f".course [data-view={name}]").click()
        expect(self.page.locator(f".course [data-panel={name}]")).to_be_visible()


def test_what_travels_is_what_the_page_sends(browser: Browser, fake_app: tuple[FakeClassifier, gr.Blocks]) -> None:
    address = fake_app[1].local_url.rstrip("/")
    with visits(browser, address, Reader) as open_page:
        visitor = open_page()
        visitor.build()
        expect(visitor.page.locator(".course .nothing")).to_be_visible()
        visitor.page.locator(".pages > .tab-wrapper [data-tab-id=draw]:visible").click()
        visitor.draw(SEVEN)
        visitor.reads(7)
        visitor.build()
        received = visitor.page.locator(".course .received")
        expect(received).to_contain_text('"label": 7')
        visitor.pad = visitor.page.locator("#pad-course canvas")
        before = len(visitor.last())
        visitor.draw([(0.2, 0.9), (0.8, 0.9)])
        visitor.until(lambda: len(visitor.last()) == before + 1 and b'"lifted":true' in visitor.posts[-1][1])
        url, body = visitor.posts[-1]
        size = visitor.page.locator(".course .facts dd")
        expect(size.nth(1)).to_have_text(f"{len(body)} bytes")
        expect(size.first).to_have_text(f"POST {url.removeprefix(address)}")
        first, *_ = visitor.last()[-1]
        expect(visitor.page.locator(".course .sent")).to_contain_text(json.dumps(first))

        visitor.page.locator(".course .same summary").click()
        programs = visitor.page.locator(".programs code")
        expect(programs).to_have_count(2)
        terminal, script = programs.all_text_contents()
        drawing = {"strokes": visitor.last(), "width": 280, "height": 280}
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(script, {})
        assert "'label': " in printed.getvalue()
        # As a shell would: the ticket of the inner request is asked for by the outer one.
        words = shlex.split(terminal[terminal.index("$(") + 2 : terminal.index(" | cut")])
        assert json.loads(words[words.index("-d") + 1]) == {"data": [drawing, "default"]}
        ticket = httpx2.post(words[2], content=words[-1], headers={"Content-Type": "application/json"}).text.split('"')[
            3
        ]
        assert shlex.split(terminal)[2].startswith(f"{words[2]}/$(")
        assert '"label": ' in httpx2.get(f"{words[2]}/{ticket}", timeout=20).text
        assert visitor.errors == []


def test_the_code_that_is_shown_is_the_files(browser: Browser, fake_app: tuple[FakeClassifier, gr.Blocks]) -> None:
    with visits(browser, fake_app[1].local_url, Reader) as open_page:
        visitor = open_page(viewport=PHONE, locale="fr-FR", has_touch=True)
        visitor.build()
        visitor.view("starters")
        expect(visitor.page.locator("#pad-course")).to_be_hidden()
        cards = visitor.page.locator(".starters > li")
        expect(cards).to_have_count(4)
        for name, card in zip((one["name"] for one in starters()), cards.all(), strict=True):
            card.locator("summary").click()
            titles = card.locator("h4")
            expect(titles.first).to_be_visible()
            for title, code in zip(titles.all(), card.locator(".numbered").all(), strict=True):
                file = COURSE / name / title.evaluate("node => node.firstChild.data")
                assert code.text_content() == file.read_text("utf-8").removesuffix("\n")
        with visitor.page.expect_download() as downloading:
            cards.last.get_by_role("button", name="Télécharger").click()
        archive = zipfile.ZipFile(Path(downloading.value.path()))
        shared = [COURSE / "page-js" / name for name in ("words.js", "pad.js", "style.css")]
        files = [*(COURSE / "browser-onnx").iterdir(), *shared]
        assert {*archive.namelist()} == {path.relative_to(ROOT).as_posix() for path in files}
        for name in archive.namelist():
            assert archive.read(name) == (ROOT / name).read_bytes()
        visitor.view("notebooks")
        with visitor.page.expect_download() as downloading:
            visitor.page.locator(".notebooks button").first.click()
        assert downloading.value.suggested_filename == "cnn.fr.ipynb"
        assert Path(downloading.value.path()).read_bytes() == (COURSE / "cnn.fr.ipynb").read_bytes()
        for view in ("wire", "starters", "notebooks", "adapt"):
            visitor.view(view)
            assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert visitor.errors == []


def test_a_page_fetches_no_file_before_it_is_wanted() -> None:
    wanted = [one["files"] for one in starters()] + [one["text"] for one in notebooks()]
    wanted += [address for one in starters() for address in one["beside"].values()]
    assert len(wanted) == len(set(wanted)) == 8 + sum(map(len, BESIDE.values()))
    served = component._served.keys() | component._files.keys()
    assert all(f"/{address}" in served and address not in component.head() for address in wanted)
    server = (COURSE / "server-gradio" / "server.py").read_text("utf-8")
    assert all(text in server for text in excerpts().values())
