"""The one search: typed criteria, and the initiatives that match them.

Every face (list, map, API, exports, figures) builds its ``SearchCriteria`` from the filter language
(``directory.filters``) and asks it for initiatives, so that all of them give the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, Self

from django.db.models import F, Q
from django.utils import timezone

from directory.missing import missing_q
from directory.models import (
    ACTIVITIES_PER_SECTOR,
    Grouping,
    Initiative,
    Listing,
    Membership,
    ServedTerritory,
)  # fmt: skip
from directory.querysets import InitiativeQuerySet
from directory.words import TextQuery
from territories.geometry import BBox, Point
from territories.models import CustomCommune, Kind, Territory

DEFAULT_RADIUS = 10_000

# The sort keys of each order, as (field, descending); the last one makes the order total.
ORDERINGS: dict[str, tuple[tuple[str, bool], ...]] = {
    "relevance": (("rank", True), ("name_sort", False), ("pk", False)),
    "distance": (("distance", False), ("pk", False)),
    "name": (("name_sort", False), ("pk", False)),
    "-updated": (("updated_at", True), ("pk", True)),
    "-created": (("created_at", True), ("pk", True)),
}

NARROWING = (
    "text", "activities", "territories", "ptces", "networks", "legal_forms", "charter", "testimony",
    "example", "placed", "missing", "bbox", "near", "verified_since", "verified_before", "updated_since",
    "ids", "listing",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchCriteria:
    """What is looked for. ``params`` is the same thing in the filter language, for addresses.

    ``radius`` is in metres. An empty tuple or None asks nothing. A whole sector is the hundred
    ``activities`` that it may ever have.
    """

    text: TextQuery | None = None
    activities: tuple[int, ...] | None = None
    territories: tuple[Territory, ...] = ()
    served: bool = False
    ptces: tuple[int, ...] = ()
    networks: tuple[int, ...] = ()
    legal_forms: tuple[str, ...] = ()
    charter: bool | None = None
    testimony: bool | None = None
    example: bool | None = None
    placed: bool | None = None
    missing: tuple[str, ...] = ()
    bbox: BBox | None = None
    near: Point | None = None
    radius: int = DEFAULT_RADIUS
    verified_since: date | None = None
    verified_before: date | None = None
    updated_since: date | None = None
    ids: tuple[int, ...] | None = None
    listing: Listing | None = None
    listing_criteria: SearchCriteria | None = None
    ordering: str = "name"
    params: dict[str, str] = field(default_factory=dict, compare=False)

    def initiatives(self) -> InitiativeQuerySet:
        """Every initiative that matches, in no order."""
        found = Initiative.objects.visible().filter(self._plain_q()).order_by()
        if self.text is not None:
            found = found.matching(self.text.tsquery)
        if self.sector_mask:
            found = found.in_sectors(self.sector_mask)
        if self.activities is not None and not (self.sector_mask and self._narrow()):
            found = found.in_activities(self.activities)
        if self.bbox is not None:
            found = found.in_box(self.bbox)
        if self.near is not None:
            found = found.within(self.near, self.radius)
        return found

    def ordered(self, ranked: Q | None = None) -> InitiativeQuerySet:
        """The same in their order, with the values it rests on (``rank``, ``distance`` in metres).

        ``ranked``: which of them have a rank of their own; the others follow (directory/relevance.py).
        """
        found = self.initiatives()
        if self.near is not None:
            found = found.with_distance(self.near)
        if self.ordering == "relevance" and self.text is not None:
            found = found.with_rank(self.text.tsquery, ranked)
        return found.order_by(
            *(
                F(name).desc() if descending else F(name).asc()
                for name, descending in ORDERINGS[self.ordering]
            )
        )

    def _narrow(self) -> bool:
        """Whether the box alone gives so few rows that whole sectors need no index: their bits say the same
        as a hundred activities, which take as long to compare with each row as all the rest."""
        parts = self.bbox.parts() if self.bbox is not None else []
        return bool(parts) and sum((east - west) * (north - south) for west, south, east, north in parts) < 1

    @property
    def sector_mask(self) -> int | None:
        """The bits of the sectors asked for: 0 where none is, None where single activities are."""
        if self.activities is None:
            return 0
        sectors = {activity // ACTIVITIES_PER_SECTOR for activity in self.activities}
        if len(self.activities) < len(sectors) * ACTIVITIES_PER_SECTOR:
            return None
        return sum(1 << (sector - 1) for sector in sectors)

    def asked(self) -> set[str]:
        """The names of the fields that narrow the search."""
        return {name for name in NARROWING if getattr(self, name) not in (None, ())}

    def without(self, facet: str) -> Self:
        """The same criteria less those of one facet: what its counts follow."""
        cleared: dict[str, dict[str, Any]] = {
            "sector": {"activities": None},
            "legal_form": {"legal_forms": ()},
            "network": {"networks": ()},
            "ptce": {"ptces": ()},
        }
        return replace(self, **cleared[facet])

    def in_box(self, box: BBox) -> Self:
        return replace(self, bbox=box, params={**self.params, "bbox": str(box)})

    def _plain_q(self) -> Q:
        condition = Q()
        if self.territories:
            condition &= territories_q(self.territories, self.served)
        for groupings in (self.ptces, self.networks):
            if groupings:
                condition &= members_q(groupings)
        if self.legal_forms:
            condition &= Q(legal_form__in=self.legal_forms)
        if self.charter is not None:
            condition &= Q(charter_signatory=self.charter)
        if self.testimony is not None:
            condition &= Q(accepts_testimony=self.testimony)
        if self.example is not None:
            condition &= Q(origin="example") if self.example else ~Q(origin="example")
        if self.placed is not None:
            condition &= Q(location__isnull=not self.placed)
        if self.missing:
            condition &= any_missing_q(self.missing)
        if self.verified_since is not None:
            condition &= Q(verified_at__gte=start_of(self.verified_since))
        if self.verified_before is not None:
            condition &= Q(verified_at=None) | Q(verified_at__lt=start_of(self.verified_before))
        if self.updated_since is not None:
            condition &= Q(updated_at__gte=start_of(self.updated_since))
        if self.ids is not None:
            condition &= Q(pk__in=self.ids)
        if self.listing is not None:
            condition &= self._listing_q(self.listing)
        return condition

    def _listing_q(self, listing: Listing) -> Q:
        """What the saved criteria find or a hand added, less what a hand took out."""
        picks = listing.picks.values("initiative")
        condition = Q(pk__in=picks.filter(included=True))
        if self.listing_criteria is not None:
            condition |= Q(pk__in=self.listing_criteria.initiatives().values("pk"))
        return condition & ~Q(pk__in=picks.filter(included=False))


def any_missing_q(lacks: tuple[str, ...]) -> Q:
    """Those that lack any of these."""
    condition = Q()
    for each in lacks:
        condition |= missing_q(each)
    return condition


def start_of(day: date) -> datetime:
    """Midnight at the beginning of a day, in the time zone of the site."""
    return timezone.make_aware(datetime.combine(day, time.min))


def members_q(groupings: tuple[int, ...]) -> Q:
    """Members of the groupings, both sides having agreed, and the initiatives that run them."""
    members = Membership.objects.filter(
        grouping__in=groupings, member_agreed_at__isnull=False, grouping_agreed_at__isnull=False, until=None
    )
    runners = Grouping.objects.filter(pk__in=groupings).order_by()
    return Q(pk__in=members.values("initiative").union(runners.values("initiative")))


def territories_q(territories: tuple[Territory, ...], served: bool) -> Q:
    """Established in one of the territories; with ``served``, or serving one of them."""
    condition = Q()
    for kind in {territory.kind for territory in territories}:
        ids = [territory.pk for territory in territories if territory.kind == kind]
        if kind == Kind.CUSTOM:
            communes = CustomCommune.objects.filter(territory__in=ids).values("commune")
            condition |= Q(commune__in=communes)
        else:
            condition |= Q(**{f"{kind}__in": ids})
    if served:
        condition |= Q(pk__in=ServedTerritory.objects.filter(territory__in=territories).values("initiative"))
    return condition
