"""GeoPackage (OGC), a batch of rows at a time: GDAL, inside pyogrio, keeps its index as they come."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely

from formats.writing.table import Cell, Kind, Notice, Table, batches, text_of

AT_ONCE = 5_000  # rows
CRS = "EPSG:4326"
# It tells of each batch.
logging.getLogger("pyogrio._io").setLevel(logging.WARNING)
NOWHERE = np.datetime64("NaT")


def write(path: Path, table: Table, longitude: str, latitude: str) -> int:
    """Write a layer of points at ``path``, in WGS 84, from two of the columns; how many rows. What has no
    position has no geometry. A second layer, without geometry, holds the notice."""
    places = table.place_of(longitude), table.place_of(latitude)
    rows = 0
    for batch in batches(table.rows, AT_ONCE):
        _write(path, table, batch, places, append=rows > 0)
        rows += len(batch)
    if not rows:
        _write(path, table, [], places, append=False)
    if table.notice.lines:
        _write_notice(path, table.notice)
    return rows


def _write(
    path: Path, table: Table, rows: Sequence[Sequence[Cell]], places: tuple[int, int], *, append: bool
) -> None:
    columns = list(zip(*rows, strict=True)) or [() for _ in table.columns]
    east, north = (np.array(columns[place], dtype=float) for place in places)
    shapes = shapely.points(east, north)
    shapes[np.isnan(east)] = None
    data, masks = [], []
    for column, cells in zip(table.columns, columns, strict=True):
        values, mask = array(column.kind, cells)
        data.append(values)
        masks.append(mask)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a layer without a single geometry
        pyogrio.raw.write(
            path, geometry=shapely.to_wkb(shapes), field_data=data, field_mask=masks,
            fields=[column.name for column in table.columns], layer=table.name, driver="GPKG",
            geometry_type="Point", crs=CRS, append=append,
            layer_options=None if append else {"IDENTIFIER": table.notice.title or table.name},
            layer_metadata=None if append else {"DESCRIPTION": table.notice.text()},
        )  # fmt: skip


def array(kind: Kind, cells: Sequence[Any]) -> tuple[Any, Any]:
    """The values of a column and where there are none."""
    mask = np.array([cell is None for cell in cells], dtype=bool)
    if kind in (Kind.WHOLE, Kind.NUMBER):
        plain = [0 if cell is None else cell for cell in cells]
        return np.array(plain, dtype="int64" if kind == Kind.WHOLE else "float64"), mask
    if kind == Kind.FLAG:
        return np.array([bool(cell) for cell in cells], dtype=bool), mask
    if kind == Kind.DAY:
        return np.array([NOWHERE if cell is None else cell for cell in cells], dtype="datetime64[D]"), None
    if kind == Kind.MOMENT:
        return np.array([moment(cell) for cell in cells], dtype="datetime64[ms]"), None
    return np.array([None if cell is None else text_of(cell) for cell in cells], dtype=object), None


def moment(cell: datetime | None) -> Any:
    """In universal time, as GeoPackage keeps moments."""
    if cell is None:
        return NOWHERE
    return np.datetime64(cell.astimezone(UTC).replace(tzinfo=None) if cell.tzinfo else cell, "ms")


def _write_notice(path: Path, notice: Notice) -> None:
    said = [(what, "" if value is None else str(value)) for what, value in notice.lines]
    pyogrio.raw.write(
        path, geometry=None, geometry_type=None, layer=notice.sheet or "notice", driver="GPKG", append=False,
        field_data=[np.array(values, dtype=object) for values in zip(*said, strict=True)],
        fields=["what", "value"],
    )  # fmt: skip
