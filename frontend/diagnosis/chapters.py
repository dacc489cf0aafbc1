"""What the chapters of a diagnosis show, made from its report alone: for the screen, saved or on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from diagnosis.model import Figure, Report, SectorName
from diagnosis.sheet import sheet_of
from diagnosis.wording import basis_of, interval_of, name_of, number, unit_of, value_of
from frontend.addresses import search_address
from frontend.diagnosis import charts, tables
from frontend.diagnosis.charts import Row
from territories.models import Kind


@dataclass(frozen=True, slots=True)
class Told:
    """A figure in words. ``sheet`` is the code under which the method page explains it."""

    code: str
    sheet: str
    name: str
    value: str
    unit: str
    interval: str
    basis: str
    why: str


def told(figure: Figure) -> Told:
    sheet = sheet_of(figure.code)
    return Told(
        figure.code, sheet.code if sheet else "", name_of(figure.code), value_of(figure),
        unit_of(figure.code), interval_of(figure), basis_of(figure), figure.why,
    )  # fmt: skip


def context_of(
    report: Report, sector: str | None = None, texts: Any = None, levers: Sequence[Any] = ()
) -> dict[str, Any]:
    """For ``frontend/diagnosis/_chapters.html``. ``sector`` is the slug of a sector to look at more closely,
    KeyError where there is none; ``texts`` and ``levers`` come with a saved diagnosis and its territory."""
    chosen = report.sector(sector) if sector else None
    return {
        "report": report,
        "zone": report.zone,
        "sector": chosen,
        "texts": texts,
        "levers": levers,
        "identity": identity(report),
        "key_messages": [(each.text, [(code, name_of(code)) for code in each.codes]) for each in report.messages],
        "here": presence(report),
        "where": where(report, chosen),
        "mix": mix(report),
        "web": web(report),
        "profile": told(report.figure("Q1")),
        "official": told(report.figure("E1")),
        "comparison": comparison(report),
        "change": change(report),
        "search_href": search_address({"territory": report.zone.id}),
    }


def several(report: Report, *codes: str) -> list[Told]:
    return [told(report.figure(code)) for code in codes]


def identity(report: Report) -> dict[str, Any]:
    zone = report.zone
    return {
        "kind": str(Kind(zone.kind).label),
        "population": "" if zone.population is None else number(zone.population),
        "area": "" if zone.area is None else number(zone.area, 0 if zone.area >= 10 else 1),
        "communes": zone.communes,
        "reliability": several(report, "K1-verified", "K1-address", "K1-fresh", "K1-undated"),
    }


def presence(report: Report) -> dict[str, Any]:
    rows = [
        Row(sector.label, figure.value, value_of(figure), f"sector sector-{sector.slug}")
        for sector in report.sectors
        for figure in [report.figure("N", sector.slug)]
    ]
    rows.sort(key=lambda row: -(row.value or 0))
    return {
        "figures": several(report, "N", "N-active", "D1", "D2"),
        "chart": charts.bars("c-secteurs", _("Initiatives par secteur."), rows),
        "sectors": tables.sectors(report),
        "forms": tables.forms(report) if report.forms else None,
    }


def where(report: Report, sector: SectorName | None) -> dict[str, Any]:
    codes = ("A1-5", "A1-10", "A1-20")
    rows = []
    for slug, label in [(None, _("Tous secteurs")), *((s.slug, s.label) for s in report.sectors)]:
        parts = [report.figure(code, slug) for code in codes]
        rows.append((label, value_of(parts[1]), [part.value or 0 for part in parts]))
    return {
        "figures": several(report, *codes, "A2"),
        "chart": charts.nested("c-portee", _("Habitants à moins de 5, 10 et 20 km, par secteur."), rows),
        "reach": tables.reach(report),
        "white_zones": [(report.sector(each.sector), each) for each in report.white_zones if each.count],
    }


def mix(report: Report) -> dict[str, Any]:
    around = tables.beside(report)
    first, second = (around[-1] if around else None), report.references[-1] if report.references else None
    rows = []
    for sector in report.sectors:
        figure = report.figure("S1", sector.slug)
        beside = [figure.references.get(zone.id) if zone else None for zone in (second, first)]
        rows.append((sector.label, value_of(figure), *beside))
    return {
        "figures": several(report, "S2", "S3", "S3E", "S4", "S5"),
        "chart": charts.quotients("c-specificite", _("Part de chaque secteur, rapportée à sa part ailleurs."), rows),
        "quotients": tables.quotients(report),
        "present": [sector for sector in report.sectors if report.zone.holds(sector.number)],
        "absent": [sector for sector in report.sectors if not report.zone.holds(sector.number)],
        "potential": [
            (report.sector(each.sector), told(each), [report.zone_of(id) for id in each.references])
            for each in report.of("S5")
            if each.sector
        ],
    }


def web(report: Report) -> dict[str, Any]:
    return {
        "figures": several(report, "R1", "R1-degree", "R1-isolated", "R2"),
        "bridges": [(each, number(each.between, 1)) for each in report.bridges],
    }


def comparison(report: Report) -> dict[str, Any]:
    around = tables.beside(report)
    peers = sorted(report.peers, key=lambda zone: zone.name)
    density = report.figure("D1")
    here = Row(report.zone.name, density.value, value_of(density), "here", density.low, density.high)
    rows = [here] + [
        Row(tables.title_of(zone), density.references.get(zone.id), tables.elsewhere(density, zone.id), role)
        for role, zones in (("around", around), ("peer", peers))
        for zone in zones
    ]
    return {
        "figures": several(report, "C1", "C2"),
        "chart": charts.bars("c-densites", _("Initiatives pour 10 000 habitants, ici et ailleurs."), rows),
        "around": tables.comparison(report, "t-autour", _("À côté des territoires qui l’englobent"), around),
        "peers": tables.comparison(report, "t-similaires", _("À côté des territoires similaires"), peers)
        if peers
        else None,
    }


def change(report: Report) -> dict[str, Any]:
    return {
        "chart": charts.years("c-evolution", _("Initiatives fondées et fermées, par année."), report.evolution),
        "entries": charts.entries("c-entrees", _("Fiches entrées dans Maillage, par année."), report.evolution),
        "table": tables.evolution(report),
        "undated": told(report.figure("K1-undated")),
    }


def sheet_address(code: str) -> str:
    """Where an indicator is explained."""
    return f"{reverse('frontend:indicators')}#{code}"
