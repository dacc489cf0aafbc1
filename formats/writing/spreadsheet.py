"""XLSX, row after row: typed cells, a header that stays in sight, and a sheet that says what it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from formats.workbook import FIRST_YEAR, MOST_ROWS, SHOWN, sheet_name
from formats.writing.table import Cell, Column, Kind, Notice, Table, text_of

OPTIONS = {
    # each row goes to a file beside the workbook as the next one begins
    "constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False,
    "strings_to_urls": False, "remove_timezone": True, "default_date_format": "yyyy-mm-dd",
}  # fmt: skip
A4 = 9
DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"


class TooManyRows(Exception):
    """More rows than a sheet holds."""


def write(path: Path, table: Table) -> int:
    """Write the workbook at ``path``, its temporary parts beside it; how many rows. TooManyRows."""
    with xlsxwriter.Workbook(str(path), {**OPTIONS, "tmpdir": str(path.parent)}) as book:
        notice = table.notice
        book.set_properties(
            {"title": notice.title, "author": notice.author, "comments": notice.text()}
            | ({"created": notice.created.replace(tzinfo=None)} if notice.created else {})
        )
        taken: set[str] = set()
        rows = _rows(book, book.add_worksheet(sheet_name(table.name, taken)), table)
        if notice.lines:
            _notice(book, book.add_worksheet(sheet_name(notice.sheet or "À propos", taken)), notice)
    return rows


def _rows(book: Any, sheet: Any, table: Table) -> int:
    header = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    formats = [_format(book, column) for column in table.columns]
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
    sheet.freeze_panes(1, min(1, len(table.columns) - 1))
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.title, header)
    count = 0
    for row in table.rows:
        count += 1
        if count > MOST_ROWS:
            raise TooManyRows
        for place, cell in enumerate(row):
            write_cell(sheet, count, place, cell, formats[place])
    if count:
        sheet.autofilter(0, 0, count, len(table.columns) - 1)
    # Printed on as many pages as its length takes, one wide, its header on each.
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    return count


def _format(book: Any, column: Column) -> Any:
    shown: dict[str, Any] = {"valign": "top", "text_wrap": column.wrap}
    if column.kind in (Kind.DAY, Kind.MOMENT):
        shown["num_format"] = DAY if column.kind == Kind.DAY else MOMENT
    elif column.kind == Kind.WHOLE:
        shown["num_format"] = SHOWN[0]
    elif column.decimals is not None:
        shown["num_format"] = SHOWN[column.decimals]
    elif column.kind in (Kind.CODE, Kind.TEXT):
        shown["num_format"] = "@"  # a text stays one where it is typed over
    return book.add_format(shown)


def write_cell(sheet: Any, row: int, place: int, cell: Cell, shown: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, place, cell, shown)
    elif isinstance(cell, int | float):
        sheet.write_number(row, place, cell, shown)
    elif isinstance(cell, date) and cell.year >= FIRST_YEAR:
        write_moment: Callable[..., Any] = sheet.write_datetime
        write_moment(row, place, cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell, shown)
    else:
        sheet.write_string(row, place, text_of(cell), shown)


def _notice(book: Any, sheet: Any, notice: Notice) -> None:
    title = book.add_format({"bold": True, "font_size": 14})
    what = book.add_format({"bold": True, "valign": "top"})
    value = book.add_format({"text_wrap": True, "valign": "top", "align": "left"})
    day = book.add_format({"num_format": MOMENT, "valign": "top", "align": "left"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, notice.title, title)
    for line, (said, cell) in enumerate(notice.lines, 2):
        sheet.write_string(line, 0, said, what)
        write_cell(sheet, line, 1, cell, day if isinstance(cell, date) else value)
