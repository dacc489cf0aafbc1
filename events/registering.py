"""Registering for an event: by a person, without an account, or by who holds it in her place.

A link that is sent to her address opens her registration, to correct or cancel it. Whoever registers an
address twice is told the same as the first time, and the address is sent the link of what there is: nobody
learns from a form who comes. Registrations of one event are counted together: its row is held meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override

from directory.errors import BadLink
from directory.letters import page
from directory.models import Initiative, Sector
from events.consent import CURRENT
from events.errors import RegistrationRefused
from events.holders import require_holds
from events.letters import about_event
from events.models import (
    Choice,
    Event,
    InvitationStatus,
    Registration,
    RegistrationSource,
    RegistrationState,
    Status,
)
from events.moments import Moment, moments, most_people
from events.whom import recognised, town_of
from events.workshops import fill, hold, place_late
from mail.posting import post
from mail.writing import known_language

if TYPE_CHECKING:
    from accounts.models import User
    from events.models import Invitation

SALT = "events.registering"
# What a person says of herself.
TOLD = ("name", "email", "role", "structure", "town", "public", "image_right", "listed")
HELD = (RegistrationState.COMING, RegistrationState.WAITING)
FEW = 5_000  # registrations of one event


@dataclass(frozen=True, slots=True)
class Wished:
    """For one moment: sessions by their number. ``absent``: she will not be there then."""

    first: int | None = None
    second: int | None = None
    absent: bool = False


def why_closed(event: Event, now: datetime | None = None) -> str:
    """Why one cannot register any more, or yet; empty where one can."""
    now = now or timezone.now()
    if event.status == Status.CANCELLED:
        return _("Cet évènement est annulé.")
    if event.end <= now:
        return _("Cet évènement a eu lieu.")
    if event.status != Status.PUBLISHED or not event.registration_open:
        return _("Les inscriptions ne sont pas ouvertes.")
    if event.registration_closes and timezone.localdate(now) > event.registration_closes:
        return _("Les inscriptions sont closes.")
    return ""


def to_come(event: Event) -> bool:
    """Whether it is still to take place, or takes place now: else nobody is told of a place there."""
    return event.status != Status.CANCELLED and event.end > timezone.now()


@transaction.atomic
def register(
    event: Event,
    told: Mapping[str, Any],
    wishes: Mapping[str, Wished],
    language: str = "fr",
    invitation: Invitation | None = None,
    now: datetime | None = None,
) -> Registration:
    """What a person asks by the form; RegistrationRefused where one cannot. An address that is registered
    keeps what it has, and is sent its link."""
    row = hold(event)
    if why := why_closed(row, now):
        raise RegistrationRefused(why)
    if known := _of_address(row, told["email"]):
        _letter(known, "events.already_registered")
        return known
    made = _write(row, told, wishes, language, RegistrationSource.FORM, invitation)
    _letter(made, "events.registered")
    return made


@transaction.atomic
def enter(event: Event, by: User, told: Mapping[str, Any], wishes: Mapping[str, Wished]) -> Registration:
    """What who holds an event writes for somebody, until it is over; she is told where she has an address."""
    row = hold(event)
    require_holds(by, row)
    if known := _of_address(row, told.get("email", "")):
        raise RegistrationRefused(_("Ce courriel est déjà inscrit : {name}.").format(name=known.name))
    made = _write(row, told, wishes, row.language, RegistrationSource.HAND, None)
    if made.email and to_come(row):
        _letter(made, "events.registered")
    return made


@transaction.atomic
def correct(
    registration: Registration,
    told: Mapping[str, Any],
    wishes: Mapping[str, Wished] | None = None,
    by: User | None = None,
) -> Registration:
    """Change what she said, by her link or, ``by`` given, by who holds the event. The address stays: the link
    is bound to it."""
    event = hold(registration.event)
    if by is not None:
        require_holds(by, event)
    elif event.end <= timezone.now():
        raise RegistrationRefused(_("Cet évènement a eu lieu."))
    row = Registration.objects.select_for_update().get(pk=registration.pk)
    for name in TOLD:
        if name in told and (name != "email" or by is not None):
            setattr(row, name, told[name])
    if row.email and (other := _of_address(event, row.email)) and other.pk != row.pk:
        raise RegistrationRefused(_("Ce courriel est déjà inscrit : {name}.").format(name=other.name))
    if by is None:
        row.wording_version = CURRENT
    _recognise(row, told)
    row.save()
    if wishes is not None:
        _wish(row, wishes)
    return row


@transaction.atomic
def cancel(registration: Registration, by: User | None = None) -> Registration:
    """She does not come. Her places go to who waits for them; ``by`` None: she says it by her link."""
    event = hold(registration.event)
    if by is not None:
        require_holds(by, event)
    row = Registration.objects.select_for_update().get(pk=registration.pk)
    if row.state == RegistrationState.CANCELLED:
        return row
    row.state, row.cancelled_at = RegistrationState.CANCELLED, timezone.now()
    row.save(update_fields=["state", "cancelled_at"])
    if row.invitation and row.invitation.status == InvitationStatus.COMING:
        row.invitation.status = InvitationStatus.DECLINED
        row.invitation.save(update_fields=["status"])
    freed = [seat.session for seat in row.seats.filter(waiting=False).select_related("session")]
    row.seats.all().delete()
    if event.end > timezone.now():
        _letter(row, "events.cancelled")
    if to_come(event):
        _let_in(event)
        for session in freed:
            for seat in fill(session):
                _letter(seat.registration, "events.placed", workshop=str(session))
    return row


def _let_in(event: Event) -> None:
    """Whoever waits for a place in the event gets those that are free, the first first."""
    most = most_people(event)
    coming = event.registrations.filter(state=RegistrationState.COMING).count()
    waiting = event.registrations.filter(state=RegistrationState.WAITING).order_by("created_at", "pk")
    free = None if most is None else max(0, most - coming)
    for row in waiting[:free]:
        row.state = RegistrationState.COMING
        row.save(update_fields=["state"])
        _letter(row, "events.let_in")


@transaction.atomic
def let_in(registration: Registration, by: User) -> Registration:
    """Take somebody from the waiting list, whatever the event holds: its holder decides."""
    event = hold(registration.event)
    require_holds(by, event)
    row = Registration.objects.select_for_update().get(pk=registration.pk)
    if row.state == RegistrationState.WAITING:
        row.state = RegistrationState.COMING
        row.save(update_fields=["state"])
        if to_come(event):
            _letter(row, "events.let_in")
    return row


# -- Writing it ---------------------------------------------------------------------------------------


def _of_address(event: Event, email: str) -> Registration | None:
    if not email:
        return None
    return event.registrations.filter(email__iexact=email, state__in=HELD).first()


def _write(
    event: Event,
    told: Mapping[str, Any],
    wishes: Mapping[str, Wished],
    language: str,
    source: str,
    invitation: Invitation | None,
) -> Registration:
    if event.registrations.count() >= FEW:
        raise RegistrationRefused(_("Cet évènement a déjà trop d’inscriptions."))
    most = most_people(event)
    full = most is not None and event.registrations.filter(state=RegistrationState.COMING).count() >= most
    row = Registration(
        event=event,
        language=known_language(language),
        source=source,
        state=RegistrationState.WAITING if full else RegistrationState.COMING,
        wording_version=CURRENT,
        **{name: told[name] for name in TOLD if name in told},
    )
    if invitation is not None and not Registration.objects.filter(invitation=invitation).exists():
        row.invitation, row.initiative = invitation, invitation.contact.initiative
    _recognise(row, told)
    row.save(force_insert=True)
    if row.invitation:
        row.invitation.status, row.invitation.answered_at = InvitationStatus.COMING, timezone.now()
        row.invitation.save(update_fields=["status", "answered_at"])
    _wish(row, wishes)
    return row


def _recognise(row: Registration, told: Mapping[str, Any]) -> None:
    """Her commune and her initiative, where what she typed names one and no other; what who holds the event
    says counts more."""
    row.commune = town_of(row.town, row.event)
    if "initiative" in told:
        row.initiative = told["initiative"]
    if row.initiative is None:
        row.initiative = recognised(row.structure, row.commune)
    row.sector = told.get("sector") or main_sector(row.initiative)


def main_sector(initiative: Initiative | None) -> Sector | None:
    return Sector.objects.filter(pk=initiative.main_sector).first() if initiative else None


def _wish(row: Registration, wishes: Mapping[str, Wished]) -> None:
    """Her choices anew; those for sessions that are no more are left out. Where workshops were made up
    already, she is given what is left of what she wished."""
    row.choices.all().delete()
    day = moments(row.event)
    Choice.objects.bulk_create(
        Choice(registration=row, session=session, rank=rank)
        for moment in day
        for session, rank in _ranks(moment, wishes.get(moment.key, Wished()))
    )
    if row.state == RegistrationState.COMING:
        place_late(row, day)


def _ranks(moment: Moment, wished: Wished) -> Iterable[tuple[Any, int]]:
    if wished.absent:
        return [(session, 0) for session in moment.sessions]
    first, second = moment.session(wished.first), moment.session(wished.second)
    found = [(first, 1)] if first else []
    if second and second != first:
        found.append((second, 2 if first else 1))
    return found


# -- Her own page, without an account -----------------------------------------------------------------


def token_of(registration: Registration) -> str:
    """What opens her registration: only ever sent to her own address."""
    return signing.dumps([registration.pk, _fingerprint(registration.email)], salt=SALT)


def by_token(token: str) -> Registration:
    """The registration whose link this is. BadLink where it was forged, or is deleted, or has another
    address."""
    try:
        pk, fingerprint = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadLink from None
    found = Registration.objects.select_related("event", "invitation").filter(pk=pk).first()
    if found is None or not found.email or _fingerprint(found.email) != fingerprint:
        raise BadLink
    return found


def _fingerprint(email: str) -> str:
    return salted_hmac(SALT, email.lower()).hexdigest()[:16]


def _letter(registration: Registration, letter: str, **more: Any) -> None:
    if not registration.email:
        return
    with override(registration.language):
        context = {
            **about_event(registration.event),
            "name": registration.name,
            "waiting": registration.state == RegistrationState.WAITING,
            "own": page("people:own_registration", token_of(registration)),
            **more,
        }
    post(letter, registration.email, registration.language, context)
