"""``manage.py count_figures``: what diagnoses rest on, counted anew for every territory."""

from typing import Any

from django.core.management.base import BaseCommand

from diagnosis.counting import count_everything


class Command(BaseCommand):
    help = (
        "Counts initiatives, sectors and distances for every territory; the worker does it when data changed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        edition = count_everything()
        self.stdout.write(
            f"Counted in {edition.seconds:.1f} s; {edition.placeless} initiatives without a place."
        )
