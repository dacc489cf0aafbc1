"""Around a place: the same search within a few kilometres of a commune, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from directory.facets import count as matched
from directory.search import SearchCriteria
from frontend.addresses import search_address, without
from frontend.quantities import length
from territories.gazetteer import locate
from territories.geometry import Point
from territories.models import Kind, Territory

# In metres: a bicycle ride, a market day, a drive.
RADII = (10_000, 20_000, 50_000)
PLACES = (Kind.COMMUNE, Kind.ARRONDISSEMENT)
DECIMALS = 4  # about ten metres


@dataclass(frozen=True, slots=True)
class Around:
    """The same search within ``radius`` metres of the town hall, and how many it finds."""

    radius: int
    count: int
    href: str


def around(criteria: SearchCriteria, count: int) -> list[Around]:
    """For a search in one commune, which finds ``count``: the radii that find more, each more than
    a smaller one does."""
    if len(criteria.territories) != 1 or criteria.bbox or criteria.near:
        return []
    centre = centre_of(criteria.territories[0])
    if centre is None:
        return []
    params = without(criteria.params, "territory")
    found: list[Around] = []
    for radius in RADII:
        nearby = replace(criteria, territories=(), served=False, near=centre, radius=radius)
        more = matched(nearby)
        if more > count:
            count = more
            address = search_address(params, near=str(centre), radius=str(radius))
            found.append(Around(radius, count, address))
    return found


def centre_of(place: Territory) -> Point | None:
    """The town hall of a commune; None elsewhere."""
    if place.kind not in PLACES or place.chief_place is None:
        return None
    lon, lat = place.chief_place.coords
    return Point(round(lon, DECIMALS), round(lat, DECIMALS))


def around_in_words(point: Point, radius: int) -> str:
    """« Felletin et 20 km alentour », or the commune that a point lies in."""
    commune = locate(point)
    distance = length(radius)
    if commune is None:
        return _("à moins de %(distance)s du point choisi") % {"distance": distance}
    words = (
        _("%(place)s et %(distance)s alentour")
        if centre_of(commune) == point
        else _("à moins de %(distance)s d’un point choisi (%(place)s)")
    )
    return words % {"place": commune.name, "distance": distance}
