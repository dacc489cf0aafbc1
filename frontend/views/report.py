"""« Signaler une erreur » : what a reader says of an initiative, without an account."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.pace import too_often
from directory import publishing
from directory.models import Initiative, Report
from frontend.guarded import later, without_account, written_about
from frontend.reporting import ReportForm

MOST = 5  # reports of one address in an hour


@without_account
def report(request: HttpRequest, slug: str) -> HttpResponse:
    found = written_about(slug)
    if request.method != "POST":
        if found.slug != slug:
            return HttpResponsePermanentRedirect(reverse("frontend:report", args=[found.slug]))
        return page(request, found, ReportForm(slug=found.slug))
    form = ReportForm(request.POST, slug=found.slug)
    if not form.is_valid():
        return page(request, found, form)
    if too_often(request, "report", MOST):
        form.add_error(
            None, _("Plusieurs messages sont déjà venus de votre connexion. Envoyez celui-ci dans une heure.")
        )
        return later(page(request, found, form, status=429))
    told = {name: form.cleaned_data[name] for name in ("reason", "message", "email")}
    made = publishing.report(found, **told, language=(get_language() or "fr")[:2])
    onward = reverse("frontend:reported", args=[found.slug, made.reference])
    return HttpResponse(status=303, headers={"Location": onward})


@never_cache
@require_safe
def thanks(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    found = written_about(slug)
    told = None if "\x00" in reference else Report.objects.filter(reference=reference).first()
    if told is None or told.initiative_id != found.pk:
        raise Http404
    context = {"initiative": found, "reference": reference, "answered": bool(told.email)}
    return render(request, "frontend/reported.html", context)


def page(request: HttpRequest, found: Initiative, form: ReportForm, **options: Any) -> HttpResponse:
    return render(request, "frontend/report.html", {"initiative": found, "form": form}, **options)
