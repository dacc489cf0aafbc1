"""Load held: ``python -m tests.benchmarks.load [--size 1000000] [--visitors 64] [--seconds 120] [--write]``.

So many visitors at once, each on one keep-alive connection, replay what visitors do: the map 60 %, the
list 15 %, suggestions 15 %, a page of the site 10 %. First with no pause at all, which is as much as the
site can take; then, with ``--pause``, each visitor waits that long between two answers. Errors, p50, p95
and throughput by kind; memory of the site's processes as it goes. Loopback only.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from urllib.parse import quote

from tests.benchmarks.dataset import Databases, versions
from tests.benchmarks.ground import METROPOLIS, SECTOR, TYPED, VIEWS, WORDS
from tests.benchmarks.measure import number, percentile, thousands
from tests.benchmarks.peers import maillage
from tests.benchmarks.processes import Server, Watch
from tests.benchmarks.record import busy, machine, record, table
from tests.benchmarks.statements import ask
from tests.benchmarks.visitors import Answer, replay

MIX = {"map": 60, "list": 15, "suggest": 15, "page": 10}
SEED = 11


def script(slugs: list[str], chance: random.Random) -> Iterator[tuple[str, str]]:
    """(kind, path) for ever, in the proportions of MIX; boxes and words vary from one to the next."""
    while True:
        kind = chance.choices(list(MIX), list(MIX.values()))[0]
        yield kind, {"map": on_map, "list": listed, "suggest": typed, "page": opened}[kind](slugs, chance)


def on_map(slugs: list[str], chance: random.Random) -> str:
    # More people look at towns than at the world.
    view = chance.choices(VIEWS, [1, 4, 4, 4, 4, 4])[0]
    box = view.box(chance.uniform(-640, 640), chance.uniform(-400, 400))
    more = chance.choices(["", f"&sector={SECTOR}", "&sector=energie,habitat"], [6, 3, 1])[0]
    return f"/api/v1/map?bbox={box}&zoom={view.zoom}{more}"


def listed(slugs: list[str], chance: random.Random) -> str:
    view = chance.choice(VIEWS[3:])
    box = view.box(chance.uniform(-640, 640), chance.uniform(-400, 400))
    question = chance.choice(
        [f"bbox={box}", f"bbox={box}&sector={SECTOR}", f"q={quote(chance.choice(WORDS.two))}"]
    )
    return f"/api/v1/initiatives?{question}&limit=20"


def typed(slugs: list[str], chance: random.Random) -> str:
    return f"/api/v1/suggest?q={quote(chance.choice(TYPED))}"


def opened(slugs: list[str], chance: random.Random) -> str:
    if chance.random() < 0.5:
        return f"/initiatives/{chance.choice(slugs)}/"
    return chance.choice(
        ["/", f"/?sector={SECTOR}", f"/?bbox={METROPOLIS.box()}", "/territoires/departement-69/"]
    )


def held(site: Server, slugs: list[str], visitors: int, seconds: float, pause: float) -> str:
    """Let them come; what it was like."""
    with Watch(site, every=1) as memory:
        answers, errors, reopened = replay(
            site.address, script(slugs, random.Random(SEED)), visitors, seconds, pause=pause
        )
    manner = f"with {pause:g} s of pause between two answers" if pause else "without a pause"
    parts = [
        f"{visitors} visitors {manner}, {seconds:g} s: {thousands(len(answers))} answers,"
        f" {len(answers) / seconds:.0f} a second, {len(errors)} errors; {reopened} connections opened anew"
        " because the server had closed them between two answers.",
        table(["asked", "answers", "p50, ms", "p95, ms", "longest, ms", "kB"], rows_of(answers)),
        f"Memory of the site’s processes: {memory.rest:.0f} MB before, {told(memory.samples)}.",
    ]
    if errors:
        parts.append("Errors: " + "; ".join(sorted(set(errors))[:10]))
    return "\n\n".join(parts)


def rows_of(answers: list[Answer]) -> list[list[object]]:
    rows: list[list[object]] = []
    for kind in [*MIX, "all"]:
        some = [answer for answer in answers if kind in (answer.kind, "all")]
        times = [answer.ms for answer in some]
        rows.append(
            [
                kind, thousands(len(some)), number(percentile(times, 0.5)), number(percentile(times, 0.95)),
                number(max(times, default=0)), number(sum(a.size for a in some) / max(1, len(some)) / 1000),
            ]
        )  # fmt: skip
    return rows


def told(samples: list[tuple[float, float]]) -> str:
    """MB at the start, the middle and the end of the load, and the most."""
    if not samples:
        return "not sampled"
    start, middle, end = samples[0][1], samples[len(samples) // 2][1], samples[-1][1]
    most = max(mb for _seconds, mb in samples)
    return f"{start:.0f} at the start, {middle:.0f} in the middle, {end:.0f} at the end, {most:.0f} at most"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.load", description=__doc__)
    options.add_argument("--size", type=int, default=1_000_000)
    options.add_argument("--visitors", type=int, default=64)
    options.add_argument("--seconds", type=float, default=120)
    options.add_argument("--pause", type=float, default=1, help="of the second time; 0 leaves it out")
    options.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = options.parse_args()
    url = Databases().synthetic(asked.size)
    where = f"{machine(**versions(url))} {busy()}".strip()
    sql = """
        SELECT slug FROM directory_initiative WHERE publication = 'published' AND activity_state = 'open'
        ORDER BY md5(slug) LIMIT 500
    """
    slugs = [slug for (slug,) in ask(url, sql)]
    with maillage(url) as site:
        replay(
            site.address, script(slugs, random.Random(SEED)), 4, 3
        )  # the first answers, of fresh processes
        texts = [
            held(site, slugs, asked.visitors, asked.seconds, pause)
            for pause in dict.fromkeys([0.0, asked.pause])
        ]
    text = "\n\n".join(
        [
            f"`python -m tests.benchmarks.load --size {asked.size}`: map 60 %, list 15 %, suggestions 15 %,"
            " pages 10 %, generator and database on the same cores.",
            *texts,
            where,
        ]
    )
    print(text)
    if asked.write:
        record(f"Load held, {thousands(asked.size)} initiatives", text)


if __name__ == "__main__":
    main()
