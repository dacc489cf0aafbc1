"""Hot SQL: criteria in; GeoJSON and flat rows out.

PostgreSQL builds the text, which is passed on unparsed. Coordinates are WGS 84, longitude first,
six decimals (RFC 7946). Labels and names of places are joined when read, so nothing here can be
stale. No SQL holds what a person typed: criteria arrive as a compiled queryset, rows as keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from directory.paging import Row, metres
from directory.search import SearchCriteria

CHUNK = 1_000

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
