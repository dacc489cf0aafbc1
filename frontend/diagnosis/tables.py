"""The tables of a diagnosis: what its charts draw, to the last figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from diagnosis.model import Figure, Official, Report, SectorName, Year
from diagnosis.wording import measured, number, unit_of, value_of, written
from diagnosis.zones import POOLED, Zone


@dataclass(frozen=True, slots=True)
class TableRow:
    """``role`` is here for the territory itself, all for a line that sums the others up."""

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

    @property
    def gaps(self) -> bool:
        """Whether something could not be computed."""
        return any(not cell for row in self.rows for cell in row.cells)


def title_of(zone: Zone) -> str:
    return _("Territoires similaires, ensemble") if zone.id == POOLED else zone.name


def page_of(zone: Zone) -> str:
    """The address of the diagnosis of a territory; empty for several taken together."""
    return "" if zone.id == POOLED else reverse("frontend:diagnosis", args=[zone.id])


def elsewhere(figure: Figure, zone: Zone) -> str:
    """The same figure in another territory, as it is written."""
    if zone.id == POOLED and figure.code == "N":
        return number(zone.count)
    return measured(figure, figure.references.get(zone.id))


def beside(report: Report) -> list[Zone]:
    """What rates are compared with: the territories around, and the peers as one."""
    return [*report.references, *([report.pooled] if report.pooled else [])]


def sectors(report: Report, few: bool) -> Table:
    """How many of each, how many peers have any; and densities, unless a rate would mean little."""
    around = [] if few else beside(report)
    rows = []
    for sector in report.sectors:
        count, density = report.figure("N", sector.slug), report.figure("D1", sector.slug)
        having = sum(bool(each.holds(sector.number)) for each in report.peers)
        cells = [value_of(count)]
        if report.peers:
            cells.append(_("{n} sur {all}").format(n=having, all=len(report.peers)))
        if not few:
            cells += [value_of(density), *(elsewhere(density, zone) for zone in around)]
        rows.append(TableRow(sector.label, cells))
    columns = [
        _("Initiatives"), *([_("Semblables qui en ont")] if report.peers else []),
        *([] if few else [_("Densité ici")]),
        *(_("Densité : {place}").format(place=title_of(zone)) for zone in around),
    ]  # fmt: skip
    whole = _("Initiatives par secteur, et leur densité pour 10 000 habitants ici et ailleurs")
    caption = _("Initiatives par secteur") if few else whole
    return Table("t-secteurs", caption, _("Secteur"), columns, rows)


def forms(report: Report) -> Table:
    total = sum(each.count for each in report.forms)
    rows = [
        TableRow(capitalized(each.label), [number(each.count), written(100 * each.count / total, "percent")])
        for each in report.forms
    ]
    return Table("t-formes", _("Formes juridiques"), _("Forme"), [_("Initiatives"), _("Part")], rows)


def capitalized(label: str) -> str:
    """With a capital; the others stay (Scop)."""
    return label[:1].upper() + label[1:]


def reach(report: Report) -> Table:
    white = {each.sector: each for each in report.white_zones}
    rows = []
    for slug, label in [(None, _("Tous secteurs")), *((s.slug, s.label) for s in report.sectors)]:
        figures = [report.figure(code, slug) for code in ("A1-5", "A1-10", "A1-20", "A2")]
        far = white.get(slug) if slug else None
        beyond = [number(far.count), number(far.population)] if far else ["", ""]
        rows.append(TableRow(label, [*map(value_of, figures), *beyond], "all" if slug is None else ""))
    columns = [
        _("À 5 km ou moins"), _("À 10 km ou moins"), _("À 20 km ou moins"), _("Distance moyenne"),
        _("Communes à plus de 10 km"), _("Leurs habitants"),
    ]  # fmt: skip
    caption = _(
        "Part des habitants à portée d’une initiative, distance moyenne et zones blanches, par secteur"
    )
    return Table("t-portee", caption, _("Secteur"), columns, rows)


def distances(report: Report) -> Table:
    """Of one commune, which is within reach or not: how far the nearest of each sector is."""
    rows = []
    for slug, label in [(None, _("Tous secteurs")), *((s.slug, s.label) for s in report.sectors)]:
        near = report.figure("A1-10", slug).value
        cell = "" if near is None else _("oui") if near else _("non")
        rows.append(
            TableRow(label, [value_of(report.figure("A2", slug)), cell], "all" if slug is None else "")
        )
    columns = [_("Distance de la plus proche"), _("À 10 km ou moins")]
    return Table("t-portee", _("L’initiative la plus proche, par secteur"), _("Secteur"), columns, rows)


def quotients(report: Report) -> Table:
    around = beside(report)
    rows = []
    for sector in report.sectors:
        figure = report.figure("S1", sector.slug)
        rows.append(
            TableRow(sector.label, [number(figure.n or 0), *(elsewhere(figure, zone) for zone in around)])
        )
    columns = [_("Initiatives"), *(_("Face à : {place}").format(place=title_of(zone)) for zone in around)]
    caption = _("Part de chaque secteur ici, divisée par sa part ailleurs")
    return Table("t-specificite", caption, _("Secteur"), columns, rows)


def territories(report: Report, id: str, caption: str, zones: Sequence[Zone], few: bool) -> Table:
    """The territory, and others, line by line; without the gaps where they would mean little."""
    figures = [report.figure(code) for code in ("N", "D1", "D2", "S4", "C1")]
    rows = []
    for zone in (report.zone, *zones):
        own = zone.id == report.zone.id
        cells = [value_of(each) if own else elsewhere(each, zone) for each in figures[:-1]]
        gap = "=" if own else elsewhere(figures[-1], zone)
        people = "" if zone.population is None else number(zone.population)
        href = "" if own else page_of(zone)
        cells = [people, *cells] if few else [people, *cells, gap]
        rows.append(TableRow(title_of(zone), cells, "here" if own else "", href))
    columns = [
        _("Habitants"), _("Initiatives"), _("Pour 10 000 habitants"), _("Pour 100 km²"),
        _("Secteurs présents"), *([] if few else [_("Densité d’ici par rapport à lui")]),
    ]  # fmt: skip
    return Table(id, caption, _("Territoire"), columns, rows)


def of_sector(report: Report, sector: SectorName, zones: Sequence[Zone]) -> Table:
    """One sector in the territory, and in others."""
    count, density = report.figure("N", sector.slug), report.figure("D1", sector.slug)
    rows = [TableRow(report.zone.name, [value_of(count), value_of(density)], "here")]
    for zone in zones:
        held = number(zone.holds(sector.number))
        rows.append(TableRow(title_of(zone), [held, elsewhere(density, zone)], "", page_of(zone)))
    columns = [_("Initiatives"), _("Pour 10 000 habitants")]
    caption = _("{sector} : ici et ailleurs").format(sector=sector.label)
    return Table("t-secteur", caption, _("Territoire"), columns, rows)


def official(report: Report, figure: Figure, series: Official) -> Table:
    """What others publish, here and in the territories around."""
    rows = [TableRow(report.zone.name, [value_of(figure)], "here")]
    rows += [TableRow(zone.name, [elsewhere(figure, zone)], href=page_of(zone)) for zone in report.references]
    caption = _("{name}, {year}").format(name=series.label, year=series.year)
    heading = ", ".join(filter(None, [str(series.year), unit_of(figure.code, figure.unit)]))
    return Table(f"t-{figure.code}", caption, _("Territoire"), [heading], rows)


def evolution(report: Report) -> Table:
    return years(report.evolution)


def years(evolution: Sequence[Year]) -> Table:
    """What was founded, closed and entered, year by year."""
    rows = [
        TableRow(
            str(each.year),
            [
                number(each.founded),
                number(each.closed),
                signed(each.founded - each.closed),
                number(each.entered),
            ],
        )
        for each in evolution
    ]
    columns = [_("Fondées"), _("Fermées"), _("Solde"), _("Fiches entrées dans Maillage")]
    return Table("t-evolution", _("Année par année"), _("Année"), columns, rows)


def signed(value: int) -> str:
    return f"+{number(value)}" if value > 0 else number(value)
