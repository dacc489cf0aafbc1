"""Telling those whom it concerns that an event does not take place: who registered, who was invited.

Each address is written to once, whatever it is there for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import override

from directory.contacts import token_of as details_token
from directory.letters import page
from events.inviting import UNANSWERED, invitations
from events.letters import about_event
from events.models import Event, InvitationStatus
from events.registering import HELD, token_of
from mail.posting import post
from mail.writing import known_language


@dataclass(frozen=True, slots=True)
class Told:
    """One letter to write. ``context``: what is said to this person beside what is said of the event."""

    letter: str
    email: str
    language: str
    context: dict[str, Any]


def tell(event: Event) -> int:
    """Write to everybody who counts on this event that it is cancelled, in the caller's transaction; how many
    letters. None where it is over already: those who were to come know."""
    if event.end <= timezone.now():
        return 0

    @cache
    def about(language: str) -> dict[str, Any]:
        with override(language):
            return about_event(event)

    written = set[str]()
    for told in (*_registered(event), *_invited(event)):
        if told.email.lower() not in written:
            written.add(told.email.lower())
            language = known_language(told.language)
            post(told.letter, told.email, language, {**about(language), **told.context})
    return len(written)


def _registered(event: Event) -> Iterator[Told]:
    """Who comes, and who waits for a place."""
    for row in event.registrations.filter(state__in=HELD).exclude(email=""):
        with override(row.language):
            context = {"name": row.name, "own": page("people:own_registration", token_of(row))}
        yield Told("events.called_off", row.email, row.language, context)


def _invited(event: Event) -> Iterator[Told]:
    """Who was invited, still agrees to be, and did not decline; those whose registration has an address are
    told as such."""
    registered = event.registrations.filter(state__in=HELD, invitation=OuterRef("pk")).exclude(email="")
    rows = invitations(event, (*UNANSWERED, InvitationStatus.COMING)).exclude(Exists(registered))
    for each in rows.exclude(contact__email=""):
        contact = each.contact
        with override(contact.language):
            context = {
                "name": contact.name,
                "initiative": contact.initiative.name,
                "rights": page("people:own_details", details_token(contact)),
            }
        yield Told("events.called_off_invited", contact.email, contact.language, context)
