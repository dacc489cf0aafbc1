"""GeoDjango's PostGIS backend, whose connections refuse to write while a request only asks.

The server's own ``default_transaction_read_only`` is brought to what is wanted (``accounts.reading``)
before the first statement outside of a transaction, and before a transaction begins. It is only sent where
it differs from what the server last reported of this very connection (PostgreSQL reports it since 14), so
that neither the pool, which hands the same connections around, nor a rollback can mislead it; most
requests only ask, and send nothing. Whatever runs inside is covered: COPY, streams, code of libraries.
"""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db.backends.postgis import base
from psycopg.pq import TransactionStatus

from accounts.reading import reading

NAME = b"default_transaction_read_only"
REFUSE = "SET default_transaction_read_only = on"
# What the server would have done by itself: an administrator may have closed the database to writers.
AS_BEFORE = "RESET default_transaction_read_only"


class DatabaseWrapper(base.DatabaseWrapper):
    def create_cursor(self, name: str | None = None) -> Any:
        self.settle()
        return super().create_cursor(name)

    def _set_autocommit(self, autocommit: bool) -> None:
        if not autocommit:  # a transaction begins, and stays as it began
            with self.wrap_database_errors:
                self.settle()
        super()._set_autocommit(autocommit)  # type: ignore[misc]

    def settle(self) -> None:
        """Let the connection write, or not. Nothing to do inside a transaction."""
        link = self.connection
        if link is None or not link.autocommit:
            return
        if link.pgconn.transaction_status != TransactionStatus.IDLE:
            return
        wanted = reading()
        if (link.pgconn.parameter_status(NAME) == b"on") is not wanted:
            link.execute(REFUSE if wanted else AS_BEFORE)
