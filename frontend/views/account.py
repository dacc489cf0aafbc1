"""« Mon compte »: what the site holds of a person, and what that person may do with it."""

from __future__ import annotations

import json
from typing import cast

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.internal.flows.sessions import end_sessions
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from accounts import personal
from accounts.errors import LastAdministrator
from accounts.forms import LeaveForm, ProfileForm
from accounts.models import User
from accounts.signing_in import living_sessions, must_prove

GET_OR_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_OR_POST)
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """The profile: a name, if one likes, and a language, which is also that of the letters."""
    person = cast(User, request.user)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=person)
    if form.is_valid():
        form.save()
        with override(person.language):  # of the page that comes next
            messages.success(request, _("Votre profil est enregistré."))
            return redirect(reverse("people:account"))
    person.refresh_from_db()  # what was refused is shown in the form only
    return render(request, "frontend/account/index.html", {"form": form})


@require_http_methods(GET_OR_POST)
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """The browsers that are signed in; each is ended by its owner, or all but this one."""
    person = cast(User, request.user)
    living = living_sessions(person)
    if request.method != "POST":
        return render(request, "frontend/account/sessions.html", {"sessions": living})
    named = request.POST.get("session", "")
    chosen = [
        each for each in living if (not each.is_current() if named == "others" else str(each.pk) == named)
    ]
    if named != "others" and not chosen:
        raise Http404
    end_sessions(request, chosen)
    messages.success(request, _("C’est fait : ces sessions sont fermées."))
    return redirect("people:sessions")


@require_safe
@login_required
def data(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/account/data.html")


@require_safe
@login_required
@reauthentication_required
def data_file(request: HttpRequest) -> HttpResponse:
    """All that the site holds of the person who asks, as JSON that one can read."""
    person = cast(User, request.user)
    told = {"made_at": timezone.now(), "site": request.get_host()} | personal.everything(person)
    text = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    named = f'attachment; filename="maillage-{timezone.localdate():%Y-%m-%d}.json"'
    return HttpResponse(text, content_type="application/json", headers={"Content-Disposition": named})


@require_http_methods(GET_OR_POST)
@login_required
@reauthentication_required
def leave(request: HttpRequest) -> HttpResponse:
    """Erase one's account: what it means is said, and one's address is asked for."""
    person = cast(User, request.user)
    if must_prove(request, person):
        messages.info(request, _("Pour effacer votre compte, connectez-vous de nouveau par un lien."))
        return redirect(f"{reverse('people:link')}?next={reverse('people:leave')}")
    form = LeaveForm(request.POST if request.method == "POST" else None, person=person)
    if not form.is_valid():
        return render(request, "frontend/account/leave.html", {"form": form})
    try:
        personal.erase(person)
    except LastAdministrator:
        return render(request, "frontend/account/last_administrator.html", status=409)
    logout(request)
    return redirect("people:left")


@require_safe
def left(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/account/left.html")
