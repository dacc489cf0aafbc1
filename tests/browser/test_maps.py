"""The maps of a diagnosis and of the observatory, in a browser: drawn, then moving where one asks."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from pytest_django import DjangoDbBlocker

from diagnosis.counting import count_everything
from tests.browser.conftest import Visitor

# The data is committed, for the server's threads to see; a test reads it and leaves it.
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, scope="module")
def counted(site: str, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        count_everything()


def opened(visitor: Visitor, path: str, number: int) -> Any:
    """The map of a page, moving."""
    visitor.go(path)
    figure = visitor.page.locator("[data-drawn-map]").nth(number)
    figure.locator("[data-explore]").click()
    figure.locator(".parts-pane path").first.wait_for()
    return figure


@pytest.mark.slow
def test_the_map_that_moves_has_the_shades_of_the_drawn_one(window: Any) -> None:
    visitor: Visitor = window(width=320, height=700, color_scheme="dark")
    figure = opened(visitor, "/observatoire/?kind=epci&indicator=A2", 0)
    page = visitor.page
    url = visitor.base + figure.get_attribute("data-parts-url")
    outlined = {each["id"] for each in page.request.get(url).json()["features"]}
    read = "rows => rows.map((row) => [row.dataset.part, row.dataset.rank])"
    ranks = [rank for id, rank in figure.locator("tr[data-rank]").evaluate_all(read) if id in outlined]
    assert figure.locator(".parts-pane path.drawn-part").count() == len(ranks) > 5
    for rank in range(1, 6):
        assert figure.locator(f".parts-pane path.drawn-cool-{rank}").count() == ranks.count(str(rank))
    colour = "e => getComputedStyle(e).fill"
    swatch = figure.locator(".drawn-legend .drawn-cool-2")
    assert figure.locator(".parts-pane .drawn-cool-2").first.evaluate(colour) == swatch.evaluate(colour)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.slow
def test_each_part_is_reached_by_the_keyboard_and_said(window: Any) -> None:
    visitor: Visitor = window()
    figure = opened(visitor, "/territoires/departement-23/diagnostic/", 0)
    page = visitor.page
    choice = figure.locator("[data-goto]")
    choice.focus()
    page.keyboard.type("Felletin")
    assert "Felletin" in figure.locator("[data-said]").inner_text()
    assert "Initiatives" in figure.locator("[data-said]").inner_text()
    assert figure.locator(".parts-pane .drawn-pointed").count() == 1
    circles = figure.locator("tr[data-size]").count()
    assert figure.locator(".parts-pane .drawn-circle").count() == circles > 5
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    figure.locator("[data-explore]").click()
    assert figure.locator(".drawn-svg").is_visible() and not figure.locator("[data-stage]").is_visible()
    assert visitor.violations() == [] and visitor.elsewhere == [] and visitor.faults == []


@pytest.mark.slow
def test_without_its_outlines_the_drawing_stays(window: Any) -> None:
    visitor: Visitor = window()
    visitor.page.route("**/contours/**", lambda route: route.abort())
    visitor.go("/territoires/departement-23/diagnostic/")
    figure = visitor.page.locator("[data-drawn-map]").first
    figure.locator("[data-explore]").click()
    figure.get_by_text("La carte interactive n’est pas venue").wait_for()
    assert figure.locator(".drawn-svg").is_visible()


@pytest.mark.slow
def test_axe_reports_nothing_of_the_observatory(window: Any) -> None:
    visitor: Visitor = window(width=375)
    visitor.go("/en/observatoire/?kind=departement&indicator=S4")
    results = Axe().run(visitor.page)
    assert results.violations_count == 0, results.generate_report()
