"""Suggestions under « Quoi ? » and « Où ? » : by keyboard, mouse and touch, said aloud, never in the way."""

import re
import threading
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import caches
from playwright.sync_api import Locator, Page, Route, expect

from tests.address_service import STREETS, address_service, collection, give
from tests.browser.conftest import Visitor, until

# The data is committed, for the server's threads to see; a test reads it and leaves it.
pytestmark = pytest.mark.django_db


def what(page: Page) -> Locator:
    return page.get_by_label("Quoi ?")


def where(page: Page) -> Locator:
    return page.get_by_label("Où ?")


def offered(page: Page, **told: Any) -> Locator:
    return page.locator(".suggestions").get_by_role("option", **told)


def typed(field: Locator, text: str) -> Locator:
    """Type a text; the suggestions once they are there."""
    field.press_sequentially(text)
    options = offered(field.page)
    options.first.wait_for()
    return options


def test_by_keyboard_a_place_a_sector_and_an_initiative(visitor: Visitor) -> None:
    page = visitor.go("/")
    visitor.agreed()
    what(page).fill("bois")
    typed(where(page), "aubusso")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=bois&territory=commune-23008")
    visitor.agreed()
    expect(where(page)).to_be_focused()
    expect(where(page)).to_have_value("")

    what(page).fill("")
    typed(what(page), "éner")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?sector=energie&territory=commune-23008")
    visitor.agreed()
    expect(page.locator("#s-energie")).to_be_checked()
    expect(what(page)).to_have_value("")

    # the field that the list brought anew proposes as the first one did
    typed(where(page), "la creuse")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?sector=energie&territory=departement-23")
    visitor.agreed()

    typed(what(page), "ambiance b")
    page.keyboard.press("ArrowUp")  # to the last one
    last = offered(page, selected=True)
    while "Ambiance Bois" not in last.inner_text():
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/initiatives/ambiance-bois/")
    assert visitor.violations() == visitor.elsewhere == visitor.faults == []


def test_what_was_typed_is_kept_and_searched_where_nothing_is_chosen(visitor: Visitor) -> None:
    page = visitor.go("/")
    visitor.agreed()
    options = typed(what(page), "boi")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(what(page)).to_have_value("boi")
    page.keyboard.press("ArrowDown")  # asks for them again
    options.first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(what(page)).to_have_value("boi")
    expect(options).to_have_count(0)
    expect(where(page)).to_be_focused()
    what(page).focus()
    what(page).press("End")
    typed(what(page), "s")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=bois")
    expect(offered(page)).to_have_count(0)
    visitor.agreed()
    assert visitor.faults == []


def test_a_screen_reader_is_told(visitor: Visitor) -> None:
    page = visitor.go("/")
    field = where(page)
    expect(field).to_have_role("combobox")
    expect(field).to_have_attribute("aria-expanded", "false")
    options = typed(field, "saint")
    number = options.count()
    expect(field).to_have_attribute("aria-expanded", "true")
    listbox = page.locator(f"#{field.get_attribute('aria-controls')}")
    expect(listbox).to_have_role("listbox")
    expect(listbox.get_by_role("group", name="Lieux").get_by_role("option")).to_have_count(number)
    expect(page.locator("[data-suggested]")).to_have_text(f"{number} suggestions, flèches pour choisir")
    assert field.get_attribute("aria-activedescendant") is None
    for _time in range(2):
        field.press("ArrowDown")
    second = offered(page, selected=True)
    expect(second).to_have_count(1)
    assert field.get_attribute("aria-activedescendant") == second.get_attribute("id")
    assert options.nth(1).inner_text() == second.inner_text()
    field.press("ArrowUp")
    field.press("ArrowUp")
    assert field.get_attribute("aria-activedescendant") is None
    field.press("Escape")
    expect(page.locator("[data-suggested]")).to_have_text("")
    expect(field).to_have_attribute("aria-expanded", "false")


@pytest.mark.slow
def test_namesakes_are_told_apart(visitor: Visitor) -> None:
    page = visitor.go("/")
    texts = typed(where(page), "saint-sylvestre").all_inner_texts()
    assert len(set(texts)) == len(texts)
    assert all(re.search(r"\(\d\w\d?\)", text) for text in texts)


@pytest.mark.slow
def test_by_mouse_and_by_touch(window: Any) -> None:
    visitor: Visitor = window()
    page = visitor.go("/")
    visitor.agreed()
    typed(where(page), "guére").first.click()
    page.wait_for_url("**/?territory=commune-23096")
    visitor = window(width=375, has_touch=True)
    page = visitor.go("/")
    where(page).tap()
    option = typed(where(page), "guére").first
    box = option.bounding_box()
    assert box is not None and box["height"] >= 44
    option.tap()
    page.wait_for_url("**/?territory=commune-23096")
    assert visitor.faults == []


@pytest.mark.slow
def test_an_older_answer_never_replaces_a_newer_one(visitor: Visitor) -> None:
    held: list[Route] = []
    page = visitor.go("/")
    page.route("**/suggest?q=ev&*", lambda route: held.append(route))
    with page.expect_request("**/suggest?q=ev&*"):
        what(page).press_sequentially("ev")
    until(page, lambda: len(held) == 1)
    what(page).fill("")
    options = typed(what(page), "habitat")
    names = options.all_inner_texts()
    held[0].abort()
    page.wait_for_timeout(200)
    assert options.all_inner_texts() == names


@pytest.mark.slow
def test_letters_still_being_composed_are_not_asked_for(visitor: Visitor) -> None:
    asked: list[str] = []
    page = visitor.go("/")
    page.on("request", lambda request: asked.append(request.url) if "/suggest" in request.url else None)
    what(page).focus()
    composition = page.context.new_cdp_session(page)
    composition.send("Input.imeSetComposition", {"text": "énergie", "selectionStart": 7, "selectionEnd": 7})
    page.wait_for_timeout(500)
    assert asked == []
    composition.send("Input.insertText", {"text": "énergie"})
    offered(page).first.wait_for()
    assert len(asked) == 1


@pytest.mark.parametrize("text", ["§ !", "a", "  "])
def test_what_is_no_word_asks_nothing(visitor: Visitor, text: str) -> None:
    page = visitor.go("/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/suggest" in request.url else None)
    what(page).press_sequentially(text)
    page.wait_for_timeout(400)
    assert asked == visitor.faults == []


@pytest.mark.slow
def test_without_suggestions_the_form_searches(visitor: Visitor) -> None:
    page = visitor.go("/")
    visitor.agreed()
    page.route("**/api/v1/suggest?*", lambda route: route.fulfill(status=503, body="{}"))
    what(page).press_sequentially("bois")
    page.wait_for_timeout(400)
    expect(offered(page)).to_have_count(0)
    what(page).press("Enter")
    page.wait_for_url("**/?q=bois")
    visitor.agreed()


@pytest.mark.slow
def test_street_addresses_come_after_and_hold_nothing_up(visitor: Visitor, settings: Any) -> None:
    caches["addresses"].clear()
    go_on = threading.Event()
    with address_service() as service:
        settings.ADDRESS_SERVICE_URL = service.url
        service.answering = lambda handler: go_on.wait(1.4) and give(handler, collection(STREETS))
        page = visitor.go("/")
        visitor.agreed()
        options = typed(where(page), "saint-j")
        number = options.count()
        expect(page.get_by_role("group", name="Adresses")).to_have_count(0)
        where(page).press("ArrowDown")
        pointed = offered(page, selected=True).inner_text()
        go_on.set()
        street = page.get_by_role("group", name="Adresses").get_by_role("option", name="12 Rue du Moulin")
        expect(street).to_contain_text("23500 Felletin")
        assert options.count() == number + 2
        expect(page.locator("[data-suggested]")).to_have_text(
            f"{number + 2} suggestions, flèches pour choisir"
        )
        assert offered(page, selected=True).inner_text() == pointed
        street.click()
        page.wait_for_url("**/?near=2.17346,45.88346&radius=10000")
        visitor.agreed()
        assert visitor.count > 0
    caches["addresses"].clear()
    assert visitor.violations() == visitor.elsewhere == visitor.faults == []


@pytest.mark.slow
def test_what_begins_as_a_street_is_a_street_first_of_all(visitor: Visitor, settings: Any) -> None:
    caches["addresses"].clear()
    with address_service() as service:
        settings.ADDRESS_SERVICE_URL = service.url
        page = visitor.go("/")
        typed(where(page), "rue saint")
        expect(page.get_by_role("group", name="Adresses").get_by_role("option")).to_have_count(2)
        assert page.get_by_role("group", name="Lieux").get_by_role("option").count() <= 3
        where(page).fill("")
        typed(where(page), "aub")
        assert service.asked[-1]["q"] == "rue saint"
    caches["addresses"].clear()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "theme"),
    [
        (320, "light"),
        pytest.param(1280, "light", marks=pytest.mark.slow),
        pytest.param(375, "dark", marks=pytest.mark.slow),
    ],
)
def test_an_open_list_is_accessible_and_fits(window: Any, width: int, theme: str) -> None:
    visitor: Visitor = window(width=width, color_scheme=theme)
    page = visitor.go("/")
    for field, text in ((what(page), "coop"), (where(page), "saint")):
        typed(field, text)
        field.press("ArrowDown")
        expect(offered(page, selected=True)).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        field.press("Escape")
    assert visitor.faults == []
