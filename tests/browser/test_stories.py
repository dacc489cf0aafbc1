"""A newcomer finds the reuse centres around Felletin, opens one and shares it: three ways in."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_without import press_to

pytestmark = pytest.mark.django_db

# What a phone's own menu of sharing is given.
SHARING = "window.shared = []; navigator.share = async (given) => { window.shared.push(given); };"
CENTRES = {"Court-Circuit Felletin", "Le Monde allant vers", "Recyclabulle"}


def names(page: Page) -> set[str]:
    return set(page.locator(".card-name").all_inner_texts())


def test_on_a_phone_the_reuse_centres_around_felletin_are_found_opened_and_shared(window: Any) -> None:
    visitor: Visitor = window(width=375, height=740, has_touch=True, is_mobile=True)
    visitor.page.add_init_script(SHARING)
    page = visitor.go("/")
    page.get_by_label("Quoi ?").fill("ressourcerie")
    page.get_by_label("Où ?").fill("Felletin")
    page.get_by_role("button", name="Chercher").tap()
    page.wait_for_url(re.compile("territory=commune-23079"))
    # what was found is on the screen, with no scrolling
    expect(page.locator("[data-count-heading]")).to_be_in_viewport()
    expect(page.locator("[data-count-heading]")).to_have_text("1 initiative")
    page.get_by_role("link", name=re.compile(r"^50\skm 3 initiatives")).tap()
    page.wait_for_url(re.compile("radius=50000"))
    expect(page.locator("[data-count-heading]")).to_have_text("3 initiatives")
    expect(page.get_by_role("link", name=re.compile(r"^Felletin et 50\skm alentour"))).to_be_visible()
    assert names(page) == CENTRES

    page.get_by_role("link", name="Court-Circuit Felletin").tap()
    page.wait_for_url("**/initiatives/**")
    page.get_by_role("button", name="Partager").tap()
    assert page.evaluate("window.shared.map((given) => given.url)") == [page.url]
    page.go_back()
    expect(page.locator(".card")).to_have_count(3)
    assert visitor.violations() == visitor.elsewhere == visitor.faults == []


@pytest.mark.slow
def test_by_keyboard_only_the_reuse_centres_around_felletin_are_found_opened_and_shared(window: Any) -> None:
    visitor: Visitor = window()
    visitor.page.add_init_script(SHARING)
    page = visitor.go("/")
    visitor.agreed()
    press_to(page, "#place")
    page.keyboard.type("Felletin")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("territory=commune-23079"))
    visitor.agreed()
    press_to(page, "#s-reemploi")
    page.keyboard.press("Space")
    page.wait_for_url(re.compile("sector=reemploi"))
    visitor.agreed()
    press_to(page, ".around-list li:last-child a")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("radius=50000"))
    visitor.agreed()
    expect(page.locator("[data-announce]")).to_have_text(re.compile("^3 initiatives"))
    expect(page.locator("path.outline-sought")).to_have_count(1)  # the circle, and no commune
    assert names(page) == CENTRES

    press_to(page, ".card-name a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/initiatives/court-circuit-felletin/")
    press_to(page, "[data-share-link]")
    page.keyboard.press("Enter")
    page.wait_for_function("window.shared.length === 1")
    assert page.evaluate("window.shared[0].url") == page.url


def test_without_javascript_the_reuse_centres_around_felletin_are_found_opened_and_shared(
    window: Any,
) -> None:
    visitor: Visitor = window(width=375, height=740, java_script_enabled=False)
    page = visitor.go("/")
    page.get_by_label("Où ?").fill("Felletin")
    page.locator(".chip", has_text="Réemploi").click()
    page.get_by_role("button", name="Chercher").click()
    page.wait_for_url(re.compile("sector=reemploi&territory=commune-23079"))
    expect(page.locator("[data-count-heading]")).to_be_in_viewport()
    page.get_by_role("link", name=re.compile(r"^50\skm")).click()
    assert names(page) == CENTRES
    page.get_by_role("link", name="Court-Circuit Felletin").click()
    letter = page.get_by_role("link", name="Envoyer par courriel").get_attribute("href") or ""
    assert letter.startswith("mailto:?") and "initiatives%2Fcourt-circuit-felletin%2F" in letter
