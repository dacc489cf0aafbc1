"""The site as a visitor meets it: a real server, Creuse and Haute-Vienne, the examples there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from directory.examples import load_examples
from questionnaires.versions import load as load_questionnaire
from tests.chromium import PATIENCE_MS
from tests.factories import make_territory
from tests.france import load_creuse
from tests.kept import Rows, put, take

SITE: Rows = {}
LISTEN = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  const { violatedDirective, blockedURI, sourceFile, lineNumber } = event;
  window.violations.push(`${violatedDirective} ${blockedURI} ${sourceFile}:${lineNumber}`);
});
"""
# The map shows the box of the list, and as many as the list says are placed.
AGREED = """() => {
  const results = document.querySelector("[data-results]").dataset;
  const map = document.querySelector("[data-map]").dataset;
  const busy = document.querySelector("#liste.htmx-request");
  return !busy && results.bbox === map.drawn && map.matched === results.placed;
}"""


@dataclass
class Visitor:
    """A browser window on the site, which notes what must not happen."""

    page: Page
    base: str
    elsewhere: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(LISTEN)
        self.page.on("request", lambda request: self._note(request.url))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("response", lambda response: self._refused(response.status, response.url))

    def _note(self, url: str) -> None:
        if not url.startswith((self.base, "data:", "blob:")):
            self.elsewhere.append(url)

    def _refused(self, status: int, url: str) -> None:
        if status >= 400 and "/rien/" not in url:
            self.faults.append(f"{status} {url}")

    def go(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    @property
    def address(self) -> str:
        return self.page.url.removeprefix(self.base)

    @property
    def count(self) -> int:
        """How many the list says there are."""
        return int(self.results("count"))

    def results(self, name: str) -> str:
        return self.page.locator("[data-results]").get_attribute(f"data-{name}") or ""

    def marked(self) -> int:
        """How many the marks of the map stand for."""
        return sum(
            int(re.sub(r"\D", "", mark.inner_text()) or 1) for mark in self.page.locator(".mark").all()
        )

    def agreed(self) -> None:
        """Wait until the list, the map and the address tell the same."""
        self.page.wait_for_function(AGREED)

    def violations(self) -> list[str]:
        self.page.wait_for_load_state()  # what a click leads to may have only begun
        return self.page.evaluate("window.violations || []")


def until(page: Page, come: Callable[[], bool]) -> None:
    """Wait for what the page itself does not tell."""
    for _look in range(PATIENCE_MS // 50):
        if come():
            return
        page.wait_for_timeout(50)
    pytest.fail("it did not come to pass")


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The address of the site, its data in place: loaded once for the tests of a file, which only read."""
    with django_db_blocker.unblock():
        # Without a mark on its tests, pytest-django makes no database, and the developer's would be emptied.
        name = connection.settings_dict["NAME"]
        assert name.startswith("test_"), f"mark these tests with django_db: they would write in {name}"
        before = take()
        put_site()
        server = LiveServer("localhost")
        yield server.url
        server.stop()
        put(before)


def put_site() -> None:
    """Loaded once by a process, whose next files find the same rows again."""
    if SITE:
        put(SITE)
        return
    load_creuse()
    load_examples()
    load_questionnaire()
    make_territory("commune", "97801", "Saint-Martin")  # no outline of it is open data
    SITE.update(take())


@pytest.fixture
def window(browser: Browser, site: str) -> Iterator[Any]:
    """``window(width=375, …)`` opens a window in a fresh context; more options are those of Playwright."""
    contexts: list[BrowserContext] = []

    def opened(width: int = 1280, height: int = 800, **options: Any) -> Visitor:
        context = browser.new_context(
            **{
                "locale": "fr-FR",
                "viewport": {"width": width, "height": height},
                "reduced_motion": "reduce",
                # It would keep pages between the tests' requests; test_offline.py lets it in.
                "service_workers": "block",
            }
            | options
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return Visitor(context.new_page(), site)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def visitor(window: Any) -> Visitor:
    """A wide window, in French."""
    opened: Visitor = window()
    return opened
