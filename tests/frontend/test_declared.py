"""Who said what, on the page of an initiative: a capacity or a source and a day, never a person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from directory import publishing
from directory.models import Initiative
from frontend.provenance import declared
from tests.factories import make_commune, make_initiative, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def atelier(taxonomy: None) -> Initiative:
    return make_initiative("L’Atelier", (2.17, 45.88), commune=make_commune(), summary="Réparer.")


def note(**said: Any) -> dict[str, Any]:
    return {"at": "2026-03-12T10:00:00+00:00", "by": "", "from": ""} | said


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"by": "account 7", "hand": "owner"}, ("déclaré par l’équipe", "")),
        ({"by": "account 7", "hand": "moderation"}, ("corrigé par la modération", "")),
        ({"by": "account 7"}, ("écrit par une personne qui a un compte", "")),
        ({"by": "faros", "from": "Réseau FAROS"}, ("importé de", "Réseau FAROS")),
        ({"by": "maillage-examples", "from": "lutopik.com"}, ("relevé dans", "lutopik.com")),
        ({"by": "account 7", "hand": "roi"}, ("écrit par une personne qui a un compte", "")),
        ({}, ("sans origine notée", "")),
    ],
)
def test_each_origin_in_words(atelier: Initiative, said: dict[str, Any], shown: tuple[str, str]) -> None:
    atelier.provenance = {"name": note(**said)}
    [row] = declared(atelier)
    assert (row.fields, row.how, row.source, row.day) == ("Nom", *shown, date(2026, 3, 12))


def test_what_came_together_is_said_together_newest_first(atelier: Initiative) -> None:
    old = note(by="faros", **{"from": "FAROS"})
    new = note(by="account 7", hand="owner", at="2026-05-01T22:30:00Z")
    atelier.provenance = {
        "name": old, "summary": new, "location": old, "publication": new, "phone": new, "precision": old,
        "no_such_field": old, "website": note(at="jadis"),
    }  # fmt: skip
    rows = declared(atelier)
    assert [(row.fields, row.day) for row in rows] == [
        ("En une phrase", date(2026, 5, 2)),  # the day of Paris
        ("Nom, point", date(2026, 3, 12)),
    ], "not what is empty, a decision or unknown"


def test_the_page_tells_what_the_team_wrote_and_nobody_s_account(atelier: Initiative, client: Client) -> None:
    owner = make_person("equipe", "owner", atelier)
    atelier.summary = "Réparer ensemble."
    publishing.save(atelier, ["summary"], by=f"account {owner.pk}", source="site")
    assert atelier.provenance["summary"]["hand"] == "owner"
    page = client.get(f"/initiatives/{atelier.slug}/").content.decode()
    block = page.split('class="declared"')[1].split("</details>")[0]
    assert "déclaré par l’équipe" in block and "account" not in block and owner.email not in page
    said = client.get(f"/api/v1/initiatives/{atelier.slug}").json()["properties"]["provenance"]["summary"]
    assert (said["by"], said["hand"]) == (None, "owner")
    assert "declared by the team" in client.get(f"/en/initiatives/{atelier.slug}/").content.decode()


def test_a_capacity_stays_that_of_the_day_it_was_written(atelier: Initiative) -> None:
    owner = make_person("equipe", "owner", atelier)
    publishing.save(atelier, ["name"], by=f"account {owner.pk}", source="site")
    owner.roles.update(ended_at="2026-11-22T12:00:00Z")
    atelier.refresh_from_db()
    assert declared(atelier)[0].how == "déclaré par l’équipe"
