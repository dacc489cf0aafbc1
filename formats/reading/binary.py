"""XLS, the workbook of before 2007: how far its cells go, what its texts weigh, which of them are errors.

Records of [MS-XLS], a number and a length each, one after the other: texts stand once in a table of their
own, and a cell of fourteen bytes may hold one of 32,767 signs. Read before any other program reads it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import olefile

from formats.reading.extent import MOST_CELLS, MOST_ERRORS, MOST_TEXT, Errors
from formats.reading.table import Unreadable

STREAMS = ("Workbook", "Book")
BEGIN, SHEET, TABLE, MORE, LOCKED = 0x0809, 0x0085, 0x00FC, 0x003C, 0x002F
# Cells: of a shared text, of a truth value or an error, of a formula with its result; all that have a place.
SHARED, FAILED, FORMULA = 0x00FD, 0x0205, 0x0006
MANY = (0x00BD, 0x00BE)
CELLS = (SHARED, FAILED, FORMULA, *MANY, 0x0201, 0x0203, 0x0204, 0x027E, 0x00D6)
SAID = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A",
}  # fmt: skip


@dataclass
class Sheet:
    rows: tuple[int, int] = (1 << 16, -1)
    columns: tuple[int, int] = (1 << 16, -1)
    errors: Errors = field(default_factory=dict)

    def take(self, row: int, first: int, last: int) -> None:
        self.rows = min(self.rows[0], row), max(self.rows[1], row)
        self.columns = min(self.columns[0], first), max(self.columns[1], last)

    @property
    def cells(self) -> int:
        return max(0, self.rows[1] - self.rows[0] + 1) * max(0, self.columns[1] - self.columns[0] + 1)


def errors_of(path: Path) -> list[Errors]:
    """The cells of errors of each part of the workbook, in the order in which it names them, sheets of charts
    among them. Refuses what would not fit in memory. Unreadable."""
    try:
        with olefile.OleFileIO(path) as file:
            name = next((each for each in STREAMS if file.exists(each)), None)
            book = file.openstream(name).read() if name else b""
        return weighed(book)
    except (OSError, struct.error, IndexError, ValueError) as error:
        raise Unreadable("damaged", format="xls", error=error) from error


def records(book: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Where each begins, its number, its bytes."""
    at = 0
    while at + 4 <= len(book):
        number, length = struct.unpack_from("<HH", book, at)
        yield at, number, book[at + 4 : at + 4 + length]
        at += 4 + length


def weighed(book: bytes) -> list[Errors]:
    named: list[int] = []
    sheets: dict[int, Sheet] = {}
    table: list[bytes] = []
    lengths: list[int] = []
    here, before, held = Sheet(), 0, 0
    for at, number, said in records(book):
        if number == LOCKED:  # its reader says so
            return []
        if number == BEGIN:
            here = sheets.setdefault(at, Sheet())
        elif number == SHEET:
            named.append(struct.unpack_from("<I", said)[0])
        elif number == TABLE or (number == MORE and before == TABLE):
            table.append(said)
        elif number in CELLS and len(said) >= 6:
            if number == SHARED:
                lengths = lengths or texts(table)
                index = struct.unpack_from("<I", said, 6)[0]
                held += lengths[index] if index < len(lengths) else 0
            cell(here, number, said)
        if held > MOST_TEXT:
            raise Unreadable("too-much-text", most=MOST_TEXT)
        before = before if number == MORE else number
    if sum(sheet.cells for sheet in sheets.values()) > MOST_CELLS:  # all of them are read
        raise Unreadable("too-many-cells", most=MOST_CELLS)
    return [sheets[at].errors if at in sheets else {} for at in named]


def cell(sheet: Sheet, number: int, said: bytes) -> None:
    """Note the place of a cell, and its error where it is one."""
    row, column = struct.unpack_from("<HH", said)
    sheet.take(row, column, struct.unpack_from("<H", said, len(said) - 2)[0] if number in MANY else column)
    failed = None
    if number == FAILED and said[7]:
        failed = said[6]
    elif number == FORMULA and said[6] == 2 and said[12:14] == b"\xff\xff":
        failed = said[8]
    if failed is not None and len(sheet.errors) < MOST_ERRORS:
        sheet.errors[row, column] = SAID.get(failed, "#N/A")


def texts(table: list[bytes]) -> list[int]:
    """The length in bytes of each shared text; one may go on in the next record, which then says anew how
    wide its signs are."""
    lengths: list[int] = []
    part, at = 0, 8
    count = struct.unpack_from("<I", table[0], 4)[0] if table else 0
    while len(lengths) < count:
        while part < len(table) and at >= len(table[part]):
            part, at = part + 1, at - len(table[part])
        if part >= len(table):
            break
        signs, kind = struct.unpack_from("<HB", table[part], at)
        at += 3
        after = 0
        if kind & 8:
            after, at = 4 * struct.unpack_from("<H", table[part], at)[0], at + 2
        if kind & 4:
            after, at = after + struct.unpack_from("<I", table[part], at)[0], at + 4
        wide = 2 if kind & 1 else 1
        lengths.append(signs * wide)
        while signs > (room := max(0, len(table[part]) - at) // wide):
            signs, part, at = signs - room, part + 1, 1
            if part >= len(table):
                return lengths
            wide = 2 if table[part][0] & 1 else 1
        at += signs * wide + after
    return lengths
