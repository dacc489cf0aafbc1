"""The one point that stands for a geometry, in degrees: longitude, latitude (WGS 84)."""

from __future__ import annotations

import json
import math
from typing import Any

import pyproj
import shapely

from formats.reading.table import Remarks

# In no set: what a file names so may be a list, which has no hash.
KINDS = (
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
)  # fmt: skip
WGS84 = pyproj.CRS.from_epsg(4326)


class Projection:
    """What coordinates are in, as a file names it; degrees if it does not.

    Coordinates that cannot be degrees, in a file that names nothing, are given as they are, and said once.
    """

    def __init__(self, named: str) -> None:
        self.name = ""
        self.transform: Any = None
        if not named:
            return
        try:
            found = pyproj.CRS.from_user_input(named)
            if not found.equals(WGS84, ignore_axis_order=True):
                self.transform = pyproj.Transformer.from_crs(found, WGS84, always_xy=True).transform
                self.name = found.name
        except pyproj.exceptions.ProjError:
            pass  # unknown, or of a plane that is nowhere: as if it was not named

    def say(self, remarks: Remarks) -> None:
        if self.transform and "CRS84" not in self.name:
            remarks.add("projected", name=self.name)

    def degrees(self, x: float, y: float, remarks: Remarks | None, rank: int) -> tuple[float, float] | None:
        if self.transform:
            x, y = self.transform(x, y)
        if not (math.isfinite(x) and math.isfinite(y)):
            return None
        if remarks is not None and not self.transform and not (-180 <= x <= 180 and -90 <= y <= 90):
            remarks.add("no-projection", rank)
        return float(x), float(y)


def position(
    geometry: dict[str, Any], projection: Projection, remarks: Remarks | None, rank: int
) -> tuple[float, float] | None:
    """Of a GeoJSON geometry; None where it is empty or broken, which is said."""
    if geometry["type"] == "Point":
        place = geometry.get("coordinates")
        if isinstance(place, list) and len(place) >= 2 and all(is_number(n) for n in place[:2]):
            return projection.degrees(place[0], place[1], remarks, rank)
        if not place or not any(n is not None for n in place):
            return None
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.GEOSException, ValueError):
        shape = None
    return of_shape(shape, str(geometry["type"]), projection, remarks, rank)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def of_shape(
    shape: Any, kind: str, projection: Projection, remarks: Remarks | None, rank: int
) -> tuple[float, float] | None:
    """A point itself, or one inside: a middle may lie outside of what it is the middle of."""
    point = None
    if shape is not None and not shape.is_empty:
        try:
            point = shape if shape.geom_type == "Point" else shape.representative_point()
        except shapely.errors.GEOSException:
            point = None
    if point is None or point.is_empty:
        if remarks is not None:
            remarks.add("bad-geometry", rank, kind=kind)
        return None
    if remarks is not None and shape.geom_type != "Point":
        remarks.add("representative-point", rank, kind=shape.geom_type)
    return projection.degrees(point.x, point.y, remarks, rank)
