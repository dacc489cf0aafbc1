"""A small table that people typed or exported from elsewhere: CSV with a header, read strictly.

Every fault names its line, as a spreadsheet counts them from 1, header included, and its column.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

DELIMITERS = (";", ",", "\t")
# Beyond these it is not such a table.
MOST_BYTES = 8 * 2**20  # what a form may send (config/uploads.py)
MOST_ROWS = 200_000
LONGEST_CELL = 10_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, as a word that whoever shows it puts in the language of the reader: ``too-large``,
    ``not-text``, ``no-header``, ``missing``, ``unknown``, ``twice``, ``too-many``, ``cells``, ``too-long``,
    ``malformed``. ``line`` is counted from 1; 0 is the file as a whole."""

    kind: str
    line: int = 0
    column: str = ""
    detail: str = ""


class ListingError(Exception):
    """What cannot be read as a table."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: where it is, and its cells by column, without the blanks around."""

    line: int
    cells: dict[str, str]


def decoded(body: bytes) -> str:
    """UTF-8 with or without a mark, or the Windows encoding of older spreadsheets."""
    if len(body) > MOST_BYTES:
        raise ListingError(Fault("too-large", detail=str(MOST_BYTES // 2**20)))
    if b"\x00" in body:  # a spreadsheet, or UTF-16
        raise ListingError(Fault("not-text"))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListingError(Fault("not-text"))


def rows(body: bytes, columns: Sequence[str], optional: Sequence[str] = ()) -> Iterator[Row]:
    """The rows that hold something. ListingError where a column lacks, is unknown or comes twice, or where a
    line has more or fewer cells than the header."""
    text = decoded(body)
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [title.strip().casefold() for title in next(reader, [])]
        check_header(header, columns, optional)
        for count, cells in enumerate(reader):
            if count >= MOST_ROWS:
                raise ListingError(Fault("too-many", detail=str(MOST_ROWS)))
            found = [cell.strip() for cell in cells]
            if any(found):
                yield Row(reader.line_num, matched(reader.line_num, header, found))
    except csv.Error:
        raise ListingError(Fault("malformed", reader.line_num)) from None


def check_header(header: Sequence[str], columns: Sequence[str], optional: Sequence[str]) -> None:
    known = (*columns, *optional)
    if not any(header):
        raise ListingError(Fault("no-header", 1, detail=", ".join(columns)))
    faults = [Fault("missing", 1, name) for name in columns if name not in header]
    faults += [Fault("unknown", 1, name[:50], ", ".join(known)) for name in header if name not in known]
    faults += [Fault("twice", 1, name) for name in known if header.count(name) > 1]
    if faults:
        raise ListingError(*faults)


def matched(line: int, header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    if len(cells) != len(header):
        raise ListingError(Fault("cells", line, detail=f"{len(cells)} / {len(header)}"))
    for name, cell in zip(header, cells, strict=True):
        if len(cell) > LONGEST_CELL:
            raise ListingError(Fault("too-long", line, name, str(LONGEST_CELL)))
    return dict(zip(header, cells, strict=True))


def number(typed: str) -> float:
    """A number as people write it, with a comma or a point, spaces between thousands; ValueError."""
    plain = "".join(typed.split()).replace(",", ".")
    if not plain or not set(plain) <= set("+-.0123456789"):
        raise ValueError(typed)
    return float(plain)
