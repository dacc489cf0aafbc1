"""The pages of a search: each begins after the last row of the one before, at the same cost at any depth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.gis.db.models.functions import GeometryDistance
from django.contrib.gis.geos import Point as GeosPoint
from django.db import connection

from directory import postings, pyramid, relevance
from directory.covering import is_covered
from directory.facets import count
from directory.grid import zoom_of
from directory.keyset import after_q, after_sql, mark_of, read_cursor, write_cursor
from directory.querysets import InitiativeQuerySet
from directory.relevance import Head
from directory.search import ORDERINGS, SearchCriteria
from territories.geometry import BBox

TIMES = ("updated_at", "created_at")
# Up to so many matches, one reading counts them and sorts a page of them; beyond, an index gives the page.
# Where an index alone counts them, that is worth it sooner.
FEW, FEW_INDEXED = 20_000, 5_000


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
    if _ranked(criteria):
        return _relevant(criteria, limit, cursor)[0]
    found = _following(criteria, cursor)
    if criteria.ordering == "distance" and not cursor:
        found = _nearest(criteria, found, limit + 1)
    return _page(criteria, list(found.values_list(*_names(criteria))[: limit + 1]), limit)


def counted_page(criteria: SearchCriteria, limit: int, cursor: str = "") -> tuple[Page, int]:
    """A page, and how many match in all."""
    if _ranked(criteria):
        return _relevant(criteria, limit, cursor)
    if postings.covers(criteria) and (matched := postings.count(criteria)) is not None:
        return page_of(criteria, limit, cursor), matched
    if not _counted_apart(criteria):
        most = FEW_INDEXED if is_covered(criteria) else FEW
        matched, values = _few(criteria, limit, cursor, most)
        if matched <= most:
            return _page(criteria, values, limit), matched
    return page_of(criteria, limit, cursor), count(criteria)


def _ranked(criteria: SearchCriteria) -> bool:
    return criteria.ordering == "relevance" and criteria.text is not None


def _relevant(criteria: SearchCriteria, limit: int, cursor: str) -> tuple[Page, int]:
    """The same in the order of relevance, whose cursors tell where the ranked ones end."""
    after, head = None, None
    if cursor:
        *after, tier, last = read_cursor(_mark(criteria), cursor)
        head = Head(tier, last)
    found = relevance.found(criteria, head)
    values = relevance.page(criteria, found, _names(criteria), after, limit + 1)
    return _page(criteria, values, limit, found.head.tier, found.head.pk), found.count


def _counted_apart(criteria: SearchCriteria) -> bool:
    """Whether the count is kept, or quick."""
    return pyramid.covers(criteria) and (criteria.bbox is None or zoom_of(criteria.bbox) is not None)


def _names(criteria: SearchCriteria) -> list[str]:
    """The values that a row of a page is read with: the keys of its order, and its distance."""
    names = [name for name, _descending in ORDERINGS[criteria.ordering]]
    return names + (["distance"] if criteria.near and "distance" not in names else [])


def _mark(criteria: SearchCriteria) -> str:
    return mark_of(sorted(criteria.params.items()), criteria.ordering)


def _after(criteria: SearchCriteria, cursor: str) -> list[Any]:
    """The values of the keys of the last row before the page."""
    values = read_cursor(_mark(criteria), cursor)
    return [
        datetime.fromisoformat(value) if name in TIMES else value
        for (name, _descending), value in zip(ORDERINGS[criteria.ordering], values, strict=True)
    ]


def _following(criteria: SearchCriteria, cursor: str) -> InitiativeQuerySet:
    found = criteria.ordered()
    if cursor:
        found = found.filter(after_q(ORDERINGS[criteria.ordering], _after(criteria, cursor)))
    return found


def _nearest(criteria: SearchCriteria, found: InitiativeQuerySet, most: int) -> InitiativeQuerySet:
    """The same rows less those that are surely farther than the first ``most``.

    The index gives as many by degrees, which are not metres: but what is nearer than they are on the
    ellipsoid lies within the greatest of their distances.
    """
    assert criteria.near is not None
    centre = GeosPoint(criteria.near.lon, criteria.near.lat, srid=4326)
    # The frame of the radius alone: the planner takes exact conditions for so narrow that it would sort.
    framed: Any = replace(criteria, near=None, ordering="name").initiatives()
    by_degrees = (
        framed.framed(BBox.around(criteria.near, criteria.radius))
        .with_distance(criteria.near)
        .order_by(GeometryDistance("location", centre))
        .values_list("distance", flat=True)[:most]
    )
    distances = [metres(distance) or 0.0 for distance in by_degrees]
    if len(distances) < most:
        return found
    # A hair more: a radius and a distance may be rounded each its own way.
    return found.within(criteria.near, min(max(distances) * 1.000001 + 0.001, criteria.radius))


# What matches, up to one more than a few; how many that is; and a page of it, in order.
FEW_ROWS = """
WITH found({names}) AS MATERIALIZED ({matched} LIMIT {most}),
page AS (SELECT * FROM found WHERE {after} ORDER BY {order} LIMIT {limit})
SELECT counted.n, page.* FROM (SELECT count(*) AS n FROM found) AS counted LEFT JOIN page ON true
ORDER BY {order}
"""


def _few(criteria: SearchCriteria, limit: int, cursor: str, most: int) -> tuple[int, list[Any]]:
    """How many match, and a page of their values. Where more than ``most`` do, neither is the whole truth."""
    keys, names = ORDERINGS[criteria.ordering], _names(criteria)
    matched, params = pyramid.compiled(criteria.ordered().order_by().values_list(*names))
    after, values = after_sql(keys, _after(criteria, cursor)) if cursor else ("true", [])
    order = ", ".join(f"{name} {'DESC' if descending else 'ASC'}" for name, descending in keys)
    sql = FEW_ROWS.format(
        names=", ".join(names), matched=matched, most=most + 1, after=after, order=order, limit=limit + 1
    )
    with connection.cursor() as reader:
        reader.execute(sql, [*params, *values])
        rows = reader.fetchall()
    pk = names.index("pk") + 1
    return rows[0][0], [row[1:] for row in rows if row[pk] is not None]


def _page(criteria: SearchCriteria, values: list[Any], limit: int, *more: int) -> Page:
    """The page of these values, of which there is one more than asked where another page follows.

    ``more``: what its cursor tells beside the keys of the last row.
    """
    names = _names(criteria)
    pk, distance = names.index("pk"), names.index("distance") if criteria.near else None
    rows = [Row(row[pk], None if distance is None else metres(row[distance])) for row in values[:limit]]
    keys = len(ORDERINGS[criteria.ordering])
    last = [_plain(value) for value in values[limit - 1][:keys]] if len(values) > limit else None
    return Page(rows, write_cursor(_mark(criteria), [*last, *more]) if last else None)


def metres(distance: Any) -> float | None:
    """A distance measure, or the bare number that a cursor holds, in metres."""
    return getattr(distance, "m", distance)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else metres(value)
