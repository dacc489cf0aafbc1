"""Sign-in sheets of the sessions of an event: A4 landscape, by name, with lines for who comes unannounced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from printing.fitting import shortened
from printing.laying import pdf
from territories.names import fold

MOST_BLANK = 100


@dataclass(frozen=True, slots=True)
class Person:
    """``sorting`` is what the list is sorted by (« Delage Alice ») where that is not the name."""

    name: str
    structure: str = ""
    town: str = ""
    sorting: str = ""


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sheet of one session, or of a half-day. ``when`` is as it is read (« vendredi 20 juin 2014,
    9 h 45 – 11 h »); ``people`` in any order; ``blank_lines`` for walk-ins; ``image_right`` asks each person,
    with a box, whether they may be photographed."""

    event: str
    session: str
    when: str
    where: str
    people: tuple[Person, ...]
    letter: str = ""
    blank_lines: int = 10
    image_right: bool = True


def sheets(sessions: Sequence[SignIn]) -> bytes:
    """One PDF, each sheet on pages of its own, in the order given. Without any person, blank lines alone."""
    context = {"sheets": [sheet_of(each) for each in sessions]}
    return pdf("printing/signing.html", context, ["printing/signing.css"])


def sheet_of(session: SignIn) -> dict[str, Any]:
    return {
        "event": shortened(session.event, 120),
        "session": shortened(session.session, 200),
        "letter": shortened(session.letter, 2),
        "about": [shortened(each, 120) for each in (session.when, session.where) if each],
        "people": [
            Person(shortened(each.name, 300), shortened(each.structure, 120), shortened(each.town, 80))
            for each in sorted(session.people, key=by_name)
        ],
        "blank": range(max(0, min(session.blank_lines, MOST_BLANK))),
        "image_right": session.image_right,
    }


def by_name(person: Person) -> tuple[str, str]:
    """As a reader looks a name up: without regard to case and accents."""
    return fold(person.sorting or person.name), fold(person.structure)
