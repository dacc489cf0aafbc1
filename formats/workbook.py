"""Tables as a spreadsheet (XLSX) and as text (CSV), the same cells in both.

A text is written as a text, whatever it begins with: in XLSX the cell says so; in CSV, which cannot, a sign
stands before what a spreadsheet would take for a formula.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import xlsxwriter

Cell = str | int | float | bool | date | datetime | None
# What Excel takes: signs of a name, its length, rows, signs of a cell.
NAME_LENGTH = 31
MOST_ROWS = 1_048_575  # below the header
LONGEST_TEXT = 32_767
FIRST_YEAR = 1900  # spreadsheets know no date before: an older one is written as text
# How a spreadsheet knows a formula.
# A tab or a line break before it does not keep it from that.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\ufeff"  # without it, spreadsheets in French read UTF-8 as another encoding
UNREADABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# By the number of decimals; what is kept has all of them.
SHOWN = {0: "#,##0", 1: "#,##0.0", 2: "#,##0.00"}


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` in signs. ``decimals`` are those shown, None for the usual; ``wrap`` for long texts."""

    title: str
    width: int = 14
    decimals: int | None = None
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. ``note`` stands above the header: what the rows are. Rows are as long as the columns."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    note: str = ""
    filtered: bool = True
    # Of a column whose decimals change from row to row: their number, by row.
    decimals: dict[int, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class About:
    """What the file itself says: its title, subject, and language (``fr``)."""

    title: str
    subject: str = ""
    author: str = ""
    comments: str = ""
    created: datetime | None = None


def workbook(about: About, tables: Iterable[Table]) -> bytes:
    """A spreadsheet, one sheet for each table, with frozen headers."""
    file = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False,
        "strings_to_urls": False, "remove_timezone": True, "default_date_format": "yyyy-mm-dd",
    }  # fmt: skip
    with xlsxwriter.Workbook(file, options) as book:
        properties: dict[str, str | datetime] = {
            "title": about.title, "subject": about.subject, "author": about.author,
            "comments": about.comments,
        }  # fmt: skip
        # Made of the same figures, the file is the same.
        if about.created:
            properties["created"] = about.created.replace(tzinfo=None)
        book.set_properties(properties)
        taken: set[str] = set()
        for table in tables:
            Writer(book, table, sheet_name(table.name, taken)).write()
    return file.getvalue()


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that Excel takes, and not taken yet."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", wanted).strip(" '")[:NAME_LENGTH] or "1"
    name, n = plain, 2
    while name.lower() in taken:
        end = f" {n}"
        name, n = plain[: NAME_LENGTH - len(end)] + end, n + 1
    taken.add(name.lower())
    return name


class Writer:
    """Writes one table into a sheet."""

    def __init__(self, book: xlsxwriter.Workbook, table: Table, name: str) -> None:
        self.table, self.sheet = table, book.add_worksheet(name)
        self.header = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.remark = book.add_format({"italic": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        self.text = book.add_format({"valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.numbers = {
            n: book.add_format({"num_format": shown, "valign": "top"}) for n, shown in SHOWN.items()
        }

    def write(self) -> None:
        sheet, columns = self.sheet, self.table.columns
        first = 2 if self.table.note else 0
        if self.table.note:
            sheet.write_string(0, 0, self.table.note[:LONGEST_TEXT], self.remark)
        for index, column in enumerate(columns):
            sheet.write_string(first, index, column.title, self.header)
            sheet.set_column(index, index, column.width)
        last = first
        for number, row in enumerate(self.table.rows):
            if number >= MOST_ROWS - first:
                raise ValueError(f"{self.table.name}: more rows than a spreadsheet holds")
            last = first + 1 + number
            for index, cell in enumerate(row):
                self.cell(last, index, cell, self.decimals_at(number, index))
        sheet.freeze_panes(first + 1, 1)
        if self.table.filtered and last > first:
            sheet.autofilter(first, 0, last, len(columns) - 1)
        # Printed on as many pages as its length takes, one wide.
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(first)

    def decimals_at(self, number: int, index: int) -> int | None:
        own = self.table.decimals.get(index)
        return own[number] if own else self.table.columns[index].decimals

    def cell(self, row: int, index: int, cell: Cell, decimals: int | None) -> None:
        wrap = self.table.columns[index].wrap
        if cell is None or cell == "":
            return
        if isinstance(cell, bool):
            self.sheet.write_boolean(row, index, cell, self.text)
        elif isinstance(cell, int | float):
            shown = 0 if decimals is None and isinstance(cell, int) else decimals
            self.sheet.write_number(row, index, cell, self.text if shown is None else self.numbers[shown])
        elif isinstance(cell, date) and cell.year >= FIRST_YEAR:  # a datetime is one too
            self.sheet.write_datetime(row, index, cell, self.day)
        else:
            text = readable(str(cell))[:LONGEST_TEXT]
            self.sheet.write_string(row, index, text, self.wrapped if wrap else self.text)


def text_table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], comma: str = ".") -> bytes:
    """CSV in UTF-8, with a mark that spreadsheets know it by. Semicolons stand between cells where ``comma``,
    the decimal sign, is one; commas elsewhere."""
    file = io.StringIO(BYTE_ORDER_MARK)
    file.seek(0, io.SEEK_END)
    table = csv.writer(file, delimiter=";" if comma == "," else ",")
    table.writerow([as_text(column.title, comma) for column in columns])
    for row in rows:
        table.writerow([as_text(cell, comma) for cell in row])
    return file.getvalue().encode()


def as_text(cell: Cell, comma: str = ".") -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, int | float):
        return repr(cell).replace(".", comma)
    if isinstance(cell, date):
        return cell.isoformat()
    return defused(readable(cell))


def defused(text: str) -> str:
    """The text, which no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULAS) or text.lstrip().startswith(FORMULAS) else text


def readable(text: str) -> str:
    """Without what XML cannot hold."""
    return UNREADABLE.sub("", text)
