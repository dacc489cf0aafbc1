"""The page of a territory: what it is, what it counts, who is there."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.geos import Point
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from directory.facets import facets
from directory.filters import SearchForm
from directory.models import Grouping
from directory.paging import page_of
from directory.search import SearchCriteria
from events import agenda
from frontend.addresses import search_address
from frontend.cards import cards
from frontend.charter_shown import here
from frontend.choices import Choice
from frontend.drawing import Drawing, drawing, places, spread
from frontend.events_shown import beside
from frontend.linked_data import of_territory, trail
from frontend.quantities import area, plain
from frontend.sectors import Taxonomy, icon_of
from frontend.wider import wider
from printing.overseas import OVERSEAS
from questionnaires.statistics import worth_asking
from territories.errors import UnknownTerritory
from territories.gazetteer import neighbours, resolve
from territories.models import Kind, Territory

SHOWN = 20
INSET = 96  # pixels across
# From the largest to the smallest, as a reader walks down.
ORDER = list(Kind.values)
# What frames a territory when it is drawn: the first of these that it has.
FRAMES = ("commune", "departement", "region", "country")


@require_safe
def territory(request: HttpRequest, id: str) -> HttpResponse:
    try:
        found = resolve(id)
    except UnknownTerritory:
        raise Http404 from None
    if found.pk != id:
        return HttpResponsePermanentRedirect(reverse("frontend:territory", args=[found.pk]))
    criteria = SearchForm(QueryDict(f"territory={found.pk}")).criteria()
    taxonomy = Taxonomy()
    found_here = facets(criteria)
    counts, count = found_here.counts, found_here.count
    enclosing = sorted(Territory.objects.listed().enclosing(found), key=lambda place: ORDER.index(place.kind))
    context = {
        "territory": found,
        "picture": reverse("frontend:territory_picture", args=[found.pk]),
        "criteria": criteria,
        "selection": found.name,
        "count": count,
        "area": found.area_km2 and area(found.area_km2),
        "population": None if found.population is None else plain(found.population),
        "drawing": outline(found, criteria),
        "insets": insets(criteria) if found.kind == Kind.COUNTRY else [],
        "wider": wider(criteria) if not count else [],
        "enclosing": enclosing,
        "linked_data": linked_data(request, found, enclosing),
        "neighbours": neighbours(found).order_by("name", "pk"),
        "charter": here(found),
        "sectors": sectors(found, taxonomy, counts["sector"]),
        "groupings": groupings(counts),
        "beside": beside(agenda.public().filter(agenda.of_territory(found)), territory=found.pk),
        "assessed": worth_asking(found),
        "cards": cards(page_of(criteria, SHOWN).rows, taxonomy),
        "shown": min(count, SHOWN),
        "search_href": search_address(criteria.params),
    }
    return render(request, "frontend/territory.html", context)


def linked_data(request: HttpRequest, found: Territory, enclosing: list[Territory]) -> list[dict[str, Any]]:
    """The territory, and the way down to it, for search engines."""
    steps = [
        (place.name, request.build_absolute_uri(reverse("frontend:territory", args=[place.pk])))
        for place in [*enclosing, found]
    ]
    return [of_territory(found, steps[-1][1], steps[:-1]), trail(steps)]


def outline(found: Territory, criteria: SearchCriteria) -> Any:
    """The territory in the one around it, with a dot per initiative."""
    frame = next((parent for name in FRAMES if (parent := getattr(found, name))), None)
    if found.kind in (Kind.REGION, Kind.COUNTRY, Kind.DEPARTEMENT, Kind.CUSTOM):
        frame = None
    if found.envelope is None:
        return None
    if found.kind == Kind.COUNTRY:
        return spread(criteria, found).drawing
    return drawing(frame, found, places(criteria.initiatives(), found))


def insets(criteria: SearchCriteria) -> list[tuple[Territory, Drawing | None]]:
    """The overseas départements, each drawn small beside the mainland with its initiatives."""
    places = Territory.objects.filter(pk__in=[place.id for place in OVERSEAS]).order_by("pk")
    placed = criteria.initiatives().filter(location__isnull=False, departement__in=places).order_by("pk")
    points: dict[str | None, list[Point | None]] = {}
    for departement, location in placed.values_list("departement", "location"):
        points.setdefault(departement, []).append(location)
    return [(place, drawing(place, None, points.get(place.pk, []), wide=INSET)) for place in places]


def sectors(found: Territory, taxonomy: Taxonomy, counts: dict[str, int]) -> list[tuple[Choice, str]]:
    """The sectors present, the most first, each with the address of its initiatives here."""
    present = [
        Choice(sector.slug, sector.label, counts[sector.slug], False, icon_of(sector.slug))
        for sector in taxonomy.sectors.values()
        if sector.slug in counts
    ]
    present.sort(key=lambda choice: -choice.count)
    return [(choice, search_address({"territory": found.pk, "sector": choice.value})) for choice in present]


def groupings(counts: dict[str, dict[str, int]]) -> list[tuple[Grouping, str]]:
    """The PTCE and networks that have someone here, each with the address of its page."""
    present = Q(kind="ptce", slug__in=counts["ptce"]) | Q(kind="network", slug__in=counts["network"])
    known = Grouping.objects.filter(present, published=True).order_by("kind", "name")
    return [(grouping, reverse(f"frontend:{grouping.kind}", args=[grouping.slug])) for grouping in known]
