"""The map: clusters and single initiatives of a view, as GeoJSON texts that PostgreSQL writes.

Where the criteria are whole sectors or nothing, down to zoom 12, the pyramid gives the cells;
otherwise the rows that match are grouped, once. One statement on top serves both.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from directory import pyramid
from directory.covering import covered
from directory.grid import Cells, cells_of, shift_of
from directory.models import Sector
from directory.querysets import LAT, LON
from directory.search import SearchCriteria
from territories.geometry import BBox

MAX_FEATURES = 2_000


@dataclass(frozen=True, slots=True)
class Clusters:
    """What a view of the map shows: GeoJSON texts, and the box and zoom that they stand for."""

    bbox: BBox
    zoom: int
    matched: int
    features: list[str]


# A row of the pyramid for each row that matches.
ROWS = """
SELECT tile_x >> {shift} AS x, tile_y >> {shift} AS y, mask, 1 AS n, round(lon * 1e6) AS sum_lon,
       round(lat * 1e6) AS sum_lat, id AS ids, lon AS west, lat AS south, lon AS east, lat AS north
FROM ({matched}) AS m(id, tile_x, tile_y, mask, lon, lat)
"""

# The one initiative of a cell is given by name, at its own place.
VIEW = """
WITH cells AS MATERIALIZED (
    SELECT x, y, {n} AS n, sum(sum_lon) AS sum_lon, sum(sum_lat) AS sum_lat, bit_xor(ids) AS ids,
           min(west) AS west, min(south) AS south, max(east) AS east, max(north) AS north,
           ARRAY[{counts}]::bigint[] AS counts
    FROM ({masks}) AS masks GROUP BY x, y HAVING {n} > 0
)
SELECT cells.n,
    '{{"type":"Feature","id":' || CASE WHEN cells.n = 1 THEN to_json(i.slug)::text
        ELSE to_json(format('cell-%%s-%%s-%%s', {zoom}, cells.x, cells.y))::text END
    || ',"geometry":' || ST_AsGeoJSON(CASE WHEN cells.n = 1 THEN ST_SnapToGrid(i.location, 0.000001)
        ELSE ST_MakePoint(round(sum_lon / cells.n) / 1e6, round(sum_lat / cells.n) / 1e6) END, 6, 0)
    || ',"properties":' || CASE WHEN cells.n = 1 THEN json_build_object(
            'id', i.slug, 'name', i.name, 'sector', s.slug, 'commune', c.name, 'precision', i.precision,
            'example', i.origin = 'example', 'url', %s || '/initiatives/' || i.slug || '/')
        ELSE json_build_object(
            'count', cells.n,
            'sectors', (
                SELECT json_object_agg(t.slug, t.n ORDER BY t.n DESC, t.place)
                FROM unnest(cells.counts, %s::text[]) WITH ORDINALITY AS t(n, slug, place) WHERE t.n > 0
            ),
            'bbox', json_build_array({box})
        ) END || '}}'
FROM cells
LEFT JOIN directory_initiative i ON i.id = CASE WHEN cells.n = 1 THEN cells.ids END
LEFT JOIN directory_sector s ON s.id = i.main_sector
LEFT JOIN territories_territory c ON c.id = i.commune_id
ORDER BY cells.y, cells.x
"""
# A dozen counts for each combination of sectors in a cell rather than for each row: they cost the most.
MASKS = """
SELECT x, y, mask, sum(n) AS n, sum(sum_lon) AS sum_lon, sum(sum_lat) AS sum_lat, bit_xor(ids) AS ids,
       min(west) AS west, min(south) AS south, max(east) AS east, max(north) AS north
FROM ({source}) AS parts GROUP BY x, y, mask
"""

# The pyramid holds millionths of a degree already; of rows, the box is rounded outward.
STORED_BOX = "west / 1e6, south / 1e6, east / 1e6, north / 1e6"
ROWS_BOX = (
    "floor(west * 1e6) / 1e6, floor(south * 1e6) / 1e6, ceil(east * 1e6) / 1e6, ceil(north * 1e6) / 1e6"
)
BOXES = {True: STORED_BOX, False: ROWS_BOX}


def clusters(criteria: SearchCriteria, box: BBox, zoom: int, base: str) -> Clusters:
    """Clusters and single initiatives of a view; ``base`` is the site's address, without a final slash.

    The box is aligned outward to the cells of the zoom; where more than 2 000 features would
    come, a coarser zoom that has fewer is answered. The counts sum to ``matched``, which is the
    count of the same criteria in the aligned box. The box of a cluster holds all of it.
    """
    cells = _fitting(criteria, box, zoom)
    source, params, stored = _source(criteria, cells)
    whole = stored and pyramid.reads_whole(criteria, cells.zoom)
    sectors = Sector.objects.order_by("pk").values_list("pk", "slug")
    sql = VIEW.format(
        masks=source if stored else MASKS.format(source=source),
        zoom=cells.zoom,
        n="coalesce(sum(n) FILTER (WHERE mask = 0), 0)" if whole else "sum(n)",
        counts=_counts([pk for pk, _slug in sectors], whole),
        box=BOXES[stored],
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, base, [slug for _pk, slug in sectors]])
        found = cursor.fetchall()
    return Clusters(cells.box, cells.zoom, sum(int(n) for n, _text in found), [text for _n, text in found])


def _counts(sectors: Sequence[int], whole: bool) -> str:
    """How many are in each sector. A product of bits is twice as fast as a filter for each."""
    if whole:
        return ", ".join(f"sum(n) FILTER (WHERE mask = {1 << sector - 1})" for sector in sectors)
    return ", ".join(f"sum(n * (mask >> {sector - 1} & 1))" for sector in sectors)


def _source(criteria: SearchCriteria, cells: Cells) -> tuple[str, tuple[Any, ...], bool]:
    """A query for what lies in the cells, its parameters, and whether the pyramid answers it."""
    if pyramid.covers(criteria) and cells.zoom <= pyramid.FINEST_ZOOM:
        return pyramid.cells_sql(criteria, cells), (), True
    found = covered(criteria.in_box(cells.box)).filter(location__isnull=False)
    matched, params = pyramid.compiled(
        found.annotate(lon=LON, lat=LAT).values_list("pk", "tile_x", "tile_y", "sector_mask", "lon", "lat")
    )
    return ROWS.format(matched=matched, shift=shift_of(cells.zoom)), params, False


def _fitting(criteria: SearchCriteria, box: BBox, zoom: int) -> Cells:
    """The cells of the view, of a coarser zoom where too many would be drawn: the finest that has few cells.

    What a screen shows never needs counting: its cells are few, whatever lies in them.
    """
    cells = cells_of(box, zoom)
    if len(cells) <= MAX_FEATURES or _few(criteria, cells):
        return cells
    zooms = range(zoom + 1)
    fits = bisect_right(zooms, MAX_FEATURES, key=lambda z: len(cells_of(box, z))) - 1
    return cells_of(box, max(fits, 0))


FEW = "SELECT count(*) FROM (SELECT FROM ({source}) AS parts {where} LIMIT {most}) AS few"


def _few(criteria: SearchCriteria, cells: Cells) -> bool:
    """Whether less would be drawn than is too much, whatever the number of cells."""
    source, params, stored = _source(criteria, cells)
    where = "WHERE mask = 0" if stored and pyramid.reads_whole(criteria, cells.zoom) else ""
    with connection.cursor() as cursor:
        cursor.execute(FEW.format(source=source, where=where, most=MAX_FEATURES + 1), params)
        return bool(cursor.fetchone()[0] <= MAX_FEATURES)
