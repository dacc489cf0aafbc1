"""The commune that a line declares, by its code, its postcode, its name or its département.

Read through the gazetteer: official names, other forms, former communes, postcodes. What several communes
answer to is given as such: nobody picks one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db import models
from rapidfuzz import fuzz

from territories.models import Kind, PlaceName, Territory, TerritoryChange
from territories.names import place_fold
from territories.querysets import TerritoryQuerySet
from territories.typed import name_and_code

# How far a commune may be trusted, up to 1; see docs/import.md.
BY_CODE, BY_NAME_AND_POSTCODE, BY_FORMER_NAME, BY_NAME_AND_DEPARTEMENT = 0.95, 0.9, 0.85, 0.8
BY_NEAR_NAME, BY_NAME, BY_POSTCODE, BY_POSTCODE_ONLY, BY_DEPARTEMENT = 0.75, 0.7, 0.7, 0.65, 0.6
IN_DOUBT = 0.4
# Of 100: « Felletain » is Felletin among the few communes of its postcode.
ALIKE = 85
# A name shorter than this is within too many others.
SHORTEST = 4
CEDEX = re.compile(r"\bcedex\b.*", re.IGNORECASE)
POSTCODE = re.compile(r"[0-9]{5}|2[ABab][0-9]{3}")
# Of Belgium, Switzerland or Luxembourg, or of France without its zero: see exchange.zeros.
SHORT = re.compile(r"[1-9][0-9]{3}")
OVERSEAS = ("97", "98")
NAMES = (PlaceName.Nature.NAME, PlaceName.Nature.ALIAS, PlaceName.Nature.FORMER)
# Homonyms are told, not all of them.
MOST_TOLD = 20


class Longitude(models.Func):
    """Of a point, without making a geometry of it."""

    function = "public.ST_X"
    output_field = models.FloatField()


class Latitude(Longitude):
    function = "public.ST_Y"


class Declared(NamedTuple):
    """What a line says of its commune; empty where it says nothing."""

    code: str = ""
    postcode: str = ""
    name: str = ""
    departement: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Declared:
        """From what was parsed; « 23200 Aubusson » and « Aubusson (23) » are taken apart."""
        said = (fields.get(name) for name in ("commune_code", "postcode", "locality", "departement_code"))
        code, postcode, name, departement = (" ".join(str(each).split()) if each else "" for each in said)
        name = CEDEX.sub("", name).strip(" ,-")
        if (parts := name_and_code(name)) is not None:
            name = parts[0].strip(" ,-(")
            if POSTCODE.fullmatch(parts[1]):
                postcode = postcode or parts[1]
            else:
                departement = departement or parts[1]
        return cls(code.upper(), postcode, name[:200], departement.upper())

    @property
    def words(self) -> str:
        """As it is told, and asked for: « 23500 Felletin »."""
        return " ".join(each for each in (self.postcode, self.name) if each) or self.code or self.departement

    def departements(self) -> list[str]:
        """The ids of the départements that the number or the postcode names."""
        if self.departement:
            return [f"departement-{self.departement}"]
        if not POSTCODE.fullmatch(self.postcode):
            return []
        head = self.postcode[: 3 if self.postcode.startswith(OVERSEAS) else 2].upper()
        return ["departement-2A", "departement-2B"] if head == "20" else [f"departement-{head}"]


@dataclass(frozen=True, slots=True)
class Town:
    """What was found. ``communes`` are all that it may be, ``commune`` and ``name`` the one it is, ``point``
    (longitude, latitude) where its town hall stands; ``notes`` what had to be done to read it, as
    ``{"code", …}``."""

    commune: str | None = None
    departement: str | None = None
    communes: tuple[str, ...] = ()
    name: str = ""
    point: tuple[float, float] | None = None
    score: float = 0.0
    notes: tuple[dict[str, Any], ...] = ()

    @property
    def is_said(self) -> bool:
        return bool(self.communes or self.departement)


@dataclass(frozen=True, slots=True)
class Known:
    """A commune or a municipal arrondissement."""

    id: str
    name: str
    commune: str
    departement: str | None
    postcodes: tuple[str, ...]
    point: tuple[float, float] | None

    @property
    def is_part(self) -> bool:
        return self.id != self.commune


class Gazetteer:
    """The names, postcodes and codes of all communes, in memory for an import: some 30 MB, half a second."""

    def __init__(self) -> None:
        places = Territory.objects.of_kind(Kind.COMMUNE, Kind.ARRONDISSEMENT).order_by()
        self.known = {one.id: one for one in known(places)}
        self.names: dict[str, dict[str, str]] = {}  # folded: {id: nature}
        borne = PlaceName.objects.filter(nature__in=NAMES).order_by()
        for folded, identifier, nature in borne.values_list("folded", "territory_id", "nature").iterator():
            if identifier in self.known:
                natures = self.names.setdefault(folded, {})
                if natures.get(identifier) != PlaceName.Nature.NAME:
                    natures[identifier] = nature
        self.postcodes: dict[str, list[str]] = {}
        for one in self.known.values():
            for postcode in one.postcodes:
                self.postcodes.setdefault(postcode, []).append(one.id)
        # A former code leads to the present one.
        former = TerritoryChange.objects.filter(kind=Kind.COMMUNE).values_list("code", "successor_id")
        self.codes = dict(former) | {each.partition("-")[2]: each for each in self.known}
        departements = Territory.objects.of_kind(Kind.DEPARTEMENT).order_by()
        self.departements = set(departements.values_list("pk", flat=True))
        self.read: dict[Declared, Town] = {}

    def bearing(self, name: str) -> dict[str, str]:
        return self.names.get(place_fold(name), {}) if name else {}

    def town(self, declared: Declared) -> Town:
        """What a line declares, found; many lines declare the same."""
        if declared not in self.read:
            self.read[declared] = read(declared, self)
        return self.read[declared]


def known(places: TerritoryQuerySet) -> Iterator[Known]:
    columns = ("id", "name", "commune_id", "departement_id", "postcodes", "lon", "lat")
    seats = places.annotate(lon=Longitude("chief_place"), lat=Latitude("chief_place"))
    for identifier, name, commune, departement, postcodes, lon, lat in seats.values_list(*columns).iterator():
        point = None if lon is None else (lon, lat)
        yield Known(identifier, name, commune or identifier, departement, tuple(postcodes), point)


def read(asked: Declared, gazetteer: Gazetteer) -> Town:
    """The surest of what a line says: its code where nothing speaks against it, then its name with its
    postcode, its name in its département, its postcode, its name, its département."""
    coded = gazetteer.known.get(gazetteer.codes.get(asked.code, ""))
    said = by_words(asked, gazetteer)
    if coded is None:
        note = ({"code": "unknown-commune-code", "read": asked.code},) if asked.code else ()
        return replace(said, notes=note + said.notes)
    if is_confirmed(asked, coded, gazetteer):
        return settled(coded, BY_CODE, asked, gazetteer)
    note = ({"code": "code-and-name-differ", "read": asked.code, "commune": coded.name},)
    if said.commune and said.score >= BY_FORMER_NAME:
        return replace(said, score=BY_NAME, notes=note + said.notes)
    either = tuple(sorted({coded.commune, *said.communes}))
    return Town(communes=either, score=IN_DOUBT, notes=note)


def is_confirmed(asked: Declared, coded: Known, gazetteer: Gazetteer) -> bool:
    """Whether the name or the postcode is that of the code, or neither is said."""
    borne = gazetteer.bearing(asked.name)
    named = any(coded.commune == gazetteer.known[each].commune for each in borne)
    return named or asked.postcode in coded.postcodes or not (borne or asked.postcode)


def by_words(asked: Declared, gazetteer: Gazetteer) -> Town:
    if SHORT.fullmatch(asked.postcode):  # a town of the same name in France would be a guess
        return Town(notes=({"code": "short-postcode", "read": asked.postcode},))
    borne = gazetteer.bearing(asked.name)
    around = gazetteer.postcodes.get(asked.postcode, [])
    if both := {each: borne[each] for each in around if each in borne}:
        return among(both, BY_NAME_AND_POSTCODE, asked, gazetteer)
    departements = {gazetteer.known[each].departement for each in around} or set(asked.departements())
    if inside := {each: nature for each, nature in borne.items()
                  if gazetteer.known[each].departement in departements}:  # fmt: skip
        found = among(inside, BY_NAME_AND_DEPARTEMENT, asked, gazetteer)
        if around:
            return not_alone(found, around, asked, gazetteer)
        note = ({"code": "cedex", "read": asked.postcode},) if asked.postcode else ()
        return replace(found, notes=(*note, *found.notes))
    if around:
        return by_postcode(asked, around, borne, gazetteer)
    if borne and not departements:
        return among(borne, BY_NAME, asked, gazetteer)
    if borne:
        return not_alone(Town(score=IN_DOUBT), list(borne), asked, gazetteer)
    return by_departement(asked, gazetteer.departements.intersection(asked.departements()))


def not_alone(town: Town, others: Iterable[str], asked: Declared, gazetteer: Gazetteer) -> Town:
    """A town that the postcode or the name speaks against: a point may tell which of them it is."""
    communes = {gazetteer.known[each].commune for each in others} | set(town.communes)
    note = {"code": "postcode-of-another", "read": asked.postcode or asked.departement}
    return replace(town, communes=tuple(sorted(communes)), notes=(note, *town.notes))


def by_departement(asked: Declared, departements: set[str]) -> Town:
    note = ({"code": "unknown-town", "read": asked.name},) if asked.name else ()
    if note and not asked.departement:
        return Town(notes=note)  # neither name nor postcode is known: another country's, as likely as ours
    if len(departements) == 1:
        return Town(departement=departements.pop(), score=IN_DOUBT if note else BY_DEPARTEMENT, notes=note)
    if asked.postcode and not asked.name:
        note = ({"code": "unknown-postcode", "read": asked.postcode},)
    return Town(notes=note)


def by_postcode(asked: Declared, around: list[str], borne: Iterable[str], gazetteer: Gazetteer) -> Town:
    """Of the communes of a postcode, the one whose name is nearly that of the line; else the only one, where
    a hamlet may bear the name of a commune elsewhere."""
    communes = {each: "" for each in around if not gazetteer.known[each].is_part}
    if not asked.name:
        return among(communes, BY_POSTCODE, asked, gazetteer)
    near = {each: "" for each in around if is_alike(asked.name, gazetteer.known[each].name)}
    if len(near) == 1:
        found = among(near, BY_NEAR_NAME, asked, gazetteer)
        name = gazetteer.known[next(iter(near))].name
        return replace(found, notes=({"code": "read-as", "read": asked.name, "commune": name}, *found.notes))
    found = among(communes, BY_POSTCODE_ONLY, asked, gazetteer)
    note = {"code": "unknown-town", "read": asked.name}
    known = {gazetteer.known[each].commune for each in borne} | set(found.communes)
    return replace(found, communes=tuple(sorted(known)), notes=(note, *found.notes))


def is_alike(typed: str, name: str) -> bool:
    """A slip of the hand, or one name within the other: « Guéret centre », « Arromanches »."""
    one, other = place_fold(typed), place_fold(name)
    within = f" {one} " in f" {other} " or f" {other} " in f" {one} "
    return (within and min(len(one), len(other)) >= SHORTEST) or fuzz.ratio(one, other) >= ALIKE


def among(found: Mapping[str, str], score: float, asked: Declared, gazetteer: Gazetteer) -> Town:
    """The only one of these; several are told. A present name goes before a former one."""
    present = [each for each, nature in found.items() if nature != PlaceName.Nature.FORMER]
    known = [gazetteer.known[each] for each in present or found]
    communes = {each.commune for each in known}
    if len(communes) == 1:
        town = settled(known[0], score if present else min(score, BY_FORMER_NAME), asked, gazetteer)
        if present:
            return town
        name = gazetteer.known[known[0].id].name
        return replace(town, notes=({"code": "former-commune", "read": asked.name, "commune": name},))
    departements = {each.departement for each in known}
    names = sorted({f"{each.name} ({(each.departement or '').rpartition('-')[2]})" for each in known})
    return Town(
        departement=departements.pop() if len(departements) == 1 else None,
        communes=tuple(sorted(communes)),
        score=IN_DOUBT,
        notes=({"code": "several-communes", "communes": names[:MOST_TOLD], "count": len(names)},),
    )


def settled(one: Known, score: float, asked: Declared, gazetteer: Gazetteer) -> Town:
    """This commune; in Paris, Lyon and Marseille, at the arrondissement that is said."""
    part = one if one.is_part else None
    if part is None:
        parts = [gazetteer.known[each] for each in gazetteer.postcodes.get(asked.postcode, [])]
        parts = [each for each in parts if each.is_part and each.commune == one.id]
        part = parts[0] if len(parts) == 1 else None
    return Town(
        commune=one.commune,
        departement=one.departement,
        communes=(one.commune,),
        name=one.name,
        point=(part or one).point,
        score=score,
    )
