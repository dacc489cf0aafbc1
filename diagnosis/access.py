"""Who lives how far from what, and what the maps colour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from diagnosis import formulas
from diagnosis.model import Cell, Place, SectorName, WhiteZone
from diagnosis.zones import Commune, zones
from territories.models import Kind, Territory

WHITE_ZONE = 10_000  # metres
NAMED = 500  # communes of a white zone
MANY = 1_000  # more communes than that are drawn by intercommunality


class Access:
    """Who lives how far from what: the communes of a territory that have a chief place, the most peopled
    first, and their distances in metres (infinite where there is nothing to reach), in one table."""

    def __init__(self, within: list[Commune]) -> None:
        self.communes = sorted((c for c in within if c.reach), key=lambda c: (-c.population, c.name))
        self.left_out = len(within) - len(self.communes)
        self.people = np.array([c.population for c in self.communes], dtype=float)
        self.metres = np.array([c.reach for c in self.communes], dtype=float)  # None is not a number
        self.metres[np.isnan(self.metres)] = np.inf

    def white_zones(self, sectors: list[SectorName]) -> list[WhiteZone]:
        """A4, by sector."""
        if not self.communes:
            return []
        found = []
        for sector in sectors:
            far = self.metres[:, sector.number] > WHITE_ZONE
            named = [self.communes[i] for i in np.flatnonzero(far)[:NAMED]]
            places = [Place(each.id, each.name, each.population) for each in named]
            found.append(WhiteZone(sector.slug, int(far.sum()), int(self.people[far].sum()), places))
        return found


def cells(territory: Territory, within: list[Commune], sectors: list[SectorName]) -> list[Cell]:
    """The parts of a territory that its maps colour, by name."""
    rates = {
        zone.id: formulas.per_inhabitants(zone.count, zone.population)
        for zone in zones({each.departement for each in within if each.departement})
    }
    if len(within) <= MANY:
        return [
            cell(each.id, each.name, Kind.COMMUNE, [each], rates.get(each.departement or ""), sectors)
            for each in within
        ]
    wide = territory.kind == Kind.COUNTRY
    groups: dict[str, list[Commune]] = defaultdict(list)
    for each in within:
        groups[(each.departement if wide else each.epci) or each.id].append(each)
    named = Territory.objects.in_bulk(groups)
    found = [
        cell(id, named[id].name, named[id].kind, members, None, sectors) for id, members in groups.items()
    ]
    return sorted(found, key=lambda each: each.name)


def cell(
    id: str, name: str, kind: str, members: list[Commune], rate: float | None, sectors: list[SectorName]
) -> Cell:
    """One part, made of communes; ``rate`` is that of the département, towards which a commune is drawn."""
    people = sum(each.population for each in members)
    count = sum(each.count for each in members)
    areas = [each.area for each in members]
    return Cell(
        id, name, kind, people, None if None in areas else sum(each or 0 for each in areas), count,
        tuple(map(int, np.array([each.by_sector for each in members]).sum(axis=0))),
        formulas.smoothed_density(count, people, rate)
        if kind == Kind.COMMUNE
        else formulas.per_inhabitants(count, people),
        mean_reach(members, len(sectors) + 1),
    )  # fmt: skip


def mean_reach(members: Iterable[Commune], columns: int) -> tuple[float | None, ...]:
    """A2 of some communes, by sector; of an empty one, its own distance. None where there is nothing to
    reach, or where no chief place is known."""
    placed = [each for each in members if each.reach]
    if not placed:
        return (None,) * columns
    metres = np.array([each.reach for each in placed], dtype=float)  # None is not a number
    people = np.array([max(each.population, 1) for each in placed], dtype=float)
    means = people @ metres / people.sum()
    return tuple(None if np.isnan(mean) else float(mean) for mean in means)
