"""One's sessions: opening one, its code on the screen, its figures, its end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pace import too_often
from frontend.guarded import later
from frontend.together_file import csv_of
from frontend.together_forms import SessionForm
from frontend.views.roles import person_of
from frontend.views.together import figures
from printing.codes import code
from questionnaires import gathered
from questionnaires import sessions as verbs
from questionnaires.errors import SessionRefused
from questionnaires.models import GroupSession

PER_PAGE = 30
OPENED = 20  # sessions, from one address of the network in an hour


def session_of(request: HttpRequest, uuid: UUID) -> GroupSession:
    """A session that this person runs; 404, or NotAllowed where it is another's."""
    rows = GroupSession.objects.select_related("version", "grouping", "opened_by")
    found = get_object_or_404(rows, uuid=uuid)
    verbs.require_holds(person_of(request), found)
    return found


@never_cache
@require_safe
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    page = Paginator(verbs.own_sessions(person_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(each, gathered.numbers(each)[0]) for each in page]
    return render(request, "frontend/account/profiles/sessions.html", {"page": page, "rows": rows})


@method_decorator([never_cache, login_required], name="dispatch")
class OpenSession(View):
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, SessionForm(person=person_of(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        person = person_of(request)
        form = SessionForm(request.POST, person=person)
        if form.is_valid() and too_often(request, "session-opened", OPENED):
            form.add_error(
                None,
                _("Beaucoup de séances ont été ouvertes depuis votre connexion. Revenez dans une heure."),
            )
            return later(self.page(request, form, status=429))
        if form.is_valid():
            try:
                made = verbs.open_session(person, **form.told())
            except SessionRefused as refused:
                form.add_error("circles", str(refused))
            else:
                messages.success(request, _("La séance est ouverte. Donnez son code, ou montrez son image."))
                return redirect("people:group_session", made.uuid)
        return self.page(request, form)

    def page(self, request: HttpRequest, form: SessionForm, **options: Any) -> HttpResponse:
        return render(request, "frontend/account/profiles/session_open.html", {"form": form}, **options)


@never_cache
@require_safe
@login_required
def session(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The code, how to join, what the group answered: the holder sees no more than the group does."""
    found = session_of(request, uuid)
    address = f"{settings.SITE_URL}{reverse('frontend:group_session', args=[found.code])}"
    context: dict[str, Any] = {"session": found, "address": address, **figures(found)}
    if found.is_open:
        context["qr"] = code(address)
    return render(request, "frontend/account/profiles/session.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change(request: HttpRequest, uuid: UUID, do: str) -> HttpResponse:
    """End it, or erase it: a page that asks, then does."""
    found = session_of(request, uuid)
    if do not in ("terminer", "effacer"):
        raise Http404
    if request.method != "POST":
        return render(request, "frontend/account/profiles/session_change.html", {"session": found, "do": do})
    if do == "terminer":
        verbs.end(found, person_of(request))
        messages.success(request, _("La séance est terminée."))
        return redirect("people:group_session", found.uuid)
    verbs.discard(found, person_of(request))
    messages.success(request, _("La séance est effacée, avec ce qui y a été répondu."))
    return redirect("people:group_sessions")


@never_cache
@require_safe
@login_required
def file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The figures of the group, and nobody's answers; nothing of fewer than five."""
    found = session_of(request, uuid)
    aggregate = gathered.figures(found) if verbs.visible(found) else None
    if aggregate is None:
        messages.error(request, _("Il n’y a pas encore de chiffres à emporter."))
        return redirect("people:group_session", found.uuid)
    return csv_of(found, aggregate)
