"""The page of one initiative."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from directory.models import Grouping, GroupingKind, Initiative, Link, Merge
from frontend.drawing import drawing
from frontend.linked_data import of_initiative
from frontend.quantities import dialled, printed_phone
from frontend.sectors import Taxonomy, icon_of
from frontend.sentences import Sentence, closed_in, founded_in, sentences

PLACES = ("arrondissement", "commune", "epci", "departement", "region")
# Half a window around a point when the page leads to the map, in degrees.
AROUND = 0.05


@require_safe
def initiative(request: HttpRequest, slug: str) -> HttpResponse:
    found = read(slug)
    if found is None:
        merge = None if "\x00" in slug else Merge.objects.filter(slug=slug).select_related("target").first()
        if merge is None or merge.target.publication != "published":
            raise Http404
        return HttpResponsePermanentRedirect(reverse("frontend:initiative", args=[merge.target.slug]))
    taxonomy = Taxonomy()
    sector = taxonomy.main_sector(found.activities)
    context = {
        "initiative": found,
        "sector": sector,
        "icon": icon_of(sector.slug),
        "sectors": [(each, icon_of(each.slug)) for each in taxonomy.sectors_of(found.activities)],
        "activities": taxonomy.activities_of(found.activities),
        "places": [place for name in PLACES if (place := getattr(found, name))],
        "served": found.served.order_by("name"),
        "drawing": drawing(found.departement or found.region, found.commune, [found.location]),
        "map_href": map_address(found),
        "phone": found.phone and (printed_phone(found.phone), dialled(found.phone)),
        "founded": founded_in(found),
        "closed": closed_in(found),
        "links": links(found),
        "ptces": groupings(found, GroupingKind.PTCE),
        "networks": groupings(found, GroupingKind.NETWORK),
        "sites": found.sites.visible().only("slug", "name"),
        "linked_data": of_initiative(found, sector, request.build_absolute_uri()),
    }
    return render(request, "frontend/initiative.html", context)


def read(slug: str) -> Initiative | None:
    """A published initiative, closed or not; None where there is none to show."""
    if "\x00" in slug:
        return None
    polygons = [f"{name}__geometry" for name in PLACES]
    return (
        Initiative.objects.published()
        .select_related(*PLACES, "parent")
        .defer("search", *polygons)
        .filter(slug=slug)
        .first()
    )


def map_address(found: Initiative) -> str:
    if found.location is None:
        return ""
    x, y = found.location.coords
    box = f"{x - AROUND:.4f},{y - AROUND:.4f},{x + AROUND:.4f},{y + AROUND:.4f}"
    return f"{reverse('frontend:search')}?bbox={box}"


def links(found: Initiative) -> list[Sentence]:
    declared = Link.objects.filter(Q(origin=found) | Q(target=found), until=None).select_related(
        "origin", "target"
    )
    return sentences(found, declared.order_by("kind", "pk"))


def groupings(found: Initiative, kind: GroupingKind) -> Any:
    """Those it belongs to, both sides agreeing, and those it runs."""
    member = Q(
        memberships__initiative=found, memberships__member_agreed_at__isnull=False,
        memberships__grouping_agreed_at__isnull=False, memberships__until=None,
    )  # fmt: skip
    return (
        Grouping.objects.filter(member | Q(initiative=found), kind=kind, published=True)
        .distinct()
        .order_by("name")
    )
