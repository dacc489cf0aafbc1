"""The order of a search by words: the best first, of a common word among the first 500 only.

Those that match are taken in turn: those whose name holds the words, then those whose texts do, then those
of the sectors and activities that the words stand for; in each group, those entered first. The first 500
are ranked. The others follow by name. Where the ranked ones end is told by the cursor of each page: whatever
is written between two pages, a row stays on its side, so that none is skipped or comes twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Q

from directory import postings
from directory.keyset import after_q, after_sql
from directory.postings import Matches, ids_of
from directory.pyramid import compiled
from directory.querysets import UNRANKED, TsQuery
from directory.search import ORDERINGS, SearchCriteria
from directory.words import TextQuery, tsquery_of

RANKED = 500
KEYS = ORDERINGS["relevance"]
BY_NAME = ORDERINGS["name"]


@dataclass(frozen=True, slots=True)
class Head:
    """Where the ranked ones end: the last one's group (0 to 2) and primary key."""

    tier: int
    pk: int

    def q(self, text: TextQuery) -> Q:
        """The condition that a row which matches is ranked."""
        if self.tier > 2:
            return ~Q(pk=None)
        named = Q(search=TsQuery(tsquery_of(text.worded, True)))
        worded = Q(search=TsQuery(tsquery_of(text.worded)))
        entered = Q(pk__lte=self.pk)
        return [named & entered, named | (worded & entered), worded | entered][self.tier]


EVERYONE = Head(3, 0)


@dataclass(frozen=True, slots=True)
class Found:
    """How many match; which of them are ranked, in no order; and where these end."""

    count: int
    ids: list[int]
    head: Head


def found(criteria: SearchCriteria, head: Head | None = None) -> Found:
    """What matches words. ``head``: where the ranked ones end; None to draw it as things are now."""
    matches = postings.matches(criteria)
    return _of_rows(criteria, head) if matches is None else _of_postings(matches, head)


def _of_postings(matches: Matches, head: Head | None) -> Found:
    count = matches.every.bit_count()
    if head == EVERYONE or (head is None and count <= RANKED):
        return Found(count, list(ids_of(matches.every)), EVERYONE)
    ids: list[int] = []
    for tier, members in enumerate(matches.tiers()):
        if head is None:
            ids += islice(ids_of(members), RANKED - len(ids))
            if len(ids) == RANKED:
                return Found(count, ids, Head(tier, ids[-1]))
        elif tier <= head.tier:
            ids += ids_of(members & ((1 << head.pk + 1) - 1) if tier == head.tier else members)
    return Found(count, ids, head or EVERYONE)


# The rows that match, read once.
ROWS = """
WITH found AS MATERIALIZED (
    SELECT id, CASE WHEN search @@ %s::tsquery THEN 0 WHEN search @@ %s::tsquery THEN 1 ELSE 2 END AS tier
    FROM ({matched}) AS m(id, search)
),
head AS (SELECT id, tier FROM found WHERE (tier, id) <= (%s, %s) ORDER BY tier, id LIMIT %s)
SELECT (SELECT count(*) FROM found), array_agg(id ORDER BY tier, id), max(tier) FROM head
"""


def _of_rows(criteria: SearchCriteria, head: Head | None) -> Found:
    assert criteria.text is not None
    worded = criteria.text.worded
    matched, params = compiled(criteria.initiatives().values_list("pk", "search"))
    end = head or EVERYONE
    with connection.cursor() as cursor:
        cursor.execute(
            ROWS.format(matched=matched),
            [
                tsquery_of(worded, True), tsquery_of(worded), *params, end.tier, end.pk,
                RANKED if head is None else None,
            ],
        )  # fmt: skip
        count, ids, tier = cursor.fetchone()
    ids = ids or []
    drawn = Head(tier, ids[-1]) if count > RANKED else EVERYONE
    return Found(count, ids, head or drawn)


# Of the ranked ones, a page. They are looked up by key: of their words, the planner believes that an index
# would tell more. They match as of the statement before: what was withdrawn since is left out.
PAGE = """
SELECT {names} FROM (
    SELECT ts_rank(search, %s::tsquery)::double precision AS rank, name_sort, id AS pk, {distance} AS distance
    FROM (SELECT * FROM directory_initiative WHERE id = ANY (%s) OFFSET 0) AS i
    WHERE publication = 'published' AND activity_state = 'open' AND search @@ %s::tsquery
) AS ranked WHERE {after} ORDER BY rank DESC, name_sort, pk LIMIT %s
"""
DISTANCE = "ST_Distance(location::geography, ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography)"


def page(
    criteria: SearchCriteria, among: Found, names: list[str], after: list[Any] | None, limit: int
) -> list[Any]:
    """Values of these names, keys first, of at most so many rows after the values of the keys."""
    rows = [] if after and after[0] == UNRANKED else _ranked(criteria, among, names, after, limit)
    if len(rows) < limit and among.head != EVERYONE:
        begun = after if after and after[0] == UNRANKED else None
        rows += _following(criteria, among.head, names, begun, limit - len(rows))
    return rows


def _ranked(
    criteria: SearchCriteria, among: Found, names: list[str], after: list[Any] | None, limit: int
) -> list[Any]:
    assert criteria.text is not None
    tsquery, near = criteria.text.tsquery, criteria.near
    condition, values = after_sql(KEYS, after) if after else ("true", [])
    sql = PAGE.format(names=", ".join(names), distance=DISTANCE if near else "NULL", after=condition)
    place = [near.lon, near.lat] if near else []
    with connection.cursor() as cursor:
        cursor.execute(sql, [tsquery, *place, among.ids, tsquery, *values, limit])
        return cursor.fetchall()


def _following(
    criteria: SearchCriteria, head: Head, names: list[str], after: list[Any] | None, limit: int
) -> list[Any]:
    """The rows that are not ranked, by name."""
    assert criteria.text is not None
    rows = criteria.initiatives().filter(~head.q(criteria.text))
    if criteria.near is not None:
        rows = rows.with_distance(criteria.near)
    if after:
        rows = rows.filter(after_q(BY_NAME, after[1:]))
    read = rows.order_by(*(name for name, _descending in BY_NAME)).values_list(*names[1:])
    return [(UNRANKED, *row) for row in read[:limit]]
