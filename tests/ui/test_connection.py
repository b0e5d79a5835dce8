"""A server that is away, in a real browser: the page says so, greys what is not up to date, and goes on by itself."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.ui.conftest import ONE, SEVEN, Visit

Visiting = Callable[..., Visit]
OPACITY = "node => Number(getComputedStyle(node).opacity)"


def test_a_lost_server_is_told_and_found_again(visit: Visiting) -> None:
    visitor = visit(locale="fr-FR")
    lost, toasts = visitor.page.locator("#connection"), visitor.page.locator(".toast-body")
    visitor.draw(ONE)
    visitor.reads(1)
    assert visitor.reading.evaluate(OPACITY) == 1
    visitor.page.context.set_offline(True)
    visitor.draw([(0.2, 0.2), (0.8, 0.2)])
    expect(lost).to_contain_text("La connexion au serveur est perdue")
    assert visitor.reading.evaluate(OPACITY) < 1
    visitor.reads(1)
    visitor.page.context.set_offline(False)
    expect(lost).to_be_empty()
    visitor.reads(7)
    assert visitor.reading.evaluate(OPACITY) == 1
    expect(toasts).to_have_count(0)
    assert not visitor.errors


def test_a_proxy_that_answers_for_its_server_is_no_server_and_another_server_gets_a_fresh_page(visit: Visiting) -> None:
    visitor = visit()
    away = {"status": 502, "body": "Bad gateway", "content_type": "text/html"}
    visitor.intercept("**/gradio_api/**", lambda route: route.fulfill(**away))
    visitor.draw(SEVEN)
    expect(visitor.page.locator("#connection")).to_contain_text("The connection to the server is lost")
    visitor.page.evaluate("document.body.dataset.before = ''")
    visitor.page.unroute_all()
    visitor.page.route("**/gradio_api/app_id", lambda route: route.fulfill(json={"app_id": "another"}))
    expect(visitor.page.locator("body[data-before]")).to_have_count(0)
    visitor.reads(7)
    expect(visitor.page.locator("#connection")).to_be_empty()


# Whether the browser has kept the page, which it does last.
KEPT = """async () => {
    const caches = await Promise.all((await window.caches.keys()).map((name) => window.caches.open(name)));
    return (await Promise.all(caches.map((cache) => cache.match(location.origin + "/")))).some(Boolean);
}"""


def test_a_page_that_was_here_before_opens_without_its_server_and_is_drawn_on(visit: Visiting) -> None:
    visitor = visit(service_workers="allow")
    visitor.until(lambda: visitor.page.evaluate(KEPT))
    visitor.page.context.set_offline(True)
    home = visitor.page.url.split("?")[0] + "?lang=fr"
    visitor.go(home)
    visitor.draw(ONE)
    expect(visitor.page.locator("#connection")).to_contain_text("La connexion au serveur est perdue")
    # By a link, as somebody sends it, too: what is drawn and bent there stands there, and is answered later.
    visitor.go(home + "#draw/digit?drawing=261k5m1k3i6m&bend=rotation%7E45")
    visitor.until(lambda: visitor.inked() > 0)
    visitor.page.context.set_offline(False)
    visitor.reads(7)
    expect(visitor.page).to_have_url(re.compile(r"\?drawing=261k5m1k3i6m&bend=rotation%7E45$"))
    expect(visitor.page.locator("#connection")).to_be_empty()
    assert not visitor.errors


def test_the_page_is_an_app_of_its_own(visit: Visiting) -> None:
    """By what a browser makes of its manifest, seen from wherever that stands."""
    page = visit().page
    told = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert told["errors"] == []
    manifest = told["manifest"]
    assert manifest["startUrl"] == manifest["scope"] == page.url.split("?")[0]
    for icon in manifest["icons"]:
        picture = page.request.get(icon["url"])
        assert picture.headers["content-type"] == icon["type"]
