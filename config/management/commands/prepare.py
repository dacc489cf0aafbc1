"""``manage.py prepare``: everything between an empty database and a site that can serve."""

import hashlib
from argparse import ArgumentParser
from csv import DictReader
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, call_command

from charter.models import CharterVersion
from diagnosis.models import Edition
from directory.models import Initiative, Sector
from questionnaires.models import QuestionnaireVersion
from territories.models import Kind, Territory

IGNORED = [".venv", ".local", "node_modules"]


class Command(BaseCommand):
    help = "Migrates, loads the territories and the examples, compiles messages, collects static files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--data", action="store_true", help="The database only.")
        only.add_argument("--files", action="store_true", help="Messages and static files only.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["files"]:
            self.load()
        if not options["data"]:
            if settings.LOCALE_PATHS:
                call_command("compilemessages", verbosity=0, ignore_patterns=IGNORED)
            self.collect()

    def load(self) -> None:
        """Migrate, then load what is not there yet."""
        call_command("migrate", interactive=False, verbosity=0)
        if france_is_missing():
            self.stdout.write("Loading the territories of France…")
            call_command("load_territories")
        if not Sector.objects.exists():
            call_command("load_taxonomy")
        if not QuestionnaireVersion.objects.exists():
            call_command("load_questionnaires", stdout=StringIO())
        if not CharterVersion.objects.exists():
            call_command("load_charter", stdout=StringIO())
        if settings.LOAD_EXAMPLES and not Initiative.objects.filter(origin="example").exists():
            self.stdout.write("Loading the example initiatives…")
            call_command("load_examples")
        if not Edition.objects.exists():
            self.stdout.write("Counting for diagnoses…")
            call_command("count_figures", stdout=StringIO())

    def collect(self) -> None:
        """Collect static files when one of them changed since the last time."""
        stamp = settings.STATIC_ROOT / "sources"
        print_of_sources = fingerprint()
        if stamp.exists() and stamp.read_text() == print_of_sources:
            return
        self.stdout.write("Collecting static files…")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(print_of_sources)


def france_is_missing() -> bool:
    """Whether communes of the official table are not in the database."""
    with (settings.BASE_DIR / "fixtures" / "france" / "communes.csv").open(
        encoding="utf-8", newline=""
    ) as table:
        official = sum(1 for _row in DictReader(table))
    kinds = [Kind.COMMUNE, Kind.ARRONDISSEMENT]
    return Territory.objects.filter(kind__in=kinds).count() < official


def fingerprint() -> str:
    """A hash over the names, sizes and times of the static files as the finders see them."""
    seen = hashlib.sha256(Path(__file__).with_name("prepare.py").read_bytes())
    seen.update((settings.BASE_DIR / "config" / "static.py").read_bytes())
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            seen.update(f"{name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return seen.hexdigest()
