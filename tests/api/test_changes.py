"""What changed, as a harvester follows it over HTTP."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection

from directory.models import Initiative, Merge, Source, SourceRecord
from tests.api.conftest import Answer, Ask
from tests.factories import make_initiative


def follow(ask: Ask, answer: Answer) -> Answer:
    [address] = [link["href"] for link in answer.json["links"] if link["rel"] == "next"]
    return ask("changes", **dict(parse_qsl(urlsplit(address).query)))


def told(answer: Answer) -> list[tuple[str, str]]:
    assert answer.status == 200, answer.text
    assert answer.json["numberReturned"] == len(answer.json["changes"])
    return [(each["id"], each["change"]) for each in answer.json["changes"]]


@pytest.fixture
def five(feed_from_nothing: None) -> list[Initiative]:
    return [make_initiative(f"Jardin {n}", slug=f"jardin-{n}") for n in range(5)]


def test_a_copy_is_kept_by_following_next(five: list[Initiative], ask: Ask) -> None:
    first = ask("changes", limit=4)
    assert told(first) == [(f"jardin-{n}", "created") for n in range(4)] and first.json["more"]
    second = follow(ask, first)
    assert told(second) == [("jardin-4", "created")] and not second.json["more"]
    nothing = follow(ask, second)
    assert told(nothing) == [] and not nothing.json["more"]

    Initiative.objects.filter(slug="jardin-2").update(summary="Des légumes")
    Initiative.objects.filter(slug="jardin-0").update(activity_state="closed")
    Initiative.objects.filter(slug="jardin-1").update(publication="hidden")
    make_initiative("Jardin neuf", slug="jardin-neuf")
    after = follow(ask, nothing)
    assert told(after) == [
        ("jardin-2", "changed"), ("jardin-0", "closed"), ("jardin-1", "withdrawn"),
        ("jardin-neuf", "created"),
    ]  # fmt: skip
    changed, _closed, withdrawn, _created = after.json["changes"]
    assert changed["uuid"] == str(five[2].uuid) and changed["api"].endswith("/api/v1/initiatives/jardin-2")
    assert withdrawn["api"] is None and withdrawn["merged_into"] is None
    assert told(follow(ask, second)) == told(after), "a place that was kept stays good"


def test_who_took_the_place_and_where_it_comes_from(five: list[Initiative], ask: Ask) -> None:
    Merge.objects.create(slug="jardin-0", target=five[1])
    five[0].delete()
    source = Source.objects.create(slug="ailleurs", name="Ailleurs")
    kept = {"source": source, "first_seen": "2026-01-01T00:00Z", "last_seen": "2026-01-01T00:00Z"}
    theirs = "7f9c24e8-3b12-4fef-91e0-57a2d4cfae11"
    for name in (theirs, "12"):
        SourceRecord.objects.create(initiative=five[4], external_id=name, **kept)
    found = {each["id"]: each for each in ask("changes").json["changes"]}
    assert found["jardin-0"]["change"] == "withdrawn" and found["jardin-0"]["merged_into"] == "jardin-1"
    assert found["jardin-4"]["origins"] == [theirs]


def test_a_reading_may_begin_at_a_moment(five: list[Initiative], ask: Ask) -> None:
    assert len(told(ask("changes", since="2026-01-31"))) == 5
    assert told(ask("changes", since="2199-12-31T23:59:59Z")) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "since", ["hier", "2026-13-01", "2026-01-31T09:30", "1969-12-31", "9999-12-31", "20260131"]
)
def test_what_is_no_moment_is_refused(ask: Ask, since: str) -> None:
    answer = ask("changes", since=since)
    assert answer.status == 400 and answer.refused == ["since"]


def test_what_was_held_back_is_not_confirmed_as_unchanged(five: list[Initiative], ask: Ask) -> None:
    """The data do not change when another transaction is given up: what comes after it is told then."""
    address = {"since": "2026-01-31"}
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("UPDATE directory_initiative SET summary = 'Non' WHERE slug = 'jardin-0'")
            Initiative.objects.filter(slug="jardin-1").update(summary="Oui")
            before = ask("changes", **address)
            assert "jardin-1" not in dict(told(before))
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    after = ask("changes", headers={"If-None-Match": before.headers["ETag"]}, **address)
    assert "jardin-1" in dict(told(after))
