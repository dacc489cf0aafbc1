"""One short text that changes whenever what can be read changes: what validators and caches are keyed by."""

from __future__ import annotations

from django.db import connection


def token() -> str:
    """The version of all that can be read, as of the last commit seen; one cheap query.

    Every statement that changes a table of the directory or of the territories adds one in its own
    transaction (triggers of migration 0005), so that the sum grows in the order of commits: unlike a
    sequence or a greatest id, it cannot be seen before what it announces. Read it *before* what it
    is to vouch for; then the worst is a validator that is too old, never one that is too new.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n)::text FROM directory_version")
        return str(cursor.fetchone()[0])
