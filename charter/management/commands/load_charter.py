"""manage.py load_charter: the charter that comes with the project, where none was published."""

from typing import Any

from django.core.management.base import BaseCommand

from charter.versions import load


class Command(BaseCommand):
    help = "Publishes the summary of the charter of 2015 as the first version, where there is none."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("Published." if load() else "A version is published already: nothing was changed.")
