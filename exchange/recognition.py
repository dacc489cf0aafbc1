"""Which of our fields a column holds, by its name and by what stands in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from exchange.cells import Cell, Unfit, has_failed, is_blank, plain
from exchange.fields import Field
from exchange.models import Import, Profile
from exchange.parsing import READERS
from territories.names import WORD, fold

# Lines in which columns are looked at.
LOOKED_AT = 200
SHOWN = 4

# Names that columns bear in listings, folded, by field.
NAMES: dict[str, list[str]] = json.loads(Path(__file__).with_name("columns.json").read_text())
FIELD_OF = {name: Field(ours) for ours, names in NAMES.items() for name in names}
SQUEEZED = {name.replace(" ", ""): ours for name, ours in FIELD_OF.items()}
LITTLE = frozenset(
    [
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "l",
        "d",
        "et",
        "a",
        "au",
        "en",
        "pour",
        "the",
        "of",
        "n",
        "no",
        "principal",
    ]
)

# Their names are not what is listed, and are nobody's business: « Nom animateur ».
PEOPLE = {
    "animateur", "animatrice", "benevole", "conseiller", "conseillere", "contact", "correspondant",
    "correspondante", "directeur", "directrice", "elu", "elue", "gerant", "gerante", "interlocuteur",
    "interlocutrice", "maire", "personne", "prenom", "president", "presidente", "referent", "referente",
    "responsable", "secretaire", "tresorier", "tresoriere",
}  # fmt: skip

# What a placemark of our own KML shows of its other columns, which hold it whole.
SHOWN_AGAIN = {"description", "address", "phone number"}

# What OpenStreetMap and GeoJSON call a type says nothing of what is listed.
SHAPES = {
    "node", "way", "relation", "Feature", "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon",
    "MultiPolygon", "multipolygon", "boundary", "site",
}  # fmt: skip
# The numbers of houses, in a column just before that of their streets.
NUMBERS = {"n", "no", "num", "nr", "numero"}
HOUSE = re.compile(r"(?i)\d{1,4}(?:\s?(?:bis|ter|quater|[a-z]))?(?:\s?[-/,à]\s?\d{1,4}(?:\s?[a-z]{1,3})?)?")
# « commune.id » is not the name of a town.
CODES = {"code", "id", "insee", "uuid"}

# Several columns may go to one of these, whose values are then joined.
JOINED = {Field.STREET: " ", Field.DESCRIPTION: "\n\n", Field.SUMMARY: " ", Field.CATEGORY: ";"}
# What is of the thing listed whatever it lies within; a name or an identifier there may be another's.
WITHIN = (
    Field.ADDRESS, Field.STREET, Field.POSTCODE, Field.LOCALITY, Field.COMMUNE_CODE, Field.LATITUDE,
    Field.LONGITUDE, Field.WEBSITE,
)  # fmt: skip
# What the values must be for the name of a column to be believed.
CHECKED = (
    Field.SIRET, Field.RNA, Field.WEBSITE, Field.EMAIL, Field.PHONE, Field.POSTCODE, Field.COMMUNE_CODE,
    Field.LATITUDE, Field.LONGITUDE, Field.GEO_POINT, Field.X, Field.Y, Field.FOUNDED, Field.CLOSED,
    Field.ACTIVITY_STATE, Field.OPENING_HOURS, Field.LANGUAGE,
)  # fmt: skip
# What their values alone tell.
TELLING = (Field.SIRET, Field.RNA, Field.EMAIL, Field.GEO_POINT)
# From these shares of its cells on, a column is what its name says, what its name holds, what its cells are.
SOME_FIT, MOST_FIT, ALL_FIT = 0.25, 0.5, 0.9
# Where so few streets are whole addresses all are read as such: what is a mere street is read as one.
FEW_FIT = 0.1


@dataclass(slots=True)
class Column:
    """A column of a file: how it is mapped (a field, "" dropped on purpose, None not known), some values."""

    name: str
    mapped: str | None
    filled: int = 0
    samples: list[str] = field(default_factory=list)


def columns_of(batch: Import) -> list[Column]:
    """The columns of an import with what its first lines hold, as its profile maps them."""
    found = [Column(name, batch.profile.columns.get(name)) for name in batch.header]
    for cells in _first_lines(batch):
        for column, cell in zip(found, cells, strict=False):
            if is_blank(cell):
                continue
            column.filled += 1
            if len(column.samples) < SHOWN and (said := plain(cell)[:80]) not in column.samples:
                column.samples.append(said)
    return found


def complete_columns(profile: Profile, batch: Import) -> None:
    """Map the columns that the profile does not know yet and that are recognised; the others stay unknown."""
    unknown = [name for name in batch.header if name not in profile.columns]
    if not unknown:
        return
    taken = {Field(each) for each in profile.columns.values() if each}
    found = recognise(batch.header, list(_first_lines(batch)), taken)
    profile.columns |= {name: str(ours) for name, ours in found.items() if name in unknown}
    profile.save(update_fields=["columns", "updated_at"])


def _first_lines(batch: Import) -> Iterable[Sequence[Cell]]:
    lines = batch.candidates.order_by("line").values_list("cells", flat=True)
    return lines[:LOOKED_AT]


def recognise(
    header: Sequence[str], lines: Sequence[Sequence[Cell]], taken: Iterable[Field] = ()
) -> dict[str, Field]:
    """The fields of the columns that are recognised; a field once, but for those that are joined."""
    used = set(taken)
    cells = {name: _cells(lines, at) for at, name in enumerate(header)}
    found: dict[str, Field] = {}
    for level in (_leads_here, _named, _partly_named, _told_by_values):
        if "commune_id" in header and Field.MAILLAGE in found.values():  # all of it left from here
            cells = {name: [] if _key(name) in SHOWN_AGAIN else said for name, said in cells.items()}
        for name in header:
            ours = level(name, cells[name]) if name not in found else None
            if ours is None or (ours in used and not (ours in JOINED and level is _named)):
                continue
            found[name] = ours
            used.add(ours)
    found |= _numbers(header, cells, found)
    return {name: ours for name, ours in _settled(found).items() if cells[name] or not lines}


def _numbers(
    header: Sequence[str], cells: dict[str, list[Cell]], found: dict[str, Field]
) -> dict[str, Field]:
    """« N° » just before « rue »: numbers of houses, unless they only count the lines."""
    numbers: dict[str, Field] = {}
    for name, following in pairwise(header):
        said = [plain(cell) for cell in cells[name]]
        counted = {str(n) for n in range(1, len(said) + 1)} == set(said)
        houses = sum(1 for each in said if HOUSE.fullmatch(each)) >= len(said) * ALL_FIT
        if _key(name) in NUMBERS and said and houses and not counted and found.get(following) == Field.STREET:
            numbers[name] = Field.STREET
    return numbers


def _cells(lines: Sequence[Sequence[Cell]], at: int) -> list[Cell]:
    cells = (line[at] for line in lines if at < len(line))
    return [cell for cell in cells if not is_blank(cell) and not has_failed(cell)]


def _key(name: str) -> str:
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(WORD.findall(fold(parted).replace("_", " ")))


def _leads_here(name: str, cells: list[Cell]) -> Field | None:
    """Addresses of our own pages: a listing that came from here, in part at least."""
    ours = f"{settings.SITE_URL}/initiatives/"
    return Field.MAILLAGE if any(plain(cell).startswith(ours) for cell in cells) else None


def _named(name: str, cells: list[Cell]) -> Field | None:
    key = _key(name)
    plain_key = " ".join(word for word in key.split() if word not in LITTLE)
    for ours in (FIELD_OF.get(key), FIELD_OF.get(plain_key), SQUEEZED.get(key.replace(" ", ""))):
        if ours and fits(ours, cells):
            return ours
    if key in {"adresse", "adresse siege"}:  # whole, or only its street
        whole = sum(1 for cell in cells if READERS[Field.ADDRESS](cell).beside)
        return Field.ADDRESS if whole > len(cells) * FEW_FIT else Field.STREET
    return None


def _partly_named(name: str, cells: list[Cell]) -> Field | None:
    """By the longest name of a column that this one holds: « nom_de_la_bibliotheque_2023 », or by its last
    part where it lies within another: « localisation.ville »."""
    within = _named(name.rpartition(".")[2], cells) if "." in name else None
    if within in WITHIN:
        return within
    words = [word for word in _key(name).split() if word not in LITTLE]
    leading = () if (PEOPLE | CODES).intersection(words) else (Field.NAME, Field.LOCALITY)
    for length in range(min(4, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            ours = FIELD_OF.get(" ".join(words[start : start + length]))
            if ours is None or ours not in (*CHECKED, *(() if start else leading)):
                continue
            if cells and fits(ours, cells, MOST_FIT):
                return ours
    return None


def _told_by_values(name: str, cells: list[Cell]) -> Field | None:
    return next((ours for ours in TELLING if len(cells) > 2 and _share(ours, cells) >= ALL_FIT), None)


def fits(ours: Field, cells: list[Cell], least: float = SOME_FIT) -> bool:
    """Whether these cells may be of this field."""
    if ours == Field.EXTERNAL_ID:
        return len({plain(cell) for cell in cells}) >= len(cells) * MOST_FIT
    if ours == Field.NAME:
        return not cells or sum(1 for cell in cells if isinstance(cell, str)) > len(cells) * MOST_FIT
    if ours == Field.CATEGORY:
        return not cells or not SHAPES.issuperset(map(plain, cells))
    return ours not in CHECKED or not cells or _share(ours, cells) >= least


def _share(ours: Field, cells: list[Cell]) -> float:
    return sum(1 for cell in cells if _reads(ours, cell)) / len(cells)


def _reads(ours: Field, cell: Cell) -> bool:
    try:
        READERS[ours](cell)
    except Unfit as reason:
        return reason.code in {"siret-rounded", "siret-check", "siren"}
    return True


def _settled(found: dict[str, Field]) -> dict[str, Field]:
    """Without halves of a pair, and with one way only to say where a line is: degrees come first."""
    fields = set(found.values())
    gone = set()
    if not {Field.LATITUDE, Field.LONGITUDE} <= fields:
        gone |= {Field.LATITUDE, Field.LONGITUDE}
    if not {Field.X, Field.Y} <= fields:
        gone |= {Field.X, Field.Y}
    return {name: ours for name, ours in found.items() if ours not in gone}


# For who chooses by hand, by what they are about.
GROUPS = [
    (_("Qui c’est"), [Field.NAME, Field.SUMMARY, Field.DESCRIPTION, Field.LEGAL_FORM, Field.SIRET, Field.RNA,
                      Field.EXTERNAL_ID, Field.MAILLAGE, Field.LANGUAGE]),
    (_("Ce qu’elle fait"), [Field.CATEGORY, Field.ACTIVITIES]),
    (_("Où elle est"), [Field.ADDRESS, Field.STREET, Field.POSTCODE, Field.LOCALITY, Field.COMMUNE_CODE,
                        Field.DEPARTEMENT_CODE, Field.LATITUDE, Field.LONGITUDE, Field.GEO_POINT,
                        Field.X, Field.Y]),
    (_("Comment la joindre"), [Field.WEBSITE, Field.EMAIL, Field.PHONE, Field.OPENING_HOURS]),
    (_("Depuis quand"), [Field.FOUNDED, Field.CLOSED, Field.ACTIVITY_STATE]),
]  # fmt: skip
