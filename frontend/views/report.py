"""« Signaler une erreur » : what a reader says of an initiative, without an account."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from directory import publishing
from directory.models import Initiative, Merge, Report
from frontend.pace import WINDOW, too_often
from frontend.reporting import ReportForm

MOST = 5  # reports of one address in an hour


# No cookie is given for this: the form does nothing in the name of an account, and carries a
# signed time of its own.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    found = reported(slug)
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
        response = page(request, found, form, status=429)
        response["Retry-After"] = str(WINDOW)
        return response
    told = {name: form.cleaned_data[name] for name in ("reason", "message", "email")}
    made = publishing.report(found, **told, language=(get_language() or "fr")[:2])
    response = HttpResponse(status=303)
    response["Location"] = reverse("frontend:reported", args=[found.slug, made.reference])
    return response


@never_cache
@require_safe
def thanks(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    found = reported(slug)
    told = None if "\x00" in reference else Report.objects.filter(reference=reference).first()
    if told is None or told.initiative_id != found.pk:
        raise Http404
    context = {"initiative": found, "reference": reference, "answered": bool(told.email)}
    return render(request, "frontend/reported.html", context)


def reported(slug: str) -> Initiative:
    """The published initiative of this name, closed or not, or the one that it was merged into; 404."""
    if "\x00" in slug:
        raise Http404
    published = Initiative.objects.published().only("slug", "name")
    found = published.filter(slug=slug).first()
    if found is None:
        merged = Merge.objects.filter(slug=slug).values("target")
        found = published.filter(pk__in=merged).first()
    if found is None:
        raise Http404
    return found


def page(request: HttpRequest, found: Initiative, form: ReportForm, **options: Any) -> HttpResponse:
    return render(request, "frontend/report.html", {"initiative": found, "form": form}, **options)
