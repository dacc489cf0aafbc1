"""manage.py make_synthetic --count N | --remove: invented initiatives, for tests of scale only."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from directory.synthetic import make_synthetic, remove_synthetic

MOST = 5_000_000


class Command(BaseCommand):
    help = "Adds synthetic initiatives, flagged as such, or removes them all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--count", type=int, help=f"how many to add (1 to {MOST:,})")
        what.add_argument("--remove", action="store_true", help="remove every synthetic initiative")
        parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same initiatives")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            self.stdout.write(f"{remove_synthetic()} synthetic initiatives removed.")
            return
        if not 1 <= options["count"] <= MOST:
            raise CommandError(f"--count takes a number from 1 to {MOST:,}.")
        try:
            added = make_synthetic(options["count"], options["seed"], progress=options["verbosity"] > 0)
        except ValueError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{added} synthetic initiatives added.")
