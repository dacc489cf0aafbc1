"""Loads all of France, a part of it, or a file of territories."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from territories.errors import TerritoryError
from territories.loading import Report, load_france

STEPS = 7


class Command(BaseCommand):
    help = "Loads every territory of France (official codes, outlines, names), or adds a part or a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--departement", help="codes separated by commas: load only these")

    def handle(self, *args: Any, **options: Any) -> None:
        codes = options["departement"].split(",") if options["departement"] else None
        bar = tqdm(total=STEPS, disable=options["verbosity"] == 0, unit="step", leave=False)

        def step(name: str) -> None:
            bar.set_description(name)
            bar.update()

        try:
            report = load_france(codes, step)
        except TerritoryError as error:
            raise CommandError(str(error)) from error
        finally:
            bar.close()
        if options["verbosity"]:
            self.stdout.write(text_of(report))


def text_of(report: Report) -> str:
    """The report, as lines."""
    repairs, halls = report.assembled.repairs, report.assembled.town_halls
    lines = [f"{report.written.created} created, {report.written.updated} updated"]
    lines += [f"  {kind}: {every}, {drawn} with an outline" for kind, (every, drawn) in report.counts.items()]
    lines += [
        f"former codes: {report.former_codes}; custom territories brought up to date: {report.customs}",
        f"outlines repaired: {len(repairs.repaired)}; slivers closed: {repairs.slivers}",
        f"built from delegated communes: {', '.join(repairs.built) or 'none'}",
        f"holes filled: {len(repairs.filled)} communes, {sum(repairs.filled.values()):.0f} km²",
        f"enclaves of other countries: {', '.join(f'{area:.1f} km²' for area in repairs.foreign) or 'none'}",
        f"town halls: {halls.trusted} in their commune, {len(halls.elsewhere)} elsewhere and"
        f" {len(halls.absent)} absent (a point inside the outline stands for them)",
    ]
    for lon, lat, area in repairs.unexplained:
        lines.append(f"warning: an unlisted hole of {area:.2f} km² at {lon:.4f},{lat:.4f} stays")
    for old, new in report.vanished.items():
        lines.append(f"{old} is no more" + (f", {new} takes its place" if new else ""))
    return "\n".join(lines)
