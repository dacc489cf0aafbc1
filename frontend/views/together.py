"""Answering together, by telephone, without an account: a code leads in, figures come as they are given."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from frontend.guarded import later, without_account
from frontend.pace import too_often
from frontend.profiles_shown import group, language
from questionnaires import gathered, sessions
from questionnaires.anonymity import FEWEST
from questionnaires.errors import SessionRefused
from questionnaires.models import GroupSession

# In an hour, of one address of the network: a whole room may join by one; codes are not to be guessed.
JOINED, MISSED = 300, 60


@never_cache
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """The code of a session, typed."""
    typed = request.GET.get("code", "").replace("\x00", "")[:40]
    fault, status = "", 200
    if typed:
        found = sessions.called(typed)
        if found is not None:
            return redirect("frontend:group_session", found.code)
        fault = _("Aucune séance n’a ce code. Regardez-le de nouveau : il a sept signes.")
        if too_often(request, "session-code", MISSED):
            fault, status = (
                _("Trop de codes ont été essayés depuis votre connexion. Revenez dans une heure."),
                429,
            )
    response = render(
        request, "frontend/together/enter.html", {"typed": typed, "fault": fault}, status=status
    )
    return later(response) if status == 429 else response


def session_of(request: HttpRequest, code: str) -> GroupSession:
    """The session of this code; 404. Seven signs of thirty: to try them all would take centuries."""
    found = sessions.called(code)
    if found is None:
        raise Http404
    return found


@without_account
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
