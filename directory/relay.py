"""Messages passed on to an initiative without showing its address. Nothing of them is kept here: the queue of
mail holds what it must send, and two counts say how many there were in an hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from directory.contacts import shown
from directory.errors import BadLink, TooMany, Unreachable
from directory.letters import page
from directory.models import ActivityState, Contact, Initiative, Origin, Publication, RelayCount, RelayStop
from mail.models import Message
from mail.posting import post
from mail.writing import known_language

SALT = "directory.relay.stop"
WINDOW = timedelta(hours=1)
MOST_OF_A_VISITOR = 5
MOST_TO_AN_INITIATIVE = 20


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message reaches: the organisation, or a person of it who agreed to be named publicly."""

    address: str
    language: str
    contact: Contact | None = None


def recipient(initiative: Initiative, persons: Sequence[Contact] | None = None) -> Recipient | None:
    """Whom the form writes to; None where nobody can be or wants to be. ``persons`` are those that are
    ``shown``, where they were read already."""
    published = initiative.publication == Publication.PUBLISHED
    if not published or initiative.activity_state == ActivityState.CLOSED:
        return None
    if initiative.origin == Origin.SYNTHETIC:  # its address is invented, and may be somebody's
        return None
    reachable = [each for each in (shown(initiative) if persons is None else persons) if each.email]
    if not initiative.email and not reachable:
        return None
    stopped = set(initiative.relay_stops.values_list("contact", flat=True))
    if initiative.email and None not in stopped:
        return Recipient(initiative.email, known_language(initiative.language))
    for contact in reachable:
        if contact.pk not in stopped:
            return Recipient(contact.email, known_language(contact.language), contact)
    return None


@transaction.atomic
def pass_on(
    initiative: Initiative, name: str, email: str, message: str, visitor: str, now: datetime | None = None
) -> Message:
    """Queue a visitor's message; the answer goes to ``email``. ``visitor`` is a keyed hash of who writes.

    Unreachable where nobody can be written to, TooMany beyond what an hour allows.
    """
    reached = recipient(initiative)
    if reached is None:
        raise Unreachable
    limits = {f"from {visitor}": MOST_OF_A_VISITOR, f"to {initiative.pk}": MOST_TO_AN_INITIATIVE}
    _count(limits, now or timezone.now())
    with override(reached.language):
        context = {
            "initiative": initiative.name,
            "name": name,
            "email": email,
            "message": message,
            "link": page("frontend:initiative", initiative.slug),
            "stop": page("people:relay_stop", stop_token(initiative, reached.contact)),
        }
    return post("directory.relayed", reached.address, reached.language, context, reply_to=email)


def _count(limits: Mapping[str, int], now: datetime) -> None:
    """Count one for each key. Their rows are held until the end, so that processes count together."""
    for key in sorted(limits):
        RelayCount.objects.get_or_create(key=key, defaults={"since": now})
    for row in RelayCount.objects.select_for_update().filter(key__in=limits).order_by("key"):
        if row.since <= now - WINDOW:
            row.since, row.n = now, 0
        if row.n >= limits[row.key]:
            raise TooMany
        row.n += 1
        row.save(update_fields=["since", "n"])


def stop_token(initiative: Initiative, contact: Contact | None) -> str:
    """What stops the messages. It does not expire: who wants no more of them may find an old one."""
    return signing.dumps([initiative.pk, contact.pk if contact else None], salt=SALT)


def by_stop_token(token: str) -> tuple[Initiative, Contact | None]:
    """Whose messages this link stops. BadLink where it was forged, or they are gone."""
    try:
        pk, contact_pk = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadLink from None
    initiative = Initiative.objects.filter(pk=pk).first()
    if initiative is None:
        raise BadLink
    contact = initiative.contacts.filter(pk=contact_pk).first()
    if contact is None and contact_pk is not None:
        raise BadLink
    return initiative, contact


@transaction.atomic
def stop(initiative: Initiative, contact: Contact | None = None) -> None:
    """No more messages through the form to the organisation, or to this contact of it."""
    RelayStop.objects.get_or_create(initiative=initiative, contact=contact)


@transaction.atomic
def resume(initiative: Initiative, contact: Contact | None = None) -> None:
    """Messages through the form again: asked by who answers for the initiative."""
    RelayStop.objects.filter(initiative=initiative, contact=contact).delete()
