"""The map and the counts by filter."""

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.api.conftest import Ask, World

EVERYWHERE = "-180,-90,180,90"


@pytest.mark.parametrize("zoom", [0, 3, 6, 9, 14, 22])
def test_the_counts_sum_to_those_of_the_list_in_the_aligned_box(world: World, ask: Ask, zoom: int) -> None:
    view = ask("map", bbox="0.1,45.1,1.6,45.9", zoom=zoom).json
    aligned = ",".join(map(str, view["bbox"]))
    listed = ask("initiatives", bbox=aligned, limit="all")
    counts = [feature["properties"].get("count", 1) for feature in view["features"]]
    assert sum(counts) == view["numberMatched"] == listed.json["numberMatched"]
    assert view["numberReturned"] == len(view["features"])
    singles = {feature["id"] for feature in view["features"] if "count" not in feature["properties"]}
    assert singles <= set(listed.ids)
    west, south, east, north = view["bbox"]
    assert west <= 0.1
    assert south <= 45.1
    assert east >= 1.6
    assert north >= 45.9


def test_a_cluster_says_its_sectors_and_its_box(world: World, ask: Ask) -> None:
    [cluster] = ask("map", bbox="0,45,1,46", zoom=0, placed="true", territory="commune-01001").json[
        "features"
    ]
    said = cluster["properties"]
    assert said["count"] == 12
    assert list(said["sectors"].values()) == sorted(said["sectors"].values(), reverse=True)
    west, south, east, north = said["bbox"]
    lon, lat = cluster["geometry"]["coordinates"]
    assert west <= lon <= east
    assert south <= lat <= north


def test_the_view_may_cross_the_antimeridian(world: World, ask: Ask) -> None:
    across = ask("map", bbox="170,-80,-150,80", zoom=4).json
    listed = ask("initiatives", bbox=",".join(map(str, across["bbox"])), limit="all").json
    assert across["numberMatched"] == listed["numberMatched"] > 0


def test_box_and_zoom_are_required(world: World, ask: Ask) -> None:
    answer = ask("map")
    assert (answer.status, sorted(answer.refused)) == (400, ["bbox", "zoom"])


@pytest.mark.parametrize("name", ["draft", "hidden", "archived", "closed", "planned"])
def test_the_map_shows_published_and_open_ones_only(world: World, ask: Ask, name: str) -> None:
    view = ask("map", bbox=EVERYWHERE, zoom=22)
    assert name not in view.text
    assert view.json["numberMatched"] + ask("facets").json["withoutPlace"] == 36


def test_each_facet_ignores_its_own_filter_and_follows_the_others(world: World, ask: Ask) -> None:
    every = ask("facets").json
    assert every["numberMatched"] == 36
    assert sum(every["legal_form"].values()) == 36
    assert every["network"] == {"reseau": 1}
    assert every["ptce"] == {"pole": 3}
    by_form = ask("facets", legal_form="scic").json
    assert by_form["legal_form"] == every["legal_form"]
    assert by_form["numberMatched"] == every["legal_form"]["scic"]
    assert sum(by_form["sector"].values()) < sum(every["sector"].values())
    for slug, count in every["sector"].items():
        assert ask("initiatives", sector=slug).json["numberMatched"] == count
    for slug, count in every["activity"].items():
        assert ask("initiatives", sector=slug).json["numberMatched"] == count


@pytest.mark.parametrize(
    ("path", "params", "queries"),
    [
        ("map", {"bbox": EVERYWHERE, "zoom": 5}, 4),
        ("map", {"bbox": "-5,41,10,51", "zoom": 6}, 3),
        ("facets", {}, 3),
        ("facets", {"sector": "habitat"}, 6),
        ("facets", {"q": "epicerie", "sector": "habitat"}, 8),
    ],
)
def test_they_cost_a_fixed_number_of_queries(
    world: World,
    ask: Ask,
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    params: dict[str, str],
    queries: int,
) -> None:
    with django_assert_num_queries(queries):
        assert ask(path, **params).status == 200
