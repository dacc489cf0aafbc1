"""What is public of profiles: that of an initiative, year on year; those of a territory, together."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from frontend.profiles_shown import axis, dimensions
from frontend.views.initiative import elsewhere, read
from frontend.views.profiles import shown
from questionnaires import owning, statistics
from questionnaires.anonymity import FEWEST
from questionnaires.models import Questionnaire
from questionnaires.radar import radar
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve


@require_safe
def of_initiative(request: HttpRequest, slug: str) -> HttpResponse:
    """The public profiles of an initiative, by questionnaire; 404 where it has none."""
    found = read(slug)
    if found is None:
        return elsewhere(request, slug)
    profiles = owning.shared(found)
    if not profiles:
        raise Http404
    context = {"initiative": found, "profiles": [shown(last, earlier) for last, *earlier in profiles]}
    return render(request, "frontend/together/profile.html", context)


@require_safe
def of_territory(request: HttpRequest, id: str) -> HttpResponse:
    """What the profiles of a territory say together, from five on."""
    try:
        found = resolve(id)
    except UnknownTerritory:
        raise Http404 from None
    if found.pk != id:
        return HttpResponsePermanentRedirect(reverse("frontend:territory_profiles", args=[found.pk]))
    counted = (statistics.of_territory(found, each) for each in Questionnaire.objects.order_by("pk"))
    context = {
        "territory": found,
        "together": [drawn_together(each) for each in counted if each is not None],
        "fewest": FEWEST,
    }
    return render(request, "frontend/together/territory.html", context)


def drawn_together(found: statistics.Statistics) -> dict[str, Any]:
    """What the profiles by one questionnaire say together, as a page shows it."""
    rows = dimensions(found.version.parsed, found.dimensions)
    return {"told": found, "rows": rows, "radar": radar([axis(each) for each in rows])}
