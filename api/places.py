"""Territories as GeoJSON features of their chief places, never with a polygon."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from territories.models import Territory

PARENTS = ("commune", "epci", "departement", "region", "country")
# What a feature is made of. The outline itself is never among it: its envelope tells that there is one.
COLUMNS = (
    "id", "kind", "code", "name", "status", *(f"{parent}_id" for parent in PARENTS), "postcodes",
    "population", "population_edition", "vintage", "source", "outline_note", "area_km2", "chief_place",
    "chief_place_source", "envelope",
)  # fmt: skip
DECIMALS = 6


def features(territories: Iterable[Territory], base: str) -> list[dict[str, Any]]:
    """A feature of each, in order; one more query for the names of the parents.

    ``base`` is the address of the site, without a final slash.
    """
    rows = list(territories)
    ids = {pk for row in rows for parent in PARENTS if (pk := getattr(row, f"{parent}_id"))}
    names = dict(Territory.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [feature(row, names, base) for row in rows]


def feature(territory: Territory, names: dict[str, str], base: str) -> dict[str, Any]:
    parents = {parent: getattr(territory, f"{parent}_id") for parent in PARENTS}
    point = territory.chief_place
    return {
        "type": "Feature",
        "id": territory.pk,
        "geometry": {"type": "Point", "coordinates": [round(point.x, DECIMALS), round(point.y, DECIMALS)]}
        if point
        else None,
        "properties": {
            "id": territory.pk,
            "kind": territory.kind,
            "code": territory.code,
            "name": territory.name,
            "status": territory.status or None,
            "population": territory.population,
            "population_edition": territory.population_edition or None,
            "area_km2": territory.area_km2 and round(territory.area_km2, 3),
            "vintage": territory.vintage,
            "source": territory.source or None,
            "postcodes": territory.postcodes,
            "parents": {kind: {"id": pk, "name": names[pk]} if pk else None for kind, pk in parents.items()},
            "chief_place_source": territory.chief_place_source or None,
            "has_outline": territory.envelope is not None,
            "outline_note": territory.outline_note or None,
            "url": f"{base}/territoires/{territory.pk}/",
        },
    }
