"""The catalogue of levers: kept by officers and administrators, read beside a diagnosis."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from diagnosis.lever import Lever, LeverKind
from directory.history import Hand, noting
from directory.models import RoleKind, Sector
from directory.permissions import Action, Who, may, require, standings
from directory.publishing import ACCOUNT
from territories.models import CustomCommune, Kind, Territory

FIELDS = (
    "kind", "name", "giver", "audience", "details", "territory", "sectors", "starts", "ends", "link",
    "source", "checked",
)  # fmt: skip
# What a report lists: beyond, the sectors tell more.
MOST = 200
# What a commune lies in, a column each.
SCALES = (Kind.EPCI, Kind.DEPARTEMENT, Kind.REGION, Kind.COUNTRY)


@dataclass(frozen=True, slots=True)
class Offer:
    """A lever as a report shows it: plain values, which a saved diagnosis freezes. ``sectors`` are slugs,
    none meaning all; ``everywhere`` where it may be used on the whole territory of the report."""

    id: int
    kind: str
    name: str
    giver: str
    audience: str
    details: str
    territory: str
    territory_name: str
    sectors: tuple[str, ...]
    starts: date | None
    ends: date | None
    link: str
    source: str
    checked: date
    everywhere: bool

    @property
    def kind_label(self) -> str:
        """In the language of the reader."""
        return str(LeverKind(self.kind).label)

    @property
    def state(self) -> str:
        """``coming``, ``open`` or ``over``, today."""
        return state(self.starts, self.ends)


@dataclass(frozen=True, slots=True)
class Offers:
    """What may be used on a territory. Left out: ``over`` because their time has passed, ``more`` because
    nobody reads so many (MOST)."""

    found: list[Offer]
    over: int
    more: int


def state(starts: date | None, ends: date | None) -> str:
    today = timezone.localdate()
    if ends and ends < today:
        return "over"
    return "coming" if starts and starts > today else "open"


# -- Keeping it -------------------------------------------------------------------------------------


def create(by: User, details: Mapping[str, Any]) -> Lever:
    """Add a lever; ``details`` are FIELDS. NotAllowed where the territory is not of this person."""
    require(by, Action.KEEP_LEVERS, details["territory"])
    with _noting(by, details["territory"]):
        return Lever.objects.create(**{name: details[name] for name in FIELDS})


def change(lever: Lever, by: User, details: Mapping[str, Any]) -> Lever:
    """Change a lever. To move it, one must keep the levers of both territories."""
    require(by, Action.KEEP_LEVERS, lever.territory)
    require(by, Action.KEEP_LEVERS, details.get("territory", lever.territory))
    with _noting(by, lever.territory):
        row = Lever.objects.select_for_update().get(pk=lever.pk)
        for name in FIELDS:
            setattr(row, name, details.get(name, getattr(row, name)))
        row.save()
    return row


def remove(lever: Lever, by: User) -> None:
    """Take a lever out of the catalogue: its history stays."""
    require(by, Action.KEEP_LEVERS, lever.territory)
    with _noting(by, lever.territory):
        lever.delete()


def _noting(by: User, territory: Territory) -> Any:
    hand = Hand.OFFICER if Who.OFFICER in standings(by, territory) else Hand.ADMINISTRATION
    return noting(by=f"{ACCOUNT}{by.pk}", hand=hand, via="site")


def keeps_levers(person: Any) -> bool:
    """Whether there is a territory whose levers this person may keep."""
    if not isinstance(person, User):
        return False
    return person.is_superuser or person.roles.held().filter(kind=RoleKind.OFFICER).exists()


def kept_by(person: User) -> QuerySet[Lever]:
    """The levers that this person may change, by name."""
    rows = Lever.objects.select_related("territory").defer("territory__geometry")
    if person.is_superuser:
        return rows
    with_levers = Territory.objects.filter(levers__isnull=False).order_by().distinct()
    near = Q(pk__in=[])
    for role in person.roles.held().filter(kind=RoleKind.OFFICER).select_related("territory"):
        assert role.territory is not None  # a constraint of the table
        inside = Territory.objects.all().within(role.territory).order_by().values("pk")
        near |= Q(pk=role.territory_id) | Q(pk__in=inside)
    # What only crosses the border of one's territory is near, and not one's own.
    own = [each.pk for each in with_levers.filter(near) if may(person, Action.KEEP_LEVERS, each)]
    return rows.filter(territory__in=own)


@dataclass(frozen=True, slots=True)
class Past:
    """One moment of the history of a lever: in which capacity, and the fields that changed; ``first`` where
    it was added."""

    at: datetime
    hand: str
    changed: list[str]
    first: bool

    @property
    def said(self) -> str:
        return str(Hand(self.hand).label) if self.hand in Hand.values else ""


def history(lever: Lever, most: int = 20) -> list[Past]:
    """What happened to a lever, newest first."""
    rows = apps.get_model("diagnosis", "LeverEvent")._default_manager.filter(pgh_obj=lever.pk)
    events = list(rows.select_related("pgh_context").order_by("-pgh_id")[: most + 1])
    found = []
    for event, before in zip_longest(events[:most], events[1:]):
        told = event.pgh_context.metadata if event and event.pgh_context else {}
        if event:
            changed = _changed(before, event) if before else []
            found.append(Past(event.pgh_created_at, told.get("hand", ""), changed, before is None))
    return found


def _changed(before: Any, after: Any) -> list[str]:
    """The fields that two events tell otherwise, by their names on screen."""
    columns = {name: Lever._meta.get_field(name) for name in FIELDS}
    return [
        str(column.verbose_name)  # type: ignore[union-attr]  # a column, no relation from elsewhere
        for column in columns.values()
        if getattr(before, column.attname) != getattr(after, column.attname)  # type: ignore[union-attr]
    ]


# -- Reading it -------------------------------------------------------------------------------------


def offers(territory: Territory, sector: int | None = None) -> Offers:
    """The levers of a territory, of one sector (its number) or of all, those for all of it first.

    Those of every territory that shares a commune with it; what is over is counted only.
    """
    rows = Lever.objects.filter(territory__in=_around(territory)).select_related("territory")
    if sector is not None:
        rows = rows.filter(Q(sectors=[]) | Q(sectors__contains=[sector]))
    levers = list(rows.defer("territory__geometry"))
    living = [each for each in levers if state(each.starts, each.ends) != "over"]
    whole = _whole(territory, {each.territory_id for each in living})
    found = [replace(each, everywhere=each.territory in whole) for each in described(living)]
    found.sort(key=lambda each: (not each.everywhere, list(LeverKind).index(LeverKind(each.kind))))
    return Offers(found[:MOST], len(levers) - len(living), len(found[MOST:]))


def described(levers: Iterable[Lever]) -> list[Offer]:
    """Rows as plain values."""
    slugs = dict(Sector.objects.values_list("pk", "slug"))
    return [
        Offer(
            each.pk, each.kind, each.name, each.giver, each.audience, each.details, each.territory_id,
            each.territory.name, tuple(slugs[number] for number in each.sectors if number in slugs),
            each.starts, each.ends, each.link, each.source, each.checked, everywhere=True,
        )
        for each in levers
    ]  # fmt: skip


def _around(territory: Territory) -> set[str]:
    """The ids of the territories that share a commune with this one, of those that have a lever."""
    used = Lever.objects.order_by().values("territory")
    with_levers = list(Territory.objects.filter(pk__in=used).order_by())
    if not with_levers:
        return set()
    communes = Territory.objects.all().communes_of(territory).order_by()
    found = {territory.pk}
    for kind in SCALES:
        ids = [each.pk for each in with_levers if each.kind == kind]
        if ids:
            inside = communes.filter(**{f"{kind.value}__in": ids})
            found |= set(inside.values_list(kind.value, flat=True).distinct())
    customs = CustomCommune.objects.filter(
        territory__in=[each.pk for each in with_levers if each.kind == Kind.CUSTOM],
        commune__in=communes.values("pk"),
    )
    found |= set(customs.values_list("territory", flat=True).distinct())
    # One arrondissement is no part of another.
    parts = {Kind.COMMUNE} | ({Kind.ARRONDISSEMENT} if territory.kind != Kind.ARRONDISSEMENT else set())
    small = {each.pk: each.commune_id or each.pk for each in with_levers if each.kind in parts}
    held = set(communes.filter(pk__in=small.values()).values_list("pk", flat=True))
    return found | {pk for pk, commune in small.items() if commune in held}


def _whole(territory: Territory, ids: Collection[str]) -> set[str]:
    """Of these territories, those that have every commune of this one."""
    within = Territory.objects.all().communes_of(territory).order_by()
    # Official territories lie in one another by their own columns; the others are a set of communes.
    above = {territory.pk, territory.country_id, territory.region_id, territory.departement_id}
    found = {id for id in ids if id in above}
    rest = set(ids) - found
    if territory.kind == Kind.COUNTRY:
        rest = {id for id in rest if id.startswith(Kind.CUSTOM)}  # nothing else is as large
    # What has fewer people does not have all of its communes.
    rows = Territory.objects.filter(pk__in=rest).exclude(kind=Kind.ARRONDISSEMENT)
    for each in rows.exclude(population__lt=territory.population or 0):
        theirs = Territory.objects.all().communes_of(each).order_by().values("pk")
        if not within.exclude(pk__in=theirs).exists():
            found.add(each.pk)
    return found
