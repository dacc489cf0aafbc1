"""Workshops made up: an assignment of all, changes by hand, and what happens when a place is freed.

The computing is in :mod:`events.assigning`; here people and sessions are read, and their seats written. An
event's row is held meanwhile, so that two coordinators cannot seat the same person twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from events.assigning import Wish, Workshop, assign
from events.errors import RegistrationRefused
from events.holders import require_holds
from events.models import Event, Registration, RegistrationState, Seat, Session
from events.moments import Moment, moments, places_of

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(slots=True)
class Outcome:
    """What an assignment came to, in people times moments."""

    first: int = 0
    second: int = 0
    anywhere: int = 0
    by_hand: int = 0
    waiting: int = 0


def coming(event: Event) -> list[Registration]:
    """Who comes, in the order they registered."""
    rows = event.registrations.filter(state=RegistrationState.COMING).order_by("created_at", "pk")
    return list(rows.prefetch_related("choices", "seats"))


def is_absent(row: Registration, moment: Moment) -> bool:
    """She said that she will not be there at that moment."""
    ours = {each.pk for each in moment.sessions}
    return any(choice.rank == 0 and choice.session_id in ours for choice in row.choices.all())


def wish_of(row: Registration, moment: Moment, gave_way: int = 0) -> Wish:
    ours = {each.pk for each in moment.sessions}
    ranked = {choice.rank: choice.session_id for choice in row.choices.all() if choice.session_id in ours}
    groups = [f"public:{row.public}"] + ([f"sector:{row.sector_id}"] if row.sector_id else [])
    return Wish(row.pk, ranked.get(1), ranked.get(2), tuple(groups), gave_way)


def seat_in(row: Registration, moment: Moment, *, waiting: bool = False) -> Seat | None:
    """Where she sits at that moment, or waits."""
    ours = {each.pk for each in moment.sessions}
    return next((s for s in row.seats.all() if s.session_id in ours and s.waiting == waiting), None)


@transaction.atomic
def make_up(event: Event, by: User, *, anew: bool = True) -> Outcome:
    """Seat everybody who comes. What was placed by hand stays; with ``anew`` False every seat stays, and only
    those who have none are placed."""
    require_holds(by, event)
    hold(event)
    people, outcome, gave_way = coming(event), Outcome(), Counter[int]()
    for moment in moments(event):
        there = [row for row in people if not is_absent(row, moment)]
        kept = {
            row.pk: seat.session_id
            for row in there
            if (seat := seat_in(row, moment)) and (seat.by_hand or not anew)
        }
        hand = {row.pk for row in there if (seat := seat_in(row, moment)) and seat.by_hand}
        wishes = [wish_of(row, moment, gave_way[row.pk]) for row in there]
        workshops = [Workshop(each.pk, places_of(each)) for each in moment.sessions]
        found = assign(workshops, wishes, kept)
        _write(moment, wishes, found.seats, found.waiting, hand)
        _count(outcome, wishes, found.seats, hand)
        outcome.waiting += len(found.waiting)
        for wish in wishes:
            gave_way[wish.key] += wish.first is not None and found.seats.get(wish.key) != wish.first
    return outcome


def _write(
    moment: Moment, wishes: Sequence[Wish], seats: dict[int, int], waiting: Iterable[int], by_hand: set[int]
) -> None:
    """The seats of that moment anew. Who waits, waits for her first choice."""
    Seat.objects.filter(session__in=moment.sessions).delete()
    first = {wish.key: wish.first or moment.sessions[0].pk for wish in wishes}
    rows = [
        Seat(registration_id=person, session_id=session, by_hand=person in by_hand)
        for person, session in seats.items()
    ]
    rows += [Seat(registration_id=person, session_id=first[person], waiting=True) for person in waiting]
    Seat.objects.bulk_create(rows)


def _count(outcome: Outcome, wishes: Sequence[Wish], seats: dict[int, int], by_hand: set[int]) -> None:
    for wish in wishes:
        seat = seats.get(wish.key)
        if wish.key in by_hand:
            outcome.by_hand += 1
        elif seat is not None and wish.first is None:
            outcome.anywhere += 1
        elif seat is not None:
            outcome.first += seat == wish.first
            outcome.second += seat != wish.first


@transaction.atomic
def place(registration: Registration, session: Session, by: User) -> Seat:
    """Seat somebody by hand: no later assignment moves her. Beyond what was assigned at most her holder may
    go, as far as the room holds; RegistrationRefused beyond."""
    event = registration.event
    require_holds(by, event)
    hold(event)
    moment = next((each for each in moments(event) if each.session(session.pk)), None)
    if moment is None or registration.state != RegistrationState.COMING:
        raise RegistrationRefused(_("Cette personne ne peut pas être placée dans cet atelier."))
    others = session.seats.filter(waiting=False).exclude(registration=registration).count()
    if session.room_capacity is not None and others >= session.room_capacity:
        raise RegistrationRefused(
            _("La salle de l’atelier {workshop} est pleine : {count} places.").format(
                workshop=session.letter or session.title, count=session.room_capacity
            )
        )
    left = seat_in(registration, moment)
    registration.seats.filter(session__in=moment.sessions).delete()
    made = Seat.objects.create(registration=registration, session=session, by_hand=True)
    if left and left.session_id != session.pk:
        fill(left.session)
    return made


@transaction.atomic
def free(registration: Registration, moment: Moment, by: User) -> None:
    """Take somebody out of what she sits in at that moment; who waits for it is seated."""
    require_holds(by, registration.event)
    hold(registration.event)
    left = [seat.session for seat in registration.seats.filter(session__in=moment.sessions, waiting=False)]
    registration.seats.filter(session__in=moment.sessions).delete()
    for session in left:
        fill(session)


def fill(session: Session) -> list[Seat]:
    """Seat those who wait for a workshop in the places that are free, the first registered first."""
    taken = session.seats.filter(waiting=False).count()
    waiting = session.seats.filter(waiting=True, registration__state=RegistrationState.COMING)
    places = None if session.capacity is None else max(0, session.capacity - taken)
    rows = list(
        waiting.select_related("registration__event").order_by("registration__created_at", "registration")[
            :places
        ]
    )
    for seat in rows:
        seat.waiting = False
        seat.save(update_fields=["waiting"])
    return rows


def place_late(row: Registration, day: Sequence[Moment]) -> None:
    """Once workshops were made up, who registers or chooses again gets what is left of her choices: the first
    that has a place, else she waits for her first. A seat that she still wishes is kept."""
    for moment in day:
        if not Seat.objects.filter(session__in=moment.sessions).exists():
            continue
        now = row.seats.filter(session__in=moment.sessions).first()
        if now is not None and now.by_hand:
            continue
        row.seats.filter(session__in=moment.sessions).delete()
        if is_absent(row, moment):
            continue
        wish = wish_of(row, moment)
        wanted = [pk for pk in (wish.first, wish.second) if pk] or emptiest(moment)
        open_ones = [pk for pk in wanted if has_place(moment.session(pk))]
        chosen = open_ones[0] if open_ones else wanted[0]
        Seat.objects.create(registration=row, session_id=chosen, waiting=not open_ones)


def emptiest(moment: Moment) -> list[int]:
    """The sessions of a moment, where there are fewest people first."""
    return sorted(
        (each.pk for each in moment.sessions),
        key=lambda pk: Seat.objects.filter(session=pk, waiting=False).count(),
    )


def has_place(session: Session | None) -> bool:
    if session is None:
        return False
    most = places_of(session)
    return most is None or session.seats.filter(waiting=False).count() < most


def hold(event: Event) -> Event:
    """The event's row, held until the end of the transaction."""
    return Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
