"""GeoJSON pages of 100 and of 1 000 in a box and of a sector, and everything at once as a stream.

Boxes hold at most as many as a page, so that the same ids come in whatever order; all count what
matches. Pages: eight keep-alive connections. Streams: one visitor, memory watched from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from tests.benchmarks import ground, statements, visitors
from tests.benchmarks.ground import ENVELOPE, OF_SECTOR, SECTOR, VISIBLE, Box
from tests.benchmarks.measure import Most, Ratio, Turn, Work, thousands
from tests.benchmarks.peers import FLAT, MAILLAGE, PYGEOAPI, STOCK, TIPG
from tests.benchmarks.processes import Server, Watch

FLOOR, COPY = "SQL alone", "COPY"
STREAMED = 100_000
Servers = Mapping[str, Server]

# Written by hand for this page, over Maillage's own tables: the same properties, built by PostgreSQL.
FEATURE = """
    '{"type":"Feature","id":' || to_json(i.slug) || ',"geometry":' || ST_AsGeoJSON(i.location, 6, 0)
    || ',"properties":' || row_to_json((SELECT p FROM (SELECT
        i.slug AS id, i.name, i.summary,
        (SELECT s.slug FROM directory_sector s WHERE s.id = i.main_sector) AS sector,
        ARRAY(SELECT s.slug FROM directory_sector s
              WHERE i.sector_mask & (1 << (s.id - 1)) <> 0 ORDER BY s.id) AS sectors,
        ARRAY(SELECT a.slug FROM unnest(i.activities) WITH ORDINALITY AS u(id, place)
              JOIN directory_activity a ON a.id = u.id ORDER BY u.place) AS activities,
        i.legal_form, json_build_object('id', c.id, 'name', c.name) AS commune, i.postcode,
        json_build_object('id', d.id, 'name', d.name) AS departement, i.precision, i.website,
        '/initiatives/' || i.slug || '/' AS url, i.verified_at, i.updated_at, i.source,
        i.origin = 'example' AS example) p)) || '}'
"""
FROM = f"""
    FROM directory_initiative i
    LEFT JOIN territories_territory c ON c.id = i.commune_id
    LEFT JOIN territories_territory d ON d.id = i.departement_id
    WHERE ST_Intersects(i.location, {ENVELOPE}) AND {VISIBLE}
"""
FLOOR_PAGE = f"SELECT string_agg({FEATURE}, ','), count(*) {FROM} {OF_SECTOR.format(SECTOR)}"


def paths(box: Box, limit: int) -> dict[str, str]:
    """The same question to each contender, the sector ``energie`` in a box."""
    return {
        MAILLAGE: f"/api/v1/initiatives?bbox={box}&sector={SECTOR}&limit={limit}",
        STOCK: f"/initiatives?in_bbox={box}&sector={SECTOR}&limit={limit}",
        TIPG: f"/collections/bench.{FLAT}/items?bbox={box}&{SECTOR}=1&limit={limit}&f=geojson",
        PYGEOAPI: f"/collections/{FLAT}/items?bbox={box}&{SECTOR}=1&limit={limit}&f=json",
    }


def page(url: str, servers: Servers, limit: int, bounds: list[Ratio]) -> Work:
    asked = ground.boxes(url, limit, SECTOR)

    def turn(name: str) -> Turn:
        return visitors.drive(servers[name].address, [paths(box, limit)[name] for box in asked])

    takers: dict[str, Callable[[], Turn]] = {name: partial(turn, name) for name in servers}
    takers[FLOOR] = partial(statements.together, url, FLOOR_PAGE, [box.parameters() for box in asked])
    return Work(
        f"GeoJSON page of {thousands(limit)}, box and sector", takers, bounds, throughput=True,
        check=partial(agree, url, servers, asked, limit),
    )  # fmt: skip


def agree(url: str, servers: Servers, asked: list[Box], limit: int) -> str:
    """Every contender gives the same ids in every box, and counts them alike."""
    held = []
    for box in asked:
        answers: dict[str, set[str]] = {}
        for name, path in paths(box, limit).items():
            found = visitors.fetch(servers[name].address + path)
            ids = {feature["id"] for feature in found["features"]}
            counted = found.get("numberMatched", found.get("count"))
            if counted != len(ids):
                raise SystemExit(f"{name} counts {counted} and gives {len(ids)} in {box}")
            answers[name] = ids
        (_text, count), *_ = statements.ask(url, FLOOR_PAGE, box.parameters())
        if len({frozenset(ids) for ids in answers.values()}) != 1 or count != len(answers[MAILLAGE]):
            told = {name: len(ids) for name, ids in answers.items()} | {FLOOR: count}
            raise SystemExit(f"contenders differ in {box}: {told}")
        held.append(count)
    return f"the same ids from all in {len(asked)} boxes of {min(held)} to {max(held)}"


def whole_box(url: str, size: int) -> Box:
    """A box that holds 100 000, or all of France where there are fewer."""
    if size <= STREAMED * 1.1:
        return Box(-180, -90, 180, 90)
    return ground.boxes(url, STREAMED, None, count=1)[0]


def watched(server: Server, path: str) -> Turn:
    """A download, with what the server's memory grew by meanwhile."""
    with Watch(server) as memory:
        turn = visitors.download(server.address + path)
    turn.grown = memory.grown
    return turn


def copy_of(box: Box | None) -> str:
    """The SQL of the floor of a stream: every feature of a box, a line each."""
    if box is None:
        return f"SELECT {FEATURE.replace('ST_AsGeoJSON(i.location, 6, 0)', ANYWHERE)} {FROM_ALL}"
    return f"SELECT {FEATURE} {FROM}" % {k: f"{v:.6f}" for k, v in box.parameters().items()}


ANYWHERE = "coalesce(ST_AsGeoJSON(i.location, 6, 0), 'null')"
FROM_ALL = f"""
    FROM directory_initiative i
    LEFT JOIN territories_territory c ON c.id = i.commune_id
    LEFT JOIN territories_territory d ON d.id = i.departement_id
    WHERE {VISIBLE}
"""


def streams(url: str, servers: Servers, size: int) -> list[Work]:
    box = whole_box(url, size)
    ours, theirs = servers[MAILLAGE], servers[STOCK]
    geojson = Work(
        "100 000 features streamed" if size >= STREAMED else f"{size} features streamed",
        {
            MAILLAGE: partial(watched, ours, f"/api/v1/initiatives?bbox={box}&limit=all"),
            STOCK: partial(watched, theirs, f"/everything?in_bbox={box}"),
            COPY: partial(statements.copied, url, copy_of(box)),
        },
        [Ratio(STOCK, 35), Ratio(COPY, 1 / 1.2, "time ≤ 1.2 × COPY, here COPY's share"),
         Most("first_byte", 50), Most("grown", 20)],
        check=partial(same_count, url, ours, box), warm=False,
    )  # fmt: skip
    table = Work(
        "CSV of 100 000" if size >= STREAMED else f"CSV of {size}",
        {
            MAILLAGE: partial(watched, ours, f"/api/v1/initiatives?bbox={box}&format=csv"),
            "ORM": partial(watched, theirs, f"/table.csv?in_bbox={box}"),
        },
        [Ratio("ORM", 10), Most("grown", 20)],
        warm=False,
    )
    works = [geojson, table]
    if size > STREAMED * 1.1:
        works.append(
            Work(
                f"all {thousands(size)} features streamed",
                {
                    MAILLAGE: partial(watched, ours, "/api/v1/initiatives?limit=all"),
                    COPY: partial(statements.copied, url, copy_of(None)),
                },
                [Most("grown", 20)],
                rounds=1, warm=False,
            )
        )  # fmt: skip
    return works


def same_count(url: str, ours: Server, box: Box) -> str:
    """The stream holds as many features as the database does, and says so."""
    found = visitors.fetch(f"{ours.address}/api/v1/initiatives?bbox={box}&limit=all")
    ids = {feature["id"] for feature in found["features"]}
    sql = f"SELECT count(*) FROM directory_initiative WHERE ST_Intersects(location, {ENVELOPE}) AND {VISIBLE}"
    ((count,),) = statements.ask(url, sql, box.parameters())
    if not found["numberMatched"] == len(found["features"]) == len(ids) == count:
        raise SystemExit(f"{count} rows; the stream says {found['numberMatched']} and holds {len(ids)}")
    return f"{count} features, as many as rows, none twice"


def works(url: str, servers: Servers, size: int) -> list[Work]:
    return [
        page(url, servers, 100, [Ratio(STOCK, 12), Ratio(TIPG, 3), Ratio(PYGEOAPI, 9), Ratio(FLOOR, 0.6)]),
        page(url, servers, 1_000, [Ratio(STOCK, 30), Ratio(TIPG, 6), Ratio(PYGEOAPI, 6)]),
        *streams(url, servers, size),
    ]
