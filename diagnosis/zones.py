"""What was counted in a territory, whatever its kind: a sum over its communes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import F, Max, Sum

from diagnosis.models import Figures
from directory.models import Sector
from territories.models import Kind, Territory

# The scales that a territory is compared with, from the nearest.
SCALES = ("departement", "region", "country")


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of a zone. ``reach`` is in metres: of any sector, then of each; None out of reach, and empty
    where the chief place is unknown. ``area`` in km²."""

    id: str
    name: str
    population: int
    area: float | None
    epci: str | None
    departement: str | None
    count: int
    by_sector: tuple[int, ...]
    reach: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Zone:
    """What is counted in one territory. ``area`` in km²; ``by_sector`` and ``weights`` from sector 1."""

    id: str
    name: str
    kind: str
    population: int | None
    area: float | None
    count: int
    by_sector: tuple[int, ...]
    weights: tuple[float, ...]
    placed: int
    addressed: int
    verified: int
    fresh: int
    undated: int
    largest_commune: int
    communes: int

    def holds(self, sector: int | None) -> int:
        """How many initiatives, of one sector (its permanent number) or of all."""
        return self.count if sector is None else self.by_sector[sector - 1]


def subject(territory: Territory) -> Territory:
    """What a diagnosis is made of: an arrondissement is no set of communes, and gives way to its commune."""
    return territory.commune or territory if territory.kind == Kind.ARRONDISSEMENT else territory


def zone(territory: Territory) -> Zone:
    """The figures of a territory; a custom one is counted from its communes."""
    found = zones([territory.pk])
    return found[0] if found else summed(territory)


def zones(ids: Iterable[str]) -> list[Zone]:
    """The zones of territories, in the order asked; official ones that were not counted are left out."""
    wanted = list(ids)
    rows = Figures.objects.filter(pk__in=wanted).select_related("territory")
    by_id = {row.pk: from_row(row) for row in rows}
    if len(by_id) < len(wanted):
        by_id |= {each.pk: summed(each) for each in Territory.objects.filter(pk__in=wanted, kind=Kind.CUSTOM)}
    return [by_id[id] for id in wanted if id in by_id]


def from_row(row: Figures) -> Zone:
    place = row.territory
    return Zone(
        place.pk, place.name, place.kind, place.population, place.area_km2, row.count, tuple(row.by_sector),
        tuple(row.weights), row.placed, row.addressed, row.verified, row.fresh, row.undated,
        row.largest_commune, row.communes,
    )  # fmt: skip


def summed(territory: Territory) -> Zone:
    """A custom territory: the sum of its communes."""
    rows = Figures.objects.filter(pk__in=commune_ids(territory)).select_related("territory")
    parts = [from_row(row) for row in rows]
    return replace(
        together(parts) if parts else nothing(), id=territory.pk, name=territory.name, kind=territory.kind,
        population=territory.population, area=territory.area_km2,
    )  # fmt: skip


def nothing() -> Zone:
    """What a territory without a commune counts: a perimeter that was emptied."""
    none = (0,) * (Sector.objects.aggregate(most=Max("pk"))["most"] or 0)
    return Zone(
        "", "", "", None, None, by_sector=none, weights=none, largest_commune=0, **dict.fromkeys(TALLIES, 0)
    )


def pooled(parts: list[Zone]) -> Zone | None:
    """Several territories as if they were one, without a name."""
    return replace(together(parts), id=POOLED) if parts else None


POOLED = "peers"
TALLIES = ("count", "placed", "addressed", "verified", "fresh", "undated", "communes")


def together(parts: list[Zone]) -> Zone:
    """The sum of zones that do not overlap; what one of them does not know is not known of the whole."""
    areas = [each.area for each in parts]
    return Zone(
        id="", name="", kind="", population=sum(each.population or 0 for each in parts) or None,
        area=None if None in areas else sum(each or 0 for each in areas),
        by_sector=tuple(sum(column) for column in zip(*(each.by_sector for each in parts), strict=True)),
        weights=tuple(sum(column) for column in zip(*(each.weights for each in parts), strict=True)),
        largest_commune=max((each.largest_commune for each in parts), default=0),
        **{name: sum(getattr(each, name) for each in parts) for name in TALLIES},
    )  # fmt: skip


def commune_ids(territory: Territory) -> list[str]:
    return list(Territory.objects.all().communes_of(territory).order_by().values_list("pk", flat=True))


def communes(territory: Territory) -> list[Commune]:
    """The communes of a territory, by name."""
    within = Territory.objects.all().communes_of(territory).order_by().values("pk")
    rows = Figures.objects.filter(pk__in=within).order_by("territory__name", "pk")
    columns = (
        "pk", "territory__name", "territory__population", "territory__area_km2", "territory__epci",
        "territory__departement", "count", "by_sector", "reach",
    )  # fmt: skip
    return [
        Commune(
            id, name, population or 0, area, epci, departement, count, tuple(by_sector), tuple(reach or ())
        )
        for id, name, population, area, epci, departement, count, by_sector, reach in rows.values_list(
            *columns
        )
    ]


def scales(territory: Territory) -> list[Territory]:
    """The département, the région and the country around a territory: where most of its people live. The same
    ground under another name is no reference: Paris is a commune and a département, Mayotte also a région."""
    within = ground = Territory.objects.all().communes_of(territory).order_by()
    found = []
    for kind in SCALES:
        rows = within.exclude(**{kind: None}).values(kind).annotate(people=Sum("population"))
        best = rows.order_by(F("people").desc(nulls_last=True), kind).first()
        if best is None or kind in narrower(territory.kind):
            continue
        larger = Territory.objects.get(pk=best[kind])
        inside = Territory.objects.communes_of(larger).order_by()
        same = inside.count() == ground.count() and not ground.exclude(**{kind: larger.pk}).exists()
        if kind == Kind.COUNTRY or not same:
            found.append(larger)
            ground = inside
    return found


def narrower(kind: str) -> tuple[str, ...]:
    """The scales that are no larger than a territory of this kind."""
    return SCALES[: SCALES.index(kind) + 1] if kind in SCALES else ()
