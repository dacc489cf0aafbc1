"""Territories: lists, one, its outline, where a point is."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tests import factories
from tests.api.conftest import Ask, World


def test_a_list_gives_chief_places_and_never_an_outline(world: World, ask: Ask) -> None:
    answer = ask("territories", kind="commune")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/geo+json")
    assert answer.json["numberMatched"] == 3 == answer.json["numberReturned"]
    by_id = {feature["id"]: feature for feature in answer.json["features"]}
    west = by_id["commune-01001"]
    assert west["geometry"] == {"type": "Point", "coordinates": [0.5, 45.5]}
    said = west["properties"]
    assert (said["kind"], said["code"], said["population"], said["area_km2"]) == (
        "commune",
        "01001",
        900,
        8123.457,
    )
    assert said["parents"]["departement"] == {"id": "departement-01", "name": "Pays"}
    assert (said["has_outline"], said["postcodes"]) == (True, ["01000"])
    island = by_id["commune-98801"]
    assert (island["geometry"], island["properties"]["has_outline"]) == (None, False)
    assert island["properties"]["outline_note"] == "absent"
    assert "Polygon" not in answer.text


@pytest.mark.parametrize(
    ("params", "ids"),
    [
        ({"kind": "departement,region"}, ["departement-01", "region-99"]),
        ({"q": "ouest", "kind": "commune"}, ["commune-01001"]),
        ({"q": "île"}, ["commune-98801"]),
        ({"within": "epci-200000001", "kind": "commune"}, ["commune-01002", "commune-01001"]),
        ({"within": "commune-01003"}, []),
        ({"outline": "false"}, ["commune-98801"]),
        ({"outline": "true", "kind": "commune"}, ["commune-01002", "commune-01001"]),
    ],
)
def test_lists_are_narrowed(world: World, ask: Ask, params: dict[str, str], ids: list[str]) -> None:
    answer = ask("territories", **params)
    assert (answer.ids, answer.json["numberMatched"]) == (ids, len(ids))


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_pages_neither_skip_nor_repeat(world: World, ask: Ask, limit: int) -> None:
    for number in range(5):
        factories.make_commune(f"0200{number}", "Même nom")
    answer = ask("territories", limit=limit)
    ids = answer.ids
    while following := [link["href"] for link in answer.json["links"] if link["rel"] == "next"]:
        answer = ask(following[0])
        ids += answer.ids
    assert len(ids) == len(set(ids)) == answer.json["numberMatched"] == 13
    assert ids == ask("territories").ids


@pytest.mark.parametrize("change", ["tampered", "another list", "foreign"])
def test_a_cursor_that_is_not_of_this_list_is_refused(world: World, ask: Ask, change: str) -> None:
    def cursor_of(path: str) -> str:
        links = ask(path, limit=1).json["links"]
        return next(link["href"] for link in links if link["rel"] == "next").partition("cursor=")[2]

    cursor = cursor_of("territories")
    params: dict[str, Any] = {
        "tampered": {"cursor": cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB")},
        "another list": {"cursor": cursor, "kind": "commune"},
        "foreign": {"cursor": cursor_of("initiatives")},
    }[change]
    answer = ask("territories", limit=1, **params)
    assert (answer.status, answer.refused) == (400, ["cursor"])


def test_one_territory(world: World, ask: Ask) -> None:
    said = ask("territories/commune-01002").json["properties"]
    assert said["bbox"] == [1, 45, 2, 46]
    assert said["former"] == [{"code": "01003", "name": "Ancienne"}]
    assert said["outline"] == "http://testserver/api/v1/territories/commune-01002/outline"
    assert ask("territories/commune-98801").json["properties"]["outline"] is None


@pytest.mark.parametrize("path", ["territories/commune-01003", "territories/commune-01003/outline"])
def test_the_code_of_a_former_commune_leads_to_the_present_one(world: World, ask: Ask, path: str) -> None:
    answer = ask(path, format="json")
    assert answer.status == 308
    assert (
        answer.headers["Location"] == f"http://testserver/api/v1/{path.replace('01003', '01002')}?format=json"
    )


@pytest.mark.parametrize(
    "path",
    [
        "territories/commune-99999",
        "territories/nothing",
        "territories/commune-99999/outline",
        "territories/commune-98801/outline",
        "territories/x" + "1" * 5_000,
    ],
)
def test_what_is_not_there_is_a_problem(world: World, ask: Ask, path: str) -> None:
    answer = ask(path)
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("zoom", [None, 0, 5, 9, 10, 22])
def test_an_outline_at_every_zoom(world: World, ask: Ask, zoom: int | None) -> None:
    params = {} if zoom is None else {"zoom": zoom}
    answer = ask("territories/commune-01001/outline", **params)
    assert answer.json["geometry"]["type"] == "MultiPolygon"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


def test_outlines_for_a_view(world: World, ask: Ask) -> None:
    communes = ask("territories/outlines", bbox="0.2,45.2,0.8,45.8", zoom=12)
    assert communes.ids == ["commune-01001"]
    chosen = ask("territories/outlines", bbox="0.2,45.2,0.8,45.8", zoom=12, kind="departement,epci").json
    assert sorted(feature["id"] for feature in chosen["features"]) == ["departement-01", "epci-200000001"]
    assert chosen["kinds"] == ["departement", "epci"]


def test_a_point_is_in_its_commune_and_in_all_that_contain_it(world: World, ask: Ask) -> None:
    feature = ask("territories/locate", point="0.25,45.5").json
    assert feature["id"] == "commune-01001"
    around = [place["id"] for place in feature["properties"]["containing"]]
    assert around == ["arrondissement-01101", "country-FR", "departement-01", "epci-200000001", "region-99"]
    beyond = ask("territories/locate", point="0.75,45.5").json["properties"]["containing"]
    assert "arrondissement-01101" not in [place["id"] for place in beyond]


@pytest.mark.parametrize(
    ("point", "status"), [("2.001,45.5", 200), ("2.01,45.5", 404), ("-30,40", 404), ("0,90", 404)]
)
def test_a_point_at_sea_is_near_a_commune_or_in_none(world: World, ask: Ask, point: str, status: int) -> None:
    answer = ask("territories/locate", point=point)
    assert answer.status == status


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("territories?limit=1000", 4),
        ("territories?kind=commune&q=ouest", 4),
        ("territories/commune-01001", 4),
        ("territories/commune-01001/outline", 4),
        ("territories/locate?point=0.25,45.5", 6),
    ],
)
def test_they_cost_a_fixed_number_of_queries(
    world: World, ask: Ask, django_assert_num_queries: DjangoAssertNumQueries, path: str, queries: int
) -> None:
    with django_assert_num_queries(queries):
        assert ask(path).status == 200
