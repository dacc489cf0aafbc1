"""Which reader a file is for: told by what it holds, since names lie."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from formats.reading import packed
from formats.reading.delimited import open_delimited
from formats.reading.geofiles import open_geopackage, open_shapefile
from formats.reading.kml import document_of, open_kml
from formats.reading.objects import open_objects
from formats.reading.sheets import open_sheets
from formats.reading.table import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, UNPACKED, Table, Unreadable
from formats.reading.text import Text, open_text

ZIP, GZIP = (b"PK\x03\x04", b"PK\x05\x06"), b"\x1f\x8b"
SQLITE = b"SQLite format 3\x00"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HTML = re.compile(r"<(!doctype\s+)?(html|table|meta|head|body)\b", re.IGNORECASE)
XML = re.compile(r"<(\?xml|kml|!DOCTYPE|!--)", re.IGNORECASE)
# A table may begin with a bracket too: what follows it here is only found in JSON.
JSON = re.compile(r'\{\s*(["}]|$)|\[\s*([{\[\]]|$)')
# What a name may end with, for each format.
ENDINGS = {
    "csv": ("csv", "tsv", "txt", "tab"), "xlsx": ("xlsx", "xlsm"), "xls": ("xls",), "ods": ("ods",),
    "geojson": ("geojson", "json"), "gogocarto": ("json",), "openfairdb": ("json",),
    "json": ("json", "jsonl", "ndjson"),
    "gpkg": ("gpkg",), "shapefile": ("zip", "shz"), "kml": ("kml", "kmz"),
}  # fmt: skip
KNOWN = {ending for endings in ENDINGS.values() for ending in endings} - {"zip"}


def open_table(
    path: Path,
    name: str,
    *,
    sheet: str = "",
    layer: str = "",
    encoding: str = "",
    delimiter: str = "",
    most_bytes: int = MOST_BYTES,
    most_rows: int = MOST_ROWS,
    most_columns: int = MOST_COLUMNS,
) -> Table:
    """The table in a file; ``name`` is what the file was called where it comes from.

    ``sheet`` of a spreadsheet, ``layer`` of a file of several (the list in JSON, the file in an archive),
    ``encoding`` (of text.ASKED) and ``delimiter`` where what is found by itself is not what is meant.
    Unreadable.
    """
    size = path.stat().st_size
    if not size:
        raise Unreadable("empty")
    if size > most_bytes:
        raise Unreadable("too-large", most=most_bytes)
    asked = Asked(sheet, layer, encoding, delimiter, most_columns, most_bytes)
    table = asked.opened(path, name)
    table.most_rows = most_rows
    return table


def kind_of_zip(path: Path) -> str:
    """xlsx, ods, shapefile, kml, or nothing more than an archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError) as error:
        raise Unreadable("damaged", format="zip", error=error) from error
    if {"xl/workbook.xml", "/xl/workbook.xml"} & names:
        return "xlsx"
    if {"content.xml", "mimetype"} <= names:
        return "ods"
    endings = {PurePosixPath(name).suffix.lower() for name in packed.meant(sorted(names))}
    return "shapefile" if ".shp" in endings else "kml" if ".kml" in endings else ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What whoever opens a file says of it."""

    sheet: str
    layer: str
    encoding: str
    delimiter: str
    most_columns: int
    most_bytes: int

    def opened(self, path: Path, name: str, inside: bool = False) -> Table:
        with path.open("rb") as file:
            start = file.read(4096)
        if start.startswith(ZIP):
            table = self.zipped(path, name, inside)
        elif start.startswith(GZIP) and not inside:
            table = self.unpacked(*packed.gunzipped(path, name, self.most_bytes))
        elif start.startswith(SQLITE):
            table = open_geopackage(path, layer=self.layer, most_columns=self.most_columns)
        elif start.startswith(OLE):
            table = self.spreadsheet(path, "xls")
        else:
            table = self.textual(path)
        ending = PurePosixPath(name).suffix.lstrip(".").lower()
        if ending in KNOWN and ending not in ENDINGS[table.format] and not table.held:
            table.opening.add("other-format", named=ending, format=table.format)
        return table

    def textual(self, path: Path) -> Table:
        text = open_text(path, self.encoding)
        start = text.start()
        if HTML.match(start):
            raise Unreadable("html")
        if XML.match(start):
            return self.xml(text, start)
        if JSON.match(start):
            return open_objects(text, layer=self.layer, most_columns=self.most_columns)
        return open_delimited(text, delimiter=self.delimiter, most_columns=self.most_columns)

    def xml(self, text: Text, start: str) -> Table:
        if "<kml" not in start and "<!DOCTYPE" not in start:
            raise Unreadable("unknown-format", start=start[:16].encode("utf-8", "replace").hex())
        return open_kml(text, most_columns=self.most_columns)

    def spreadsheet(self, path: Path, kind: str) -> Table:
        return open_sheets(
            path, kind, sheet=self.sheet, most_columns=self.most_columns,
            most_unpacked=UNPACKED * self.most_bytes,
        )  # fmt: skip

    def zipped(self, path: Path, name: str, inside: bool) -> Table:
        kind = kind_of_zip(path)
        if kind in ("xlsx", "ods"):
            return self.spreadsheet(path, kind)
        if inside:
            raise Unreadable("zip-in-zip", name=name)
        names = packed.check_archive(path, None, UNPACKED * self.most_bytes)
        if kind == "shapefile":
            return open_shapefile(path, packed.meant(names), layer=self.layer, most_columns=self.most_columns)
        if kind == "kml":
            folder, document = document_of(path, packed.meant(names))
            return open_kml(open_text(document), most_columns=self.most_columns, held=folder)
        return self.unpacked(*packed.only_file(path, names, self.layer))

    def unpacked(self, folder: packed.Folder, path: Path, name: str) -> Table:
        table = self.opened(path, name, inside=True)
        table.opening.add("unpacked", name=name)
        table.held = folder
        return table
