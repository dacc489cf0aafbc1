"""What indexes alone answer is what the plain search finds: the same rows, at every edge."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.contrib.gis.geos import Point as GeosPoint
from django.contrib.gis.measure import D
from django.db import connection

from directory.covering import covered, is_covered
from directory.facets import count
from directory.grid import align
from directory.models import Initiative
from directory.querysets import geography
from directory.search import SearchCriteria
from territories.geometry import BBox, Point
from tests.directory.conftest import criteria

Make = Callable[..., Initiative]

# Cells of level 14 are 0.02197265625 degrees wide: on such a line, and a hair beside it.
LINE = 0.02197265625 * 92
PLACES = [
    (LINE, 45.5), (LINE + 1e-9, 45.5), (LINE - 1e-9, 45.5), (LINE + 4e-7, 45.2), (2.0, 46.0), (2.3, 45.9),
    (179.9999999, 10.0), (-180.0, -10.0), (180.0, 10.0), (5.0, 90.0), (5.0, -89.9), (0.0, 0.0), (-61.5, 16.2),
]  # fmt: skip


@pytest.fixture
def scattered(initiative: Make) -> None:
    draw = random.Random(5)
    around = [(2 + draw.gauss(0, 0.5), 45.7 + draw.gauss(0, 0.4)) for _ in range(40)]
    for place in [*PLACES, *around]:
        initiative(at=place, activities=[draw.choice([101, 205])], legal_form=draw.choice(["scic", "scop"]))
    initiative(at=(2.0, 45.7), publication="hidden")
    initiative(at=None)


def pks(found: object) -> list[int]:
    return sorted(found.values_list("pk", flat=True))  # type: ignore[attr-defined]


def plain(asked: SearchCriteria) -> list[int]:
    """The same by the coordinates and the ellipsoid of every row, in no index's way."""
    found = replace(asked, bbox=None, near=None, ordering="name").initiatives()
    if asked.near:
        centre = GeosPoint(asked.near.lon, asked.near.lat, srid=4326)
        found = found.alias(geography=geography()).filter(
            geography__dwithin=(centre, D(m=asked.radius)), location__isnull=False
        )
    rows = found.values_list("pk", "location")
    if asked.bbox is None:
        return sorted(pk for pk, _location in rows)
    return sorted(
        pk
        for pk, at in rows
        if at and any(w <= at.x <= e and s <= at.y <= n for w, s, e, n in asked.bbox.parts())
    )


FILTERS = ["", "&sector=energie", "&legal_form=scic", "&sector=alimentation&legal_form=scop", "&placed=true"]


@pytest.mark.parametrize("filters", FILTERS)
def test_a_box_of_cells_holds_what_a_plain_box_holds(scattered: None, filters: str) -> None:
    draw = random.Random(3)
    boxes = [
        BBox(170, -80, -50, 80),
        BBox(-180, -90, 180, 90),
        BBox(LINE, 45, LINE + 1, 46),
        BBox(1, 45, LINE, 46),
    ]
    boxes += [align(BBox(1.2, 45.1, 2.4, 46.1), zoom) for zoom in (3, 8, 12)]
    boxes += [BBox(x, y, x + draw.random(), y + draw.random()) for x, y in [(1.6, 45.4), (2.0, 46.0)] * 5]
    for box in boxes:
        asked = criteria(f"bbox={box}{filters}")
        assert is_covered(asked), box
        assert pks(covered(asked)) == pks(asked.initiatives()) == plain(asked), box
        assert count(asked) == len(plain(asked))


@pytest.mark.parametrize("metres", [5_000, 39_000, 200_000])
def test_a_circle_of_cells_holds_what_the_ellipsoid_says(scattered: None, metres: int) -> None:
    for lon, lat in [(2.0, 45.7), (1.5, 45.9), (-180.0, -10.0), (179.99, 10.0), (5.0, 89.9), (-61.5, 16.2)]:
        asked = criteria(f"near={lon},{lat}&radius={metres}")
        assert is_covered(asked)
        assert pks(covered(asked)) == pks(asked.initiatives()) == plain(asked), (lon, lat)


@pytest.mark.parametrize(("lon", "lat"), [(2.0, 46.0), (0.0, 0.0), (5.0, 90.0), (-61.5, 16.2)])
@pytest.mark.parametrize("bearing", range(0, 360, 45))
def test_whoever_stands_by_the_line_of_a_circle_is_told_by_the_ellipsoid(
    initiative: Make, lon: float, lat: float, bearing: int
) -> None:
    """Just inside and just outside, in every direction: a metre of the sphere is not one of the ellipsoid."""
    made = initiative(at=(lon, lat))
    with connection.cursor() as cursor:
        for metres, kept in [(9_999.5, True), (10_000.5, False)]:
            cursor.execute(
                "UPDATE directory_initiative SET location = ST_Project(ST_SetSRID(ST_MakePoint(%s, %s), 4326)"
                "::geography, %s, radians(%s))::geometry WHERE id = %s",
                [lon, lat, metres, bearing, made.pk],
            )
            near = replace(criteria(""), near=Point(lon, lat), radius=10_000)
            assert pks(near.initiatives()) == pks(covered(near)) == ([made.pk] if kept else [])


def test_a_territory_and_a_box_are_read_by_the_territory(
    country: dict[str, object], initiative: Make
) -> None:
    made = [initiative(at=(lon, 45.5), commune=country["Ham"]) for lon in (0.2, 0.5, 0.8)]
    initiative(at=(0.4, 45.5), commune=country["Bourg"])
    asked = criteria("territory=epci-200000001,departement-02&bbox=0.3,45,0.8,46")
    assert is_covered(asked)
    assert pks(covered(asked)) == pks(asked.initiatives()) == plain(asked)
    assert made[1].pk in pks(covered(asked))
    assert made[0].pk not in pks(covered(asked))


@pytest.mark.parametrize(
    "query", ["q=atelier", "bbox=2,45,2.001,45.001", "territory=commune-01001", "example=true"]
)
def test_what_no_index_holds_is_searched_plainly(country: object, initiative: Make, query: str) -> None:
    initiative(at=(2.0005, 45.0005))
    asked = criteria(query)
    assert not is_covered(asked)
    assert pks(covered(asked)) == pks(asked.initiatives())
