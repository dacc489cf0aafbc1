"""Count everything once: one row of ``Figures`` for each official territory, in one transaction.

A figure of a territory is a sum over its communes, so each initiative is read once, and the sums follow.
Hot SQL of this room.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray
from pyproj import Geod

from diagnosis.models import YEARS, Edition, Figures
from directory.models import Sector
from directory.version import token
from territories.models import Kind

# Parts of a territory that are sums of those of its communes.
PARENTS = ("epci", "departement", "region", "country")
TALLIED = ("count", "placed", "addressed", "verified", "fresh", "undated")
# Published and open: what every count of Maillage counts.
VISIBLE = "publication = 'published' AND activity_state = 'open'"
# One row for each place and set of sectors. Who knows no commune may know a département.
TALLY = f"""
SELECT coalesce(commune_id, departement_id), sector_mask, count(*), count(location),
       count(*) FILTER (WHERE "precision" = 'address'), count(verified_at),
       count(*) FILTER (WHERE updated_at >= %s - interval '24 months'),
       count(*) FILTER (WHERE founded IS NULL)
FROM directory_initiative WHERE {VISIBLE} GROUP BY 1, 2
"""
# T1: what was founded, closed and entered in each of the last years, of those that are closed too.
BY_YEAR = """
SELECT coalesce(commune_id, departement_id), what, %(last)s - year, count(*)
FROM directory_initiative,
LATERAL (VALUES (0, extract(year FROM founded)), (1, extract(year FROM closed)),
                (2, extract(year FROM created_at AT TIME ZONE %(zone)s))) AS dates (what, year)
WHERE publication = 'published' AND activity_state IN ('open', 'closed')
  AND year > %(last)s - %(years)s AND year <= %(last)s
GROUP BY 1, 2, 3
"""
POINTS = f"""
SELECT public.ST_X(location), public.ST_Y(location), sector_mask
FROM directory_initiative WHERE {VISIBLE} AND location IS NOT NULL
"""
PLACES = """
SELECT id, kind, population, epci_id, departement_id, region_id, country_id,
       public.ST_X(chief_place), public.ST_Y(chief_place)
FROM territories_territory WHERE kind <> 'custom' AND kind <> 'arrondissement' ORDER BY id
"""
GEOD = Geod(ellps="WGS84")
# No two points are nearer on the sphere and farther on the ellipsoid by more than this.
FLATTENING = 1.01


@dataclass
class Place:
    """A territory while it is being counted."""

    id: str
    kind: str
    population: int | None
    parents: tuple[str, ...]
    at: tuple[float, float] | None
    sectors: NDArray[np.int64]
    weights: NDArray[np.float64]
    by_year: NDArray[np.int64]
    tallies: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(TALLIED), dtype=np.int64))
    largest: int = 0
    communes: int = 0
    reach: list[float | None] | None = None


def count_everything() -> Edition:
    """Count all initiatives and replace every row of ``Figures``; readers see the last ones until the end."""
    began, alone = time.monotonic(), not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if alone:  # the counts and the distances are those of one moment
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        version, now = token(), timezone.now()
        sectors = max(Sector.objects.values_list("pk", flat=True), default=0)
        places = read_places(cursor, sectors)
        placeless = tally(cursor, places, sectors, now)
        tally_years(cursor, places)
        sum_up(places)
        find_reach(cursor, places, sectors)
        write(cursor, places)
        Edition.objects.all().delete()
        return Edition.objects.create(
            at=now, version=version, placeless=placeless, seconds=time.monotonic() - began
        )


def is_current() -> bool:
    """Whether nothing was written since the last counting."""
    last = Edition.objects.order_by("-at").first()
    return last is not None and last.version == token()


def read_places(cursor: Any, sectors: int) -> dict[str, Place]:
    cursor.execute(PLACES)
    return {
        id: Place(
            id, kind, population, tuple(parent for parent in parents if parent),
            None if lon is None else (lon, lat), np.zeros(sectors, dtype=np.int64), np.zeros(sectors),
            np.zeros((3, YEARS), dtype=np.int64),
        )
        for id, kind, population, *parents, lon, lat in cursor
    }  # fmt: skip


def tally(cursor: Any, places: dict[str, Place], sectors: int, now: Any) -> int:
    """Add each group of initiatives to its commune, or to its département; how many have neither."""
    cursor.execute(TALLY, [now])
    bits = 1 << np.arange(sectors)
    placeless = 0
    for id, mask, *counts in cursor:
        place = places.get(id)
        if place is None:
            placeless += counts[0]
            continue
        held = (mask & bits) != 0
        place.sectors += counts[0] * held
        place.weights += counts[0] * held / held.sum()
        place.tallies += counts
    return placeless


def tally_years(cursor: Any, places: dict[str, Place]) -> None:
    """Add what was founded, closed and entered in each place, the oldest year first."""
    last = timezone.localdate().year
    cursor.execute(BY_YEAR, {"last": last, "years": YEARS, "zone": timezone.get_default_timezone_name()})
    for id, what, ago, n in cursor:
        if id in places:
            places[id].by_year[what, YEARS - 1 - int(ago)] += n


def sum_up(places: dict[str, Place]) -> None:
    """What a territory counts is what its communes count, and what knows its département only."""
    for place in places.values():
        if place.kind == Kind.COMMUNE:
            place.largest, place.communes = place.population or 0, 1
    own = {
        id: (p.sectors.copy(), p.weights.copy(), p.tallies.copy(), p.by_year.copy())
        for id, p in places.items()
    }
    for place in places.values():
        if place.kind not in (Kind.COMMUNE, Kind.DEPARTEMENT):
            continue
        sectors, weights, tallies, by_year = own[place.id]
        for parent in (places[id] for id in place.parents if id in places):
            parent.sectors += sectors
            parent.weights += weights
            parent.tallies += tallies
            parent.by_year += by_year
            if place.kind == Kind.COMMUNE:
                parent.largest = max(parent.largest, place.largest)
                parent.communes += 1


def find_reach(cursor: Any, places: dict[str, Place], sectors: int) -> None:
    """From the chief place of each commune, metres to the nearest initiative, of any sector and of each."""
    communes = [p for p in places.values() if p.kind == Kind.COMMUNE and p.at]
    cursor.execute(POINTS)
    found = np.fromiter(cursor, dtype=[("lon", "f8"), ("lat", "f8"), ("mask", "i8")])
    origins = np.array([p.at for p in communes]).reshape(-1, 2)
    columns = [nearest(origins, found)]
    columns += [nearest(origins, found[found["mask"] & (1 << bit) != 0]) for bit in range(sectors)]
    for place, metres in zip(communes, np.column_stack(columns), strict=True):
        place.reach = [None if np.isnan(each) else round(float(each), 1) for each in metres]


def nearest(origins: NDArray[np.float64], points: NDArray[Any]) -> NDArray[np.float64]:
    """Metres on the ellipsoid from each origin (lon, lat in degrees) to the nearest point; NaN without any.

    The sphere gives a few candidates; they are measured on the ellipsoid, and where one more could be nearer
    there, all that could are.
    """
    from scipy.spatial import KDTree  # half a second, which only this needs

    if not len(points) or not len(origins):
        return np.full(len(origins), np.nan)
    tree = KDTree(on_sphere(points["lon"], points["lat"]))
    seen = on_sphere(origins[:, 0], origins[:, 1])
    few = min(4, len(points))
    chords, index = tree.query(seen, k=few)
    chords, index = chords.reshape(-1, few), index.reshape(-1, few)
    metres = measured(np.repeat(origins, few, axis=0), points[index.ravel()]).reshape(-1, few).min(axis=1)
    # The last candidate is nearly as near as the first: others, unseen, may be too.
    doubtful = (chords[:, -1] < chords[:, 0] * FLATTENING) & (few < len(points))
    for i in np.flatnonzero(doubtful):
        near = tree.query_ball_point(seen[i], chords[i, 0] * FLATTENING)
        metres[i] = measured(np.repeat(origins[i : i + 1], len(near), axis=0), points[near]).min()
    return metres


def on_sphere(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of the unit sphere: the nearest along the chord is the nearest along the ground."""
    theta, phi = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)])


def measured(origins: NDArray[np.float64], points: NDArray[Any]) -> NDArray[np.float64]:
    """Metres on the ellipsoid, pair by pair."""
    return np.asarray(GEOD.inv(origins[:, 0], origins[:, 1], points["lon"], points["lat"])[2])


def write(cursor: Any, places: dict[str, Place]) -> None:
    Figures.objects.all().delete()
    columns = (
        "territory_id", "count", "placed", "addressed", "verified", "fresh", "undated", "by_sector",
        "weights", "by_year", "largest_commune", "communes", "reach",
    )  # fmt: skip
    with cursor.copy(f"COPY diagnosis_figures ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows(places):
            copy.write_row(row)


def rows(places: dict[str, Place]) -> Iterator[tuple[Any, ...]]:
    for place in places.values():
        sectors, weights = place.sectors.tolist(), place.weights.tolist()
        tallies = place.tallies.tolist()
        by_year = place.by_year.ravel().tolist()
        yield (place.id, *tallies, sectors, weights, by_year, place.largest, place.communes, place.reach)
