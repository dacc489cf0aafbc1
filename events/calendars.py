"""Events as calendars read them (iCalendar, RFC 5545). Hours are told in UTC: each calendar shows them in its
own; a later revision of an event replaces the one before, in calendars that were given it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, timedelta
from typing import Any

from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as Entry
from icalendar.enums import STATUS

from events import said
from events.models import Event, Status

PRODUCT = "-//Maillage//Maillage//FR"
ASKED_AGAIN = timedelta(hours=12)


def calendar(
    events: Iterable[Event], name: str, address: Callable[[Event], str], *, programme: bool = False
) -> bytes:
    """A calendar that bears this name; ``address`` gives the absolute address of the page of an event, whose
    sessions are told where ``programme``. Events come with their organisers and ``at``."""
    made = Calendar.new(name=plain(name), prodid=PRODUCT, refresh_interval=ASKED_AGAIN)
    made.add("X-WR-CALNAME", plain(name))  # the name again, for those who do not know RFC 7986
    for event in events:
        made.add_component(entry(event, address(event), programme))
    return bytes(made.to_ical())


def entry(event: Event, url: str, programme: bool) -> Entry:
    status = STATUS.CANCELLED if event.status == Status.CANCELLED else STATUS.CONFIRMED
    made = Entry.new(
        uid=event.uuid,
        stamp=event.updated_at.astimezone(UTC),
        last_modified=event.updated_at.astimezone(UTC),
        created=event.created_at.astimezone(UTC),
        sequence=event.sequence,
        start=event.start.astimezone(UTC),
        end=event.end.astimezone(UTC),
        summary=plain(event.title),
        description=description(event, programme),
        location=plain(said.where(event)) or None,
        status=status,
        url=url,
    )
    at: Any = getattr(event, "at", None)
    if at is not None:
        made.add("GEO", (round(at.y, 6), round(at.x, 6)))  # latitude first
    return made


def description(event: Event, programme: bool) -> str:
    """What the page says, as lines."""
    lines = [_("Donnée d’exemple, à vérifier.")] if event.origin == "example" else []
    lines += [event.summary, event.description]
    names = ", ".join(str(each) for each in event.organisers.all())
    lines += [_("Organisé par : {names}").format(names=names)] if names else []
    if programme:
        lines += [f"{said.hours(each.start, each.end)} : {each}" for each in event.sessions.all()]
    lines += [event.link]
    return "\n".join(plain(line) for line in lines if line)


def plain(text: str) -> str:
    """Without what calendars cannot hold: control characters but the end of a line."""
    return "".join(sign for sign in text if sign.isprintable() or sign == "\n")
