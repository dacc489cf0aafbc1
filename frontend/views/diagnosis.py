"""The diagnosis of a territory as a page, how one comes to it, and what its indicators mean."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from diagnosis import saving, stored
from diagnosis.catalogue import offers
from diagnosis.errors import NothingCounted
from diagnosis.model import Report
from diagnosis.peers import PEERS, peer_kind
from diagnosis.sheet import sheets
from diagnosis.zones import subject
from directory.models import Sector
from frontend.diagnosis import side_by_side
from frontend.diagnosis.asking import (
    Peers,
    asked_for,
    diagnosis_address,
    files_of,
    peers_asked,
    typed_in,
)
from frontend.diagnosis.chapters import context_of
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve
from territories.models import Kind, Territory

UNAVAILABLE = 503
LARGEST_FIRST = list(Kind.values)


@require_safe
def diagnosis(request: HttpRequest, id: str) -> HttpResponse:
    try:
        found = subject(resolve(id))
    except UnknownTerritory:
        raise Http404 from None
    sector, refused = sector_asked(request)
    peers = peers_asked(request, found, sector.slug if sector else "")
    canonical = diagnosis_address(found.pk, sector.slug if sector else "", peers.ids)
    if found.pk != id:
        return HttpResponsePermanentRedirect(canonical)
    if peers.added and peers.added.sure:
        return HttpResponseRedirect(peers.added.choices[0].href)
    if len(request.GET.getlist("peers")) > 1 and not peers.refused and not peers.added:
        return HttpResponseRedirect(canonical)  # what the form sends, in an address that can be shared
    try:
        made = stored.read(found, peers.ids)
    except NothingCounted:
        return render(request, "frontend/diagnosis/uncounted.html", {"territory": found}, status=UNAVAILABLE)
    levers = offers(found, sector.pk if sector else None)
    asked_there = "".join(canonical.partition("?")[1:])
    context = {
        **context_of(made, sector.slug if sector else None, levers=levers.found),
        **asked(made, found, sector, peers),
        "levers_over": levers.over,
        "levers_more": levers.more,
        "refused": [*refused, *peers.refused],
        "permalink": canonical,
        "published": saving.published().filter(territory=found).exists(),
        "save_href": reverse("people:diagnosis_save", args=[found.pk]) + asked_there,
        "files": files_of(found.pk, sector.slug if sector else "", peers.ids),
    }
    return render(request, "frontend/diagnosis/page.html", context)


def sector_asked(request: HttpRequest) -> tuple[Sector | None, list[str]]:
    """The sector of ``sector=``, or what to say of it."""
    slug = typed_in(request.GET.get("sector", ""))
    found = Sector.objects.filter(slug=slug).first() if slug else None
    if slug and found is None:
        return None, [_("Aucun secteur ne s’appelle « {slug} » : voici tous les secteurs.").format(slug=slug)]
    return found, []


def asked(made: Report, found: Territory, sector: Sector | None, peers: Peers) -> dict[str, Any]:
    """What only the page on a screen has: other scales, other sectors, other peers."""
    slug = sector.slug if sector else ""
    return {
        "territory": found,
        "scales": [(place, diagnosis_address(place.pk, slug)) for place in [found, *scales_of(made, found)]],
        "sector_slug": slug,
        "sector_choices": [(each.slug, each.label) for each in made.sectors],
        "whole_href": diagnosis_address(found.pk, "", peers.ids),
        "peers_form": {
            "peers": sorted(made.peers, key=lambda zone: zone.name),
            "chosen": bool(peers.ids),
            "added": peers.added,
            "most": PEERS,
            "kind": Kind(peer_kind(found.kind)).label,
            "reset": diagnosis_address(found.pk, slug),
        },
    }


def scales_of(made: Report, found: Territory) -> list[Territory]:
    """What is around a territory, from the nearest: what holds all of it, and what it is compared with."""
    around = {place.pk: place for place in Territory.objects.listed().enclosing(found)}
    around |= Territory.objects.in_bulk([zone.id for zone in made.references if zone.id not in around])
    return sorted(around.values(), key=lambda place: -LARGEST_FIRST.index(place.kind))


@require_safe
def entry(request: HttpRequest) -> HttpResponse:
    """Search a place, and go to its diagnosis."""
    typed = typed_in(request.GET.get("place", ""))
    found = asked_for(typed) if typed else None
    if found and found.sure and found.choices[0].territory.kind != Kind.COMMUNE:
        return HttpResponseRedirect(found.choices[0].href)
    return render(request, "frontend/diagnosis/entry.html", {"asked": found, "typed": typed})


@require_safe
def comparison(request: HttpRequest) -> HttpResponse:
    """Two territories side by side."""
    pair = side_by_side.pair_asked(request)
    if pair.redirect:
        return HttpResponseRedirect(pair.redirect)
    context: dict[str, Any] = {"pair": pair}
    if pair.first and pair.second:
        try:
            reports = stored.read(pair.first), stored.read(pair.second)
        except NothingCounted:
            found = {"territory": pair.first}
            return render(request, "frontend/diagnosis/uncounted.html", found, status=UNAVAILABLE)
        context |= side_by_side.context_of(*reports)
    return render(request, "frontend/diagnosis/comparison.html", context)


@require_safe
def indicators(request: HttpRequest) -> HttpResponse:
    """What each indicator means, by chapter of the report."""
    chapters = [
        (chapter, list(each)) for chapter, each in groupby(sheets().values(), lambda sheet: sheet.chapter)
    ]
    return render(request, "frontend/diagnosis/indicators.html", {"chapters": chapters})
