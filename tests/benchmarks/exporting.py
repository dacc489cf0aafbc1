"""What exports cost: ``python -m tests.benchmarks.exporting [--size 100000] [--database URL] [--write]``.

Everything that the synthetic set shows, in each form, as a job of the background makes it: criteria, rows,
words, file. Beside it stand ogr2ogr (GDAL's own, in C++) reading the same table from PostgreSQL, and
django-import-export, the usual way of taking a spreadsheet out of Django. Each runs in a process of its own,
whose memory is what it took at most above what it had before the first row.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.dataset import CLONE, Databases, dsn, environ, say, versions
from tests.benchmarks.importing import PEER, install_peer
from tests.benchmarks.measure import thousands
from tests.benchmarks.record import busy, machine, record, table

# MiB above what the process had: the rows must not be held.
FLAT = 64
MEASURING = "MEASURING_EXPORTS"
FORMS = ("csv", "csv-fr", "geojson", "kml", "vcf", "gpkg", "ods", "xlsx")
PEER_FORMS = ("csv", "xlsx")
OGR = {"csv": "CSV", "geojson": "GeoJSON", "gpkg": "GPKG", "kml": "KML", "xlsx": "XLSX", "ods": "ODS"}
# A child begins with the memory of its parent: a small one tells what the program itself took, in KiB.
APART = """
import resource, subprocess, sys
subprocess.run(sys.argv[2:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
"""
# As many columns of the row itself as an export has, less what is joined to it.
ROWS = """
    SELECT i.slug AS slug, i.name AS title, i.summary, i.legal_form, i.street, i.postcode, i.locality,
           i.phone, i.website, i.opening_hours, i.precision, i.siret, i.source, i.origin, i.verified_at,
           i.updated_at, i.accepts_testimony, i.charter_signatory, c.name AS commune, c.id AS commune_id,
           d.name AS departement, d.id AS departement_id, i.location
    FROM directory_initiative i LEFT JOIN territories_territory c ON c.id = i.commune_id
    LEFT JOIN territories_territory d ON d.id = i.departement_id
    WHERE i.publication = 'published' AND i.activity_state = 'open' ORDER BY i.name_sort, i.id
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=100_000, help="how many initiatives")
    options.add_argument("--database", default="", help="another database, as DATABASE_URL has it")
    options.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    options.add_argument("--one", default="", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.one:
        print(json.dumps(measured(asked.one, asked.database)))
        return
    url = asked.database or Databases().synthetic(asked.size)
    install_peer()
    text, number = compared(url)
    text = (
        f"`python -m tests.benchmarks.exporting --size {asked.size}`: all of {thousands(number)} initiatives"
        f" into a file, each form in a process of its own.\n\n{text}\n\n"
        f"{machine(**versions(url))} {busy()}".strip()
    )
    title = f"Exports, {thousands(asked.size)} initiatives"
    print(f"## {title}\n\n{text}")
    if asked.write:
        record(title, text)


def compared(url: str) -> tuple[str, int]:
    """The table, and how many rows each of our files has."""
    rows, number = [], 0
    for form in FORMS:
        ours = alone(form, url)
        number = ours["rows"]
        held = "held" if ours["memory"] <= FLAT else "**missed**"
        rows.append([form, "Maillage", *told(ours), f"≤ {FLAT} MiB: {held}"])
        if form in OGR and shutil.which("ogr2ogr"):
            rows.append([form, "ogr2ogr", *told(alone(f"ogr-{form}", url)), ""])
        if form in PEER_FORMS:
            rows.append([form, "django-import-export", *told(alone(f"peer-{form}", url)), ""])
    header = ["form", "made by", "rows", "seconds", "rows/s", "memory, MiB", "file, MB", "bound"]
    return table(header, rows), number


def told(found: dict[str, Any]) -> list[str]:
    rate = thousands(round(found["rows"] / found["seconds"]))
    size = f"{found['bytes'] / 1e6:.1f}"
    return [thousands(found["rows"]), f"{found['seconds']:.1f}", rate, f"{found['memory']:.0f}", size]


def alone(what: str, url: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.exporting", "--one", what, "--database", url]
    given = environ(url) | {MEASURING: "yes"}
    made = subprocess.run(command, cwd=CLONE, env=given, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
    say(f"{what}: {' '.join(told(found))}")  # it takes minutes: what is known is said at once
    return found


def measured(what: str, url: str) -> dict[str, Any]:
    """Seconds, MiB, bytes and rows of one file."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    kind, _, form = what.rpartition("-") if what.startswith(("ogr-", "peer-")) else ("", "", what)
    make: Callable[[Path], int]
    if kind == "ogr":
        make = lambda path: by_ogr(form, url, path)  # noqa: E731
    elif kind == "peer":
        make = lambda path: by_peer(form, path)  # noqa: E731
    else:
        make = lambda path: by_us(form, path)  # noqa: E731
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"out.{form.partition('-')[0]}"
        before = memory(resource.RUSAGE_SELF)
        began = time.perf_counter()
        rows = make(path)
        seconds = time.perf_counter() - began
        above = memory(resource.RUSAGE_SELF) - before
        if kind == "ogr":
            above = float(Path(f"{path}.memory").read_text()) / 1024
        return {"seconds": seconds, "memory": above, "bytes": path.stat().st_size, "rows": rows}


def memory(whose: int) -> float:
    return resource.getrusage(whose).ru_maxrss / 1024


def by_us(form: str, path: Path) -> int:
    from django.http import QueryDict

    from directory.filters import SearchForm
    from exchange import making
    from exchange.models import Export

    export = Export(form=form, name="Mesure", language="fr")
    criteria = SearchForm(QueryDict("")).criteria()
    return making.make(export, criteria, path, lambda done, total, message="": None)


def by_ogr(form: str, url: str, path: Path) -> int:
    command = ["ogr2ogr", "-f", OGR[form], str(path), f"PG:{dsn(url)}", "-sql", ROWS, "-nln", "initiatives"]
    subprocess.run([sys.executable, "-S", "-c", APART, str(path) + ".memory", *command], check=True)
    return shown()


def by_peer(form: str, path: Path) -> int:
    """As the guide of django-import-export has it: the resource of a model, then the dataset in a form."""
    sys.path.append(str(PEER))  # the last: what Maillage has is Maillage's
    from import_export import resources  # type: ignore[import-not-found]

    from directory.models import Initiative

    class Row(resources.ModelResource):  # type: ignore[misc]
        class Meta:
            model = Initiative
            fields = (
                "slug", "name", "summary", "legal_form", "street", "postcode", "locality", "phone", "website",
                "opening_hours", "precision", "siret", "source", "origin", "verified_at", "updated_at",
                "accepts_testimony", "charter_signatory", "commune__name", "commune", "departement__name",
                "departement", "activities",
            )  # fmt: skip

    found = Initiative.objects.visible().select_related("commune", "departement").order_by("name_sort", "pk")
    data = Row().export(queryset=found)
    made = data.export(form)
    path.write_bytes(made.encode() if isinstance(made, str) else made)
    return len(data)


def shown() -> int:
    from directory.models import Initiative

    return int(Initiative.objects.visible().count())


if __name__ == "__main__":
    main()
