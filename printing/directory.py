"""The printed directory of a selection, A4 or A5: cover, how to read, map, entries, index, sources.

It holds what every other export holds, of the same rows: see exchange/outgoing.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from diagnosis.wording import number
from directory.columns import BASE_LICENCE
from directory.features import one_moment
from exchange.outgoing import Selection, query_of, site
from printing.codes import code
from printing.entries import Entry, Order, entries_of, parts_of
from printing.fitting import shortened
from printing.laying import pdf
from printing.mapping import RADIUS, Map, Pin, maps
from printing.palette import palette
from printing.pictures import of_sectors
from territories.names import fold

# As many as a directory may hold: four hundred pages, and as much memory as they take.
MOST = 2_000
LONGEST_COLUMNS = 150  # lines of an index
LONGEST_CODE = 400  # signs of an address: more would make a code that cameras miss


class Paper(StrEnum):
    A4 = "a4"
    A5 = "a5"


CRITERIA_IN_FOOT = {Paper.A4: 150, Paper.A5: 80}  # signs
# What a map may take of a page, in mm.
MAP_ROOM = {Paper.A4: (176.0, 205.0), Paper.A5: (118.0, 104.0)}
Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory that was made: its bytes, and how many initiatives it holds."""

    body: bytes
    number: int


class TooMany(Exception):
    """More initiatives than a directory may hold: ``number``."""

    def __init__(self, number: int) -> None:
        self.number = number


def directory(
    selection: Selection,
    paper: Paper = Paper.A4,
    order: Order = Order.BY_SECTOR,
    step: Step = lambda _said: None,
    tagged: bool = True,
) -> Directory:
    """The selection on paper, in the language that is spoken. TooMany above MOST; of nothing, a directory
    that says so. ``step`` is told what is being done. What is folded afterwards needs no tags: they would
    not go with it."""
    step(_("Lecture des initiatives"))
    with one_moment():  # which nothing is written in: steps are told around it
        if (found := selection.criteria.initiatives().count()) > MOST:
            raise TooMany(found)
        entries = entries_of(selection, order)
        drawn = drawn_of(selection, entries, paper)
        context = context_of(selection, entries, paper, order, drawn)
    step(_("Mise en page"))
    styles = ["printing/directory.css", f"printing/directory-{paper}.css"]
    body = pdf("printing/directory.html", context, styles, of_sectors(), tagged)
    return Directory(body, len(entries))


def drawn_of(selection: Selection, entries: Sequence[Entry], paper: Paper) -> list[Map]:
    """The maps, and on each entry the number that it has there."""
    known = {entry.number: entry for entry in entries}
    pins = [Pin(entry.number, *entry.at, entry.commune.label) for entry in entries if entry.at]
    drawn = maps(pins, selection.criteria, *MAP_ROOM[paper])
    for each in drawn:
        for spot in each.spots:
            for pin in spot.pins:
                known[pin.entry].spot = spot.number
    return drawn


def context_of(
    selection: Selection, entries: Sequence[Entry], paper: Paper, order: Order, drawn: Sequence[Map]
) -> dict[str, Any]:
    page = selection.page or f"{selection.base or site()}/{query_of(selection.criteria)}"
    said = [(what, shortened(value, 400)) for what, value in selection.said]
    criteria = " ; ".join(f"{what} : {value}" for what, value in said)
    return {
        "title": shortened(selection.name, 200),
        "paper": paper,
        "said": said,
        "criteria": shortened(criteria, CRITERIA_IN_FOOT[paper]),
        "day": timezone.localtime(selection.at),
        "page": page,
        "page_short": shortened(page, 160),
        "page_code": code(page) if len(page) <= LONGEST_CODE else "",
        "licence": BASE_LICENCE,
        "count": len(entries),
        "number": number(len(entries)),
        "communes": len({entry.commune.sorting for entry in entries}),
        "examples": sum(entry.example for entry in entries),
        "by_commune": order == Order.BY_COMMUNE,
        "parts": parts_of(entries, order),
        "sectors": sectors_of(entries),
        "maps": drawn,
        "unplaced": sum(entry.at is None for entry in entries),
        "runs": len(entries) > LONGEST_COLUMNS,
        "radius": RADIUS,
        "colours": colours(),
        "names": index(entries, lambda entry: entry.name),
        "others": index_of_headings(entries, order),
        "sources": [line for line in selection.notice.lines if line[1] not in (None, "")],
    }


def colours() -> dict[str, str]:
    """Those of a map, by what they paint."""
    found = palette()
    return {
        "land": "white", "sunk": found["sea"], "edge": found["line"], "line": found["map-line"],
        "wash": found["accent-wash"], "accent": found["accent"], "ink": found["ink"],
        "name": found["land-name"],
    }  # fmt: skip


def sectors_of(entries: Sequence[Entry]) -> list[tuple[str, str, int]]:
    """The sectors that stand first in an entry: icon, label, number."""
    counted: dict[tuple[Any, str, str], int] = {}
    for entry in entries:
        key = (entry.sector.sorting, entry.sector.icon, entry.sector.label)
        counted[key] = counted.get(key, 0) + 1
    return [(icon, label, number) for (_rank, icon, label), number in sorted(counted.items())]


Line = tuple[str, list[int]]


def index(entries: Sequence[Entry], word: Callable[[Entry], str]) -> list[tuple[str, list[Line]]]:
    """Words by their initial, each with the numbers of its entries."""
    held: dict[str, list[int]] = {}
    for entry in entries:
        held.setdefault(word(entry), []).append(entry.number)
    found: dict[str, list[Line]] = {}
    for said, numbers in sorted(held.items(), key=lambda each: fold(each[0])):
        initial = fold(said)[:1].upper()
        found.setdefault(initial if initial.isalpha() else "#", []).append((said, numbers))
    return list(found.items())


def index_of_headings(entries: Sequence[Entry], order: Order) -> list[tuple[str, list[Line]]]:
    """What the chapters do not tell: communes of a directory by sector; sectors, those that come second
    too, of one by commune."""
    if order == Order.BY_SECTOR:
        return index(entries, lambda entry: entry.commune.label)
    lines: dict[str, list[int]] = {}
    for entry in entries:
        for label in [entry.sector.label, *entry.others]:
            lines.setdefault(label, []).append(entry.number)
    return [("", sorted(lines.items(), key=lambda each: fold(each[0])))]
