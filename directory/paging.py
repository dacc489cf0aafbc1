"""Pages by key: the next one begins after the last row of this one, at the same cost at any depth.

A cursor is opaque and signed; it names the search that it belongs to.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Q

from directory.errors import BadCursor
from directory.search import ORDERINGS, SearchCriteria

SALT = "directory.paging"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a page: its primary key and its distance in metres where one is asked for."""

    pk: int
    distance: float | None


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    next_cursor: str | None


def page_of(criteria: SearchCriteria, limit: int, cursor: str = "") -> Page:
    """The rows after the cursor, in order, at most ``limit``. BadCursor where it is not ours."""
    names = [name for name, _descending in ORDERINGS[criteria.ordering]]
    found = criteria.ordered()
    if cursor:
        found = found.filter(after_q(criteria, read_cursor(criteria, cursor)))
    values = list(found.values_list(*names, *(["distance"] if criteria.near else []))[: limit + 1])
    rows = [
        Row(keys[names.index("pk")], metres(keys[-1]) if criteria.near else None) for keys in values[:limit]
    ]
    more = len(values) > limit
    return Page(rows, write_cursor(criteria, values[limit - 1][: len(names)]) if more else None)


def metres(distance: Any) -> float | None:
    """A distance measure, or the bare number that a cursor holds, in metres."""
    return getattr(distance, "m", distance)


def after_q(criteria: SearchCriteria, keys: list[Any]) -> Q:
    """Rows that follow the given keys: (a, b) > (x, y) written out, each key in its direction."""
    condition, equal = Q(), Q()
    for (name, descending), value in zip(ORDERINGS[criteria.ordering], keys, strict=True):
        condition |= equal & Q(**{f"{name}__{'lt' if descending else 'gt'}": value})
        equal &= Q(**{name: value})
    return condition


def write_cursor(criteria: SearchCriteria, keys: tuple[Any, ...]) -> str:
    plain = [key.isoformat() if isinstance(key, datetime) else metres(key) for key in keys]
    return signing.dumps([fingerprint(criteria), plain], salt=SALT, compress=True)


def read_cursor(criteria: SearchCriteria, cursor: str) -> list[Any]:
    try:
        mark, plain = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadCursor("This cursor was not given by this server, or was altered.") from None
    if mark != fingerprint(criteria):
        raise BadCursor("This cursor belongs to another search.")
    names = [name for name, _descending in ORDERINGS[criteria.ordering]]
    return [
        datetime.fromisoformat(key) if name in ("updated_at", "created_at") else key
        for name, key in zip(names, plain, strict=True)
    ]


def fingerprint(criteria: SearchCriteria) -> str:
    """A short mark of the search: the same parameters in any order give the same."""
    text = repr((sorted(criteria.params.items()), criteria.ordering))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
