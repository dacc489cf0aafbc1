"""Events of the API: the same as the pages show."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from events.models import Event
from tests.api.conftest import Ask, World


def found(ask: Ask, **given: str) -> list[str]:
    answer = ask("events", **given).json
    assert answer["numberReturned"] == len(answer["features"])
    return [each["id"] for each in answer["features"]]


def test_events_come_by_their_beginning_at_their_place_and_drafts_do_not(ask: Ask, world: World) -> None:
    answer = ask("events")
    assert answer.json["numberMatched"] == 2 and found(ask) == ["forum", "atelier"]
    first = answer.json["features"][0]
    chief = world.territories["west"].chief_place
    assert first["geometry"]["coordinates"] == [chief.x, chief.y]
    told: dict[str, Any] = first["properties"]
    assert (told["start"], told["exact"], told["example"]) == ("2027-06-20T07:30:00Z", False, False)
    assert told["organisers"] == [
        {"type": "network", "id": "reseau", "name": "Reseau"},
        {"type": "name", "id": None, "name": "Labo"},
    ]
    assert told["url"].endswith("/evenements/forum/")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"territory": "commune-01001"}, ["forum", "atelier"]),
        ({"territory": "commune-01002"}, []),
        ({"network": "reseau"}, ["forum", "atelier"]),
        ({"ptce": "pole"}, []),
        ({"since": "2027-06-20", "until": "2027-06-20"}, ["forum"]),
        ({"since": "2027-06-21"}, ["atelier"]),
        ({"until": "2027-06-19"}, []),
        ({"example": "true"}, []),
    ],
)
def test_filters_of_events(ask: Ask, world: World, given: dict[str, str], expected: list[str]) -> None:
    assert found(ask, **given) == expected


def test_a_page_leads_to_the_next(ask: Ask, world: World) -> None:
    answer = ask("events", limit="1").json
    assert [each["id"] for each in answer["features"]] == ["forum"]
    following = next(link["href"] for link in answer["links"] if link["rel"] == "next")
    rest = Client().get(following).json()
    assert [each["id"] for each in rest["features"]] == ["atelier"]
    assert all(link["rel"] != "next" for link in rest["links"])


def test_one_event_with_its_programme_and_no_draft(ask: Ask, world: World) -> None:
    told = ask("events/forum").json["properties"]
    (session,) = told["sessions"]
    assert (session["letter"], session["publics"], session["testimonies"][0]["name"]) == (
        "A", ["elected"], "Ailleurs",
    )  # fmt: skip
    assert ask("events/brouillon").status == ask("events/rien").status == 404


def test_a_cancelled_event_says_so(ask: Ask, world: World) -> None:
    Event.objects.filter(slug="atelier").update(status="cancelled")
    assert ask("events/atelier").json["properties"]["status"] == "cancelled"
