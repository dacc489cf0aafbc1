"""« Mes initiatives »: the pages that a person keeps, each with what it lacks and what waits there."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from contributions import telling
from directory.permissions import Action
from directory.roles import decidable
from frontend import own_pages
from frontend.views.history import initiative_of
from frontend.views.roles import person_of


@never_cache
@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    requests = decidable(person)
    rows = [
        (each, len(own_pages.waiting(each, requests)), len(own_pages.missing(each)))
        for each in own_pages.kept_by(person)
    ]
    asked = person.roles.waiting().filter(kind="owner").select_related("initiative").order_by("asked_at")
    return render(request, "frontend/account/own/list.html", {"rows": rows, "asked": asked})


@never_cache
@require_safe
@login_required
def one(request: HttpRequest, slug: str) -> HttpResponse:
    """The home of those who keep a page; of moderators too, who may edit it."""
    found, person = initiative_of(request, slug, Action.EDIT_INITIATIVE), person_of(request)
    context = {
        "initiative": found,
        "waiting": own_pages.waiting(found, decidable(person)),
        "missing": own_pages.missing(found),
        "team": own_pages.team(found),
        "told": telling.wanted(person, found),
        "own": own_pages.team(found).filter(person=person).first(),
        "assess_href": own_pages.at("people:assessments"),
        "links_href": own_pages.at("people:tie_initiative", found.slug),
        "photo_href": own_pages.at("people:initiative_photo", found.slug),
        "edit_href": own_pages.at("people:initiative_edit", found.slug),
    }
    return render(request, "frontend/account/own/one.html", context)


@never_cache
@require_POST
@login_required
def letters(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether one is told by mail of what others change on this page."""
    found, person = initiative_of(request, slug, Action.AGREE_AS_MEMBER), person_of(request)
    letters = request.POST.get("letters") == "yes"
    telling.want(person, found, letters)
    messages.success(
        request,
        _("Un courriel vous préviendra.") if letters else _("Vous ne recevrez plus ces courriels."),
    )
    return redirect("people:own_initiative", found.slug)
