"""Browsing France: régions and départements, then the EPCI and communes of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from directory.models import Initiative
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve
from territories.models import Kind, Territory
from territories.names import fold

# Those whose communes fit on one page.
OPENED = (Kind.DEPARTEMENT, Kind.EPCI, Kind.CUSTOM)
READ = ("id", "kind", "code", "name", "status", "region")


@dataclass(frozen=True, slots=True)
class Region:
    """A région with its départements, each with its number of communes.

    Overseas the two are often the same land: then ``departements`` is the one of the same name.
    """

    region: Territory
    departements: list[tuple[Territory, int]]


@require_safe
def territories(request: HttpRequest) -> HttpResponse:
    rows = Territory.objects.only(*READ)
    communes = dict(
        Territory.objects.of_kind(Kind.COMMUNE)
        .order_by()
        .values_list("departement")
        .annotate(number=Count("pk"))
    )
    departements: dict[str | None, list[tuple[Territory, int]]] = {}
    for each in rows.of_kind(Kind.DEPARTEMENT).order_by("code"):
        departements.setdefault(each.region_id, []).append((each, communes.get(each.pk, 0)))
    regions = [
        Region(each, departements.get(each.pk, []))
        for each in sorted(rows.of_kind(Kind.REGION), key=lambda each: fold(each.name))
    ]
    context = {
        "country": rows.of_kind(Kind.COUNTRY).first(),
        "mainland": [each for each in regions if each.region.status not in ("drom", "com")],
        "overseas": [each for each in regions if each.region.status in ("drom", "com")],
        "customs": rows.listed().of_kind(Kind.CUSTOM).order_by("name", "pk"),
    }
    return render(request, "frontend/territories.html", context)


@require_safe
def communes(request: HttpRequest, id: str) -> HttpResponse:
    try:
        found = resolve(id)
    except UnknownTerritory:
        raise Http404 from None
    if found.kind == Kind.REGION:
        return HttpResponsePermanentRedirect(f"{reverse('frontend:territories')}#{found.pk}")
    if found.kind not in OPENED:
        raise Http404
    inside = Territory.objects.communes_of(found).only(*READ, "departement").order_by()
    counts = initiatives_by_commune(inside)
    listed = sorted(inside, key=lambda each: fold(each.name))
    context = {
        "territory": found,
        "epcis": epcis(found, inside),
        "number": len(listed),
        "letters": [
            (letter, [(each, counts.get(each.pk, 0)) for each in named])
            for letter, named in groupby(listed, key=lambda each: fold(each.name)[:1].upper())
        ],
    }
    return render(request, "frontend/communes.html", context)


def epcis(found: Territory, inside: QuerySet[Territory]) -> QuerySet[Territory]:
    """Those that have a commune inside, even where they go beyond."""
    if found.kind == Kind.EPCI:
        return Territory.objects.none()
    return Territory.objects.filter(pk__in=inside.values("epci")).only(*READ).order_by("name", "pk")


def initiatives_by_commune(inside: QuerySet[Territory]) -> dict[str | None, int]:
    rows = Initiative.objects.visible().filter(commune__in=inside.values("pk")).order_by()
    return dict(rows.values_list("commune").annotate(number=Count("pk")))
