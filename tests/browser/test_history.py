"""Back, forward and reload bring the list, the map and the form back, and are not flooded by a moving map."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

# The data is committed, for the server's threads to see; a test reads it and leaves it.
pytestmark = pytest.mark.django_db


def state(visitor: Visitor) -> dict[str, object]:
    """What the reader sees, once list, map and address agree."""
    visitor.agreed()
    page = visitor.page
    return {
        "address": visitor.address,
        "count": visitor.count,
        "cards": page.locator("#liste .card-name").all_inner_texts(),
        "marks": sorted(page.locator(".mark").evaluate_all("marks => marks.map((m) => m.ariaLabel)")),
        "words": page.get_by_label("Quoi ?").input_value(),
        "place": page.get_by_label("Où ?").input_value(),
        "chosen": page.locator(".chip :checked").evaluate_all("chips => chips.map((chip) => chip.value)"),
    }


def pan(visitor: Visitor, arrow: str) -> None:
    before = visitor.address
    visitor.page.locator("[data-map]").press(arrow)
    visitor.page.wait_for_function("(before) => !location.href.endsWith(before)", arg=before)
    visitor.agreed()


def depth(page: Page) -> int:
    return page.evaluate("history.length")


@pytest.mark.slow
def test_going_back_from_a_moved_map_finds_the_search_as_it_was(visitor: Visitor) -> None:
    page = visitor.go("/")
    begun = state(visitor)
    page.get_by_label("Quoi ?").fill("coop")
    page.get_by_label("Quoi ?").press("Enter")
    page.wait_for_url("**/?q=coop")
    searched, steps = state(visitor), depth(page)

    for arrow in ("ArrowRight", "ArrowDown", "ArrowRight"):
        pan(visitor, arrow)
    moved = state(visitor)
    assert "bbox=" in visitor.address and moved["marks"]
    assert depth(page) == steps + 1

    page.go_back()
    page.wait_for_url("**/?q=coop")
    assert state(visitor) == searched
    page.go_back()
    page.wait_for_url(lambda url: url.endswith("/"))
    assert state(visitor) == begun
    page.go_forward()
    page.wait_for_url("**/?q=coop")
    assert state(visitor) == searched
    page.go_forward()
    page.wait_for_url(re.compile("bbox="))
    assert state(visitor) == moved
    page.reload()
    assert state(visitor) == moved
    assert visitor.faults == []


@pytest.mark.slow
def test_suggestions_and_filters_are_steps(visitor: Visitor) -> None:
    page = visitor.go("/")
    begun = state(visitor)
    page.get_by_label("Où ?").press_sequentially("la creuse")
    page.locator(".suggestions").get_by_role("option").first.click()
    page.wait_for_url("**/?territory=departement-23")
    there = state(visitor)
    page.locator(".chip", has_text="Alimentation").click()
    page.wait_for_url(re.compile("sector=alimentation"))
    chosen = state(visitor)
    assert chosen["chosen"] == ["alimentation"]
    page.go_back()
    page.wait_for_url("**/?territory=departement-23")
    assert state(visitor) == there
    page.get_by_role("link", name=re.compile("Creuse")).first.click()
    page.wait_for_url(lambda url: url.endswith("/"))
    assert state(visitor) == begun
    page.go_back()
    page.wait_for_url("**/?territory=departement-23")
    assert state(visitor) == there
    expect(page.get_by_label("Où ?")).to_have_value("")
