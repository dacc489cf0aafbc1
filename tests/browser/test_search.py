"""The list and the map are one search, and the address is its whole state."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from directory.models import Initiative
from tests.browser.conftest import Visitor

# The data is committed, for the server's threads to see; a test reads it and leaves it.
pytestmark = pytest.mark.django_db

IN_CREUSE = {"departement": "departement-23"}


def test_a_search_shows_in_the_list_on_the_map_and_in_the_address(visitor: Visitor) -> None:
    page = visitor.go("/")
    visitor.agreed()
    everything = visitor.count
    assert everything == Initiative.objects.visible().count()
    assert visitor.marked() == int(visitor.results("placed")) < everything

    page.get_by_label("Quoi ?").fill("bois")
    page.get_by_role("button", name="Chercher").click()
    page.wait_for_url("**/?q=bois")
    visitor.agreed()
    assert 0 < visitor.count < everything
    assert visitor.marked() == int(visitor.results("placed"))
    expect(page.locator("[data-announce]")).to_have_text(re.compile(rf"^{visitor.count} initiative"))

    page.get_by_label("Où ?").fill("Creuse")
    page.get_by_label("Où ?").press("Enter")
    page.wait_for_url("**/?q=bois&territory=departement-23")
    visitor.agreed()
    expect(page.get_by_label("Où ?")).to_have_value("")
    expect(page.locator(".outline-sought")).to_have_count(1)

    page.get_by_role("link", name="« bois »").click()
    page.wait_for_url("**/?territory=departement-23")
    visitor.agreed()
    assert visitor.count == Initiative.objects.visible().filter(**IN_CREUSE).count()
    expect(page.get_by_label("Quoi ?")).to_have_value("")
    assert visitor.violations() == visitor.elsewhere == visitor.faults == []


def test_moving_the_map_changes_the_list_the_count_and_the_address(visitor: Visitor) -> None:
    page = visitor.go("/?territory=departement-23")
    visitor.agreed()
    everything = visitor.count
    for _time in range(2):
        before = visitor.address
        page.get_by_role("button", name="Zoomer", exact=True).click()
        page.wait_for_function("(before) => !location.href.endsWith(before)", arg=before)
        visitor.agreed()
    assert "bbox=" in visitor.address
    assert visitor.count == visitor.marked() < everything
    assert visitor.count == inside(visitor.results("bbox"))

    before, counted = visitor.address, visitor.count
    page.reload()
    visitor.agreed()
    assert (visitor.address, visitor.count) == (before, counted)

    page.get_by_role("link", name="Revenir à toute la recherche").click()
    page.wait_for_url("**/?territory=departement-23")
    visitor.agreed()
    assert visitor.count == everything
    assert visitor.violations() == visitor.elsewhere == visitor.faults == []


COUNTED_ANEW = """(before) => {
  const counts = document.querySelectorAll("#plus .check-count");
  return [...counts].map((count) => count.textContent).join() !== before.join();
}"""


@pytest.mark.slow
def test_folded_filters_are_counted_once_they_are_looked_at(visitor: Visitor) -> None:
    page = visitor.go("/?territory=departement-23")
    visitor.agreed()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/filtres/" in request.url else None)
    counts = page.locator("#plus .check-count")
    before = counts.all_text_contents()
    for _time in range(2):
        shown = visitor.address
        page.get_by_role("button", name="Zoomer", exact=True).click()
        page.wait_for_function("(shown) => !location.href.endsWith(shown)", arg=shown)
        visitor.agreed()
    assert counts.all_text_contents() == before
    assert asked == []
    page.get_by_text("Plus de filtres").click()
    expect(page.locator("[data-results][data-more]")).to_have_count(0)
    page.wait_for_function(COUNTED_ANEW, arg=before)
    assert len(asked) == 1
    assert visitor.violations() == visitor.elsewhere == visitor.faults == []


def inside(box: str) -> int:
    west, south, east, north = map(float, box.split(","))
    places = (
        Initiative.objects.visible()
        .filter(location__isnull=False, **IN_CREUSE)
        .values_list("location", flat=True)
    )
    return sum(west <= place.x <= east and south <= place.y <= north for place in places)


def test_dragging_the_map_searches_what_is_seen(visitor: Visitor) -> None:
    page = visitor.go("/?territory=departement-23,departement-87")
    visitor.agreed()
    box = page.locator("[data-map]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 500, box["y"] + 420, steps=5)
    page.mouse.up()
    page.wait_for_url(re.compile("bbox="))
    visitor.agreed()
    assert visitor.marked() == visitor.count


def test_back_and_forward_bring_the_whole_state_back(visitor: Visitor) -> None:
    page = visitor.go("/")
    visitor.agreed()
    page.get_by_label("Où ?").fill("Creuse")
    page.get_by_label("Où ?").press("Enter")
    page.wait_for_url("**/?territory=departement-23")
    visitor.agreed()
    here = visitor.count
    page.locator("#s-culture").check()
    page.wait_for_url(re.compile("sector=culture"))
    visitor.agreed()
    assert 0 < visitor.count < here
    page.go_back()
    page.wait_for_url("**/?territory=departement-23")
    visitor.agreed()
    assert visitor.count == here
    expect(page.locator("#s-culture")).not_to_be_checked()
    page.go_forward()
    page.wait_for_url(re.compile("sector=culture"))
    visitor.agreed()
    expect(page.locator("#s-culture")).to_be_checked()


@pytest.mark.slow
def test_coming_back_from_a_page_finds_the_map_where_it_was(visitor: Visitor) -> None:
    page = visitor.go("/?territory=departement-23")
    visitor.agreed()
    page.get_by_role("button", name="Zoomer", exact=True).click()
    page.wait_for_url(re.compile("bbox="))
    visitor.agreed()
    before, counted = visitor.address, visitor.count
    page.locator(".card-name a").first.click()
    page.wait_for_url("**/initiatives/**")
    page.go_back()
    visitor.agreed()
    assert (visitor.address, visitor.count) == (before, counted)


def test_a_heap_opens_and_one_place_is_listed(visitor: Visitor) -> None:
    page = visitor.go("/?q=Faux-la-Montagne")
    visitor.agreed()
    several = page.get_by_role("button", name=re.compile("au même endroit"))
    expect(several).to_have_count(1)
    number = int(several.inner_text())
    several.click()
    page.wait_for_url(re.compile("bbox="))
    page.wait_for_function(f'() => document.querySelector("[data-results]").dataset.count === "{number}"')
    assert page.evaluate("document.activeElement.id") == "liste"


@pytest.mark.slow
def test_a_heap_of_several_places_shows_them_apart(visitor: Visitor) -> None:
    page = visitor.go("/")
    visitor.agreed()
    heap = page.get_by_role("button", name=re.compile("Agrandir")).first
    heap.click()
    page.wait_for_url(re.compile("bbox="))
    visitor.agreed()
    assert visitor.marked() == visitor.count > 1


def test_near_me_asks_on_click_only(window: Any) -> None:
    visitor: Visitor = window(geolocation={"longitude": 2.17, "latitude": 45.95}, permissions=["geolocation"])
    visitor.page.add_init_script(
        "const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation); window.asked = 0;"
        "navigator.geolocation.getCurrentPosition = (...given) => { window.asked += 1; ask(...given); };"
    )
    page = visitor.go("/")
    visitor.agreed()
    assert page.evaluate("window.asked") == 0
    page.get_by_role("button", name="Près de moi").click()
    page.wait_for_url("**/?near=2.17,45.95&radius=20000")
    visitor.agreed()
    assert page.locator(".card-where").first.inner_text().rstrip().endswith(("km", "m"))
    page.get_by_label("Dans un rayon de").select_option("5000")
    page.wait_for_url(re.compile("radius=5000"))


@pytest.mark.slow
def test_a_refused_position_is_said(window: Any) -> None:
    visitor: Visitor = window(permissions=[])
    page = visitor.go("/")
    page.get_by_role("button", name="Près de moi").click()
    expect(page.locator("[data-locate-failure]")).to_contain_text("Votre position n’a pas pu être lue.")


@pytest.mark.slow
def test_the_map_flies_beyond_the_sea(visitor: Visitor) -> None:
    page = visitor.go("/")
    visitor.agreed()
    page.get_by_role("button", name="Mayotte").click()
    page.wait_for_url(re.compile("bbox="))
    west, south, east, north = map(float, visitor.results("bbox").split(","))
    visitor.agreed()
    assert west < 45.1 < east
    assert south < -12.8 < north


def test_a_map_that_fails_says_so_and_the_list_stays(visitor: Visitor) -> None:
    visitor.page.route("**/api/v1/map?*", lambda route: route.fulfill(status=503, body="{}"))
    page = visitor.go("/?territory=departement-23")
    expect(page.locator("[data-map-note]")).to_contain_text("La liste reste juste.")
    assert visitor.count > 0


@pytest.mark.parametrize("asked", ["bbox=1.5,45.5,2.6,46.5", "bbox=1.9,45.6,2.0,46.4&q=bois"])
def test_a_box_of_someone_elses_screen_is_kept_whole(visitor: Visitor, asked: str) -> None:
    visitor.go(f"/?{asked}")
    visitor.agreed()
    west, south, east, north = map(float, visitor.results("bbox").split(","))
    given = [float(edge) for edge in re.findall(r"bbox=([-\d.,]+)", asked)[0].split(",")]
    assert west <= given[0] and south <= given[1] and east >= given[2] and north >= given[3]
    assert visitor.marked() == visitor.count


def test_the_other_language_follows_the_search(visitor: Visitor) -> None:
    page = visitor.go("/")
    visitor.agreed()
    page.locator(".chip", has_text="Énergie").click()
    page.wait_for_url("**/?sector=energie")
    visitor.agreed()
    before = visitor.address
    page.get_by_role("button", name="Zoomer", exact=True).click()
    page.wait_for_function("(before) => !location.href.endsWith(before)", arg=before)
    visitor.agreed()
    address, count = visitor.address, visitor.count
    assert "bbox=" in address
    for link in ("link[rel=canonical]", "link[hreflang=fr]", "link[hreflang=en]"):
        declared = page.locator(link).get_attribute("href") or ""
        assert page.locator(link).count() == 1
        assert declared.endswith(address.removeprefix("/"))
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**/en/?*")
    visitor.agreed()
    assert (visitor.address, visitor.count) == ("/en" + address, count)
    page.get_by_role("link", name="Français").click()
    page.wait_for_url(lambda url: "/en/" not in url)
    assert visitor.address == address


def test_the_title_follows_the_search(visitor: Visitor) -> None:
    page = visitor.go("/")
    visitor.agreed()
    assert page.title() == "Carte et annuaire · Maillage"
    page.get_by_label("Où ?").fill("Creuse")
    page.get_by_label("Où ?").press("Enter")
    page.wait_for_url("**/?territory=departement-23")
    visitor.agreed()
    assert page.title() == "Initiatives : Creuse · Maillage"


@pytest.mark.slow
def test_a_territory_without_an_outline_asks_for_none(visitor: Visitor) -> None:
    visitor.go("/?territory=commune-97801,departement-23")
    visitor.agreed()
    expect(visitor.page.locator(".outline-sought")).to_have_count(1)
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.faults == []


def test_what_was_not_understood_is_said_first(visitor: Visitor) -> None:
    page = visitor.go("/?sector=rien")
    alert = page.locator("#refus")
    expect(alert).to_contain_text("Secteurs et activités")
    expect(alert).to_be_in_viewport()
    alert.focus()
    expect(alert).to_be_focused()
    page.locator(".chip", has_text="Énergie").click()
    page.wait_for_url("**/?sector=energie")
    expect(alert).to_have_text("")
