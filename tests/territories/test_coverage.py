"""Outlines as one coverage, on drawings of unit squares."""

import numpy as np
import pytest
import shapely
from shapely import Point, box

from territories.coverage import (
    Repairs,
    approximate_km2,
    as_multipolygon,
    assemble,
    holes_of,
    label_point,
    repaired_coverage,
    simplified,
    union,
)  # fmt: skip
from territories.official import Hole


def ring(hole: shapely.Geometry) -> dict[str, shapely.Geometry]:
    """A and B around a hole:

    lat 3 +-----------+
          |     B     |
        2 +   +---+   +
          | A | ? |   |
        1 |   +---+ A |
          |           |
        0 +-----------+
          0   1   2   3
    """
    north = box(0, 2, 3, 3)
    south = box(0, 0, 3, 2).difference(hole)
    return {"A": south, "B": north}


SQUARE = box(1, 1, 2, 2)


def areas(cover: dict[str, shapely.MultiPolygon]) -> dict[str, float]:
    return {code: round(outline.area, 9) for code, outline in cover.items()}


def test_a_listed_hole_goes_to_its_commune() -> None:
    cover, repairs = assemble(ring(SQUARE), {}, [Hole(Point(1.5, 1.5), ("X",), "B")])
    assert areas(cover) == {"A": 5, "B": 4}
    assert list(repairs.filled) == ["B"]
    assert not holes_of(list(cover.values()))


def test_a_listed_hole_without_commune_goes_to_the_longest_border() -> None:
    """A shares three sides of it, B one."""
    cover, _repairs = assemble(ring(SQUARE), {}, [Hole(Point(1.5, 1.5), ("X",), "")])
    assert areas(cover) == {"A": 6, "B": 3}


def test_a_hole_of_another_country_stays() -> None:
    cover, repairs = assemble(ring(SQUARE), {}, [Hole(Point(1.5, 1.5), (), "")])
    assert areas(cover) == {"A": 5, "B": 3}
    assert repairs.foreign == [pytest.approx(approximate_km2(SQUARE))]
    assert len(holes_of(list(cover.values()))) == 1


def test_an_unlisted_hole_stays_and_is_told() -> None:
    cover, repairs = assemble(ring(SQUARE), {}, [])
    assert areas(cover) == {"A": 5, "B": 3}
    assert [(lon, lat) for lon, lat, _area in repairs.unexplained] == [(1.5, 1.5)]


def test_an_unlisted_sliver_is_closed() -> None:
    """0.002° × 0.002° is 0.05 km²: a gap between two outlines, not a place."""
    cover, repairs = assemble(ring(box(1, 1.998, 1.002, 2)), {}, [])
    assert sum(areas(cover).values()) == 9
    assert (repairs.slivers, repairs.unexplained) == (1, [])


def test_a_hole_around_an_island_is_filled_around_it() -> None:
    """The island C touches the ring in one corner; the listed point is on it, what is filled is around.

    +-----------+
    |  A  +---+ |
    |     |?  | |
    |     | ◇C| |
    |     +---+ |
    +-----------+
    """
    island = shapely.Polygon([(1, 1), (1.6, 1.3), (1.5, 1.6), (1.2, 1.5)])
    around = {"A": box(0, 0, 3, 3).difference(SQUARE), "C": island}
    cover, repairs = assemble(around, {}, [Hole(Point(1.3, 1.4), ("X",), "C")])
    assert areas(cover) == {"A": 8, "C": 1}
    assert repairs.filled["C"] == pytest.approx(approximate_km2(SQUARE.difference(island)))


def test_a_commune_is_built_from_its_delegated_communes() -> None:
    delegated = {"C": [box(1, 1, 1.5, 2), box(1.5, 1, 2, 2)]}
    cover, repairs = assemble(ring(SQUARE), delegated, [])
    assert areas(cover)["C"] == 1
    assert repairs.built == ["C"]


def test_overlaps_and_crossed_rings_are_repaired() -> None:
    """B overlaps A by a tenth of a degree; C is a bow tie."""
    bow_tie = shapely.Polygon([(5, 0), (6, 1), (6, 0), (5, 1)])
    repairs = Repairs()
    cover = repaired_coverage({"A": box(0, 0, 1, 1), "B": box(0.9, 0, 2, 1), "C": bow_tie}, repairs)
    assert repairs.repaired == ["A", "B", "C"]
    assert shapely.coverage_is_valid(list(cover.values()))
    assert cover["A"].area + cover["B"].area == pytest.approx(2)


def test_union_keeps_true_enclaves_only() -> None:
    """The hole in A is another's: it stays in the union of A and B, and C fills it."""
    cells = list(repaired_coverage({**ring(SQUARE), "C": SQUARE}, Repairs()).values())
    around, whole = union(cells[:2]), union(cells)
    assert around is not None
    assert whole is not None
    assert shapely.get_num_interior_rings(around.geoms[0]) == 1
    assert shapely.get_num_interior_rings(whole.geoms[0]) == 0
    assert union([None, None]) is None


def test_outer_rings_turn_counter_clockwise() -> None:
    clockwise = shapely.Polygon([(0, 0), (0, 1), (1, 1), (1, 0)])
    turned = as_multipolygon(clockwise)
    assert turned is not None
    assert turned.geoms[0].exterior.is_ccw


def test_neighbours_simplify_alike() -> None:
    """A wavy border between A and B loses its waves on both sides at once."""
    waves = [(1 + 0.01 * (-1) ** step, step / 100) for step in range(101)]
    a = shapely.Polygon([(0, 0), *waves, (0, 1)])
    b = shapely.Polygon([(2, 0), *waves, (2, 1)])
    thinner = simplified(np.array([a, b], dtype=object), 0.1)
    assert shapely.get_num_coordinates(thinner).sum() < 20
    assert shapely.coverage_is_valid(thinner)
    assert shapely.union_all(thinner).area == pytest.approx(shapely.union_all([a, b]).area, rel=0.01)


def test_a_label_sits_in_the_largest_part() -> None:
    """An islet weighs nothing against the mainland; an L is labelled in one arm, not in its angle."""
    shape = shapely.MultiPolygon([box(0, 0, 4, 4), box(10, 10, 10.1, 10.1)])
    point = label_point(shape)
    assert point is not None
    assert point.distance(Point(2, 2)) < 0.2
    assert label_point(None) is None
