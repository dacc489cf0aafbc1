"""What imports cost: ``python -m tests.benchmarks.importing [--size 100000] [--database URL] [--write]``.

On a copy of the synthetic set of that size, or on a database given as it is (what is brought there is taken
back). Its own listings are written to a file, which is then brought: known by name and place alone, the same
again, an edition of which some lines changed, and that edition taken back. Beside it stands
django-import-export, the usual way of bringing a spreadsheet into Django, on the first lines of that edition.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.dataset import CLONE, Databases, connect, environ, versions
from tests.benchmarks.measure import thousands
from tests.benchmarks.record import busy, machine, record, table

HERE = Path(__file__).resolve().parent
# Lines a second, of the whole way from the file to the directory.
BOUND = 2_000
PEER_LINES = 2_000
PEER = CLONE / ".local" / "bench" / "import-export"
MEASURING = "MEASURING_IMPORTS"
HEADER = ["identifiant", "nom", "activites_maillage", "code_insee", "latitude", "longitude", "telephone"]
LISTED = """
    SELECT i.id, i.name, array_to_string(i.activities, ';'), t.code, public.ST_Y(i.location),
           public.ST_X(i.location)
    FROM directory_initiative i JOIN territories_territory t ON t.id = i.commune_id
    WHERE i.location IS NOT NULL ORDER BY i.id LIMIT %s
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=100_000, help="how many lines, against as many")
    options.add_argument("--database", default="", help="another database, as DATABASE_URL has it")
    options.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = options.parse_args()
    if MEASURING not in os.environ:  # Django reads its settings once: in a process of its own
        url = asked.database or copied(asked.size)
        install_peer()
        given = environ(url) | {MEASURING: "yes"}
        command = [sys.executable, "-m", "tests.benchmarks.importing", *sys.argv[1:], "--database", url]
        sys.exit(subprocess.run(command, cwd=CLONE, env=given).returncode)
    with TemporaryDirectory() as folder:
        text, lines, known = measured(asked.database, asked.size, Path(folder))
    text = (
        f"`python -m tests.benchmarks.importing --size {asked.size}`: {thousands(lines)} lines against"
        f" {thousands(known)} known listings, in one process.\n\n{text}\n\n"
        f"{machine(**versions(asked.database))} {busy()}".strip()
    )
    title = f"Imports, {thousands(lines)} lines"
    print(f"## {title}\n\n{text}")
    if asked.write:
        record(title, text)


def copied(size: int) -> str:
    """A copy of the synthetic set, which imports may change."""
    databases = Databases()
    databases.synthetic(size)
    name = f"{databases.stem}_bench_imports"
    databases._create(name, template=f"{databases.stem}_bench_{size}")
    return databases.url(name)


def install_peer() -> None:
    wanted = HERE / "requirements-import-export.txt"
    if not PEER.exists():
        command = [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            str(PEER),
        ]
        subprocess.run([*command, "--require-hashes", "-r", str(wanted)], cwd=CLONE, check=True)


def write_editions(url: str, size: int, folder: Path) -> tuple[Path, Path, int]:
    """Two files: the listings of the database, with a telephone that it lacks; the same with one line in
    fifty changed and one in a hundred new. And how many lines the first has."""
    with connect(url) as connection:
        rows = connection.execute(LISTED, [size]).fetchall()
    first, second = folder / "first.csv", folder / "second.csv"
    with first.open("w", newline="") as one, second.open("w", newline="") as two:
        writers = csv.writer(one, delimiter=";"), csv.writer(two, delimiter=";")
        for writer in writers:
            writer.writerow(HEADER)
        for number, (pk, *said) in enumerate(rows):
            telephone = f"05 55 {number // 10_000:02d} {number // 100 % 100:02d} {number % 100:02d}"
            writers[0].writerow([pk, *said, telephone])
            if number % 50 == 0:
                telephone = telephone.replace("05 55", "06 55")
            writers[1].writerow([pk, *said, telephone])
            if number % 100 == 0:
                writers[1].writerow([f"n{pk}", f"Nouveau lieu {number}", *said[1:], ""])
    return first, second, len(rows)


def measured(url: str, size: int, folder: Path) -> tuple[str, int, int]:
    """The table, how many lines the file has, and how many listings are known."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from directory.models import Initiative
    from exchange import importing
    from exchange.models import Import
    from exchange.profiles import named

    first, second, lines = write_editions(url, size, folder)
    known = Initiative.objects.count()
    profile = named("bench imports")
    rows, done = [], []

    def look(path: Path) -> Import:
        return importing.plan(importing.stage(path, path.name, profile))

    for what, path in [
        ("known by name and place alone", first), ("the same file again", first),
        ("an edition, 2 % changed, 1 % new", second),
    ]:  # fmt: skip
        looked, batch = timed(lambda path=path: look(path))
        rows.append([f"{what}: read, placed and matched", thousands(batch.rows), outcomes(batch),
                     *told(looked, batch.rows, BOUND)])  # fmt: skip
        wrote, batch = timed(lambda batch=batch: importing.apply(batch))
        rows.append(["… and written", thousands(batch.rows), "", *told(looked + wrote, batch.rows, BOUND)])
        done.append(batch)
    last = done.pop()
    seconds, _undone = timed(lambda: importing.undo(last))
    rows.append(["that edition taken back", thousands(last.rows), "", *told(seconds, last.rows)])
    seconds, count = timed(lambda: peer_lines(second))
    rows.append(["django-import-export: the same edition", thousands(count), "", *told(seconds, count)])
    for batch in reversed(done):
        importing.undo(batch)
    header = ["what", "lines", "created, updated, unchanged, to review, refused", "seconds", "lines/s",
              "memory at most, MiB", "bound"]  # fmt: skip
    return table(header, rows), lines, known


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = call()
    return time.perf_counter() - began, answer


def outcomes(batch: Any) -> str:
    found = batch.counts["outcomes"]
    return ", ".join(
        thousands(found[each]) for each in ("create", "update", "unchanged", "to-review", "refused")
    )


def told(seconds: float, lines: int, bound: int = 0) -> list[str]:
    rate = lines / seconds
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    held = f"≥ {thousands(bound)}: {'held' if rate >= bound else '**missed**'}" if bound else ""
    return [f"{seconds:.1f}", thousands(round(rate)), f"{memory:.0f}", held]


def peer_lines(path: Path) -> int:
    """The first lines of a file, as the guide of django-import-export has it: the resource of a model, rows
    known by their number, unchanged ones skipped; looked at dry, then written. It places and matches nothing,
    and keeps no provenance."""
    sys.path.append(str(PEER))  # the last: what Maillage has is Maillage's
    import tablib  # type: ignore[import-not-found]
    from django.db import transaction
    from import_export import fields, resources  # type: ignore[import-not-found]

    from directory.models import Initiative

    class Listing(resources.ModelResource):  # type: ignore[misc]
        id = fields.Field("id", "identifiant")
        name = fields.Field("name", "nom")
        phone = fields.Field("phone", "telephone")

        class Meta:
            model = Initiative
            import_id_fields = ("id",)
            fields = ("id", "name", "phone")
            skip_unchanged = True
            use_transactions = True

    with path.open(newline="") as file:
        rows = [row for row in csv.reader(file, delimiter=";") if not row[0].startswith("n")]
    data = tablib.Dataset(*rows[1 : PEER_LINES + 1], headers=rows[0])
    with transaction.atomic():  # what it writes is not kept
        looked_at = Listing().import_data(data, dry_run=True, raise_errors=True)
        Listing().import_data(data, raise_errors=True)
        transaction.set_rollback(True)
    return len(looked_at.rows)


if __name__ == "__main__":
    main()
