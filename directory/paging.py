"""The pages of a search: each begins after the last row of the one before, at the same cost at any depth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from directory.keyset import after_q, mark_of, read_cursor, write_cursor
from directory.search import ORDERINGS, SearchCriteria

TIMES = ("updated_at", "created_at")


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
    """The rows after the cursor, in order, at most ``limit``. BadCursor where it is not of this search."""
    keys = ORDERINGS[criteria.ordering]
    names = [name for name, _descending in keys]
    mark = mark_of(sorted(criteria.params.items()), criteria.ordering)
    found = criteria.ordered()
    if cursor:
        found = found.filter(after_q(keys, _revived(names, read_cursor(mark, cursor))))
    values = list(found.values_list(*names, *(["distance"] if criteria.near else []))[: limit + 1])
    rows = [Row(row[names.index("pk")], metres(row[-1]) if criteria.near else None) for row in values[:limit]]
    last = [_plain(value) for value in values[limit - 1][: len(names)]] if len(values) > limit else None
    return Page(rows, write_cursor(mark, last) if last else None)


def metres(distance: Any) -> float | None:
    """A distance measure, or the bare number that a cursor holds, in metres."""
    return getattr(distance, "m", distance)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else metres(value)


def _revived(names: list[str], values: list[Any]) -> list[Any]:
    return [
        datetime.fromisoformat(value) if name in TIMES else value
        for name, value in zip(names, values, strict=True)
    ]
