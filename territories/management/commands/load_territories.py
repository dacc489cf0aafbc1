"""Loads all of France, a part of it, or a file of territories."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from territories.errors import TerritoryError
from territories.loading import STEPS, Report, load_france
from territories.zonings import KINDS, FileRequest, load_file

DESCRIPTION = """
Without options: every territory of France (official codes, outlines, names). A second run changes
nothing. --departement adds a part. --from adds the polygons of a GeoJSON, GeoPackage or Shapefile:
a zoning made of communes (--kind custom --dated 2026-01-01) or another country's territories
(--country BE --kind commune).
"""


class Command(BaseCommand):
    help = DESCRIPTION

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--departement", metavar="CODES", help="codes separated by commas, as in 23,87")
        file = parser.add_argument_group("from a file")
        file.add_argument("--from", dest="file", type=Path, metavar="FILE")
        file.add_argument("--layer", default="", help="which layer, where the file has several")
        file.add_argument("--kind", choices=[str(kind) for kind in KINDS])
        file.add_argument("--code", metavar="COLUMN", help="column of the codes; a slug for --kind custom")
        file.add_argument("--name", metavar="COLUMN", help="column of the names")
        file.add_argument("--population", metavar="COLUMN", default="")
        file.add_argument("--parent", metavar="KIND=COLUMN", action="append", default=[])
        file.add_argument("--country", default="FR", metavar="XX", help="two letters (ISO 3166)")
        file.add_argument("--country-name", default="")
        file.add_argument("--vintage", type=int, metavar="YEAR")
        file.add_argument("--source", default="", help="who publishes the file, and its edition")
        file.add_argument("--dated", type=date.fromisoformat, metavar="YYYY-MM-DD")
        file.add_argument("--owner", default="", metavar="E-MAIL", help="the person who answers for it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["file"] is not None:
                self.load_file(options)
            else:
                self.load_france(options)
        except TerritoryError as error:
            raise CommandError(str(error)) from error

    def load_france(self, options: dict[str, Any]) -> None:
        asked = options["departement"]
        codes = [code.strip() for code in asked.split(",")] if asked is not None else None
        with tqdm(total=STEPS, disable=options["verbosity"] == 0, unit="step", leave=False) as bar:

            def step(name: str) -> None:
                bar.set_description(name)
                bar.update()

            report = load_france(codes, step)
        if options["verbosity"]:
            self.stdout.write(text_of(report))

    def load_file(self, options: dict[str, Any]) -> None:
        request = file_request(options)
        with tqdm(disable=options["verbosity"] == 0, unit="territory", leave=False) as bar:
            report = load_file(request, bar.update)
        if options["verbosity"]:
            self.stdout.write(f"{len(report.ids)} territories: {', '.join(report.ids[:10])}…")


def file_request(options: dict[str, Any]) -> FileRequest:
    """The request that the options make; CommandError names an option that is missing or wrong."""
    for name in ("kind", "code", "name"):
        if not options[name]:
            raise CommandError(f"--from needs --{name}")
    pairs = [pair.partition("=") for pair in options["parent"]]
    if not all(kind and column for kind, _, column in pairs):
        raise CommandError("--parent: KIND=COLUMN is expected")
    owner = None
    if options["owner"]:
        owner = get_user_model().objects.filter(email__iexact=options["owner"]).first()
        if owner is None:
            raise CommandError(f"--owner: nobody signs in as {options['owner']}")
    same = (
        "kind",
        "code",
        "name",
        "layer",
        "population",
        "country",
        "country_name",
        "vintage",
        "source",
        "dated",
    )
    return FileRequest(
        path=options["file"],
        parents={kind: column for kind, _, column in pairs},
        owner=owner.pk if owner is not None else None,
        **{name: options[name] for name in same},
    )


def text_of(report: Report) -> str:
    """What a load of France did, as lines."""
    repairs, halls = report.assembled.repairs, report.assembled.town_halls
    lines = [f"{report.written.created} created, {report.written.updated} updated"]
    lines += [f"  {kind}: {every}, {drawn} with an outline" for kind, (every, drawn) in report.counts.items()]
    lines += [
        f"former codes: {report.former_codes}; custom territories brought up to date: {report.customs}",
        f"outlines repaired: {len(repairs.repaired)}; slivers closed: {repairs.slivers}",
        f"built from delegated communes: {', '.join(repairs.built) or 'none'}",
        f"holes filled: {len(repairs.filled)} communes, {sum(repairs.filled.values()):.0f} km²",
        f"enclaves of other countries: {', '.join(f'{area:.1f} km²' for area in repairs.foreign) or 'none'}",
        f"town halls: {halls.trusted} in their commune; a point inside the outline stands for"
        f" {len(halls.elsewhere)} elsewhere and {len(halls.absent)} absent",
    ]
    for lon, lat, area in repairs.unexplained:
        lines.append(f"warning: an unlisted hole of {area:.2f} km² at {lon:.4f},{lat:.4f} stays")
    for old, new in report.vanished.items():
        lines.append(f"{old} is no more" + (f", {new} takes its place" if new else ""))
    return "\n".join(lines)
