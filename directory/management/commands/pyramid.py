"""manage.py pyramid fold | rebuild | check: the stored counts of the map, of the filters and of words."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from directory import postings, pyramid

SHOWN = 50


class Command(BaseCommand):
    help = "Folds what writes appended to the stored counts, rebuilds them, or compares them with the rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "verb",
            choices=["fold", "rebuild", "check"],
            help="fold: sum up what waits (every few minutes); rebuild: count anew; check: exit 1 if wrong",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, "_" + options["verb"])()

    def _fold(self) -> None:
        folded = pyramid.fold()
        self.stdout.write("Somebody else is folding." if folded is None else f"{folded} rows folded.")
        if postings.rebuild_when_worn():
            self.stdout.write("Words counted anew.")

    def _rebuild(self) -> None:
        pyramid.rebuild()
        postings.rebuild()
        self.stdout.write("Counts rebuilt.")

    def _check(self) -> None:
        wrong = pyramid.check() + postings.check()
        for line in wrong[:SHOWN]:
            self.stdout.write(line)
        if wrong:
            raise CommandError(
                f"{len(wrong)} stored counts differ: manage.py pyramid rebuild sets them right."
            )
        self.stdout.write("Every stored count is exact.")
