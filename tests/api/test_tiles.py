"""Vector tiles: read by another decoder, with the same filters and the same counts as the list."""

from __future__ import annotations

import json
import math
from typing import Any

import mapbox_vector_tile
import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import factories
from tests.api.conftest import Ask, World
from tests.api.test_agreement import criteria

Features = list[dict[str, Any]]


def features(client: Client, z: int, x: int, y: int, **params: str) -> Features:
    response = client.get(f"/api/v1/tiles/{z}/{x}/{y}.mvt", params)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    read = mapbox_vector_tile.decode(response.content)
    assert set(read) <= {"initiatives"}
    return list(read["initiatives"]["features"]) if read else []


def every(client: Client, z: int, **params: str) -> Features:
    return [
        each for x in range(1 << z) for y in range(1 << z) for each in features(client, z, x, y, **params)
    ]


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int, int]:
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return z, int((lon + 180) / 360 * 2**z), int(y * 2**z)


@settings(max_examples=25)
@given(asked=criteria(), zoom=st.integers(0, 2))
def test_the_counts_of_the_tiles_of_a_zoom_sum_to_what_matches_and_has_a_place(
    world: World, client: Client, ask: Ask, asked: dict[str, str], zoom: int
) -> None:
    cache.clear()
    listed = ask("initiatives", **asked, limit="all").json["features"]
    placed = {each["id"] for each in listed if each["geometry"]}
    found = [each["properties"] for each in every(client, zoom, **asked)]
    assert sum(each["count"] for each in found) == len(placed)
    assert {each["id"] for each in found if "id" in each} <= placed
    assert all(("id" in each) == (each["count"] == 1) for each in found)


@pytest.mark.parametrize("params", [{}, {"sector": "alimentation"}, {"q": "epicerie"}])
def test_points_from_zoom_13_on_are_those_of_the_list(
    world: World, client: Client, ask: Ask, params: dict[str, str]
) -> None:
    listed = ask("initiatives", **params, limit="all").json["features"]
    for each in [each for each in listed if each["geometry"]][:6]:
        found = features(client, *tile_of(*each["geometry"]["coordinates"], 13), **params)
        said = next(one["properties"] for one in found if one["properties"]["id"] == each["id"])
        own = each["properties"]
        assert (said["name"], said["sector"], said["url"]) == (own["name"], own["sector"], own["url"])
        assert said.get("commune") == (own["commune"] or {}).get("name")


def test_a_cluster_says_how_many_of_which_sectors(world: World, client: Client) -> None:
    for _ in range(3):
        factories.make_initiative(at=(100.001, 10.001), activities=[101, 205])
    factories.make_initiative(at=(100.002, 10.001), activities=[205])
    [cluster] = features(client, *tile_of(100.001, 10.001, 12))
    assert cluster["properties"]["count"] == 4
    assert cluster["properties"]["sector"] == "energie"
    assert json.loads(cluster["properties"]["sectors"]) == {"energie": 4, "alimentation": 3}


@pytest.mark.parametrize("at", [(180, 10), (-180, 10), (5, 90), (5, -90), (0, 0), (-45, 66.51326044311186)])
@pytest.mark.parametrize("zoom", [0, 1, 3, pytest.param(4, marks=pytest.mark.slow)])
def test_what_lies_on_an_edge_is_in_one_tile(
    world: World, client: Client, zoom: int, at: tuple[float, float]
) -> None:
    made = factories.make_initiative("Au bord", at=at, activities=[1401])
    found = every(client, zoom, ids=made.slug)
    assert [each["properties"]["id"] for each in found] == [made.slug]


@pytest.mark.parametrize("place", ["0/0/0", "22/4194303/0", "22/0/4194303", "5/31/31"])
def test_the_last_tiles_of_the_grid_are_there(world: World, client: Client, place: str) -> None:
    assert client.get(f"/api/v1/tiles/{place}.mvt").status_code == 200


@pytest.mark.parametrize(
    ("place", "name"),
    [("23/0/0", "z"), ("5/32/0", "x"), ("5/0/32", "y"), ("-1/0/0", "z"), ("5/a/0", "x"), ("5/0/1.5", "y"),
     ("٣/0/0", "z"), ("5/0/99999999999999999999", "y")],
)  # fmt: skip
def test_a_tile_that_cannot_be_is_refused(world: World, ask: Ask, place: str, name: str) -> None:
    answer = ask(f"tiles/{place}.mvt")
    assert (answer.status, answer.refused) == (400, [name])


def test_filters_are_refused_as_everywhere(world: World, ask: Ask) -> None:
    answer = ask("tiles/0/0/0.mvt", sector="rien", zoom="3")
    assert answer.status == 400
    assert set(answer.refused) == {"sector", "zoom"}


def test_a_tile_where_nothing_is_is_empty_and_all_are_shared_and_kept(world: World, client: Client) -> None:
    response = client.get("/api/v1/tiles/10/0/0.mvt", headers={"Origin": "https://example.org"})
    assert (response.status_code, response.content) == (200, b"")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=60"
    again = client.get("/api/v1/tiles/10/0/0.mvt", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
