"""Lists, words and places: deep pages, text, typing errors, radius, nearest, suggestions.

One visitor at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import quote, urlsplit

from tests.benchmarks import statements, visitors
from tests.benchmarks.counting import one_by_one
from tests.benchmarks.ground import TYPED, VISIBLE, WORDS
from tests.benchmarks.measure import Most, Ratio, Work, thousands
from tests.benchmarks.pages import Servers
from tests.benchmarks.peers import MAILLAGE, STOCK
from tests.benchmarks.processes import Server

DEEP = 100_000
FIRST, TRIGRAM, ROWS = "first page", "trigram over names", "ST_DWithin, every row"
STEP = 1_000
LYON, NANTES, GUERET = (4.8357, 45.764), (-1.5536, 47.2184), (1.8712, 46.1703)
PLACES = [LYON, NANTES, GUERET, (7.7521, 48.5734), (2.3522, 48.8566), (-0.5792, 44.8378)]
RADIUS = 1_000
USUAL_RADIUS = 10_000  # where the address says none

SLIPPED = """
SELECT id FROM bench.initiatives WHERE f_fold(name) %% f_fold(%(text)s)
ORDER BY similarity(f_fold(name), f_fold(%(text)s)) DESC LIMIT 20
"""
WITHIN = f"""
SELECT slug FROM directory_initiative
WHERE {VISIBLE} AND location IS NOT NULL
  AND ST_Distance(location::geography, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography) <= %(m)s
"""


def deep_pages(servers: Servers, size: int) -> list[Work]:
    """A page far down against the first one; and what an offset costs the stock list at that depth."""
    ours, theirs = servers[MAILLAGE], servers[STOCK]
    depth = min(DEEP, int(size * 0.8) // STEP * STEP)
    first = "/api/v1/initiatives?limit=100"
    deep = cursor_at(ours, depth)
    return [
        Work(
            f"page of 100 after {thousands(depth)}",
            {
                MAILLAGE: partial(one_by_one, ours, [deep]),
                FIRST: partial(one_by_one, ours, [first]),
                STOCK: partial(one_by_one, theirs, [f"/initiatives?limit=100&offset={depth}"]),
            },
            [Ratio(FIRST, 1 / 1.5, "time ≤ 1.5 × the first page’s, here the first page’s share")],
            check=partial(goes_on, ours, deep),
        )
    ]


def cursor_at(ours: Server, depth: int) -> str:
    """The path of the page of 100 that begins after so many, by following the pages' own links."""
    path = f"/api/v1/initiatives?limit={STEP}"
    for _page in range(depth // STEP):
        found = visitors.fetch(ours.address + path)
        following = next(link["href"] for link in found["links"] if link["rel"] == "next")
        parts = urlsplit(following)
        path = f"{parts.path}?{parts.query}"
    return path.replace(f"limit={STEP}", "limit=100")


def goes_on(ours: Server, deep: str) -> str:
    found = visitors.fetch(ours.address + deep)
    if found["numberReturned"] != 100:
        raise SystemExit(f"the deep page holds {found['numberReturned']}")
    return "the deep page is full"


def asked(text: str) -> str:
    return f"/api/v1/initiatives?q={quote(text)}&limit=20"


def words(url: str, servers: Servers) -> list[Work]:
    ours = servers[MAILLAGE]
    typed = [slip for slip, _meant in WORDS.slips]
    return [
        Work(
            "two words, the 20 best",
            {MAILLAGE: partial(one_by_one, ours, [asked(text) for text in WORDS.two])},
            [Most("p95", 30)],
            check=partial(found_some, ours, WORDS.two),
        ),
        Work(
            "a prefix of three letters, the 20 best",
            {MAILLAGE: partial(one_by_one, ours, [asked(text) for text in WORDS.prefixes])},
            [Most("p95", 30)],
            check=partial(found_some, ours, WORDS.prefixes),
        ),
        Work(
            "typing errors, the 20 best",
            {
                MAILLAGE: partial(one_by_one, ours, [asked(text) for text in typed]),
                TRIGRAM: partial(statements.in_turn, url, SLIPPED, [{"text": text} for text in typed], 3),
            },
            [Most("p95", 30), Ratio(TRIGRAM, 100)],
            check=partial(corrected, ours),
        ),
    ]


def found_some(ours: Server, texts: Sequence[str]) -> str:
    counts = [visitors.fetch(ours.address + asked(text))["numberMatched"] for text in texts]
    if 0 in counts:
        raise SystemExit(f"nothing matches {texts[counts.index(0)]}")
    return f"{min(counts)} to {max(counts)} match"


def corrected(ours: Server) -> str:
    """What is typed wrong finds what is typed right."""
    for slip, meant in WORDS.slips:
        wrong, right = (visitors.fetch(ours.address + asked(text))["numberMatched"] for text in (slip, meant))
        if not wrong or wrong < right:
            raise SystemExit(f"“{slip}” finds {wrong}, “{meant}” {right}")
    return "each finds at least as many as the right spelling"


def around(url: str, servers: Servers) -> list[Work]:
    ours, theirs = servers[MAILLAGE], servers[STOCK]
    radius = [f"/api/v1/initiatives?near={x},{y}&radius={RADIUS}&limit=1000" for x, y in PLACES]
    nearest = [f"/api/v1/initiatives?near={x},{y}&limit=20" for x, y in PLACES]
    # The library's filter wants a point and metres.
    stock = [f"/around?point={x},{y}&dist={RADIUS}&limit=1000" for x, y in PLACES]
    given = [{"lon": x, "lat": y, "m": RADIUS} for x, y in PLACES]
    return [
        Work(
            f"within {thousands(RADIUS)} m",
            {
                MAILLAGE: partial(one_by_one, ours, radius),
                STOCK: partial(one_by_one, theirs, stock),
                ROWS: partial(statements.in_turn, url, WITHIN, given, 3),
            },
            check=partial(exact, url, ours, theirs),
        ),
        Work(
            "the 20 nearest",
            {MAILLAGE: partial(one_by_one, ours, nearest)},
            [Most("median", 5)],
            check=partial(truly_nearest, url, ours),
        ),
    ]


def exact(url: str, ours: Server, theirs: Server) -> str:
    """Our set is that of the ellipsoid; the library's is counted against it."""
    held = missed = added = 0
    for x, y in PLACES:
        true = {slug for (slug,) in statements.ask(url, WITHIN, {"lon": x, "lat": y, "m": RADIUS})}
        found = everything(ours, f"/api/v1/initiatives?near={x},{y}&radius={RADIUS}&limit=1000")
        if found != true:
            raise SystemExit(f"{x},{y}: {len(found)} found, {len(true)} within {RADIUS} m")
        other: set[str] = set()
        while len(page := stock_page(theirs, x, y, len(other))) == STEP:
            other |= page
        other |= page
        held, missed, added = held + len(true), missed + len(true - other), added + len(other - true)
    return (
        f"the exact sets of the ellipsoid, {held} in {len(PLACES)} places;"
        f" {STOCK}’s own filter misses {missed} of them and adds {added}"
    )


def stock_page(theirs: Server, x: float, y: float, offset: int) -> set[str]:
    found = visitors.fetch(
        f"{theirs.address}/around?point={x},{y}&dist={RADIUS}&limit={STEP}&offset={offset}"
    )
    return {feature["id"] for feature in found["features"]}


def everything(ours: Server, path: str) -> set[str]:
    """Ids of all the pages from one on."""
    ids: set[str] = set()
    following: str | None = ours.address + path
    while following:
        found = visitors.fetch(following)
        ids |= {feature["id"] for feature in found["features"]}
        following = next((link["href"] for link in found["links"] if link["rel"] == "next"), None)
    return ids


def truly_nearest(url: str, ours: Server) -> str:
    sql = f"""
        SELECT round(ST_Distance(location::geography,
            ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography)::numeric, 2)
        FROM directory_initiative WHERE {VISIBLE} AND location IS NOT NULL ORDER BY 1 LIMIT 20
    """
    for x, y in PLACES:
        found = visitors.fetch(f"{ours.address}/api/v1/initiatives?near={x},{y}&limit=20")
        told = [feature["properties"]["distance"] for feature in found["features"]]
        sorted_all = [float(metres) for (metres,) in statements.ask(url, sql, {"lon": x, "lat": y})]
        true = [metres for metres in sorted_all if metres <= USUAL_RADIUS]
        if told != true:
            raise SystemExit(f"nearest to {x},{y}: {told} and not {true}")
    return f"the true distances of all rows, sorted, give the same in {len(PLACES)} places"


def suggestions(servers: Servers) -> list[Work]:
    paths = [f"/api/v1/suggest?q={quote(text)}" for text in TYPED]
    return [
        Work(
            "suggestions while typing",
            {MAILLAGE: partial(one_by_one, servers[MAILLAGE], paths)},
            [Most("p95", 20)],
            check=lambda: f"{len(TYPED)} beginnings, of one letter to two words",
        )
    ]


def works(url: str, servers: Servers, size: int) -> list[Work]:
    return [
        *deep_pages(servers, size), *words(url, servers), *around(url, servers), *suggestions(servers),
    ]  # fmt: skip
