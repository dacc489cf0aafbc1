"""How PostgreSQL would read a statement."""

from django.db import connection


def plan(sql: str, params: object = None, *, of: str = "", few: bool = False) -> str:
    """The steps of a statement, one to a line.

    ``of``: the tables to count anew first. Without it a plan rests on whether autovacuum has passed by, and
    rows that a test brings are often too fresh. ``few``: rows so few that reading them all would be
    quicker, which is left out.
    """
    with connection.cursor() as cursor:
        if of:
            cursor.execute(f"ANALYZE {of}")
        if few:
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + sql, params)
        return "\n".join(line for (line,) in cursor.fetchall())
