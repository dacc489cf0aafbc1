"""The diagnosis of a territory, as a page."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from diagnosis.report import report
from diagnosis.sheet import sheets
from frontend.diagnosis.chapters import context_of
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve


@require_safe
def diagnosis(request: HttpRequest, id: str) -> HttpResponse:
    try:
        found = resolve(id)
    except UnknownTerritory:
        raise Http404 from None
    if found.pk != id:
        return HttpResponsePermanentRedirect(reverse("frontend:diagnosis", args=[found.pk]))
    return render(request, "frontend/diagnosis/page.html", context_of(report(found)))


@require_safe
def indicators(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/diagnosis/indicators.html", {"sheets": sheets().values()})
