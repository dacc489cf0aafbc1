"""What every writer is given: typed rows that come one after the other, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from formats.workbook import LONGEST_TEXT, readable

T = TypeVar("T")
Cell = str | int | float | bool | date | datetime | None


class Kind(StrEnum):
    """What the cells of a column are. A code (a postcode, a telephone) is a text of digits: never a number,
    and never a formula, whatever it begins with."""

    TEXT = "text"
    CODE = "code"
    WHOLE = "whole"
    NUMBER = "number"
    FLAG = "flag"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` for machines, ``title`` for people; ``width`` in signs, ``decimals`` are those shown."""

    name: str
    title: str
    kind: Kind = Kind.TEXT
    width: int = 16
    wrap: bool = False
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a file says of itself: a sheet of its own where there are sheets, words where there are words.

    ``lines`` are (what, its value); those of a list follow one another with a blank ``what``.
    """

    title: str
    sheet: str
    lines: Sequence[tuple[str, Cell]] = ()
    author: str = "Maillage"
    language: str = "fr"
    created: datetime | None = None

    def text(self) -> str:
        """One line for each."""
        told = (f"{what} : {value}" if what else str(value) for what, value in self.lines)
        return "\n".join([self.title, *told])


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` are as long as ``columns`` and read once. ``name`` is that of the sheet or the layer."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    notice: Notice = field(default_factory=lambda: Notice("", ""))

    def place_of(self, name: str) -> int:
        return next(place for place, column in enumerate(self.columns) if column.name == name)


def text_of(cell: Cell) -> str:
    """A text as a file holds it: without what XML cannot, and no longer than a spreadsheet takes."""
    return "" if cell is None else readable(str(cell))[:LONGEST_TEXT]


def batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows, so many at a time."""
    batch: list[T] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
