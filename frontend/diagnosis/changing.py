"""What changed between two diagnoses, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diagnosis.changes import Change, Perimeter, changes, perimeter
from diagnosis.model import Figure, Official, Report
from diagnosis.sheet import sheet_of
from diagnosis.wording import decimals_of, distance, name_of, number, unit_of, value_of
from territories.models import Territory

NAMED = 50  # communes that came or went


@dataclass(frozen=True, slots=True)
class Line:
    """A figure then and now. ``sheet`` is the code under which the method page explains it."""

    sheet: str
    name: str
    sector: str
    before: str
    after: str
    difference: str
    note: str


def context_of(
    old: Report, new: Report, communes_before: list[str], communes_after: list[str]
) -> dict[str, Any]:
    """For ``frontend/diagnosis/_changes.html``: totals that have a value, those that
    have none, then what changed sector by sector."""
    found = changes(old, new)
    ground = perimeter(old, new, communes_before, communes_after)
    totals = [each for each in found if not each.figure.sector]
    in_sectors = [line(each, old, new) for each in found if each.figure.sector and moved(each)]
    return {
        "old_report": old,
        "new_report": new,
        "totals": [line(each, old, new) for each in totals if has_value(each)],
        "silent": [line(each, old, new) for each in totals if not has_value(each)],
        "in_sectors": in_sectors,
        "ground": told(ground),
        "dates": dates(old, new),
    }


def dates(*reports: Report) -> list[str]:
    """The days of their data, with the hour where they are of the same day."""
    at = [timezone.localtime(each.data_date) for each in reports]
    written = "SHORT_DATE_FORMAT" if len({each.date() for each in at}) > 1 else "SHORT_DATETIME_FORMAT"
    return [date_format(each, written) for each in at]


def has_value(change: Change) -> bool:
    """At one of the two dates at least."""
    return any(each is not None and each.value is not None for each in (change.before, change.after))


def moved(change: Change) -> bool:
    """Whether it reads otherwise than it did."""
    one, other = change.before, change.after
    return one is None or other is None or shown(one) != shown(other)


def shown(figure: Figure | None, report: Report | None = None) -> str:
    """The value with its unit, and the year of an official figure; why there is none."""
    if figure is None:
        return ""
    if figure.value is None:
        return figure.why
    words = " ".join(filter(None, [value_of(figure), unit_of(figure.code, figure.unit)]))
    series = series_of(figure.code, report) if report else None
    return f"{words} ({series.year})" if series else words


def series_of(code: str, *reports: Report) -> Official | None:
    """Where a figure comes from that is not counted here."""
    return next((each for report in reports for each in report.official if each.code == code), None)


def line(change: Change, old: Report, new: Report) -> Line:
    figure = change.figure
    sheet = sheet_of(figure.code)
    series = series_of(figure.code, new, old)
    label = new.sector(figure.sector).label if figure.sector else ""
    notes = {True: _("l’écart peut tenir au hasard"), False: _("l’écart dépasse le hasard")}
    note = notes[change.by_chance] if change.by_chance is not None and change.difference else ""
    return Line(
        sheet.code if sheet else "", series.label if series else name_of(figure.code), label,
        shown(change.before, old), shown(change.after, new), difference_of(change), note,
    )  # fmt: skip


def difference_of(change: Change) -> str:
    """« +3 points », « −1,2 km », « inchangé »; empty where they cannot be compared."""
    found, figure = change.difference, change.figure
    if found is None:
        return ""
    decimals = decimals_of(figure.code, figure.sector)
    if figure.unit == "metres":
        size = distance(abs(found)) if round(abs(found)) else ""
    else:
        size = number(abs(found), decimals) if round(abs(found), decimals) else ""
    if not size:
        return _("presque inchangé") if moved(change) else _("inchangé")
    if figure.unit == "percent":
        size = ngettext("{n} point", "{n} points", 2 if abs(found) >= 2 else 1).format(n=size)
    return f"{'+' if found > 0 else '−'}{size}"


def told(ground: Perimeter) -> list[str]:
    """How the ground itself changed, a sentence each."""
    sides = (
        (ground.came, _("Dans le périmètre depuis : {names}.")),
        (ground.went, _("Hors du périmètre depuis : {names}.")),
    )
    found = [said.format(names=communes_named(ids)) for ids, said in sides if ids]
    if ground.population:
        before, after = (_("inconnue") if each is None else number(each) for each in ground.population)
        said = _(
            "La population de référence est passée de %(before)s à %(after)s : les densités en dépendent."
        )
        found.append(said % {"before": before, "after": after})
    if ground.peers_came or ground.peers_went:
        found.append(
            _("Les territoires similaires ne sont plus tous les mêmes : les écarts avec eux non plus.")
        )
    return found


def communes_named(ids: list[str]) -> str:
    """Their names, codes where they are no more, NAMED at most."""
    names = dict(Territory.objects.filter(pk__in=ids[:NAMED]).values_list("pk", "name"))
    said = ", ".join(names.get(each, each) for each in ids[:NAMED])
    return said if len(ids) <= NAMED else f"{said}…"
