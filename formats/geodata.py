"""Outlines from a GeoJSON, GeoPackage or Shapefile, in WGS 84, or a refusal that names what is wrong.

Files come from people: only these three formats are opened, and known by their first bytes, since
GDAL would otherwise follow what a file of another format points at. It is the recent GDAL inside
pyogrio that reads them, never the system's.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj
import shapely

WGS84 = pyproj.CRS.from_epsg(4326)
SQLITE = b"SQLite format 3\x00"
SHAPEFILE = b"\x00\x00\x27\x0a"
POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
SHOWN = 20


class GeodataError(Exception):
    """A file that cannot be read as asked; the text names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Outlines:
    """The rows of a layer: their polygons (WGS 84, longitude first) and the asked columns, as text.

    ``columns[name][row]`` is blank where the file has no value.
    """

    polygons: list[Any]
    columns: dict[str, list[str]]

    def __len__(self) -> int:
        return len(self.polygons)


def check_format(path: Path) -> None:
    if not path.is_file():
        raise GeodataError(f"{path.name}: there is no such file")
    with path.open("rb") as file:
        start = file.read(4096)
    if not start.strip():
        raise GeodataError(f"{path.name}: the file is empty")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not (start.startswith((SQLITE, SHAPEFILE)) or text.startswith(b"{")):
        raise GeodataError(f"{path.name}: neither GeoJSON, nor GeoPackage, nor the .shp of a Shapefile")


def layer_of(path: Path, asked: str) -> str:
    """The layer to read: the asked one, or the only one that holds geometry."""
    names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if asked and asked not in names:
        raise GeodataError(f"{path.name}: no layer {asked!r}; it has {', '.join(names) or 'none'}")
    if not asked and len(names) > 1:
        raise GeodataError(f"{path.name}: several layers, name one of {', '.join(names[:SHOWN])}")
    if not names:
        raise GeodataError(f"{path.name}: no layer with geometry")
    return asked or names[0]


def projection_of(path: Path, named: str | None) -> pyproj.CRS:
    if not named:
        raise GeodataError(f"{path.name}: the projection is missing")
    try:
        found = pyproj.CRS.from_user_input(named)
    except pyproj.exceptions.CRSError as error:
        raise GeodataError(f"{path.name}: unknown projection {named[:80]!r}") from error
    if not (found.is_geographic or found.is_projected):
        raise GeodataError(f"{path.name}: the projection {found.name!r} says no place on Earth")
    return found


def check_columns(path: Path, wanted: Sequence[str], present: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in present]
    if missing:
        has = ", ".join(list(present)[:SHOWN]) or "none"
        raise GeodataError(f"{path.name}: no column {', '.join(map(repr, missing))}; it has {has}")


def check_polygons(path: Path, shapes: np.ndarray[Any, np.dtype[Any]]) -> None:
    """Refuses the first row without geometry, of another type, or invalid. Rows count from 1."""
    if not len(shapes):
        raise GeodataError(f"{path.name}: no row")
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if empty.any():
        raise GeodataError(f"{path.name}: row {int(np.argmax(empty)) + 1} has no geometry")
    other = ~np.isin(shapely.get_type_id(shapes), POLYGONS)
    if other.any():
        row = int(np.argmax(other))
        kind = shapes[row].geom_type
        raise GeodataError(f"{path.name}: row {row + 1} is a {kind}, a Polygon or MultiPolygon is expected")
    invalid = ~shapely.is_valid(shapes)
    if invalid.any():
        row = int(np.argmax(invalid))
        reason = shapely.is_valid_reason(shapes[row])
        raise GeodataError(f"{path.name}: the geometry of row {row + 1} is invalid: {reason}")


def to_wgs84(path: Path, shapes: Any, projection: pyproj.CRS) -> Any:
    if not projection.equals(WGS84, ignore_axis_order=True):
        transformer = pyproj.Transformer.from_crs(projection, WGS84, always_xy=True)
        shapes = shapely.transform(shapes, transformer.transform, interleaved=False)
    west, south, east, north = shapely.total_bounds(shapes)
    inside = west >= -180 and east <= 180 and south >= -90 and north <= 90
    if not inside:
        raise GeodataError(
            f"{path.name}: coordinates fall outside the Earth ({west:g}, {south:g}, {east:g}, {north:g}):"
            f" they are not in the projection it states, {projection.name!r}"
        )
    return shapes


def as_text(value: Any) -> str:
    """A cell as text: blank where there is none, whole numbers without decimals."""
    if value is None or value != value or (isinstance(value, np.datetime64) and np.isnat(value)):
        return ""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def read_outlines(path: Path, columns: Sequence[str], layer: str = "") -> Outlines:
    """Polygons and some columns of a file; GeodataError names what is wrong, before anything is used."""
    check_format(path)
    wanted = list(dict.fromkeys(columns))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # GDAL's remarks; what matters is refused
            chosen = layer_of(path, layer)
            check_columns(path, columns, list(map(str, pyogrio.read_info(path, layer=chosen)["fields"])))
            meta, _ids, wkb, values = pyogrio.raw.read(path, layer=chosen, columns=wanted, force_2d=True)
        shapes = shapely.from_wkb(wkb if wkb is not None else [])
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise GeodataError(f"{path.name}: cannot be read: {error}") from error
    except (shapely.errors.GEOSException, UnicodeDecodeError, ValueError) as error:
        raise GeodataError(f"{path.name}: damaged: {error}") from error
    check_polygons(path, shapes)
    shapes = to_wgs84(path, shapes, projection_of(path, meta["crs"]))
    check_polygons(path, shapes)
    cells = dict(zip(map(str, meta["fields"]), values, strict=True))
    return Outlines(list(shapes), {name: [as_text(value) for value in cells[name]] for name in wanted})
