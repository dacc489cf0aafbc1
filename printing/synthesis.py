"""The note that closes an event: what was said, and its figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from diagnosis.wording import number
from printing.laying import pdf


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` is written as it is read, with its unit (« 92 », « 3 sur 5 »)."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` are as wide as ``heads``; a cell that is a whole number stands to the right."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A chapter in words; paragraphs are parted by blank lines."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Synthesis:
    """In this order on paper: figures, passages, tables."""

    event: str
    when: str
    where: str
    figures: tuple[Figure, ...] = ()
    passages: tuple[Passage, ...] = ()
    tables: tuple[Table, ...] = ()
    organisers: tuple[str, ...] = ()
    address: str = ""
    signature: str = ""


def synthesis(of: Synthesis) -> bytes:
    context = {
        "note": of,
        "passages": [(each.title, paragraphs(each.text)) for each in of.passages],
        "tables": [
            {"table": each, "heads": heads(each), "rows": [cells(row) for row in each.rows]}
            for each in of.tables
        ],
    }
    return pdf("printing/synthesis.html", context, ["printing/synthesis.css"])


def paragraphs(text: str) -> list[str]:
    parts = text.replace("\r\n", "\n").split("\n\n")
    return [part.strip() for part in parts if part.strip()]


def heads(table: Table) -> list[dict[str, Any]]:
    """Over numbers, a head stands where they do."""
    columns = list(zip(*table.rows, strict=False))
    return [
        {"text": head, "number": i < len(columns) and all(isinstance(cell, int) for cell in columns[i])}
        for i, head in enumerate(table.heads)
    ]


def cells(row: tuple[str | int, ...]) -> list[dict[str, Any]]:
    """Each cell as it is read, and whether it is a number."""
    return [
        {"text": number(cell), "number": True} if isinstance(cell, int) else {"text": cell, "number": False}
        for cell in row
    ]
