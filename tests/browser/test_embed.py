"""A page of another site frames ours: the map and the list work there, and nothing is left behind."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FrameLocator, expect

from tests.browser.conftest import Visitor, until

# The data is committed, for the server's threads to see; a test reads it and leaves it.
pytestmark = pytest.mark.django_db

LOOK = "show=both&colour=blue&title=Chez+nous"


class Host(BaseHTTPRequestHandler):
    """A page of somebody else that holds the frame its address asks for."""

    def do_GET(self) -> None:
        src = parse_qs(urlsplit(self.path).query).get("src", [""])[0].replace("&", "&amp;")
        frame = f'<iframe src="{src}" title="Maillage" width="100%" height="600"></iframe>'
        body = (
            '<!doctype html><html lang="fr"><meta charset="utf-8"><title>Ailleurs</title>'
            '<meta name="viewport" content="width=device-width"><main><h1>Ailleurs</h1>'
            f"{frame}</main></html>"
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_args: Any) -> None:
        """Nothing: the tests tell what fails."""


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    """Another origin than that of the site, which is at « localhost »."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def framed(visitor: Visitor, host: str, address: str) -> FrameLocator:
    """The frame of a page of ours in a page of theirs."""
    visitor.page.goto(f"{host}/?src={(visitor.base + address).replace('&', '%26')}")
    return visitor.page.frame_locator("iframe")


def inside(visitor: Visitor) -> Any:
    return visitor.page.frames[1]


def agreed(visitor: Visitor) -> None:
    inside(visitor).wait_for_function("""() => {
      const results = document.querySelector("[data-results]").dataset;
      const map = document.querySelector("[data-map]").dataset;
      return results.bbox === map.drawn && map.matched === results.placed;
    }""")


def test_the_map_and_the_list_work_in_a_page_of_another_site(visitor: Visitor, host: str) -> None:
    frame = framed(visitor, host, f"/embed/?territory=departement-23&{LOOK}")
    expect(frame.get_by_role("heading", name="Chez nous")).to_be_visible()
    agreed(visitor)
    everything = frame.locator("[data-results]").get_attribute("data-count")
    marks = frame.locator(".mark").count()
    assert marks > 1
    expect(frame.locator(".outline-sought")).to_have_count(1)

    for _time in range(2):
        before = inside(visitor).url
        frame.get_by_role("button", name="Zoomer", exact=True).click()
        inside(visitor).wait_for_function("(before) => location.href !== before", arg=before)
        agreed(visitor)
    asked = parse_qs(urlsplit(inside(visitor).url).query)
    assert asked.keys() == {"territory", "bbox", "colour", "title"}
    assert int(frame.locator("[data-results]").get_attribute("data-count") or 0) < int(everything or 0)

    frame.get_by_role("link", name="Revenir à toute la recherche").click()
    expect(frame.locator("[data-results]")).to_have_attribute("data-count", everything or "")
    assert "bbox" not in inside(visitor).url
    assert "title=Chez+nous" in inside(visitor).url
    assert visitor.page.context.cookies() == []
    assert inside(visitor).evaluate("window.violations") == []
    assert visitor.faults == []
    assert all(url.startswith((visitor.base, host)) for url in visitor.elsewhere)


@pytest.mark.slow
def test_the_colour_is_the_one_asked(visitor: Visitor, host: str) -> None:
    framed(visitor, host, f"/embed/?{LOOK}&territory=departement-23")
    agreed(visitor)
    accent = "getComputedStyle(document.querySelector('.outline-sought')).stroke"
    inside(visitor).wait_for_selector(".outline-sought")
    assert inside(visitor).evaluate(accent) == "rgb(21, 89, 168)"
    visitor.page.emulate_media(color_scheme="dark")
    assert inside(visitor).evaluate(accent) not in ("rgb(21, 89, 168)", "rgb(255, 146, 115)")


def test_a_page_opens_outside_the_frame(visitor: Visitor, host: str) -> None:
    frame = framed(visitor, host, "/embed/?territory=departement-23")
    agreed(visitor)
    for link in (frame.locator(".card-name a").first, frame.locator("a.pin").first):
        with visitor.page.context.expect_page() as opened:
            link.click()
        assert urlsplit(opened.value.url).path.startswith("/initiatives/")
        assert opened.value.evaluate("window.opener") is None
    assert visitor.page.url.startswith(host)
    assert "/embed/" in inside(visitor).url


def test_no_other_page_of_ours_is_shown_in_a_frame(visitor: Visitor, host: str) -> None:
    framed(visitor, host, "/a-propos/")
    until(visitor.page, lambda: inside(visitor).url == "chrome-error://chromewebdata/")


@pytest.mark.slow
def test_the_wheel_turns_the_page_around_the_map_until_one_clicks_into_it(
    visitor: Visitor, host: str
) -> None:
    frame = framed(visitor, host, "/embed/?territory=departement-23&show=map")
    agreed(visitor)
    box = visitor.page.locator("iframe").bounding_box()
    assert box is not None
    before = inside(visitor).url
    visitor.page.mouse.move(box["x"] + 300, box["y"] + 500)
    visitor.page.mouse.wheel(0, -300)
    visitor.page.wait_for_timeout(400)
    assert inside(visitor).url == before
    frame.locator("[data-map]").focus()
    visitor.page.wait_for_timeout(700)  # turned again at once, a wheel goes on with what it turned
    visitor.page.mouse.wheel(0, -300)
    inside(visitor).wait_for_function("(before) => location.href !== before", arg=before)
    assert "bbox=" in inside(visitor).url


def test_without_javascript_the_list_is_there_whole(window: Any, host: str) -> None:
    visitor: Visitor = window(java_script_enabled=False)
    frame = framed(visitor, host, f"/embed/?{LOOK}&show=map")
    expect(frame.locator(".card")).to_have_count(20)
    expect(frame.locator(".plate")).to_be_hidden()
    frame.get_by_role("link", name="Page suivante").click()
    expect(frame.get_by_role("link", name="Première page")).to_be_visible()
    expect(frame.get_by_role("heading", name="Chez nous")).to_be_visible()
    assert len(visitor.page.context.pages) == 1


@pytest.mark.parametrize("show", ["both", "map", "list"])
def test_it_holds_in_320_pixels(window: Any, host: str, show: str) -> None:
    visitor: Visitor = window(width=320, height=640)
    page = visitor.go(f"/embed/?territory=departement-23&show={show}")
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) == 320
    if show == "both":
        page.get_by_role("button", name="Voir la carte").click()
    if show != "list":
        expect(page.locator(".plate")).to_be_visible()
        visitor.agreed()
        page.get_by_role("button", name="Voir la liste").click()
    expect(page.locator(".card").first).to_be_visible()
    assert page.evaluate(wide) == 320


PAGES = {
    "both": f"/embed/?territory=departement-23&{LOOK}",
    "map": "/embed/?show=map&colour=ffff00",
    "list": "/embed/?show=list&sector=culture",
    "refused": "/embed/?bbox=1&colour=zz",
    "nothing": "/embed/?q=zzzzzz",
    "card": "/embed/initiatives/ambiance-bois/",
    "configurator": "/embed/configurer/?territory=departement-23&custom=ffff00",
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("prefix", "theme", "width"),
    [("/en", "dark", 375), ("", "light", 1000), ("", "dark", 1280)],
)
def test_axe_reports_nothing(window: Any, prefix: str, theme: str, width: int) -> None:
    visitor: Visitor = window(width=width, color_scheme=theme)
    for name, path in PAGES.items():
        page = visitor.go(prefix + path)
        page.wait_for_load_state("networkidle")
        assert visitor.violations() == [], name
        results = Axe().run(page)
        assert results.violations_count == 0, f"{name} {theme} {width}\n{results.generate_report()}"
        turn = page.locator("[data-show]:visible")
        if turn.count():
            turn.first.click()
            results = Axe().run(page)
            assert results.violations_count == 0, f"{name}, turned, {theme}\n{results.generate_report()}"
    assert visitor.faults == visitor.elsewhere == []


def test_a_frame_is_composed_seen_and_copied(window: Any) -> None:
    visitor: Visitor = window(permissions=["clipboard-read", "clipboard-write"])
    page = visitor.go("/?territory=departement-23")
    page.locator(".takeaway > summary").click()
    page.get_by_role("link", name="Choisir l’aspect avant d’intégrer").click()
    page.wait_for_url("**/embed/configurer/?territory=departement-23")
    seen = page.frame_locator(".preview")
    expect(seen.locator(".card").first).to_be_visible()

    page.locator("#s-culture").focus()
    page.keyboard.press("Space")
    page.wait_for_url("**/embed/configurer/?sector=culture&territory=departement-23")
    expect(page.locator("#s-culture")).to_be_focused()
    expect(page.locator("#s-culture")).to_be_checked()
    page.get_by_label("la carte", exact=True).check()
    page.wait_for_url("**show=map")
    expect(seen.locator("[data-atlas]")).to_have_attribute("data-face", "map")
    page.get_by_label("Titre").fill("La culture ici")
    page.get_by_label("Titre").press("Tab")
    expect(seen.get_by_role("heading", name="La culture ici")).to_be_visible()
    page.get_by_label("Une autre couleur").fill("ffff00")
    page.get_by_label("Une autre couleur").press("Tab")
    expect(page.get_by_text("La couleur #ffff00 ne se lirait pas bien")).to_be_visible()
    page.get_by_label("bleu").check()
    page.wait_for_url("**colour=blue**")
    expect(page.get_by_label("Une autre couleur")).to_have_value("")
    expect(page.locator("#annonce")).to_have_text(re.compile(r"^\d+ initiatives?$"))

    page.get_by_role("button", name="Copier : Le code à coller").click()
    expect(page.get_by_text("Copié.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("Le code à coller").input_value()
    assert "show=map&amp;colour=blue&amp;title=La+culture+ici" in copied
    assert visitor.violations() == visitor.faults == visitor.elsewhere == []


@pytest.mark.slow
def test_a_frame_is_composed_without_javascript(window: Any) -> None:
    visitor: Visitor = window(java_script_enabled=False)
    page = visitor.go("/embed/configurer/")
    page.get_by_label("Où ?").fill("Creuse")
    page.get_by_label("la liste", exact=True).check()
    page.get_by_role("button", name="Voir l’aperçu").click()
    page.wait_for_url(re.compile("territory=departement-23&show=list"))
    assert "territory=departement-23&amp;show=list" in page.get_by_label("Le code à coller").input_value()
    expect(page.get_by_role("button", name=re.compile("^Copier"))).to_have_count(0)
    expect(page.frame_locator(".preview").locator(".card").first).to_be_visible()
