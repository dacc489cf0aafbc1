"""Spreadsheets: XLSX, XLS and ODS, whose cells have types and may be merged.

They are read as a rectangle that holds every cell in use, however far apart: how large it is, and how wide
ODS repeats a cell, is known before.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import python_calamine as calamine

from formats.reading import header
from formats.reading.packed import check_archive
from formats.reading.table import EXACT, Remarks, Row, Table, Unreadable, Value

MOST_CELLS = 20_000_000
MOST_SHEETS = 100
OVERLAP = 64
PLACE = re.compile(rb"\sr=[\"']([A-Z]{0,3})(\d{1,7})[\"']")
ROW_BEGINS, CELL_BEGINS = re.compile(rb"[<:]row[\s>/]"), re.compile(rb"[<:]c[\s>/]")
ODS_PART = re.compile(
    rb"<table:(table-row|table-cell|covered-table-cell|table)(?=[\s>/])([^>]*)>|</table:table>"
)
REPEATED = re.compile(rb"number-(?:columns|rows)-repeated=\"(\d+)\"")
SPANNED = re.compile(rb"number-(columns|rows)-spanned=\"(\d+)\"")

# Rows and columns from 0, both ends within.
Area = tuple[tuple[int, int], tuple[int, int]]
Cells = list[Value]


@dataclass
class Extent:
    """How far the cells of an XLSX sheet go, from its text as it is unpacked."""

    rows: int = 0
    columns: int = 0
    in_row: int = 0

    def look(self, text: bytes) -> None:
        places = PLACE.findall(text)
        letters = {letters for letters, _digits in places}
        self.columns = max(self.columns, *map(column_number, letters), 0)
        self.rows = max(self.rows, *map(int, {digits for _letters, digits in places}), 0)
        # Cells may also stand without their place, one after the other.
        if len(places) < text.count(b"<c ") + text.count(b":c ") + text.count(b"<c>"):
            for n, piece in enumerate(ROW_BEGINS.split(text)):
                self.in_row = (0 if n else self.in_row) + len(CELL_BEGINS.findall(piece))
                self.columns = max(self.columns, self.in_row)
                self.rows += n > 0

    def check(self) -> None:
        if self.rows * self.columns > MOST_CELLS:
            raise Unreadable("bomb", most=MOST_CELLS)


@dataclass
class OdsExtent:
    """How far the cells of each sheet of ODS go, which repeats them by number, and which are merged."""

    merged: list[list[Area]] = field(default_factory=list)
    row: int = -1
    height: int = 1
    column: int = 0
    widest: int = 0

    def look(self, text: bytes) -> None:
        for part in ODS_PART.finditer(text):
            kind, said = part[1], part[2] or b""
            repeated = int(found[1]) if (found := REPEATED.search(said)) else 1
            if kind == b"table":
                self.merged.append([])
                self.row, self.height, self.widest = -1, 1, 0
            elif kind == b"table-row":
                self.row, self.height, self.column = self.row + self.height, repeated, 0
            elif kind is not None:
                self.cell(said, repeated)

    def cell(self, said: bytes, repeated: int) -> None:
        spans = {name: int(count) for name, count in SPANNED.findall(said)}
        rows, columns = spans.get(b"rows", 1), spans.get(b"columns", 1)
        if rows * columns > 1 and self.merged:
            self.merged[-1].append(
                ((self.row, self.column), (self.row + rows - 1, self.column + columns - 1))
            )
        self.column += repeated
        if not said.endswith(b"/") or b"office:value" in said:
            self.widest = max(self.widest, self.column)
            if (self.row + self.height) * self.widest > MOST_CELLS:
                raise Unreadable("bomb", most=MOST_CELLS)


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def letters_of(column: int) -> str:
    """The letters of a column, counted from 0."""
    text, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def measure(path: Path, kind: str, most: int) -> list[list[Area]]:
    """Refuses what would not fit; gives the merged areas of each sheet, for ODS."""
    ods = OdsExtent()

    def look(name: str, pieces: Iterator[bytes]) -> None:
        if kind == "ods" and name == "content.xml":
            scan(pieces, ods)
        elif kind == "xlsx" and re.fullmatch(r"/?xl/worksheets/[^/]+\.xml", name):
            extent = Extent()
            scan(pieces, extent)
            extent.check()

    if kind != "xls":
        check_archive(path, look, most)
    return ods.merged


def scan(pieces: Iterator[bytes], extent: Extent | OdsExtent) -> None:
    """Whole tags at a time, wherever the pieces are cut."""
    rest = b""
    for piece in pieces:
        text = rest + piece
        end = text.rfind(b">") + 1
        extent.look(text[:end])
        rest = text[end:]
    extent.look(rest)


def open_sheets(path: Path, kind: str, *, sheet: str, most_columns: int, most_unpacked: int) -> Table:
    """A sheet of a spreadsheet: the asked one, or of those that are shown the widest and longest."""
    areas = measure(path, kind, most_unpacked)
    try:
        book = calamine.CalamineWorkbook.from_path(path)
        chosen, others = choose(book, sheet)
    except calamine.PasswordError:
        raise Unreadable("encrypted") from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            raise Unreadable("encrypted") from None
        raise Unreadable("damaged", format=kind, error=error) from error
    opening = Remarks()
    if others and not sheet:
        opening.add("other-sheets", names="; ".join(others))
    index = book.sheet_names.index(chosen.name)
    merged = chosen.merged_cell_ranges or (areas[index] if index < len(areas) else [])
    first = chosen.start[1] if chosen.start else 0
    shifted = [((top, left - first), (bottom, right - first)) for (top, left), (bottom, right) in merged]
    return of_sheet(chosen, shifted, kind, list(book.sheet_names), opening, most_columns)


def of_sheet(
    sheet: calamine.CalamineSheet,
    merged: list[Area],
    kind: str,
    names: list[str],
    opening: Remarks,
    most: int,
) -> Table:
    sample = list(
        islice(((line, cells) for line, cells in lines(sheet) if header.filled(cells)), header.SAMPLE)
    )
    heading = header.find(sample, opening, most)
    start = sample[heading.first][0] if heading.first < len(sample) else None
    width = len(heading.columns)

    def read(remarks: Remarks) -> Iterator[Row]:
        shared = Merged([area for area in merged if start and area[0][0] >= start - 1], width, remarks)
        for line, cells in lines(sheet):
            if start is None or line < start:
                continue
            cells = shared.given(line, cells)
            if cells.count(None) == len(cells):
                continue
            if heading.again(cells):
                remarks.add("header-again", line)
                continue
            extra = header.trimmed(cells[width:])
            if extra:
                remarks.add("extra-cells", line, cells=header.listed(extra))
            padding = [None] * (width - len(cells))
            yield Row(line, (*cells[:width], *padding, *extra))

    return Table(
        kind, heading.columns, read, sheet=sheet.name, choices=names, opening=opening,
        total=sheet.end[0] + 2 - start if sheet.end and start else 0,
    )  # fmt: skip


def choose(book: calamine.CalamineWorkbook, asked: str) -> tuple[calamine.CalamineSheet, list[str]]:
    """The sheet to read, and the names of the others that hold something."""
    names = book.sheet_names
    if asked and asked not in names or not names or len(names) > MOST_SHEETS:
        raise Unreadable("no-sheet", asked=asked, names="; ".join(names))
    if asked:
        return book.get_sheet_by_name(asked), []
    kinds = calamine.SheetTypeEnum.WorkSheet, calamine.SheetVisibleEnum.Visible
    shown = [about.name for about in book.sheets_metadata if (about.typ, about.visible) == kinds]
    best, most, full = None, -1.0, []
    for name in shown or names[:1]:
        found = book.get_sheet_by_name(name)
        # What a listing is beside its notes and its lists of values: long, but above all wide.
        size = math.log2(found.height + 1) * found.width
        full += [name] if size else []
        if size > most:
            best, most = found, size
    assert best is not None
    return best, [name for name in full if name != best.name]


def lines(sheet: calamine.CalamineSheet) -> Iterator[tuple[int, Cells]]:
    """Each row with its number, from 1."""
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield number, [value(cell) for cell in cells]


def value(cell: Any) -> Value:
    if isinstance(cell, str):
        return cell if cell and not cell.isspace() else None
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < EXACT else cell
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time() else cell
    if isinstance(cell, time):
        return cell.isoformat("minutes")
    return str(cell) if isinstance(cell, timedelta) else cell


class Merged:
    """Gives a value to each row of the cells that were merged downwards. Titles merged across the table are
    no rows; what is merged across some columns stays in the first of them."""

    def __init__(self, areas: Sequence[Area], width: int, remarks: Remarks) -> None:
        self.waiting = sorted(areas, reverse=True)
        self.width, self.remarks = width, remarks
        # (last row, column, value) of those that go on below
        self.open: list[tuple[int, int, Value]] = []

    def given(self, line: int, cells: Cells) -> Cells:
        """The cells of a row, with what it shares; none where it is a title."""
        row = line - 1
        own = len(cells) - cells.count(None)
        while self.waiting and self.waiting[-1][0][0] <= row:
            (top, left), (bottom, right) = self.waiting.pop()
            here = cells[left] if top == row and 0 <= left < len(cells) else None
            if here is None:
                continue
            if own == 1 and right - left + 1 >= max(3, self.width * header.FILLED):
                self.remarks.add("section-line", line, text=header.written(here))
                return []
            if bottom > top:
                corner = f"{letters_of(left)}{top + 1}:{letters_of(right)}{bottom + 1}"
                self.remarks.add("merged-cells", line, range=corner)
                self.open.append((bottom, left, here))
        if own:
            self.open = [shared for shared in self.open if shared[0] >= row]
            for _bottom, column, shared in self.open:
                if column < len(cells) and cells[column] is None:
                    cells[column] = shared
        return cells
