"""A gathering of tests: a network that holds it, two workshops at once in the morning and two after lunch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from directory import listings
from directory.models import Consent, Contact, Grouping, Initiative, Sector
from events import registering
from events.models import Event, Organiser, Registration, Session
from events.registering import Wished
from mail.models import Message
from territories.names import fold
from tests.factories import make_commune, make_grouping, make_initiative, make_person
from tests.mail.outbox import links


@dataclass
class Gathering:
    event: Event
    coordinator: User
    network: Grouping
    morning: tuple[Session, Session]
    afternoon: tuple[Session, Session]

    def register(self, name: str, *wished: Wished, **told: Any) -> Registration:
        """``wished``: of the morning, then of the afternoon."""
        keys = [f"m{moment[0].pk}" for moment in (self.morning, self.afternoon)]
        given = {"name": name, "email": f"{fold(name.split()[0])}@example.org", "public": "citizen"} | told
        return registering.register(self.event, given, dict(zip(keys, wished, strict=False)))

    def wish(self, first: int | None, second: int | None = None, half: str = "morning") -> Wished:
        """By the place of the workshop in its half-day."""
        sessions = getattr(self, half)
        return Wished(*(None if place is None else sessions[place].pk for place in (first, second)))


def gather(**fields: Any) -> Gathering:
    Sector.objects.get_or_create(id=1, slug="alimentation", labels={"fr": "Alimentation", "en": "Food"})
    network = make_grouping("reseau-essai", kind="network")
    coordinator = make_person("coordonne", "coordinator", network)
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=30)
    event = Event.objects.create(
        **{
            "slug": "forum-essai", "title": "Forum d’essai", "status": "published", "registration_open": True,
            "start": noon - timedelta(hours=3), "end": noon + timedelta(hours=5),
            "commune": make_commune(name="Aubusson"),
        } | fields
    )  # fmt: skip
    Organiser.objects.create(event=event, grouping=network)
    sessions = [
        Session.objects.create(
            event=event, letter=letter, kind="workshop", title=f"Atelier {letter}", capacity=2,
            start=event.start + timedelta(hours=hour), end=event.start + timedelta(hours=hour + 1),
        )
        for letter, hour in (("A", 1), ("B", 1), ("C", 5), ("D", 5))
    ]  # fmt: skip
    return Gathering(event, coordinator, network, (sessions[0], sessions[1]), (sessions[2], sessions[3]))


def lasting(event: Event, start: timedelta, hours: int = 8) -> Event:
    """The event held ``start`` from now; its sessions stay where they were."""
    event.start = timezone.now() + start
    event.end = event.start + timedelta(hours=hours)
    event.save()
    return event


def token_in(message: Message, page: str) -> str:
    """What opens the page of this kind, in a letter."""
    [link] = [each for each in links(message) if f"/{page}/" in each]
    return link.rstrip("/").rpartition("/")[2]


def contact(initiative: Initiative, name: str, agrees: bool = True, email: str = "") -> Contact:
    email = email or f"{fold(name.split()[0])}@example.org"
    made = Contact.objects.create(initiative=initiative, name=name, email=email)
    Consent.objects.create(
        contact=made, purpose="events", granted=agrees, wording_version="2026-11", method="link",
        source="the person",
    )  # fmt: skip
    return made


def listed(found: Gathering, *names: str) -> list[Initiative]:
    """The event's list, of initiatives of these names."""
    rows = [make_initiative(name, slug=name.lower().replace(" ", "-")) for name in names]
    found.event.listing = listings.create(found.coordinator, "À inviter", picked=[row.pk for row in rows])
    found.event.save()
    return rows
