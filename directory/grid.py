"""The cells of the web-mercator grid that the map groups by. Pure Python; degrees, longitude first.

A view at zoom z draws cells of level z + 2: 64 pixels wide. Rows hold their cell at level 24.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from territories.geometry import BBox

STORED_LEVEL = 24
MAX_ZOOM = STORED_LEVEL - 2
# Edges are given to six decimals, rounded outward.
DECIMALS = 6


def level_of(zoom: int) -> int:
    return zoom + 2


def shift_of(zoom: int) -> int:
    """How far a stored cell number is shifted right to name its cell at this zoom."""
    return STORED_LEVEL - level_of(zoom)


@dataclass(frozen=True, slots=True)
class Cells:
    """Whole cells of one zoom: columns and rows, the last ones left out. East before west: over the
    antimeridian."""

    zoom: int
    west: int
    top: int
    east: int
    bottom: int

    @property
    def across(self) -> int:
        """How many columns and rows the whole grid has."""
        return 1 << level_of(self.zoom)

    def columns(self) -> list[tuple[int, int]]:
        """One range of columns, the last left out, or two over the antimeridian."""
        if self.west < self.east:
            return [(self.west, self.east)]
        return [(self.west, self.across), (0, self.east)]

    def __len__(self) -> int:
        return sum(end - start for start, end in self.columns()) * (self.bottom - self.top)

    @property
    def box(self) -> BBox:
        """The box that they fill, its edges rounded outward; the ends of the grid reach the poles."""
        return BBox(
            _west(self.west, self.across),
            _south(self.bottom, self.across),
            _east(self.east, self.across),
            _north(self.top, self.across),
        )


def align(box: BBox, zoom: int) -> BBox:
    """The box moved outward to the cells of that zoom; aligning twice changes nothing."""
    return cells_of(box, zoom).box


def zoom_of(box: BBox) -> int | None:
    """The first zoom to whose cells the box is aligned; None where it is to none."""
    if align(box, MAX_ZOOM) != box:  # cells nest: what is not aligned to the smallest is to none
        return None
    return next((zoom for zoom in range(MAX_ZOOM + 1) if align(box, zoom) == box), None)


def cells_of(box: BBox, zoom: int) -> Cells:
    """The cells of that zoom that the box meets.

    The rows of cells at both ends of the grid reach the poles. A box that crosses the
    antimeridian and comes to meet itself is the whole world.
    """
    cells = 1 << level_of(zoom)
    west = min(math.floor(_column(box.west, cells)), cells - 1)
    east = max(math.ceil(_column(box.east, cells)), 1)
    top = min(math.floor(_row(box.north, cells)), cells - 1)
    bottom = max(math.ceil(_row(box.south, cells)), 1)
    # Edges are rounded outward: one that comes back lies a little beyond its cell, and is that cell's.
    if west + 1 < cells and _west(west + 1, cells) <= box.west:
        west += 1
    if east > 1 and _east(east - 1, cells) >= box.east:
        east -= 1
    if top + 1 < cells and _north(top + 1, cells) >= box.north:
        top += 1
    if bottom > 1 and _south(bottom - 1, cells) <= box.south:
        bottom -= 1
    if box.west <= box.east:
        east = max(east, west + 1)
    elif east >= west:
        west, east = 0, cells
    bottom = max(bottom, top + 1)
    return Cells(zoom, west, top, east, bottom)


def surely_within(part: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """The first and last column, the first and last row at the stored level, whose rows surely lie in the box
    (west, south, east, north): two cells, a few metres, from its edges, whatever the last bits say."""
    west, south, east, north = part
    tiles = 1 << STORED_LEVEL
    return (
        math.floor(_column(west, tiles)) + 2, math.floor(_column(east, tiles)) - 2,
        math.floor(_row(north, tiles)) + 2, math.floor(_row(south, tiles)) - 2,
    )  # fmt: skip


def _west(column: int, cells: int) -> float:
    return _rounded(column / cells * 360 - 180, math.floor)


def _east(column: int, cells: int) -> float:
    return _rounded(column / cells * 360 - 180, math.ceil)


def _north(row: int, cells: int) -> float:
    return min(90.0, _rounded(_latitude(row, cells), math.ceil))


def _south(row: int, cells: int) -> float:
    return max(-90.0, _rounded(_latitude(row, cells), math.floor))


def _rounded(degrees: float, direction: Callable[[float], int]) -> float:
    # The inner rounding forgives the last bits: 1.40625 stays itself.
    return direction(round(degrees * 10**DECIMALS, 4)) / 10**DECIMALS


def _column(lon: float, cells: int) -> float:
    return (lon + 180) / 360 * cells


def _row(lat: float, cells: int) -> float:
    if abs(lat) >= 89.999:
        return 0 if lat > 0 else cells
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * cells
    return min(float(cells), max(0.0, y))


def _latitude(row: int, cells: int) -> float:
    if row <= 0 or row >= cells:
        return 90.0 if row <= 0 else -90.0
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / cells))))
