"""Small maps drawn as SVG from the simplified outlines: they need no script and no tile server.

Drawn in a plate carrée scaled at the middle latitude, which is right for a country or less.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models.functions import SnapToGrid
from django.contrib.gis.geos import Point as GeosPoint

from directory.querysets import InitiativeQuerySet
from directory.search import SearchCriteria
from territories.drafts import BANDS
from territories.models import Kind, Territory, TerritoryOutline
from territories.outlines import band_of

WIDTH = 320
TALLEST = 400
MARGIN = 0.08
TILE = 256  # pixels: at zoom z the world is 2^z of them wide
FINEST = max(BANDS)
# Mainland France and Corsica: west, south, east, north.
METROPOLE = (-5.2, 41.3, 9.6, 51.1)
# Degrees: on a drawing of the whole country, places nearer than this are one dot.
WIDE_GRID = 0.1
# Places nearer than this part of the width of a territory are one dot: half a pixel.
FINE = 2 * WIDTH


@dataclass(frozen=True, slots=True)
class Shape:
    """An outline as an SVG path, and the class that paints it."""

    path: str
    role: str


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    shapes: list[Shape]
    dots: list[tuple[str, str]]  # written with a point, whatever the language


class Frame:
    """From degrees to pixels."""

    def __init__(self, box: tuple[float, float, float, float], width: int = WIDTH) -> None:
        west, south, east, north = box
        self.shrink = max(0.05, math.cos(math.radians((south + north) / 2)))
        wide, tall = max((east - west) * self.shrink, 1e-4), max(north - south, 1e-4)
        scale = min(width / wide, width * TALLEST / WIDTH / tall) * (1 - 2 * MARGIN)
        self.scale, self.west, self.north = scale, west, north
        self.height = round(tall * scale / (1 - 2 * MARGIN))
        self.left = (width - wide * scale) / 2
        self.top = (self.height - tall * scale) / 2

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        x = self.left + (lon - self.west) * self.shrink * self.scale
        return round(x, 1), round(self.top + (self.north - lat) * self.scale, 1)

    def path(self, polygons: Iterable[Any]) -> str:
        return "".join(self._ring(ring) for polygon in polygons for ring in polygon)

    def _ring(self, ring: list[list[float]]) -> str:
        points = list(dict.fromkeys(self.place(lon, lat) for lon, lat, *_ in ring))
        if len(points) < 3:
            return ""
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"


def drawing(
    around: Territory | None,
    within: Territory | None,
    points: Iterable[GeosPoint | None] = (),
    box: tuple[float, float, float, float] | None = None,
    wide: int = WIDTH,
) -> Drawing | None:
    """A territory in the one that frames it, and points. None where nothing has an outline.

    ``around`` is drawn in full; ``within`` stands out in it, and frames where ``around`` is None.
    ``box`` (west, south, east, north) frames instead of either. ``wide`` is in pixels.
    """
    drawn = [(territory, role) for territory, role in ((around, "ground"), (within, "figure")) if territory]
    frames = [territory.envelope.extent for territory, _role in drawn if territory.envelope]
    if not frames:
        return None
    frame = Frame(box or frames[0], wide)
    zoom = math.log2(frame.scale * 360 / TILE)
    band = band_of(min(FINEST, math.ceil(zoom))) or FINEST
    outlines = dict(
        TerritoryOutline.objects.filter(
            territory__in=[territory.pk for territory, _role in drawn], band=band
        ).values_list("territory", "geojson")
    )
    shapes = [
        Shape(frame.path(json.loads(outlines[territory.pk])["coordinates"]), role)
        for territory, role in drawn
        if territory.pk in outlines
    ]
    dots = [
        (f"{x:g}", f"{y:g}")
        for x, y in dict.fromkeys(frame.place(point.x, point.y) for point in points if point)
    ]
    return Drawing(wide, frame.height, shapes, dots)


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the initiatives of a search are. ``within`` is what is drawn, ``beyond`` how many
    places fall outside it."""

    drawing: Drawing | None
    within: Territory | None
    beyond: int


def spread(criteria: SearchCriteria, perimeter: Territory | None) -> Spread:
    """A search drawn in a perimeter; without one, in the département or the région that holds
    all of it, else in mainland France."""
    found = criteria.initiatives()
    placed = found.filter(location__isnull=False)
    within = perimeter if perimeter and perimeter.envelope else common_ground(found)
    if within is None and not placed.exists():
        return Spread(None, None, 0)
    if within is None or within.kind == Kind.COUNTRY:
        cells = placed.annotate(cell=SnapToGrid("location", WIDE_GRID)).values_list("cell", flat=True)
        points, box = list(cells.distinct().order_by()), METROPOLE
        within = within or Territory.objects.filter(kind=Kind.COUNTRY).first()
    else:
        points = list(placed.order_by("pk").values_list("location", flat=True))
        box = within.envelope.extent
    seen = [at for at in points if box[0] <= at.x <= box[2] and box[1] <= at.y <= box[3]]
    drawn = drawing(within, None, seen, box)
    return Spread(drawn, within, len(set(map(tuple, points))) - len(set(map(tuple, seen))))


def places(found: InitiativeQuerySet, within: Territory) -> list[GeosPoint]:
    """Where initiatives are in a territory, one point for those that a drawing could not tell apart:
    no more of them than it has room for, however many they are."""
    west, south, east, north = within.envelope.extent
    cell = max(east - west, north - south, 1e-4) / FINE
    cells = found.filter(location__isnull=False).annotate(cell=SnapToGrid("location", cell))
    return list(cells.values_list("cell", flat=True).distinct().order_by("cell"))


def common_ground(found: InitiativeQuerySet) -> Territory | None:
    """The smallest of département and région that all of these initiatives are in."""
    for kind in ("departement", "region"):
        only = list(found.order_by().values_list(kind, flat=True).distinct()[:2])
        if len(only) == 1 and only[0]:
            return Territory.objects.filter(pk=only[0], envelope__isnull=False).first()
    return None
