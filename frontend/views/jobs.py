"""« Travaux »: what one asked to be done in the background, how far it is, what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from directory import tasks
from directory.permissions import Action, may, require
from frontend.views.roles import person_of
from jobs import upkeep, work
from jobs.models import Work

PER_PAGE = 20
FAILED_SHOWN = 50

# What an administrator may ask for, by the name in its address.
OFFERED = {
    "recompter": (
        tasks.recount,
        gettext_lazy("Recompter la carte"),
        gettext_lazy(
            "Compare les comptes de la carte, des filtres et des mots avec les fiches, puis les refait."
            " Le site reste ouvert."
        ),
    ),
}


def seen(request: HttpRequest, uuid: UUID) -> Work:
    """This work, if it is for the visitor to see; else 404."""
    person = person_of(request)
    found = Work.objects.filter(uuid=uuid).select_related("asked_by").first()
    if found is None or not (found.asked_by_id == person.pk or may(person, Action.SEE_ALL_JOBS)):
        raise Http404
    return found


@never_cache
@require_safe
@login_required
def jobs(request: HttpRequest) -> HttpResponse:
    """One's own, latest first; an administrator sees everybody's, and how the queue stands."""
    person = person_of(request)
    sees_all = may(person, Action.SEE_ALL_JOBS)
    rows = Work.objects.select_related("asked_by")
    context: dict[str, Any] = {
        "page": Paginator(rows if sees_all else rows.filter(asked_by=person), PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "sees_all": sees_all,
    }
    if sees_all:
        context |= {
            "standing": upkeep.standing(),
            "failed": upkeep.failed()[:FAILED_SHOWN],
            "offered": [(name, label, about) for name, (_task, label, about) in OFFERED.items()],
        }
    return render(request, "frontend/account/jobs.html", context)


@never_cache
@require_safe
@login_required
def job(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One work; htmx asks for its state alone, again and again while it goes on."""
    one = seen(request, uuid)
    part = bool(request.headers.get("HX-Request"))
    template = "frontend/account/_work.html" if part else "frontend/account/job.html"
    percent = round(100 * one.done / one.total) if one.total else 0
    # What was said already is not said again.
    announce = part and request.GET.get("vu") != f"{one.state}-{one.done}"
    return render(request, template, {"work": one, "percent": percent, "announce": announce})


@never_cache
@require_POST
@login_required
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    one = seen(request, uuid)
    if work.cancel(one):
        messages.success(request, _("L’annulation est demandée."))
    else:
        messages.success(request, _("Ce travail était déjà fini."))
    return redirect("people:job", one.uuid)


@never_cache
@require_POST
@login_required
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """An administrator asks for work; asked twice, it is the same work."""
    person = person_of(request)
    require(person, Action.SEE_ALL_JOBS)
    if name not in OFFERED:
        raise Http404
    task, label, _about = OFFERED[name]
    one = work.ask(task, by=person, label=str(label), unique=f"offered:{name}")
    return redirect("people:job", one.uuid)


@never_cache
@require_POST
@login_required
def retry(request: HttpRequest, number: int) -> HttpResponse:
    """An administrator queues a failed job again."""
    require(person_of(request), Action.SEE_ALL_JOBS)
    if number >= 2**63 or not upkeep.retry(number):
        raise Http404
    messages.success(request, _("Le travail est remis dans la file."))
    return redirect("people:jobs")
