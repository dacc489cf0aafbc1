"""Hot SQL: what changed since a place in the order of commits, for those who keep a copy.

Each initiative that was ever public is there once, at its last change: who reads from a place to the end
holds the present state. Triggers write it (migration 0019), whatever road a change came by. A place that was
given stays good as long as the tombstones after it are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from directory.errors import FeedForgotten

# A moment is less sure than a place: a transaction may have begun before it and ended after. What was
# written so long before is told again.
OVERLAP = timedelta(hours=1)
# How long it is told that something was withdrawn.
TOMBSTONES_KEPT = timedelta(days=730)
LAST = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reading is: it began after the place ``start``; what is after (``place``, ``uuid``) is to come.

    ``server`` is whose order it is: a database restored elsewhere may have lost what was told here.
    """

    server: str
    start: int
    place: int
    uuid: UUID = LAST


@dataclass(frozen=True, slots=True)
class Change:
    """``change`` is created, changed, closed or withdrawn, since the reading began. ``merged_into`` is the
    slug of the one that took its place; ``origins`` are the UUIDs under which other sites know it."""

    uuid: UUID
    slug: str
    change: str
    at: datetime
    merged_into: str | None
    origins: list[str]


@dataclass(frozen=True, slots=True)
class Page:
    """``following`` is where to go on: now where there is ``more``, else some time later."""

    changes: list[Change]
    following: Place
    more: bool


# Read one after the other, at READ COMMITTED: the end first, then what is committed up to it.
END = """
SELECT directory_feed_end(), system_identifier || '-' || timeline_id, forgotten,
       current_setting('transaction_isolation')
FROM directory_feed, pg_control_system(), pg_control_checkpoint()
"""
BEGINNING = "SELECT min(place) - 1 FROM directory_change WHERE at >= %s"
CHANGES = """
SELECT c.uuid, c.slug,
       CASE WHEN c.state IN ('withdrawn', 'closed') THEN c.state WHEN c.first > %(start)s THEN 'created'
            ELSE 'changed' END,
       c.at, t.slug,
       ARRAY(SELECT r.external_id FROM directory_initiative i
             JOIN directory_sourcerecord r ON r.initiative_id = i.id
             WHERE i.uuid = c.uuid AND r.external_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
             ORDER BY r.external_id),
       c.place
FROM directory_change c
LEFT JOIN directory_merge m ON c.state = 'withdrawn' AND m.slug = c.slug
LEFT JOIN directory_initiative t ON t.id = m.target_id AND t.publication = 'published'
WHERE (c.place, c.uuid) > (%(place)s, %(uuid)s) AND c.place <= %(end)s
ORDER BY c.place, c.uuid LIMIT %(most)s
"""
FORGET = """
WITH gone AS (DELETE FROM directory_change WHERE state = 'withdrawn' AND at < %s RETURNING place),
noted AS (UPDATE directory_feed SET forgotten = greatest(forgotten, (SELECT max(place) FROM gone)))
SELECT count(*) FROM gone
"""


def begin(since: datetime | None) -> Place:
    """Where to read from to know all that changed since a moment, or else all that there is."""
    end, server, forgotten = _now()
    start = 0
    if since is not None:
        with connection.cursor() as cursor:
            cursor.execute(BEGINNING, [since - OVERLAP])
            found = cursor.fetchone()[0]
        start = end if found is None else min(found, end)
    if start < forgotten:
        start = 0
    return Place(server, start, start)


def read(after: Place, most: int) -> Page:
    """At most so many changes after a place, in the order in which they were committed, or nearly: never one
    before another that is still to come. FeedForgotten where the place is good no more."""
    end, server, forgotten = _now()
    if after.server != server or after.place > end or 0 < after.start < forgotten:
        raise FeedForgotten("What was withdrawn since then is not known any more: read everything again.")
    asked: dict[str, Any] = {
        "start": after.start,
        "place": after.place,
        "uuid": after.uuid,
        "end": end,
        "most": most + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, asked)
        rows = cursor.fetchall()
    changes = [Change(*row[:6]) for row in rows[:most]]
    if len(rows) > most:
        last = rows[most - 1]
        return Page(changes, Place(server, after.start, last[6], last[0]), more=True)
    return Page(changes, Place(server, end, end), more=False)


def _now() -> tuple[int, str, int]:
    """The end of what may be told, the server that numbers it, and where tombstones begin."""
    with connection.cursor() as cursor:
        cursor.execute(END)
        end, server, forgotten, isolation = cursor.fetchone()
    if isolation not in ("read committed", "read uncommitted"):
        raise RuntimeError(
            "The feed is read at READ COMMITTED only, or it would pass over what commits late."
        )
    return end, server, forgotten


@transaction.atomic
def forget(before: datetime) -> int:
    """Forget what was withdrawn before a moment; how many were. Places before are good no more."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [before])
        return int(cursor.fetchone()[0])
