"""The map and the list: one address, one search, read leniently."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.gis.db.models import Extent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from directory.errors import BadCursor
from directory.facets import count, totals
from directory.filters import SearchForm
from directory.paging import Page, page_of
from directory.search import SearchCriteria
from frontend.addresses import asked_in, filters_address, query, search_address, without
from frontend.around import around
from frontend.cards import cards
from frontend.choices import choices
from frontend.drawing import METROPOLE
from frontend.listing_head import listing_head
from frontend.looser import looser
from frontend.places import place_answer
from frontend.refusals import refusals
from frontend.sectors import ICONS, Taxonomy
from frontend.suggestions import suggestion_words
from frontend.tokens import tokens
from frontend.wider import wider
from printing.overseas import OVERSEAS
from territories.geometry import BBox
from territories.models import Kind, Territory

PAGE_LENGTH = 20
MAP_PARTS = {"overseas": OVERSEAS, "icons": ICONS}
MAX_CURSOR = 4_000


@require_safe
@vary_on_headers("HX-Request")
def search(request: HttpRequest) -> HttpResponse:
    return page_found(request, SearchForm(request.GET))


@require_safe
@vary_on_headers("HX-Request")
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a listing is the search within it. 404 where there is none: its address is its key."""
    given = request.GET.copy()
    given["listing"] = slug
    form = SearchForm(given)
    if "listing" in form.refusals():
        raise Http404
    return page_found(request, form)


def page_found(request: HttpRequest, form: SearchForm) -> HttpResponse:
    response = answer(request, form)
    if form.criteria().listing:  # whoever has its address reads it: nobody else is told of it
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
    return response


def answer(request: HttpRequest, form: SearchForm) -> HttpResponse:
    criteria = form.criteria()
    place = place_answer(form.given, criteria.params)
    if place and place.sure:
        return HttpResponseRedirect(place.choices[0].href)
    page, stale = read_page(criteria, request.GET.get("cursor", ""))
    later = bool(request.GET.get("cursor")) and not stale
    counted = figures(criteria)
    moved = not place and only_moved(request, criteria)
    taxonomy = Taxonomy()
    context = {
        "criteria": criteria,
        "params": criteria.params,
        "place": place,
        "refusals": refusals(form, stale_cursor=stale),
        "cards": cards(page.rows, taxonomy),
        "tokens": tokens(criteria, taxonomy),
        "listing": listing_head(criteria, taxonomy),
        "choices": choices(criteria, taxonomy, sectors_alone=moved),
        "more_href": filters_address(criteria.params) if moved else "",
        "later": later,
        "next": page.next_cursor and search_address(criteria.params, cursor=page.next_cursor),
        **counted,
        **addresses(criteria),
        "address": request.get_full_path(),
        "around": around(criteria, counted["count"]),
        **({} if counted["count"] else ways_out(criteria)),
        "outlined": ",".join(place.pk for place in criteria.territories if place.envelope),
        "extent": ",".join(str(edge) for edge in extent(criteria, counted["box"])),
    }
    if getattr(request, "htmx", False):
        if place:  # its address holds what was typed, for want of knowing the place
            return render(request, "frontend/_search.html", context)
        cursor = request.GET["cursor"] if later else ""
        address = search_address(criteria.params, cursor=cursor)
        response = render(request, "frontend/_search.html", {**context, "address": address})
        return with_address(request, response, address)
    labels = {sector.slug: sector.label for sector in taxonomy.sectors.values()}
    words = {"labels": labels, "suggestion_words": suggestion_words(taxonomy)}
    return render(request, "frontend/search.html", {**context, **MAP_PARTS, **words})


@require_safe
def filters(request: HttpRequest) -> HttpResponse:
    """The filters folded under the form, with their counts: asked for once they are looked at."""
    criteria = SearchForm(request.GET).criteria()
    context = {"params": criteria.params, "choices": choices(criteria, Taxonomy())}
    return render(request, "frontend/parts/more.html", context)


def only_moved(request: HttpRequest, criteria: SearchCriteria) -> bool:
    """Whether htmx shows the same search already, but for its box or its page: the choices on offer
    stay, and of their counts those of sectors alone are in sight."""
    htmx: Any = getattr(request, "htmx", None)
    if not htmx or not htmx.current_url:
        return False
    shown = asked_in(htmx.current_url)
    return without(shown, "bbox", "cursor") == without(criteria.params, "bbox")


def read_page(criteria: SearchCriteria, cursor: str) -> tuple[Page, bool]:
    """The page of the list, and whether its cursor had to be set aside."""
    try:
        return page_of(criteria, PAGE_LENGTH, cursor[: MAX_CURSOR + 1]), False
    except BadCursor:
        return page_of(criteria, PAGE_LENGTH), True


def ways_out(criteria: SearchCriteria) -> dict[str, Any]:
    """Where a search that finds nothing may go on."""
    around_it = wider(criteria)
    return {"wider": around_it, "looser": looser(criteria, *(["territory"] if around_it else []))}


def figures(criteria: SearchCriteria) -> dict[str, Any]:
    """How many match, how many of them have a place, and how many a box or a radius leaves out
    because they have none."""
    found = totals(criteria)
    figures: dict[str, Any] = {
        "count": found.count,
        "placed": found.placed,
        "box": found.box,
        "unplaced": found.count - found.placed,
        "left_out": 0,
        "left_out_href": "",
    }
    if (criteria.bbox or criteria.near) and criteria.placed is None:
        params = without(criteria.params, "bbox", "near")
        beyond = replace(criteria, bbox=None, near=None, placed=False, ordering="name")
        figures["left_out"] = count(beyond)
        figures["left_out_href"] = search_address(params, placed="false")
    return figures


def addresses(criteria: SearchCriteria) -> dict[str, str]:
    """The same search elsewhere: to keep, to take away, for the map."""
    params = criteria.params
    unboxed = without(params, "bbox")
    return {
        "permalink": search_address(params),
        "whole_href": search_address(unboxed),
        "clear_href": search_address({name: params[name] for name in ("listing",) if name in params}),
        "map_query": query(unboxed),
    }


def extent(criteria: SearchCriteria, found: tuple[float, ...] | None) -> tuple[float, ...]:
    """What the map shows of a search without a box: west, south, east, north.

    Its territories, or its radius; or what it found, where that is all on one side of the sea;
    otherwise the mainland.
    """
    if criteria.near is not None:
        return BBox.around(criteria.near, criteria.radius).parts()[0]
    places = [place.pk for place in criteria.territories if place.kind != Kind.COUNTRY]
    if places:
        outline = Territory.objects.filter(pk__in=places).aggregate(box=Extent("envelope"))["box"]
        if outline:
            return rounded(outline)
    if found and criteria.params and (inside(found, METROPOLE) or not meets(found, METROPOLE)):
        return rounded(found)
    return METROPOLE


def rounded(box: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(round(edge, 5) for edge in box)


def inside(box: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return box[0] >= other[0] and box[1] >= other[1] and box[2] <= other[2] and box[3] <= other[3]


def meets(box: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return box[0] <= other[2] and box[2] >= other[0] and box[1] <= other[3] and box[3] >= other[1]


def with_address(
    request: HttpRequest, response: HttpResponse, address: str, *, framed: bool = False
) -> HttpResponse:
    """Tell htmx the address of what it got, and whether it is a step to come back to.

    The first move of the map is one: going back leads to the search as it was. Those that follow take
    its place. In a frame none is: going back belongs to the page around.
    """
    before, after = asked_in(request.htmx.current_url), asked_in(address)  # type: ignore[attr-defined]
    same = without(before, "bbox") == without(after, "bbox")
    moved_on = framed or bool(before.get("bbox")) == bool(after.get("bbox"))
    response["HX-Replace-Url" if same and moved_on else "HX-Push-Url"] = address
    return response
