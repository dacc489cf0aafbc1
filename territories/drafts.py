"""Territories being prepared, before they are written: what sums, unions and points follow from communes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import shapely

from territories import coverage
from territories.models import ChiefPlaceSource, Kind

# The greatest map zoom that an outline serves → the detail it leaves out (see coverage) and the decimals
# it keeps. A pixel is 0.044° wide at zoom 5, 0.022° at 6, 0.0055° at 8, 0.0014° at 10; beyond, the full
# outline is served as it is.
BANDS: dict[int, tuple[float, int]] = {5: (0.03, 3), 6: (0.015, 3), 8: (0.0065, 4), 10: (0.0035, 4)}
FULL_DECIMALS = 5
# Labels are placed on this band: the middle of an outline does not need its details.
LABEL_BAND = 8


@dataclass(slots=True)
class Draft:
    """A territory to be written. Parents are ids; geometry is WGS 84."""

    kind: str
    code: str
    name: str
    status: str = ""
    country: str | None = None
    region: str | None = None
    departement: str | None = None
    epci: str | None = None
    commune: str | None = None
    postcodes: list[str] = field(default_factory=list)
    former_names: list[str] = field(default_factory=list)
    population: int | None = None
    population_edition: str = ""
    vintage: int | None = None
    source: str = ""
    outline_note: str = ""
    geometry: shapely.MultiPolygon | None = None
    chief_place: shapely.Point | None = None
    chief_place_source: str = ""
    label_point: shapely.Point | None = None
    outlines: dict[int, shapely.MultiPolygon] = field(default_factory=dict)
    owner: int | None = None
    dated: date | None = None

    @property
    def id(self) -> str:
        return f"{self.kind}-{self.code}"


def simplify_together(cells: Sequence[Draft]) -> None:
    """Gives neighbours of one kind their simplified outlines, each band from the next finer one."""
    drawn = [cell for cell in cells if cell.geometry is not None]
    if not drawn:
        return
    outlines = np.array([cell.geometry for cell in drawn], dtype=object)
    for band in sorted(BANDS, reverse=True):
        outlines = coverage.simplified(outlines, BANDS[band][0])
        for cell, outline in zip(drawn, outlines, strict=True):
            cell.outlines[band] = outline


def members_by(members: Iterable[Draft], link: str) -> dict[str, list[Draft]]:
    """Members grouped by the id in one of their parent links."""
    groups: dict[str, list[Draft]] = defaultdict(list)
    for member in members:
        parent = getattr(member, link)
        if parent is not None:
            groups[parent].append(member)
    return groups


def sum_of(populations: Iterable[int | None]) -> int | None:
    known = [population for population in populations if population is not None]
    return sum(known) if known else None


def follow_from(whole: Draft, members: Sequence[Draft]) -> None:
    """Outline and population of a territory from its members'."""
    whole.population = sum_of(member.population for member in members)
    whole.geometry = coverage.union(member.geometry for member in members)
    for band in BANDS:
        outline = coverage.union(member.outlines.get(band) for member in members)
        if outline is not None:
            whole.outlines[band] = outline


def seat_of(members: Sequence[Draft]) -> Draft | None:
    """The most populated member that has a chief place; of equals, the first code."""
    placed = [member for member in members if member.chief_place is not None]
    return min(placed, key=lambda member: (-(member.population or 0), member.code), default=None)


def place_seat(whole: Draft, seat: Draft | None) -> None:
    """The chief place of a territory is that of its seat."""
    if seat is not None and seat.chief_place is not None:
        whole.chief_place = seat.chief_place
        whole.chief_place_source = ChiefPlaceSource.SEAT


def label(cells: Iterable[Draft]) -> None:
    """Communes are labelled at their chief place, larger territories in their middle."""
    for cell in cells:
        if cell.kind in (Kind.COMMUNE, Kind.ARRONDISSEMENT):
            cell.label_point = cell.chief_place
        else:
            cell.label_point = coverage.label_point(cell.outlines.get(LABEL_BAND, cell.geometry))
