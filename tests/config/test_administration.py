"""The administration under the strict content policy, in a real browser."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.gis.geos import Point
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests import factories

LISTEN = """
window.__refused = [];
document.addEventListener("securitypolicyviolation",
  event => window.__refused.push(event.violatedDirective + " " + event.blockedURI));
"""


@pytest.fixture
def signed_in(page: Page, live_server: Any) -> Page:
    """A superuser's page, with what the policy refused kept in ``window.__refused``."""
    person = get_user_model().objects.create_superuser("admin@example.org", "a long enough password")
    client = Client()
    client.force_login(person)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.add_init_script(LISTEN)
    return page


def addresses() -> list[str]:
    models = [model._meta for model in admin.site._registry]
    names = [f"admin:{m.app_label}_{m.model_name}_{what}" for m in models for what in ("changelist", "add")]
    return [reverse("admin:index"), *map(reverse, names)]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_page_of_the_administration_needs_what_the_policy_refuses(
    signed_in: Page, live_server: Any
) -> None:
    opened = 0
    for address in addresses():
        answer = signed_in.goto(live_server.url + address)
        assert answer
        if answer.status == 403:
            continue  # a model that may only be read has no page to add one
        assert answer.status == 200, address
        assert signed_in.evaluate("window.__refused") == [], address
        assert signed_in.locator("#header").evaluate("e => getComputedStyle(e).display") == "flex", address
        opened += 1
    assert opened > 5


@pytest.mark.django_db(transaction=True)
def test_the_map_has_its_marker_and_outlines_where_there_are_no_tiles(
    signed_in: Page, live_server: Any
) -> None:
    factories.make_territory("country", "FR", "France", box=(-4, 43, 8, 50), label_point=Point(2, 46))
    missing: list[str] = []
    signed_in.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    signed_in.goto(live_server.url + reverse("admin:directory_initiative_add"))
    outlines = signed_in.locator(".leaflet-outlines-pane path")
    expect(outlines).to_have_count(1)
    name = signed_in.locator(".leaflet-tooltip")
    expect(name).to_have_text("France")
    layers = "pane => Number(getComputedStyle(pane).zIndex)"
    assert signed_in.locator(".leaflet-names-pane").evaluate(layers) > signed_in.locator(
        ".leaflet-outlines-pane"
    ).evaluate(layers), "the paper would hide the names"
    with signed_in.expect_response(lambda answer: "/outlines?" in answer.url and "zoom=7" in answer.url):
        signed_in.locator(".leaflet-control-zoom-in").click()
    signed_in.locator(".leaflet-draw-draw-marker").click()
    signed_in.locator(".leaflet-container").click(position={"x": 300, "y": 200})
    marker = signed_in.locator("img.leaflet-marker-icon")
    expect(marker).to_have_count(1)
    signed_in.wait_for_load_state("networkidle")
    assert marker.evaluate("image => image.complete && image.naturalWidth") == 25
    assert '"Point"' in signed_in.locator("#id_location").input_value()
    assert signed_in.evaluate("window.__refused") == []
    assert missing == []


@pytest.mark.django_db(transaction=True)
def test_the_map_of_a_territory_has_outlines_too(signed_in: Page, live_server: Any) -> None:
    country = factories.make_territory("country", "FR", "France", box=(-4, 43, 8, 50))
    signed_in.goto(live_server.url + reverse("admin:territories_territory_change", args=[country.pk]))
    expect(signed_in.locator(".leaflet-outlines-pane path")).to_have_count(1)
    expect(signed_in.locator(".leaflet-overlay-pane path")).to_have_count(1)
    assert signed_in.evaluate("window.__refused") == []


def test_signing_in_works(page: Page, live_server: Any) -> None:
    get_user_model().objects.create_superuser("admin@example.org", "a long enough password")
    page.goto(f"{live_server.url}/admin/")
    page.locator("#id_login").fill("admin@example.org")  # the page of everybody, then back
    page.locator("#id_password").fill("a long enough password")
    page.locator("main form .button-strong").click()
    page.wait_for_url(f"{live_server.url}/admin/")
    assert page.locator("#user-tools").is_visible()
