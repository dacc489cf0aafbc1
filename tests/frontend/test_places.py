"""A place typed in words: led to where it can only mean one, else asked."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from frontend.places import is_sure
from territories.gazetteer import Match, Place
from tests.address_service import AddressService, address_service, give
from tests.frontend.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("examples")]


@pytest.mark.parametrize(
    ("typed", "territory"),
    [
        ("la creuse", "departement-23"),
        ("département de la creuse", "departement-23"),
        ("souterraine", "commune-23176"),
        ("st-junien", "commune-87154"),
        ("23008", "commune-23008"),
        ("epci-200044014", "epci-200044014"),
    ],
)
def test_a_place_that_can_only_be_one(client: Client, typed: str, territory: str) -> None:
    assert client.get("/", {"place": typed})["Location"] == f"/?territory={territory}"


@pytest.mark.parametrize(
    ("typed", "proposed"),
    [("aubuson", "commune-23008"), ("gueert", "commune-23096"), ("feyre", "commune-23193"), ("2320", "")],
)
def test_a_place_that_only_resembles_is_asked(client: Client, typed: str, proposed: str) -> None:
    html = text_of(client, f"/?place={typed}")
    assert "Lequel cherchez-vous ?" in html
    assert f"territory={proposed}" in html


def place(people: int, match: Match = Match.WHOLE, kind: str = "commune") -> Place:
    return Place(kind, (f"{kind}-{people}",), "", "", people, None, None, None, match=match)


@pytest.mark.parametrize(
    ("places", "sure"),
    [
        ([], False),
        ([place(5)], True),
        ([place(5, Match.FORMER)], True),
        ([place(5, Match.BEGINNING)], False),
        ([place(5, Match.LIKENESS)], False),
        ([place(1_000), place(100)], True),
        ([place(1_000), place(101)], False),
        ([place(1_000), place(1_000, kind="departement")], True),
        ([place(1_000), place(1_000)], False),
        ([place(1_000), place(9_000, kind="epci")], True),
        ([place(1_000, kind="epci"), place(900, kind="epci")], False),
        ([place(31_000), place(400), place(37_000, Match.BEGINNING)], False),
        ([place(173_000), place(28_000, Match.BEGINNING)], True),
        ([place(1_000), place(9_000, Match.BEGINNING, "epci"), place(9_000, Match.LIKENESS)], True),
    ],
)
def test_a_place_is_sure_where_no_other_can_be_meant(places: list[Place], *, sure: bool) -> None:
    assert is_sure(places) is sure


@pytest.fixture
def service(settings: Any) -> Iterator[AddressService]:
    caches["addresses"].clear()
    with address_service() as running:
        settings.ADDRESS_SERVICE_URL = running.url
        yield running
    caches["addresses"].clear()


def test_an_address_that_is_no_territory_is_asked_around(client: Client, service: AddressService) -> None:
    html = text_of(client, "/?place=12+rue+du+moulin+felletin&q=laine&territory=departement-87")
    assert "Lequel cherchez-vous ?" in html
    first = html.partition('<ul class="places">')[2]
    assert 'href="/?q=laine&amp;near=2.17346,45.88346&amp;radius=10000"' in first.partition("</li>")[0]
    assert "adresse · 23500 Felletin" in first


@pytest.mark.parametrize("typed", ["felletin", "aubus", "23200"])
def test_a_place_that_is_known_is_not_sent_elsewhere(
    client: Client, service: AddressService, typed: str
) -> None:
    client.get("/", {"place": typed})
    assert service.asked == []


def test_a_misspelt_town_comes_before_streets(client: Client, service: AddressService) -> None:
    first = text_of(client, "/?place=aubuson").partition('<ul class="places">')[2]
    assert first.index("commune-23008") < first.index("near=")


def test_an_address_service_that_fails_leaves_what_is_known(client: Client, service: AddressService) -> None:
    service.answering = lambda handler: give(handler, "{}", 503)
    assert "Aucun lieu ne s’appelle" in text_of(client, "/?place=99+rue+zzzzqqqq")
    assert "commune-23008" in text_of(client, "/?place=aubuson")
