"""CSV, as machines read it and as French spreadsheets do.

A text that a spreadsheet would run as a formula is preceded by an apostrophe; numbers, coordinates and
telephones stay what they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime

from formats.workbook import BYTE_ORDER_MARK, defused
from formats.writing.table import Cell, Column, Kind, Table, batches, text_of

AT_ONCE = 500  # rows
# A telephone or another code made of digits: no spreadsheet finds a function in it.
DIGITS = re.compile(r"\+?[0-9][0-9 .()/-]*")


def delimited(table: Table) -> Iterator[bytes]:
    """UTF-8, commas, names of machines, ISO dates, ``true`` and ``false``; by pieces."""
    return _written(table, [column.name for column in table.columns], plain, ",", "")


def french(table: Table) -> Iterator[bytes]:
    """What a French spreadsheet opens at once: semicolons, decimal commas, JJ/MM/AAAA, titles for people,
    and the mark by which it knows UTF-8."""
    return _written(table, [column.title for column in table.columns], in_french, ";", BYTE_ORDER_MARK)


def _written(
    table: Table, header: list[str], write: Callable[[Column, Cell], str], delimiter: str, mark: str
) -> Iterator[bytes]:
    file = io.StringIO()
    file.write(mark)
    lines = csv.writer(file, delimiter=delimiter)
    lines.writerow([defused(title) for title in header])
    for batch in batches(table.rows, AT_ONCE):
        lines.writerows([write(*each) for each in zip(table.columns, row, strict=True)] for row in batch)
        yield file.getvalue().encode()
        file.seek(0)
        file.truncate()
    if file.tell():  # no row came: the header alone
        yield file.getvalue().encode()


def plain(column: Column, cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return repr(cell)
    if isinstance(cell, date):  # a moment is one too
        return cell.isoformat()
    return text(column, cell)


def in_french(column: Column, cell: Cell) -> str:
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, int | float):
        return repr(cell).replace(".", ",")
    if isinstance(cell, datetime):
        return cell.strftime("%d/%m/%Y %H:%M")
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return text(column, cell)


def text(column: Column, cell: Cell) -> str:
    written = text_of(cell)
    return written if column.kind == Kind.CODE and DIGITS.fullmatch(written) else defused(written)
