"""vCard 3.0 (RFC 2426), the version that every address book reads; one card after the other.

Written here: the kept library takes a millisecond for each card, and is what reads them back in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from formats.writing.table import batches, text_of

EOL = "\r\n"
LONGEST_LINE = 75  # octets, without the end of the line
AT_ONCE = 200  # cards


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An organisation, or where ``family`` is said a person of it. ``uid`` never changes.

    ``point`` is longitude then latitude, in degrees.
    """

    uid: str
    name: str
    organisation: str = ""
    family: str = ""
    given: str = ""
    role: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""
    point: tuple[float, float] | None = None
    categories: Sequence[str] = ()
    note: str = ""
    source: str = ""
    revised: datetime | None = None


def cards(given: Iterable[Card]) -> Iterator[bytes]:
    """The cards, by pieces."""
    for batch in batches(given, AT_ONCE):
        yield "".join(map(card, batch)).encode()


def card(told: Card) -> str:
    return "".join(folded(line) for line in lines(told))


def lines(told: Card) -> Iterator[str]:
    yield "BEGIN:VCARD"
    yield "VERSION:3.0"
    yield f"UID:{escaped(told.uid)}"
    yield f"FN:{escaped(told.name)}"
    yield f"N:{joined(told.family, told.given, '', '', '')}"
    yield f"ORG:{escaped(told.organisation or told.name)}"
    if not told.family:
        yield "X-ABShowAs:COMPANY"  # what some address books know an organisation by
    for name, value in (
        ("TITLE", told.role), ("TEL;TYPE=WORK,VOICE", told.phone), ("EMAIL;TYPE=INTERNET", told.email),
    ):  # fmt: skip
        if value:
            yield f"{name}:{escaped(value)}"
    if told.street or told.postcode or told.town:
        yield f"ADR;TYPE=WORK:{joined('', '', told.street, told.town, '', told.postcode, told.country)}"
    if told.point:
        longitude, latitude = told.point
        yield f"GEO:{latitude:.6f};{longitude:.6f}"
    for name, address in (("URL", told.website), ("SOURCE", told.source)):
        if address:
            yield f"{name}:{bare(address)}"
    if told.categories:
        yield f"CATEGORIES:{','.join(map(escaped, told.categories))}"
    if told.note:
        yield f"NOTE:{escaped(told.note)}"
    if told.revised:
        yield f"REV:{told.revised.isoformat(timespec='seconds').replace('+00:00', 'Z')}"
    yield "END:VCARD"


def escaped(value: str) -> str:
    """A text: separators and line breaks are marked, and what is no text is left out."""
    plain = text_of(value).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(plain.splitlines())


def joined(*parts: str) -> str:
    return ";".join(map(escaped, parts))


def bare(address: str) -> str:
    """An address of the web, which is not escaped but holds no line break."""
    return "".join(text_of(address).split())


def folded(line: str) -> str:
    """Cut into lines of 75 octets, between characters; those that follow begin with a space."""
    encoded = line.encode()
    if len(encoded) <= LONGEST_LINE:
        return line + EOL
    cut, piece, size = [], "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > LONGEST_LINE:
            cut.append(piece)
            piece, size = " ", 1
        piece += sign
        size += width
    return EOL.join([*cut, piece]) + EOL
