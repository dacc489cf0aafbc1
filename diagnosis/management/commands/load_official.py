"""``manage.py load_official``: an official figure by territory (E1…), from a CSV file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from diagnosis.errors import OfficialRefused
from diagnosis.models import OfficialSeries
from diagnosis.official import KINDS, load, said
from diagnosis.series import Unit

FIELDS = ("code", "year", "source", "link", "unit", "name_fr", "name_en")


class Command(BaseCommand):
    help = (
        "Loads an official figure from a CSV file with the columns code, value and kind (of the territory),"
        " in place of the one loaded before under the same code. A blank value is one that is not published."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("code", help="E1 (social and solidarity economy in employment), E2…")
        parser.add_argument("file", type=Path)
        parser.add_argument("--year", type=int, required=True, help="the year that the figures tell")
        parser.add_argument("--source", required=True, help="who publishes them: INSEE, FLORES 2023")
        parser.add_argument("--link", default="", help="where they are published")
        parser.add_argument("--kind", default="", choices=["", *map(str, KINDS)], help="of all territories")
        parser.add_argument("--unit", default=str(Unit.PERCENT), choices=list(Unit.values))
        parser.add_argument("--name-fr", default="", help="for a code that has no sheet")
        parser.add_argument("--name-en", default="", help="for a code that has no sheet")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            series = OfficialSeries(**{field: options[field] for field in FIELDS})
            try:
                series.full_clean(validate_unique=False)
                loaded = load(series, options["file"].read_bytes(), options["kind"])
            except ValidationError as error:
                told = [f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items()]
                raise CommandError("\n".join(told)) from None
            except OSError as error:
                raise CommandError(f"{options['file']}: {error.strerror}") from None
            except OfficialRefused as refusal:
                told = [said(fault) for fault in refusal.faults]
                raise CommandError("\n".join(told) + "\nNothing was loaded.") from None
        self.stdout.write(f"{series.code}: {loaded.figures} territories, {loaded.blank} without a value")
