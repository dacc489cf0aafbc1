"""Official figures: what others publish by territory (E1: the social economy in employment), taken as it is.

A series is a table by territory code, with its year, its source and the day it was loaded. It is loaded
whole or not at all, and takes the place of the series of the same code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diagnosis.errors import OfficialRefused
from diagnosis.model import Figure, Note, Official
from diagnosis.models import StoredReport
from diagnosis.series import OfficialFigure, OfficialSeries, Unit
from formats.listing import Fault, ListingError, Row, number, rows
from territories.models import Kind, Territory

COLUMNS, OPTIONAL = ("code", "value"), ("kind",)
# A custom territory has no official code, and arrondissements no diagnosis.
KINDS = (Kind.COUNTRY, Kind.REGION, Kind.DEPARTEMENT, Kind.EPCI, Kind.COMMUNE)
TOLD = 20  # faults at once
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many territories have a value now, and how many lines had none."""

    figures: int
    blank: int


# What is wrong, in words; a line of the file comes before them.
WORDS: dict[str, Promise] = {
    "too-large": _("le fichier dépasse %(detail)s Mo"),
    "not-text": _("ce n’est pas un texte : enregistrez la feuille au format CSV (UTF-8)"),
    "no-header": _("pas d’en-tête ; colonnes attendues : %(detail)s"),
    "missing": _("la colonne « %(column)s » manque"),
    "unknown": _("la colonne « %(column)s » est inconnue ; colonnes possibles : %(detail)s"),
    "twice": _("la colonne « %(column)s » est donnée deux fois"),
    "too-many": _("plus de %(detail)s lignes"),
    "cells": _("la ligne n’a pas autant de cases que l’en-tête (%(detail)s)"),
    "too-long": _("colonne « %(column)s » : plus de %(detail)s signes"),
    "malformed": _("des guillemets ne sont pas refermés, ou une case est trop longue"),
    "no-kind": _("colonne « kind » : dites de quelle nature est le territoire (%(detail)s)"),
    "bad-kind": _("colonne « kind » : « %(detail)s » n’est pas une nature de territoire"),
    "no-code": _("colonne « code » : le code manque"),
    "bad-code": _("colonne « code » : aucun territoire de cette nature n’a le code « %(detail)s »"),
    "repeated": _("colonne « code » : ce territoire est déjà à la ligne %(detail)s"),
    "bad-number": _("colonne « value » : « %(detail)s » n’est pas un nombre"),
    "bounds": _("colonne « value » : %(detail)s est hors des bornes"),
    "empty": _("aucune valeur"),
}


def said(fault: Fault) -> str:
    """A fault in the language of the reader: « ligne 12, colonne « value » : … »."""
    words = str(WORDS[fault.kind]) % {"column": fault.column, "detail": fault.detail}
    return (
        str(_("ligne %(line)s : %(words)s")) % {"line": fault.line, "words": words} if fault.line else words
    )


@dataclass(frozen=True, slots=True)
class Values:
    """What a table says: values by territory id, and how many of its lines have none."""

    by_id: dict[str, float]
    blank: int


def load(series: OfficialSeries, body: bytes, kind: str = "") -> Loaded:
    """Replace the series of this code and its figures by those of a table: see ``values_of``."""
    return replace(series, values_of(series, body, kind))


def values_of(series: OfficialSeries, body: bytes, kind: str = "") -> Values:
    """Read a table. It is CSV: ``code``, ``value`` and ``kind`` (or the ``kind`` given here for all); a blank
    value is one that is not published. OfficialRefused with each fault."""
    try:
        found = list(rows(body, COLUMNS, OPTIONAL))
    except ListingError as error:
        raise OfficialRefused(error.faults) from None
    reading = Reading(series.unit, kind)
    values = dict(reading.values(found))
    if not values and not reading.faults:
        reading.faults.append(Fault("empty"))
    if reading.faults:
        raise OfficialRefused(reading.faults)
    return Values(values, reading.blank)


@transaction.atomic
def replace(series: OfficialSeries, values: Values) -> Loaded:
    series.save()
    series.figures.all().delete()
    OfficialFigure.objects.bulk_create(
        [OfficialFigure(series=series, territory_id=id, value=value) for id, value in values.by_id.items()],
        batch_size=5_000,
    )
    forget_reports()
    return Loaded(len(values.by_id), values.blank)


def remove(series: OfficialSeries) -> None:
    """The series and its figures are gone, from the reports too."""
    with transaction.atomic():
        series.delete()
        forget_reports()


def forget_reports() -> None:
    """Reports are made again by the worker, with what is official now."""
    StoredReport.objects.update(at=LONG_AGO)


class Reading:
    """Rows as values of territories, and what is wrong with them."""

    def __init__(self, unit: str, kind: str) -> None:
        self.unit, self.kind = unit, kind
        self.faults: list[Fault] = []
        self.blank = 0
        self.known: dict[str, dict[str, str]] = {}
        self.seen: dict[str, int] = {}
        self.kinds = {str(each): str(each) for each in KINDS}
        self.kinds |= {str(each.label).casefold(): str(each) for each in KINDS}

    def values(self, found: list[Row]) -> Iterator[tuple[str, float]]:
        for row in found:
            if len(self.faults) >= TOLD:
                return
            fault = self.fault_of(row)
            if fault:
                self.faults.append(fault)
            elif not row.cells["value"]:
                self.blank += 1
            else:
                yield self.territory_of(row) or "", number(row.cells["value"])

    def fault_of(self, row: Row) -> Fault | None:
        """The first thing wrong with a row; it counts as seen."""
        kind, code, typed = self.kind_of(row), row.cells["code"], row.cells["value"]
        if not kind:
            asked = row.cells.get("kind", "")
            every = ", ".join(map(str, KINDS))
            return Fault("bad-kind", row.line, "kind", asked[:50]) if asked else Fault(
                "no-kind", row.line, "kind", every
            )  # fmt: skip
        if not code:
            return Fault("no-code", row.line, "code")
        id = self.territory_of(row)
        if id is None:
            return Fault("bad-code", row.line, "code", code[:50])
        if id in self.seen:
            return Fault("repeated", row.line, "code", str(self.seen[id]))
        self.seen[id] = row.line
        try:
            value = number(typed) if typed else 0.0
        except ValueError:
            return Fault("bad-number", row.line, "value", typed[:50])
        most = 100 if self.unit == Unit.PERCENT else 1e12
        return None if 0 <= value <= most else Fault("bounds", row.line, "value", typed[:50])

    def kind_of(self, row: Row) -> str | None:
        return self.kinds.get((row.cells.get("kind") or self.kind).casefold())

    def territory_of(self, row: Row) -> str | None:
        kind = self.kind_of(row) or ""
        if kind not in self.known:
            codes = Territory.objects.filter(kind=kind).order_by().values_list("code", "pk")
            self.known[kind] = dict(codes)
        return self.known[kind].get(row.cells["code"])


def official_of(id: str, others: Sequence[str]) -> tuple[list[Official], list[Figure]]:
    """The series and their figures in a territory, beside those of others. E1 is told even without any."""
    found: dict[str, dict[str, float]] = {}
    wanted = OfficialFigure.objects.filter(territory__in=[id, *others]).order_by()
    for code, place, value in wanted.values_list("series", "territory", "value"):
        found.setdefault(code, {})[place] = value
    told = [
        Official(each.code, each.labels, each.year, each.source, each.link, each.loaded_at.date())
        for each in OfficialSeries.objects.order_by("code")
    ]
    units = dict(OfficialSeries.objects.values_list("code", "unit"))
    figures = []
    for code in dict.fromkeys(["E1", *units]):
        values = found.get(code, {})
        beside = {other: values.get(other) for other in others} if values else {}
        note = "" if id in values else Note.UNPUBLISHED if code in units else Note.NO_OFFICIAL
        figures.append(
            Figure(code, values.get(id), units.get(code, Unit.PERCENT), note=note, references=beside)
        )
    return told, figures
