"""Hot SQL: criteria in; GeoJSON, flat rows, clusters and counts out.

PostgreSQL builds the text, which is passed on unparsed. Coordinates are WGS 84, longitude first,
six decimals (RFC 7946). Labels and names of places are joined when read, so nothing here can be
stale. No SQL holds what a person typed: criteria arrive as a compiled queryset, rows as keys.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from directory.grid import align, shift_of
from directory.paging import Row, metres
from directory.querysets import InitiativeQuerySet
from directory.search import SearchCriteria
from territories.geometry import BBox

CHUNK = 1_000
MAX_FEATURES = 2_000

# The properties of an initiative in a list, in the order of the documentation; "i" is its row.
PROPERTIES = """
    i.slug AS id, i.name, i.summary,
    (SELECT s.slug FROM directory_sector s WHERE s.id = i.main_sector) AS sector,
    ARRAY(SELECT s.slug FROM directory_sector s
          WHERE i.sector_mask & (1 << (s.id - 1)) <> 0 ORDER BY s.id) AS sectors,
    ARRAY(SELECT a.slug FROM unnest(i.activities) WITH ORDINALITY AS u(id, place)
          JOIN directory_activity a ON a.id = u.id ORDER BY u.place) AS activities,
    i.legal_form,
    CASE WHEN c.id IS NOT NULL THEN json_build_object('id', c.id, 'name', c.name) END AS commune,
    nullif(i.postcode, '') AS postcode,
    CASE WHEN d.id IS NOT NULL THEN json_build_object('id', d.id, 'name', d.name) END AS departement,
    nullif(i.precision, '') AS precision,
    nullif(i.website, '') AS website,
    %(base)s || '/initiatives/' || i.slug || '/' AS url,
    to_char(i.verified_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS verified_at,
    to_char(i.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS updated_at,
    nullif(i.source, '') AS source,
    i.origin = 'example' AS example
"""

# To the grid first: printed to six decimals, a coordinate of 1e-9 would come out as it is.
ROUNDED = "ST_SnapToGrid({}, 0.000001)"
DISTANCE = "round(o.distance::numeric, 2)"

ROWS = """
    FROM unnest(%(ids)s::bigint[], %(distances)s::float8[]) WITH ORDINALITY AS o(id, distance, place)
    JOIN directory_initiative i ON i.id = o.id
    LEFT JOIN territories_territory c ON c.id = i.commune_id
    LEFT JOIN territories_territory d ON d.id = i.departement_id
"""


def features(rows: Iterable[Row], base: str) -> list[str]:
    """GeoJSON text of each row, in order. ``base`` is the site's address, without a final slash.

    The properties hold ``distance`` (metres, to the centimetre) where the rows bear one.
    """
    rows = list(rows)
    distance = f", {DISTANCE} AS distance" if any(row.distance is not None for row in rows) else ""
    sql = f"""
        SELECT '{{"type":"Feature","id":' || to_json(i.slug)
            || ',"geometry":' || coalesce(ST_AsGeoJSON({ROUNDED.format("i.location")}, 6, 0), 'null')
            || ',"properties":' || row_to_json(p) || '}}'
        {ROWS} CROSS JOIN LATERAL (SELECT {PROPERTIES}{distance}) p
        ORDER BY o.place
    """
    return [text for (text,) in _fetch(sql, rows, base)]


CSV_COLUMNS = [
    "id", "name", "summary", "sector", "sectors", "activities", "legal_form", "commune_id", "commune",
    "postcode", "departement_id", "departement", "longitude", "latitude", "precision", "website", "url",
    "verified_at", "updated_at", "source", "example", "distance",
]  # fmt: skip


def flat_rows(rows: Iterable[Row], base: str) -> list[tuple[Any, ...]]:
    """The same properties in the order of ``CSV_COLUMNS``; lists joined by ``;``, no person."""
    sql = f"""
        SELECT p.id, p.name, p.summary, p.sector, array_to_string(p.sectors, ';'),
               array_to_string(p.activities, ';'), p.legal_form, i.commune_id, c.name, p.postcode,
               i.departement_id, d.name,
               round(ST_X(i.location)::numeric, 6)::float8, round(ST_Y(i.location)::numeric, 6)::float8,
               p.precision, p.website, p.url, p.verified_at, p.updated_at, p.source,
               p.example::text, {DISTANCE}
        {ROWS} CROSS JOIN LATERAL (SELECT {PROPERTIES}) p
        ORDER BY o.place
    """
    return _fetch(sql, list(rows), base)


def _fetch(sql: str, rows: list[Row], base: str) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {
        "ids": [row.pk for row in rows],
        "distances": [row.distance for row in rows],
        "base": base,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read inside is read as of one moment. A transaction already begun keeps its own."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def every_row(criteria: SearchCriteria) -> Iterator[list[Row]]:
    """All that matches, in order, by chunks; memory stays flat. Inside ``one_moment()``.

    A cursor held by the server gives the keys. The transaction lasts as long as the reader reads.
    """
    names = ["pk", "distance"] if criteria.near else ["pk"]
    chunk: list[Row] = []
    for pk, *distance in criteria.ordered().values_list(*names).iterator(chunk_size=CHUNK):
        chunk.append(Row(pk, metres(distance[0]) if distance else None))
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


@dataclass(frozen=True, slots=True)
class Clusters:
    """What a view of the map shows: GeoJSON texts, and the box and zoom that they stand for."""

    bbox: BBox
    zoom: int
    matched: int
    features: list[str]


# Cells are grouped on the numbers that each row stores. The one initiative of a cell is given by name.
CELLS = """
WITH matched AS (SELECT * FROM ({matched}) AS m(id, tile_x, tile_y, sector_mask, location)),
cells AS (
    SELECT tile_x >> {shift} AS x, tile_y >> {shift} AS y, count(*) AS n, min(id) AS id,
           avg(ST_X(location)) AS lon, avg(ST_Y(location)) AS lat,
           min(ST_X(location)) AS west, min(ST_Y(location)) AS south,
           max(ST_X(location)) AS east, max(ST_Y(location)) AS north
    FROM matched GROUP BY 1, 2
),
masks AS (
    SELECT tile_x >> {shift} AS x, tile_y >> {shift} AS y, sector_mask, count(*) AS n
    FROM matched GROUP BY 1, 2, 3
),
mixes AS (
    SELECT x, y, json_object_agg(slug, n ORDER BY n DESC, id) AS sectors FROM (
        SELECT m.x, m.y, s.id, s.slug, sum(m.n) AS n FROM masks m
        JOIN directory_sector s ON m.sector_mask & (1 << (s.id - 1)) <> 0 GROUP BY m.x, m.y, s.id, s.slug
    ) counted GROUP BY x, y
)
SELECT cells.n,
    '{{"type":"Feature","id":' || CASE WHEN cells.n = 1 THEN to_json(i.slug)::text
        ELSE to_json(format('cell-%%s-%%s-%%s', {zoom}, cells.x, cells.y))::text END
    || ',"geometry":' || ST_AsGeoJSON({rounded}, 6, 0)
    || ',"properties":' || CASE WHEN cells.n = 1 THEN json_build_object(
            'id', i.slug, 'name', i.name, 'sector', s.slug, 'commune', c.name, 'precision', i.precision,
            'example', i.origin = 'example', 'url', %s || '/initiatives/' || i.slug || '/')
        ELSE json_build_object(
            'count', cells.n,
            'sectors', mixes.sectors,
            'bbox', json_build_array(
                floor(west * 1e6) / 1e6, floor(south * 1e6) / 1e6,
                ceil(east * 1e6) / 1e6, ceil(north * 1e6) / 1e6))
        END || '}}'
FROM cells
JOIN mixes USING (x, y)
LEFT JOIN directory_initiative i ON cells.n = 1 AND i.id = cells.id
LEFT JOIN directory_sector s ON s.id = i.main_sector
LEFT JOIN territories_territory c ON c.id = i.commune_id
ORDER BY cells.y, cells.x
"""


def clusters(criteria: SearchCriteria, box: BBox, zoom: int, base: str) -> Clusters:
    """Clusters and single initiatives of a view.

    The box is aligned outward to the cells of the zoom; where more than 2 000 features would
    come, the finest zoom that has fewer is answered. The counts sum to ``matched``, which is the
    count of the same criteria in the aligned box.
    """
    if _cell_count(criteria, box, zoom) > MAX_FEATURES:
        coarser = range(zoom)
        zoom = max(bisect_right(coarser, MAX_FEATURES, key=lambda z: _cell_count(criteria, box, z)) - 1, 0)
    aligned = align(box, zoom)
    matched, params = _compiled(
        _placed(criteria, aligned).values_list("pk", "tile_x", "tile_y", "sector_mask", "location")
    )
    with connection.cursor() as cursor:
        rounded = ROUNDED.format("ST_MakePoint(lon, lat)")
        sql = CELLS.format(matched=matched, shift=shift_of(zoom), zoom=zoom, rounded=rounded)
        cursor.execute(sql, [*params, base])
        cells = cursor.fetchall()
    return Clusters(aligned, zoom, sum(n for n, _text in cells), [text for _n, text in cells])


def _placed(criteria: SearchCriteria, box: BBox) -> InitiativeQuerySet:
    return criteria.in_box(box).initiatives().filter(location__isnull=False)


CELL_COUNT = (
    "SELECT count(*) FROM (SELECT FROM ({matched}) AS m(x, y) GROUP BY x >> {shift}, y >> {shift}) cells"
)


def _cell_count(criteria: SearchCriteria, box: BBox, zoom: int) -> int:
    matched, params = _compiled(_placed(criteria, align(box, zoom)).values_list("tile_x", "tile_y"))
    with connection.cursor() as cursor:
        cursor.execute(CELL_COUNT.format(matched=matched, shift=shift_of(zoom)), params)
        return int(cursor.fetchone()[0])


# Counts by key, for the facets: each reads the criteria less its own.
SECTOR_COUNTS = """
SELECT s.slug, sum(m.n)
FROM (SELECT sector_mask, count(*) AS n FROM ({matched}) AS f(sector_mask) GROUP BY 1) m
JOIN directory_sector s ON m.sector_mask & (1 << (s.id - 1)) <> 0 GROUP BY s.id, s.slug ORDER BY s.id
"""
ACTIVITY_COUNTS = """
SELECT a.slug, count(*) FROM ({matched}) AS f(activities), unnest(f.activities) AS u(id)
JOIN directory_activity a ON a.id = u.id GROUP BY a.id, a.slug ORDER BY a.id
"""
LEGAL_FORM_COUNTS = (
    "SELECT legal_form, count(*) FROM ({matched}) AS f(legal_form) GROUP BY 1 ORDER BY 2 DESC, 1"
)
GROUPING_COUNTS = """
SELECT g.slug, count(*) FROM (
    SELECT grouping_id, initiative_id FROM directory_membership
    WHERE member_agreed_at IS NOT NULL AND grouping_agreed_at IS NOT NULL AND until IS NULL
    UNION SELECT id, initiative_id FROM directory_grouping
) b
JOIN directory_grouping g ON g.id = b.grouping_id AND g.published AND g.kind = '{kind}'
JOIN ({matched}) AS f(id) ON f.id = b.initiative_id
GROUP BY g.id, g.slug ORDER BY 2 DESC, 1
"""


def facets(criteria: SearchCriteria) -> dict[str, dict[str, int]]:
    """How many match, per value of each facet: ``{"sector": {"energie": 12, …}, …}``; no zeros.

    Each facet ignores its own filter and follows the others. An initiative with several sectors
    counts once in each.
    """
    by_sector = criteria.without("sector")
    return {
        "sector": _counts(SECTOR_COUNTS, by_sector, "sector_mask"),
        "activity": _counts(ACTIVITY_COUNTS, by_sector, "activities"),
        "legal_form": _counts(LEGAL_FORM_COUNTS, criteria.without("legal_form"), "legal_form"),
        "network": _counts(GROUPING_COUNTS, criteria.without("network"), "pk", kind="network"),
        "ptce": _counts(GROUPING_COUNTS, criteria.without("ptce"), "pk", kind="ptce"),
    }


def _counts(sql: str, criteria: SearchCriteria, column: str, **names: str) -> dict[str, int]:
    matched, params = _compiled(criteria.initiatives().values_list(column))
    with connection.cursor() as cursor:
        cursor.execute(sql.format(matched=matched, **names), params)
        return {key: int(count) for key, count in cursor.fetchall()}


def _compiled(queryset: Any) -> tuple[str, tuple[Any, ...]]:
    """The queryset's own SQL and parameters, to stand as a subquery."""
    return queryset.query.sql_with_params()
