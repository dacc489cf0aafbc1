"""What an event came to: figures that hold no person, the note that sums it up, what is left to do.

Figures count people who came; before presences are known, who is registered, which ``presences_known`` says.
They are stored as numbers by code, commune and sector: names are joined when they are read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.models import Sector
from directory.retention import months_before
from events.errors import RegistrationRefused
from events.holders import require_holds
from events.inviting import counts
from events.models import (
    LONGEST_REASON,
    LONGEST_TEXT,
    Closing,
    Event,
    Public,
    Registration,
    RegistrationSource,
    RegistrationState,
)
from events.workshops import hold
from territories.models import Territory
from territories.names import fold

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_NOTE = 4 * LONGEST_TEXT
MONTHS_KEPT = 12
MOST_MONTHS_KEPT = 36
# Links declared so long after an event are told to be its own.
LINKS_WITHIN = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class ToCreate:
    """An organisation that took part and that the directory does not know."""

    name: str
    town: str
    commune: str  # INSEE code, empty where it was not recognised
    sector: str  # its slug
    people: int


@transaction.atomic
def closing_of(event: Event) -> Closing:
    return Closing.objects.get_or_create(event=event)[0]


def kept_of(event: Event) -> Closing | None:
    """What was kept so far; read only."""
    return Closing.objects.filter(event=event).first()


def figures(event: Event) -> dict[str, Any]:
    """The figures: as they are now, or as they were when attendance was deleted."""
    kept = kept_of(event)
    return kept.figures if kept and kept.frozen_at else counted(event)


def there(event: Event) -> QuerySet[Registration]:
    """Who came, or who is to come as long as presences are not known."""
    rows = event.registrations.all()
    if rows.filter(came=True).exists():
        return rows.filter(came=True)
    return rows.filter(state=RegistrationState.COMING)


def counted(event: Event) -> dict[str, Any]:
    rows = event.registrations.all()
    announced = rows.exclude(source=RegistrationSource.WALK_IN)
    people = list(there(event).values("public", "sector", "commune", "initiative", "came"))
    return {
        "invitations": counts(event),
        "registered": announced.exclude(state=RegistrationState.CANCELLED).count(),
        "cancelled": rows.filter(state=RegistrationState.CANCELLED).count(),
        "waiting": rows.filter(state=RegistrationState.WAITING).count(),
        "presences_known": any(each["came"] for each in people),
        "people": len(people),
        "absent": announced.filter(came=False, state=RegistrationState.COMING).count(),
        "walk_ins": rows.filter(source=RegistrationSource.WALK_IN, came=True).count(),
        "initiatives": len({each["initiative"] for each in people} - {None}),
        "by_public": _tally(each["public"] for each in people),
        "by_sector": _tally(each["sector"] for each in people),
        "by_commune": _tally(each["commune"] for each in people),
        "new_links": new_links(event, {each["initiative"] for each in people} - {None}),
        "to_create": len(to_create(event)),
    }


def _tally(values: Any) -> list[list[Any]]:
    """The most frequent first; what is not known, under the empty text, last."""
    counts_ = Counter("" if value is None else value for value in values)
    return [list(each) for each in sorted(counts_.items(), key=lambda e: (e[0] == "", -e[1], str(e[0])))]


def new_links(event: Event, initiatives: set[int]) -> int:
    """Links declared since the event between initiatives that were there, within a year."""
    history = apps.get_model("directory", "LinkEvent")._default_manager
    since = history.filter(
        pgh_label="insert",
        pgh_created_at__range=(event.start, event.end + LINKS_WITHIN),
        origin__in=initiatives,
        target__in=initiatives,
    )
    return int(since.values("pgh_obj").distinct().count())


def to_create(event: Event) -> list[ToCreate]:
    """Organisations of people who were there that the directory does not know, by name."""
    rows = there(event).filter(initiative=None).exclude(structure="").select_related("commune", "sector")
    groups: dict[str, list[Registration]] = {}
    for row in rows.defer("commune__geometry").order_by("created_at", "pk"):
        groups.setdefault(fold(row.structure).strip(), []).append(row)
    found = []
    for group in groups.values():
        commune = next((row.commune for row in group if row.commune), None)
        sector = next((row.sector for row in group if row.sector), None)
        town = commune.name if commune else next((row.town for row in group if row.town), "")
        found.append(
            ToCreate(
                group[0].structure, town, commune.code if commune else "", sector.slug if sector else "",
                len(group),
            )
        )  # fmt: skip
    return sorted(found, key=lambda each: fold(each.name))


# -- In words -----------------------------------------------------------------------------------------


def by_public(found: dict[str, Any]) -> list[tuple[str, int]]:
    labels = dict(Public.choices)
    return [(str(labels.get(code, code)), n) for code, n in found["by_public"]]


def by_sector(found: dict[str, Any]) -> list[tuple[str, int]]:
    labels = {each.pk: each.label for each in Sector.objects.all()}
    unknown = _("secteur non dit")
    return [(labels.get(pk, unknown), n) for pk, n in found["by_sector"]]


def by_commune(found: dict[str, Any]) -> list[tuple[str, int]]:
    names = dict(
        Territory.objects.filter(pk__in=[pk for pk, _n in found["by_commune"] if pk]).values_list(
            "pk", "name"
        )
    )
    return [(names.get(pk, _("commune non dite")), n) for pk, n in found["by_commune"]]


# -- The note, and how long attendance is kept --------------------------------------------------------


@transaction.atomic
def write_note(event: Event, by: User, note: str) -> Closing:
    """The words that sum the event up. RegistrationRefused beyond LONGEST_NOTE signs."""
    require_holds(by, event)
    note = note.replace("\x00", "").strip()
    if len(note) > LONGEST_NOTE:
        raise RegistrationRefused(_("La note tient en {most} signes au plus.").format(most=LONGEST_NOTE))
    kept = closing_of(event)
    kept.note = note
    kept.save(update_fields=["note"])
    return kept


@transaction.atomic
def keep_longer(event: Event, by: User, until: date | None, reason: str) -> Closing:
    """Keep attendance beyond twelve months, for a reason that participants are told; None: no longer so."""
    require_holds(by, event)
    reason = reason.replace("\x00", "").strip()
    if until is not None:
        last = deadline(event, MOST_MONTHS_KEPT)
        if until > last.date():
            raise RegistrationRefused(_("Les présences se gardent 36 mois au plus après la rencontre."))
        if not 1 <= len(reason) <= LONGEST_REASON:
            raise RegistrationRefused(_("Dites pourquoi les garder, en 500 signes au plus."))
    kept = closing_of(event)
    kept.kept_until, kept.kept_reason = until, reason if until else ""
    kept.save(update_fields=["kept_until", "kept_reason"])
    return kept


def deadline(event: Event, months: int = MONTHS_KEPT) -> datetime:
    """When so many months will have gone by since the event."""
    local = timezone.localtime(event.end)
    return months_before(local, -months)


def expired(now: datetime | None = None) -> list[Event]:
    """Events whose attendance is due to be deleted."""
    now = now or timezone.now()
    old = Event.objects.filter(end__lte=months_before(now, MONTHS_KEPT))
    held = Q(registrations__isnull=False) | Q(invitations__isnull=False)
    due = old.filter(held).exclude(closing__kept_until__gte=timezone.localdate(now))
    return list(due.distinct().order_by("pk"))


@transaction.atomic
def forget_attendance(event: Event, now: datetime | None = None) -> bool:
    """Keep the figures as they are, and delete who was invited, registered and came; whether it was due."""
    row = hold(event)
    if row not in expired(now):
        return False
    kept = closing_of(row)
    if kept.frozen_at is None:
        kept.figures = counted(row)
    kept.frozen_at = now or timezone.now()
    kept.save(update_fields=["figures", "frozen_at"])
    row.registrations.all().delete()
    row.invitations.all().delete()
    return True
