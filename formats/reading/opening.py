"""Which reader a file is for: told by its first bytes, since names lie."""

from __future__ import annotations

from pathlib import Path

from formats.reading.delimited import open_delimited
from formats.reading.table import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, Table, Unreadable


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

    ``sheet`` of a spreadsheet, ``layer`` of a file of several (or the list, in JSON), ``encoding`` (of
    text.ASKED) and ``delimiter`` where what is found by itself is not what is meant. Unreadable.
    """
    size = path.stat().st_size
    if not size:
        raise Unreadable("empty")
    if size > most_bytes:
        raise Unreadable("too-large", most=most_bytes)
    table = open_delimited(path, encoding=encoding, delimiter=delimiter, most_columns=most_columns)
    table.most_rows = most_rows
    return table
