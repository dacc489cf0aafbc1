"""The cells of the web-mercator grid that the map groups by. Pure Python; degrees, longitude first.

A view at zoom z draws cells of level z + 2: 64 pixels wide. Rows hold their cell at level 24.
"""

from __future__ import annotations

import math

from territories.geometry import BBox

STORED_LEVEL = 24
MAX_ZOOM = STORED_LEVEL - 2
# Edges are given to six decimals, rounded outward; a box that comes back is recognised within two of them.
DECIMALS = 6
TOLERANCE = 2e-6


def level_of(zoom: int) -> int:
    return zoom + 2


def shift_of(zoom: int) -> int:
    """How far a stored cell number is shifted right to name its cell at this zoom."""
    return STORED_LEVEL - level_of(zoom)


def align(box: BBox, zoom: int) -> BBox:
    """The box moved outward to the cells of that zoom. At the ends of the grid it reaches the pole."""
    cells = 1 << level_of(zoom)
    west = math.floor(_column(box.west + TOLERANCE, cells))
    east = math.ceil(_column(box.east - TOLERANCE, cells))
    top = math.floor(_row(min(90.0, box.north) - TOLERANCE, cells))
    bottom = math.ceil(_row(max(-90.0, box.south) + TOLERANCE, cells))
    west, east = max(0, west), min(cells, max(east, west + 1 if box.west <= box.east else 1))
    top, bottom = max(0, top), min(cells, max(bottom, top + 1))
    south, north = _latitude(bottom, cells), _latitude(top, cells)
    if box.west > box.east and east >= west:
        west, east = 0, cells
    return BBox(
        max(-180.0, _outward(_longitude(west, cells), down=True)),
        max(-90.0, _outward(south, down=True)),
        min(180.0, _outward(_longitude(east, cells), down=False)),
        min(90.0, _outward(north, down=False)),
    )


def _column(lon: float, cells: int) -> float:
    return (lon + 180) / 360 * cells


def _longitude(column: int, cells: int) -> float:
    return column / cells * 360 - 180


def _row(lat: float, cells: int) -> float:
    if abs(lat) >= 89.999:
        return 0 if lat > 0 else cells
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * cells
    return min(float(cells), max(0.0, y))


def _latitude(row: int, cells: int) -> float:
    if row <= 0 or row >= cells:
        return 90.0 if row <= 0 else -90.0
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / cells))))


def _outward(degrees: float, *, down: bool) -> float:
    factor = 10**DECIMALS
    return (math.floor if down else math.ceil)(round(degrees * factor, 3)) / factor
