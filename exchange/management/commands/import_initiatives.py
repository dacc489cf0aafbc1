"""manage.py import_initiatives: a listing in, seen before it is written, and taken back."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from exchange import importing, wording
from exchange.errors import Refused
from exchange.fields import Field
from exchange.models import Import, Profile, State
from exchange.profiles import named
from exchange.reporting import report, write_refused
from formats.reading.table import Unreadable

DESCRIPTION = """
Reads a listing (CSV, XLSX, ODS, GeoJSON, GeoPackage, zipped Shapefile, KML, GoGoCarto, OpenFairDB),
recognises its columns, places and matches its lines, and writes what is new and what changed, all of it or
nothing. Run again on the same file it goes on where it was stopped, or changes nothing. --dry-run only says
what would be.
"""
# Of a list, on the terminal; the report has all of it.
SHOWN = 10


class Command(BaseCommand):
    help = DESCRIPTION

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
        parser.add_argument(
            "--profile", metavar="NAME",
            help="how the files of a source are read: kept under this name; by default the name of the file",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        parser.add_argument("--report", type=Path, metavar="FILE.json", help="where the report is written")
        parser.add_argument(
            "--refused", type=Path, metavar="FILE.csv", help="where refused lines are written"
        )
        parser.add_argument("--undo", type=UUID, metavar="UUID", help="take an import back as a whole")
        for_profile = parser.add_argument_group("kept in the profile")
        for_profile.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="THEIRS=OURS",
            help="a column and its field; without one it is dropped on purpose",
        )
        for_profile.add_argument(
            "--fixed",
            action="append",
            default=[],
            metavar="FIELD=VALUE",
            help="what every line says that does not say it itself: activities=culture",
        )
        publish = for_profile.add_mutually_exclusive_group()
        publish.add_argument(
            "--publish", action="store_true", default=None, help="publish what is created: so by default"
        )
        publish.add_argument("--draft", dest="publish", action="store_false", help="leave it as drafts")
        for_profile.add_argument(
            "--complete",
            action="store_true",
            default=None,
            help="what a file does not hold any more has vanished",
        )
        reading = parser.add_argument_group("how the file is read, where it does not tell")
        for name in ("sheet", "layer", "encoding", "delimiter"):
            reading.add_argument(f"--{name}", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["undo"]:
            self.undo(options["undo"], options["report"])
            return
        path: Path | None = options["file"]
        if path is None or not path.is_file():
            raise CommandError(f"There is no file {path}." if path else "Which file? Or --undo UUID.")
        profile = self.profile(path, options)
        try:
            batch = self.bring(path, profile, options)
        except Unreadable as reason:
            text = wording.refusal(reason.code, reason.said, reason.line, reason.column)
            if options["report"]:
                told = {"code": reason.code, "line": reason.line, "column": reason.column, "reason": text}
                write_json(options["report"], {"file": path.name, "unreadable": told})
            raise CommandError(text) from None
        except Refused as reason:
            raise CommandError(str(reason)) from None
        self.tell(batch, options)

    def profile(self, path: Path, options: dict[str, Any]) -> Profile:
        told = {name: options[name] for name in ("publish", "complete") if options[name] is not None}
        columns, fixed = pairs(options["column"], "--column"), pairs(options["fixed"], "--fixed")
        for name, ours in [
            *((name, ours) for name, ours in columns.items() if ours),
            *((f, f) for f in fixed),
        ]:
            if ours not in Field.values:
                raise CommandError(f"{name}: there is no field {ours}. There are: {', '.join(Field.values)}.")
        return named(options["profile"] or path.stem, columns=columns, fixed=fixed, **told)

    def bring(self, path: Path, profile: Profile, options: dict[str, Any]) -> Import:
        """The import of this file: what was begun is gone on with, unless only a dry run is asked."""
        reading = {
            name: options[name] for name in ("sheet", "layer", "encoding", "delimiter") if options[name]
        }
        batch = importing.unfinished(path, profile)
        if batch is None or reading:
            batch = importing.stage(path, path.name, profile, **reading)
        with tqdm(total=importing.WHOLE, disable=None, leave=False) as bar:

            def progress(done: int, total: int, message: str) -> None:
                bar.set_description(message)
                bar.update(done - bar.n)

            importing.plan(batch, progress)
            if not options["dry_run"]:
                importing.apply(batch)
        return batch

    def undo(self, uuid: UUID, path: Path | None) -> None:
        batch = Import.objects.filter(uuid=uuid).first()
        if batch is None:
            raise CommandError(f"There is no import {uuid}.")
        try:
            importing.undo(batch)
        except Refused as reason:
            raise CommandError(f"{reason} ({batch.get_state_display()})") from None
        undone = batch.report["undone"]
        self.stdout.write(
            f"Undone: {undone['deleted']} deleted, {undone['restored']} restored, {len(undone['left'])} left."
        )
        for each in undone["left"]:
            self.stdout.write(f"  line {each['line']}: {each['name']} ({each['slug']}): {each['why']}")
        if path:
            write_json(path, report(batch))

    def tell(self, batch: Import, options: dict[str, Any]) -> None:
        told = report(batch)
        if options["report"]:
            write_json(options["report"], told)
        if options["refused"]:
            with options["refused"].open("w", encoding="utf-8-sig", newline="") as file:
                write_refused(batch, file)
        figures = [
            f"{told['rows']} rows", f"{told['created']} created", f"{told['updated']} updated",
            f"{told['unchanged']} unchanged", f"{len(told['refused'])} refused",
            f"{len(told['to_review'])} to review",
        ]  # fmt: skip
        done = "Done" if batch.state == State.DONE else "Would be"
        self.stdout.write(f"{done} ({batch.uuid}): {', '.join(figures)}.")
        if told["dropped_columns"]:
            names = [each["column"] for each in told["dropped_columns"]]
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            self.stdout.write(f"Columns dropped: {', '.join(names[:SHOWN])}{more}.")
        if told["dropped_values"]:
            self.stdout.write(f"Values dropped: {len(told['dropped_values'])}.")
        for each in told["refused"][:SHOWN]:
            self.stdout.write(f"  line {each['line']}: {each['reason']} {each['value'] or ''}".rstrip())


def pairs(given: list[str], option: str) -> dict[str, str]:
    found = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign or not name:
            raise CommandError(f"{option}: NAME=VALUE, not {each!r}.")
        found[name] = value
    return found


def write_json(path: Path, told: dict[str, Any]) -> None:
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")
