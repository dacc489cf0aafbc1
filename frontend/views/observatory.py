"""The observatory: an indicator of all régions, départements or intercommunalities, mapped and by name."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from diagnosis.errors import NothingCounted
from diagnosis.figures import FEW
from diagnosis.observatory import KINDS, Indicator, Observed, everything, indicators, observed
from diagnosis.reading import evolution
from diagnosis.sheet import sheet_of
from diagnosis.wording import name_of, unit_of, written
from directory.models import Sector
from formats.workbook import Column, text_table
from frontend.diagnosis import charts, tables
from frontend.diagnosis.asking import typed_in
from frontend.diagnosis.observed import decimals_in, map_of
from territories.models import Kind, Territory

FIRST = (Kind.DEPARTEMENT, "D1")
UNAVAILABLE = 503


@require_safe
def observatory(request: HttpRequest) -> HttpResponse:
    known, sectors = indicators(), list(Sector.objects.order_by("pk"))
    kind, code, sector, refused = asked(request, known, sectors)
    try:
        seen = observed(kind, code, sector.pk if sector else None)
    except NothingCounted:
        return render(request, "frontend/diagnosis/uncounted.html", {}, status=UNAVAILABLE)
    context = {
        "refused": refused,
        "seen": seen,
        "sheet": sheet.code if (sheet := sheet_of(code)) else "",
        "map": map_of(seen, sector),
        "country": told(seen),
        "kinds": [(each.value, each.label) for each in KINDS],
        "indicators": [(each.code, each.name, each.sectors) for each in known.values()],
        "sectors": [(each.slug, each.label) for each in sectors],
        "sector": sector,
        "change": change(seen),
        "data_href": f"{reverse('frontend:observatory_data')}?{urlencode({'kind': kind})}",
        "permalink": address(kind, code, sector),
    }
    return render(request, "frontend/diagnosis/observatory.html", context)


def address(kind: str, code: str, sector: Sector | None) -> str:
    given = {"kind": kind, "indicator": code, "sector": sector.slug if sector else ""}
    chosen = {name: value for name, value in given.items() if value}
    plain = (kind, code) == FIRST and not sector
    return reverse("frontend:observatory") + ("" if plain else f"?{urlencode(chosen)}")


def asked(
    request: HttpRequest, known: dict[str, Indicator], sectors: list[Sector]
) -> tuple[str, str, Sector | None, list[str]]:
    """The scale, the indicator and the sector, the first of each where what was asked is not one; and what to
    say of that."""
    refused = []
    kind, code, slug = (typed_in(request.GET.get(name, "")) for name in ("kind", "indicator", "sector"))
    if kind and kind not in KINDS:
        refused.append(_("« {asked} » n’est pas une échelle de l’observatoire.").format(asked=kind))
    if code and code not in known:
        refused.append(_("Aucun indicateur de l’observatoire ne s’appelle « {asked} ».").format(asked=code))
    kind = kind if kind in KINDS else FIRST[0]
    code = code if code in known else FIRST[1]
    sector = next((each for each in sectors if each.slug == slug), None)
    if slug and sector is None:
        refused.append(_("Aucun secteur ne s’appelle « {asked} ».").format(asked=slug))
    if known[code].sectors == "must" and sector is None:
        refused.append(_("Cet indicateur se lit secteur par secteur : voici le premier."))
        sector = sectors[0]
    if sector and not known[code].sectors:
        refused.append(_("Cet indicateur se lit pour tous les secteurs ensemble."))
        sector = None
    return kind, code, sector, refused


def told(seen: Observed) -> dict[str, Any]:
    """What the whole country has, in words."""
    indicator, country = seen.indicator, seen.country
    return {
        "name": country.zone.name,
        "value": written(country.value, indicator.unit, decimals_in(seen)),
        "unit": unit_of(indicator.code, indicator.unit),
        "why": country.why,
        "count": country.zone.holds(seen.sector),
        "territories": len(seen.rows),
        "few": country.zone.count < FEW * len(seen.rows),
        "without": sum(row.value is None for row in seen.rows),
    }


def change(seen: Observed) -> dict[str, Any]:
    """What was founded, closed and entered in the country, year by year."""
    country = Territory.objects.get(pk=seen.country.zone.id)
    years = evolution(country, timezone.localdate(seen.at).year)
    return {
        "chart": charts.years("o-evolution", _("Initiatives fondées et fermées, par année."), years),
        "entries": charts.entries("o-entrees", _("Fiches entrées dans Maillage, par année."), years),
        "table": tables.years(years),
    }


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """All that needs no sector, of each territory of a kind by its name: CSV."""
    kind = typed_in(request.GET.get("kind", "")) or FIRST[0]
    if kind not in KINDS:
        return HttpResponse(
            _("« {asked} » n’est pas une échelle de l’observatoire.").format(asked=kind),
            status=400, content_type="text/plain; charset=utf-8",
        )  # fmt: skip
    try:
        d1, rows = everything(kind)
    except NothingCounted:
        return render(request, "frontend/diagnosis/uncounted.html", {}, status=UNAVAILABLE)
    lines = list(rows)
    codes = list(lines[0][1]) if lines else []
    day = timezone.localtime(d1.at).date()
    columns = [Column(title) for title in [
        _("Identifiant"), _("Nom"), _("Habitants"), _("Superficie (km²)"),
        *(f"{code} · {name_of(code)}" for code in codes), _("Date des données"), _("Source"),
    ]]  # fmt: skip
    source = _("Maillage, base des initiatives (ODbL 1.0)")
    cells = [
        [zone.id, zone.name, zone.population, zone.area, *(values[code] for code in codes), day, source]
        for zone, values in lines
    ]
    body = text_table(columns, cells, comma=get_format("DECIMAL_SEPARATOR"))
    name = f"maillage-observatoire-{kind}-{day:%Y-%m-%d}.csv"
    return HttpResponse(
        body, content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip
