"""What the map and the facets count, against the plain search."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory import clusters as map_clusters
from directory import features, pyramid
from directory.clusters import clusters
from directory.facets import count, facets, totals
from directory.models import Grouping, Initiative
from territories.geometry import BBox
from tests.directory.conftest import criteria
from tests.factories import join, make_initiative

Make = Callable[..., Initiative]
FRANCE = BBox(-5.5, 41, 10, 51.5)


@pytest.fixture
def scattered(taxonomy: None) -> None:
    """Rows over the world: on cell borders, meridian 0, the antimeridian, the poles; some in one place."""
    places = [
        (0, 0),
        (0, 45),
        (2.8125, 45.1),
        (2.8125, 45.1),
        (180, 10),
        (-180, 10),
        (179.99, -17),
        (5, 90),
        (5, -89),
    ]
    places += [(2 + n / 50, 46 + n / 70) for n in range(30)]
    for n, at in enumerate(places):
        make_initiative(at=at, activities=[[101], [101, 205], [702, 1403, 101]][n % 3], legal_form="scic")
    make_initiative("Sans lieu")


@settings(max_examples=40)
@given(
    west=st.floats(-180, 180), east=st.floats(-180, 180),
    lats=st.tuples(st.floats(-90, 90), st.floats(-90, 90)), zoom=st.integers(0, 22),
    query=st.sampled_from(["", "sector=energie", "sector=energie,alimentation", "q=initiative", "placed=true",
                            "placed=false", "legal_form=scic", "sector=energie--production-citoyenne"]),
)  # fmt: skip
def test_the_counts_of_the_map_sum_to_what_the_list_finds_in_the_aligned_box(
    scattered: None, west: float, east: float, lats: tuple[float, float], zoom: int, query: str
) -> None:
    view = clusters(criteria(query), BBox(west, min(lats), east, max(lats)), zoom, "https://example.org")
    read = [json.loads(text)["properties"] for text in view.features]
    found = criteria(query).in_box(view.bbox).initiatives()
    assert view.matched == sum(properties.get("count", 1) for properties in read) == found.count()
    assert {p["id"] for p in read if "id" in p} <= set(found.values_list("slug", flat=True))
    assert count(criteria(query).in_box(view.bbox)) == view.matched
    assert totals(criteria(query).in_box(view.bbox)).placed == view.matched


def test_a_cluster_says_its_sectors_and_its_box(initiative: Make) -> None:
    initiative(at=(2.0, 46.0), activities=[101, 205])
    initiative(at=(2.001, 46.002), activities=[102])
    pyramid.rebuild()  # a box is as tight as it can be once counted anew
    view = clusters(criteria(""), FRANCE, 5, "https://example.org")
    [cluster] = [json.loads(text) for text in view.features]
    assert cluster["properties"] == {
        "count": 2, "sectors": {"alimentation": 2, "energie": 1}, "bbox": [2.0, 46.0, 2.001, 46.002]
    }  # fmt: skip
    assert cluster["geometry"]["coordinates"] == [2.0005, 46.001]


def test_an_initiative_alone_in_its_cell_is_named(initiative: Make) -> None:
    made = initiative('Le « Moulin » "à" \\ eau', at=(2.0, 46.0))
    [single] = clusters(criteria(""), FRANCE, 5, "https://example.org").features
    properties = json.loads(single)["properties"]
    assert (properties["id"], properties["name"], properties["sector"]) == (
        made.slug,
        made.name,
        "alimentation",
    )
    assert properties["url"] == f"https://example.org/initiatives/{made.slug}/"


def test_a_huge_box_at_a_deep_zoom_is_answered_coarser(
    scattered: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(map_clusters, "MAX_FEATURES", 5)
    view = clusters(criteria(""), FRANCE, 22, "")
    assert view.zoom < 22
    assert len(view.features) <= 5
    finer = clusters(criteria(""), FRANCE, view.zoom + 1, "")
    assert finer.zoom == view.zoom, "the finest zoom that fits is answered"


def test_the_same_zoom_gives_the_same_cells_to_neighbouring_views(scattered: None) -> None:
    def cells(box: BBox) -> dict[str, int]:
        read = [json.loads(text) for text in clusters(criteria(""), box, 7, "").features]
        return {f["id"]: f["properties"].get("count", 1) for f in read}

    left, right = cells(BBox(1.5, 45.5, 2.4, 46.7)), cells(BBox(2.0, 45.5, 3.0, 46.7))
    shared = left.keys() & right.keys()
    assert shared
    assert all(left[cell] == right[cell] for cell in shared)


def test_each_facet_ignores_its_own_filter_and_follows_the_others(initiative: Make, ptce: Grouping) -> None:
    join(ptce, initiative(activities=[101], legal_form="scic"))
    initiative(activities=[101, 201], legal_form="association")
    initiative(activities=[201], legal_form="association")
    counts = facets(criteria("sector=energie&legal_form=association")).counts
    assert counts["sector"] == {"alimentation": 1, "energie": 2}
    assert counts["activity"] == {"alimentation--amap-paniers": 1, "energie--production-citoyenne": 2}
    assert counts["legal_form"] == {"association": 2}
    assert counts["ptce"] == {}
    assert facets(criteria("")).counts["ptce"] == {"pole": 2}
    assert facets(criteria("ptce=pole")).counts["sector"] == {"alimentation": 2}


@pytest.mark.parametrize("query", ["", "ordering=-updated", "near=2,46&radius=200000", "q=initiative"])
def test_what_is_streamed_is_what_is_listed_in_its_order(scattered: None, query: str) -> None:
    listed = list(criteria(query).ordered().values_list("slug", flat=True))
    with features.one_moment():
        streamed = b"".join(features.every_feature(criteria(query), "https://example.org"))
        table = b"".join(features.every_line(criteria(query), "https://example.org")).decode()
    assert [feature["id"] for feature in json.loads(b"[" + streamed + b"]")] == listed
    assert [line.split(",")[0] for line in table.splitlines()] == listed
