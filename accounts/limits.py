"""Counts of attempts, in the database: they hold for all the processes that serve, on all machines.

A cache of Django, since that is what allauth counts with. Its table is not logged (migration 0002): a crash
of the server forgets an hour of counts and nothing else.
"""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.db import connections
from django.utils import timezone


class Limits(DatabaseCache):
    """Django's, but that a full table only forgets what has expired: else anybody could have their own count
    forgotten by making many others."""

    _table: str  # set by Django's

    def forget_expired(self) -> None:
        with connections["default"].cursor() as cursor:
            self._cull("default", cursor, timezone.now(), 0)

    def _cull(self, db: str, cursor: Any, now: Any, num: int) -> None:
        quote = connections[db].ops.quote_name
        cursor.execute(f"DELETE FROM {quote(self._table)} WHERE expires < %s", [now])
