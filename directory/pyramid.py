"""Hot SQL of the pyramid: counts by cell and sector, kept exact by triggers whatever road a row comes by.

``directory_pyramid`` counts the visible initiatives that have a place, in the cells of five levels. What
changes is appended, signed, and summed by whoever reads; ``fold()`` replaces what was appended by its
sums. docs/counts.md describes tables, triggers and functions; migration 0005 makes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from directory.grid import Cells, level_of, shift_of
from directory.search import SearchCriteria

LEVELS = (8, 10, 12, 14, 16)
FINEST_ZOOM = LEVELS[-1] - 2
# At these levels, what every search without a filter reads: sums over all masks.
WHOLE_LEVELS = (8, 10, 12)
WHOLE = 100
# Columns up to which each is looked up by name: a range would read the rows between, from pole to pole.
NAMED_COLUMNS = 200
# Edges of aligned boxes are rounded to a millionth of a degree; this holds all that it may concern.
EDGE = 3e-6
MANY_WAITING = 5_000


def covers(criteria: SearchCriteria) -> bool:
    """Whether the pyramid can count these criteria, their box set aside: whole sectors, or nothing."""
    asked = criteria.asked() - {"bbox"}
    return (
        asked <= {"activities", "placed"}
        and criteria.sector_mask is not None
        and criteria.placed is not False
    )


def reads_whole(criteria: SearchCriteria, zoom: int) -> bool:
    """Whether the sums over all masks answer: their rows are under mask 0 and under each sector's bit."""
    return criteria.sector_mask == 0 and level_of(zoom) <= WHOLE_LEVELS[-1]


def cells_sql(criteria: SearchCriteria, cells: Cells) -> str:
    """A query for the rows of these cells, several to a cell, for criteria that it ``covers``:
    x, y, mask, n, sum_lon, sum_lat, ids, west, south, east, north.

    Box and cells differ by what lies on an edge of the box: these rows are put right by name.
    """
    level = level_of(cells.zoom)
    stored = next(each for each in LEVELS if each >= level)
    whole = reads_whole(criteria, cells.zoom)
    mask = criteria.sector_mask or 0
    ranges = " OR ".join(_between("x", *columns, stored - level) for columns in cells.columns())
    sql = f"""
        SELECT x >> {stored - level} AS x, y >> {stored - level} AS y, mask, n, sum_lon, sum_lat, ids,
               west, south, east, north
        FROM directory_pyramid
        WHERE level = {stored + WHOLE if whole else stored} AND ({ranges})
          AND y BETWEEN {cells.top << stored - level} AND {(cells.bottom << stored - level) - 1}
          {f"AND mask & {mask} <> 0" if mask else ""}
    """
    edges = _edges(criteria, cells, whole)
    return f"{sql} UNION ALL {edges}" if edges else sql


def _between(column: str, start: int, end: int, shift: int) -> str:
    first, last = start << shift, (end << shift) - 1
    if last - first < NAMED_COLUMNS:
        return f"{column} IN ({', '.join(map(str, range(first, last + 1)))})"
    return f"{column} BETWEEN {first} AND {last}"


# The rows at an edge: +1 in the box but not in its cells, -1 in its cells but not in the box.
EDGES = """
    SELECT tile_x >> {shift}, tile_y >> {shift}, {mask}, sign, sign * once * round(lon * 1e6),
           sign * once * round(lat * 1e6), once * id,
           CASE WHEN sign * once > 0 THEN floor(lon * 1e6)::integer END,
           CASE WHEN sign * once > 0 THEN floor(lat * 1e6)::integer END,
           CASE WHEN sign * once > 0 THEN ceil(lon * 1e6)::integer END,
           CASE WHEN sign * once > 0 THEN ceil(lat * 1e6)::integer END
    FROM (
        SELECT *, ({in_box})::integer - ({in_cells})::integer AS sign FROM (
            SELECT id, tile_x, tile_y, sector_mask, ST_X(location) AS lon, ST_Y(location) AS lat
            FROM directory_initiative
            WHERE publication = 'published' AND activity_state = 'open' AND ({near}) {sectors}
        ) AS near_edge
    ) AS at_edge {masks} WHERE sign <> 0
"""
BY_MASK = "CROSS JOIN (VALUES (1)) AS o(once)"
BY_SECTOR = """CROSS JOIN LATERAL (
    SELECT 0 AS bit, 1 AS once
    UNION ALL SELECT 1 << (id - 1), 0 FROM directory_sector WHERE sector_mask & (1 << (id - 1)) <> 0
) AS o"""


def _edges(criteria: SearchCriteria, cells: Cells, whole: bool) -> str:
    near = _near_edges(cells)
    if not near:
        return ""
    shift = shift_of(cells.zoom)
    columns = " OR ".join(
        f"tile_x >> {shift} BETWEEN {start} AND {end - 1}" for start, end in cells.columns()
    )
    return EDGES.format(
        near=near,
        sectors=f"AND sector_mask & {criteria.sector_mask} <> 0" if criteria.sector_mask else "",
        shift=shift,
        in_box=" OR ".join(
            f"lon BETWEEN {west!r} AND {east!r} AND lat BETWEEN {south!r} AND {north!r}"
            for west, south, east, north in cells.box.parts()
        ),
        in_cells=f"({columns}) AND tile_y >> {shift} BETWEEN {cells.top} AND {cells.bottom - 1}",
        mask="bit" if whole else "sector_mask",
        masks=BY_SECTOR if whole else BY_MASK,
    )


def _near_edges(cells: Cells) -> str:
    """What lies along the edges of their box, those of the world excepted."""
    box = cells.box
    lines = [
        (west, lat, east, lat)
        for west, _south, east, _north in box.parts()
        for lat in (box.south, box.north)
        if abs(lat) < 90
    ]
    if cells.west > 0:
        lines.append((box.west, box.south, box.west, box.north))
    if cells.east < cells.across:
        lines.append((box.east, box.south, box.east, box.north))
    frames = [(west - EDGE, south - EDGE, east + EDGE, north + EDGE) for west, south, east, north in lines]
    return " OR ".join(f"location && ST_MakeEnvelope({', '.join(map(repr, f))}, 4326)" for f in frames)


def compiled(queryset: Any) -> tuple[str, tuple[Any, ...]]:
    """The queryset's own SQL and parameters, to stand as a subquery."""
    return queryset.query.sql_with_params()


BOX_TOTALS = """
SELECT coalesce(sum(n), 0), min(west) / 1e6, min(south) / 1e6, max(east) / 1e6, max(north) / 1e6
FROM ({cells}) AS c {whole}
"""


@dataclass(frozen=True, slots=True)
class Totals:
    """How many match, how many of them have a place, and a box (west, south, east, north) around those."""

    count: int
    placed: int
    box: tuple[float, float, float, float] | None


def totals_in(criteria: SearchCriteria, cells: Cells) -> Totals:
    """The totals of criteria that it ``covers``, in the box of the cells."""
    sql = cells_sql(criteria, cells)
    whole = "WHERE mask = 0" if reads_whole(criteria, cells.zoom) else ""
    with connection.cursor() as cursor:
        cursor.execute(BOX_TOTALS.format(cells=sql, whole=whole))
        count, *box = cursor.fetchone()
    return Totals(int(count), int(count), (box[0], box[1], box[2], box[3]) if count else None)


# -- The write side ------------------------------------------------------------------------------


def fold() -> int | None:
    """Replace what was appended by its sums; how many rows were. None: another session is at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT directory_fold()")
        folded: int | None = cursor.fetchone()[0]
    return folded


def fold_when_many() -> None:
    """Fold where more than a few thousand rows wait; otherwise cheap. Called once writes are committed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) > %s FROM (SELECT FROM directory_pyramid WHERE waiting LIMIT %s) AS w",
            [MANY_WAITING, MANY_WAITING + 1],
        )
        many = cursor.fetchone()[0]
    if many:
        fold()


def rebuild() -> None:
    """Count everything anew, with boxes as tight as they can be. Neither readers nor writers wait."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT directory_rebuild_counts()")


# Of one snapshot. Boxes may be wider than what they hold, never narrower.
WRONG_CELLS = """
SELECT level, x, y, mask, coalesce(found.n, 0), coalesce(truth.n, 0)
FROM (
    SELECT level, x, y, mask, sum(n) AS n, sum(sum_lon) AS sum_lon, sum(sum_lat) AS sum_lat,
           bit_xor(ids) AS ids, min(west) AS west, min(south) AS south, max(east) AS east, max(north) AS north
    FROM directory_pyramid GROUP BY level, x, y, mask
    HAVING sum(n) <> 0 OR sum(sum_lon) <> 0 OR bit_xor(ids) <> 0
) AS found
FULL JOIN directory_pyramid_truth() AS truth USING (level, x, y, mask)
WHERE (found.n, found.sum_lon, found.sum_lat, found.ids)
      IS DISTINCT FROM (truth.n, truth.sum_lon, truth.sum_lat, truth.ids)
   OR found.west > truth.west OR found.south > truth.south
   OR found.east < truth.east OR found.north < truth.north
ORDER BY level, x, y, mask
"""
WRONG_TALLIES = """
SELECT facet, key, legal_form, placed, coalesce(found.n, 0), coalesce(truth.n, 0)
FROM (
    SELECT facet, key, legal_form, placed, sum(n) AS n FROM directory_tally
    GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
) AS found
FULL JOIN directory_tally_truth() AS truth USING (facet, key, legal_form, placed)
WHERE found.n IS DISTINCT FROM truth.n
ORDER BY facet, key, legal_form, placed
"""


def check() -> list[str]:
    """What the stored counts say otherwise than the initiatives do, a line for each; empty when exact."""
    with connection.cursor() as cursor:
        cursor.execute(WRONG_CELLS)
        wrong = [
            f"cell {level}/{x}/{y}, mask {mask}: {found} stored, {truth} true"
            for level, x, y, mask, found, truth in cursor.fetchall()
        ]
        cursor.execute(WRONG_TALLIES)
        wrong += [
            f"{facet} {key}, {legal_form}, {'' if placed else 'not '}placed: {found} stored, {truth} true"
            for facet, key, legal_form, placed, found, truth in cursor.fetchall()
        ]
    return wrong
