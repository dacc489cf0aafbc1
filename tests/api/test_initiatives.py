"""Lists of initiatives: pages, formats, links, cursors, headers."""

import csv
import io
from typing import Any

import pytest
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries

from directory.models import Initiative
from tests import factories
from tests.api.conftest import Ask, World

UNSEEN = ["draft", "hidden", "archived", "closed", "planned"]
PROPERTIES = {
    "id",
    "name",
    "summary",
    "sector",
    "sectors",
    "activities",
    "legal_form",
    "commune",
    "postcode",
    "departement",
    "precision",
    "website",
    "url",
    "verified_at",
    "updated_at",
    "source",
    "example",
}


def pages(ask: Ask, **params: Any) -> list[list[str]]:
    """The ids of each page, following the links to the end."""
    answer = ask("initiatives", **params)
    found = [answer.ids]
    while following := [link["href"] for link in answer.json["links"] if link["rel"] == "next"]:
        answer = ask(following[0])
        assert answer.status == 200
        found.append(answer.ids)
    return found


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_page_has_its_counts_its_links_and_the_documented_properties(world: World, ask: Ask) -> None:
    answer = ask("initiatives", limit=5, near="0.5,45.5", radius=100_000)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/geo+json")
    body = answer.json
    assert list(body) == ["type", "numberMatched", "numberReturned", "links", "features"]
    assert body["numberReturned"] == 5 == len(body["features"])
    assert body["numberMatched"] > 5
    assert [link["rel"] for link in body["links"]] == ["self", "next"]
    assert all(link["href"].startswith("http://testserver/api/v1/initiatives?") for link in body["links"])
    for feature in body["features"]:
        assert set(feature["properties"]) == PROPERTIES | {"distance"}
        assert feature["id"] == feature["properties"]["id"]
        assert feature["properties"]["url"] == f"http://testserver/initiatives/{feature['id']}/"
    distances = [feature["properties"]["distance"] for feature in body["features"]]
    assert distances == sorted(distances)


def test_lists_hold_no_personal_data_and_distance_only_where_asked(world: World, ask: Ask) -> None:
    answer = ask("initiatives", limit="all")
    assert all(set(feature["properties"]) == PROPERTIES for feature in answer.json["features"])
    assert "contact@example.org" not in answer.text
    assert "+33" not in answer.text


def test_what_has_no_place_has_a_null_geometry(world: World, ask: Ask) -> None:
    features = ask("initiatives", placed="false").json["features"]
    assert features
    assert all(
        feature["geometry"] is None and feature["properties"]["precision"] is None for feature in features
    )


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"q": "epicerie"},
        {"near": "0.5,45.5", "radius": "150000"},
        {"ordering": "-updated"},
        {"ordering": "-created"},
    ],
)
@pytest.mark.parametrize("limit", [1, 4, 36, 1000])
def test_pages_neither_skip_nor_repeat(world: World, ask: Ask, params: dict[str, str], limit: int) -> None:
    found = pages(ask, limit=limit, **params)
    ids = [id for page in found for id in page]
    assert len(ids) == len(set(ids)) == ask("initiatives", **params).json["numberMatched"]
    assert ids == ask("initiatives", limit="all", **params).ids
    assert all(len(page) == limit for page in found[:-1])


def test_pages_hold_while_rows_come_and_go(world: World, ask: Ask) -> None:
    first = ask("initiatives", limit=10)
    Initiative.objects.filter(slug__in=first.ids[:3]).update(publication="hidden")
    factories.make_initiative("Aaa, before everything", slug="aaa")
    second = ask(next(link["href"] for link in first.json["links"] if link["rel"] == "next"))
    assert not set(first.ids) & set(second.ids)
    assert len(second.ids) == 10


def test_same_names_are_told_apart_by_the_cursor(world: World, ask: Ask) -> None:
    twins = {factories.make_initiative("Jumelle").slug for _ in range(7)}
    ids = [id for page in pages(ask, limit=2, q="jumelle", ordering="name") for id in page]
    assert len(ids) == 7
    assert set(ids) == twins


@pytest.mark.parametrize("change", ["tampered", "another search", "another order", "foreign", "half"])
def test_a_cursor_that_is_not_of_this_search_is_refused(world: World, ask: Ask, change: str) -> None:
    href = next(link["href"] for link in ask("initiatives", limit=2).json["links"] if link["rel"] == "next")
    cursor = href.partition("cursor=")[2]
    territories = next(
        link["href"] for link in ask("territories", limit=1).json["links"] if link["rel"] == "next"
    )
    params: dict[str, Any] = {
        "tampered": {"cursor": ("A" if cursor[0] != "A" else "B") + cursor[1:]},
        "another search": {"cursor": cursor, "sector": "alimentation"},
        "another order": {"cursor": cursor, "ordering": "-created"},
        "foreign": {"cursor": territories.partition("cursor=")[2]},
        "half": {"cursor": cursor[: len(cursor) // 2]},
    }[change]
    answer = ask("initiatives", limit=2, **params)
    assert (answer.status, answer.refused) == (400, ["cursor"])


def test_a_cursor_does_not_go_with_everything(world: World, ask: Ask) -> None:
    href = next(link["href"] for link in ask("initiatives", limit=2).json["links"] if link["rel"] == "next")
    answer = ask("initiatives", limit="all", cursor=href.partition("cursor=")[2])
    assert (answer.status, answer.refused) == (400, ["cursor"])


@pytest.mark.parametrize("name", UNSEEN)
def test_lists_show_published_and_open_ones_only(world: World, ask: Ask, name: str) -> None:
    assert name not in ask("initiatives", limit="all").ids
    assert name not in ask("initiatives", limit=1000, q=name).ids
    assert name not in [row["id"] for row in rows(ask("initiatives", format="csv").text)]
    assert ask("initiatives", limit="all").json["numberMatched"] == 36


def test_csv_says_the_same_with_numbers_as_numbers(world: World, ask: Ask) -> None:
    answer = ask("initiatives", format="csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    found = rows(answer.text)
    features = ask("initiatives", limit="all").json["features"]
    assert [row["id"] for row in found] == [feature["id"] for feature in features]
    for row, feature in zip(found, features, strict=True):
        said = feature["properties"]
        assert row["name"] == said["name"]
        assert row["sectors"].split(";") == said["sectors"]
        assert row["commune"] == (said["commune"] or {}).get("name", "")
        point = feature["geometry"] and feature["geometry"]["coordinates"]
        assert [row["longitude"], row["latitude"]] == ([f"{x:.10g}" for x in point] if point else ["", ""])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_a_spreadsheet_would_run_is_kept_from_it(world: World, ask: Ask, start: str) -> None:
    made = factories.make_initiative(f"{start}HYPERLINK()", at=(-1.5, -2.5))
    [row] = rows(ask("initiatives", format="csv", ids=made.slug).text)
    assert row["name"] == f"'{start}HYPERLINK()"
    assert (row["longitude"], row["latitude"]) == ("-1.5", "-2.5")


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("params", [{}, {"limit": 5}])
def test_csv_is_a_file_with_a_name(world: World, ask: Ask, params: dict[str, Any], method: str) -> None:
    answer = ask("initiatives", format="csv", method=method, **params)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="maillage-initiatives.csv"'
    if method == "get":
        assert answer.text.splitlines()[0].startswith("id,name,")
    assert "Content-Disposition" not in ask("initiatives").headers


def test_a_page_of_csv_links_to_the_next(world: World, ask: Ask) -> None:
    first = ask("initiatives", format="csv", limit=20)
    assert len(rows(first.text)) == 20
    address, _, rel = first.headers["Link"].partition("; ")
    assert rel == 'rel="next"'
    second = ask(address.strip("<>"))
    assert len(rows(second.text)) == 16
    assert "Link" not in second.headers
    ids = [row["id"] for answer in (first, second) for row in rows(answer.text)]
    assert ids == ask("initiatives", limit="all").ids


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("application/json", "application/json"),
        ("application/geo+json", "application/geo+json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("*/*", "application/geo+json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/geo+json"),
    ],
)
def test_accept_chooses_the_format(world: World, ask: Ask, accept: str, given: str) -> None:
    answer = ask("initiatives", headers={"Accept": accept})
    assert (answer.status, answer.headers["Content-Type"]) == (200, given)
    assert "Accept" in answer.headers["Vary"]


def test_json_and_geojson_are_the_same_body(world: World, ask: Ask) -> None:
    plain, geo = ask("initiatives", format="json").json, ask("initiatives", format="geojson").json
    assert plain["features"] == geo["features"]
    assert plain["links"][0]["type"] == "application/json"


@pytest.mark.parametrize("limit", ["5", "all"])
def test_what_is_held_is_confirmed_by_one_query(
    world: World, ask: Ask, django_assert_num_queries: DjangoAssertNumQueries, limit: str
) -> None:
    first = ask("initiatives", limit=limit)
    with django_assert_num_queries(1):
        again = ask("initiatives", limit=limit, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.text) == (304, "")
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "public, max-age=60"
    assert "Accept" in again.headers["Vary"]


def test_pages_are_compressed_and_still_validated(world: World, client: Client) -> None:
    gzip = {"Accept-Encoding": "gzip"}
    first = client.get("/api/v1/initiatives", headers=gzip)
    assert first["Content-Encoding"] == "gzip"
    again = client.get("/api/v1/initiatives", headers={**gzip, "If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_head_runs_no_stream(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):  # the version of the data, for its validator
        response = client.head("/api/v1/initiatives?limit=all")
        assert b"".join(response.streaming_content) == b""
    assert (response.status_code, response["Content-Type"]) == (200, "application/geo+json")
    assert "Content-Length" not in response, "how long it would be is not known"


@pytest.mark.parametrize("params", [{"limit": "all"}, {"format": "csv"}])
def test_asking_for_everything_is_throttled_by_address_and_pages_are_not(
    world: World, ask: Ask, params: dict[str, str]
) -> None:
    from django.conf import settings

    rates = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"whole": "2/min"}}
    with override_settings(REST_FRAMEWORK=rates):
        statuses = [ask("initiatives", **params).status for _ in range(3)]
        refused = ask("initiatives", headers={"X-Forwarded-For": "192.0.2.7"}, **params)
        assert statuses == [200, 200, 429]
        assert refused.status == 429, "a header that anyone can write is not another address"
        assert int(refused.headers["Retry-After"]) > 0
        assert refused.json["title"] == "Too Many Requests"
        assert ask("initiatives").status == 200


@pytest.mark.parametrize(
    ("params", "queries"),
    [
        ({}, 4),
        ({"limit": 1000}, 4),
        ({"format": "csv", "limit": 10}, 2),
        ({"near": "0.5,45.5"}, 3),
        ({"territory": "departement-01"}, 4),
    ],
)
def test_a_page_costs_a_fixed_number_of_queries(
    world: World,
    ask: Ask,
    django_assert_num_queries: DjangoAssertNumQueries,
    params: dict[str, Any],
    queries: int,
) -> None:
    ask("initiatives", **params)  # Django keeps what it reads once of a projection
    with django_assert_num_queries(queries):
        ask("initiatives", **params)


def test_a_saved_list_and_a_hand_picked_selection(world: World, ask: Ask) -> None:
    picked = ask("initiatives", ids="initiative-02,initiative-01,ancien-nom").ids
    assert sorted(picked) == ["initiative-00", "initiative-01", "initiative-02"]
    listed = ask("initiatives", listing="choix", limit="all").ids
    by_sector = ask("initiatives", sector="alimentation", limit="all").ids
    assert set(listed) == {*by_sector, "initiative-02"}
