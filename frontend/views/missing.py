"""« Ce qui manque » : a territory's or a grouping's records to complete, each line with what mends it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from directory.facets import count as matched
from directory.filters import SearchForm
from directory.missing import Missing
from directory.models import GroupingKind, Initiative
from directory.search import SearchCriteria
from frontend.addresses import search_address
from frontend.mending import mending_address
from frontend.views.grouping import read
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A record, and the address of what mends it."""

    initiative: Initiative
    href: str


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing: how many lack it, the first of them, and the search that finds them all."""

    what: str
    label: str
    count: int
    rows: list[Line]
    href: str


@require_safe
def of_territory(request: HttpRequest, id: str) -> HttpResponse:
    try:
        found = resolve(id)
    except UnknownTerritory:
        raise Http404 from None
    if found.pk != id:
        return HttpResponsePermanentRedirect(reverse("frontend:missing_territory", args=[found.pk]))
    back = reverse("frontend:territory", args=[found.pk])
    return page(request, found.name, back, f"territory={found.pk}")


@require_safe
def of_ptce(request: HttpRequest, slug: str) -> HttpResponse:
    return of_grouping(request, GroupingKind.PTCE, slug)


@require_safe
def of_network(request: HttpRequest, slug: str) -> HttpResponse:
    return of_grouping(request, GroupingKind.NETWORK, slug)


def of_grouping(request: HttpRequest, kind: GroupingKind, slug: str) -> HttpResponse:
    found = read(kind, slug)
    back = reverse(f"frontend:{kind}", args=[found.slug])
    return page(request, found.name, back, f"{kind}={found.slug}")


def page(request: HttpRequest, name: str, back: str, query: str) -> HttpResponse:
    context = {
        "name": name,
        "back": back,
        "count": matched(criteria_of(query)),
        "lacks": [lack(query, what) for what in Missing],
        "oldest": listed(criteria_of(query)),
        "shown": SHOWN,
        "search_href": search_address(criteria_of(query).params),
    }
    return render(request, "frontend/missing.html", context)


def lack(query: str, what: Missing) -> Lack:
    criteria = criteria_of(f"{query}&missing={what.value}")
    return Lack(
        what.value, str(what.label), matched(criteria), listed(criteria), search_address(criteria.params)
    )


def criteria_of(query: str) -> SearchCriteria:
    return SearchForm(QueryDict(query)).criteria()


def listed(criteria: SearchCriteria) -> list[Line]:
    """The first of them: those that nobody has vouched for in the longest time."""
    rows = criteria.initiatives().select_related("commune").order_by("vouched_at", "pk")
    rows = rows.only("slug", "name", "vouched_at", "verified_at", "created_at", "commune__name")
    return [Line(each, mending_address(each)) for each in rows[:SHOWN]]
