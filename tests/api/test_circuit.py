"""Links and stories by the API: what everyone may read of what a search finds, a page at a time."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from directory.models import Grouping, Initiative, Link, Story
from tests.api.conftest import Ask, World


def told(ask: Ask, **params: Any) -> list[tuple[str, str, str]]:
    rows = [each["properties"] for each in ask("links", **params).json["features"]]
    return [(row["origin"]["id"], row["kind"], row["target"]["id"]) for row in rows]


@pytest.mark.django_db
def test_links_have_an_end_among_what_is_found(world: World, ask: Ask) -> None:
    full = world.initiatives["n0"]
    here = told(ask, ids=full.slug)
    assert len(here) == 3 and all(full.slug in (origin, target) for origin, _kind, target in here)
    assert told(ask, ids="initiative-01") == [row for row in here if "initiative-01" in row]
    assert not any("draft" in row or "hidden" in row for row in told(ask))
    first = ask("links", limit=1).json
    assert (first["numberMatched"], first["numberReturned"]) == (len(told(ask)), 1)
    following = next(each["href"] for each in first["links"] if each["rel"] == "next")
    assert ask(following).json["features"][0]["id"] != first["features"][0]["id"]


@pytest.mark.django_db
def test_a_link_is_a_line_and_only_those_in_force_are_told(world: World, ask: Ask) -> None:
    placed = list(Initiative.objects.visible().filter(location__isnull=False)[:3])
    Link.objects.all().delete()
    now = timezone.now()
    asserted = {"asserted_by": "origin", "origin_agreed_at": now}
    Link.objects.create(origin=placed[0], target=placed[1], kind="hosts", target_agreed_at=now, **asserted)
    Link.objects.create(origin=placed[0], target=placed[2], kind="hosts", **asserted)
    Link.objects.create(origin=placed[1], target=placed[2], kind="hosts", until=timezone.localdate())
    [feature] = ask("links").json["features"]
    ends = [each.location.coords for each in placed[:2] if each.location]
    assert feature["geometry"]["type"] == "LineString" and feature["properties"]["state"] == "confirmed"
    assert feature["geometry"]["coordinates"] == [[round(x, 6) for x in end] for end in ends]
    Initiative.objects.filter(pk=placed[1].pk).update(location=None, precision="")
    assert ask("links").json["features"][0]["geometry"] is None


@pytest.mark.django_db
def test_stories_are_those_published(world: World, ask: Ask) -> None:
    one = Initiative.objects.visible().earliest("pk")
    now = timezone.now()
    fields: dict[str, Any] = {"initiative": one, "kind": "testimony", "text": "<b>Merci</b>", "sent_at": now}
    shown = Story.objects.create(
        title="Merci", state="published", decided_at=now, signature="Une voisine", **fields
    )
    for state in ("draft", "waiting", "withdrawn"):
        Story.objects.create(title=state, state=state, **fields)
    [story] = ask("stories").json["stories"]
    assert (story["id"], story["text"], story["signature"]) == (
        str(shown.uuid),
        "<b>Merci</b>",
        "Une voisine",
    )
    assert story["initiative"] == {"id": one.slug, "name": one.name} and story["context"] is None
    assert ask("stories", ids=world.initiatives["n7"].slug).json["numberMatched"] == 0
    Initiative.objects.filter(pk=one.pk).update(publication="hidden")
    assert ask("stories").json["stories"] == []


@pytest.mark.django_db
def test_a_ptce_tells_its_programmes(world: World, ask: Ask) -> None:
    Grouping.objects.filter(slug="pole").update(programmes=["Banque des territoires", "NFE"])
    assert ask("ptces/pole").json["programmes"] == ["Banque des territoires", "NFE"]
