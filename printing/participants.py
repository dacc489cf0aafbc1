"""The directory of the participants of an event, for those who agreed to be in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from printing.fitting import shortened
from printing.laying import pdf
from printing.pictures import mark_class, of_publics
from printing.publics import mark_of
from territories.names import fold


@dataclass(frozen=True, slots=True)
class Participant:
    """Who agreed to be told to the others; ``email`` and ``phone`` only where they agreed to that too.
    ``sorting`` is what the list is sorted by (« Delage Alice ») where that is not the name."""

    name: str
    structure: str = ""
    town: str = ""
    role: str = ""
    public: str = ""
    public_label: str = ""
    letters: tuple[str, ...] = ()
    email: str = ""
    phone: str = ""
    sorting: str = ""


@dataclass(frozen=True, slots=True)
class Gathering:
    """``people`` in any order; ``unlisted`` is how many came and are not in it. ``notice`` says what the
    directory may be used for."""

    event: str
    when: str
    where: str
    people: tuple[Participant, ...]
    unlisted: int = 0
    notice: str = ""
    address: str = ""


LONGEST = 160


@dataclass(frozen=True, slots=True)
class Line:
    """A participant as printed, under the initial of their name."""

    initial: str
    person: Participant
    name: str
    where: str
    mark: str
    contact: list[str]


def directory(of: Gathering) -> bytes:
    """A4, two columns, by name; an index by structure follows. Without anybody, it says so."""
    lines = [line_of(each) for each in sorted(of.people, key=by_name)]
    context = {
        "gathering": of,
        "event": shortened(of.event, 300),
        "groups": [(initial, list(group)) for initial, group in groupby(lines, lambda line: line.initial)],
        "count": len(lines),
        "publics": publics_of(of.people),
        "structures": structures_of(of.people),
    }
    return pdf("printing/participants.html", context, ["printing/participants.css"], of_publics())


def by_name(person: Participant) -> str:
    return fold((person.sorting or person.name).strip())


def line_of(person: Participant) -> Line:
    initial = by_name(person)[:1].upper()
    return Line(
        initial=initial if initial.isalpha() else "#",
        person=person,
        name=shortened(person.name, LONGEST),
        where=", ".join(shortened(each, LONGEST) for each in (person.structure, person.town) if each),
        mark=mark_class(mark_of(person.public)) if person.public else "",
        contact=[shortened(each, LONGEST) for each in (person.phone, person.email) if each],
    )


def publics_of(people: Sequence[Participant]) -> list[tuple[str, str, int]]:
    """The publics that are there, by their number: mark, label, how many."""
    counted: dict[tuple[str, str], int] = {}
    for person in people:
        if person.public:
            key = (person.public, person.public_label)
            counted[key] = counted.get(key, 0) + 1
    most = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    return [(mark_class(mark_of(public)), label, n) for (public, label), n in most]


def structures_of(people: Sequence[Participant]) -> list[tuple[str, str]]:
    """Each structure with the names of its people."""
    known: dict[str, list[str]] = {}
    for person in sorted(people, key=by_name):
        if person.structure.strip():
            known.setdefault(shortened(person.structure, LONGEST), []).append(shortened(person.name, LONGEST))
    found = sorted(known.items(), key=lambda each: fold(each[0]))
    return [(structure, ", ".join(names)) for structure, names in found]
