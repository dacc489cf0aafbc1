"""A place typed in words: led to where it can only mean one, else asked."""

import pytest
from django.test import Client

from frontend.places import is_sure
from territories.gazetteer import Match, Place
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
