"""The write side of events: one verb, one transaction, whose history says who and in which capacity.

``details`` are plain values by the names of FIELDS; what cannot be is refused by name (EventRefused), and
nothing is half-written. NotAllowed where the event is not of this person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import product
from string import ascii_uppercase
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from directory.errors import NotAllowed
from directory.history import noting
from directory.listings import create as create_listing
from directory.listings import set_criteria
from directory.models import Listing
from directory.permissions import Action, may, require
from directory.publishing import ACCOUNT
from events.calling_off import tell
from events.errors import EventRefused
from events.holders import CAPACITIES, FIELDS, Holder, acts_for, hand_of, holder_of, require_holds
from events.models import Event, Organiser, Session, SessionKind, Status, Testimony
from territories.gazetteer import locate
from territories.geometry import Point
from territories.names import WORD, fold

DETAILS = (
    "title", "summary", "description", "language", "start", "end", "venue", "address", "point", "commune",
    "link", "registration_open", "registration_closes",
)  # fmt: skip
OF_SESSION = ("letter", "kind", "title", "publics", "start", "end", "room", "room_capacity", "capacity")
OF_TESTIMONY = ("initiative", "name", "commune", "minutes", "equipment", "said")
LONGEST = timedelta(days=31)  # recurring events are left out: what lasts longer is a slip of the keyboard
FIRST, LAST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)
MOST_ORGANISERS = 20
MOST_SESSIONS = 60
MOST_TESTIMONIES = 20  # in a session


# -- The event --------------------------------------------------------------------------------------


def create(by: User, holder: Holder, details: Mapping[str, Any]) -> Event:
    """A draft, held by ``holder``. EventRefused, NotAllowed."""
    if not acts_for(by, holder):
        raise NotAllowed(Action.HOLD_EVENT, holder)
    event = Event(created_by=by)
    _fill(event, details)
    with noting(by=f"{ACCOUNT}{by.pk}", hand=CAPACITIES[type(holder)][1], via="site"):
        event.slug = mint_slug(event.title, event.start)
        event.save()
        Organiser.objects.create(event=event, **{FIELDS[type(holder)]: holder})
    return event


def edit(event: Event, by: User, details: Mapping[str, Any]) -> Event:
    """Change what an event says; its sessions stay within its hours, or it is refused."""
    with _changing(event, by) as row:
        _fill(row, details)
        outside = [
            each for each in row.sessions.all() if not (row.start <= each.start and each.end <= row.end)
        ]
        if outside:
            said = _("La session « {title} » ne serait plus dans ces heures : déplacez-la d’abord.")
            raise EventRefused({"start": said.format(title=outside[0].title)})
    return row


def publish(event: Event, by: User) -> Event:
    """Show it to everybody; one that was cancelled takes place after all."""
    with _changing(event, by) as row:
        if not (row.commune_id or row.link):
            raise EventRefused(
                {
                    "": _(
                        "Pour le publier, dites où il se tient (une commune), ou donnez l’adresse de sa page."
                    )
                }
            )
        row.status = Status.PUBLISHED
    return row


def cancel(event: Event, by: User) -> Event:
    """It does not take place: its page and the calendars say so, and those who are registered or invited are
    written to. A draft is deleted instead; of what is cancelled already nobody hears twice."""
    with _changing(event, by) as row:
        if row.status == Status.DRAFT:
            raise EventRefused({"": _("Un brouillon n’est connu de personne : effacez-le.")})
        if row.status != Status.CANCELLED:
            tell(row)
        row.status = Status.CANCELLED
        row.registration_open = False
    return row


def discard(event: Event, by: User) -> None:
    """Delete a draft. What was published is cancelled, so that those who noted it are told."""
    with _changing(event, by) as row:
        if row.status != Status.DRAFT:
            raise EventRefused({"": _("Un évènement publié s’annule, il ne s’efface pas.")})
    with noting(by=f"{ACCOUNT}{by.pk}", hand=hand_of(by, event), via="site"):
        row.delete()


def invite_from(event: Event, by: User, listing: Listing | None) -> Event:
    """Whom it invites: the initiatives of a list that this person may change; none any more."""
    if listing is not None:
        require(by, Action.EDIT_LISTING, listing)
    with _changing(event, by) as row:
        row.listing = listing
    return row


@transaction.atomic
def compose_list(event: Event, by: User, name: str, criteria: str) -> Listing:
    """The list that it invites from finds what ``criteria`` (a query string) say; what a hand picked there
    stays. Where there is none that this person may change, another one is made, called ``name``.

    ListingRefused, NotAllowed.
    """
    require_holds(by, event)
    listing = event.listing
    if listing is not None and may(by, Action.EDIT_LISTING, listing):
        set_criteria(listing, by, criteria)
        return listing
    made = create_listing(by, name, criteria=criteria)
    invite_from(event, by, made)
    return made


def mint_slug(title: str, start: datetime) -> str:
    """The title and the day, cut to what an address bears, numbered where that is taken."""
    words = slugify(" ".join(WORD.findall(fold(title))))[:80].strip("-") or "evenement"
    base = f"{words}-{localtime(start):%Y-%m-%d}"
    for candidate in (base, *(f"{base}-{n}" for n in range(2, 10_000))):
        if not Event.objects.filter(slug=candidate).exists():
            return candidate
    raise ValueError(f"No free slug for {title!r}.")


def _fill(event: Event, details: Mapping[str, Any]) -> None:
    for name in DETAILS:
        if name in details:
            setattr(event, name, details[name])
    faults = _hours(event.start, event.end)
    if not faults and event.end - event.start > LONGEST:
        faults["end"] = _("Un évènement dure au plus trente et un jours.")
    if event.point is not None and event.commune is None:
        lon, lat = event.point.coords
        event.commune = locate(Point(lon, lat))
    if event.point is not None and event.commune is None:
        faults["point"] = _("Ce point n’est dans aucune commune connue : donnez la commune.")
    if event.registration_closes and event.registration_closes > localtime(event.end).date():
        faults["registration_closes"] = _("Les inscriptions finiraient après l’évènement.")
    if faults:
        raise EventRefused(faults)


def _hours(start: datetime, end: datetime) -> dict[str, str]:
    if not FIRST <= start <= LAST:
        return {"start": _("Cette année n’est pas vraisemblable.")}
    if end <= start:
        return {"end": _("La fin vient avant le début, ou au même moment.")}
    return {}


@contextmanager
def _changing(event: Event, by: User) -> Iterator[Event]:
    """The row, held for this transaction, then saved as one more revision."""
    require_holds(by, event)
    with noting(by=f"{ACCOUNT}{by.pk}", hand=hand_of(by, event), via="site"):
        row = Event.objects.select_for_update().get(pk=event.pk)
        yield row
        row.sequence += 1
        row.save()


# -- Who holds it -----------------------------------------------------------------------------------


def add_organiser(event: Event, by: User, holder: Holder | None, name: str = "") -> Organiser:
    """One more organiser: known (whose people may then change the event too), or a name."""
    with _changing(event, by) as row:
        if row.organisers.count() >= MOST_ORGANISERS:
            raise EventRefused({"": _("Cet évènement a déjà vingt organisateurs.")})
        named: dict[str, Any] = {FIELDS[type(holder)]: holder} if holder else {"name": name}
        if row.organisers.filter(**named).exists():
            raise EventRefused({"name": _("Cet organisateur y est déjà.")})
        return Organiser.objects.create(event=row, position=_next(row.organisers), **named)


def remove_organiser(organiser: Organiser, by: User) -> None:
    """Take one off. One for whom this person acts must stay, or the event would be nobody's."""
    with _changing(organiser.event, by) as row:
        left = [holder_of(each) for each in row.organisers.exclude(pk=organiser.pk)]
        if not any(holder and acts_for(by, holder) for holder in left):
            raise EventRefused({"": _("Il doit rester un organisateur pour lequel vous agissez.")})
        organiser.delete()


# -- Its sessions -----------------------------------------------------------------------------------


def add_session(event: Event, by: User, details: Mapping[str, Any]) -> Session:
    """A session within the hours of the event. A workshop without a letter takes the first that is free."""
    with _changing(event, by) as row:
        if row.sessions.count() >= MOST_SESSIONS:
            raise EventRefused({"": _("Cet évènement a déjà soixante sessions.")})
        session = Session(event=row, position=_next(row.sessions))
        _fill_session(session, details)
        if session.kind == SessionKind.WORKSHOP and not session.letter:
            session.letter = free_letter(row)
        session.save()
    return session


def edit_session(session: Session, by: User, details: Mapping[str, Any]) -> Session:
    with _changing(session.event, by) as row:
        found = Session.objects.select_for_update().get(pk=session.pk)
        found.event = row
        _fill_session(found, details)
        found.save()
    return found


def remove_session(session: Session, by: User) -> None:
    """Take a session out, with its testimonies."""
    with _changing(session.event, by):
        session.delete()


def free_letter(event: Event) -> str:
    """The first letter, then letter and digit, that no session of the event bears."""
    taken = set(event.sessions.values_list("letter", flat=True))
    names = (letter + digit for digit, letter in product(["", *"123456789"], ascii_uppercase))
    return next(name for name in names if name not in taken)


def _fill_session(session: Session, details: Mapping[str, Any]) -> None:
    for name in OF_SESSION:
        if name in details:
            setattr(session, name, details[name])
    event, faults = session.event, _hours(session.start, session.end)
    if not faults and session.start < event.start:
        faults["start"] = _("Cette session commencerait avant l’évènement.")
    if not faults and session.end > event.end:
        faults["end"] = _("Cette session finirait après l’évènement.")
    if session.capacity and session.room_capacity and session.capacity > session.room_capacity:
        faults["capacity"] = _("La salle n’a que {n} places.").format(n=session.room_capacity)
    others = event.sessions.exclude(pk=session.pk)
    if session.letter and others.filter(letter=session.letter).exists():
        faults["letter"] = _("Une autre session porte déjà cette lettre.")
    if faults:
        raise EventRefused(faults)


# -- What is told there -----------------------------------------------------------------------------


def add_testimony(session: Session, by: User, details: Mapping[str, Any]) -> Testimony:
    """``details``: OF_TESTIMONY. A known initiative gives its name and its commune where none is said."""
    with _changing(session.event, by):
        if session.testimonies.count() >= MOST_TESTIMONIES:
            raise EventRefused({"": _("Cette session a déjà vingt témoignages.")})
        testimony = Testimony(session=session, position=_next(session.testimonies))
        _fill_testimony(testimony, details)
        testimony.save()
    return testimony


def edit_testimony(testimony: Testimony, by: User, details: Mapping[str, Any]) -> Testimony:
    with _changing(testimony.session.event, by):
        _fill_testimony(testimony, details)
        testimony.save()
    return testimony


def remove_testimony(testimony: Testimony, by: User) -> None:
    with _changing(testimony.session.event, by):
        testimony.delete()


def _fill_testimony(testimony: Testimony, details: Mapping[str, Any]) -> None:
    for name in OF_TESTIMONY:
        if name in details:
            setattr(testimony, name, details[name])
    if initiative := testimony.initiative:
        testimony.name = testimony.name or initiative.name
        testimony.commune = testimony.commune or initiative.commune
    if not testimony.name:
        raise EventRefused({"name": _("Dites qui témoigne : une initiative, ou le nom d’une organisation.")})
    lasts = testimony.session.end - testimony.session.start
    if testimony.minutes and timedelta(minutes=testimony.minutes) > lasts:
        raise EventRefused({"minutes": _("C’est plus long que la session.")})


def _next(rows: Any) -> int:
    last = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1
