"""Boxes and points, parsed and checked at the door. Pure Python; WGS 84, longitude first."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Self

DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


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

    def parts(self) -> list[tuple[float, float, float, float]]:
        """One (west, south, east, north), or two for a box that crosses the antimeridian."""
        if self.west <= self.east:
            return [(self.west, self.south, self.east, self.north)]
        return [(self.west, self.south, 180.0, self.north), (-180.0, self.south, self.east, self.north)]

    def __str__(self) -> str:
        return f"{self.west!r},{self.south!r},{self.east!r},{self.north!r}"
