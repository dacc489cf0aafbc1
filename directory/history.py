"""What happened to a listing: who and why are written with each change, and read again here.

Triggers keep every change whatever road it came by (form, update(), COPY, SQL by hand). Who and why are
told to the transaction, where the triggers of django-pghistory find them; so a COPY has them too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from directory.models import ACTIVITIES_PER_SECTOR, Activity, Initiative, Publication, Sector
from directory.permissions import Person, Who, standings
from territories.models import Territory

LONGEST_WHY = 500

TELL = """
    SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)
"""
TOLD = """
    SELECT coalesce(current_setting('pghistory.context_id', true), ''),
           coalesce(current_setting('pghistory.context_metadata', true), '')
"""


class Hand(models.TextChoices):
    """In which capacity something was written: all that the public is told of who."""

    OWNER = "owner", _("par l’équipe de l’initiative")
    MODERATION = "moderation", _("par la modération")
    OFFICER = "officer", _("par un agent d’une collectivité")
    COORDINATOR = "coordinator", _("par la coordination d’un réseau ou PTCE")
    ADMINISTRATION = "administration", _("depuis l’administration")
    CONTRIBUTOR = "contributor", _("par une personne qui a un compte")
    IMPORT = "import", _("par un import")
    MAINTENANCE = "maintenance", _("par un travail d’entretien")


@contextmanager
def noting(*, by: str = "", hand: str = "", via: str = "", why: str = "") -> Iterator[None]:
    """One transaction, whose history says who (the number of an account, or who else), in which capacity,
    by which way (``site``, ``API``, ``command NAME``, the name of a source) and why. Inside another, the
    inner one counts for what is written in it."""
    said = {"by": by, "hand": str(hand), "via": via, "why": why}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TOLD)
        before = cursor.fetchone()
        cursor.execute(
            TELL, [str(uuid4()), json.dumps({name: value for name, value in said.items() if value})]
        )
        yield
        cursor.execute(TELL, before)


def hand_of(person: Person, initiative: Initiative) -> str:
    """The capacity in which a person writes of an initiative."""
    found = standings(person, initiative) if isinstance(person, User) and initiative.pk else set()
    for who, hand in (
        (Who.OWNER, Hand.OWNER),
        (Who.MODERATOR, Hand.MODERATION),
        (Who.ADMINISTRATOR, Hand.ADMINISTRATION),
    ):
        if who in found:
            return hand
    return Hand.CONTRIBUTOR


# -- Reading it again -------------------------------------------------------------------------------

# What people see of an initiative, in the order of its page.
SEEN = (
    "name", "summary", "description", "activities", "legal_form", "legal_form_note", "siret", "rna",
    "website", "phone", "email", "street", "postcode", "locality", "commune", "arrondissement", "departement",
    "location", "precision", "founded", "founded_precision", "closed", "closed_precision", "opening_hours",
    "accepts_testimony", "activity_state", "publication", "origin", "source", "verified_at", "parent",
    "language",
)  # fmt: skip
# Told to have changed, never shown: it may lead to a person, or was withdrawn on purpose.
UNTOLD = frozenset({"phone", "email", "street", "location"})


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after, as they are stored (a foreign key as its id)."""

    field: str
    before: Any
    after: Any


@dataclass(slots=True)
class Version:
    """A listing as it was from ``at`` on. ``event`` is its row of history; ``changes`` since the version
    before it, none for the ``first``."""

    event: Any
    at: datetime
    hand: str
    via: str
    why: str
    first: bool
    changes: list[Change] = field(default_factory=list)
    served: list[str] = field(default_factory=list)
    unserved: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Versions:
    """Newest first; ``older`` is where the next page begins, None at the end."""

    found: list[Version]
    older: int | None


def events() -> Any:
    return apps.get_model("directory", "InitiativeEvent")._default_manager.all()


def of(initiative: Initiative, *, public: bool, before: int | None = None, most: int = 20) -> Versions:
    """The versions of an initiative, or those that the public saw: a draft's past is nobody's business.

    ``before`` is the number of an event: only what is older is read.
    """
    rows = events().filter(pgh_obj=initiative.pk).exclude(pgh_label="delete")
    if public:
        rows = rows.filter(publication=Publication.PUBLISHED)
    if before is not None:
        rows = rows.filter(pgh_id__lt=before)
    rows = list(rows.select_related("pgh_context").order_by("-pgh_id")[: most + 1])
    shown = rows[:most]
    found = [
        version(event, rows[place + 1] if place + 1 < len(rows) else None)
        for place, event in enumerate(shown)
    ]
    if shown:
        add_served(initiative, found, since=rows[-1].pgh_created_at if len(rows) > most else None)
    older = shown[-1].pgh_id if len(rows) > most else None
    return Versions(
        [each for each in found if each.first or each.changes or each.served or each.unserved], older
    )


def version(event: Any, previous: Any) -> Version:
    told = event.pgh_context.metadata if event.pgh_context else {}
    return Version(
        event=event,
        at=event.pgh_created_at,
        hand=told.get("hand", ""),
        via=told.get("via", ""),
        why=told.get("why", ""),
        first=previous is None,
        changes=changes(previous, event) if previous else [],
    )


def changes(before: Any, after: Any) -> list[Change]:
    """Between two rows, events or the initiative itself."""
    pairs = ((name, stored(before, name), stored(after, name)) for name in SEEN)
    return [Change(name, was, now) for name, was, now in pairs if was != now]


def lost(event: Any) -> list[str]:
    """What a version names and exists no more, in words."""
    places = {getattr(event, f"{name}_id") for name in ("commune", "arrondissement", "departement")} - {None}
    there = set(Territory.objects.filter(pk__in=places).values_list("pk", flat=True))
    found = [str(_("Le territoire {id} n’existe plus.")).format(id=each) for each in sorted(places - there)]
    terms = {pk * ACTIVITIES_PER_SECTOR for pk in Sector.objects.values_list("pk", flat=True)}
    terms |= set(Activity.objects.filter(pk__in=event.activities).values_list("pk", flat=True))
    found += [
        str(_("L’activité {id} n’existe plus.")).format(id=each)
        for each in event.activities
        if each not in terms
    ]
    if event.parent_id and not Initiative.objects.filter(pk=event.parent_id).exists():
        found.append(str(_("L’organisation mère n’existe plus.")))
    return found


def stored(row: Any, name: str) -> Any:
    return getattr(row, column(name))


def column(name: str) -> str:
    """Where a row holds a field: a foreign key as its id."""
    return str(Initiative._meta.get_field(name).attname)  # type: ignore[union-attr]


def add_served(initiative: Initiative, found: list[Version], since: datetime | None) -> None:
    """Territories served or not any more go with what was written at the same time, or else with the
    version that was there then: they are rows of their own."""
    rows = apps.get_model("directory", "ServedTerritoryEvent")._default_manager.filter(
        initiative=initiative.pk
    )
    if since is not None:
        rows = rows.filter(pgh_created_at__gt=since)
    for row in rows.order_by("pgh_id").values("pgh_label", "pgh_created_at", "territory"):
        there = next((each for each in found if each.at <= row["pgh_created_at"]), None)
        if there is None or there.first:  # with the first version they came, not changed
            continue
        gone = row["pgh_label"] == "delete"
        (there.unserved if gone else there.served).append(row["territory"])


@dataclass(frozen=True, slots=True)
class United:
    """A listing that was made one with another: its ``name``, when, in which capacity, and why."""

    name: str
    at: datetime
    hand: str
    why: str


def united(initiative: Initiative, *, public: bool) -> list[United]:
    """The listings that became this one, the last first; or those that the public knew."""
    former = initiative.merged.order_by().values("former")
    rows = events().filter(pgh_obj__in=former, pgh_label="delete").select_related("pgh_context")
    if public:
        rows = rows.filter(publication=Publication.PUBLISHED)
    found = []
    for event in rows.order_by("-pgh_id"):
        told = event.pgh_context.metadata if event.pgh_context else {}
        found.append(United(event.name, event.pgh_created_at, told.get("hand", ""), told.get("why", "")))
    return found


# -- Forgetting it ----------------------------------------------------------------------------------


@transaction.atomic
def forget(slug: str) -> int:
    """Erase what a listing was, and keep what it is, if it still is: how many versions went.

    For what must not be read any more, not even in the past.
    """
    rows = events().filter(slug=slug)
    pks = set(rows.values_list("pgh_obj", flat=True))
    newest = rows.order_by("-pgh_id").first()
    kept = newest.pk if newest and newest.pgh_label != "delete" else None
    gone, _by_model = rows.exclude(pk=kept).delete()
    for model, names in (("ServedTerritory", ["initiative"]), ("Link", ["origin", "target"])):
        past = apps.get_model("directory", f"{model}Event")._default_manager
        for name in names if kept is None else []:
            past.filter(**{f"{name}__in": pks}).delete()
    with connection.cursor() as cursor:  # what caches hold of it is no longer true
        cursor.execute("INSERT INTO directory_version VALUES (1)")
    return int(gone)
