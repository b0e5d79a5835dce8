"""The README's pictures: the real app with its bundled weights, a seven drawn on it. `python -m tests.ui.picture`"""

from pathlib import Path

from playwright.sync_api import sync_playwright

from cnn.models import registry
from cnn.ui.page import build_demo, launch_options
from tests.ui.conftest import CHROMIUM, FLAGS, Visit

PICTURES = Path(__file__).parents[2] / "assets" / "pictures"
SIZE = {"width": 1280, "height": 760}


def main() -> None:
    """Start the app, draw, look inside, test it to breaking, and write draw.png, inside.png and stress.png."""
    demo = build_demo(registry.load_all())
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
        PICTURES.mkdir(parents=True, exist_ok=True)
        visit.page.screenshot(path=PICTURES / "draw.png")
        visit.page.get_by_role("tab", name="Look inside").click()
        visit.page.locator(".layer[data-layer=logits] .outputs").wait_for()
        visit.page.wait_for_timeout(500)  # the pad has its drawing
        visit.page.screenshot(path=PICTURES / "inside.png")
        visit.page.set_viewport_size({**SIZE, "height": 1000})
        visit.page.get_by_role("tab", name="Stress test").click()
        visit.page.locator("[data-view=breaking]").click()
        visit.page.locator(".chart svg").wait_for()
        visit.page.wait_for_timeout(500)
        visit.page.screenshot(path=PICTURES / "stress.png")
        browser.close()
    demo.close()
    print(PICTURES)


if __name__ == "__main__":
    main()
