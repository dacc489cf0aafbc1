"""How many match: in all, with a place, and per value of each facet.

Where sectors, legal forms and having a place are all that is asked, the tallies answer, which triggers
keep exact; in an aligned box, the pyramid; otherwise the rows that match are read, once for all the
facets that follow the same criteria.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models import Extent
from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, Q

from directory import postings, pyramid
from directory.covering import covered, is_covered
from directory.grid import Cells, cells_of, zoom_of
from directory.pyramid import Totals, compiled
from directory.search import SearchCriteria
from directory.version import Kept

# Each facet, and the one whose filter it sets aside: the counts of activities are those of sectors.
OWN = {
    "sector": "sector",
    "activity": "sector",
    "legal_form": "legal_form",
    "network": "network",
    "ptce": "ptce",
}
TALLIED = {"activities", "legal_forms", "placed"}
GROUPINGS = {"network", "ptce"}

Counts = dict[str, dict[str, int]]
Row = tuple[str, str, int, int]  # facet, value, how many, place in the order of the taxonomy


@dataclass(frozen=True, slots=True)
class Facets:
    """How many match, how many of them have a place, and ``counts["sector"]["energie"]``; no zeros."""

    count: int
    placed: int
    counts: Counts


def count(criteria: SearchCriteria) -> int:
    """How many initiatives match."""
    if _tallied(criteria):
        return _tally_totals(criteria)[0]
    if cells := _aligned(criteria):
        return pyramid.totals_in(criteria, cells).count
    matched = postings.count(criteria)
    return covered(criteria).count() if matched is None else matched


def totals(criteria: SearchCriteria) -> Totals:
    """How many match, how many have a place, and a box around these.

    The box may be wider than they are after some left, until the counts are rebuilt.
    """
    if _tallied(criteria) and not criteria.legal_forms:
        found, placed = _tally_totals(criteria)
        everywhere = Cells(FRAME_ZOOM, 0, 0, 1 << FRAME_ZOOM + 2, 1 << FRAME_ZOOM + 2)
        return Totals(found, placed, pyramid.totals_in(criteria, everywhere).box if placed else None)
    if cells := _aligned(criteria):
        return pyramid.totals_in(criteria, cells)
    read = covered(criteria).aggregate(count=Count("pk"), placed=Count("location"), box=Extent("location"))
    return Totals(read["count"], read["placed"], read["box"])


# The coarsest cells of the pyramid.
FRAME_ZOOM = pyramid.LEVELS[0] - 2


def facets(criteria: SearchCriteria) -> Facets:
    """Totals, and counts per value of each facet.

    Each facet ignores its own filter and follows the others. An initiative with several sectors
    counts once in each.
    """
    wanted: dict[SearchCriteria, set[str]] = {criteria: {"total"}}
    for facet, own in OWN.items():
        wanted.setdefault(criteria.without(own), set()).add(facet)
    rows = [row for followed, names in wanted.items() for row in _read(followed, names)]
    counts: Counts = {facet: {} for facet in OWN}
    found: dict[str, int] = defaultdict(int)
    for facet, value, n, _place in sorted(rows, key=_order):
        (found if facet == "total" else counts[facet])[value] = n
    return Facets(found["count"], found["placed"], counts)


def sector_counts(criteria: SearchCriteria) -> dict[str, int]:
    """The counts of sectors alone, as ``facets`` gives them: what a map that moves shows."""
    rows = _read(criteria.without("sector"), {"sector"})
    return {value: n for _facet, value, n, _place in sorted(rows, key=_order)}


def _order(row: Row) -> tuple[str, int, int, str]:
    """Sectors and activities in the order of the taxonomy, the others by what they count."""
    facet, value, n, place = row
    return facet, place, -n, value


def _read(criteria: SearchCriteria, names: set[str]) -> Iterable[Row]:
    if names == {"sector"} and (cells := _aligned(criteria)):
        return _rows(SECTORS_IN_CELLS.format(cells=pyramid.cells_sql(criteria, cells)), ())
    if not _tallied(criteria):
        return _matched_rows(criteria, names)
    rows = _tally_rows(criteria, names - GROUPINGS) if names - GROUPINGS else []
    if names & GROUPINGS:
        # With no filter, or one sector, this is what every first visit asks, and it joins many memberships.
        rows += [row for row in _kept_groupings(criteria) if row[0] in names]
    return rows


# -- From the tallies and the pyramid ----------------------------------------------------------


def _tallied(criteria: SearchCriteria) -> bool:
    return criteria.asked() <= TALLIED and criteria.sector_mask is not None


def _aligned(criteria: SearchCriteria) -> Cells | None:
    """The cells that the box of the criteria is made of, where the pyramid can count them."""
    if criteria.bbox is None or not pyramid.covers(criteria):
        return None
    zoom = zoom_of(criteria.bbox)
    return None if zoom is None or zoom > pyramid.FINEST_ZOOM else cells_of(criteria.bbox, zoom)


# Where cells are stored whatever the mask, a row that counts a sector bears its bit alone.
SECTORS_IN_CELLS = """
    SELECT 'sector', s.slug, sum(n), s.id
    FROM (SELECT mask, sum(n) AS n FROM ({cells}) AS c GROUP BY mask) AS m
    JOIN directory_sector s ON mask & (1 << (s.id - 1)) <> 0 GROUP BY s.id, s.slug HAVING sum(n) > 0
"""
TALLY_ROWS = {
    "total": "SELECT 'total' AS facet, 'count' AS value, coalesce(sum(n), 0) AS n, 0 AS place FROM masks"
    " UNION ALL SELECT 'total', 'placed', coalesce(sum(n), 0), 0 FROM masks WHERE placed",
    "sector": "SELECT 'sector', s.slug, sum(n), s.id FROM masks"
    " JOIN directory_sector s ON key & (1 << (s.id - 1)) <> 0 GROUP BY s.id, s.slug",
    "activity": "SELECT 'activity', a.slug, sum(n), a.id FROM tallies t"
    " JOIN directory_activity a ON a.id = t.key WHERE facet = 'activity' GROUP BY a.id, a.slug",
    "legal_form": "SELECT 'legal_form', legal_form, sum(n), 0 FROM masks GROUP BY legal_form",
}


def _tally_sql(criteria: SearchCriteria) -> tuple[str, list[Any]]:
    """What of the tallies these criteria take, as the tables ``tallies`` and ``masks``.

    Tallies of activities know no sectors: they follow criteria that ask none.
    """
    conditions, params = ["true"], []
    if criteria.legal_forms:
        conditions.append("legal_form = ANY (%s)")
        params.append(list(criteria.legal_forms))
    if criteria.placed is not None:
        conditions.append("placed" if criteria.placed else "NOT placed")
    mask = criteria.sector_mask
    sectors = f"AND key & {mask} <> 0" if mask else ""
    sql = f"""
        WITH tallies AS (SELECT * FROM directory_tally WHERE {" AND ".join(conditions)}),
        masks AS (
            SELECT key, legal_form, placed, sum(n) AS n FROM tallies WHERE facet = 'mask' {sectors}
            GROUP BY 1, 2, 3
        )
    """
    return sql, params


def _tally_rows(criteria: SearchCriteria, names: set[str]) -> list[Row]:
    opening, params = _tally_sql(criteria)
    union = " UNION ALL ".join(TALLY_ROWS[name] for name in sorted(names))
    return [row for row in _rows(opening + union, params) if row[2] or row[0] == "total"]


# The tallies know which masks there are of each legal form: an index gives the rows of each.
TALLIED_IDS = """, ids AS MATERIALIZED (
    SELECT i.id FROM (SELECT DISTINCT key, legal_form FROM masks) AS m
    JOIN directory_initiative i ON i.legal_form = m.legal_form AND i.sector_mask = m.key
    WHERE i.publication = 'published' AND i.activity_state = 'open' AND {placed}
), """


def _tallied_groupings(criteria: SearchCriteria) -> list[Row]:
    if not criteria.asked():
        return _matched_rows(criteria, GROUPINGS)
    opening, params = _tally_sql(criteria)
    placed = {None: "true", True: "location IS NOT NULL", False: "location IS NULL"}[criteria.placed]
    ids = TALLIED_IDS.format(placed=placed)
    return _rows(f"{opening} {ids} {EXTENT} {_grouping_rows(sorted(GROUPINGS))}", params)


def _tally_totals(criteria: SearchCriteria) -> tuple[int, int]:
    found = {value: n for _facet, value, n, _place in _tally_rows(criteria, {"total"})}
    return found["count"], found["placed"]


# -- From the rows -----------------------------------------------------------------------------

# Effective members, once each by constraint, then who runs a grouping without being its member.
GROUPING_ROWS = """
    SELECT g.kind, g.slug, sum(b.n), 0 FROM (
        {members}
        UNION ALL
        SELECT r.id, 1 FROM directory_grouping r JOIN ids ON ids.id = r.initiative_id
        WHERE NOT EXISTS (
            SELECT FROM directory_membership e
            WHERE e.grouping_id = r.id AND e.initiative_id = r.initiative_id
            AND e.member_agreed_at IS NOT NULL AND e.grouping_agreed_at IS NOT NULL AND e.until IS NULL)
    ) b
    JOIN directory_grouping g ON g.id = b.grouping_id AND g.published AND g.kind IN ({kinds})
    GROUP BY g.id, g.kind, g.slug
"""
EFFECTIVE = """
    SELECT grouping_id, initiative_id FROM directory_membership
    WHERE member_agreed_at IS NOT NULL AND grouping_agreed_at IS NOT NULL AND until IS NULL {barrier}
"""
MEMBERS = """
    SELECT e.grouping_id, count(*) AS n FROM ({effective}) AS e JOIN ids ON ids.id = e.initiative_id
    WHERE {when} GROUP BY e.grouping_id
"""
# A few are looked up, one by one; beside many, all memberships are read in the order of their index and
# merged. How many they are is known better once they are counted than by the planner, for which an offset is
# a barrier.
FEW = 25_000
FEW_MEMBERS = MEMBERS.format(effective=EFFECTIVE.format(barrier=""), when="(SELECT few FROM extent)")
MANY_MEMBERS = MEMBERS.format(
    effective=EFFECTIVE.format(barrier="ORDER BY initiative_id OFFSET 0"), when="NOT (SELECT few FROM extent)"
)


def _grouping_rows(kinds: Iterable[str]) -> str:
    """From the tables ``ids`` and ``extent``."""
    return GROUPING_ROWS.format(
        kinds=", ".join(f"'{kind}'" for kind in kinds), members=f"{FEW_MEMBERS} UNION ALL {MANY_MEMBERS}"
    )


EXTENT = (
    f"extent AS MATERIALIZED (SELECT count(*) <= {FEW} AS few FROM (SELECT FROM ids LIMIT {FEW + 1}) AS i)"
)


# Rows of what matches that are alike are counted together; these few counts are then taken apart.
ALIKE = "SELECT {values}, count(*) AS n FROM matched GROUP BY {keys}"
MATCHED_ROWS = {
    "total": "SELECT 'total', value, coalesce(v.n, 0), 0"
    " FROM (SELECT sum(n) AS n, sum(n) FILTER (WHERE placed) AS placed FROM alike) AS t"
    " CROSS JOIN LATERAL (VALUES ('count', t.n), ('placed', t.placed)) AS v(value, n)",
    "sector": "SELECT 'sector', s.slug, sum(n), s.id"
    " FROM (SELECT mask, sum(n) AS n FROM alike GROUP BY 1) AS m"
    " JOIN directory_sector s ON mask & (1 << (s.id - 1)) <> 0 GROUP BY s.id, s.slug",
    "activity": "SELECT 'activity', a.slug, sum(n), a.id"
    " FROM (SELECT activities, sum(n) AS n FROM alike GROUP BY 1) AS m"
    " CROSS JOIN LATERAL (SELECT DISTINCT unnest(activities) AS id) AS u"
    " JOIN directory_activity a ON a.id = u.id GROUP BY a.id, a.slug",
    "legal_form": "SELECT 'legal_form', legal_form, sum(n), 0 FROM alike GROUP BY legal_form",
}


HAS_PLACE = ExpressionWrapper(Q(location__isnull=False), BooleanField())
# What each reads of a row, as the field and its name in ``matched``: an index may hold all that is asked.
READ = {
    "total": ("has_place", "placed"),
    "sector": ("sector_mask", "mask"),
    "activity": ("activities", "activities"),
    "legal_form": ("legal_form", "legal_form"),
}


def _matched_rows(criteria: SearchCriteria, names: set[str]) -> list[Row]:
    """One statement for all these facets. What matches is read once, or twice where an index gives it."""
    columns = dict(READ[name] for name in sorted(names - GROUPINGS))
    found = covered(criteria).annotate(has_place=HAS_PLACE)
    matched, params = compiled(found.values_list(*{"pk": "id", **columns}))
    kept = "NOT MATERIALIZED" if is_covered(criteria) or not criteria.asked() else "MATERIALIZED"
    tables = [f"matched({', '.join(['id', *columns.values()])}) AS {kept} ({matched})"]
    parts = [MATCHED_ROWS[name] for name in sorted(names - GROUPINGS)]
    if columns:
        tables.append(f"alike AS MATERIALIZED ({_alike(set(columns.values()))})")
    if kinds := sorted(names & GROUPINGS):
        # All that is visible is better looked up than gathered.
        gathered = "MATERIALIZED" if criteria.asked() else "NOT MATERIALIZED"
        tables += [f"ids AS {gathered} (SELECT id FROM matched)", EXTENT]
        parts.append(_grouping_rows(kinds))
    return _rows(f"WITH {', '.join(tables)} {' UNION ALL '.join(parts)}", params)


def _alike(columns: set[str]) -> str:
    """Activities tell the sectors: these need not be compared too."""
    keys = columns - {"mask"} if "activities" in columns else columns
    values = [name if name in keys else f"min({name}) AS {name}" for name in sorted(columns)]
    return ALIKE.format(values=", ".join(values), keys=", ".join(sorted(keys)))


def _rows(sql: str, params: Iterable[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return [(facet, value, int(n), place) for facet, value, n, place in cursor.fetchall()]


# By criteria, of one version, and not too many of them.
_groupings: Kept[dict[SearchCriteria, list[Row]]] = Kept(dict)
MOST_KEPT = 100


def _kept_groupings(criteria: SearchCriteria) -> list[Row]:
    kept = _groupings()
    rows = kept.get(criteria)
    if rows is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        rows = kept[criteria] = _tallied_groupings(criteria)
    return rows
