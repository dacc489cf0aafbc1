"""manage.py remove_examples: a directory without example data, before a real start."""

from typing import Any

from django.core.management.base import BaseCommand

from directory.examples import remove_examples


class Command(BaseCommand):
    help = "Takes every example initiative out, with the groupings that they run."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{remove_examples()} example initiatives removed.")
