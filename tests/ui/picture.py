"""The README's pictures: the real app with its bundled weights, a seven drawn on it; and the page's icon for phones.

`python -m tests.ui.picture`, or `python -m tests.ui.picture icon` for that alone.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from cnn.files import whole, write_whole
from cnn.models import registry
from cnn.ui.page import build_demo, launch_options
from tests.ui.conftest import CHROMIUM, FLAGS, GREETED, Visit, open_tab

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "assets" / "pictures"
ICON = ROOT / "cnn" / "ui" / "web" / "icon.svg"
SIZE = {"width": 1280, "height": 760}
SEVEN = [[(0.3, 0.26), (0.5, 0.25), (0.7, 0.26), (0.6, 0.48), (0.5, 0.66), (0.44, 0.8)], [(0.4, 0.52), (0.68, 0.5)]]
WIDTH, COLOURS = 800, 128  # of the moving picture: pixels, and how many colours
Frame = tuple[Image.Image, int]  # a picture, and how many milliseconds it stays


def main() -> None:
    """Start the app, draw, look inside, test it to breaking, and write moving.gif, inside.png and stress.png."""
    models = registry.load_all()
    models.prepare()
    demo = build_demo(models)
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        visit = Visit(browser.new_page(viewport=SIZE, locale="en-US"))
        visit.page.add_init_script(GREETED)
        visit.go(demo.local_url)
        write(list(drawing(visit)), PICTURES / "moving.gif")
        visit.go(demo.local_url)
        visit.page.get_by_role("button", name="Example: 7").nth(1).click()
        visit.reads(7)
        visit.page.wait_for_function("!document.querySelector('[data-drawing]')")
        visit.page.wait_for_timeout(1000)  # the bars have moved
        visit.page.mouse.move(SIZE["width"] - 1, SIZE["height"] - 1)
        visit.page.set_viewport_size({**SIZE, "height": 1280})
        visit.page.evaluate("location.hash = '#inside/hand'")
        visit.page.locator(".inside .bench .movable").first.wait_for()
        visit.page.evaluate("scrollTo(0, 0)")
        visit.page.wait_for_timeout(1000)  # the pad has its drawing
        write_whole(PICTURES / "inside.png", visit.page.screenshot())
        visit.page.set_viewport_size({**SIZE, "height": 1000})
        open_tab(visit.page, "Stress test")
        visit.page.locator("[data-view=breaking]").click()
        visit.page.locator(".chart svg").wait_for()
        visit.page.wait_for_timeout(500)
        write_whole(PICTURES / "stress.png", visit.page.screenshot())
        browser.close()
    demo.close()
    print(PICTURES)


def icon() -> None:
    """Write icon.png beside icon.svg, as its 512 pixels are drawn by a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport={"width": 512, "height": 512})
        page.goto(ICON.as_uri())
        write_whole(ICON.with_suffix(".png"), page.screenshot())
        browser.close()


def drawing(visit: Visit) -> Iterator[Frame]:
    """A crossed seven as it is drawn and read, then looked into and turned until it is lost."""
    for stroke in SEVEN:
        along = np.linspace(0, len(stroke) - 1, 5 * len(stroke))
        axes = list(zip(*stroke, strict=True))
        places = [visit.at(tuple(np.interp(at, range(len(stroke)), axis) for axis in axes)) for at in along]
        visit.page.mouse.move(*places[0])
        visit.page.mouse.down()
        for place in places[1:]:
            visit.page.mouse.move(*place, steps=3)
            visit.page.wait_for_timeout(120)  # it is read meanwhile
            yield shot(visit, 70)
        visit.page.mouse.up()
    visit.page.wait_for_timeout(1000)
    yield shot(visit, 1600)
    visit.page.get_by_role("tab", name="Understand").click()
    visit.page.locator(".layer[data-layer=logits] .outputs").wait_for()
    visit.page.wait_for_timeout(1000)
    yield shot(visit, 2200)
    open_tab(visit.page, "Stress test")
    slider = visit.page.locator(".stress input[type=range]").first
    visit.page.locator(".stress .answers > li").first.wait_for()
    for angle in range(0, 81, 5):
        slider.fill(str(angle))
        visit.page.wait_for_timeout(600)
        yield shot(visit, 170)
    yield shot(visit, 1500)


def shot(visit: Visit, milliseconds: int) -> Frame:
    """The page as it is now, smaller, for so long."""
    picture = Image.open(io.BytesIO(visit.page.screenshot())).convert("RGB")
    size = (WIDTH, round(WIDTH * picture.height / picture.width))
    return picture.resize(size, Image.Resampling.LANCZOS), milliseconds


def write(frames: list[Frame], path: Path) -> None:
    """Write frames as a GIF that goes on for ever, in the colours of the last one."""
    palette = frames[-1][0].quantize(COLOURS)
    pictures = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture, _ in frames]
    times = [milliseconds for _, milliseconds in frames]
    with whole(path) as aside:
        pictures[0].save(aside, save_all=True, append_images=pictures[1:], duration=times, loop=0, optimize=True)


if __name__ == "__main__":
    icon()
    if sys.argv[1:] != ["icon"]:
        main()
