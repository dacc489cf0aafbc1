"""KML and KMZ, as maps made by hand are kept: one row for each placemark, its folder among its columns."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError

import shapely
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from formats.reading.packed import Folder
from formats.reading.positions import Projection, of_shape
from formats.reading.table import LAT, LON, Remarks, Row, Table, Unreadable, Value
from formats.reading.text import Text

DEGREES = Projection("")
# Of folders and geometries, one within the other.
DEEPEST = 60
TEXTS = ("name", "description", "address", "phoneNumber", "Snippet")
SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")

Cells = dict[str, Value]


def open_kml(text: Text, *, most_columns: int, held: Folder | None = None) -> Table:
    """Placemarks of a KML file. Unreadable: broken, or with entities, which may grow without end."""
    columns: dict[str, None] = {}
    for cells, _shape in placemarks(text):
        columns.update(dict.fromkeys(cells))
        if len(columns) > most_columns:
            raise Unreadable("too-many-columns", count=len(columns), most=most_columns)
    names = list(columns)

    def read(remarks: Remarks) -> Iterator[Row]:
        for rank, (cells, shape) in enumerate(placemarks(text), 1):
            place = point_of(shape, remarks, rank) if shape is not None else None
            if cells or place:
                yield Row(rank, (*(cells.get(name) for name in names), *(place or (None, None))))

    return Table("kml", [*names, LON, LAT], read, encoding=text.encoding, held=held)


def document_of(path: Path, names: list[str]) -> tuple[Folder, Path]:
    """The document in a KMZ: ``doc.kml`` by custom."""
    inside = sorted(name for name in names if name.lower().endswith(".kml"))
    chosen = next((name for name in inside if name.lower() == "doc.kml"), inside[0])
    if len(inside) > 1 and chosen.lower() != "doc.kml":
        raise Unreadable("several-files", names="; ".join(inside))
    folder = Folder()
    target = folder.path / "doc.kml"
    with zipfile.ZipFile(path) as archive:
        target.write_bytes(archive.read(chosen))
    return folder, target


def placemarks(text: Text) -> Iterator[tuple[Cells, Element | None]]:
    # What the file says of its own encoding is taken where it says it, since it is what a program would do.
    with text.path.open("rb") as file:
        try:
            yield from walked(file)
        except DefusedXmlException:
            raise Unreadable("entities") from None
        except (ParseError, ValueError, LookupError) as error:
            raise Unreadable("damaged", format="kml", error=error) from error


def walked(file: BinaryIO) -> Iterator[tuple[Cells, Element | None]]:
    folders: list[str] = []
    path: list[Element] = []
    for event, element in ElementTree.iterparse(file, events=("start", "end"), forbid_dtd=True):
        kind = tag(element)
        if event == "start":
            path.append(element)
            folders += [""] if kind == "Folder" else []
            if len(path) > DEEPEST:
                raise Unreadable("too-deep")
            continue
        path.pop()
        if kind == "name" and path and tag(path[-1]) == "Folder":
            folders[-1] = said(element)
        elif kind == "Folder":
            folders.pop()
        elif kind == "Placemark":
            yield cells_of(element, " / ".join(name for name in folders if name)), shape_in(element)
            if path:
                path[-1].remove(element)  # read, and not kept


def tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def said(element: Element | None) -> str:
    return "".join(element.itertext()).strip() if element is not None else ""


def cells_of(placemark: Element, folder: str) -> Cells:
    cells: Cells = {}
    if placemark.get("id"):
        cells["id"] = str(placemark.get("id"))
    for child in placemark:
        kind = tag(child)
        if kind in TEXTS:
            cells[kind] = said(child)
        elif kind == "ExtendedData":
            for data in child.iter():
                name = data.get("name")
                if name and tag(data) == "Data":
                    cells[free(cells, name)] = said(next((v for v in data if tag(v) == "value"), None))
                elif name and tag(data) == "SimpleData":
                    cells[free(cells, name)] = said(data)
    if folder:
        cells[free(cells, "folder")] = folder
    return {name: value for name, value in cells.items() if value}


def free(cells: Cells, name: str) -> str:
    """Own data may be called like what every placemark has."""
    plain = " ".join(name.split())
    return f"data.{plain}" if plain in cells else plain


def shape_in(placemark: Element) -> Element | None:
    return next((child for child in placemark if tag(child) in SHAPES), None)


def point_of(shape: Element, remarks: Remarks, rank: int) -> tuple[float, float] | None:
    try:
        found: Any = geometry(shape)
    except (ValueError, IndexError, shapely.errors.GEOSException):
        found = None
    return of_shape(found, tag(shape), DEGREES, remarks, rank)


def geometry(shape: Element) -> Any:
    kind = tag(shape)
    if kind == "MultiGeometry":
        return shapely.GeometryCollection([geometry(part) for part in shape if tag(part) in SHAPES])
    places = coordinates(shape)
    if kind == "Point":
        return shapely.Point(places[0])
    if kind == "Polygon":
        return shapely.Polygon(places)  # the holes do not move a point inside by much, and are rare
    return shapely.LineString(places)


def coordinates(shape: Element) -> list[tuple[float, float]]:
    """Longitude, latitude of the first ring or line in it."""
    text = next((said(part) for part in shape.iter() if tag(part) == "coordinates"), "")
    places = []
    for place in text.split():
        x, y = place.split(",")[:2]
        places.append((float(x), float(y)))
    return places
