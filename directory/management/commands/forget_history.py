"""manage.py forget_history: what a listing was is erased, what it is stays."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from directory.history import forget


class Command(BaseCommand):
    help = "Erases the past versions of a listing, deleted or not; what it is now stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{forget(options['slug'])} versions erased.")
