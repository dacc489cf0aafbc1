"""GeoPackage, and Shapefile in its archive: rows by the thousand, each with one point in degrees.

It is the recent GDAL inside pyogrio that reads them, and only files known to be of these two formats: it
would follow what a file of another one points at.
"""

from __future__ import annotations

import shutil
import sqlite3
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyogrio
import shapely

from formats.reading.header import named
from formats.reading.packed import Folder
from formats.reading.positions import Projection, of_shape
from formats.reading.table import EXACT, LAT, LON, Remarks, Row, Table, Unreadable, Value
from formats.reading.text import open_text

BATCH = 5_000
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
# What a .dbf says of its encoding is often false; its own bytes are looked at.
DBF_RECORDS = slice(8, 10)
FLAT = "UPDATE gpkg_geometry_columns SET z = 0, m = 0 WHERE geometry_type_name = 'GEOMETRY'"
ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FieldError,
    pyogrio.errors.GeometryError,
)


def open_geopackage(path: Path, *, layer: str, most_columns: int) -> Table:
    """A layer of a GeoPackage: the asked one, or the first with geometry. Unreadable."""
    folder = Folder()
    # GDAL goes by the ending of a name, and writes beside a database that was left open.
    own = folder.path / "listing.gpkg"
    shutil.copyfile(path, own)
    flatten(own)
    return open_layer(own, "gpkg", layer, "", most_columns, folder)


def flatten(path: Path) -> None:
    """Layers of any kind of geometry with heights are said to be without: pyogrio knows no such kind."""
    try:
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute(FLAT)
    except sqlite3.Error as error:
        raise Unreadable("damaged", format="gpkg", error=error) from error


def open_shapefile(path: Path, names: list[str], *, layer: str, most_columns: int) -> Table:
    """A Shapefile of an archive: the asked one, or the only one. Unreadable."""
    shapes = sorted(name for name in names if name.lower().endswith(".shp"))
    known = {str(PurePosixPath(name).with_suffix("")): name for name in shapes}
    if layer and layer not in known:
        raise Unreadable("no-layer", asked=layer, names="; ".join(known))
    chosen = layer or next(iter(known))
    folder = unpack(path, names, chosen)
    own = folder.path / "listing.shp"
    if not (folder.path / "listing.dbf").exists():
        raise Unreadable("damaged", format="shapefile", error=".dbf")
    encoding = encoding_of(folder.path / "listing.dbf")
    table = open_layer(own, "shapefile", "", encoding, most_columns, folder)
    table.layer, table.choices = chosen, list(known)
    if len(known) > 1 and not layer:
        table.opening.add("other-layers", names="; ".join(name for name in known if name != chosen))
    return table


def unpack(path: Path, names: list[str], chosen: str) -> Folder:
    """The files of one Shapefile, under names that do not depend on how they were written."""
    folder = Folder()
    with zipfile.ZipFile(path) as archive:
        for name in names:
            stem, ending = str(PurePosixPath(name).with_suffix("")), PurePosixPath(name).suffix.lower()
            if stem.lower() == chosen.lower() and ending in PARTS:
                (folder.path / f"listing{ending}").write_bytes(archive.read(name))
    (folder.path / "listing.cpg").unlink(missing_ok=True)
    return folder


def encoding_of(dbf: Path) -> str:
    """Of the texts of a .dbf, from the records themselves; a long text may be cut within a sign."""
    body = dbf.read_bytes()
    records = dbf.with_suffix(".records")
    records.write_bytes(body[int.from_bytes(body[DBF_RECORDS], "little") :])
    found = open_text(records).encoding
    return found if found in ("utf-8", "macintosh", "cp850") else "windows-1252"


def open_layer(path: Path, kind: str, layer: str, encoding: str, most: int, folder: Folder) -> Table:
    opening = Remarks()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # GDAL's remarks; what matters is said below
            layers = [(str(name), shape) for name, shape in pyogrio.list_layers(path)]
            names = [name for name, _shape in layers]
            if not names or (layer and layer not in names):
                raise Unreadable("no-layer", asked=layer, names="; ".join(names))
            placed = [name for name, shape in layers if shape is not None]
            chosen = layer or (placed or names)[0]
            about = pyogrio.read_info(path, layer=chosen, encoding=encoding or None)
    except ERRORS as error:
        raise broken(kind, path, error) from error
    others = [name for name in names if name != chosen]
    if others and not layer:
        opening.add("other-layers", names="; ".join(others))
    fields = [str(name) for name in about["fields"]]
    columns = named(fields, [], len(fields), 0, opening)
    projection = Projection(str(about["crs"] or ""))
    has_place = about["geometry_type"] is not None
    if len(columns) > most:
        raise Unreadable("too-many-columns", count=len(columns), most=most)

    def read(remarks: Remarks) -> Iterator[Row]:
        projection.say(remarks)
        for first in range(0, max(about["features"], 1), BATCH):
            for rank, (wkb, cells) in enumerate(batch(path, chosen, encoding, first, kind), first + 1):
                place = of_shape(shape_of(wkb), "?", projection, remarks, rank) if wkb else None
                row = (*cells, *(place or (None, None))) if has_place else tuple(cells)
                if any(cell is not None for cell in row):
                    yield Row(rank, row)

    return Table(
        kind, [*columns, LON, LAT] if has_place else columns, read,
        encoding=encoding, layer=chosen, total=about["features"], choices=names, opening=opening, held=folder,
    )  # fmt: skip


def broken(kind: str, path: Path, error: Exception) -> Unreadable:
    """The words of GDAL, without where the file lies on this machine."""
    return Unreadable("damaged", format=kind, error=str(error).replace(str(path.parent) + "/", ""))


def batch(path: Path, layer: str, encoding: str, first: int, kind: str) -> Iterator[tuple[Any, list[Value]]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            _meta, _ids, shapes, fields = pyogrio.raw.read(
                path, layer=layer, encoding=encoding or None, skip_features=first, max_features=BATCH,
                force_2d=True, datetime_as_string=True,
            )  # fmt: skip
    except (*ERRORS, UnicodeDecodeError, ValueError) as error:
        raise broken(kind, path, error) from error
    count = len(fields[0]) if len(fields) else len(shapes) if shapes is not None else 0
    for n in range(count):
        yield (shapes[n] if shapes is not None else None), [value(field[n]) for field in fields]


def shape_of(wkb: bytes) -> Any:
    try:
        return shapely.from_wkb(wkb)
    except shapely.errors.GEOSException:
        return None


def value(cell: Any) -> Value:
    """Of numpy, or a date as text."""
    if cell is None or cell != cell:
        return None
    if isinstance(cell, str):
        return dated(cell) if cell and not cell.isspace() else None
    if isinstance(cell, np.generic):
        cell = cell.item()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return int(cell)
    return cell if isinstance(cell, int | float | bool | date | datetime) else str(cell)


def dated(text: str) -> Value:
    """GDAL gives the time of a column of days, which is none."""
    return text.removesuffix("T00:00:00")
