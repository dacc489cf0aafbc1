"""The first column of a list that somebody made in a spreadsheet or a text editor."""

from __future__ import annotations

import csv
import io
import zipfile
from itertools import islice

from openpyxl import load_workbook

MOST_BYTES = 1_000_000
MOST_ROWS = 40_000
# What a spreadsheet may weigh once unpacked: a small file can hold much.
MOST_UNPACKED = 10_000_000
XLSX = b"PK\x03\x04"
SEPARATORS = ";\t,"


class UnreadableList(Exception):
    """``reason``: ``large``, ``long`` or ``strange``, which is neither text nor an XLSX spreadsheet."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def first_column(data: bytes) -> list[str]:
    """One text for each row, blank ones included, so that the place in the list is the number of the row.

    Text in UTF-8 or Windows-1252, its columns parted by semicolons, tabs or commas; or the first sheet of
    an XLSX file. UnreadableList.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableList("large")
    rows = of_sheet(data) if data.startswith(XLSX) else of_text(data)
    if len(rows) > MOST_ROWS:
        raise UnreadableList("long")
    return rows


def of_text(data: bytes) -> list[str]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if any(ord(sign) < 32 and sign not in "\t\r\n" for sign in text):
        raise UnreadableList("strange")
    lines = text.splitlines()
    separator = next((sign for sign in SEPARATORS if lines and sign in lines[0]), ";")
    try:
        return [row[0].strip() if row else "" for row in csv.reader(lines, delimiter=separator)]
    except csv.Error:
        raise UnreadableList("strange") from None


def of_sheet(data: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise UnreadableList("large")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(max_col=1, values_only=True)
        return [written(row[0] if row else None) for row in islice(rows, MOST_ROWS + 1)]
    except UnreadableList:
        raise
    # A damaged file fails in as many ways as it has parts, of which the library promises none.
    except Exception as error:
        raise UnreadableList("strange") from error


def written(value: object) -> str:
    """A cell as it reads: the number 23077 is kept as 23077.0 by some programs."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
