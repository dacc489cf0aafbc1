"""What a circuit costs among many links.

``python -m tests.benchmarks.circuits [--size 100000] [--database URL] [--write]``

In the synthetic set of that size, or a database given as it is, one initiative is given 500 links, each of
these 20 more, and 100,000 others stand around, all in a transaction that is undone. The walk of two steps is
set against the same question asked of a recursive query, and of Python, which reads every link; then the
pages and the API that show it are timed, each alone.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from tests.benchmarks.dataset import Databases, environ, versions
from tests.benchmarks.measure import thousands
from tests.benchmarks.record import busy, machine, record, table
from tests.served import CLONE

NEAR, EACH, AROUND = 500, 20, 100_000
TURNS = 7
MEASURING = "MEASURING_CIRCUITS"
FRANCE = "-5.2,41.3,9.6,51.1"
RECURSIVE = """
    WITH RECURSIVE walk(id, step) AS (
        SELECT %s::bigint, 0 UNION
        SELECT CASE WHEN l.origin_id = w.id THEN l.target_id ELSE l.origin_id END, w.step + 1
        FROM walk w JOIN directory_link l ON l.origin_id = w.id OR l.target_id = w.id
        WHERE w.step < 2 AND l.until IS NULL
    )
    SELECT count(DISTINCT w.id) FROM walk w JOIN directory_initiative i USING (id)
    WHERE i.publication = 'published'
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=100_000, help="how many synthetic initiatives")
    options.add_argument("--database", default="", help="another database, as DATABASE_URL has it")
    options.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = options.parse_args()
    if os.environ.get(MEASURING):
        print(json.dumps(measured()))
        return
    url, noise = asked.database or Databases().synthetic(asked.size), busy()
    command = [sys.executable, "-m", "tests.benchmarks.circuits"]
    done = subprocess.run(
        command, cwd=CLONE, env=environ(url) | {MEASURING: "1"}, check=True, capture_output=True, text=True
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    ours = told["walks"]["Maillage"]
    walks = [[name, f"{ms:.0f}", f"{ms / ours:.1f}"] for name, ms in told["walks"].items()]
    pages = [
        [name, f"{each['ms']:.0f}", each["queries"], thousands(each["bytes"] // 1000)]
        for name, each in told["pages"].items()
    ]
    text = (
        f"`python -m tests.benchmarks.circuits`: {thousands(told['initiatives'])} initiatives,"
        f" {thousands(told['links'])} links; {thousands(told['found'])} initiatives within two steps of"
        f" one that has {NEAR} links. Best of {TURNS}, in turn.\n\n"
        f"{table(['Two steps', 'ms', 'times ours'], walks)}\n\n"
        f"{table(['Shown by', 'ms', 'queries', 'kB'], pages)}\n\n{machine(**versions(url))} {noise}"
    ).strip()
    print(f"## Circuits\n\n{text}")
    if asked.write:
        record("Circuits", text)


def measured() -> dict[str, Any]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.db import connection, transaction

    from directory.models import Initiative, Link

    with transaction.atomic():
        heart = weave()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE directory_link")
        walks, found = walked(heart)
        told = {
            "initiatives": Initiative.objects.published().count(), "links": Link.objects.count(),
            "found": found, "walks": walks, "pages": shown(heart),
        }  # fmt: skip
        transaction.set_rollback(True)
    return told


def weave() -> Any:
    """The initiative in the middle, all the links written."""
    from django.db import connection

    from directory.models import Initiative, Link, LinkKind

    draw, kinds = random.Random(1), LinkKind.values
    heart, *ids = Initiative.objects.published().order_by("pk").values_list("pk", flat=True)
    near, rest = ids[:NEAR], ids[NEAR:]
    there = set(Link.objects.values_list("origin", "target"))
    pairs = {(heart, each) for each in near[::2]} | {(each, heart) for each in near[1::2]}
    pairs |= {(each, other) for each in near for other in draw.sample(rest, EACH)}
    wanted = len(pairs) + AROUND
    while len(pairs) < wanted:
        one, other = draw.sample(rest, 2)
        pairs.add((one, other))
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY directory_link (origin_id, target_id, kind, source) FROM STDIN") as copy,
    ):
        for origin, target in sorted(pairs - there):
            copy.write_row((origin, target, draw.choice(kinds), "essai"))
    return Initiative.objects.get(pk=heart)


def walked(heart: Any) -> tuple[dict[str, float], int]:
    """Milliseconds of each way to walk, and how many all of them find."""
    from django.db import connection

    from directory.circuits import public_links, walk

    def ours() -> int:
        first = walk(heart, 1)[0]
        return first.near + first.far

    def recursive() -> int:
        with connection.cursor() as cursor:
            cursor.execute(RECURSIVE, [heart.pk])
            return int(cursor.fetchone()[0]) - 1

    def python() -> int:
        around: dict[int, set[int]] = defaultdict(set)
        for origin, target in public_links().values_list("origin", "target"):
            around[origin].add(target)
            around[target].add(origin)
        near = around[heart.pk]
        return len(near.union(*(around[each] for each in near)) - {heart.pk})

    ways: dict[str, Callable[[], int]] = {
        "Maillage": ours, "a recursive query": recursive, "every link, by Python": python
    }  # fmt: skip
    times: dict[str, list[float]] = {name: [] for name in ways}
    found = set()
    for _turn in range(TURNS):
        for name, way in ways.items():
            begun = time.perf_counter()
            found.add(way())
            times[name].append((time.perf_counter() - begun) * 1_000)
    assert len(found) == 1, found
    return {name: min(each) for name, each in times.items()}, found.pop()


def shown(heart: Any) -> dict[str, dict[str, float]]:
    """Each page by its name: milliseconds, queries, bytes."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, told = Client(HTTP_HOST="127.0.0.1"), {}
    for name, path in {
        "the page of the initiative": f"/initiatives/{heart.slug}/",
        "its circuit": f"/initiatives/{heart.slug}/circuit/",
        "its links by the API": f"/api/v1/links?ids={heart.slug}&limit=500",
        "the map's layer, around Paris": "/api/v1/links?bbox=2,48.5,2.8,49.1&limit=500",
        "the map's layer, all of France": f"/api/v1/links?bbox={FRANCE}&limit=500",
    }.items():
        times = []
        for _turn in range(TURNS):
            begun = time.perf_counter()
            answer = client.get(path)
            times.append((time.perf_counter() - begun) * 1_000)
        assert answer.status_code == 200, (path, answer.status_code)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        told[name] = {"ms": min(times), "queries": len(asked), "bytes": len(answer.content)}
    return told


if __name__ == "__main__":
    main()
