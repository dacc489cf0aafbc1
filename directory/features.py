"""Hot SQL: criteria in; GeoJSON and tables out, by the page or whole.

PostgreSQL builds the text, which is passed on unparsed. Coordinates are WGS 84, longitude first,
six decimals (RFC 7946). What an initiative says of itself is kept ready (migration 0006); names of
places and the site's address are joined when read, so nothing here can be stale. No SQL holds what a
person typed: criteria arrive as a compiled queryset, rows as keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import FloatField, Value

from directory import relevance
from directory.columns import DISTANCE, LINE, NAMES, RECORD, TABLES
from directory.paging import Row
from directory.pyramid import compiled
from directory.search import ORDERINGS, SearchCriteria

# Bytes of a stream that are handed on at once.
PIECE = 32 * 1024

# The properties of an initiative in a list; "f" is its fragment, "c" and "d" its commune and département.
FEATURE = """
    f.feature
    || CASE WHEN c.id IS NULL THEN ',"commune":null'
            ELSE ',"commune":{"id":' || to_json(c.id) || ',"name":' || to_json(c.name) || '}' END
    || CASE WHEN d.id IS NULL THEN ',"departement":null'
            ELSE ',"departement":{"id":' || to_json(d.id) || ',"name":' || to_json(d.name) || '}' END
    || ',"url":"' || %s::text || '/initiatives/' || f.slug || '/"'
"""
MEMBER = f"""|| coalesce(',"distance":' || {DISTANCE}, ',"distance":null')"""
END = "|| '}}'"

PLACES = """
    LEFT JOIN territories_territory c ON c.id = f.commune_id
    LEFT JOIN territories_territory d ON d.id = f.departement_id
"""
# Rows are looked up one after the other as the order gives them: nothing is gathered before the first goes
# out. (Hashed or merged, they would all be read, then sorted with their texts.)
ROW_AFTER_ROW = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"

ROWS = f"""
    FROM unnest(%s::bigint[], %s::float8[]) WITH ORDINALITY AS o(id, distance, place)
    JOIN directory_fragment f ON f.initiative_id = o.id {PLACES}
"""

EOL = b"\r\n"
# Records that are read at once.
RECORDS = 1_000


def features(rows: Iterable[Row], base: str) -> list[str]:
    """GeoJSON text of each row, in order. ``base`` is the site's address, without a final slash.

    The properties hold ``distance`` (metres, to the centimetre) where the rows bear one.
    """
    rows = list(rows)
    distance = MEMBER if any(row.distance is not None for row in rows) else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {FEATURE} {distance} {END} {ROWS} ORDER BY o.place", [_quoted(base), *_given(rows)]
        )
        return [text for (text,) in cursor.fetchall()]


def lines(rows: Iterable[Row], base: str) -> Iterator[bytes]:
    """The same as lines of CSV, by pieces, without the header."""
    return _written(f"SELECT {LINE} {ROWS} {TABLES} ORDER BY o.place", [base, *_given(list(rows))])


def header() -> bytes:
    return ",".join(NAMES).encode() + EOL


def every_feature(criteria: SearchCriteria, base: str) -> Iterator[bytes]:
    """GeoJSON of all that matches, in order, with commas between, by pieces. Inside ``one_moment()``."""
    found, order, params = _every(criteria)
    distance = MEMBER if criteria.near else ""
    first = True
    for rows in _copied(
        f"SELECT ',' || {FEATURE} {distance} {END} {found} {order}", [_quoted(base), *params]
    ):
        # Of all that COPY escapes, JSON text holds backslashes only.
        piece = b"".join(rows).replace(rb"\\", b"\\")
        yield piece[1:] if first else piece
        first = False


def every_line(criteria: SearchCriteria, base: str) -> Iterator[bytes]:
    """Lines of CSV of all that matches, in order, by pieces. Inside ``one_moment()``."""
    found, order, params = _every(criteria)
    return _written(f"SELECT {LINE} {found} {TABLES} {order}", [base, *params])


def every_record(criteria: SearchCriteria, base: str) -> Iterator[tuple[Any, ...]]:
    """All that matches, in order, as rows of typed cells (directory.columns); memory stays flat.

    Inside ``one_moment()``, or outside of any transaction, where the database keeps the rows until they
    are read.
    """
    found, order, params = _every(criteria)
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {RECORD} {found} {TABLES} {order}", [base, *params])
        while rows := cursor.fetchmany(RECORDS):
            yield from rows


def _quoted(base: str) -> str:
    """As it stands inside a JSON string."""
    return json.dumps(base, ensure_ascii=False)[1:-1]


def _given(rows: list[Row]) -> list[Any]:
    return [[row.pk for row in rows], [row.distance for row in rows]]


def _every(criteria: SearchCriteria) -> tuple[str, str, list[Any]]:
    """The tables that all which matches is read from, its order, and their parameters."""
    with connection.cursor() as cursor:
        cursor.execute(ROW_AFTER_ROW)
    keys = ORDERINGS[criteria.ordering]
    names = [name for name, _descending in keys]
    if "distance" not in names:
        names.append("distance")
    ranked = None
    if criteria.text is not None and criteria.ordering == "relevance":
        ranked = relevance.found(criteria).head.q(criteria.text)
    matched = criteria.ordered(ranked)
    if criteria.near is None:
        matched = matched.annotate(distance=Value(None, output_field=FloatField()))
    sql, params = compiled(matched.values_list(*names))
    order = ", ".join(f"o.{name} {'DESC' if descending else 'ASC'}" for name, descending in keys)
    found = (
        f"FROM ({sql}) AS o({', '.join(names)}) JOIN directory_fragment f ON f.initiative_id = o.pk {PLACES}"
    )
    return found, f"ORDER BY {order}", list(params)


def _written(query: str, params: list[Any]) -> Iterator[bytes]:
    for rows in _copied(query, params, "WITH (FORMAT csv)"):
        yield EOL.join([*(bytes(row[:-1]) for row in rows), b""])


def _copied(query: str, params: list[Any], form: str = "") -> Iterator[list[bytes]]:
    """The rows of a query as PostgreSQL writes them, by pieces; memory stays flat.

    The transaction, and the reading, last as long as the reader reads. One who leaves ends them both.
    """
    with connection.cursor() as cursor:
        rows, size = [], 0
        # The driver's own cursor: Django's does not know how to copy with parameters while it counts queries.
        with cursor.cursor.copy(f"COPY ({query}) TO STDOUT {form}", params) as copy:
            for row in copy:
                rows.append(row)
                size += len(row)
                if size > PIECE:
                    yield rows
                    rows, size = [], 0
        if rows:
            yield rows


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
