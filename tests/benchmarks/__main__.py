"""Side by side: ``python -m tests.benchmarks [--size 100000] [--only pages,…] [--write] [--drop]``.

Builds the synthetic set of that size in its own database, starts every contender on loopback, sees that
they agree, lets them take turns, and prints the table; ``--write`` puts it into ``docs/benchmarks.md``.
Rows of work that Maillage cannot do yet (import) are left out, and named below the table; diagnoses, which
no contender makes, have a chapter of their own (``python -m tests.benchmarks.diagnosis``).
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable, Sequence
from functools import partial

from tests.benchmarks import counting, finding, growth, pages, writes
from tests.benchmarks.dataset import HERE as FOLDER
from tests.benchmarks.dataset import Databases, say, versions
from tests.benchmarks.measure import ROUNDS, Work, report, thousands
from tests.benchmarks.peers import all_of_them
from tests.benchmarks.processes import Server
from tests.benchmarks.record import busy, machine, record, table

ABSENT = (
    "Not measured, as Maillage does not do it yet: XLSX. Imports and diagnoses have chapters of their own."
)
PARTS = ["pages", "maps", "facets", "finding", "writes", "growth"]
HERE = "python -m tests.benchmarks"
PEERS = {
    "stock": ["django", "djangorestframework", "djangorestframework-gis", "django-filter", "gunicorn"],
    "tipg": ["tipg", "fastapi", "uvicorn"],
    "pygeoapi": ["pygeoapi", "flask", "sqlalchemy"],
}


def main() -> None:
    options = argparse.ArgumentParser(prog=HERE, description=__doc__)
    options.add_argument("--size", type=int, default=100_000, help="how many synthetic initiatives")
    options.add_argument("--only", default="", help=f"by commas: {', '.join(PARTS)}")
    options.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    options.add_argument("--drop", action="store_true", help="remove the databases of the benchmarks")
    asked = options.parse_args()
    databases = Databases()
    if asked.drop:
        databases.drop()
        return
    size = asked.size
    wanted = asked.only.split(",") if asked.only else PARTS
    shown = thousands(size)
    url = databases.synthetic(size)
    where = f"{machine(**versions(url))} {busy()}".strip()
    side_by_side = [name for name in wanted if name != "growth"]
    if side_by_side:
        text = compared(url, size, side_by_side, where)
        publish(f"Side by side, {shown} initiatives", text, asked.write and not asked.only)
    if "growth" in wanted:
        opening = f"`{HERE} --size {size} --only growth`: one visitor at a time, medians of three rounds."
        text = f"{opening}\n\n{growth.grown(databases, size)}\n\n{where}"
        publish(f"Growth up to {shown} initiatives", text, asked.write)


def compared(url: str, size: int, wanted: Sequence[str], where: str) -> str:
    """The chapter: every work at this size, what agreed, what was missed, memory at rest, versions."""
    with all_of_them(url) as servers:
        rest = {name: server.memory() for name, server in servers.items()}
        groups: dict[str, Callable[[], list[Work]]] = {
            "pages": partial(pages.works, url, servers, size),
            "maps": partial(counting.maps, url, servers),
            "facets": partial(counting.facets, url, servers),
            "finding": partial(finding.works, url, servers, size),
            "writes": partial(writes.works, url),
        }
        works = [work for name in wanted for work in done(groups[name]())]
        memory = memory_table(servers, rest)
    opening = (
        f"`{HERE} --size {size}`: {ROUNDS} rounds, contenders in turn, on loopback with the generator and the"
        " database on the same cores; nothing compressed. Pages: eight keep-alive connections; the rest:"
        " one visitor at a time. “Maillage is” compares answers per second, or median times."
    )
    parts = [opening, report(works), ABSENT, "Memory of the servers (proportional set size):", memory]
    return "\n\n".join([*parts, f"{where} Peers: {', '.join(pinned())}."])


def done(works: list[Work]) -> list[Work]:
    for work in works:
        say(work.name)
        work.run()
        say(f"    {work.summary()}")
    return works


def memory_table(servers: dict[str, Server], rest: dict[str, float]) -> str:
    rows = [[name, f"{rest[name]:.0f}", f"{server.memory():.0f}"] for name, server in servers.items()]
    return table(["server", "MB, started", "MB, at the end"], rows)


def pinned() -> list[str]:
    """The versions of the peers that matter, from their lock files."""
    found = [f"Python {platform.python_version()}"]
    for name, packages in PEERS.items():
        lock = (FOLDER / f"requirements-{name}.txt").read_text()
        pins = [line.rstrip(" \\") for line in lock.splitlines() if "==" in line]
        found += [pin.replace("==", " ") for pin in pins if pin.partition("==")[0] in packages]
    return list(dict.fromkeys(found))


def publish(title: str, text: str, write: bool) -> None:
    print(f"## {title}\n\n{text}\n", flush=True)
    if write:
        record(title, text)


if __name__ == "__main__":
    main()
