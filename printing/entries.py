"""The entries of a printed directory: the rows of an export, in the order of paper, numbered through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from directory.models import Precision, Sector
from exchange.outgoing import Selection, Wording
from printing.codes import one_of_many
from printing.fitting import shortened
from printing.sectors import ICONS
from territories.names import fold

LONGEST_NAME, LONGEST_SUMMARY, LONGEST_LINE = 300, 420, 200
LONG = 12  # entries: some two pages
UNKNOWN_FORM = "unknown"
LAST = "\uffff"  # after every letter


class Order(StrEnum):
    """What entries stand under: the first, then the other."""

    BY_SECTOR = "sector"
    BY_COMMUNE = "commune"


@dataclass(frozen=True, slots=True)
class Heading:
    """What an entry stands under. ``icon`` is blank for a commune; ``place`` the département of a commune."""

    sorting: tuple[Any, ...]
    label: str
    place: str = ""
    icon: str = ""


@dataclass(slots=True)
class Entry:
    """One initiative as printed. ``at`` is its point (longitude, latitude); ``spot`` its number on the map,
    ``code`` the drawing of its address."""

    name: str
    sector: Heading
    commune: Heading
    others: list[str]
    activities: str
    summary: str
    address: str
    near: bool
    phone: str
    website: str
    facts: list[str]
    example: bool
    url: str
    at: tuple[float, float] | None
    code: str
    number: int = 0
    spot: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter, and in it the entries under each second heading."""

    key: str
    heading: Heading
    count: int
    sections: list[tuple[Heading, list[Entry]]]

    @property
    def long(self) -> bool:
        """Whether it begins on a page of its own."""
        return self.count >= LONG


def entries_of(selection: Selection, order: Order) -> list[Entry]:
    """All of a selection, in the order of the paper; inside ``features.one_moment()``."""
    names = [column.name for column in selection.columns]
    raw = [dict(zip(names, row, strict=True)) for row in selection.rows()]
    said = Wording(selection.columns).worded(iter([list(row.values()) for row in raw]))
    ranks = {sector.slug: (sector.pk, sector.label) for sector in Sector.objects.all()}
    found = [
        entry_of(row, dict(zip(names, cells, strict=True)), ranks)
        for row, cells in zip(raw, said, strict=True)
    ]
    found.sort(key=lambda entry: (*(each.sorting for each in headings(entry, order)), fold(entry.name)))
    for number, entry in enumerate(found, start=1):
        entry.number = number
    return found


def headings(entry: Entry, order: Order) -> tuple[Heading, Heading]:
    pair = (entry.sector, entry.commune)
    return pair if order == Order.BY_SECTOR else pair[::-1]


def entry_of(row: dict[str, Any], said: dict[str, Any], ranks: dict[str, tuple[int, str]]) -> Entry:
    """``row`` as it is kept, ``said`` as people read it."""
    rank, label = ranks.get(row["sector"], (0, row["sector"] or ""))
    town = " ".join(filter(None, (row["postcode"], row["locality"] or row["commune"])))
    exact = row["street"] or row["postcode"] or row["locality"]
    blurred = row["precision"] == Precision.BLURRED
    sectors = [each for each in (said["sectors"] or "").split(" ; ") if each and each != label]
    return Entry(
        name=shortened(row["name"], LONGEST_NAME),
        sector=Heading((rank,), label, icon=row["sector"] if row["sector"] in ICONS else "other"),
        commune=commune_of(row),
        others=sectors,
        activities=shortened((said["activities"] or "").replace(" ; ", " · "), LONGEST_LINE),
        summary=shortened(row["summary"] or "", LONGEST_SUMMARY),
        # The commune alone is said by the heading.
        address=shortened(", ".join(filter(None, (row["street"], town))), LONGEST_LINE) if exact else "",
        near=blurred,
        phone=said["phone"] or "",
        website=shortened(bare(row["website"] or ""), LONGEST_LINE),
        facts=facts_of(row, said),
        example=bool(row["example"]),
        url=row["url"],
        code=one_of_many(row["url"]),
        at=None if row["longitude"] is None else (row["longitude"], row["latitude"]),
    )


def commune_of(row: dict[str, Any]) -> Heading:
    name, place = row["commune"] or row["locality"], row["departement"] or ""
    if not name:
        label = _("Commune non précisée")
        return Heading((LAST, place, ""), label, place)
    return Heading((fold(name), place, row["commune_id"] or ""), name, "" if place == name else place)


def facts_of(row: dict[str, Any], said: dict[str, Any]) -> list[str]:
    """What is known besides, in words: form, age, networks, charter, and how fresh it all is."""
    facts = [said["legal_form"]] if row["legal_form"] != UNKNOWN_FORM else []
    if row["founded"]:
        facts.append(_("depuis {year}").format(year=row["founded"][:4]))
    facts += [each for each in (said["ptces"], said["networks"]) if each]
    if row["charter"]:
        facts.append(_("signataire de la charte"))
    if row["testimony"]:
        facts.append(_("accepte de témoigner"))
    if row["verified_at"]:
        day = date_format(said["verified_at"], "DATE_FORMAT")
        facts.append(pgettext("initiative", "vérifiée le {day}").format(day=day))
    # A PTCE or a network that an initiative runs may bear its very name.
    told = dict.fromkeys(str(fact) for fact in facts if fact and fact != row["name"])
    return [shortened(fact, LONGEST_LINE) for fact in told]


def bare(address: str) -> str:
    """An address of the web as people write it on paper."""
    return address.partition("://")[2].removeprefix("www.").rstrip("/")


def parts_of(entries: Sequence[Entry], order: Order) -> list[Part]:
    parts = []
    for first, inside in groupby(entries, lambda entry: headings(entry, order)[0]):
        here = list(inside)
        sections = [(second, list(each)) for second, each in groupby(here, lambda e: headings(e, order)[1])]
        parts.append(Part(f"p{here[0].number}", first, len(here), sections))
    return parts
