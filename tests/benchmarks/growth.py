"""How each kind of work grows with the number of initiatives: 10 000, 100 000, and as many as were asked.

One visitor at a time, the median of three rounds at each size, one site after another on its own database.
"""

from __future__ import annotations

import statistics
from urllib.parse import quote

from tests.benchmarks import ground
from tests.benchmarks.counting import one_by_one
from tests.benchmarks.dataset import Databases
from tests.benchmarks.finding import PLACES
from tests.benchmarks.ground import FRANCE, METROPOLIS, SECTOR, TERRITORY, TYPED, WORDS
from tests.benchmarks.measure import number, thousands
from tests.benchmarks.peers import maillage
from tests.benchmarks.record import table

SIZES = [10_000, 100_000]
FLAT, TWICE, LINEAR = "flat", "≤ 2 ×", "linear"
NOISE = 1.5  # what a flat figure may move by on a machine that others use


def kinds(url: str) -> dict[str, tuple[str, list[str]]]:
    """Each kind of work: how it may grow, and what is asked."""
    france = FRANCE.moved(12)
    return {
        "map, France": (FLAT, [f"/api/v1/map?bbox={box}&zoom=6" for box in france]),
        "map, one sector": (FLAT, [f"/api/v1/map?bbox={box}&zoom=6&sector={SECTOR}" for box in france]),
        "map, a metropolis": (FLAT, [f"/api/v1/map?bbox={box}&zoom=10" for box in METROPOLIS.moved(12)]),
        "map, a common word": (
            LINEAR, [f"/api/v1/map?bbox={box}&zoom=6&q={quote(WORDS.common)}" for box in france]
        ),
        "facets, no filter": (FLAT, ["/api/v1/facets"]),
        "facets, a département": (LINEAR, [f"/api/v1/facets?territory={TERRITORY}"]),
        "list, first page": (TWICE, ["/api/v1/initiatives?limit=100"]),
        "page of 100, box and sector": (
            TWICE,
            [f"/api/v1/initiatives?bbox={box}&sector={SECTOR}&limit=100"
             for box in ground.boxes(url, 100, SECTOR, count=8)],
        ),
        "two words": (LINEAR, [f"/api/v1/initiatives?q={quote(text)}&limit=20" for text in WORDS.two]),
        "the 20 nearest": (
            TWICE, [f"/api/v1/initiatives?near={x},{y}&limit=20" for x, y in PLACES]
        ),
        "suggestions": (TWICE, [f"/api/v1/suggest?q={quote(text)}" for text in TYPED]),
        "the page of the map and list": (TWICE, ["/"]),
    }  # fmt: skip


def grown(databases: Databases, size: int) -> str:
    """The table: median milliseconds of each kind at each size, and what the growth was."""
    sizes = sorted({*SIZES, size})
    medians: dict[str, list[float]] = {}
    allowed: dict[str, str] = {}
    for count in sizes:
        url = databases.synthetic(count)
        with maillage(url) as site:
            for name, (may, paths) in kinds(url).items():
                one_by_one(site, paths, 1)
                turns = [one_by_one(site, paths, 1.5) for _ in range(3)]
                allowed[name] = may
                medians.setdefault(name, []).append(
                    statistics.median(statistics.median(turn.latencies) for turn in turns)
                )
    header = ["work, median ms", *map(thousands, sizes), "grown", "bound"]
    rows = [
        [name, *map(number, figures), f"{number(figures[-1] / figures[0])} ×",
         said(allowed[name], figures, sizes)]
        for name, figures in medians.items()
    ]  # fmt: skip
    return table(header, rows)


def said(may: str, figures: list[float], sizes: list[int]) -> str:
    most = {FLAT: NOISE, TWICE: 2.0, LINEAR: sizes[-1] / sizes[0]}[may]
    held = figures[-1] / figures[0] <= most
    words = f"{may} (at most {NOISE} × here)" if may == FLAT else may
    return f"{words}: {'held' if held else '**missed**'}"
