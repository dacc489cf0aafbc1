"""Events as pages show them: cards of the agenda, and what stands beside a territory or a network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from events import agenda, said
from events.models import Event, Organiser, Public, Session, Status, Testimony

BESIDE = 4


@dataclass(frozen=True, slots=True)
class EventCard:
    event: Event
    href: str
    when: str
    where: str
    organisers: list[tuple[str, str]]
    cancelled: bool
    over: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """Events of a territory or of a network: the nearest ``cards``, how many are to come and over, the
    agenda and the calendar of all of them."""

    cards: list[EventCard]
    upcoming: int
    past: int
    agenda: str
    calendar: str

    @property
    def more(self) -> int:
        return self.upcoming - len(self.cards)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told in a session, with the pages of who tells and of where, where there are any."""

    testimony: Testimony
    href: str
    place_href: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A session, with its hours in words."""

    session: Session
    hours: str
    publics: list[str]
    told: list[Told]


@dataclass(frozen=True, slots=True)
class Day:
    name: str
    moments: list[Moment]


def card(event: Event) -> EventCard:
    return EventCard(
        event=event,
        href=reverse("frontend:event", args=[event.slug]),
        when=said.when(event.start, event.end),
        where=said.where(event),
        organisers=[(str(each), page_of(each)) for each in event.organisers.all()],
        cancelled=event.status == Status.CANCELLED,
        over=event.end < agenda.today(),
    )


def cards(events: Iterable[Event]) -> list[EventCard]:
    return [card(each) for each in events]


def page_of(organiser: Organiser) -> str:
    """The address of its page; empty where it is a name, or is not shown."""
    grouping, territory, initiative = organiser.grouping, organiser.territory, organiser.initiative
    if grouping and grouping.published:
        return reverse(f"frontend:{grouping.kind}", args=[grouping.slug])
    if territory:
        return reverse("frontend:territory", args=[territory.pk])
    if initiative and initiative.publication == "published":
        return reverse("frontend:initiative", args=[initiative.slug])
    return ""


def beside(rows: QuerySet[Event], **asked: str) -> Beside | None:
    """``rows`` are those that the agenda finds for what is ``asked``; None where there is none at all."""
    upcoming, past = agenda.counts(rows)
    if not upcoming and not past:
        return None
    query = urlencode(asked)
    return Beside(
        cards=cards(agenda.upcoming(rows)[:BESIDE]) if upcoming else [],
        upcoming=upcoming,
        past=past,
        agenda=f"{reverse('frontend:events')}?{query}",
        calendar=f"{reverse('frontend:events_calendar')}?{query}",
    )


def days(event: Event) -> list[Day]:
    """The programme, day by day."""
    found: dict[str, list[Moment]] = {}
    for session in agenda.sessions(event):
        found.setdefault(said.day(session.start), []).append(moment(session))
    return [Day(name, moments) for name, moments in found.items()]


def moment(session: Session) -> Moment:
    return Moment(
        session,
        said.hours(session.start, session.end),
        [str(Public(public).label) for public in session.publics],
        [told(each) for each in session.testimonies.all()],
    )


def told(testimony: Testimony) -> Told:
    known, town = testimony.initiative, testimony.commune
    return Told(
        testimony,
        reverse("frontend:initiative", args=[known.slug])
        if known and known.publication == "published"
        else "",
        reverse("frontend:territory", args=[town.pk]) if town else "",
    )
