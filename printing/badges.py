"""Badges of an event: ten labels of 90 × 54 mm on a sheet of A4, two by five, to be cut or peeled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from printing.fitting import shortened, size_for
from printing.laying import pdf
from printing.pictures import mark_class, of_publics
from printing.publics import mark_of

LONGEST = 300  # signs of a name
LONGEST_LINE = 120  # of a structure, of a commune
LETTERS = 5
A_SHEET = 10
# What is left of a label for each, in mm; the size of its letters, in points, the largest that holds it.
NAME_BOX, NAME_SIZES = (78.0, 19.0), (23, 19, 16, 13.5, 11, 9, 7.5, 6)
LINE_BOX, LINE_SIZES = (78.0, 8.2), (11.5, 9.5, 8, 6.5)


@dataclass(frozen=True, slots=True)
class Badge:
    """What one person wears. ``letters`` are those of the workshops (« A », « C »), in their order;
    ``public`` is a code (see printing/publics.py), ``public_label`` how it is said, both empty where a person
    has none."""

    name: str
    structure: str = ""
    town: str = ""
    letters: tuple[str, ...] = ()
    public: str = ""
    public_label: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all badges of an event say. ``when`` and ``where`` are as they are read (« 20 juin 2014 »)."""

    event: str
    when: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A badge whose every text stands in its place."""

    name: str
    name_size: str
    structure: str
    structure_size: str
    town: str
    letters: list[str]
    mark: str
    public: str


def badges(people: Sequence[Badge], sheet: Sheet) -> bytes:
    """A PDF of them in the order given, and one blank sheet of badges to fill in by hand where there is
    nobody."""
    labels = [label_of(each) for each in people] or [label_of(Badge(" "))] * A_SHEET
    context = {
        "event": shortened(sheet.event, 90),
        "about": shortened(sheet.when or sheet.where, 32),
        "pages": [labels[i : i + A_SHEET] for i in range(0, len(labels), A_SHEET)],
        "count": len(people),
    }
    return pdf("printing/badges.html", context, ["printing/badges.css"], of_publics())


def label_of(badge: Badge) -> Label:
    name = shortened(badge.name, LONGEST)
    structure = shortened(badge.structure, LONGEST_LINE)
    return Label(
        name=name,
        name_size=size_class(size_for(name, *NAME_BOX, NAME_SIZES)),
        structure=structure,
        structure_size=size_class(size_for(structure, *LINE_BOX, LINE_SIZES)),
        town=shortened(badge.town, LONGEST_LINE),
        letters=[shortened(each, 2) for each in badge.letters[:LETTERS]],
        mark=mark_class(mark_of(badge.public)) if badge.public else "",
        public=shortened(badge.public_label, 40),
    )


def size_class(points: float) -> str:
    """``size-13-5`` for 13.5 points: see printing/badges.css."""
    return f"size-{points:g}".replace(".", "-")
