"""The observatory: one indicator for all régions, départements or intercommunalities of France, side by side
and by name. Nothing is ranked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, FloatField, Q, Sum
from django.db.models.functions import Cast

from diagnosis import formulas
from diagnosis.errors import NothingCounted
from diagnosis.figures import FEW
from diagnosis.model import Note
from diagnosis.models import Edition, Figures
from diagnosis.series import OfficialFigure, OfficialSeries
from diagnosis.wording import name_of
from diagnosis.zones import Zone, from_row
from directory.models.taxonomy import in_language
from territories.models import Kind
from territories.names import fold

# Not the outlines.
READ = (
    "territory__name", "territory__kind", "territory__population", "territory__area_km2", "count",
    "by_sector", "weights", "placed", "addressed", "verified", "fresh", "undated", "largest_commune",
    "communes",
)  # fmt: skip
KINDS = (Kind.REGION, Kind.DEPARTEMENT, Kind.EPCI)
RADII = {"A1-5": 5_000, "A1-10": 10_000, "A1-20": 20_000}  # metres
# What a territory, its country and the number of a sector (None: all) give.
Formula = Callable[[Zone, Zone, int | None], float | None]


@dataclass(frozen=True, slots=True)
class Indicator:
    """``unit`` as figures have it; ``sectors``: whether one may be asked ("may"), or has to be ("must")."""

    code: str
    name: str
    unit: str
    sectors: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one territory has. ``value`` is None with a note where it cannot be computed; ``low`` and ``high``
    are the 95 % interval of D1."""

    zone: Zone
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""

    @property
    def why(self) -> str:
        return str(Note(self.note).label) if self.note else ""


@dataclass(frozen=True, slots=True)
class Observed:
    """An indicator of a counting: of the country, and of each territory of a kind by its name."""

    at: datetime
    kind: str
    indicator: Indicator
    sector: int | None
    country: Seen
    rows: list[Seen]


def mixed(formula: Callable[[Zone, Zone], float | None]) -> Formula:
    """What says something of a mix of sectors only where there are enough initiatives."""
    return lambda zone, country, sector: None if zone.count < FEW else formula(zone, country)


def part(tally: Callable[[Zone], int]) -> Formula:
    return lambda zone, country, sector: 100 * tally(zone) / zone.count if zone.count else None


def quotient(zone: Zone, country: Zone, sector: int | None) -> float | None:
    if sector is None or zone.count < FEW:
        return None
    return formulas.location_quotients(zone.weights, country.weights)[sector - 1]


FORMULAS: dict[str, Formula] = {
    "N": lambda zone, country, sector: zone.holds(sector),
    "D1": lambda zone, country, sector: formulas.per_inhabitants(zone.holds(sector), zone.population),
    "D2": lambda zone, country, sector: formulas.per_area(zone.holds(sector), zone.area),
    "S1": quotient,
    "S2": mixed(lambda zone, country: formulas.specialisation(zone.weights, country.weights)),
    "S3": mixed(lambda zone, country: (formulas.diversity(zone.weights) or (None, None))[0]),
    "S3E": mixed(lambda zone, country: (formulas.diversity(zone.weights) or (None, None))[1]),
    "S4": lambda zone, country, sector: 100 * sum(formulas.present(zone.by_sector)) / len(zone.by_sector),
    "K1-verified": part(lambda zone: zone.verified),
    "K1-address": part(lambda zone: zone.addressed),
    "K1-fresh": part(lambda zone: zone.fresh),
}
UNITS = {
    "N": "count", "D1": "per_10000", "D2": "per_100km2", "S1": "ratio", "S2": "index", "S3": "index",
    "S3E": "index", "S4": "percent", "A1-5": "percent", "A1-10": "percent", "A1-20": "percent",
    "A2": "metres", "K1-verified": "percent", "K1-address": "percent", "K1-fresh": "percent",
}  # fmt: skip
BY_SECTOR = {"N": "may", "D1": "may", "D2": "may", "S1": "must"} | dict.fromkeys([*RADII, "A2"], "may")
NOTES = {"D1": Note.NO_POPULATION, "D2": Note.NO_AREA, "A2": Note.NOTHING_TO_REACH} | dict.fromkeys(
    RADII, Note.NO_INHABITANTS
)


def indicators() -> dict[str, Indicator]:
    """All that the observatory shows, by code, official figures last."""
    found = {
        code: Indicator(code, name_of(code), unit, BY_SECTOR.get(code, "")) for code, unit in UNITS.items()
    }
    for series in OfficialSeries.objects.all():
        found[series.pk] = Indicator(series.pk, f"{in_language(series.labels)} ({series.year})", series.unit)
    return found


def observed(kind: str, code: str, sector: int | None = None) -> Observed:
    """One indicator of each territory of a kind. KeyError for an unknown code; NothingCounted."""
    edition, country, zones = counted(kind)
    indicator = indicators()[code]
    sector = sector if indicator.sectors else None
    values = values_of(code, kind, country, zones, sector)
    rows = [seen(code, zone, values[zone.id], sector) for zone in zones]
    return Observed(
        edition.at, kind, indicator, sector, seen(code, country, values[country.id], sector), rows
    )


def everything(kind: str) -> tuple[Observed, Iterator[tuple[Zone, dict[str, float | None]]]]:
    """D1 of each territory of a kind, and of each, by name, all that needs no sector."""
    d1 = observed(kind, "D1")
    country, zones = d1.country.zone, [row.zone for row in d1.rows]
    codes = [code for code, found in indicators().items() if found.sectors != "must"]
    columns = {code: values_of(code, kind, country, zones, None) for code in codes}
    return d1, ((zone, {code: columns[code][zone.id] for code in codes}) for zone in zones)


def counted(kind: str) -> tuple[Edition, Zone, list[Zone]]:
    """The last counting: the country, and its territories of a kind by name."""
    edition = Edition.objects.order_by("-at").first()
    rows = Figures.objects.filter(territory__kind__in=[Kind.COUNTRY, kind]).select_related("territory")
    zones = [from_row(row) for row in rows.only(*READ)]
    country = next((each for each in zones if each.kind == Kind.COUNTRY), None)
    if edition is None or country is None:
        raise NothingCounted
    named = sorted((each for each in zones if each.kind == kind), key=lambda each: (fold(each.name), each.id))
    return edition, country, named


def values_of(
    code: str, kind: str, country: Zone, zones: Iterable[Zone], sector: int | None
) -> dict[str, float | None]:
    """The value of the country and of each territory, by id."""
    everywhere = [country, *zones]
    if formula := FORMULAS.get(code):
        return {zone.id: formula(zone, country, sector) for zone in everywhere}
    if code in UNITS:
        reached = within_reach(code, kind, country.id, sector)
    else:
        ids = [zone.id for zone in everywhere]
        reached = dict(
            OfficialFigure.objects.filter(series=code, territory__in=ids).values_list("territory", "value")
        )
    return {zone.id: reached.get(zone.id) for zone in everywhere}


def within_reach(code: str, kind: str, country: str, sector: int | None) -> dict[str, float | None]:
    """A1 in per cent, A2 in metres: sums over the communes that have people and a chief place; the country
    has those too that are in no territory of the kind."""
    column, above = f"reach__{sector or 0}", f"territory__{kind}"
    people = Cast("territory__population", FloatField())
    communes = Figures.objects.filter(
        territory__kind=Kind.COMMUNE, territory__population__gt=0, reach__isnull=False
    )
    measure = {"found": Sum(people, filter=Q(**{f"{column}__lte": RADII[code]}))} if code in RADII else {
        "found": Sum(people * F(column)), "unknown": Count("pk", filter=Q(**{f"{column}__isnull": True}))
    }  # fmt: skip
    grouped = communes.order_by().values(above).annotate(people=Sum(people), **measure)
    rows = {row.pop(above): row for row in grouped}
    rows[country] = {name: sum(row[name] or 0 for row in rows.values()) for name in ("people", *measure)}
    scale = 100 if code in RADII else 1
    return {
        id: None if row.get("unknown") or not row["people"] else scale * (row["found"] or 0) / row["people"]
        for id, row in rows.items()
    }


def seen(code: str, zone: Zone, value: float | None, sector: int | None) -> Seen:
    """A value with its interval, or with why there is none."""
    if code == "D1" and value is not None and zone.population:
        low, high = (10_000 * n / zone.population for n in formulas.poisson_interval(zone.holds(sector)))
        return Seen(zone, value, low, high)
    if value is not None:
        return Seen(zone, value)
    return Seen(zone, None, note=why_not(code, zone))


def why_not(code: str, zone: Zone) -> str:
    if code.startswith("E"):
        return Note.UNPUBLISHED
    if code in NOTES:
        return NOTES[code]
    if not zone.count:
        return Note.NOTHING
    if zone.count < FEW:
        return Note.FEW
    return Note.ONE_SECTOR if code == "S3E" else Note.EMPTY_REFERENCE
