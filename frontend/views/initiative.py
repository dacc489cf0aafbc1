"""The page of one initiative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from contributions.models import Photo
from directory.contacts import shown
from directory.linking import told_on_page_of
from directory.models import Grouping, GroupingKind, Initiative, Merge, Precision, Sector
from directory.relay import recipient
from frontend import charter_shown
from frontend.circuit import MOST as DRAWN
from frontend.circuit import circuit
from frontend.drawing import drawing
from frontend.linked_data import of_initiative, trail
from frontend.profiles_shown import public_profiles
from frontend.provenance import declared
from frontend.quantities import dialled, printed_phone
from frontend.sectors import Taxonomy, icon_of
from frontend.sentences import Sentence, closed_in, founded_in, sentences
from frontend.views.errors import gone
from verification.confirming import to_confirm, vouched_by

PLACES = ("arrondissement", "commune", "epci", "departement", "region")
# Half a window around a point when the page leads to the map, in degrees.
AROUND = 0.05


@require_safe
def initiative(request: HttpRequest, slug: str) -> HttpResponse:
    found = read(slug)
    if found is None:
        return elsewhere(request, slug)
    taxonomy = Taxonomy()
    sector = taxonomy.main_sector(found.activities)
    linked = sentences(found, told_on_page_of(found))
    served = found.served.order_by("name")
    ptces, networks = (groupings(found, kind) for kind in (GroupingKind.PTCE, GroupingKind.NETWORK))
    persons = list(shown(found))
    context = {
        "initiative": found,
        "sector": sector,
        "icon": icon_of(sector.slug),
        "sectors": [(each, icon_of(each.slug)) for each in taxonomy.sectors_of(found.activities)],
        "activities": taxonomy.activities_of(found.activities),
        "places": [place for name in PLACES if (place := getattr(found, name))],
        "served": served,
        "drawing": drawing(found.departement or found.region, found.commune, [found.location]),
        "map_href": map_address(found),
        "write_href": reverse("frontend:write", args=[found.slug]) if recipient(found, persons) else "",
        "contacts": [
            (each, each.phone and (printed_phone(each.phone), dialled(each.phone))) for each in persons
        ],
        "phone": found.phone and (printed_phone(found.phone), dialled(found.phone)),
        "founded": founded_in(found),
        "closed": closed_in(found),
        "links": Told(linked[:DRAWN], linked[DRAWN:]) if linked else None,
        "profiles": public_profiles(found),
        "charter": charter_shown.shown(found) if found.charter_signatory else None,
        "stories": found.stories.published().only("uuid", "title", "language", "kind", "decided_at"),
        "circuit": circuit(found.name, linked),
        "directions": directions(found),
        "picture": reverse("frontend:initiative_picture", args=[found.slug]),
        "page_type": "article",
        "vouched_by": vouched_by(found),
        "to_confirm": to_confirm(found),
        "photo": Photo.objects.filter(initiative=found).defer("content").first(),
        "report_href": reverse("frontend:report", args=[found.slug]),
        "provenance": declared(found),
        "sources": found.source_records.select_related("source").order_by("source__name", "pk"),
        "ptces": ptces,
        "networks": networks,
        "sites": found.sites.visible().only("slug", "name"),
        "linked_data": linked_data(request, found, sector, served, [*ptces, *networks]),
    }
    return render(request, "frontend/initiative.html", context)


def elsewhere(request: HttpRequest, slug: str) -> HttpResponse:
    """What became of an initiative that is not shown: merged into another, withdrawn, or never there."""
    if "\x00" in slug:
        raise Http404
    merge = Merge.objects.filter(slug=slug, target__publication="published").select_related("target").first()
    if merge is not None:
        return HttpResponsePermanentRedirect(reverse("frontend:initiative", args=[merge.target.slug]))
    withdrawn = Initiative.objects.withdrawn(slug).select_related("departement").first()
    if withdrawn is None:
        raise Http404
    return gone(request, withdrawn.departement)


def linked_data(
    request: HttpRequest, found: Initiative, sector: Sector, served: Any, member_of: list[Grouping]
) -> list[dict[str, Any]]:
    """The initiative, and the way down to it, for search engines."""

    def page(name: str, *which: str) -> str:
        return request.build_absolute_uri(reverse(f"frontend:{name}", args=which))

    here = page("initiative", found.slug)
    belongs = [(each, page(each.kind, each.slug)) for each in member_of]
    above = [place for place in (found.region, found.departement, found.commune) if place]
    return [
        of_initiative(found, sector, here, served, belongs, page("initiative_picture", found.slug)),
        trail([*((place.name, page("territory", place.pk)) for place in above), (found.name, here)]),
    ]


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


@dataclass(frozen=True, slots=True)
class Directions:
    """How to go there: with the site of OpenStreetMap, or with what the device opens places in.
    ``exact`` is false where the point is only that of the commune."""

    href: str
    geo: str
    exact: bool


def directions(found: Initiative) -> Directions | None:
    """None without a point, or where it was blurred on purpose."""
    if found.location is None or found.precision == Precision.BLURRED:
        return None
    lon, lat = found.location.coords
    at = f"{lat:.6f},{lon:.6f}"
    return Directions(
        f"https://www.openstreetmap.org/directions?route=%3B{quote(at)}",
        f"geo:{at}?q={quote(at)}",
        found.precision != Precision.COMMUNE,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """The links of a page: those that its drawing shows, and the others, told on demand."""

    shown: list[Sentence]
    others: list[Sentence]


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
