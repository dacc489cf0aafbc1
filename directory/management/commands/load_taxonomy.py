"""manage.py load_taxonomy: sectors and activities, added or refreshed."""

from typing import Any

from django.core.management.base import BaseCommand

from directory.taxonomy import load_taxonomy


class Command(BaseCommand):
    help = "Adds or refreshes the sectors and activities of the taxonomy."

    def handle(self, *args: Any, **options: Any) -> None:
        sectors, activities = load_taxonomy()
        self.stdout.write(f"{sectors} sectors, {activities} activities.")
