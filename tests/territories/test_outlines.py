"""GeoJSON for a base map: what is drawn at which zoom, and that it is GeoJSON."""

import json
from typing import Any

import pytest
import shapely
from shapely.geometry import shape

from territories.drafts import BANDS
from territories.errors import UnknownTerritory
from territories.geometry import BBox
from territories.models import Territory, TerritoryOutline
from territories.outlines import outline, outlines_in
from tests.territories.conftest import drawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("creuse")]
AROUND = BBox(0.5, 45, 3, 47)


def read(text: bytes) -> Any:
    return json.loads(text.decode("utf-8"))


@pytest.mark.parametrize("zoom", [0, 5, 6, 7, 8, 9, 10, 11, 22])
def test_one_outline(zoom: int) -> None:
    feature = read(outline("departement-23", zoom))
    assert feature["type"] == "Feature"
    assert feature["id"] == "departement-23"
    assert {key: feature["properties"][key] for key in ("id", "kind", "code", "name")} == {
        "id": "departement-23", "kind": "departement", "code": "23", "name": "Creuse",
    }  # fmt: skip
    drawing = shape(feature["geometry"])
    assert drawing.geom_type == "MultiPolygon"
    assert all(part.exterior.is_ccw for part in drawing.geoms)
    west, south, east, north = feature["bbox"]
    assert west < 2.17 < east
    assert south < 45.956 < north
    assert drawing.contains(shapely.Point(feature["properties"]["label"]))
    assert "crs" not in feature["geometry"]


def test_detail_follows_the_zoom() -> None:
    sizes = [len(outline("region-75", zoom)) for zoom in (5, 6, 8, 10, 11)]
    assert sizes == sorted(sizes)
    assert sizes[0] * 4 < sizes[-1]


def test_decimals_are_few() -> None:
    feature = read(outline("commune-23008", 22))
    for lon, lat in feature["geometry"]["coordinates"][0][0]:
        assert round(lon, 5) == lon
        assert round(lat, 5) == lat


def test_no_outline_is_null() -> None:
    drawn("commune", "98901", None, name='Île de "Clipperton"')
    feature = read(outline("commune-98901", 3))
    assert feature["geometry"] is None
    assert feature["properties"]["name"] == 'Île de "Clipperton"'
    assert feature["properties"]["label"] is None


def test_unknown() -> None:
    with pytest.raises(UnknownTerritory):
        outline("commune-00000", 5)


@pytest.mark.parametrize(
    ("zoom", "kind", "count"),
    [(5, "region", 1), (6, "region", 1), (7, "departement", 2), (8, "departement", 2), (9, "epci", None),
     (10, "epci", None), (11, "commune", 450), (18, "commune", 450)],
)  # fmt: skip
def test_the_base_map_draws_smaller_territories_as_one_zooms_in(
    zoom: int, kind: str, count: int | None
) -> None:
    drawing = read(outlines_in(BBox(-10, 40, 10, 50), zoom))
    assert drawing["type"] == "FeatureCollection"
    assert drawing["kinds"] == [kind]
    assert {feature["properties"]["kind"] for feature in drawing["features"]} == {kind}
    expected = count or Territory.objects.of_kind(kind).count()
    assert drawing["numberMatched"] == drawing["numberReturned"] == len(drawing["features"]) == expected


def test_only_what_meets_the_box() -> None:
    box = BBox(2.15, 45.94, 2.19, 45.97)
    ids = {feature["id"] for feature in read(outlines_in(box, 13))["features"]}
    assert ids == set(Territory.objects.of_kind("commune").meeting(box).values_list("pk", flat=True))
    assert "commune-23008" in ids


def test_a_coarser_kind_where_too_many_would_come() -> None:
    drawing = read(outlines_in(AROUND, 12, limit=60))
    assert drawing["kinds"] == ["epci"]
    drawing = read(outlines_in(AROUND, 12, limit=1))
    assert drawing["kinds"] == ["region"]
    assert len(drawing["features"]) == 1


def test_asked_kinds_are_capped_and_say_so() -> None:
    drawing = read(outlines_in(AROUND, 8, kinds=["commune", "region"], limit=10))
    assert drawing["numberReturned"] == len(drawing["features"]) == 10
    assert drawing["numberMatched"] == Territory.objects.of_kind("commune", "region").meeting(AROUND).count()
    assert drawing["features"][0]["id"] == "region-75"


def test_nothing_there() -> None:
    drawing = read(outlines_in(BBox(170, -30, -140, 0), 9))
    assert (drawing["features"], drawing["numberMatched"]) == ([], 0)


def test_a_box_across_the_antimeridian_sees_both_sides() -> None:
    """
       179  180 -179
    +----+   |   +----+
    | E1 |   |   | W1 |
    +----+   |   +----+
    """
    for zoom in (4, 12):
        names = set()
        for code, box in (("E1", (178.5, -17, 179.0, -16)), ("W1", (-179.0, -17, -178.5, -16))):
            made = drawn("commune", f"{code}{zoom}", box)
            for band in BANDS:
                TerritoryOutline.objects.create(
                    territory=made, band=band, geometry=made.geometry, geojson=made.geometry.geojson
                )
            names.add(made.pk)
        drawing = read(outlines_in(BBox(178, -20, -178, -10), zoom, kinds=["commune"]))
        assert names <= {feature["id"] for feature in drawing["features"]}


def test_every_outline_has_every_band() -> None:
    with_outline = Territory.objects.exclude(geometry=None).count()
    for band in BANDS:
        assert TerritoryOutline.objects.filter(band=band).count() == with_outline


@pytest.mark.parametrize("kind", ["commune", "departement", "epci"])
@pytest.mark.parametrize("band", sorted(BANDS))
def test_no_sliver_between_simplified_neighbours(kind: str, band: int) -> None:
    rows = TerritoryOutline.objects.filter(band=band, territory__kind=kind)
    cells = [shapely.from_wkb(bytes(row.geometry.wkb)) for row in rows]
    assert shapely.coverage_is_valid(cells)
    texts = [shapely.from_geojson(row.geojson) for row in rows]
    rounding = 10.0 ** -BANDS[band][1]
    assert all(shapely.hausdorff_distance(a, b) <= rounding for a, b in zip(cells, texts, strict=True))
