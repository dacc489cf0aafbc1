"""Territories in the administration."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from territories.custom import define_custom
from territories.models import Territory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("creuse")]
LIST = "admin:territories_territory_changelist"
CHANGE = "admin:territories_territory_change"


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("chef@example.org", "x"))
    return client


@pytest.fixture
def custom() -> Territory:
    return define_custom("Pays", ["commune-23008"], dated=date(2026, 1, 1))


def test_the_list_searches_and_never_loads_a_polygon(staff: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        page = staff.get(reverse(LIST), {"q": "aubuson", "kind__exact": "commune"})
    assert page.status_code == 200
    assert "Aubusson" in page.content.decode()
    assert not [query for query in queries if '"territories_territory"."geometry"' in query["sql"]]
    assert "Aubusson" in staff.get(reverse(LIST), {"q": "23008"}).content.decode()


@pytest.mark.parametrize("q", ["\x00", "%", "'", "x" * 5000, "  "])
def test_strange_searches(staff: Client, q: str) -> None:
    assert staff.get(reverse(LIST), {"q": q}).status_code == 200


def test_an_official_territory_is_shown_on_a_map_and_cannot_be_saved(staff: Client) -> None:
    url = reverse(CHANGE, args=["commune-23008"])
    page = staff.get(url)
    said = page.content.decode()
    assert page.status_code == 200
    assert "leaflet" in said
    assert "MultiPolygon" in said
    assert 'name="_save"' not in said
    assert staff.post(url, {"name": "Altered"}).status_code == 403
    assert Territory.objects.get(pk="commune-23008").name == "Aubusson"
    assert (
        staff.post(reverse("admin:territories_territory_delete", args=["commune-23008"])).status_code == 403
    )
    assert staff.get(reverse("admin:territories_territory_add")).status_code == 403


def test_a_custom_territory_is_drawn_up_from_communes(staff: Client, custom: Territory) -> None:
    url = reverse(CHANGE, args=[custom.pk])
    page = staff.get(url)
    assert 'name="_save"' in page.content.decode()
    row = custom.custom_communes.get()
    answer = staff.post(
        url,
        {
            "name": "Pays neuf", "owner": "", "dated": "2026-02-01", "source": "délibération", "geometry": "",
            "custom_communes-TOTAL_FORMS": "2", "custom_communes-INITIAL_FORMS": "1",
            "custom_communes-MIN_NUM_FORMS": "0", "custom_communes-MAX_NUM_FORMS": "1000",
            "custom_communes-0-id": str(row.pk), "custom_communes-0-territory": custom.pk,
            "custom_communes-0-commune": "commune-23008",
            "custom_communes-1-id": "", "custom_communes-1-territory": custom.pk,
            "custom_communes-1-commune": "commune-23096",
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    custom.refresh_from_db()
    members = Territory.objects.filter(pk__in=["commune-23008", "commune-23096"])
    assert custom.name == "Pays neuf"
    assert custom.population == sum(member.population or 0 for member in members)
    assert Territory.objects.with_geometry().get(pk=custom.pk).geometry is not None


def test_only_communes_are_offered(staff: Client, custom: Territory) -> None:
    offered = staff.get(
        reverse("admin:autocomplete"),
        {
            "term": "creuse",
            "app_label": "territories",
            "model_name": "customcommune",
            "field_name": "commune",
        },
    ).json()
    assert "departement-23" not in {result["id"] for result in offered["results"]}


def test_a_stranger_sees_nothing(client: Client) -> None:
    assert client.get(reverse(LIST)).status_code == 302
