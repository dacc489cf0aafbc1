"""The pages of a PTCE and of a network: who is in it, where, and what it was recognised as."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from directory.filters import SearchForm
from directory.models import Grouping, GroupingKind, Membership
from directory.paging import page_of
from events import agenda
from frontend.addresses import api_address, search_address
from frontend.cards import cards
from frontend.charter_shown import shown
from frontend.drawing import spread
from frontend.events_shown import beside
from frontend.sectors import Taxonomy

SHOWN = 20
# The list of each kind in the API.
RESOURCES = {GroupingKind.PTCE: "ptces", GroupingKind.NETWORK: "networks"}


@require_safe
def ptce(request: HttpRequest, slug: str) -> HttpResponse:
    return page(request, GroupingKind.PTCE, slug)


@require_safe
def network(request: HttpRequest, slug: str) -> HttpResponse:
    return page(request, GroupingKind.NETWORK, slug)


def page(request: HttpRequest, kind: GroupingKind, slug: str) -> HttpResponse:
    found = read(kind, slug)
    criteria = SearchForm(QueryDict(f"{kind}={found.slug}")).criteria()
    count = criteria.initiatives().count()
    runs = found.initiative
    context = {
        "grouping": found,
        "picture": reverse(f"frontend:{kind}_picture", args=[found.slug]),
        "is_ptce": kind == GroupingKind.PTCE,
        "charter": shown(found),
        "runs": runs if runs and runs.publication == "published" else None,
        "members": members(found).count(),
        "statuses": found.statuses.order_by("year", "source") if kind == GroupingKind.PTCE else [],
        "criteria": criteria,
        "selection": found.name,
        "count": count,
        "cards": cards(page_of(criteria, SHOWN).rows, Taxonomy()),
        "shown": min(count, SHOWN),
        "beside": beside(agenda.public().filter(agenda.of_grouping(found)), **{str(kind): found.slug}),
        "map": spread(criteria, found.perimeter),
        "search_href": search_address(criteria.params),
        "json_href": api_address(f"{RESOURCES[kind]}/{found.slug}", {}),
    }
    return render(request, "frontend/grouping.html", context)


def read(kind: GroupingKind, slug: str) -> Grouping:
    """The published grouping of this name, or 404."""
    rows = Grouping.objects.filter(kind=kind, published=True).select_related("initiative", "perimeter")
    rows = rows.defer("initiative__search", "perimeter__geometry")
    found = None if "\x00" in slug else rows.filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def members(of: Grouping) -> QuerySet[Membership]:
    """Memberships in force, both sides having agreed, of initiatives that lists show."""
    return Membership.objects.filter(
        grouping=of, member_agreed_at__isnull=False, grouping_agreed_at__isnull=False, until=None,
        initiative__publication="published", initiative__activity_state="open",
    )  # fmt: skip
