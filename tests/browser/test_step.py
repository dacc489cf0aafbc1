"""What is pointed at in the list is shown on the map, and the other way round; nothing moves."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitor

# The data is committed, for the server's threads to see; a test reads it and leaves it.
pytestmark = pytest.mark.django_db

POINTED = re.compile(r"\bpointed\b")
CLOSE = "/?bbox=1.9,45.6,2.6,46.2"


def slug_of(pin: Locator) -> str:
    return (pin.get_attribute("href") or "").strip("/").rpartition("/")[2]


def pins(page: Page) -> list[str]:
    """Slugs of the single marks, in the order of the keyboard."""
    return [slug_of(pin) for pin in page.locator(".pin").all()]


def listed(page: Page) -> list[str]:
    return page.locator("#liste .card").evaluate_all("cards => cards.map((card) => card.dataset.slug)")


def test_a_card_shows_its_mark_and_a_mark_its_card(visitor: Visitor) -> None:
    page = visitor.go(CLOSE)
    visitor.agreed()
    slug = next(each for each in pins(page) if each in listed(page))
    pin = page.locator(f".pin[href$='/{slug}/']")
    card = page.locator(f".card[data-slug='{slug}']")
    before = pin.bounding_box(), page.evaluate("window.scrollY"), visitor.address
    card.locator("a").focus()
    expect(pin).to_have_class(POINTED)
    expect(page.locator(".pointed")).to_have_count(1)
    page.get_by_label("Quoi ?").focus()
    expect(page.locator(".pointed")).to_have_count(0)
    pin.focus()
    expect(card).to_have_class(POINTED)
    expect(page.locator(".pointed")).to_have_count(1)
    page.get_by_label("Quoi ?").focus()
    pin.hover()
    expect(card).to_have_class(POINTED)
    page.mouse.move(5, 5)
    expect(page.locator(".pointed")).to_have_count(0)
    assert (pin.bounding_box(), page.evaluate("window.scrollY"), visitor.address)[::2] == before[::2]
    assert visitor.faults == []


@pytest.mark.slow
def test_a_mark_of_several_and_its_cards(visitor: Visitor) -> None:
    page = visitor.go("/?q=Faux-la-Montagne")
    visitor.agreed()
    heap = page.locator(".heap").first
    number = int(heap.inner_text())
    heap.focus()
    cards = page.locator(".card.pointed")
    expect(cards).to_have_count(number)
    cards.first.hover()
    expect(heap).to_have_class(POINTED)
    expect(page.locator(".mark.pointed")).to_have_count(1)


@pytest.mark.slow
def test_what_has_no_place_points_at_nothing(visitor: Visitor) -> None:
    page = visitor.go("/?q=bois")
    visitor.agreed()
    loose = page.locator(".card:not([data-lon])")
    assert loose.count() > 0
    loose.first.locator("a").focus()
    expect(page.locator(".pointed")).to_have_count(0)


def test_the_keyboard_goes_through_the_marks_as_through_the_list(visitor: Visitor) -> None:
    page = visitor.go("/?sector=culture,energie,finance,habitat")
    visitor.agreed()
    order = listed(page)
    shown = [slug for slug in pins(page) if slug in order]
    assert len(shown) > 2
    assert shown == sorted(shown, key=order.index)
    # another order of the list is another order of the marks, and the one in focus keeps it
    page.locator(f".pin[href$='/{shown[1]}/']").focus()
    page.evaluate("htmx.ajax('GET', location.href + '&ordering=-updated', {target: '#liste'})")
    page.wait_for_url("**&ordering=-updated")
    visitor.agreed()
    again = listed(page)
    assert again != order
    shown = [slug for slug in pins(page) if slug in again]
    assert shown == sorted(shown, key=again.index)
    assert page.evaluate("document.activeElement.classList.contains('pin')")
