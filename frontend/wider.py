"""Where to look on when there is nothing here: the territories around, and what each counts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from directory.facets import count as matched
from directory.search import SearchCriteria
from frontend.addresses import search_address
from territories.models import Kind, Territory

# From the nearest to the widest.
AROUND = (Kind.EPCI, Kind.DEPARTEMENT, Kind.REGION, Kind.COUNTRY)


@dataclass(frozen=True, slots=True)
class Wider:
    """A territory around, the same search there, and how many it finds."""

    territory: Territory
    count: int
    href: str


def wider(criteria: SearchCriteria) -> list[Wider]:
    """The same search in the territories that hold the first one searched: those that find
    something, and more than a nearer one does."""
    if not criteria.territories or criteria.bbox or criteria.near:
        return []
    around = Territory.objects.listed().enclosing(criteria.territories[0])
    places = {place.kind: place for place in around.filter(kind__in=AROUND)}
    found: list[Wider] = []
    for place in (places[kind] for kind in AROUND if kind in places):
        count = matched(replace(criteria, territories=(place,)))
        if count > (found[-1].count if found else 0):
            params = {**criteria.params, "territory": place.pk}
            found.append(Wider(place, count, search_address(params)))
    return found
