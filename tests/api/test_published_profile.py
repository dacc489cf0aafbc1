"""What an initiative made public: its self-assessment, its signature; and who vouches for its listing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator

from accounts.models import User
from api.openapi import document
from charter import mandates
from directory import publishing
from directory.history import Hand
from directory.models import Initiative
from questionnaires import owning, reviewing
from questionnaires.models import Response
from questionnaires.versions import PROFILE, load
from tests.api.conftest import World
from tests.charter.conftest import Sign, sign, version  # noqa: F401
from tests.factories import make_initiative, make_person
from tests.questionnaires.answered import answered
from tests.questionnaires.shapes import make_compass
from verification import confirming
from verification.models import How

ONE = "/api/v1/initiatives/initiative-00"


@pytest.fixture
def one(world: World) -> Initiative:
    return world.initiatives["n0"]


@pytest.fixture
def owner(one: Initiative) -> User:
    return make_person("owner", "owner", one)


@pytest.fixture
def mine(one: Initiative) -> Response:
    return answered(load(), 3, one)


def told(client: Client) -> dict[str, Any]:
    properties: dict[str, Any] = client.get(ONE).json()["properties"]
    return properties


def matches_the_document(feature: Any) -> None:
    whole = document()
    schema = {"$ref": "#/components/schemas/InitiativeProfileFeature", "components": whole["components"]}
    Draft202012Validator(schema).validate(feature)


# -- The self-assessment ------------------------------------------------------------------------------


def test_a_public_profile_is_told_by_dimension_and_never_as_one_score(
    client: Client, mine: Response, owner: User
) -> None:
    owning.share(mine, owner, "public", year=2025)
    [found] = told(client)["self_assessments"]
    dimensions = found.pop("dimensions")
    assert dimensions[0] == {
        "id": "economique", "labels": {"fr": "Économique", "en": "Economic"}, "score": 75,
        "band": {"fr": "Inspirant", "en": "Inspiring"}, "completeness": 100, "answered": 7,
        "applicable": True,
    }  # fmt: skip
    assert len(dimensions) == 4
    assert found == {
        "questionnaire": PROFILE, "version": 1, "year": 2025, "credibility": "self",
        "answered_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    matches_the_document(client.get(ONE).json())


@pytest.mark.parametrize("sharing", ["private", "networks", "statistics"])
def test_what_is_not_public_is_not_told(client: Client, mine: Response, owner: User, sharing: str) -> None:
    owning.share(mine, owner, sharing)
    answer = client.get(ONE)
    assert answer.json()["properties"]["self_assessments"] == []
    assert b"economique" not in answer.content and str(mine.uuid).encode() not in answer.content


def test_to_publish_it_and_to_take_it_back_is_seen_by_who_holds_a_copy(
    client: Client, mine: Response, owner: User
) -> None:
    tags = [client.get(ONE)["ETag"]]
    for sharing, count in (("public", 1), ("private", 0), ("public", 1)):
        owning.share(mine, owner, sharing)
        answer = client.get(ONE, headers={"If-None-Match": tags[-1]})
        assert (answer.status_code, len(answer.json()["properties"]["self_assessments"])) == (200, count)
        tags.append(answer["ETag"])
    owning.discard(mine, owner)
    answer = client.get(ONE, headers={"If-None-Match": tags[-1]})
    assert (answer.status_code, answer.json()["properties"]["self_assessments"]) == (200, [])
    assert len({*tags, answer["ETag"]}) == 5
    assert client.get(ONE, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_the_last_year_by_each_questionnaire_is_told(client: Client, one: Initiative, owner: User) -> None:
    for step, year in ((1, 2024), (4, 2025)):
        owning.share(answered(load(), step, one), owner, "public", year=year)
    owning.share(answered(make_compass(), 2, one), owner, "public")
    found = told(client)["self_assessments"]
    assert [(each["questionnaire"], each["dimensions"][0]["score"]) for each in found] == [
        (PROFILE, 100), ("boussole", 50),
    ]  # fmt: skip
    assert found[0]["year"] == 2025


def test_who_vouches_for_it_counts_while_they_may_be_named(
    client: Client, mine: Response, owner: User
) -> None:
    owning.share(mine, owner, "public")
    other = make_initiative("Le Pair")
    peer = make_person("pair", "owner", other)
    review = reviewing.invite(mine, owner, peer.email, "peer")
    reviewing.answer(review, peer, other, agreed=True, note="Vu sur place")
    before = client.get(ONE)
    assert before.json()["properties"]["self_assessments"][0]["credibility"] == "peer"
    assert b"Vu sur place" not in before.content and peer.email.encode() not in before.content
    publishing.hide(other, by="account 1", why="Doublon")
    after = client.get(ONE, headers={"If-None-Match": before["ETag"]})
    assert after.json()["properties"]["self_assessments"][0]["credibility"] == "self"


# -- Its signature, and who vouches for the listing -----------------------------------------------------


def test_a_signatory_says_what_it_signed_and_when(
    client: Client,
    one: Initiative,
    sign: Sign,  # noqa: F811
) -> None:
    assert told(client)["charter_signature"] is None
    row = mandates.grant(sign("Paul", one), User.objects.create_superuser("admin@example.org"))
    answer = client.get(ONE)
    said = answer.json()["properties"]
    assert said["charter"] is True
    assert said["charter_signature"] == {
        "version": {"number": 1, "edition": row.version.edition},
        "signed_on": timezone.localdate().isoformat(),
    }
    assert b"Paul" not in answer.content
    matches_the_document(answer.json())


def test_it_is_said_when_and_in_which_capacity_somebody_vouched_for_it(client: Client, world: World) -> None:
    first = world.initiatives["n1"]
    address = f"/api/v1/initiatives/{first.slug}"
    before = client.get(address).json()["properties"]["verification"]
    assert (before["hand"], before["at"]) == (None, "2026-02-15T12:00:00.000000Z")
    keeper = make_person("moderation", "moderator", world.territories["departement"])
    confirming.confirm(first, keeper, How.SITE)
    answer = client.get(address)
    said = answer.json()["properties"]
    assert said["verification"] == {
        "at": said["verified_at"], "hand": Hand.MODERATION, "to_confirm": False,
    }  # fmt: skip
    assert keeper.email.encode() not in answer.content
    assert said["provenance"]["verified_at"]["hand"] == Hand.MODERATION
    matches_the_document(answer.json())


def test_what_nobody_vouched_for_in_two_years_says_so(client: Client, one: Initiative) -> None:
    rows = Initiative.objects.filter(pk=one.pk)
    rows.update(verified_at=None, created_at="2020-01-01T00:00:00Z", provenance={})
    assert told(client)["verification"] == {"at": None, "hand": None, "to_confirm": True}
