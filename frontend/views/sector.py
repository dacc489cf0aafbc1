"""The page of a sector: its activities, one section each, and who is in it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from directory.facets import facets
from directory.filters import SearchForm
from directory.models import Activity, Sector
from directory.paging import page_of
from frontend.addresses import search_address
from frontend.cards import cards
from frontend.drawing import spread
from frontend.sectors import Taxonomy, icon_of

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Section:
    """An activity, how many do it, and the address of those."""

    activity: Activity
    count: int
    href: str


@require_safe
def sector(request: HttpRequest, slug: str) -> HttpResponse:
    taxonomy = Taxonomy()
    found = next((each for each in taxonomy.sectors.values() if each.slug == slug), None)
    if found is None:
        return of_activity(taxonomy, slug)
    criteria = SearchForm(QueryDict(f"sector={found.slug}")).criteria()
    found_here = facets(criteria)
    context = {
        "sector": found,
        "picture": reverse("frontend:sector_picture", args=[found.slug]),
        "icon": icon_of(found.slug),
        "sections": sections(found, taxonomy, found_here.counts["activity"]),
        "criteria": criteria,
        "selection": found.label,
        "count": found_here.count,
        "cards": cards(page_of(criteria, SHOWN).rows, taxonomy),
        "shown": min(found_here.count, SHOWN),
        "map": spread(criteria, None),
        "search_href": search_address(criteria.params),
    }
    return render(request, "frontend/sector.html", context)


def of_activity(taxonomy: Taxonomy, slug: str) -> HttpResponse:
    """An activity has its place on the page of its sector."""
    for activity in taxonomy.activities.values():
        if activity.slug == slug:
            above = taxonomy.sectors[activity.sector_id].slug
            return HttpResponsePermanentRedirect(f"{reverse('frontend:sector', args=[above])}#{slug}")
    raise Http404


def sections(of: Sector, taxonomy: Taxonomy, counts: dict[str, int]) -> list[Section]:
    """Its activities, except those that another one replaced."""
    return [
        Section(activity, counts.get(activity.slug, 0), search_address({"sector": activity.slug}))
        for activity in taxonomy.activities.values()
        if activity.sector_id == of.pk and activity.replaced_by_id is None
    ]
