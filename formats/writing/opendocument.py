"""ODS, row after row. No kept library writes one without holding it whole, so the XML is written here.

OpenDocument 1.3: a ZIP archive whose first member, stored as it is, names the type.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from formats.workbook import MOST_ROWS, sheet_name
from formats.writing.spreadsheet import TooManyRows
from formats.writing.table import Cell, Column, Kind, Notice, Table, batches, text_of

TYPE = "application/vnd.oasis.opendocument.spreadsheet"
AT_ONCE = 200  # rows
SPACES = re.compile(r"  +|^ | $")
MILLIMETRES = 2.2  # for one sign
NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"),
        ("fo", "xsl-fo-compatible"), ("number", "datastyle"), ("meta", "meta"), ("config", "config"),
    )
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
MANIFEST = (
    HEAD + '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    f' manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:version="1.3"'
    f' manifest:media-type="{TYPE}"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>'
        for name in ("content.xml", "styles.xml", "meta.xml", "settings.xml")
    )
    + "</manifest:manifest>"
)
STYLES = (
    f'{HEAD}<office:document-styles {NAMES} office:version="1.3"><office:styles>'
    '<style:default-style style:family="table-cell"><style:text-properties fo:font-size="10pt"/>'
    "</style:default-style></office:styles></office:document-styles>"
)
# How days, moments, headers and long texts look.
CELL_STYLES = """
<number:date-style style:name="n-day"><number:year number:style="long"/><number:text>-</number:text>
<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/>
</number:date-style>
<number:date-style style:name="n-moment"><number:year number:style="long"/><number:text>-</number:text>
<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/>
<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>
<number:minutes number:style="long"/></number:date-style>
<style:style style:name="head" style:family="table-cell"><style:table-cell-properties
 fo:border-bottom="0.5pt solid #000000" fo:wrap-option="wrap" style:vertical-align="top"/>
<style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="text" style:family="table-cell"><style:table-cell-properties
 style:vertical-align="top"/></style:style>
<style:style style:name="wrap" style:family="table-cell"><style:table-cell-properties
 fo:wrap-option="wrap" style:vertical-align="top"/></style:style>
<style:style style:name="day" style:family="table-cell" style:data-style-name="n-day">
<style:table-cell-properties style:vertical-align="top"/></style:style>
<style:style style:name="moment" style:family="table-cell" style:data-style-name="n-moment">
<style:table-cell-properties style:vertical-align="top"/></style:style>
"""
DATED = {Kind.DAY: "day", Kind.MOMENT: "moment"}


def write(path: Path, table: Table) -> int:
    """Write the file at ``path``; how many rows. TooManyRows."""
    taken: set[str] = set()
    name = sheet_name(table.name, taken)
    about = sheet_name(table.notice.sheet or "À propos", taken) if table.notice.lines else ""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        archive.writestr("mimetype", TYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("styles.xml", STYLES)
        archive.writestr("meta.xml", meta(table.notice))
        archive.writestr("settings.xml", settings(name))
        with archive.open("content.xml", "w", force_zip64=True) as file:
            return _content(file, table, name, about)


def _content(file: IO[bytes], table: Table, name: str, about: str) -> int:
    widths = "".join(column_style(f"co{place}", column.width) for place, column in enumerate(table.columns))
    widths += column_style("what", 24) + column_style("value", 90)
    file.write(
        f'{HEAD}<office:document-content {NAMES} office:version="1.3"><office:automatic-styles>'
        f"{widths}{CELL_STYLES}</office:automatic-styles><office:body><office:spreadsheet>".encode()
    )
    file.write(f"<table:table table:name={quoteattr(name)}>".encode())
    for place in range(len(table.columns)):
        file.write(f'<table:table-column table:style-name="co{place}"/>'.encode())
    titles = "".join(cell_xml(column.title, "head") for column in table.columns)
    head = f"<table:table-row>{titles}</table:table-row>"
    file.write(f"<table:table-header-rows>{head}</table:table-header-rows>".encode())
    styles = [style_of(column) for column in table.columns]
    rows = 0
    for batch in batches(table.rows, AT_ONCE):
        rows += len(batch)
        if rows > MOST_ROWS:
            raise TooManyRows
        file.write("".join(row_xml(row, styles) for row in batch).encode())
    file.write(b"</table:table>")
    if about:
        file.write("".join(notice_xml(table.notice, about)).encode())
    if rows:
        file.write(filter_xml(name, len(table.columns), rows).encode())
    file.write(b"</office:spreadsheet></office:body></office:document-content>")
    return rows


def style_of(column: Column) -> str:
    return DATED.get(column.kind) or ("wrap" if column.wrap else "text")


def column_style(name: str, width: int) -> str:
    return (
        f'<style:style style:name="{name}" style:family="table-column"><style:table-column-properties'
        f' style:column-width="{width * MILLIMETRES:.1f}mm"/></style:style>'
    )


def row_xml(row: object, styles: list[str]) -> str:
    cells = "".join(cell_xml(cell, style) for cell, style in zip(row, styles, strict=True))  # type: ignore[call-overload]
    return f"<table:table-row>{cells}</table:table-row>"


def cell_xml(cell: Cell, style: str = "text") -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, bool):
        value = str(cell).lower()
        return typed("boolean", f'office:boolean-value="{value}"', value.upper(), style)
    if isinstance(cell, int | float):
        return typed("float", f'office:value="{cell!r}"', repr(cell), style)
    if isinstance(cell, datetime):
        told = cell.replace(tzinfo=None).isoformat(timespec="seconds")
        return typed("date", f'office:date-value="{told}"', told.replace("T", " ")[:16], "moment")
    if isinstance(cell, date):
        return typed("date", f'office:date-value="{cell.isoformat()}"', cell.isoformat(), "day")
    return typed("string", "", text_of(cell), style)


def typed(kind: str, value: str, shown: str, style: str) -> str:
    lines = "".join(f"<text:p>{spaced(line)}</text:p>" for line in shown.splitlines() or [""])
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="{kind}"'
        f"{' ' + value if value else ''}>{lines}</table:table-cell>"
    )


def spaced(line: str) -> str:
    """Text as XML, which would otherwise make one of several blanks."""
    marked = SPACES.sub(lambda found: f'<text:s text:c="{len(found[0])}"/>', escape(line))
    return marked.replace("\t", "<text:tab/>")


def notice_xml(notice: Notice, name: str) -> Iterator[str]:
    yield f"<table:table table:name={quoteattr(name)}>"
    yield '<table:table-column table:style-name="what"/><table:table-column table:style-name="value"/>'
    yield f"<table:table-row>{cell_xml(notice.title, 'head')}</table:table-row>"
    yield "<table:table-row><table:table-cell/></table:table-row>"
    for what, value in notice.lines:
        yield f"<table:table-row>{cell_xml(what, 'head')}{cell_xml(value, 'wrap')}</table:table-row>"
    yield "</table:table>"


def filter_xml(name: str, columns: int, rows: int) -> str:
    """Buttons in the header that sort and filter."""
    quoted = name.replace("'", "''")
    area = f"'{quoted}'.A1:'{quoted}'.{letters(columns)}{rows + 1}"
    return (
        '<table:database-ranges><table:database-range table:name="rows"'
        f' table:target-range-address={quoteattr(area)} table:display-filter-buttons="true"/>'
        "</table:database-ranges>"
    )


def letters(place: int) -> str:
    """A column as spreadsheets name it: 1 is A, 27 is AA."""
    name = ""
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def meta(notice: Notice) -> str:
    created = notice.created and notice.created.replace(tzinfo=None).isoformat(timespec="seconds")
    return (
        f'{HEAD}<office:document-meta {NAMES} office:version="1.3"><office:meta>'
        f"<meta:generator>Maillage</meta:generator><dc:title>{escape(text_of(notice.title))}</dc:title>"
        f"<dc:description>{escape(text_of(notice.text()))}</dc:description>"
        f"<meta:initial-creator>{escape(notice.author)}</meta:initial-creator>"
        + (f"<meta:creation-date>{created}</meta:creation-date>" if created else "")
        + f"<dc:language>{escape(notice.language)}</dc:language>"
        "</office:meta></office:document-meta>"
    )


def settings(sheet: str) -> str:
    """The first row and column of the first sheet stay in sight."""
    items = "".join(
        f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        for name, kind, value in (
            ("HorizontalSplitMode", "short", 2), ("VerticalSplitMode", "short", 2),
            ("HorizontalSplitPosition", "int", 1), ("VerticalSplitPosition", "int", 1),
            ("ActiveSplitRange", "short", 3), ("PositionLeft", "int", 0), ("PositionRight", "int", 1),
            ("PositionTop", "int", 0), ("PositionBottom", "int", 1),
        )
    )  # fmt: skip
    return (
        f'{HEAD}<office:document-settings {NAMES} office:version="1.3"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        '<config:config-item config:name="ViewId" config:type="string">view1</config:config-item>'
        '<config:config-item-map-named config:name="Tables">'
        f"<config:config-item-map-entry config:name={quoteattr(sheet)}>{items}</config:config-item-map-entry>"
        '</config:config-item-map-named><config:config-item config:name="ActiveTable" config:type="string">'
        f"{escape(sheet)}</config:config-item></config:config-item-map-entry>"
        "</config:config-item-map-indexed></config:config-item-set></office:settings>"
        "</office:document-settings>"
    )
