"""Small maps drawn as SVG from the simplified outlines: they need no script and no tile server.

Drawn in a plate carrée scaled at the middle latitude, which is right for a country or less.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point as GeosPoint

from territories.drafts import BANDS
from territories.models import Territory, TerritoryOutline
from territories.outlines import band_of

WIDTH = 320
TALLEST = 400
MARGIN = 0.08
TILE = 256  # pixels: at zoom z the world is 2^z of them wide
FINEST = max(BANDS)


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

    def __init__(self, box: tuple[float, float, float, float]) -> None:
        west, south, east, north = box
        self.shrink = max(0.05, math.cos(math.radians((south + north) / 2)))
        wide, tall = max((east - west) * self.shrink, 1e-4), max(north - south, 1e-4)
        scale = min(WIDTH / wide, TALLEST / tall) * (1 - 2 * MARGIN)
        self.scale, self.west, self.north = scale, west, north
        self.height = round(tall * scale / (1 - 2 * MARGIN))
        self.left = (WIDTH - wide * scale) / 2
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
    around: Territory | None, within: Territory | None, points: Iterable[GeosPoint | None] = ()
) -> Drawing | None:
    """A territory in the one that frames it, and points. None where nothing has an outline.

    ``around`` is drawn in full; ``within`` stands out in it, and frames where ``around`` is None.
    """
    drawn = [(territory, role) for territory, role in ((around, "ground"), (within, "figure")) if territory]
    frames = [territory.envelope.extent for territory, _role in drawn if territory.envelope]
    if not frames:
        return None
    frame = Frame(frames[0])
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
    return Drawing(WIDTH, frame.height, shapes, dots)
