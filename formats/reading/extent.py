"""How far the cells of a spreadsheet go, and how much they hold, known before any other program reads it.

A few bytes say a great deal there: a cell far away, a repeated one, a long text that a million cells share,
a number of spaces. All is counted from the text of the sheets as it is unpacked.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from formats.reading.packed import check_archive
from formats.reading.table import LONGEST_CELL, Unreadable

MOST_CELLS = 20_000_000
# Bytes of all the texts of a sheet, each as often as cells hold it: it is read into memory as a whole.
MOST_TEXT = 512 * 2**20
# Of one text with its marks; no tag is longer either.
LONGEST_TEXT = 8 * LONGEST_CELL
# In small letters, as the reader looks for them.
WORKBOOK, RELATIONS, SHARED = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedstrings.xml"
TAIL = 2_000
# As many as lines of one column, at most: beyond, they stay blank.
MOST_ERRORS = 500_000
PLACE = re.compile(rb"\sr=[\"']([A-Z]{0,3})(\d{1,7})[\"']")
ROW_BEGINS, CELL_BEGINS = re.compile(rb"[<:]row[\s>/]"), re.compile(rb"[<:]c[\s>/]")
STRING_ENDS = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>")
STRING_HELD = re.compile(rb"\bt=[\"']s[\"'][^>]*>\s*<(?:\w+:)?v>\s*(\d{1,9})\s*<")
FAILED = re.compile(
    rb"<(?:\w+:)?c\s([^>]*\bt=[\"']e[\"'][^>]*)>"
    rb"(?:<(?:\w+:)?f\b[^>]*/>|<(?:\w+:)?f\b[^>]*>[^<]*</(?:\w+:)?f>)?"
    rb"\s*<(?:\w+:)?v>([^<]{1,20})<"
)
ODS_PART = re.compile(
    rb"<table:(table-row|table-cell|covered-table-cell|table)(?=[\s>/])([^>]*)>|</table:table>"
)
REPEATED = re.compile(rb"number-(?:columns|rows)-repeated=\"(\d+)\"")
SPANNED = re.compile(rb"number-(columns|rows)-spanned=\"(\d+)\"")
ATTRIBUTE = re.compile(r"(?:\w+:)?(\w+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
SPACES = re.compile(rb"text:c=\"(\d+)\"")

# Rows and columns from 0, both ends within.
Area = tuple[tuple[int, int], tuple[int, int]]
# What cells hold that their program could not work out, by row and column from 0: « #DIV/0! ».
Errors = dict[tuple[int, int], str]


@dataclass
class Strings:
    """The length in bytes, marks included, of each text that the cells of an XLSX file share."""

    lengths: list[int] = field(default_factory=list)
    open: int = 0

    def look(self, text: bytes) -> None:
        *whole, rest = STRING_ENDS.split(text)
        for n, piece in enumerate(whole):
            self.lengths.append(len(piece) + (0 if n else self.open))
        self.open = len(rest) + (0 if whole else self.open)
        if max(self.open, *self.lengths[-len(whole) or -1 :], 0) > LONGEST_TEXT:
            raise Unreadable("cell-too-long", most=LONGEST_CELL)


@dataclass
class Extent:
    """How far the cells of an XLSX sheet go, from its text as it is unpacked."""

    strings: np.ndarray
    rows: int = 0
    columns: int = 0
    in_row: int = 0
    held: int = 0
    errors: Errors = field(default_factory=dict)
    tail: bytes = b""

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
        self.hold(text)
        self.fail(text)

    def hold(self, text: bytes) -> None:
        """Weigh the shared texts of these cells."""
        found = np.array(STRING_HELD.findall(text), dtype="S9").astype(np.int64)
        self.held += int(self.strings[found[found < len(self.strings)]].sum())
        if self.held > MOST_TEXT:
            raise Unreadable("too-much-text", most=MOST_TEXT)

    def fail(self, text: bytes) -> None:
        """Note the cells of errors; one may begin in the text before."""
        both, self.tail = self.tail + text, text[-TAIL:]
        if b't="e"' not in both and b"t='e'" not in both:
            return
        for said, value in FAILED.findall(both):
            if (place := PLACE.search(b" " + said)) and len(self.errors) < MOST_ERRORS:
                self.errors[int(place[2]) - 1, column_number(place[1]) - 1] = value.decode("utf-8", "replace")

    def check(self) -> None:
        if self.rows * self.columns > MOST_CELLS:
            raise Unreadable("too-many-cells", most=MOST_CELLS)


@dataclass
class OdsExtent:
    """How far the cells of each sheet of ODS go, which repeats them by number, and which are merged."""

    merged: list[list[Area]] = field(default_factory=list)
    row: int = -1
    height: int = 1
    column: int = 0
    widest: int = 0
    # How often the text at hand is repeated, and what there is of all texts by now.
    times: int = 0
    held: int = 0

    def look(self, text: bytes) -> None:
        last = 0
        for part in ODS_PART.finditer(text):
            self.hold(text[last : part.start()])
            last = part.start()
            kind, said = part[1], part[2] or b""
            repeated = int(found[1]) if (found := REPEATED.search(said)) else 1
            self.times = 0
            if kind == b"table":
                self.merged.append([])
                self.row, self.height, self.widest, self.held = -1, 1, 0, 0
            elif kind == b"table-row":
                self.row, self.height, self.column = self.row + self.height, repeated, 0
            elif kind is not None:
                self.cell(said, repeated)
        self.hold(text[last:])

    def hold(self, text: bytes) -> None:
        """Weigh what the cell at hand holds."""
        if not self.times:
            return
        spaces = sum(map(int, SPACES.findall(text))) if b"text:c=" in text else 0
        if spaces > LONGEST_TEXT:
            raise Unreadable("cell-too-long", most=LONGEST_CELL)
        self.held += (len(text) + spaces) * self.times
        if self.held > MOST_TEXT:
            raise Unreadable("too-much-text", most=MOST_TEXT)

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
            self.times = repeated * self.height
            if (self.row + self.height) * self.widest > MOST_CELLS:
                raise Unreadable("too-many-cells", most=MOST_CELLS)


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


@dataclass
class Parts:
    """Which part of an XLSX file is which sheet, from the two that tell it."""

    said: dict[str, bytes] = field(default_factory=dict)

    def look(self, name: str, pieces: Iterator[bytes]) -> None:
        for piece in pieces:
            self.said[name] = self.said.get(name, b"") + piece
            if len(self.said[name]) > LONGEST_TEXT:
                raise Unreadable("damaged", format="xlsx", error=name)

    @cached_property
    def sheets(self) -> dict[str, list[str]]:
        """The names of the sheets of each part, whose own name is in small letters."""
        targets = {key.get("id"): key.get("target", "") for key in self.tags(RELATIONS, b"Relationship")}
        found: dict[str, list[str]] = {target_of(each): [] for each in targets.values()}
        for sheet in self.tags(WORKBOOK, b"sheet"):
            found.setdefault(target_of(targets.get(sheet.get("id"), "")), []).append(sheet.get("name", ""))
        return found

    def tags(self, name: str, tag: bytes) -> Iterator[dict[str, str]]:
        """The attributes of each such tag, without the prefixes of their names."""
        for said in re.findall(rb"<(?:\w+:)?" + tag + rb"\s([^>]*)>", self.said.get(name, b"")):
            pairs = ATTRIBUTE.findall(said.decode("utf-8", "replace"))
            yield {key.lower(): html.unescape(double or single) for key, double, single in pairs}


def target_of(said: str) -> str:
    """The name of the part that a relation leads to, as the reader takes it."""
    own = said.lower().lstrip("/")
    return own if own.startswith("xl/") else f"xl/{own}"


@dataclass(frozen=True, slots=True)
class Measured:
    """The merged areas of each sheet of ODS; the cells of errors of each sheet of XLSX, by its name."""

    merged: list[list[Area]]
    errors: dict[str, Errors]


def measure(path: Path, kind: str, most: int) -> Measured:
    """Refuses what would not fit in memory. Unreadable."""
    ods, strings, parts = OdsExtent(), Strings(), Parts()
    errors: dict[str, Errors] = {}

    def look(name: str, pieces: Iterator[bytes]) -> None:
        own = name.lstrip("/").lower()
        if kind == "ods" and own == "content.xml":
            scan(pieces, ods)
        elif kind == "xlsx" and own in (WORKBOOK, RELATIONS):
            parts.look(own, pieces)
        elif kind == "xlsx" and own == SHARED:
            scan(pieces, strings)
        elif kind == "xlsx" and own in parts.sheets and own.endswith(".xml"):
            extent = Extent(np.array(strings.lengths, dtype=np.int64))
            scan(pieces, extent)
            extent.check()
            errors.update(dict.fromkeys(parts.sheets[own], extent.errors))

    if kind != "xls":
        check_archive(path, look, most, first=(WORKBOOK, RELATIONS, SHARED))
    return Measured(ods.merged, errors)


def scan(pieces: Iterator[bytes], extent: Strings | Extent | OdsExtent) -> None:
    """Whole tags at a time, wherever the pieces are cut."""
    rest = b""
    for piece in pieces:
        text = rest + piece
        end = text.rfind(b">") + 1
        extent.look(text[:end])
        rest = text[end:]
        if len(rest) > LONGEST_TEXT:
            raise Unreadable("cell-too-long", most=LONGEST_CELL)
    extent.look(rest)
