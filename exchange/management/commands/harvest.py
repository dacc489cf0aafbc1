"""manage.py harvest: sources read now, or from now on."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.text import slugify

from exchange import harvesting
from exchange.fetching import Unfetched
from exchange.models import Harvest, HarvestKind, Rhythm
from exchange.profiles import named
from exchange.reporting import report
from territories.names import fold


class Command(BaseCommand):
    help = (
        "Reads the sources that are due, or those named (by the short name of their profile), as the worker"
        " does. With --from, a source is read from now on at that address."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME")
        parser.add_argument("--from", dest="address", metavar="URL", help="of a file, or of another Maillage")
        parser.add_argument("--kind", choices=HarvestKind.values, default=HarvestKind.FILE.value)
        parser.add_argument("--every", choices=Rhythm.values, default=Rhythm.WEEK.value)
        parser.add_argument("--list", action="store_true", help="say what is read, and how it goes")

    def handle(self, **options: Any) -> None:
        if options["list"]:
            for source in Harvest.objects.select_related("profile"):
                self.stdout.write(told(source))
            return
        if options["address"]:
            self.subscribe(options)
        sources = list(self.chosen(options["names"]))
        for source in sources:
            self.read(source)
        if any(Harvest.objects.filter(pk__in=[each.pk for each in sources], failures__gt=0)):
            raise CommandError("A source could not be read.")

    def subscribe(self, options: dict[str, Any]) -> None:
        if len(options["names"]) != 1:
            raise CommandError("--from takes the name of one profile.")
        try:
            harvesting.subscribe(
                named(options["names"][0]), options["address"], options["every"], None, options["kind"]
            )
        except Unfetched as error:
            raise CommandError(f"{options['address'][:200]}: {error}.") from None

    def chosen(self, names: list[str]) -> list[Harvest]:
        if not names:
            return list(harvesting.due())
        found = {
            name: Harvest.objects.filter(profile__slug=slugify(fold(name))).select_related("profile").first()
            for name in names
        }
        if unknown := [name for name, source in found.items() if source is None]:
            raise CommandError(f"No source is read under the name {', '.join(unknown)}.")
        return [source for source in found.values() if source]

    def read(self, source: Harvest) -> None:
        before = source.last_id
        read = harvesting.harvest(source)
        if read.failures:
            self.stderr.write(told(read))
        elif read.last is None or read.last_id == before:
            self.stdout.write(f"{read.profile.slug}: nothing new.")
        else:
            figures = report(read.last)
            self.stdout.write(
                f"{read.profile.slug}: {figures['rows']} rows, {figures['created']} created,"
                f" {figures['updated']} updated, {figures['unchanged']} unchanged,"
                f" {len(figures['refused'])} refused, {len(figures['to_review'])} to review,"
                f" {figures['vanished']} vanished, {figures['returned']} returned."
            )


def told(source: Harvest) -> str:
    how = "reads well"
    if source.failures:
        how = f"failing ({source.failures}): {harvesting.said(source.error)}"
    stopped = "" if source.active else ", stopped"
    return f"{source.profile.slug}: {source.address}, every {source.rhythm}, {how}{stopped}"
