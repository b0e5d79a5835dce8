"""The README's picture: the real app with its bundled weights, and a seven drawn on it. `python -m tests.ui.picture`"""

from pathlib import Path

from playwright.sync_api import sync_playwright

import cnn.hub
from cnn.ui import build_demo, launch_options
from tests.ui.conftest import CHROMIUM, FLAGS, Visit

PICTURE = Path(__file__).parents[2] / "assets" / "pictures" / "draw.png"
SIZE = {"width": 1280, "height": 760}


def main() -> None:
    """Start the app, draw, and write PICTURE."""
    demo = build_demo(cnn.hub.load_all())
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        visit = Visit(browser.new_page(viewport=SIZE, locale="en-US"))
        visit.page.goto(demo.local_url)
        visit.page.get_by_role("button", name="Example: 7").nth(1).click()
        visit.reads(7)
        visit.page.wait_for_function("!document.querySelector('[data-drawing]')")
        visit.page.wait_for_timeout(1000)  # the bars have moved
        visit.page.mouse.move(SIZE["width"] - 1, SIZE["height"] - 1)
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        visit.page.screenshot(path=PICTURE)
        browser.close()
    demo.close()
    print(PICTURE)


if __name__ == "__main__":
    main()
