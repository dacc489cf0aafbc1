"""What a printed directory costs.

``python -m tests.benchmarks.printing [--size 100000] [--database URL] [--write]``

A thousand initiatives of the synthetic set of that size, or of a database given as it is, laid out on A4,
then as a booklet, each in a process of its own, whose greatest memory is told. No kept program makes a
directory of a selection, so that there is no peer: the bound is the minute that was promised.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import subprocess
import sys
import time
from typing import Any

from tests.benchmarks.dataset import CLONE, Databases, environ, versions
from tests.benchmarks.measure import number, thousands
from tests.benchmarks.record import busy, machine, record, table

BOUND = 60  # seconds
PRINTED = 1_000
MEASURING = "MEASURING_PRINTING"
PAPERS = {"A4, by sector": ("a4", "sector", False), "A5 to be folded, by commune": ("a5", "commune", True)}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=100_000, help="how many synthetic initiatives")
    options.add_argument("--database", default="", help="another database, as DATABASE_URL has it")
    options.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = options.parse_args()
    if paper := os.environ.get(MEASURING):
        print(json.dumps(measured(*PAPERS[paper])))
        return
    url = asked.database or Databases().synthetic(asked.size)
    rows = []
    for paper in PAPERS:
        command = [sys.executable, "-m", "tests.benchmarks.printing"]
        given = environ(url) | {MEASURING: paper}
        done = subprocess.run(command, cwd=CLONE, env=given, check=True, capture_output=True, text=True)
        told = json.loads(done.stdout.splitlines()[-1])
        rows.append([
            paper, thousands(told["initiatives"]), told["pages"],
            f"{told['seconds']:.1f}", f"{told['cpu']:.1f}", thousands(told["memory"]),
            f"{told['size'] / 2**20:.1f}",
            "held" if told["seconds"] <= BOUND else "missed",
        ])  # fmt: skip
    heads = ["Directory", "initiatives", "pages", "s", "s of processor", "MiB at most", "MiB of file",
             f"{number(BOUND)} s"]  # fmt: skip
    text = (
        f"`python -m tests.benchmarks.printing --size {asked.size}`: one process for each.\n\n"
        f"{table(heads, rows)}\n\n{machine(**versions(url))} {busy()}".strip()
    )
    print(f"## Printed directories\n\n{text}")
    if asked.write:
        record("Printed directories", text)


def measured(paper: str, order: str, folds: bool) -> dict[str, Any]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    import pypdf
    from django.http import QueryDict

    from directory.filters import SearchForm
    from directory.models import Initiative
    from exchange.outgoing import Selection
    from printing.directory import Paper, directory
    from printing.entries import Order
    from printing.imposing import folded

    slugs = Initiative.objects.visible().order_by("pk").values_list("slug", flat=True)[:PRINTED]
    form = SearchForm(QueryDict(f"ids={','.join(slugs)}"), strict=True)
    form.check()
    selection = Selection(form.criteria(), "Mille initiatives", base="https://maillage.example.org")
    begun, used = time.perf_counter(), time.process_time()
    made = directory(selection, Paper(paper), Order(order), tagged=not folds)
    body = folded(made.body) if folds else made.body
    seconds, cpu = time.perf_counter() - begun, time.process_time() - used
    return {
        "initiatives": made.number, "seconds": seconds, "cpu": cpu, "size": len(body),
        "pages": len(pypdf.PdfReader(io.BytesIO(body)).pages),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


if __name__ == "__main__":
    main()
