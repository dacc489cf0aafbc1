"""Without JavaScript, without a mouse, on a narrow screen: the same search and the same pages."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

# The data is committed, for the server's threads to see; a test reads it and leaves it.
pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/?territory=departement-23&sector=culture&q=zzz&bbox=1,2",
    "/?place=saint",
    "/initiatives/ambiance-bois/",
    "/territoires/departement-23/",
    "/territoires/commune-23008/",
    "/ptce/de-fil-en-reseaux/",
    "/reseaux/agrobio-87/",
    "/secteurs/energie/",
    "/territoires/",
    "/territoires/departement-23/communes/",
    "/glossaire/",
    "/a-propos/",
    "/mentions-legales/",
    "/donnees-personnelles/",
    "/accessibilite/",
    "/rien/",
]
# What a thumb would miss: links inside a sentence are let be, as WCAG does; a card is one large target.
TOO_SMALL = """() => {
  const kinds = "a, button, label:has(input), input:not(label input), select, summary";
  const spared = ".card, .leaflet-control-attribution, p, address, dd, footer";
  return [...document.querySelectorAll(kinds)]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(spared))
    .filter((e) => !e.matches("[type=hidden], .skip, .wordmark"))
    .map((e) => [Math.round(e.getBoundingClientRect().height), e.outerHTML.slice(0, 90)])
    .filter(([height]) => height < 44);
}"""

# What is at hand and lies under something else.
COVERED = """() => [...document.querySelectorAll("main a, main button, main input, main summary")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.matches("[type=hidden], .skip"))
  .filter((e) => {
    const { left, top, width, height } = e.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    if (y < 0 || y > innerHeight) return false;
    const over = document.elementFromPoint(x, y);
    return !(e.contains(over) || over?.contains(e) || e.closest("label")?.contains(over));
  })
  .map((e) => e.outerHTML.slice(0, 90))"""


def test_without_javascript_everything_but_the_map(window: Any) -> None:
    visitor: Visitor = window(java_script_enabled=False)
    page = visitor.go("/")
    expect(page.locator("[data-map]")).not_to_be_visible()
    page.get_by_label("Quoi ?").fill("solaire")
    page.get_by_label("Où ?").fill("Haute-Vienne")
    page.locator(".chip", has_text="Énergie").click()
    page.get_by_role("button", name="Chercher").click()
    page.wait_for_url(re.compile("territory=departement-87"))
    assert "sector=energie" in visitor.address
    found = int(page.locator("[data-count-heading]").inner_text().split()[0])
    assert found == page.locator(".card").count() > 0

    visitor.go("/")
    page.get_by_text("Plus de filtres").click()
    page.get_by_label("sans lieu précis").check()
    page.get_by_role("button", name="Appliquer les filtres").click()
    assert "placed=false" in visitor.address
    first = page.locator(".card-name").first.inner_text()
    page.get_by_role("link", name="Page suivante").click()
    assert page.locator(".card-name").first.inner_text() != first
    page.get_by_role("link", name="Première page").click()
    assert page.locator(".card-name").first.inner_text() == first

    page.locator(".card-name a").first.click()
    assert page.locator("h1").inner_text() == first
    visitor.go("/?territory=departement-23")
    page.get_by_text("Emporter cette sélection").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) - 1 == int(page.locator("[data-count-heading]").inner_text().split()[0])


def press_to(page: Page, selector: str, most: int = 80) -> None:
    """Press Tab until the focus stands on what is looked for."""
    for _time in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_by_keyboard_only_find_filter_open_and_come_back(visitor: Visitor) -> None:
    page = visitor.go("/")
    visitor.agreed()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Aller à la liste")
    press_to(page, "#q")
    press_to(page, "#place")
    page.keyboard.type("Creuse")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("territory=departement-23"))
    visitor.agreed()
    assert page.evaluate("document.activeElement.id") == "place"

    press_to(page, "#s-culture")
    page.keyboard.press("Space")
    page.wait_for_url(re.compile("sector=culture"))
    visitor.agreed()
    assert page.evaluate("document.activeElement.id") == "s-culture"
    before, counted = visitor.address, visitor.count

    press_to(page, ".mark.pin")
    name = page.locator(":focus").get_attribute("aria-label") or ""
    assert name.count(",") >= 2
    page.keyboard.press("Enter")
    page.wait_for_url("**/initiatives/**")
    assert name.startswith(page.locator("h1").inner_text())
    page.go_back()  # the browser's own key
    page.wait_for_url(re.compile("sector=culture"))
    visitor.agreed()
    assert (visitor.address, visitor.count) == (before, counted)


def test_a_heap_opened_by_keyboard_keeps_the_keyboard_on_the_map(visitor: Visitor) -> None:
    page = visitor.go("/")
    visitor.agreed()
    press_to(page, ".heap[aria-label*='Agrandir']", most=200)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("bbox="))
    visitor.agreed()
    assert page.evaluate("document.activeElement.matches('.mark, [data-map]')")


def test_the_map_can_be_skipped(visitor: Visitor) -> None:
    page = visitor.go("/")
    visitor.agreed()
    press_to(page, ".skip-inner", most=200)
    expect(page.locator(":focus")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "liste"


def test_the_keyboard_is_never_trapped(visitor: Visitor) -> None:
    page = visitor.go("/?territory=departement-23")
    visitor.agreed()
    press_to(page, ".colophon a", most=300)


@pytest.mark.parametrize("width", [320, pytest.param(375, marks=pytest.mark.slow)])
def test_a_narrow_screen_never_scrolls_sideways(window: Any, width: int) -> None:
    visitor: Visitor = window(width=width, height=700)
    for path in PAGES:
        page = visitor.go(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.slow
def test_targets_are_large_enough_for_a_thumb(window: Any) -> None:
    visitor: Visitor = window(width=375, height=700)
    for path in PAGES:
        page = visitor.go(path)
        for summary in page.locator("summary:visible").all():
            if not summary.evaluate("(e) => e.parentElement.open"):
                summary.click()
        assert page.evaluate(TOO_SMALL) == [], path


def test_on_a_phone_the_map_and_the_list_are_one_gesture_apart(window: Any) -> None:
    visitor: Visitor = window(width=375, height=700, has_touch=True, is_mobile=True)
    page = visitor.go("/?territory=departement-23")
    expect(page.locator("[data-map]")).not_to_be_visible()
    expect(page.locator("#secteurs")).not_to_be_visible()
    page.get_by_role("button", name="Voir la carte").tap()
    expect(page.locator("[data-map]")).to_be_visible()
    visitor.agreed()
    assert visitor.marked() == visitor.count
    page.get_by_role("button", name="Zoomer", exact=True).tap()
    page.wait_for_url(re.compile("bbox="))
    visitor.agreed()
    counted = visitor.count
    page.get_by_role("button", name="Voir la liste").tap()
    expect(page.locator("[data-count-heading]")).to_have_text(re.compile(rf"^{counted} initiative"))
    expect(page.locator("[data-count-heading]")).to_be_visible()


def test_a_heap_of_one_place_turns_the_phone_to_its_list(window: Any) -> None:
    visitor: Visitor = window(width=375, height=700, has_touch=True, is_mobile=True)
    page = visitor.go("/?q=Faux-la-Montagne")
    page.get_by_role("button", name="Voir la carte").tap()
    visitor.agreed()
    page.get_by_role("button", name=re.compile("au même endroit")).tap()
    expect(page.locator(".card").first).to_be_visible()


def test_four_hundred_percent_is_a_narrow_screen(window: Any) -> None:
    visitor: Visitor = window(width=320, height=256)
    page = visitor.go("/?territory=departement-23")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    expect(page.get_by_label("Quoi ?")).to_be_visible()


@pytest.mark.parametrize("width", [320, 375, 768])
def test_the_way_to_the_map_covers_nothing(window: Any, width: int) -> None:
    visitor: Visitor = window(width=width, height=640)
    page = visitor.go("/")
    button = page.get_by_role("button", name="Voir la carte")
    expect(button).to_be_in_viewport()
    assert page.evaluate(COVERED) == []
    page.locator(".card").nth(3).scroll_into_view_if_needed()
    expect(button).to_be_in_viewport()


@pytest.mark.parametrize("width", [1280, 1024, 320])
def test_figures_hold_the_largest_country(window: Any, width: int) -> None:
    visitor: Visitor = window(width=width)
    page = visitor.go("/territoires/country-FR/")
    beyond = """(figures) => figures.map((figure) => {
      figure.lastElementChild.previousSibling.textContent = "68\\u00a0952\\u00a0941\\u00a0km²";
      return figure.scrollWidth - figure.clientWidth;
    })"""
    assert page.locator(".figures dd").evaluate_all(beyond) == [0] * page.locator(".figures dd").count()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
