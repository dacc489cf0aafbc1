"""Pages by key of the plain lists: territories, PTCE, networks, events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from directory.keyset import after_q, mark_of, read_cursor, write_cursor

PAGING = ("cursor", "limit", "format")


def page(
    found: QuerySet[Any], names: Sequence[str], limit: int, cursor: str, mark: str
) -> tuple[list[Any], str | None]:
    """At most ``limit`` rows after the cursor, by ascending keys, the last unique; and the next cursor."""
    if cursor:
        found = found.filter(after_q([(name, False) for name in names], read_cursor(mark, cursor)))
    rows = list(found.order_by(*names)[: limit + 1])
    last = [plain(getattr(rows[limit - 1], name)) for name in names] if len(rows) > limit else None
    return rows[:limit], write_cursor(mark, last) if last else None


def mark_of_list(name: str, params: QueryDict) -> str:
    """The mark of one list: its parameters, less those of the page."""
    return mark_of(name, sorted((key, params.getlist(key)) for key in params if key not in PAGING))


def plain(value: Any) -> Any:
    """As a cursor holds it: a moment with its time zone, to the microsecond."""
    return value.isoformat() if isinstance(value, datetime) else value
