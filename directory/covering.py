"""What an index alone can answer: the initiatives that match, asked so that the table is not read.

The map and the counts read a few narrow values of many rows. Four indexes hold these values (``MAPPED`` in
models/initiative.py) by territory and by cell of the grid; the list, which reads a page, has no need of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import F, Q

from directory.grid import STORED_LEVEL, Cells, cells_of
from directory.querysets import InitiativeQuerySet, coordinates_q
from directory.search import SearchCriteria
from territories.geometry import BBox
from territories.models import Kind

# The level of the cells that ``initiative_cells`` is ordered by: 1.7 km across in France.
LEVEL = 14
SHIFT = STORED_LEVEL - LEVEL
# What is smaller than a few cells, the index of points gives with less around it.
FEWEST_CELLS = 12
# Columns up to which each is looked up by name: a range reads the rows between, from pole to pole.
NAMED_COLUMNS = 500
# A box that comes from the edges of cells lies up to a millionth of a degree beyond them.
EDGE = 3e-6

HELD = {"activities", "legal_forms", "placed"}
KINDS = {Kind.EPCI, Kind.DEPARTEMENT, Kind.REGION}


def is_covered(criteria: SearchCriteria) -> bool:
    """Whether one of the indexes holds all that the map and the counts read of what matches."""
    places = criteria.asked() - HELD
    if criteria.territories:
        kinds = {territory.kind for territory in criteria.territories}
        return places <= {"territories", "bbox", "near"} and not criteria.served and kinds <= KINDS
    frame = _frame(criteria)
    return len(places) == 1 and frame is not None and cells_around(frame) is not None


def covered(criteria: SearchCriteria) -> InitiativeQuerySet:
    """Every initiative that matches, in no order, as ``criteria.initiatives()`` gives them."""
    if not is_covered(criteria):
        return criteria.initiatives()
    found = _in_sectors(criteria)
    frame = _frame(criteria)
    if frame and not criteria.territories and (cells := cells_around(frame)):
        found = in_cells(found, cells)
    if criteria.bbox:
        found = found.filter(coordinates_q(criteria.bbox))
    if criteria.near:
        found = found.in_circle(criteria.near, criteria.radius)
    return found


def _frame(criteria: SearchCriteria) -> BBox | None:
    return BBox.around(criteria.near, criteria.radius) if criteria.near else criteria.bbox


def _in_sectors(criteria: SearchCriteria) -> InitiativeQuerySet:
    """What matches, box and radius set aside; whole sectors by their bits alone."""
    if criteria.sector_mask is None:
        return replace(criteria, bbox=None, near=None, ordering="name").initiatives()
    found = replace(criteria, activities=None, bbox=None, near=None, ordering="name").initiatives()
    return found.in_sectors(criteria.sector_mask) if criteria.sector_mask else found


def cells_around(box: BBox) -> Cells | None:
    """Cells that hold all that is in the box; None where they are few."""
    wider = BBox(
        max(box.west - EDGE, -180), max(box.south - EDGE, -90),
        min(box.east + EDGE, 180), min(box.north + EDGE, 90),
    )  # fmt: skip
    cells = cells_of(wider, LEVEL - 2)
    return cells if len(cells) >= FEWEST_CELLS else None


def in_cells(found: InitiativeQuerySet, cells: Cells) -> InitiativeQuerySet:
    columns = Q()
    for start, end in cells.columns():
        named: dict[str, Any] = {"column__range": (start, end - 1)}
        if end - start <= NAMED_COLUMNS:
            named = {"column__in": range(start, end)}
        columns |= Q(**named)
    return found.alias(column=F("tile_x").bitrightshift(SHIFT), row=F("tile_y").bitrightshift(SHIFT)).filter(
        columns, row__range=(cells.top, cells.bottom - 1)
    )
