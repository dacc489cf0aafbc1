"""What events hold of a person who has an account; what was announced stays, without the account."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.personal import register
from events.models import Event, Invitation, Registration


def announced(person: User) -> list[dict[str, Any]]:
    """The events that this person announced."""
    made = Event.objects.filter(created_by=person).order_by("created_at", "pk")
    return [dict(each) for each in made.values("slug", "title", "start", "status", "created_at")]


def registrations(person: User) -> list[dict[str, Any]]:
    """What she told when she registered under the address of her account, where she sat, whether she came."""
    rows = Registration.objects.filter(email__iexact=person.email).select_related("event", "initiative")
    told = ("name", "role", "structure", "town", "public", "image_right", "listed", "wording_version")
    return [
        {
            "event": each.event.slug,
            "held": each.event.start,
            "registered": each.created_at,
            **{name: getattr(each, name) for name in told},
            "initiative": each.initiative.slug if each.initiative else None,
            "choices": list(each.choices.values("session__title", "rank")),
            "workshops": list(each.seats.values("session__title", "waiting", "by_hand")),
            "state": each.state,
            "came": each.came,
        }
        for each in rows.order_by("created_at", "pk")
    ]


def forget_registrations(person: User) -> None:
    Registration.objects.filter(email__iexact=person.email).delete()


def invitations(person: User) -> list[dict[str, Any]]:
    """The events to which she was invited as a contact; they go with her contact."""
    rows = Invitation.objects.filter(contact__email__iexact=person.email).order_by("invited_at", "pk")
    told = ("event__slug", "status", "by_mail", "invited_at", "reminded_at", "answered_at")
    return [dict(each) for each in rows.values(*told)]


register("events", announced)
register("event_registrations", registrations, forget_registrations)
register("event_invitations", invitations)
