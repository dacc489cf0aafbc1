"""What happened to an event: each revision, in which capacity, and what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from directory.history import Hand
from events.models import Event

# Written with each revision, or told otherwise.
UNTOLD = {"id", "uuid", "slug", "created_at", "sequence"}


@dataclass(frozen=True, slots=True)
class Revision:
    """``changed`` are fields by their names on screen: none where the programme or the organisers changed, or
    where the event was ``first`` written."""

    at: datetime
    hand: str
    changed: list[str]
    first: bool


def revisions(event: Event, most: int = 20) -> list[Revision]:
    """Newest first."""
    rows: Any = event.versions.select_related("pgh_context")  # type: ignore[attr-defined]  # of its history
    found = list(rows.order_by("-pgh_id")[: most + 1])
    told = [revision(after, changed(before, after), first=False) for after, before in pairwise(found)]
    return (
        told[:most] if len(found) > most else [*told, *(revision(row, [], first=True) for row in found[-1:])]
    )


def revision(row: Any, fields: list[str], *, first: bool) -> Revision:
    hand = (row.pgh_context.metadata if row.pgh_context else {}).get("hand", "")
    return Revision(row.pgh_created_at, str(Hand(hand).label) if hand in Hand.values else "", fields, first)


def changed(before: Any, after: Any) -> list[str]:
    columns = [each for each in Event._meta.concrete_fields if each.name not in UNTOLD]
    return [
        str(each.verbose_name)
        for each in columns
        if hasattr(after, each.attname) and getattr(before, each.attname) != getattr(after, each.attname)
    ]
