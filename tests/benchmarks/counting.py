"""The map's clusters and the facets: one visitor at a time, each view moved a little at every request.

Beside the map stands what is commonly done, ``ST_SnapToGrid`` over the GiST index, in bare SQL; beside
the facets the road through the join table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from urllib.parse import quote

from tests.benchmarks import statements, visitors
from tests.benchmarks.ground import (
    ENVELOPE,
    FRANCE,
    METROPOLIS,
    REGION,
    SECTOR,
    SECTORS,
    TERRITORY,
    VIEWS,
    VISIBLE,
    WORDS,
    Box,
    View,
)
from tests.benchmarks.measure import Bound, Most, Ratio, Turn, Work
from tests.benchmarks.pages import Servers
from tests.benchmarks.peers import MAILLAGE
from tests.benchmarks.processes import Server

SNAP, JOIN = "ST_SnapToGrid", "join table"
MOVES = 24
FILTERS = {"no filter": "", "one sector": f"&sector={SECTOR}", "any of three sectors": f"&sector={SECTORS}"}

SNAPPED = f"""
SELECT count(*), avg(ST_X(location)), avg(ST_Y(location)) FROM directory_initiative
WHERE location && {ENVELOPE} AND {VISIBLE} {{more}}
GROUP BY ST_SnapToGrid(location, %(cell)s)
"""
MASKED = (
    " AND sector_mask & (SELECT sum(1 << (id - 1))::int FROM directory_sector"
    " WHERE slug = ANY (%(slugs)s)) <> 0"
)


def work_of_view(url: str, ours: Server, view: View, label: str, more: str) -> Work:
    asked = view.moved(MOVES)
    slugs = more.rpartition("=")[2].split(",")
    sql = SNAPPED.format(more=MASKED if more else "")
    given = [{**box.parameters(), "cell": 360 / 2 ** (view.zoom + 2), "slugs": slugs} for box in asked]
    bounds: list[Bound] = [Most("p95", 30)]
    if view is FRANCE and not more:
        bounds.append(Ratio(SNAP, 150))
    return Work(
        f"map, {view.name}, {label}",
        {
            MAILLAGE: partial(one_by_one, ours, [path(view, box, more) for box in asked]),
            SNAP: partial(statements.in_turn, url, sql, given, 1),
        },
        bounds,
        check=partial(sums, url, ours, view, more, slugs),
    )


def path(view: View, box: Box, more: str) -> str:
    return f"/api/v1/map?bbox={box}&zoom={view.zoom}{more}"


def one_by_one(server: Server, paths: Sequence[str], seconds: float = 1) -> Turn:
    return visitors.drive(server.address, paths, connections=1, seconds=seconds)


def sums(url: str, ours: Server, view: View, more: str, slugs: list[str]) -> str:
    """The counts of the answer sum to a plain count of the rows in the box that it says."""
    found = visitors.fetch(ours.address + path(view, view.box(), more))
    summed = sum(feature["properties"].get("count", 1) for feature in found["features"])
    west, south, east, north = found["bbox"]
    sql = f"SELECT count(*) FROM directory_initiative WHERE {VISIBLE} {MASKED if more else ''}" + (
        f" AND ST_Intersects(location, {ENVELOPE})"
    )
    given = {"west": west, "south": south, "east": east, "north": north, "slugs": slugs}
    ((count,),) = statements.ask(url, sql, given)
    if not summed == found["numberMatched"] == count:
        raise SystemExit(f"map {view.name} {more}: {summed}, {found['numberMatched']}, {count} rows")
    return f"{len(found['features'])} marks for {count} rows, as a plain count says"


def maps(url: str, servers: Servers) -> list[Work]:
    ours = servers[MAILLAGE]
    works = [work_of_view(url, ours, view, label, more) for view in VIEWS for label, more in FILTERS.items()]
    for label, more, limit in [
        ("a rare word", f"&q={quote(WORDS.rare)}", 20),
        ("a common word", f"&q={quote(WORDS.common)}", 150),
        ("a territory", f"&territory={TERRITORY}", 60),
    ]:
        view = REGION if "territory" in label else FRANCE
        paths = [path(view, box, more) for box in view.moved(MOVES)]
        works.append(
            Work(
                f"map, {view.name}, {label}",
                {MAILLAGE: partial(one_by_one, ours, paths)},
                [Most("p95", limit)],
                check=partial(matched, ours, paths[0]),
            )
        )
    return works


def matched(ours: Server, asked: str) -> str:
    found = visitors.fetch(ours.address + asked)
    summed = sum(feature["properties"].get("count", 1) for feature in found["features"])
    if summed != found["numberMatched"]:
        raise SystemExit(f"{asked}: the marks stand for {summed} of {found['numberMatched']}")
    return f"{found['numberMatched']} match"


# All the facets that Maillage gives, by the join tables of peers.sql; "f" is what matches.
JOINED = """
WITH f AS {kept} (SELECT i.id, i.legal_form FROM directory_initiative i WHERE {visible} {where})
SELECT 'sector', s.slug, count(*) FROM f JOIN bench.initiative_sectors j ON j.initiative_id = f.id
    JOIN directory_sector s ON s.id = j.sector_id GROUP BY s.slug
UNION ALL
SELECT 'activity', a.slug, count(*) FROM f JOIN bench.initiative_activities j ON j.initiative_id = f.id
    JOIN directory_activity a ON a.id = j.activity_id GROUP BY a.slug
UNION ALL
SELECT 'legal_form', legal_form, count(*) FROM f GROUP BY legal_form
UNION ALL
SELECT g.kind, g.slug, count(*) FROM (
    SELECT grouping_id, initiative_id FROM directory_membership
    WHERE member_agreed_at IS NOT NULL AND grouping_agreed_at IS NOT NULL AND until IS NULL
    UNION SELECT id, initiative_id FROM directory_grouping
) b JOIN directory_grouping g ON g.id = b.grouping_id AND g.published JOIN f ON f.id = b.initiative_id
GROUP BY g.kind, g.slug
"""


def facets(url: str, servers: Servers) -> list[Work]:
    ours = servers[MAILLAGE]
    box = METROPOLIS.box()
    cases: list[tuple[str, str, str, float]] = [
        ("no filter", "", "", 100),
        ("a box", f"bbox={box}", f"AND ST_Intersects(i.location, {ENVELOPE})", 1.5),
        ("a département", f"territory={TERRITORY}", f"AND i.departement_id = '{TERRITORY}'", 1.5),
        ("a word", f"q={quote(WORDS.common)}", "AND i.search @@ %(word)s::tsquery", 1.5),
    ]
    works = []
    for label, query, where, least in cases:
        # Few are kept and joined; all are joined where they are: each case as it is fastest.
        kept = "MATERIALIZED" if where else "NOT MATERIALIZED"
        sql = JOINED.format(visible=VISIBLE, where=where, kept=kept)
        given = box.parameters() | {"word": WORDS.common_query}
        asked = f"/api/v1/facets?{query}"
        works.append(
            Work(
                f"facets, {label}",
                {
                    MAILLAGE: partial(one_by_one, ours, [asked]),
                    JOIN: partial(statements.in_turn, url, sql, [given], 1),
                },
                [Ratio(JOIN, least)],
                check=partial(same_facets, url, ours, asked, sql, given),
            )
        )
    return works


SITE_READS = "the site widens the word by more synonyms than the statement does"


def same_facets(url: str, ours: Server, asked: str, sql: str, given: Mapping[str, object]) -> str:
    told = visitors.fetch(ours.address + asked)
    counted: dict[str, dict[str, int]] = {}
    for kind, slug, count in statements.ask(url, sql, given):
        counted.setdefault(kind, {})[slug] = count
    for kind, counts in counted.items():
        if {slug: n for slug, n in told[kind].items() if n} != counts:
            if "q=" in asked:
                return f"not equal: {SITE_READS}"
            raise SystemExit(f"{asked}: the counts of {kind} differ")
    return f"{sum(map(len, counted.values()))} counts of {told['numberMatched']} initiatives are equal"
