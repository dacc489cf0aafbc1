"""The last seen pages, read without a network."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import until

pytestmark = pytest.mark.django_db

KEPT = "async (path) => !!(await (await caches.open('pages')).match(new URL(path, location.origin).href))"
HELD = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
  return found;
}"""


def await_kept(page: Page, path: str) -> None:
    """Until the worker has put the page by."""
    until(page, lambda: page.evaluate(KEPT, path))


@pytest.fixture
def reader(window: Any) -> Any:
    """A visitor whose browser has the worker, and who saw the home, a place and an initiative."""
    visitor = window(service_workers="allow")
    page = visitor.go("/?q=velo")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    await_kept(page, "/?q=velo")
    page = visitor.go("/territoires/departement-23/")
    await_kept(page, "/territoires/departement-23/")
    return visitor


def offline(page: Page, away: bool = True) -> None:
    page.context.set_offline(away)


def test_a_page_that_was_seen_is_read_without_a_network_and_says_when(reader: Any) -> None:
    page = reader.page
    offline(page)
    reader.go("/?q=velo")
    note = page.locator("[data-offline]")
    expect(note).to_contain_text("Vous êtes hors connexion : page vue le")
    assert page.locator(".card").count() == reader.count > 0
    colour = "getComputedStyle(document.querySelector('.masthead')).backgroundColor"
    assert page.evaluate(colour) != "rgba(0, 0, 0, 0)"  # its style sheets are there too
    offline(page, away=False)
    expect(note).to_contain_text("Le réseau est revenu")
    reader.go("/?q=velo")
    expect(note).to_be_hidden()
    assert not reader.violations()


@pytest.mark.slow
def test_a_page_that_was_never_seen_leads_to_those_that_were(reader: Any) -> None:
    page = reader.page
    offline(page)
    reader.go("/territoires/departement-87/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Le réseau ne répond pas")
    seen = page.locator("[data-kept-pages] li")
    expect(seen).to_have_count(2)
    expect(seen.first).to_contain_text("Creuse")
    expect(seen.first).to_contain_text("vue le")
    assert Axe().run(page).violations_count == 0
    seen.first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Creuse")
    reader.go("/en/territoires/departement-87/")
    expect(page.get_by_role("heading", level=1)).to_have_text("The network does not answer")


@pytest.mark.slow
def test_nothing_of_the_administration_nor_of_a_form_is_kept(reader: Any) -> None:
    page = reader.page
    for path in ("/admin/login/", "/health/live", "/territoires/departement-23/communes/"):
        reader.go(path)
    await_kept(page, "/territoires/departement-23/communes/")
    held = page.evaluate(HELD)
    assert "/territoires/departement-23/communes/" in held
    assert not [path for path in held if path.startswith(("/admin", "/health"))]


@pytest.mark.slow
def test_the_map_tells_without_a_network_what_it_told_last(reader: Any) -> None:
    page = reader.page
    reader.go("/?q=velo")
    reader.agreed()
    marked = reader.marked()
    offline(page)
    reader.go("/?q=velo")
    page.wait_for_function("() => document.querySelectorAll('.mark').length > 0")
    assert reader.marked() == marked > 0
