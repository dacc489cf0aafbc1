"""Outlines as one coverage: no overlap, no gap, shared borders identical. Pure shapely, no database.

Coordinates are degrees (WGS 84, longitude first). Tolerances are those of the Visvalingam-Whyatt
algorithm of shapely's ``coverage_simplify``: the square root, in degrees, of the area of the
smallest triangle that is kept.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from territories.errors import LoadRefused
from territories.official import Hole

# An unlisted hole up to this area (km²) is a sliver between two outlines, not a place.
SLIVER_KM2 = 0.1
KM_PER_DEGREE = 111.2

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(slots=True)
class Repairs:
    """What had to be done to the outlines."""

    repaired: list[str] = field(default_factory=list)
    built: list[str] = field(default_factory=list)
    filled: dict[str, float] = field(default_factory=dict)
    slivers: int = 0
    foreign: list[float] = field(default_factory=list)
    unexplained: list[tuple[float, float, float]] = field(default_factory=list)


def approximate_km2(geometry: shapely.Geometry) -> float:
    """Area on the sphere seen flat from its middle: good to a per cent, to tell holes apart."""
    return float(geometry.area) * KM_PER_DEGREE**2 * math.cos(math.radians(geometry.centroid.y))


def as_multipolygon(geometry: shapely.Geometry | None) -> shapely.MultiPolygon | None:
    """The polygons of a geometry, exterior rings counter-clockwise (RFC 7946); None if it has none."""
    if geometry is None:
        return None
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    if not parts:
        return None
    oriented: shapely.MultiPolygon = shapely.orient_polygons(shapely.MultiPolygon(parts))
    return oriented


def as_multipolygons(polygons: Array) -> Array:
    """The same for many polygons and multipolygons at once, none of them empty."""
    parts, owners = shapely.get_parts(polygons, return_index=True)
    return np.asarray(shapely.multipolygons(shapely.orient_polygons(parts), indices=owners), dtype=object)


def union(outlines: Iterable[shapely.Geometry | None]) -> shapely.MultiPolygon | None:
    """The union of outlines of one coverage; only true enclaves stay as holes."""
    present = [outline for outline in outlines if outline is not None]
    if not present:
        return None
    merged = shapely.coverage_union_all(present)
    return as_multipolygon(merged if shapely.is_valid(merged) else shapely.make_valid(merged))


def holes_of(outlines: Sequence[shapely.Geometry] | Array) -> list[tuple[shapely.Polygon, Any]]:
    """The rings that the outlines close, each with the gap in it: the ring less what lies inside."""
    parts = shapely.get_parts(shapely.coverage_union_all(outlines))
    rings = [ring for part in parts for ring in part.interiors]
    if not rings:
        return []
    whole = shapely.polygons(rings)
    gaps = whole.copy()
    inner, islands = shapely.STRtree(parts).query(whole, predicate="covers")
    for place, island in zip(inner, islands, strict=True):
        gaps[place] = shapely.difference(gaps[place], parts[island])
    return list(zip(whole, gaps, strict=True))


def longest_neighbour(hole: shapely.Geometry, tree: shapely.STRtree, outlines: Array) -> int | None:
    """Which outline shares the longest border with the hole."""
    near = tree.query(hole, predicate="intersects")
    if not len(near):
        return None
    shared = shapely.length(shapely.intersection(shapely.boundary(outlines[near]), hole.boundary))
    return int(near[int(np.argmax(shared))])


def repaired_coverage(outlines: Mapping[str, shapely.Geometry], repairs: Repairs) -> dict[str, Any]:
    """The same outlines with overlaps given to one side and shared borders made identical."""
    codes = list(outlines)
    given = np.array([outlines[code] for code in codes], dtype=object)
    edges = shapely.coverage_invalid_edges(given)
    broken = ~shapely.is_valid(given)
    wrong = broken | ~shapely.is_empty(edges)
    repairs.repaired += sorted(code for code, bad in zip(codes, wrong, strict=True) if bad)
    given[broken] = shapely.make_valid(given[broken])
    # The snapping distance is left to GEOS (a hundred-millionth of the extent, some 10 cm for France
    # and its overseas départements): with none at all, GEOS 3.14 loses whole polygons.
    clean = shapely.coverage_clean(given, gap_width=0.0)
    lost = shapely.area(clean) < shapely.area(given) / 2
    if lost.any():
        names = [code for code, gone in zip(codes, lost, strict=True) if gone]
        raise LoadRefused(f"outlines lost while mending the coverage: {', '.join(names[:10])}")
    return dict(zip(codes, clean, strict=True))


def assemble(
    outlines: Mapping[str, shapely.Geometry],
    delegated: Mapping[str, Sequence[shapely.Geometry]],
    listed: Sequence[Hole],
) -> tuple[dict[str, shapely.MultiPolygon], Repairs]:
    """One coverage from faulty outlines.

    A commune without outline is built from its delegated communes; what overlaps is repaired;
    every hole goes to the commune the list names, else to the neighbour with the longest shared
    border, except those of another country. An unlisted hole that is not a sliver stays, and the
    repairs tell it.
    """
    repairs = Repairs()
    known = dict(outlines)
    for code, parts in delegated.items():
        known[code] = shapely.union_all(parts)
        repairs.built.append(code)
    cover = repaired_coverage(known, repairs)
    for code, gained in holes_by_commune(cover, listed, repairs).items():
        cover[code] = shapely.coverage_union_all([cover[code], *gained])
    whole = as_multipolygons(np.array(list(cover.values()), dtype=object))
    return dict(zip(cover, whole, strict=True)), repairs


def holes_by_commune(
    cover: Mapping[str, Any], listed: Sequence[Hole], repairs: Repairs
) -> dict[str, list[shapely.Geometry]]:
    """The holes of a coverage, by the commune that each belongs to."""
    codes = list(cover)
    cells = np.array(list(cover.values()), dtype=object)
    tree = shapely.STRtree(cells)
    gained: dict[str, list[shapely.Geometry]] = {}
    for ring, hole in holes_of(cells):
        line = next((line for line in listed if ring.covers(line.point)), None)
        area = approximate_km2(hole)
        if line is not None and line.foreign:
            repairs.foreign.append(area)
            continue
        if line is None and area > SLIVER_KM2:
            repairs.unexplained.append((hole.centroid.x, hole.centroid.y, area))
            continue
        code = line.commune if line is not None else ""
        if code not in cover:
            neighbour = longest_neighbour(hole, tree, cells)
            if neighbour is None:
                continue
            code = codes[neighbour]
        gained.setdefault(code, []).append(hole)
        if area > SLIVER_KM2:
            repairs.filled[code] = repairs.filled.get(code, 0.0) + area
        else:
            repairs.slivers += 1
    return gained


def simplified(outlines: Array, tolerance: float) -> Array:
    """Neighbours simplified together, so that no sliver opens between them."""
    return as_multipolygons(shapely.coverage_simplify(outlines, tolerance))


def label_point(outline: shapely.MultiPolygon | None) -> shapely.Point | None:
    """The middle of the largest circle inside the largest part: where a name reads best."""
    if outline is None:
        return None
    largest = max(outline.geoms, key=lambda part: part.area)
    tolerance = max(math.sqrt(largest.area) / 50, 1e-6)
    return shapely.Point(shapely.maximum_inscribed_circle(largest, tolerance=tolerance).coords[0])
