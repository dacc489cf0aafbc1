"""What every file becomes when it is read: named columns, and one row after the other.

Nothing is left out in silence: what was mended, or only noticed, is a Remark; what cannot be read as a whole
is Unreadable. Both carry a code that whoever shows them puts in the language of the reader.

Codes of remarks; ``said`` has the keys in brackets, all of them texts:

- of the file: ``other-format`` (``named``, ``format``): its name says another one; ``unpacked`` (``name``):
  it was inside an archive; ``other-sheets``, ``other-layers``, ``other-lists``, ``other-files`` (``names``):
  left unread beside the one that is read; ``separator-line``: a first line that only names the delimiter
- of its text: ``other-encoding`` (``encoding``, ``main``, ``text``): a line in another encoding than the
  rest, read in its own; ``undefined-byte`` (``bytes``): kept as the sign of the same number;
  ``control-signs`` (``count``): signs that no text holds, left out; ``double-encoded`` (``read``,
  ``mended``); ``stray-quote`` (``text``): an opening quote that nothing closes, taken as a sign;
  ``quoted-lines``: each line was one quoted cell; ``no-number`` (``count``): NaN or Infinity in JSON, blank
- of its header: ``above-header`` (``text``): a line above it; ``second-header`` (``text``): a line of names
  below it; ``header-again``: the header, repeated; ``no-header``: none, so that columns are numbered and
  the first line is a row; ``column-twice`` (``renamed``); ``column-unnamed`` (``renamed``)
- of its rows: ``extra-cells`` (``cells``): more than columns; ``missing-cells`` (``count``): fewer;
  ``broken-line`` (``lines``): one that goes on in the next, joined; ``merged-cells`` (``range``): the value
  was given to each of them; ``section-line`` (``text``): a title across the table, which is no row
- of its geometry: ``representative-point`` (``kind``): a point inside stands for it; ``no-projection``:
  coordinates that are no degrees, given as they are; ``projected`` (``name``): brought to WGS 84;
  ``bad-geometry`` (``kind``): of an unknown or broken kind, no point
- ``more`` (``code``, ``count``): as many more remarks of that code, not kept one by one

Codes of refusals: ``empty``, ``no-rows``, ``too-large`` (``most``), ``too-many-rows`` (``most``),
``too-many-columns`` (``count``, ``most``), ``cell-too-long`` (``most``), ``unclosed-quote``,
``unknown-format`` (``start``), ``html``, ``damaged`` (``format``, ``error``), ``encrypted``,
``compression`` (a zip packed otherwise than by deflate), ``bomb``, ``too-many-files``, ``too-many-cells``,
``too-much-text`` (``most`` of each), ``zip-in-zip`` (``name``),
``nothing-inside``, ``several-files`` (``names``), ``entities`` (an XML file that declares some),
``bad-json`` (``error``), ``no-list`` (JSON without a list of objects),
``too-deep``, ``no-sheet`` (``asked``, ``names``), ``no-layer`` (``asked``, ``names``), ``bad-encoding``
(``encoding``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from formats.reading.signs import ODD, without_control, without_double_encoding

Value = str | int | float | bool | date | datetime | None

MOST_BYTES = 200 * 2**20
# Of an archive, or a spreadsheet, which is one: as many times what the file may weigh.
UNPACKED = 4
MOST_ROWS = 500_000
MOST_COLUMNS = 500
# Far beyond what a spreadsheet takes (32,767): longer is a quote left open or a file pasted into a cell.
LONGEST_CELL = 100_000
# Whole numbers up to here are exact where all numbers are kept with decimals; they are given without.
EXACT = 10**15
# Of each code, remarks kept one by one; the others are counted.
MOST_REMARKS = 500
LONGEST_SAID = 200
# Longitude and latitude of a geometry, in degrees (WGS 84), where the file has one.
LON, LAT = "geometry.lon", "geometry.lat"


@dataclass(frozen=True, slots=True)
class Row:
    """``line``: of the file, as an editor or a spreadsheet numbers it from 1; the rank of the feature, from
    1, where a file has no lines of its own (GeoJSON, KML, GeoPackage…). ``cells``: as many as columns, more
    where the file has more. A blank cell is None."""

    line: int
    cells: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """What was mended or noticed, on a line and in a column if it is there and not everywhere."""

    code: str
    line: int | None = None
    column: str | None = None
    said: dict[str, str] = field(default_factory=dict)


class Unreadable(Exception):
    """A file refused as a whole: ``code`` says why, ``line`` and ``column`` where, if it is somewhere."""

    def __init__(self, code: str, line: int | None = None, column: str | None = None, **said: object) -> None:
        super().__init__(code, line, column, said)
        self.code, self.line, self.column = code, line, column
        self.said = {key: str(value)[:LONGEST_SAID] for key, value in said.items()}


class Remarks:
    """Remarks in the order they come, of each code no more than a reader would read."""

    def __init__(self) -> None:
        self.kept: list[Remark] = []
        self.counts: Counter[str] = Counter()

    def add(self, code: str, line: int | None = None, column: str | None = None, **said: object) -> None:
        self.counts[code] += 1
        if self.counts[code] <= MOST_REMARKS:
            texts = {key: str(value)[:LONGEST_SAID] for key, value in said.items()}
            self.kept.append(Remark(code, line, column, texts))

    def listed(self) -> list[Remark]:
        more = {code: count - MOST_REMARKS for code, count in self.counts.items() if count > MOST_REMARKS}
        return self.kept + [
            Remark("more", said={"code": code, "count": str(count)}) for code, count in more.items()
        ]


def mended(text: str, remarks: Remarks, line: int | None, column: str | None) -> str:
    """The text without what was never meant, said."""
    plain = without_control(text)
    if plain != text:
        remarks.add("control-signs", line, column, count=len(text) - len(plain))
    read = without_double_encoding(plain)
    if read != plain:
        remarks.add("double-encoded", line, column, read=plain, mended=read)
    return read


@dataclass(eq=False)
class Table:
    """A file opened: what it is, its columns, and its rows as often as they are asked for.

    ``format``: csv, xlsx, xls, ods, geojson, gogocarto, openfairdb, json, gpkg, shapefile, kml.
    ``total``: rows, where the file says it without being read through; of a
    spreadsheet, blank ones too. ``choices``: sheets, layers or lists
    that could be read instead. ``held`` is kept as long as the table: what its file was unpacked to.
    """

    format: str
    columns: list[str]
    read: Callable[[Remarks], Iterator[Row]]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    layer: str = ""
    total: int | None = None
    choices: list[str] = field(default_factory=list)
    opening: Remarks = field(default_factory=Remarks)
    held: Any = None
    # The remarks of the last reading; complete once it went to the end.
    reading: Remarks = field(default_factory=Remarks, init=False)
    most_rows: int = MOST_ROWS

    @property
    def remarks(self) -> list[Remark]:
        return self.opening.listed() + self.reading.listed()

    def rows(self) -> Iterator[Row]:
        """Rows that hold something, from the first. Unreadable, even in the middle: what is read until then
        is not the file."""
        self.reading = Remarks()
        count = 0
        for row in self.read(self.reading):
            count += 1
            if count > self.most_rows:
                raise Unreadable("too-many-rows", row.line, most=self.most_rows)
            yield self.checked(row)
        if not count:
            raise Unreadable("no-rows")

    def checked(self, row: Row) -> Row:
        """The row, its texts such as a database can hold them."""
        cells = None
        for index, cell in enumerate(row.cells):
            if not isinstance(cell, str):
                continue
            if len(cell) > LONGEST_CELL:
                raise Unreadable("cell-too-long", row.line, self.name(index), most=LONGEST_CELL)
            if ODD.search(cell):
                cells = cells or list(row.cells)
                cells[index] = mended(cell, self.reading, row.line, self.name(index)) or None
        return Row(row.line, tuple(cells)) if cells else row

    def name(self, index: int) -> str:
        return self.columns[index] if index < len(self.columns) else f"#{index + 1}"
