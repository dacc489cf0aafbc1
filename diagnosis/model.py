"""What a diagnosis says, as plain values: page, PDF, spreadsheet and API show this, and nothing else.

No row of the database and no translated text is kept here, so that a report may be stored, frozen with a
saved diagnosis, and read again in any language.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from diagnosis.messages import messages
from diagnosis.zones import Zone
from directory.models import LegalForm
from directory.models.taxonomy import in_language


class Note(models.TextChoices):
    """Why a figure has no value, or what to know of it."""

    FEW = "few", _("effectif trop faible : moins de 10 initiatives")
    LEFT_OUT = "left-out", _("sans les communes dont le chef-lieu est inconnu")
    NO_ANSWERS = "no-answers", _("à lire sur la page des auto-évaluations du territoire")
    NO_AREA = "no-area", _("superficie inconnue")
    NO_BRIDGES = "no-bridges", _("aucune initiative n’est entre deux autres")
    NO_COMMUNE = "no-commune", _("se lit commune par commune")
    NO_DATES = "no-dates", _("aucune date connue")
    NO_INHABITANTS = "no-inhabitants", _("aucun habitant connu")
    NO_LINKS = "no-links", _("aucun lien déclaré")
    NO_OFFICIAL = "no-official", _("aucun chiffre officiel n’a été chargé")
    NO_PEERS = "no-peers", _("aucun territoire semblable")
    NO_POPULATION = "no-population", _("population inconnue ou nulle")
    NO_REFERENCE = "no-reference", _("pas de référence")
    NOTHING = "nothing", _("aucune initiative")
    NOTHING_TO_REACH = "nothing-to-reach", _("aucune initiative à atteindre")
    EMPTY_REFERENCE = "empty-reference", _("pas de référence, ou aucune initiative dans la référence")
    ONE_SECTOR = "one-sector", _("un seul secteur")
    UNPUBLISHED = "unpublished", _("la source ne publie rien pour ce territoire")
    TOO_FEW_ACTORS = "too-few-actors", _("moins de deux initiatives")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. ``sector`` is a slug, ``references`` the same figure elsewhere by territory id; ``note`` is
    a Note; ``value`` is None with a note where it cannot be computed."""

    code: str
    value: float | None
    unit: str
    n: int | None = None
    sector: str | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""
    references: dict[str, float | None] = field(default_factory=dict)
    percentile: float | None = None

    @property
    def why(self) -> str:
        """What the note says, in the language of the reader; empty without one."""
        return str(Note(self.note).label) if self.note else ""


@dataclass(frozen=True, slots=True)
class SectorName:
    """A sector: its permanent number, from 1, by which the counts of a Zone are ordered."""

    number: int
    slug: str
    labels: dict[str, str]

    @property
    def label(self) -> str:
        return in_language(self.labels)


@dataclass(frozen=True, slots=True)
class Place:
    """A commune of a white zone."""

    id: str
    name: str
    population: int


@dataclass(frozen=True, slots=True)
class WhiteZone:
    """The communes from which a sector (its slug) is farther than the radius: how many, their people, and the
    most peopled of them, NAMED at most."""

    sector: str
    count: int
    population: int
    communes: list[Place]


@dataclass(frozen=True, slots=True)
class Year:
    """What was founded, closed and entered in the directory in a year."""

    year: int
    founded: int
    closed: int
    entered: int


@dataclass(frozen=True, slots=True)
class Bridge:
    """An initiative that lies between others: the part, in per cent, of the pairs that meet through it."""

    slug: str
    name: str
    between: float


@dataclass(frozen=True, slots=True)
class Actor:
    """An initiative that declared a link: with which others of the territory (their places in
    ``Report.actors``), and with how many elsewhere."""

    slug: str
    name: str
    partners: tuple[int, ...]
    elsewhere: int


@dataclass(frozen=True, slots=True)
class Form:
    """How many initiatives have this legal form (a LegalForm)."""

    code: str
    count: int

    @property
    def label(self) -> str:
        return str(LegalForm(self.code).label)


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of the territory that a map colours: a commune, or where there are too many an intercommunality
    (what of it lies in the territory) or a département. ``area`` is in km². ``smoothed`` is D3 for a commune
    and D1 for what is larger. ``reach`` is A2, metres to any sector, then to each by its number; None where
    there is nothing to reach."""

    id: str
    name: str
    kind: str
    population: int
    area: float | None
    count: int
    by_sector: tuple[int, ...]
    smoothed: float | None
    reach: tuple[float | None, ...]

    def holds(self, sector: int | None) -> int:
        """How many initiatives, of one sector (its permanent number) or of all."""
        return self.count if sector is None else self.by_sector[sector - 1]


@dataclass(frozen=True, slots=True)
class Perimeter:
    """Where the communes of a custom territory come from: of which day, by which act or rule, their ids."""

    dated: date
    source: str
    communes: list[str]


@dataclass(frozen=True, slots=True)
class Official:
    """Where an official figure comes from: the year that it tells, who publishes it, when it was loaded."""

    code: str
    labels: dict[str, str]
    year: int
    source: str
    link: str
    loaded: date

    @property
    def label(self) -> str:
        return in_language(self.labels)


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence that the figures of these codes say."""

    text: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A diagnosis. ``zone`` is the territory, ``references`` its département, région and country, ``peers``
    those that resemble it and ``pooled`` all of these as if they were one; ``left_out`` communes have no
    known chief place and no distance; ``official`` says where the figures E1, E2… come from, ``perimeter``
    where the communes of a custom territory do; ``actors``, by name, have links, and are left out where they
    are too many to be listed."""

    zone: Zone
    data_date: datetime
    references: list[Zone]
    peers: list[Zone]
    pooled: Zone | None
    sectors: list[SectorName]
    cells: list[Cell]
    figures: list[Figure]
    white_zones: list[WhiteZone]
    evolution: list[Year]
    bridges: list[Bridge]
    forms: list[Form]
    left_out: int
    official: list[Official] = field(default_factory=list)
    perimeter: Perimeter | None = None
    actors: list[Actor] = field(default_factory=list)

    @property
    def messages(self) -> list[Message]:
        """At most five sentences, in the language of the reader."""
        return [Message(text, codes) for text, codes in messages(self)]

    def figure(self, code: str, sector: str | None = None) -> Figure:
        """The one figure of this code; KeyError."""
        for each in self.figures:
            if (each.code, each.sector) == (code, sector):
                return each
        raise KeyError((code, sector))

    def of(self, code: str) -> list[Figure]:
        """The figures of this code, one by sector."""
        return [each for each in self.figures if each.code == code]

    def sector(self, slug: str) -> SectorName:
        """The sector of this slug; KeyError."""
        for each in self.sectors:
            if each.slug == slug:
                return each
        raise KeyError(slug)

    def zone_of(self, id: str) -> Zone:
        """The territory itself, a reference, a peer, or the peers as one; KeyError."""
        for each in (self.zone, *self.references, *self.peers, self.pooled):
            if each and each.id == id:
                return each
        raise KeyError(id)
