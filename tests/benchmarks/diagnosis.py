"""What diagnoses cost: ``python -m tests.benchmarks.diagnosis [--size 100000] [--database URL] [--write]``.

On the synthetic set of that size, or on a database given as it is (``--database``, whose figures are counted
and whose reports are made anew). Everything is asked in one process that serves nobody else: the counting,
reports made from counted figures, the same read where they are stored, what is made of them, the observatory.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tests.benchmarks.dataset import CLONE, Databases, environ, versions
from tests.benchmarks.measure import number, thousands
from tests.benchmarks.record import busy, machine, record, table

# Bounds in milliseconds: none where only the cost is told.
COLD, STORED, OBSERVATORY = 1_000, 50, 1_000
OBSERVED = [
    "/observatoire/", "/observatoire/?kind=region", "/observatoire/?kind=epci",
    "/observatoire/?kind=epci&indicator=S4",
]  # fmt: skip
MEASURING = "MEASURING_DIAGNOSES"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=100_000, help="how many synthetic initiatives")
    options.add_argument("--database", default="", help="another database, as DATABASE_URL has it")
    options.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = options.parse_args()
    url = asked.database or Databases().synthetic(asked.size)
    if MEASURING not in os.environ:  # Django reads its settings once: in a process of its own
        static = {"STATIC_ROOT": str(CLONE / ".local" / "bench-static"), MEASURING: "yes"}
        subprocess.run([sys.executable, "manage.py", "prepare", "--files"], cwd=CLONE, check=True,
                       env=environ(url) | static, stdout=subprocess.DEVNULL)  # fmt: skip
        command = [sys.executable, "-m", "tests.benchmarks.diagnosis", *sys.argv[1:]]
        sys.exit(subprocess.run(command, cwd=CLONE, env=environ(url) | static).returncode)
    text, size = measured()
    command_line = f"`python -m tests.benchmarks.diagnosis --size {size}`"
    text = (
        f"{command_line}: one question at a time, in one process.\n\n{text}\n\n"
        f"{machine(**versions(url))} {busy()}".strip()
    )
    title = f"Diagnoses, {thousands(size)} initiatives"
    print(f"## {title}\n\n{text}")
    if asked.write:
        record(title, text)


def measured() -> tuple[str, int]:
    """The table, and how many initiatives were counted."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.test import Client

    from diagnosis import counting, stored
    from diagnosis.models import StoredReport
    from diagnosis.report import report
    from diagnosis.workbook import text
    from directory.models import Initiative, Origin
    from frontend.views.files import printed
    from territories.models import Territory

    size = Initiative.objects.filter(origin=Origin.SYNTHETIC).count()
    rows = [["everything counted", *timed([counting.count_everything])]]
    kinds = {
        kind: list(Territory.objects.filter(kind=kind, population__gt=0)) for kind in ("departement", "epci")
    }
    kinds["epci"] = kinds["epci"][::60]
    kinds["country and régions"] = list(
        Territory.objects.filter(kind__in=("country", "region"), population__gt=0)
    )
    StoredReport.objects.all().delete()
    report(kinds["epci"][0])  # what is imported once
    for kind, places in kinds.items():
        bound = COLD if kind == "departement" else 0
        rows.append([f"a report made: {kind}", *timed(calls(report, places), bound)])
    for places in kinds.values():
        stored.keep(places)
    for kind, places in kinds.items():
        rows.append([f"the same read: {kind}", *timed(calls(stored.read, places), STORED)])
    largest = kinds["departement"][:8]
    rows.append(["its figures as CSV", *timed(calls(lambda each: text(stored.read(each)), largest))])
    rows.append(["its PDF", *timed(calls(lambda each: printed(each, stored.read(each), None), largest[:4]))])
    client = Client(SERVER_NAME="localhost")
    client.get("/observatoire/")  # templates are read once
    pages = [f"/territoires/{each.pk}/diagnostic/" for each in largest]
    rows.append(["its page", *timed(calls(client.get, pages))])
    rows.append(["the observatory", *timed(calls(client.get, OBSERVED), OBSERVATORY)])
    header = ["what", "times", "median, ms", "longest, ms", "bound on the longest"]
    return table(header, rows), size


def calls(what: Callable[[Any], Any], each: Iterable[Any]) -> Iterator[Callable[[], Any]]:
    for one in each:
        yield lambda one=one: what(one)


def timed(every: Iterable[Callable[[], Any]], bound: int = 0) -> list[str]:
    """How many, the median, the longest, and whether the bound was held; the first is not the first ever."""
    seen = []
    for call in every:
        began = time.perf_counter()
        answer = call()
        seen.append(1000 * (time.perf_counter() - began))
        status = getattr(answer, "status_code", 200)
        assert status == 200, answer
    held = f"≤ {bound} ms: {'held' if max(seen) <= bound else '**missed**'}" if bound else "none"
    return [str(len(seen)), number(statistics.median(seen)), number(max(seen)), held]


if __name__ == "__main__":
    main()
