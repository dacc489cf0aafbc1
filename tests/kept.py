"""What a database holds, taken and put back: a site for the browser, the emptiness after a test that commits,
two départements and their examples for the tests of a file.

Loading two départements with their examples takes seconds, and so does TRUNCATE of all the tables there are,
of which few hold a row: both are done dozens of times in a run. Rows are copied as they are, without any
trigger, which asks for a superuser, as making a database with PostGIS does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

Rows = dict[str, bytes]

# It only grows: what a process keeps in memory is of a version that must not come twice.
VERSION = "directory_version"
MANY = 100  # rows whose going leaves pages to give back
TABLES = """
SELECT quote_ident(tablename) FROM pg_tables
WHERE schemaname = 'public' AND tablename NOT IN ('spatial_ref_sys', 'django_migrations', %s)
"""


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES, [VERSION])
        return [name for (name,) in cursor.fetchall()]


def take() -> Rows:
    """The rows of each table that holds any."""
    names = tables()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (TABLE {name})" for name in names))
        return {name: copied(name) for (name,) in cursor.fetchall()}


def copied(name: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"COPY {name} TO STDOUT (FORMAT binary)") as copy:
        return b"".join(bytes(part) for part in copy)


def put(rows: Rows) -> None:
    """These rows, and no other; committed. Sequences go on."""
    with transaction.atomic():
        left = lay(rows, tables())
    if left:
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM {', '.join(left)}")


def lay(rows: Rows, names: list[str]) -> list[str]:
    """These rows in place of what the named tables hold; the tables that held many."""
    left = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name in names:
            cursor.execute(f"DELETE FROM {name}")
            if cursor.rowcount > MANY:
                left.append(name)
        for name, kept in rows.items():
            with cursor.copy(f"COPY {name} FROM STDIN (FORMAT binary)") as copy:
                copy.write(kept)
        cursor.execute(f"INSERT INTO {VERSION} VALUES (1)")
        cursor.execute("SET LOCAL session_replication_role = origin")
    return left


def bring(kept: Rows, load: Callable[[], object]) -> None:
    """What ``load`` writes: by itself the first time, which fills ``kept``; as rows from then on. Each time
    the database is the same before, and a transaction under way."""
    if kept:
        lay(kept, list(kept))
        return
    before = take()
    load()
    kept |= {name: rows for name, rows in take().items() if rows != before.get(name)}


@contextmanager
def for_a_file(blocker: DjangoDbBlocker) -> Iterator[None]:
    """The transaction of a fixture of module scope, undone when the file ends."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
