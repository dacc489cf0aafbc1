"""« S’inscrire » : to an event, without an account; the links by which one answers or cancels."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.pace import too_often
from directory.errors import BadLink
from events import inviting, registering
from events.closing import deadline
from events.consent import CURRENT, wording
from events.errors import RegistrationRefused
from events.models import Event, Invitation, InvitationStatus, RegistrationState, Status
from events.moments import most_people
from events.said import when, where
from frontend.attending_forms import OwnRegistration, RegistrationForm
from frontend.guarded import later, without_account

MOST = 20  # registrations of one address of the network in an hour: a whole office may register


def announced(slug: str) -> Event:
    """The event of this name that the public may see; 404."""
    if "\x00" in slug:
        raise Http404
    rows = Event.objects.exclude(status=Status.DRAFT).select_related("commune")
    found = rows.defer("commune__geometry").filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


@without_account
def register(request: HttpRequest, slug: str) -> HttpResponse:
    event = announced(slug)
    invitation = invited(request, event)
    if request.method != "POST":
        form = RegistrationForm(event=event, slug=event.slug, initial=prefilled(invitation))
        return page(request, event, form, invitation)
    form = RegistrationForm(request.POST, event=event, slug=event.slug)
    if not form.is_valid():
        return page(request, event, form, invitation)
    if too_often(request, "registration", MOST):
        form.add_error(
            None,
            _("Beaucoup d’inscriptions sont déjà venues de votre connexion. Revenez dans une heure."),
        )
        return later(page(request, event, form, invitation, status=429))
    language = (get_language() or "fr")[:2]
    try:
        registering.register(event, form.told(), form.wishes(), language, invitation)
    except RegistrationRefused as refused:  # closed or full since the form was opened
        form.add_error(None, str(refused))
        return page(request, event, form, invitation)
    return HttpResponse(status=303, headers={"Location": reverse("frontend:event_registered", args=[slug])})


def invited(request: HttpRequest, event: Event) -> Invitation | None:
    """Whose invitation led here, if one did; one of another event, or forged, counts for nothing."""
    token = (request.POST if request.method == "POST" else request.GET).get("invitation", "")
    try:
        found = inviting.by_token(token) if token else None
    except BadLink:
        return None
    return found if found and found.event_id == event.pk else None


def prefilled(invitation: Invitation | None) -> dict[str, Any]:
    if invitation is None:
        return {}
    contact = invitation.contact
    at = contact.initiative
    return {
        "name": contact.name,
        "email": contact.email,
        "role": contact.role,
        "structure": at.name,
        "town": at.commune.name if at.commune else at.locality,
        "public": "initiative",
        "sector": at.main_sector,
    }


def page(
    request: HttpRequest, event: Event, form: RegistrationForm, invitation: Invitation | None, **options: Any
) -> HttpResponse:
    context = {
        **about(event),
        "form": form,
        "invitation": inviting.token_of(invitation) if invitation else "",
        "closed": registering.why_closed(event),
        "full": is_full(event),
        "information": wording("information"),
    }
    return render(request, "frontend/registration/register.html", context, **options)


def about(event: Event) -> dict[str, Any]:
    return {"event": event, "when": when(event.start, event.end), "where": where(event)}


def is_full(event: Event) -> bool:
    most = most_people(event)
    coming = event.registrations.filter(state=RegistrationState.COMING)
    return most is not None and coming.count() >= most


@never_cache
@require_safe
def registered(request: HttpRequest, slug: str) -> HttpResponse:
    """The same, whether the address was registered already or not."""
    return render(request, "frontend/registration/registered.html", about(announced(slug)))


# -- By the link of a letter: no cookie, and it is all the authority needed ---------------------------


@without_account
def own(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows, a POST changes."""
    row = registering.by_token(token)
    event = row.event
    over = bool(event.end <= timezone.now())
    sent = request.POST if request.method == "POST" and not over else None
    form = OwnRegistration(sent, event=event, registration=row)
    if sent is not None and form.is_valid():
        try:
            registering.correct(row, form.told(), form.wishes())
        except RegistrationRefused as refused:
            form.add_error(None, str(refused))
        else:
            onward = f"{reverse('people:own_registration', args=[token])}?noted=1"
            return HttpResponse(status=303, headers={"Location": onward})
    kept = getattr(event, "closing", None)
    context = {
        **about(event), "registration": row, "form": form, "token": token, "over": over,
        "noted": "noted" in request.GET,
        "information": wording("information", row.wording_version or CURRENT),
        "seats": row.seats.select_related("session").order_by("session__start"),
        "erased_on": kept.kept_until if kept and kept.kept_until else deadline(event),
        "kept_reason": kept.kept_reason if kept else "",
    }  # fmt: skip
    return render(request, "frontend/registration/own.html", context)


@without_account
def own_cancel(request: HttpRequest, token: str) -> HttpResponse:
    row = registering.by_token(token)
    if request.method == "POST":
        row = registering.cancel(row)
    cancelled = row.state == RegistrationState.CANCELLED
    context = {**about(row.event), "token": token, "cancelled": cancelled}
    return render(request, "frontend/registration/cancel.html", context)


@without_account
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """« Viendrez-vous ? » : to register, or to say that one cannot come."""
    found = inviting.by_token(token)
    if request.method == "POST":
        found = inviting.decline(found)
    context = {
        **about(found.event),
        "invitation": found,
        "token": token,
        "declined": found.status == InvitationStatus.DECLINED,
        "coming": found.status == InvitationStatus.COMING,
        "closed": registering.why_closed(found.event),
    }
    return render(request, "frontend/registration/invitation.html", context)
