"""manage.py send_notices: tell organisations of the record that others wrote of them; --dry-run says whom."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from directory.notices import due, send


class Command(BaseCommand):
    help = "Writes once to each organisation whose published record nobody of theirs wrote."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="list them, and write to nobody")
        parser.add_argument("--limit", type=int, help="so many at most")

    def handle(self, *args: Any, **options: Any) -> None:
        limit = options["limit"]
        if not options["dry_run"]:
            self.stdout.write(f"{send(limit)} organisations told.")
            return
        slugs = list(due().values_list("slug", flat=True)[:limit])
        for slug in slugs:
            self.stdout.write(slug)
        self.stdout.write(f"{len(slugs)} organisations would be told.")
