"""Which communes a perimeter takes, and by what rule: from codes, around a place, inside a drawn outline."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from django.contrib.gis.geos import Polygon
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pyproj import Geod

from territories.errors import InvalidPerimeter
from territories.geometry import BBox, Point
from territories.models import Kind, Territory, TerritoryChange
from territories.names import is_elided, place_fold
from territories.querysets import TerritoryQuerySet
from territories.typed import IDENTIFIER

# The largest département has 890 communes; a région is an official territory already.
EXPLAINED = 50  # codes in error
MOST_COMMUNES = 2_000
LONGEST_LIST = 200_000  # signs
KILOMETRES = range(1, 101)
GEOD = Geod(ellps="WGS84")

COMMUNE = re.compile(r"[0-9][0-9AB][0-9]{3}")
SHORTENED = re.compile(r"[0-9]{4}")  # a spreadsheet took 01004 for a number
DEPARTEMENT = re.compile(r"[0-9]{2}|2[AB]|9[78][0-9]")
EPCI = re.compile(r"[0-9]{9}")
HEAD = re.compile(r"\W*(code|insee|codgeo|depcom|com|commune|siren|id)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a list that is no code; ``line`` from 1, ``why`` in the reader's language."""

    line: int
    typed: str
    why: str


@dataclass(slots=True)
class Perimeter:
    """Communes by name; in the reader's language, the rule that took them and what was read otherwise than
    it was typed."""

    communes: list[Territory] = field(default_factory=list)
    rule: str = ""
    told: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [each.pk for each in self.communes]


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of a list, as it was typed; ``label`` is what stands after it on its line."""

    line: int
    typed: str
    label: str

    @property
    def code(self) -> str:
        return f"0{self.typed}" if SHORTENED.fullmatch(self.typed) else self.typed.upper()

    @property
    def ids(self) -> list[str]:
        """The territories that it may be; none where it has no shape of a code."""
        if match := IDENTIFIER.fullmatch(self.typed):
            kind, code = match["kind"].lower(), match["code"]
            return [f"{kind}-{code.lower() if kind == Kind.CUSTOM else code.upper()}"]
        shapes = {COMMUNE: Kind.COMMUNE, DEPARTEMENT: Kind.DEPARTEMENT, EPCI: Kind.EPCI}
        return [f"{kind}-{self.code}" for shape, kind in shapes.items() if shape.fullmatch(self.code)]


def entries(text: str) -> Iterator[Entry]:
    """One by line, « 23077 Faux-la-Montagne », or several, parted by spaces, commas or semicolons."""
    for number, line in enumerate(text.splitlines(), start=1):
        words = [word for word in re.split(r"[\s,;|\"]+", line.replace("\x00", " ")) if word]
        if not words or (number == 1 and HEAD.match(line) and not has_digit(line)):
            continue  # blank, or the head of a column
        codes = words if all(map(has_digit, words)) else words[:1]
        label = " ".join(word for word in words[1:] if not has_digit(word))
        for word in codes:
            yield Entry(number, word[:80], label)


def has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def from_codes(text: str) -> Perimeter:
    """The communes of a list of official codes: those of communes, EPCI and départements, or ids.

    Former communes lead to the present one. InvalidPerimeter where the list is too long to be one.
    """
    if len(text) > LONGEST_LIST:
        raise InvalidPerimeter(_("Cette liste est trop longue pour être celle d’un territoire."))
    listed = list(entries(text))
    known = {
        each.pk: each
        for each in Territory.objects.filter(pk__in={id for each in listed for id in each.ids})
        .exclude(kind=Kind.ARRONDISSEMENT)
    }  # fmt: skip
    former = successors([each.code for each in listed if not known.keys() & set(each.ids)])
    found, perimeter = Reading(known, former), Perimeter(rule=_("communes données par leurs codes"))
    for each in listed:
        found.take(each, perimeter)
    perimeter.communes = by_name(found.ids)
    return perimeter


def successors(codes: Collection[str]) -> dict[str, TerritoryChange]:
    """What became of the codes that are no commune's any more."""
    rows = TerritoryChange.objects.filter(kind=Kind.COMMUNE, code__in=codes).select_related("successor")
    return {row.code: row for row in rows}


class Reading:
    """Takes the entries of a list one by one."""

    def __init__(self, known: dict[str, Territory], former: dict[str, TerritoryChange]) -> None:
        self.known, self.former, self.ids, self.seen = known, former, set[str](), set[str]()

    def take(self, entry: Entry, perimeter: Perimeter) -> None:
        place = next((self.known[id] for id in entry.ids if id in self.known), None)
        if place is None and (change := self.former.get(entry.code)):
            place = change.successor
            perimeter.told.append(
                _("Ligne {line} : {code}, {former}, fait aujourd’hui partie de {name} ({present}).").format(
                    line=entry.line, code=entry.code, former=change.name, name=place.name, present=place.code
                )
            )
        if place is None:
            # What each may have meant is looked for: of the first ones only.
            said = why(entry) if len(perimeter.faults) < EXPLAINED else _("ce code n’est pas lu")
            perimeter.faults.append(Fault(entry.line, entry.typed, said))
            return
        if place.kind == Kind.COMMUNE:
            self.ids.add(place.pk)
            self.compare(entry, place, perimeter)
        elif place.pk not in self.seen:
            self.seen.add(place.pk)
            self.spread(entry, place, perimeter)

    def compare(self, entry: Entry, place: Territory, perimeter: Perimeter) -> None:
        """Say what was not read as it stands: a zero that was lost, a name that is another commune's."""
        if SHORTENED.fullmatch(entry.typed):
            perimeter.told.append(
                _("Ligne {line} : {typed} est lu {code}, {name}.").format(
                    line=entry.line, typed=entry.typed, code=entry.code, name=place.name
                )
            )
        elif place_fold(entry.label) not in ("", place_fold(place.name)) and entry.code not in self.former:
            perimeter.told.append(
                _("Ligne {line} : {code} est le code de {name}, et non « {label} ». Vérifiez.").format(
                    line=entry.line, code=entry.code, name=place.name, label=entry.label[:80]
                )
            )

    def spread(self, entry: Entry, place: Territory, perimeter: Perimeter) -> None:
        inside = Territory.objects.communes_of(place).order_by()
        number = inside.count()
        if number > MOST_COMMUNES:
            perimeter.faults.append(Fault(entry.line, entry.typed, too_many(number)))
            return
        self.ids.update(inside.values_list("pk", flat=True))
        perimeter.told.append(
            ngettext(
                "Ligne {line} : {code} est {name}, soit {number} commune.",
                "Ligne {line} : {code} est {name}, soit {number} communes.",
                number,
            ).format(line=entry.line, code=entry.typed, name=place.name, number=number)
        )


def why(entry: Entry) -> str:
    """What is wrong with an entry, and what it may have meant."""
    code = entry.code
    if not entry.ids:
        return _("ce n’est pas un code ; celui d’une commune a cinq signes, comme 23077")
    if COMMUNE.fullmatch(code):
        part = Territory.objects.filter(pk=f"arrondissement-{code}").select_related("commune").first()
        if part and part.commune:
            return _("{name} est une partie de {commune} : prenez la commune, {code}").format(
                name=part.name, commune=part.commune.name, code=part.commune.code
            )
        served = Territory.objects.of_kind(Kind.COMMUNE).filter(postcodes__contains=[code]).order_by("name")
        if names := [f"{each.name} ({each.code})" for each in served[:4]]:
            return _("c’est un code postal, et non le code d’une commune ; il dessert {names}").format(
                names=", ".join(names[:3]) + ("…" if len(names) > 3 else "")
            )
        return _("aucune commune ne porte ce code")
    return _("aucun territoire ne porte ce code")


def around(centre: Territory, kilometres: int) -> Perimeter:
    """The communes whose chief place is so many km or less from that of the centre, on the ellipsoid."""
    if kilometres not in KILOMETRES:
        raise InvalidPerimeter(_("Le rayon va de 1 à 100 km, sans décimale."))
    if centre.chief_place is None:
        raise InvalidPerimeter(
            _("Le chef-lieu de {name} n’est pas connu : rien ne se mesure à partir de lui.").format(
                name=centre.name
            )
        )
    point, metres = Point(centre.chief_place.x, centre.chief_place.y), kilometres * 1_000
    near = communes_meeting(BBox.around(point, metres))
    places = [(pk, place) for pk, place in near.values_list("pk", "chief_place") if place]
    distances = GEOD.inv(
        [point.lon] * len(places), [point.lat] * len(places),
        [place.x for _pk, place in places], [place.y for _pk, place in places],
    )[2]  # fmt: skip
    taken = {pk for (pk, _place), distance in zip(places, distances, strict=True) if distance <= metres}
    said = (
        _("communes dont le chef-lieu est à {n} km ou moins de celui d’{name}, à vol d’oiseau")
        if is_elided(centre.name)
        else _("communes dont le chef-lieu est à {n} km ou moins de celui de {name}, à vol d’oiseau")
    )
    rule = said.format(n=kilometres, name=centre.name)
    return Perimeter(by_name(taken), rule)


def communes_meeting(box: BBox) -> TerritoryQuerySet:
    """The communes whose chief place is in a box, which may cross the antimeridian."""
    found = Territory.objects.none()
    for part in box.parts():
        frame = Polygon.from_bbox(part)
        frame.srid = 4326
        found = found | Territory.objects.of_kind(Kind.COMMUNE).order_by().filter(
            chief_place__coveredby=frame
        )
    return found


def of_territory(place: Territory) -> Perimeter:
    """The communes of a territory of any kind."""
    inside = Territory.objects.communes_of(place).order_by()
    if (number := inside.count()) > MOST_COMMUNES:
        raise InvalidPerimeter(too_many(number))
    rule = _("communes de {name}").format(name=place.name) if place.kind != Kind.COMMUNE else place.name
    return Perimeter(by_name(set(inside.values_list("pk", flat=True))), rule)


def by_name(ids: Collection[str]) -> list[Territory]:
    """These communes; InvalidPerimeter where there are too many to be a territory of one's own."""
    if len(ids) > MOST_COMMUNES:
        raise InvalidPerimeter(too_many(len(ids)))
    return sorted(
        Territory.objects.filter(pk__in=ids).order_by(), key=lambda each: (place_fold(each.name), each.code)
    )


def too_many(number: int) -> str:
    return _("{number} communes, c’est trop : {most} au plus.").format(number=number, most=MOST_COMMUNES)
