"""Each form of an export, from the rows of a selection to bytes: as they come, or through a file.

CSV and GeoJSON are written by PostgreSQL, as the API gives them; the others here, row by row.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import features
from directory.facets import count as count_of
from directory.search import SearchCriteria
from exchange.exporting import Form, register
from exchange.models import Export
from exchange.outgoing import Selection, Wording, site
from formats.writing import cards, delimited, kml, opendocument, spreadsheet
from jobs import work

# Above so many initiatives, what is written here is made in the background.
DIRECT = 5_000
# What PostgreSQL writes by itself is given at once, whatever its length.
AT_ONCE = (Form.CSV, Form.GEOJSON)
TOLD_EVERY = 500  # rows
PIECE = 64 * 1024
Rows = Iterator[list[Any]]


def stream(form: Form, selection: Selection) -> Iterator[bytes]:
    """The bytes of a file, all of one moment. Memory stays flat: what cannot be written as it comes is
    written to a temporary file first."""
    with translation.override(selection.language), features.one_moment():
        if form in STREAMS:
            yield from STREAMS[form](selection, selection.rows())
            return
        with tempfile.TemporaryDirectory(prefix="maillage-export-") as folder:
            path = Path(folder) / "export"
            FILES[form](selection, selection.rows(), path.with_suffix(f".{form}"))
            with path.with_suffix(f".{form}").open("rb") as file:
                while piece := file.read(PIECE):
                    yield piece


def make(export: Export, criteria: SearchCriteria, path: Path, progress: work.Progress) -> int:
    """Write the file of an export; how many initiatives it holds. A work of the background."""
    selection = Selection(criteria, export.name, [(what, value) for what, value in export.said])
    form, counted = Form(export.form), Counted(count_of(criteria), progress)
    counted.tell()
    rows = counted.through(selection.rows())
    if form in FILES:
        FILES[form](selection, rows, path)
        return counted.number
    with path.open("wb") as file:
        for piece in STREAMS[form](selection, rows):
            file.write(piece)
    if form in AT_ONCE:  # PostgreSQL wrote it, in one go
        counted.number = counted.total
        counted.tell()
    return counted.number


class Counted:
    """Rows on their way, told of now and then."""

    def __init__(self, total: int, progress: work.Progress) -> None:
        self.total, self.progress, self.number = total, progress, 0

    def through(self, rows: Rows) -> Rows:
        for row in rows:
            yield row
            self.number += 1
            if self.number % TOLD_EVERY == 0:
                self.tell()
        self.tell()

    def tell(self) -> None:
        self.progress(self.number, max(self.total, self.number), _("Écriture du fichier"))


def _csv(selection: Selection, _rows: Rows) -> Iterator[bytes]:
    yield features.header()
    with features.one_moment():
        yield from features.every_line(selection.criteria, selection.base or site())


def _geojson(selection: Selection, _rows: Rows) -> Iterator[bytes]:
    notice = selection.notice
    head = {
        "type": "FeatureCollection",
        "name": notice.title,
        "numberMatched": count_of(selection.criteria),
        "notice": [[what, value if value is None else str(value)] for what, value in notice.lines],
    }
    yield (json.dumps(head, ensure_ascii=False)[:-1] + ', "features":[').encode()
    with features.one_moment():
        yield from features.every_feature(selection.criteria, selection.base or site())
    yield b"]}"


def _csv_fr(selection: Selection, rows: Rows) -> Iterator[bytes]:
    return delimited.french(selection.table(words=True, rows=rows))


# A placemark has a name and may have an id: GDAL would number a field that is called so too, « id2 ».
OF_KML = {"name": "", "id": "identifier"}


def _kml(selection: Selection, rows: Rows) -> Iterator[bytes]:
    names = [column.name for column in selection.columns]
    held = [place for place, name in enumerate(names) if OF_KML.get(name, name)]
    columns = [replace(selection.columns[at], name=OF_KML.get(names[at], names[at])) for at in held]
    say = Wording(selection.columns)

    def placemark(row: list[Any]) -> kml.Placemark:
        told = dict(zip(names, row, strict=True))
        read = dict(zip(names, next(say.worded(iter([[*row]]))), strict=True))
        town = " ".join(filter(None, (told["postcode"], told["locality"] or told["commune"])))
        return kml.Placemark(
            name=told["name"], point=point_of(told), cells=[row[at] for at in held],
            link=told["url"], phone=read["phone"] or "",
            address=", ".join(filter(None, (told["street"], town))),
            description="\n".join(filter(None, (told["summary"], read["activities"], told["website"]))),
        )  # fmt: skip

    return kml.document(selection.notice, columns, map(placemark, rows))


def _vcf(selection: Selection, rows: Rows) -> Iterator[bytes]:
    names = [column.name for column in selection.columns]
    say = Wording(selection.columns)

    def card(row: list[Any]) -> cards.Card:
        told = dict(zip(names, row, strict=True))
        read = dict(zip(names, next(say.worded(iter([[*row]]))), strict=True))
        licences = _("Sources et licences : {said}").format(said=told["licences"])
        return cards.Card(
            uid=told["url"], name=told["name"], phone=told["phone"] or "", website=told["website"] or "",
            street=told["street"] or "", postcode=told["postcode"] or "",
            town=told["locality"] or told["commune"] or "", point=point_of(told), source=told["url"],
            categories=(read["sectors"] or "").split(" ; "), revised=told["updated_at"],
            note="\n".join(filter(None, (told["summary"], told["url"], licences))),
        )  # fmt: skip

    return cards.cards(map(card, rows))


def point_of(told: dict[str, Any]) -> tuple[float, float] | None:
    return None if told["longitude"] is None else (told["longitude"], told["latitude"])


def _xlsx(selection: Selection, rows: Rows, path: Path) -> None:
    spreadsheet.write(path, selection.table(words=True, rows=rows))


def _ods(selection: Selection, rows: Rows, path: Path) -> None:
    opendocument.write(path, selection.table(words=True, rows=rows))


def _gpkg(selection: Selection, rows: Rows, path: Path) -> None:
    from formats.writing import geopackage  # with GDAL, which most processes never need

    geopackage.write(path, selection.table(words=False, rows=rows), "longitude", "latitude")


STREAMS: dict[Form, Callable[[Selection, Rows], Iterator[bytes]]] = {
    Form.CSV: _csv, Form.GEOJSON: _geojson, Form.CSV_FR: _csv_fr, Form.KML: _kml, Form.VCF: _vcf,
}  # fmt: skip
FILES: dict[Form, Callable[[Selection, Rows, Path], None]] = {
    Form.XLSX: _xlsx, Form.ODS: _ods, Form.GPKG: _gpkg,
}  # fmt: skip

OURS = frozenset(Form)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
for form, extension, media_type, label in (
    (Form.XLSX, "xlsx", XLSX, gettext_lazy("Classeur Excel (XLSX)")),
    (Form.ODS, "ods", opendocument.TYPE, gettext_lazy("Classeur LibreOffice (ODS)")),
    (Form.CSV_FR, "csv", "text/csv; charset=utf-8", gettext_lazy("CSV pour Excel français")),
    (Form.CSV, "csv", "text/csv; charset=utf-8", gettext_lazy("CSV")),
    (Form.GEOJSON, "geojson", "application/geo+json", gettext_lazy("GeoJSON")),
    (Form.GPKG, "gpkg", "application/geopackage+sqlite3", gettext_lazy("GeoPackage")),
    (Form.KML, "kml", "application/vnd.google-earth.kml+xml", gettext_lazy("KML")),
    (Form.VCF, "vcf", "text/vcard; charset=utf-8", gettext_lazy("Carnet d’adresses (vCard)")),
):
    register(form, make, extension=extension, media_type=media_type, label=label)
