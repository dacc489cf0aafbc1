"""A territory is composed with the map, by a press and by a drawing; and without a script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker

from accounts.models import User
from territories.models import Territory
from tests.browser.test_roles import PASSWORD, clean, sign_in

# The data is committed, for the server’s threads to see.
pytestmark = pytest.mark.django_db
AUTHOR = "composition@creuse.example"
HERE = "/compte/territoires/composer/"


@pytest.fixture(scope="module")
def author(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        made = User.objects.create_user(AUTHOR, PASSWORD)
        EmailAddress.objects.create(user=made, email=AUTHOR, verified=True, primary=True)
        yield


def codes(page: Page) -> list[str]:
    return [line.split()[0] for line in page.input_value("#id_codes").split("\n") if line.strip()]


def add_around(page: Page, place: str, radius: str) -> None:
    page.fill("#id_place", place)
    page.fill("#id_radius", radius)
    page.click("button[value=place]")
    page.locator("#retenues strong").first.wait_for()


@pytest.mark.slow
def test_communes_are_pressed_and_drawn_around(window: Any, author: None) -> None:
    visitor = window()
    sign_in(visitor, AUTHOR)
    page = visitor.go(HERE)
    add_around(page, "Felletin", "10")
    before = codes(page)
    page.locator(".pick-taken").first.wait_for()
    assert "23079" in before and page.locator(".pick-taken").count() == len(before)
    canvas = page.locator("[data-canvas]")
    canvas.scroll_into_view_if_needed()
    frame = canvas.bounding_box()
    assert frame
    page.mouse.click(frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    page.wait_for_function("document.querySelector('[data-map-said]').textContent.includes('retirée')")
    assert len(codes(page)) == len(before) - 1
    page.click("[data-draw]")
    corners = [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7)]
    places = [(frame["x"] + x * frame["width"], frame["y"] + y * frame["height"]) for x, y in corners]
    for number, at in enumerate(places):
        page.mouse.move(*at)
        page.mouse.click(*at)
        page.locator(".leaflet-editing-icon").nth(number).wait_for()
        page.wait_for_timeout(150)  # Leaflet.draw takes a press that comes sooner for the same one
    page.mouse.click(*places[0])
    page.get_by_text("à l’intérieur du contour dessiné").first.wait_for()
    assert len(codes(page)) >= len(before)
    clean(visitor)
    page.click("button[value=save]")
    page.wait_for_url("**/compte/territoires/#contenu")
    page.get_by_text("10 km autour de Felletin").first.wait_for()
    clean(visitor)


@pytest.mark.slow
def test_a_phone_without_a_script_composes_too(
    window: Any, author: None, django_db_blocker: DjangoDbBlocker
) -> None:
    visitor = window(375, java_script_enabled=False)
    sign_in(visitor, AUTHOR)
    page = visitor.go(HERE)
    add_around(page, "Aubusson", "5")
    assert not page.locator("[data-canvas]").is_visible()
    page.fill("#id_codes", page.input_value("#id_codes") + "\n99999")
    page.click("button[value=save]")
    page.get_by_text("Aucune commune ne porte ce code").wait_for()
    kept = [code for code in codes(page) if code != "99999"]
    page.fill("#id_codes", "\n".join(kept))
    page.click("button[value=save]")
    page.wait_for_url("**/compte/territoires/#contenu")
    with django_db_blocker.unblock():
        assert Territory.objects.get(pk="custom-5-km-autour-daubusson").communes.count() == len(kept)
