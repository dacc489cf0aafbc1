"""What a reader holds is confirmed at the cost of one query, and never once it has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from directory.models import Initiative, Sector
from directory.taxonomy import load_taxonomy
from tests import factories

ADDRESSES = [
    "/api/v1/initiatives", "/api/v1/initiatives?limit=all", "/api/v1/initiatives?format=csv",
    "/api/v1/initiatives/essai", "/api/v1/map?bbox=-5,41,10,51&zoom=5", "/api/v1/facets", "/api/v1/sectors",
    "/api/v1/suggest?q=essai", "/api/v1/territories", "/api/v1/ptces", "/api/v1/networks",
    "/", "/en/", "/initiatives/essai/", "/secteurs/energie/", "/territoires/",
]  # fmt: skip
WRITES: dict[str, Callable[[], Any]] = {
    "the ORM": lambda: Initiative.objects.update(name="Autre nom"),
    "a deletion": lambda: Initiative.objects.all().delete(),
    "raw SQL": lambda: execute("UPDATE directory_initiative SET website = 'https://example.org'"),
    "the taxonomy": lambda: Sector.objects.filter(pk=1).update(labels={"fr": "Autre", "en": "Other"}),
    "a name of place": lambda: execute("UPDATE territories_territory SET name = name || '-Neuf'"),
    "COPY": lambda: copy("COPY directory_servedterritory (initiative_id, territory_id) FROM STDIN"),
}  # fmt: skip


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def copy(sql: str) -> None:
    row = (Initiative.objects.get().pk, "commune-01001")
    with connection.cursor() as cursor, cursor.copy(sql) as lines:
        lines.write_row(row)


@pytest.fixture
def stored(transactional_db: None) -> None:
    load_taxonomy()
    country = factories.make_territory("country", "FR", "France")
    commune = factories.make_commune("01001", "Ouest", country=country)
    factories.make_initiative("Essai", slug="essai", at=(2, 46), commune=commune)


def held(client: Client, address: str, tag: str = "", **headers: str) -> Any:
    given = {"If-None-Match": tag} if tag else {}
    response = client.get(address, headers={**given, **headers})
    assert response.status_code in (200, 304), address
    if response.streaming:
        b"".join(response.streaming_content)
    return response


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_held_is_confirmed_by_one_query(
    stored: None, client: Client, django_assert_num_queries: DjangoAssertNumQueries, address: str
) -> None:
    first = held(client, address)
    with django_assert_num_queries(1):
        again = held(client, address, first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], first["Cache-Control"])
    assert set(again["Vary"].split(", ")) == set(first["Vary"].split(", "))
    assert "public" in first["Cache-Control"]
    assert client.head(address)["ETag"] == first["ETag"]


@pytest.mark.parametrize("write", WRITES)
def test_any_write_changes_the_validator(stored: None, client: Client, write: str) -> None:
    address = "/api/v1/initiatives?limit=all"
    first = held(client, address)
    WRITES[write]()
    again = held(client, address, first["ETag"])
    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]


def test_it_changes_when_the_writer_commits_and_not_before(stored: None, client: Client) -> None:
    first = held(client, "/")
    given = connections["default"].get_connection_params()
    wanted = {name: given[name] for name in ("dbname", "user", "password", "host", "port") if given.get(name)}
    with psycopg.connect(**wanted) as writer:
        writer.execute("UPDATE directory_initiative SET name = 'Ailleurs'")
        assert held(client, "/", first["ETag"]).status_code == 304
        writer.commit()
        assert held(client, "/", first["ETag"]).status_code == 200


def test_each_form_of_an_answer_has_its_own(stored: None, client: Client) -> None:
    tags = {
        held(client, "/")["ETag"],
        held(client, "/en/")["ETag"],
        held(client, "/?q=essai")["ETag"],
        held(client, "/", **{"HX-Request": "true"})["ETag"],
        held(client, "/api/v1/initiatives")["ETag"],
        held(client, "/api/v1/initiatives", Accept="text/csv")["ETag"],
        held(client, "/api/v1/initiatives?limit=5")["ETag"],
    }
    assert len(tags) == 7
    assert "HX-Request" in held(client, "/")["Vary"]


def test_forms_and_the_administration_are_nobody_else_s(stored: None, client: Client) -> None:
    for address in ("/initiatives/essai/signaler/", "/admin/login/"):
        response = client.get(address)
        assert "no-store" in response["Cache-Control"]
        assert "private" in response["Cache-Control"]


def test_what_is_refused_or_missing_has_none_and_a_star_confirms_nothing(
    stored: None, client: Client
) -> None:
    for address in ("/api/v1/initiatives?limit=x", "/api/v1/initiatives/rien", "/initiatives/rien/"):
        response = client.get(address, headers={"If-None-Match": "*"})
        assert response.status_code in (400, 404)
        assert not response.headers.get("ETag", "").startswith('W/"')
