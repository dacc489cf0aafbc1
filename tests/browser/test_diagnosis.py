"""The pages of a diagnosis in a browser: narrow, dark, in English; by keyboard and without a script."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from pytest_django import DjangoDbBlocker

from diagnosis.counting import count_everything
from tests.browser.conftest import Visitor
from tests.browser.test_without import TOO_SMALL

# The data is committed, for the server's threads to see; a test reads it and leaves it.
pytestmark = pytest.mark.django_db

CREUSE = "/territoires/departement-23/diagnostic/"
PAGES = [
    f"{CREUSE}?sector=culture&peers=departement-87",
    "/territoires/commune-23001/diagnostic/",  # none is known there
    "/diagnostic/?place=saint",
    "/diagnostic/comparer/?a=departement-23&b=departement-87",
    "/indicateurs/",
]


@pytest.fixture(autouse=True, scope="module")
def counted(site: str, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        count_everything()


@pytest.mark.slow
@pytest.mark.parametrize(("prefix", "theme", "width"), [("/en", "dark", 320), ("", "light", 1280)])
def test_the_pages_are_for_everyone(window: Any, prefix: str, theme: str, width: int) -> None:
    visitor: Visitor = window(width=width, color_scheme=theme)
    for path in PAGES:
        page = visitor.go(prefix + path)
        assert visitor.violations() == [] and visitor.faults == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert width > 320 or page.evaluate(TOO_SMALL) == [], path
        results = Axe().run(page)
        assert results.violations_count == 0, (path, results.generate_report())


@pytest.mark.slow
def test_peers_are_swapped_without_a_script(window: Any) -> None:
    visitor: Visitor = window(java_script_enabled=False)
    page = visitor.go(CREUSE)
    form = page.locator("#semblables")
    form.get_by_label("Ajouter, par son nom").fill("haute vienne")
    form.get_by_role("button", name="Comparer avec ceux-ci").click()
    assert visitor.address.startswith(f"{CREUSE}?peers=departement-87")
    assert form.get_by_label("Haute-Vienne").is_checked()


def test_a_commune_is_looked_for_and_read_at_the_scale_of_its_departement(window: Any) -> None:
    visitor: Visitor = window(java_script_enabled=False, width=375)
    page = visitor.go("/diagnostic/")
    page.get_by_label("Territoire").fill("felletin")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_role("link", name="Creuse", exact=True).click()
    assert visitor.address == CREUSE
    assert page.locator("h1").inner_text() == "Creuse"
