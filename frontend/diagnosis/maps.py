"""The maps of a diagnosis: circles for counts, colours for ratios."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diagnosis.formulas import per_inhabitants
from diagnosis.model import Cell, Report, SectorName
from diagnosis.wording import number
from diagnosis.zones import Zone
from frontend.diagnosis.classes import Classes, around
from frontend.diagnosis.drawn import MapDrawing, Part, Plate, Row, Subject, drawn, radii, shaded, sizes_of
from frontend.quantities import length
from territories.models import Kind

FEW = 10  # initiatives: with fewer, the shades of a density would show little but chance
DISTANCES = Classes((2_000, 5_000, 10_000, 20_000), closed=True)  # metres; A1 and A4 count at 5, 10 and 20 km


def maps_of(report: Report, sector: str | None = None) -> list[MapDrawing]:
    """The maps of a diagnosis, or of one sector (its slug, KeyError): counts first, then ratios. Without any
    outline there are none."""
    chosen = report.sector(sector) if sector else None
    plate = Plate.of(report.zone.id, report.cells)
    if not plate.panels:
        return []
    total = report.zone.holds(chosen.number if chosen else None)
    made: list[MapDrawing | None] = [counts(plate, chosen, total)]
    if len(plate.cells) > 1:
        if report.zone.count >= FEW and (chosen is None or plate.kind != Kind.COMMUNE):
            made.append(density(plate, report.cells, chosen, wider(report)))
        made.append(distance(plate, report.cells, chosen))
    return [each for each in made if each]


def wider(report: Report) -> Zone:
    """What densities are seen beside: the territory itself from a département up, else what is around it."""
    large = (Kind.DEPARTEMENT, Kind.REGION, Kind.COUNTRY)
    return report.zone if report.zone.kind in large or not report.references else report.references[0]


def named(sector: SectorName | None) -> tuple[str, str] | None:
    return (sector.slug, sector.label) if sector else None


def people(part: Part) -> str:
    return "" if part.population is None else number(part.population)


def counts(plate: Plate, sector: SectorName | None, total: int) -> MapDrawing:
    """Circles whose areas are as the numbers of initiatives."""
    column = sector.number if sector else None
    held = {cell.id: cell.holds(column) for cell in plate.cells}
    radius = radii(held.values(), plate)
    rows = [
        Row(cell.id, cell.name, [people(cell), number(n)], size=round(radius(n), 1))
        for cell in plate.cells
        for n in [held[cell.id]]
    ]
    subject = Subject(
        "N", _("Nombre d’initiatives"),
        _("L’aire de chaque cercle dit le nombre d’initiatives de la commune ou du territoire."),
        [_("Habitants"), _("Initiatives")], sector=named(sector),
    )  # fmt: skip
    notes = lacking(plate.kind, list(held.values()), total)
    if total and total < FEW and not sector and len(plate.cells) > 1:
        notes.append(_("Moins de 10 initiatives : une carte des densités ne montrerait guère que le hasard."))
    return drawn(plate, subject, rows, notes, sizes=sizes_of(max(held.values()), radius))


def density(
    plate: Plate, cells: Sequence[Cell], sector: SectorName | None, beside: Zone
) -> MapDrawing | None:
    """Shades of initiatives for 10,000 inhabitants, around the density of ``beside``: smoothed for communes,
    which may be small. None without a reference."""
    column = sector.number if sector else None
    reference = per_inhabitants(beside.holds(column), beside.population)
    if not reference:
        return None
    classes = around(reference)
    smoothed = plate.kind == Kind.COMMUNE
    code, title = ("D3", _("Densité lissée")) if smoothed else ("D1", _("Initiatives pour 10 000 habitants"))
    summary = beside_reference(beside.name, number(reference, classes.decimals))
    if smoothed:
        summary += " " + _("Une petite commune est rapprochée de la densité de son département.")
    heads = [_("Habitants"), _("Initiatives"), _("Pour 10 000 habitants")]
    values = {
        cell.id: per_inhabitants(cell.holds(column), cell.population) if sector else cell.smoothed
        for cell in cells
    }
    return shaded(
        plate, Subject(code, title, summary, heads, "warm", named(sector)), values, classes,
        lambda value: number(value, classes.decimals),
        lambda cell, said: Row(cell.id, cell.name, [people(cell), number(cell.holds(column)), said]),
    )  # fmt: skip


def beside_reference(place: str, density: str) -> str:
    said = _("La teinte du milieu entoure la densité de référence (%(place)s : %(density)s).")
    return said % {"place": place, "density": density}


def distance(plate: Plate, cells: Sequence[Cell], sector: SectorName | None) -> MapDrawing | None:
    """Shades of how far the nearest initiative is; None where there is none to reach."""
    column = sector.number if sector else 0
    values = {cell.id: cell.reach[column] if len(cell.reach) > column else None for cell in cells}
    if all(value is None for value in values.values()):
        return None
    title = _("Distance à l’initiative la plus proche")
    subject = Subject(
        "A2", title, as_the_crow_flies(plate.kind), [_("Habitants"), _("Distance")], "cool", named(sector)
    )
    return shaded(
        plate, subject, values, DISTANCES, length,
        lambda cell, said: Row(cell.id, cell.name, [people(cell), said]),
    )  # fmt: skip


def as_the_crow_flies(kind: str) -> str:
    said = _(
        "À vol d’oiseau, du chef-lieu de la commune à l’initiative la plus proche, dans le territoire ou non."
    )
    if kind != Kind.COMMUNE:
        said += " " + _("Moyenne des communes, chacune comptant pour ses habitants.")
    return said


def lacking(kind: str, held: list[int], total: int) -> list[str]:
    """What the circles do not show."""
    if not any(held):
        notes = [_("Aucune initiative connue ici.")]
    else:
        none = held.count(0)
        notes = [without_any(kind, none)] if none else []
    missing = total - sum(held)
    return [*notes, unplaced(missing)] if missing > 0 else notes


def without_any(kind: str, n: int) -> str:
    words = {
        Kind.COMMUNE: ngettext(
            "%(n)s commune n’a pas d’initiative connue.", "%(n)s communes n’ont pas d’initiative connue.", n
        ),
        Kind.EPCI: ngettext(
            "%(n)s intercommunalité n’a pas d’initiative connue.",
            "%(n)s intercommunalités n’ont pas d’initiative connue.", n,
        ),
    }  # fmt: skip
    other = ngettext(
        "%(n)s territoire n’a pas d’initiative connue.", "%(n)s territoires n’ont pas d’initiative connue.", n
    )
    return words.get(Kind(kind), other) % {"n": number(n)}


def unplaced(n: int) -> str:
    said = ngettext(
        "%(n)s initiative n’est pas sur la carte, faute d’en connaître la commune.",
        "%(n)s initiatives ne sont pas sur la carte, faute d’en connaître la commune.",
        n,
    )
    return said % {"n": number(n)}
