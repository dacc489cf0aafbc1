"""KML 2.2 (OGC), one placemark after the other: a library would hold the whole document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from formats.writing.table import Cell, Column, Kind, Notice, batches, text_of

AT_ONCE = 200  # placemarks
# What a column of each kind is in a schema; the rest are texts.
TYPES = {Kind.WHOLE: "int", Kind.NUMBER: "double", Kind.FLAG: "bool"}


@dataclass(frozen=True, slots=True)
class Placemark:
    """``point`` is longitude then latitude in degrees, None where it is not known; ``cells`` is as long as
    the columns."""

    name: str
    point: tuple[float, float] | None
    cells: Sequence[Cell]
    description: str = ""
    address: str = ""
    phone: str = ""
    link: str = ""


def document(notice: Notice, columns: Sequence[Column], given: Iterable[Placemark]) -> Iterator[bytes]:
    """The document, by pieces."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:atom="http://www.w3.org/2005/Atom"><Document>'
        f"<name>{text(notice.title)}</name><description>{text(notice.text())}</description>\n"
        f'<Schema name="columns" id="columns">{"".join(map(declared, columns))}</Schema>\n'
    ).encode()
    for batch in batches(given, AT_ONCE):
        yield "".join(placemark(each, columns) for each in batch).encode()
    yield b"</Document></kml>\n"


def declared(column: Column) -> str:
    """A column, whose title is said once for all."""
    return (
        f'<SimpleField type="{TYPES.get(column.kind, "string")}" name={quoteattr(column.name)}>'
        f"<displayName>{text(column.title)}</displayName></SimpleField>"
    )


def placemark(told: Placemark, columns: Sequence[Column]) -> str:
    """Elements stand in the order that the schema wants."""
    parts = [f"<Placemark><name>{text(told.name)}</name>"]
    if told.link:
        parts.append(f"<atom:link href={quoteattr(text_of(told.link))}/>")
    for tag, value in (
        ("address", told.address), ("phoneNumber", told.phone), ("description", told.description),
    ):  # fmt: skip
        if value:
            parts.append(f"<{tag}>{text(value)}</{tag}>")
    parts.append('<ExtendedData><SchemaData schemaUrl="#columns">')
    for column, cell in zip(columns, told.cells, strict=True):
        if cell is not None and cell != "":
            parts.append(f"<SimpleData name={quoteattr(column.name)}>{text(said(cell))}</SimpleData>")
    parts.append("</SchemaData></ExtendedData>")
    if told.point:
        longitude, latitude = told.point
        parts.append(f"<Point><coordinates>{longitude:.6f},{latitude:.6f}</coordinates></Point>")
    return "".join(parts) + "</Placemark>\n"


def said(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def text(value: str) -> str:
    return escape(text_of(value))
