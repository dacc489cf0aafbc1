"""What derived data costs a writer: one listing saved at a time, with the triggers that derive, and without.

The same statements, each its own transaction, on a copy of the row's own values; without, the triggers
that keep derived tables are disabled for as long as the turn lasts. History, and the territories that
follow the commune, are part of a listing and stay on in both. What a turn wrote it takes out again under
the same triggers, so that the derived tables end as they began.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg

from tests.benchmarks.dataset import dsn
from tests.benchmarks.measure import Ratio, Turn, Work

WITH, WITHOUT = "with derived data", "without"
COUNT = 150
KEPT = ("insert_insert", "update_update", "delete_delete", "territories_follow_commune")

COLUMNS = """
SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = 'directory_initiative' AND is_generated = 'NEVER'
  AND column_name NOT IN ('id', 'uuid', 'slug')
"""
TRIGGERS = """
SELECT tgname FROM pg_trigger
WHERE tgrelid = 'directory_initiative'::regclass AND NOT tgisinternal
"""
PREFIX = "banc-essai-"


def derived(connection: psycopg.Connection[Any]) -> list[str]:
    names = [name for (name,) in connection.execute(TRIGGERS).fetchall()]
    return [name for name in names if not any(kept in name for kept in KEPT)]


@contextmanager
def only(connection: psycopg.Connection[Any], on: bool) -> Iterator[None]:
    """The derived triggers as they are, or off while the block runs."""
    off = [] if on else derived(connection)
    for name in off:
        connection.execute(f'ALTER TABLE directory_initiative DISABLE TRIGGER "{name}"')
    try:
        yield
    finally:
        for name in off:
            connection.execute(f'ALTER TABLE directory_initiative ENABLE TRIGGER "{name}"')


def inserted(url: str, on: bool) -> Turn:
    """New listings, one transaction each."""
    with psycopg.connect(dsn(url), autocommit=True) as connection, only(connection, on):
        ((columns,),) = connection.execute(COLUMNS).fetchall()
        ids = drawn(connection)
        sql = (
            f"INSERT INTO directory_initiative (uuid, slug, {columns})"
            f" SELECT gen_random_uuid(), '{PREFIX}' || id, {columns} FROM directory_initiative WHERE id = %s"
        )
        turn = each(connection, sql, [(pk,) for pk in ids])
        connection.execute("DELETE FROM directory_initiative WHERE slug LIKE %s", [f"{PREFIX}%"])
    return turn


def moved(url: str, on: bool) -> Turn:
    """Listings moved a little, one transaction each; then put back."""
    sql = (
        "UPDATE directory_initiative SET location = ST_Translate(location, %s, %s), updated_at = now()"
        " WHERE id = %s"
    )
    with psycopg.connect(dsn(url), autocommit=True) as connection, only(connection, on):
        ids = drawn(connection)
        turn = each(connection, sql, [(0.01, 0.01, pk) for pk in ids])
        each(connection, sql, [(-0.01, -0.01, pk) for pk in ids])
    return turn


def drawn(connection: psycopg.Connection[Any]) -> list[int]:
    sql = """
        SELECT id FROM directory_initiative
        WHERE origin = 'synthetic' AND location IS NOT NULL AND publication = 'published'
        ORDER BY md5(slug) LIMIT %s
    """
    return [pk for (pk,) in connection.execute(sql, [COUNT]).fetchall()]


def each(connection: psycopg.Connection[Any], sql: str, rows: list[tuple[Any, ...]]) -> Turn:
    began = time.monotonic()
    latencies = []
    for row in rows:
        start = time.monotonic()
        connection.execute(sql, row)
        latencies.append((time.monotonic() - start) * 1000)
    return Turn(time.monotonic() - began, latencies)


def works(url: str) -> list[Work]:
    said = "time ≤ 1.4 × without, here the share of without"
    with psycopg.connect(dsn(url)) as connection:
        names = [name.removeprefix("pgtrigger_").rpartition("_")[0] for name in derived(connection)]
    told = "triggers compared: " + ", ".join(sorted(names))
    return [
        Work(
            f"one listing {verb}, committed",
            {WITH: partial(write, url, True), WITHOUT: partial(write, url, False)},
            [Ratio(WITHOUT, 1 / 1.4, said)],
            check=lambda: told,
        )
        for verb, write in [("added", inserted), ("moved", moved)]
    ]
