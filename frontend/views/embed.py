"""Pages for the frames of other sites: a search, or one initiative. No cookie, no header, same search."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from directory.filters import SearchForm
from directory.models import Initiative, Merge
from directory.paging import Row
from directory.search import SearchCriteria
from frontend.accents import accent, stylesheet
from frontend.addresses import query, search_address, without
from frontend.cards import cards
from frontend.embedding import LookForm, embed_address, framable, name_of
from frontend.refusals import refusals
from frontend.sectors import Taxonomy
from frontend.tokens import tokens
from frontend.views.initiative import read
from frontend.views.search import MAP_PARTS, extent, figures, read_page, with_address
from territories.models import Kind

A_DAY = 24 * 60 * 60


@framable
@require_safe
@vary_on_headers("HX-Request")
def embed(request: HttpRequest) -> HttpResponse:
    form, look_form = SearchForm(request.GET), LookForm(request.GET)
    criteria, look = form.criteria(), look_form.look()
    page, stale = read_page(criteria, request.GET.get("cursor", ""))
    later = bool(request.GET.get("cursor")) and not stale
    taxonomy = Taxonomy()
    params, counted = criteria.params, figures(criteria)
    unboxed = without(params, "bbox")
    context = {
        "criteria": criteria,
        "params": params,
        "look": look,
        "name": look.title or name_of(tokens(criteria, taxonomy)),
        "refusals": [*refusals(form, stale_cursor=stale), *refusals(look_form)],
        "cards": cards(page.rows, taxonomy),
        "later": later,
        "next": page.next_cursor and embed_address(params, look, cursor=page.next_cursor),
        **counted,
        "left_out_href": embed_address(without(params, "bbox", "near"), look, placed="false"),
        "whole_href": embed_address(unboxed, look),
        "map_query": query(unboxed),
        "kept_query": query(look.params).removeprefix("?"),
        "permalink": embed_address(params, look),
        "full_href": search_address(params),
        **area(criteria, counted["box"]),
    }
    if getattr(request, "htmx", False):
        address = embed_address(params, look, cursor=request.GET["cursor"] if later else "")
        return with_address(
            request, render(request, "frontend/embed/_results.html", context), address, framed=True
        )
    labels = {sector.slug: sector.label for sector in taxonomy.sectors.values()}
    return render(request, "frontend/embed/search.html", {**context, **MAP_PARTS, "labels": labels})


def area(criteria: SearchCriteria, found: tuple[float, ...] | None) -> dict[str, Any]:
    """Where the map opens, and whether it is about one part of the country."""
    local = any(place.kind != Kind.COUNTRY for place in criteria.territories) or criteria.near is not None
    return {
        "local": local,
        "outlined": ",".join(place.pk for place in criteria.territories if place.envelope),
        "extent": ",".join(str(edge) for edge in extent(criteria, found)),
    }


def standing(slug: str) -> Initiative | None:
    """A published initiative, or the one that it was merged into; None where there is none to show."""
    merge = None if "\x00" in slug else Merge.objects.filter(slug=slug).select_related("target").first()
    return read(merge.target.slug if merge else slug)


@framable
@require_safe
def card(request: HttpRequest, slug: str) -> HttpResponse:
    """One initiative. A merged one shows the one it went into: a frame once pasted stays."""
    look_form = LookForm(request.GET)
    found = standing(slug)
    if found is None:
        return render(request, "frontend/embed/missing.html", {"look": look_form.look()}, status=404)
    context = {
        "initiative": found,
        "look": look_form.look(),
        "refusals": refusals(look_form),
        "name": found.name,
        "cards": cards([Row(found.pk, None)], Taxonomy()),
        "full_href": reverse("frontend:initiative", args=[found.slug]),
    }
    return render(request, "frontend/embed/initiative.html", context)


@require_safe
@cache_control(public=True, max_age=A_DAY)
def colour(request: HttpRequest, name: str) -> HttpResponse:
    """The stylesheet of an accent: our policy lets no page write a style of its own."""
    chosen = accent(name)
    if chosen is None:
        raise Http404
    return HttpResponse(stylesheet(chosen), content_type="text/css; charset=utf-8")
