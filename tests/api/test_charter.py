"""The charter in the API: its versions, who signed, and never a person."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from charter import mandates, signing, versions
from charter.keys import key_of
from charter.models import Signature
from tests.factories import make_commune, make_initiative

pytestmark = pytest.mark.django_db


def signed(name: str, structure: Any = None, **told: Any) -> Signature:
    version = versions.current()
    assert version
    email = f"{name.lower()}@example.org"
    signing.sign(version, {"name": name, "email": email, "listed": True} | told, structure)
    row = signing.confirm(key_of(Signature.objects.get(email=email)))
    return mandates.grant(row, User.objects.get(email="admin@example.org")) if structure else row


@pytest.fixture
def charter(taxonomy: None) -> None:
    versions.load()
    User.objects.create_superuser("admin@example.org")
    here, there = make_commune("23079", "Felletin"), make_commune("87085", "Limoges")
    signed("Paul", make_initiative("Le Fournil", commune=here, slug="le-fournil"))
    signed("Maire", there)
    signed("Cachette", make_initiative("La Cachette", commune=here), listed=False)
    signed("Anne", commune=here, capacity="citizen")


def test_without_a_version_it_is_empty(client: Client) -> None:
    told = client.get("/api/v1/charter").json()
    assert (told["current"], told["versions"], told["signatories"]["total"]) == (None, [], 0)


def test_the_text_its_versions_and_how_many_signed(client: Client, charter: None) -> None:
    told = client.get("/api/v1/charter").json()
    assert (told["current"]["number"], [each["number"] for each in told["versions"]]) == (1, [1])
    assert set(told["current"]["texts"]) == {"fr", "en"}
    assert told["current"]["url"] == "http://testserver/charte/versions/1/"
    assert told["signatories"] == {
        "total": 4, "initiative": 2, "ptce": 0, "network": 0, "territory": 1, "person": 1, "unnamed": 1,
    }  # fmt: skip


def test_structures_are_listed_and_no_person_is(client: Client, charter: None) -> None:
    answer = client.get("/api/v1/charter/signatories")
    told = answer.json()
    assert [(each["kind"], each["id"], each["name"]) for each in told["signatories"]] == [
        ("initiative", "le-fournil", "Le Fournil"), ("territory", "commune-87085", "Limoges"),
    ]  # fmt: skip
    assert told["signatories"][0]["commune"] == {"id": "commune-23079", "name": "Felletin"}
    assert told["counts"]["person"] == 1
    for secret in ("Paul", "Anne", "Maire", "Cachette", "example.org"):
        assert secret not in json.dumps(told)


def test_they_are_asked_for_by_place_and_kind_a_page_at_a_time(client: Client, charter: None) -> None:
    def names(query: str) -> list[str]:
        return [
            each["name"] for each in client.get(f"/api/v1/charter/signatories{query}").json()["signatories"]
        ]

    assert names("?territory=commune-23079") == ["Le Fournil"]
    assert names("?kind=territory,ptce") == ["Limoges"]
    assert names("?kind=person") == []
    first = client.get("/api/v1/charter/signatories?limit=1").json()
    assert (first["numberMatched"], first["numberReturned"]) == (2, 1)
    [onward] = [each["href"] for each in first["links"] if each["rel"] == "next"]
    assert [each["name"] for each in client.get(onward).json()["signatories"]] == ["Limoges"]
