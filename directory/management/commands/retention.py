"""manage.py retention: hide what nobody confirms, purge contacts, forget addresses; --dry-run says what."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from directory.retention import DO, Step, carry_out, plan


class Command(BaseCommand):
    help = (
        "Does what is due: letters before hiding, initiatives hidden after 36 months without confirmation,"
        " contacts purged 12 months after hiding, addresses and reasons forgotten."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        parser.add_argument(
            "--list", type=Path, metavar="FILE", help="write each step to this file, one a line"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        due = list(plan())
        steps = due if options["dry_run"] else list(carry_out(due))
        if path := options["list"]:
            path.write_text("".join(f"{step.what}\t{step.pk}\t{step.label}\n" for step in steps), "utf-8")
        self.tell(steps, "would be done" if options["dry_run"] else "done")

    def tell(self, steps: list[Step], how: str) -> None:
        counts = Counter(step.what for step in steps)
        for what in DO:
            self.stdout.write(f"{what}: {counts[what]}")
        self.stdout.write(f"{len(steps)} {how}.")
