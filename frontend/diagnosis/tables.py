"""The tables of a diagnosis: what its charts draw, to the last figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from diagnosis.model import Figure, Report
from diagnosis.wording import decimals_of, number, value_of, written
from diagnosis.zones import POOLED, Zone


@dataclass(frozen=True, slots=True)
class TableRow:
    head: str
    cells: list[str]
    role: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """``id`` is unique in a page; an empty cell is what could not be computed."""

    id: str
    caption: str
    head: str
    columns: list[str]
    rows: list[TableRow]


def title_of(zone: Zone) -> str:
    return _("Ensemble des territoires similaires") if zone.id == POOLED else zone.name


def page_of(zone: Zone) -> str:
    """The address of the diagnosis of a territory; empty for several taken together."""
    return "" if zone.id == POOLED else reverse("frontend:diagnosis", args=[zone.id])


def elsewhere(figure: Figure, id: str) -> str:
    """The same figure in another territory, as it is written."""
    return written(figure.references.get(id), figure.unit, decimals_of(figure.code))


def beside(report: Report) -> list[Zone]:
    """What rates are compared with: the territories around, and the peers as one."""
    return [*report.references, *([report.pooled] if report.pooled else [])]


def sectors(report: Report) -> Table:
    rows = []
    for sector in report.sectors:
        count, density = report.figure("N", sector.slug), report.figure("D1", sector.slug)
        cells = [value_of(count), value_of(density), *(elsewhere(density, each.id) for each in beside(report))]
        rows.append(TableRow(sector.label, cells))
    columns = [
        _("Initiatives"), _("Pour 10 000 habitants, ici"),
        *(_("Pour 10 000 habitants : {place}").format(place=title_of(each)) for each in beside(report)),
    ]  # fmt: skip
    return Table("t-secteurs", _("Initiatives par secteur"), _("Secteur"), columns, rows)


def forms(report: Report) -> Table:
    total = sum(each.count for each in report.forms)
    rows = [
        TableRow(each.label.capitalize(), [number(each.count), written(100 * each.count / total, "percent")])
        for each in report.forms
    ]
    return Table("t-formes", _("Formes juridiques"), _("Forme"), [_("Initiatives"), _("Part")], rows)


def reach(report: Report) -> Table:
    white = {each.sector: each for each in report.white_zones}
    rows = []
    for slug, label in [(None, _("Tous secteurs")), *((s.slug, s.label) for s in report.sectors)]:
        figures = [report.figure(code, slug) for code in ("A1-5", "A1-10", "A1-20", "A2")]
        far = white.get(slug) if slug else None
        beyond = [number(far.count), number(far.population)] if far else ["", ""]
        rows.append(TableRow(label, [*map(value_of, figures), *beyond], "all" if slug is None else ""))
    columns = [
        _("À moins de 5 km"), _("À moins de 10 km"), _("À moins de 20 km"), _("Distance moyenne"),
        _("Communes à plus de 10 km"), _("Leurs habitants"),
    ]  # fmt: skip
    return Table("t-portee", _("Habitants à portée d’une initiative, par secteur"), _("Secteur"), columns, rows)


def quotients(report: Report) -> Table:
    around = beside(report)
    rows = []
    for sector in report.sectors:
        figure = report.figure("S1", sector.slug)
        rows.append(
            TableRow(sector.label, [number(figure.n or 0), *(elsewhere(figure, each.id) for each in around)])
        )
    columns = [_("Initiatives"), *(_("Part ici / part : {place}").format(place=title_of(e)) for e in around)]
    return Table(
        "t-specificite", _("Part de chaque secteur ici, rapportée à sa part ailleurs"), _("Secteur"), columns, rows
    )


def comparison(report: Report, id: str, caption: str, zones: Sequence[Zone]) -> Table:
    """The territory, and others, line by line."""
    figures = [report.figure(code) for code in ("N", "D1", "D2", "S4")]
    rows = []
    for zone in (report.zone, *zones):
        own = zone.id == report.zone.id
        cells = [value_of(each) if own else elsewhere(each, zone.id) for each in figures]
        if zone.id == POOLED:
            cells[0] = number(zone.count)
        people = "" if zone.population is None else number(zone.population)
        rows.append(TableRow(title_of(zone), [people, *cells], "here" if own else "", "" if own else page_of(zone)))
    columns = [
        _("Habitants"), _("Initiatives"), _("Pour 10 000 habitants"), _("Pour 100 km²"), _("Secteurs présents"),
    ]  # fmt: skip
    return Table(id, caption, _("Territoire"), columns, rows)


def evolution(report: Report) -> Table:
    rows = [
        TableRow(
            str(each.year),
            [number(each.founded), number(each.closed), number(each.founded - each.closed), number(each.entered)],
        )
        for each in report.evolution
    ]
    columns = [_("Fondées"), _("Fermées"), _("Solde"), _("Fiches entrées dans Maillage")]
    return Table("t-evolution", _("Année par année"), _("Année"), columns, rows)
