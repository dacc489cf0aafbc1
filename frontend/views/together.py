"""Answering together, by telephone, without an account: a code leads in, figures come as they are given."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.pace import is_spent, too_often
from frontend.guarded import View, later, without_account
from frontend.profiles_shown import group, language
from questionnaires import gathered, sessions
from questionnaires.anonymity import FEWEST
from questionnaires.errors import SessionRefused
from questionnaires.models import GroupSession

# In an hour, of one address of the network: a whole room may join by one, and mistype; codes are not guessed.
JOINED, MISSED = 300, 300


class TriedTooOften(Exception):
    """Many codes came from one address of the network that no session has."""


def codes_counted(view: View) -> View:
    """A page that a code opens: who tried too many is told so, even with a good one."""

    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TriedTooOften:
            fault = _("Trop de codes ont été essayés depuis votre connexion. Revenez dans une heure.")
            return later(render(request, "frontend/together/enter.html", {"fault": fault}, status=429))

    return counted


@never_cache
@require_safe
@codes_counted
def enter(request: HttpRequest) -> HttpResponse:
    """The code of a session, typed."""
    typed = request.GET.get("code", "").replace("\x00", "")[:40]
    fault = ""
    if typed:
        try:
            return redirect("frontend:group_session", session_of(request, typed).code)
        except Http404:
            fault = _("Aucune séance n’a ce code. Regardez-le de nouveau : il a sept signes.")
    return render(request, "frontend/together/enter.html", {"typed": typed, "fault": fault})


def session_of(request: HttpRequest, code: str) -> GroupSession:
    """The session of this code. 404, which is counted: TriedTooOften after so many, whatever the code."""
    if is_spent(request, "session-code", MISSED):
        raise TriedTooOften
    found = sessions.called(code)
    if found is None:
        if too_often(request, "session-code", MISSED):
            raise TriedTooOften
        raise Http404
    return found


@without_account
@codes_counted
def join(request: HttpRequest, code: str) -> HttpResponse:
    """What it is about, and who one is if one likes; a POST begins."""
    session = session_of(request, code)
    context = {"session": session, "fewest": FEWEST, "fault": ""}
    if request.method != "POST" or not session.is_open:
        return render(request, "frontend/together/join.html", context)
    if too_often(request, "session-joined", JOINED):
        context["fault"] = _("Beaucoup de réponses viennent de votre connexion. Revenez dans une heure.")
        return later(render(request, "frontend/together/join.html", context, status=429))
    try:
        key = sessions.join(session, circle_of(request, session), language())
    except SessionRefused as refused:
        return render(request, "frontend/together/join.html", context | {"fault": str(refused)}, status=409)
    first = session.version.parsed.dimensions[0].slug
    onward = reverse("people:assessment_questions", args=[key, first])
    return HttpResponse(status=303, headers={"Location": onward})


def circle_of(request: HttpRequest, session: GroupSession) -> int | None:
    """What was ticked, where it is one of the session's; what is strange counts for nothing."""
    given = request.POST.get("circle", "")
    known = {str(place): place for place in range(len(session.circles))}
    return known.get(given)


@never_cache
@vary_on_headers("HX-Request")
@require_safe
@codes_counted
def results(request: HttpRequest, code: str) -> HttpResponse:
    """What the group answered, from five answers on; htmx asks again, and is told of what changed alone."""
    session = session_of(request, code)
    finished, begun = gathered.numbers(session)
    seen = f"{finished}-{begun}-{session.is_open}"
    part = bool(request.headers.get("HX-Request"))
    if part and request.GET.get("vu") == seen:
        return HttpResponse(status=204)
    context = {"session": session, "seen": seen, **figures(session)}
    template = "frontend/together/_figures.html" if part else "frontend/together/results.html"
    return render(request, template, context)


def figures(session: GroupSession) -> dict[str, object]:
    """What the pages of a session say of its answers."""
    finished, begun = gathered.numbers(session)
    found = gathered.figures(session) if sessions.visible(session) else None
    return {
        "finished": finished,
        "begun": begun,
        "missing": max(0, FEWEST - finished),
        "fewest": FEWEST,
        "visible": sessions.visible(session),
        "group": found and group(session.version.parsed, found, session.circles),
    }
