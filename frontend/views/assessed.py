"""What is public of profiles: that of an initiative, year on year; those of a territory, together."""

from __future__ import annotations

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
from questionnaires.versions import PROFILE
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve


@require_safe
def of_initiative(request: HttpRequest, slug: str) -> HttpResponse:
    """The public profiles of an initiative; 404 where it has none."""
    found = read(slug)
    if found is None:
        return elsewhere(request, slug)
    profiles = owning.shared(found)
    if not profiles:
        raise Http404
    context = {**shown(profiles[0], profiles[1:]), "initiative": found}
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
    questionnaire = Questionnaire.objects.filter(slug=PROFILE).first()
    together = statistics.of_territory(found, questionnaire) if questionnaire else None
    rows = dimensions(together.version.parsed, together.dimensions) if together else []
    context = {
        "territory": found,
        "together": together,
        "rows": rows,
        "fewest": FEWEST,
        "nested": found.kind in statistics.NESTED,
        "radar": radar([axis(each) for each in rows]) if rows else None,
    }
    return render(request, "frontend/together/territory.html", context)
