"""manage.py rebuild_lexicon: forget the words of listings that were withdrawn."""

from typing import Any

from django.core.management.base import BaseCommand

from directory.taxonomy import rebuild_lexicon


class Command(BaseCommand):
    help = "Makes the words that typing errors are corrected to anew, from what is published now."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rebuild_lexicon()} words.")
