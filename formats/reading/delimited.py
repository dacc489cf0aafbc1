"""CSV as it is met: any delimiter and encoding, titles, quotes left open, lines quoted whole."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from formats.reading import header
from formats.reading.signs import BINARY
from formats.reading.table import LONGEST_CELL, Remarks, Row, Table, Unreadable
from formats.reading.text import Text

DELIMITERS = (";", ",", "\t", "|")
# Lines and signs from which the delimiter is told.
LINES, SIGNS = 2_000, 2**20
# The share of rows of one width from which all are meant to have it.
WHOLE = 0.95
SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
# Of quotes inside a cell there are two ways: \" and "". The first is one only where the second is not used.
BACKSLASH, DOUBLED = re.compile(r'[^\\]\\"[^;,\t|\r\n]'), re.compile(r'\w""|""\w')
# A file in which every other quote is open is no table.
MOST_STRAY = 200

Record = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Dialect:
    """``escape``: the sign before a quote inside a cell. ``wrapped``: each line is one quoted cell, that
    holds the line. ``start``: lines before the table."""

    delimiter: str
    escape: str | None = None
    wrapped: bool = False
    start: int = 0

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self.delimiter, escapechar=self.escape)


def open_delimited(text: Text, *, delimiter: str, most_columns: int) -> Table:
    """A text file as a table. Unreadable."""
    opening = Remarks()
    lines = sample_of(text)
    check_text(lines)
    dialect = dialect_of(lines, delimiter, opening)
    width = shape(lines[dialect.start :], dialect)[1]
    even = evenly(lines[dialect.start :], dialect, width)
    sample = list(islice(filled(records(text, dialect, width, None)), header.SAMPLE))
    heading = header.find(sample, opening, most_columns)
    start = sample[heading.first][0] if heading.first < len(sample) else None

    def read(remarks: Remarks) -> Iterator[Row]:
        found = filled(records(text, dialect, width, remarks))
        for line, cells in rejoined(found, width, remarks) if even else found:
            if start is None or line < start:
                continue
            if heading.again(cells):
                remarks.add("header-again", line)
            else:
                yield as_row(line, cells, heading.columns, remarks)

    return Table(
        "csv", heading.columns, read,
        encoding=text.encoding, delimiter=dialect.delimiter, opening=opening,
    )  # fmt: skip


def check_text(lines: list[str]) -> None:
    """Whether this is text at all: a stray sign may be, at its start or one in twenty is not."""
    whole = "".join(lines)[:SIGNS]
    if BINARY.match(whole) or len(BINARY.findall(whole)) * 20 > len(whole):
        raise Unreadable("unknown-format", start=whole[:16].encode("utf-8", "replace").hex())
    if not whole.strip():
        raise Unreadable("empty")


def as_row(line: int, cells: list[str], columns: list[str], remarks: Remarks) -> Row:
    width = len(columns)
    if len(cells) < width:
        remarks.add("missing-cells", line, columns[len(cells)], count=width - len(cells))
    cells += [""] * (width - len(cells))
    if len(cells) > width:
        extra = header.trimmed(cells[width:])
        cells = cells[: width + len(extra)]
        if extra:
            remarks.add("extra-cells", line, cells=header.listed(extra))
    return Row(line, tuple(cell if cell and not cell.isspace() else None for cell in cells))


def filled(found: Iterable[Record]) -> Iterator[Record]:
    return ((line, cells) for line, cells in found if any(cell and not cell.isspace() for cell in cells))


def sample_of(text: Text) -> list[str]:
    lines, signs = [], 0
    for line in islice(text.lines(), LINES):
        signs += len(line)
        lines.append(line)
        if signs > SIGNS:
            break
    return lines


def dialect_of(lines: list[str], asked: str, remarks: Remarks) -> Dialect:
    """How cells are parted. A first line ``sep=;`` says so; otherwise what gives the most even rows."""
    start = 0
    if lines and (named := SEPARATOR.fullmatch(lines[0])):
        remarks.add("separator-line", 1)
        start, asked = 1, asked or named[1]
    lines = lines[start:]
    whole = "".join(lines)
    escape = "\\" if BACKSLASH.search(whole) and not DOUBLED.search(whole) else None
    wanted = (asked,) if asked else DELIMITERS
    best = max((Dialect(sign, escape, start=start) for sign in wanted), key=lambda d: shape(lines, d))
    if shape(lines, best)[1] > 1:
        return best
    within = max((Dialect(sign, None, True, start) for sign in wanted), key=lambda d: shape(lines, d))
    score, inner = shape(lines, within)
    if inner > 1 and score >= WHOLE * math.log2(inner):
        remarks.add("quoted-lines")
        return within
    return best


def unwrapped(lines: Iterable[str]) -> Iterator[str]:
    """What each line holds, where it is one quoted cell."""
    for line in lines:
        plain = line.strip()
        whole = len(plain) > 1 and plain[0] == plain[-1] == '"'
        yield plain[1:-1].replace('""', '"') + "\n" if whole else line


def shape(lines: list[str], dialect: Dialect) -> tuple[float, int]:
    """How much these lines look like a table with this delimiter, and the usual width of its rows: the share
    of rows of that width, more for wider ones; 0 where nothing is parted."""
    try:
        inside = unwrapped(lines) if dialect.wrapped else lines
        widths = [len(cells) for cells in dialect.reader(inside) if any(cells)]
    except csv.Error:
        return shape(lines[: len(lines) // 2], dialect) if len(lines) > 1 else (0.0, 1)
    parted = Counter(width for width in widths if width > 1)
    if not parted:
        return 0.0, 1
    # A quote left open swallows lines: those that a plain cut leaves even count too.
    cut = Counter(line.count(dialect.delimiter) + 1 for line in lines if dialect.delimiter in line)
    usual = max(parted, key=lambda width: (parted[width] + cut[width], width))
    return parted[usual] / len(widths) * math.log2(usual), usual


def evenly(lines: list[str], dialect: Dialect, width: int) -> bool:
    """Whether rows are all as wide as the table, but for a few: then one that is not is broken."""
    full = sum(line.count(dialect.delimiter) + 1 >= width for line in lines)
    return width > 2 and len(lines) >= 10 and full >= WHOLE * len(lines)


def rejoined(found: Iterable[Record], width: int, remarks: Remarks) -> Iterator[Record]:
    """Rows of which a cell that is not quoted goes on in the next line: two that make one of the right width,
    its cell with the end of line in it."""
    waiting: Record | None = None
    for line, cells in found:
        if waiting and len(waiting[1]) + len(cells) - 1 == width and len(cells) < width:
            first, start = waiting
            remarks.add("broken-line", first, lines=f"{first}–{line}")
            yield first, [*start[:-1], f"{start[-1]}\n{cells[0]}".strip(), *cells[1:]]
            waiting = None
            continue
        if waiting:
            yield waiting
        waiting = (line, cells) if len(cells) < width else None
        if not waiting:
            yield line, cells
    if waiting:
        yield waiting


class Lines:
    """Lines of a file, numbered, of which some may be put back; those taken for a record are kept."""

    def __init__(self, lines: Iterator[str], number: int) -> None:
        self.source, self.number = lines, number
        self.waiting: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self.waiting.popleft() if self.waiting else next(self.source)
        self.taken.append(line)
        self.number += 1
        return line

    def put_back(self, lines: list[str]) -> None:
        self.waiting.extendleft(reversed(lines))
        self.number -= len(lines)


def records(text: Text, dialect: Dialect, width: int, remarks: Remarks | None) -> Iterator[Record]:
    """Each record with its first line. With a ``width``, a line that a stray quote runs on from is cut from
    the next where alone it is as wide as the table. Unreadable where that does not help."""
    source = text.lines(remarks)
    for _ in range(dialect.start):
        next(source, None)
    if dialect.wrapped:
        source = unwrapped(source)
    lines = Lines(source, dialect.start)
    reader = dialect.reader(lines)
    stray = 0
    while True:
        lines.taken.clear()
        first = lines.number + 1
        error = ""
        try:
            cells = next(reader, None)
        except csv.Error as failed:
            cells, error = [], str(failed)
        if cells is None:
            return
        open_end = len(lines.taken) > 1 and odd_quotes(lines.taken) and not more(lines)
        if len(lines.taken) > 1 and (error or open_end or (width and len(cells) != width)):
            alone = unquoted(lines.taken[0], dialect)
            if width and len(alone) == width:
                stray += 1
                if stray > MOST_STRAY:
                    raise Unreadable("unclosed-quote", first)
                if remarks is not None:
                    remarks.add("stray-quote", first, text=lines.taken[0].strip())
                lines.put_back(lines.taken[1:])
                reader = dialect.reader(lines)
                yield first, alone
                continue
        if error or (open_end and width):
            raise refusal(lines.taken, dialect, first, error)
        yield first, cells


def more(lines: Lines) -> bool:
    """Whether a line follows, without taking it."""
    if not lines.waiting:
        following = next(lines.source, None)
        if following is None:
            return False
        lines.waiting.append(following)
    return True


def odd_quotes(taken: list[str]) -> bool:
    return sum(line.count('"') - line.count('\\"') for line in taken) % 2 == 1


def unquoted(line: str, dialect: Dialect) -> list[str]:
    """The cells of one line in which quotes are signs, but for those that stand around a cell."""
    cells = next(csv.reader([line], delimiter=dialect.delimiter, quoting=csv.QUOTE_NONE), [])
    return [
        cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
        for cell in cells
    ]


def refusal(taken: list[str], dialect: Dialect, line: int, error: str) -> Unreadable:
    """Which cell cannot be read: the one that a quote opens and none closes, or that is too long."""
    column, size, quoted = 1, 0, False
    for sign in chain.from_iterable(taken):
        if sign == '"':
            quoted = not quoted
        elif sign == dialect.delimiter and not quoted:
            column, size = column + 1, 0
            continue
        size += 1
        if size > LONGEST_CELL:
            break
    if len(taken) == 1 or (size > LONGEST_CELL and not quoted):
        return Unreadable("cell-too-long", line, f"#{column}", most=LONGEST_CELL)
    return Unreadable("unclosed-quote", line, f"#{column}", error=error)
