"""``manage.py print_permissions``: docs/permissions.md, from the table that the site applies."""

from typing import Any

from django.core.management import BaseCommand
from django.utils.translation import override

from directory.permissions import TABLE, in_words

HEAD = """\
# Who may do what

Printed from the table of `directory/permissions.py` by `manage.py print_permissions > docs/permissions.md`; a
test compares them. Pages, API and administration ask that table; the site shows it at `/qui-peut-quoi/`.

A role holds for one thing: an initiative, a network or PTCE, a territory with all that it covers, or the
site. It is asked for with a reason, granted by somebody else, dated, and ended; nobody decides of their own.

| Action | Who |
|---|---|
"""


class Command(BaseCommand):
    help = "Prints who may do what, in English, as docs/permissions.md has it."

    def handle(self, *args: Any, **options: Any) -> None:
        with override("en"):
            rows = [f"| {action.label} | {'; '.join(in_words(whos))} |" for action, whos in TABLE.items()]
        self.stdout.write(HEAD + "\n".join(rows))
