"""Pages by key of any queryset: the next one begins after the last row of this one.

Its cursor is opaque and signed, and names the list that it belongs to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet
from django.http import QueryDict

from directory.errors import BadCursor

SALT = "api.keyset"
PAGING = ("cursor", "limit", "format")


def page(
    found: QuerySet[Any], keys: Sequence[str], limit: int, cursor: str, mark: str
) -> tuple[list[Any], str | None]:
    """At most ``limit`` rows after the cursor, by ascending keys of which the last is unique; the next cursor."""
    if cursor:
        found = found.filter(after_q(keys, read_cursor(keys, cursor, mark)))
    rows = list(found.order_by(*keys)[: limit + 1])
    last = [getattr(rows[limit - 1], key) for key in keys] if len(rows) > limit else None
    return rows[:limit], signing.dumps([mark, last], salt=SALT, compress=True) if last else None


def after_q(keys: Sequence[str], values: Sequence[Any]) -> Q:
    condition, equal = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        condition |= equal & Q(**{f"{key}__gt": value})
        equal &= Q(**{key: value})
    return condition


def read_cursor(keys: Sequence[str], cursor: str, mark: str) -> list[Any]:
    try:
        given, values = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadCursor("This cursor was not given by this server, or was altered.") from None
    if given != mark or len(values) != len(keys):
        raise BadCursor("This cursor belongs to another list.")
    return list(values)


def mark_of(name: str, params: QueryDict) -> str:
    """A short mark of one list: its parameters, less those of the page."""
    asked = sorted((key, params.getlist(key)) for key in params if key not in PAGING)
    return hashlib.sha256(repr((name, asked)).encode()).hexdigest()[:16]
