"""Boxes and points, parsed and checked at the door. Pure Python; WGS 84, longitude first."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Self

DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")

# Metres in one degree of latitude, at least: it is so at the equator and more towards the poles.
METRES_PER_DEGREE = 110_574.0


def parse_numbers(text: str, count: int) -> list[float]:
    """``count`` finite decimal numbers separated by commas, or ValueError."""
    parts = text.split(",")
    if len(parts) != count:
        raise ValueError(f"{count} numbers separated by commas are expected")
    numbers = [float(part) for part in parts if DECIMAL.fullmatch(part)]
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise ValueError(f"{count} finite numbers separated by commas are expected")
    return numbers


def check_position(lon: float, lat: float) -> None:
    if not -180 <= lon <= 180:
        raise ValueError("a longitude is between -180 and 180 degrees")
    if not -90 <= lat <= 90:
        raise ValueError("a latitude is between -90 and 90 degrees")


@dataclass(frozen=True, slots=True)
class Point:
    """A position, in degrees."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        check_position(self.lon, self.lat)

    @classmethod
    def parse(cls, text: str) -> Self:
        """From ``lon,lat``; ValueError says what is wrong."""
        return cls(*parse_numbers(text, 2))

    def __str__(self) -> str:
        return f"{self.lon!r},{self.lat!r}"


@dataclass(frozen=True, slots=True)
class BBox:
    """A box in degrees. West greater than east crosses the antimeridian, as in OGC API."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        check_position(self.west, self.south)
        check_position(self.east, self.north)
        if self.south > self.north:
            raise ValueError("the minimum latitude is above the maximum latitude")

    @classmethod
    def parse(cls, text: str) -> Self:
        """From ``min lon,min lat,max lon,max lat``; ValueError says what is wrong."""
        return cls(*parse_numbers(text, 4))

    @classmethod
    def around(cls, point: Point, metres: float) -> Self:
        """A box that holds every place within so many metres of the point, a little larger than needed."""
        high = metres / METRES_PER_DEGREE * 1.01
        south, north = max(-90.0, point.lat - high), min(90.0, point.lat + high)
        shrink = math.cos(math.radians(max(abs(south), abs(north))))
        wide = high / shrink if shrink > 0.001 else 180.0
        if wide >= 180:
            return cls(-180.0, south, 180.0, north)
        west, east = point.lon - wide, point.lon + wide
        return cls(west + 360 if west < -180 else west, south, east - 360 if east > 180 else east, north)

    def parts(self) -> list[tuple[float, float, float, float]]:
        """One (west, south, east, north), or two for a box that crosses the antimeridian."""
        if self.west <= self.east:
            return [(self.west, self.south, self.east, self.north)]
        return [(self.west, self.south, 180.0, self.north), (-180.0, self.south, self.east, self.north)]

    def __str__(self) -> str:
        return f"{self.west!r},{self.south!r},{self.east!r},{self.north!r}"
