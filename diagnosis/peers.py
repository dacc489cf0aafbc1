"""Territories of the same kind: those that resemble one, and where it stands among all of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from diagnosis.formulas import nearest_profiles, per_inhabitants
from diagnosis.models import Figures
from diagnosis.zones import Zone
from territories.models import Kind, Territory

PEERS = 10


@dataclass(frozen=True, slots=True)
class Kin:
    """One territory among those of its kind. Population may be unknown, and then it resembles none."""

    id: str
    population: int
    area: float | None
    largest_commune: int
    count: int

    @property
    def profile(self) -> tuple[float, float, float]:
        """Log of population, log of inhabitants per km², part of the people in the largest commune."""
        people, area = self.population, self.area
        assert area  # those without are left out before
        return np.log(people), np.log(people / area), self.largest_commune / people


def peer_kind(kind: str) -> str:
    """What a territory of this kind is compared with: its own, or intercommunalities for a custom one."""
    return Kind.EPCI if kind == Kind.CUSTOM else kind


def may_be_peer(other: Territory, territory: Territory) -> bool:
    """Whether a reader may compare with it: what is larger, or within, would be counted twice."""
    return other.kind in (peer_kind(territory.kind), Kind.CUSTOM)


def kin_of(kind: str) -> list[Kin]:
    """All that a territory of this kind is compared with, which have people."""
    rows = Figures.objects.filter(territory__kind=peer_kind(kind), territory__population__gt=0).order_by("pk")
    columns = ("pk", "territory__population", "territory__area_km2", "largest_commune", "count")
    return [Kin(*row) for row in rows.values_list(*columns)]


def similar(zone: Zone, kin: list[Kin], k: int = PEERS, without: Collection[str] = ()) -> list[str]:
    """The ids of the k most like this one, the most alike first; none where it has no people or no area.
    ``without`` are those that share communes with it."""
    if not zone.population or not zone.area:
        return []
    own = Kin(zone.id, zone.population, zone.area, zone.largest_commune, zone.count)
    others = [own, *(each for each in kin if each.id not in (zone.id, *without) and each.area)]
    if len(others) < 3:
        return []
    profiles = np.array([each.profile for each in others])
    return [others[i].id for i in nearest_profiles(profiles, 0, k)]


def densities(kin: list[Kin]) -> list[float]:
    """D1 of each."""
    return [found for each in kin if (found := per_inhabitants(each.count, each.population)) is not None]
