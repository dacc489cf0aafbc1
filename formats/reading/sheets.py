"""Spreadsheets: XLSX, XLS and ODS, whose cells have types and may be merged.

They are read as a rectangle that holds every cell in use, however far apart: how large it is, and how wide
ODS repeats a cell, is known before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import python_calamine as calamine

from formats.reading import binary, header
from formats.reading.extent import Area, Errors, measure
from formats.reading.table import EXACT, Remarks, Row, Table, Unreadable, Value

MOST_SHEETS = 100

Cells = list[Value]


def letters_of(column: int) -> str:
    """The letters of a column, counted from 0."""
    text, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def open_sheets(path: Path, kind: str, *, sheet: str, most_columns: int, most_unpacked: int) -> Table:
    """A sheet of a spreadsheet: the asked one, or of those that are shown the widest and longest."""
    measured = measure(path, kind, most_unpacked)
    failed = binary.errors_of(path) if kind == "xls" else []
    try:
        book = calamine.CalamineWorkbook.from_path(path)
        chosen, others = choose(book, sheet)
    except calamine.PasswordError:
        raise Unreadable("encrypted") from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            raise Unreadable("encrypted") from None
        raise Unreadable("damaged", format=kind, error=error) from error
    except BaseException as error:  # Rust, on what it did not foresee: no Exception of Python
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable("damaged", format=kind, error=error) from None
    opening = Remarks()
    if others and not sheet:
        opening.add("other-sheets", names="; ".join(others))
    index = book.sheet_names.index(chosen.name)
    areas = measured.merged
    merged = chosen.merged_cell_ranges or (areas[index] if index < len(areas) else [])
    first = chosen.start[1] if chosen.start else 0
    shifted = [((top, left - first), (bottom, right - first)) for (top, left), (bottom, right) in merged]
    own = measured.errors.get(chosen.name) or (failed[index] if index < len(failed) else {})
    errors = {(row, at - first): said for (row, at), said in own.items()}
    return of_sheet(chosen, shifted, errors, kind, list(book.sheet_names), opening, most_columns)


def of_sheet(
    sheet: calamine.CalamineSheet,
    merged: list[Area],
    errors: Errors,
    kind: str,
    names: list[str],
    opening: Remarks,
    most: int,
) -> Table:
    sample = list(
        islice(((line, cells) for line, cells in lines(sheet, errors) if header.filled(cells)), header.SAMPLE)
    )
    heading = header.find(sample, opening, most)
    start = sample[heading.first][0] if heading.first < len(sample) else None
    width = len(heading.columns)

    def read(remarks: Remarks) -> Iterator[Row]:
        shared = Merged([area for area in merged if start and area[0][0] >= start - 1], width, remarks)
        for line, cells in lines(sheet, errors):
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


def lines(sheet: calamine.CalamineSheet, errors: Errors) -> Iterator[tuple[int, Cells]]:
    """Each row with its number, from 1. What could not be worked out is given as the sheet shows it: the
    reader leaves it blank."""
    failed: dict[int, list[tuple[int, str]]] = {}
    for (row, at), said in errors.items():
        failed.setdefault(row, []).append((at, said))
    for number, cells in enumerate(sheet.iter_rows()):
        read = [value(cell) for cell in cells]
        for at, said in failed.get(number, ()):
            if 0 <= at < len(read) and read[at] is None:
                read[at] = said
        yield number + 1, read


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
