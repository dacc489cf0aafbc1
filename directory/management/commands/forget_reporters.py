"""manage.py forget_reporters: erase the addresses of who reported, twelve months after the answer."""

from typing import Any

from django.core.management.base import BaseCommand

from directory.publishing import forget_reporters


class Command(BaseCommand):
    help = "Erases the e-mail addresses of reports handled twelve months ago or more; run it every day."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{forget_reporters()} addresses erased.")
