"""The moments of a day at which one chooses: sessions that are held at the same time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from events.models import Event, Session, SessionKind

# A plenary holds everybody, a break asks nothing.
CHOSEN = (SessionKind.WORKSHOP, SessionKind.VISIT)
NOON = time(12)
# What ends by then is a morning that ends late, or a lunch: no afternoon.
AFTER_LUNCH = time(14)


@dataclass(frozen=True, slots=True)
class Moment:
    """Workshops of which one can only attend one. ``key`` names it in a form."""

    sessions: tuple[Session, ...]

    @property
    def key(self) -> str:
        return f"m{self.sessions[0].pk}"

    @property
    def start(self) -> datetime:
        return min(each.start for each in self.sessions)

    @property
    def end(self) -> datetime:
        return max(each.end for each in self.sessions)

    def session(self, pk: int | None) -> Session | None:
        return next((each for each in self.sessions if each.pk == pk), None)


def places_of(session: Session) -> int | None:
    """How many a session takes: what was said, else what its room holds; None where neither is known."""
    return session.room_capacity if session.capacity is None else session.capacity


def moments(event: Event) -> list[Moment]:
    """The moments of an event in their order."""
    return gathered(event.sessions.filter(kind__in=CHOSEN).order_by("start", "position", "pk"))


def gathered(sessions: Iterable[Session]) -> list[Moment]:
    """Sessions given by their beginning, put together where one overlaps another."""
    groups: list[list[Session]] = []
    until: datetime | None = None
    for session in sessions:
        if until is not None and session.start < until:
            groups[-1].append(session)
            until = max(until, session.end)
        else:
            groups.append([session])
            until = session.end
    return [Moment(tuple(group)) for group in groups]


def most_people(event: Event) -> int | None:
    """How many the event holds: what its smallest plenary for all holds; None where none says."""
    plenaries = event.sessions.filter(kind=SessionKind.PLENARY, publics=[])
    return min((n for n in map(places_of, plenaries) if n is not None), default=None)


@dataclass(frozen=True, slots=True)
class HalfDay:
    """``start``: its first moment, in local time."""

    start: datetime
    afternoon: bool


def half_days(event: Event) -> list[HalfDay]:
    """The mornings and afternoons over which it is held, in their order."""
    first, last = timezone.localtime(event.start), timezone.localtime(event.end)
    found = []
    for n in range((last.date() - first.date()).days + 1):
        midnight, noon, lunch, tomorrow = (
            timezone.make_aware(datetime.combine(first.date() + timedelta(days=n + more), hour))
            for hour, more in ((time(), 0), (NOON, 0), (AFTER_LUNCH, 0), (time(), 1))
        )
        begins, ends = max(first, midnight), min(last, tomorrow)
        if begins < min(noon, ends):
            found.append(HalfDay(begins, afternoon=False))
        if ends > lunch or begins >= noon and begins < ends:
            found.append(HalfDay(max(begins, noon), afternoon=True))
    return found
