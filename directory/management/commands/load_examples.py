"""manage.py load_examples: the example initiatives, added or refreshed."""

from typing import Any

from django.core.management.base import BaseCommand

from directory.examples import load_examples


class Command(BaseCommand):
    help = "Adds or refreshes the example initiatives; running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        done = load_examples()
        self.stdout.write("Examples: " + ", ".join(f"{count} {what}" for what, count in done.items()) + ".")
