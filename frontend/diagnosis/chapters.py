"""What the chapters of a diagnosis show, made from its report alone: for the screen, saved or on paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from diagnosis.figures import FEW
from diagnosis.model import Figure, Report, SectorName
from diagnosis.report import criteria_of
from diagnosis.sheet import sheet_of
from diagnosis.wording import basis_of, interval_of, name_of, number, percent, unit_of, value_of
from diagnosis.zones import Zone
from directory.models import Origin
from frontend.addresses import search_address
from frontend.diagnosis import charts, tables
from frontend.diagnosis.charts import Row
from frontend.diagnosis.maps import maps_of
from frontend.drawing import METROPOLE, Drawing, drawing
from frontend.sectors import icon_of
from territories.models import Kind, Territory

SAID_BY_NAME = ("D1", "D2")  # their name has their unit
# The codes of figures that others publish.
OFFICIAL = re.compile(r"E\d+")
# Communes of a white zone that are named: the most peopled.
NAMED = 30
DRAWN = 40  # initiatives that have a partner here
CLOSE = 12  # the same, of one sector looked at closely
CHAPTERS: tuple[tuple[str, Promise], ...] = (
    ("identite", gettext_lazy("Carte d’identité")),
    ("messages", gettext_lazy("Messages clés")),
    ("presence", gettext_lazy("Ce qu’il y a ici")),
    ("lieux", gettext_lazy("Où")),
    ("specialites", gettext_lazy("Spécialités et manques")),
    ("reseau", gettext_lazy("Réseau")),
    ("profil", gettext_lazy("Profil")),
    ("comparaison", gettext_lazy("Comparaison")),
    ("evolution", gettext_lazy("Évolution")),
    ("lecture", gettext_lazy("Votre lecture")),
    ("leviers", gettext_lazy("Leviers")),
    ("methode", gettext_lazy("Méthode, sources et licence")),
)
OTHERS: dict[str, Promise] = {
    Kind.COMMUNE: gettext_lazy("communes"),
    Kind.EPCI: gettext_lazy("intercommunalités"),
    Kind.CUSTOM: gettext_lazy("intercommunalités"),
    Kind.DEPARTEMENT: gettext_lazy("départements"),
    Kind.REGION: gettext_lazy("régions"),
    Kind.ARRONDISSEMENT: gettext_lazy("arrondissements"),
    Kind.COUNTRY: gettext_lazy("pays"),
}


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
    cases = basis_of(figure) if figure.value is not None else ""
    return Told(
        figure.code, sheet.code if sheet else "", name_of(figure.code), value_of(figure),
        "" if figure.code in SAID_BY_NAME else unit_of(figure.code, figure.unit), interval_of(figure),
        cases and _("sur {cases}").format(cases=cases), figure.why,
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
        "few": report.zone.count < FEW,
        "sector": close_up(report, chosen) if chosen else None,
        "texts": texts,
        "levers": levers,
        "contents": CHAPTERS,
        "identity": identity(report),
        "key_messages": [
            (each.text, [(code, name_of(code)) for code in each.codes]) for each in report.messages
        ],
        "here": presence(report),
        "maps": maps_of(report, sector),
        "where": where(report),
        "mix": mix(report),
        "web": web(report),
        "comparison": comparison(report),
        "change": change(report),
        "search_href": search_address({"territory": report.zone.id}),
    }


def several(report: Report, *codes: str, sector: str | None = None) -> list[Told]:
    return [told(report.figure(code, sector)) for code in codes]


def identity(report: Report) -> dict[str, Any]:
    zone = report.zone
    drawn, around = locator(report)
    shares = [report.figure(code) for code in ("K1-verified", "K1-address", "K1-fresh")]
    return {
        "kind": str(Kind(zone.kind).label),
        "population": "" if zone.population is None else number(zone.population),
        "area": "" if zone.area is None else number(zone.area, 0 if zone.area >= 10 else 1),
        "communes": zone.communes,
        "drawing": drawn,
        "around": around,
        "perimeter": report.perimeter,
        "examples": examples(zone.id),
        "reliability": [replace(told(each), basis=out_of(each.n or 0, zone.count)) for each in shares],
        "undated": out_of(zone.undated, zone.count),
    }


def out_of(n: int, total: int) -> str:
    said = ngettext("{n} fiche sur {total}", "{n} fiches sur {total}", n)
    return said.format(n=number(n), total=number(total))


def examples(id: str) -> int:
    """How many of the initiatives counted are no real ones: a trial site is full of them."""
    found = Territory.objects.filter(pk=id).first()
    if found is None:
        return 0
    return criteria_of(found).initiatives().exclude(origin=Origin.REAL).order_by().count()


def locator(report: Report) -> tuple[Drawing | None, Territory | None]:
    """The territory in the narrowest of those that hold all of it, as their outlines are today."""
    places = Territory.objects.in_bulk([report.zone.id, *(each.id for each in report.references)])
    found = places.get(report.zone.id)
    if found is None or found.envelope is None:
        return None, None
    larger = [place for each in report.references if (place := places.get(each.id)) and place.envelope]
    around = next((each for each in larger if Territory.objects.covers(each, found)), None)
    country = Kind.COUNTRY in (found.kind, around.kind if around else "")
    west, south, east, north = found.envelope.extent
    mainland = METROPOLE[0] < west and east < METROPOLE[2] and south > 40
    if country and found.kind != Kind.COUNTRY and not mainland:
        return drawing(None, found), None
    return drawing(around, found, box=METROPOLE if country else None), around


def presence(report: Report) -> dict[str, Any]:
    counts = [(sector, report.figure("N", sector.slug)) for sector in report.sectors]
    counts.sort(key=lambda pair: -(pair[1].value or 0))
    rows = [
        Row(sector.label, figure.value, value_of(figure), f"sector sector-{sector.slug}")
        for sector, figure in counts
    ]
    return {
        "figures": several(report, "N", "D1", "D2", "N-active"),
        "chart": charts.bars("c-secteurs", _("Initiatives par secteur."), rows),
        "sectors": tables.sectors(report, report.zone.count < FEW),
        "forms": tables.forms(report) if report.forms else None,
        "forms_chart": charts.bars(
            "c-formes", _("Initiatives par forme juridique."),
            [Row(tables.capitalized(each.label), each.count, number(each.count)) for each in report.forms],
        ),
    }  # fmt: skip


def where(report: Report) -> dict[str, Any]:
    alone = report.zone.communes == 1
    codes = () if alone else ("A1-5", "A1-10", "A1-20")
    white = [each for each in report.white_zones if each.count]
    return {
        "alone": alone,
        "figures": several(report, *codes, "A2"),
        "chart": distances(report) if alone else reach(report),
        "reach": tables.distances(report) if alone else tables.reach(report),
        "left_out": report.left_out,
        "white_zones": [
            (report.sector(each.sector), each, each.communes[:NAMED], each.count - len(each.communes[:NAMED]))
            for each in sorted(white, key=lambda each: -each.population)
        ],
    }


def reach(report: Report) -> charts.Chart | None:
    """Who lives within reach of each sector."""
    rows = []
    for slug, label in [(None, _("Tous secteurs")), *((s.slug, s.label) for s in report.sectors)]:
        parts = [report.figure(code, slug) for code in ("A1-5", "A1-10", "A1-20")]
        rows.append((label, value_of(parts[1]), [part.value or 0 for part in parts]))
    return charts.nested("c-portee", _("Habitants à 5, 10 et 20 km ou moins, par secteur."), rows)


def distances(report: Report) -> charts.Chart | None:
    """How far each sector is from one commune."""
    rows = []
    for slug, label in [(None, _("Tous secteurs")), *((s.slug, s.label) for s in report.sectors)]:
        figure = report.figure("A2", slug)
        role = "other" if slug else "around"
        rows.append(Row(label, figure.value, value_of(figure) or "–", role))
    return charts.bars("c-distances", _("Distance de la plus proche, par secteur."), rows)


def mix(report: Report) -> dict[str, Any]:
    widest = report.references[-1] if report.references else None
    rows = []
    for sector in report.sectors:
        figure = report.figure("S1", sector.slug)
        alike = figure.references.get(report.pooled.id) if report.pooled else None
        rows.append((sector.label, value_of(figure), figure.value, alike))
    rows.sort(key=lambda row: -(row[2] or 0))
    marked = [(sector, icon_of(sector.slug)) for sector in report.sectors]
    return {
        "indices": several(report, "S2", "S3", "S3E"),
        "coverage": told(report.figure("S4")),
        "explored": told(report.figure("S5")),
        "widest": widest,
        "special": report.figure("S1", report.sectors[0].slug) if report.sectors else None,
        "chart": charts.quotients(
            "c-specificite", _("Part de chaque secteur, divisée par sa part ailleurs."), rows
        ),
        "quotients": tables.quotients(report),
        "present": [(sector, icon) for sector, icon in marked if report.zone.holds(sector.number)],
        "absent": [(sector, icon) for sector, icon in marked if not report.zone.holds(sector.number)],
        "potential": [
            (report.sector(each.sector), told(each), named(report, each.references))
            for each in report.of("S5")
            if each.sector
        ],
    }


def named(report: Report, ids: Any) -> list[Zone]:
    return sorted((report.zone_of(id) for id in ids), key=lambda zone: zone.name)


def web(report: Report) -> dict[str, Any]:
    return {
        "figures": several(report, "R1", "R1-degree", "R1-isolated", "R2"),
        "none": report.figure("R1").why if report.figure("R1").value is None else "",
        "outward": report.figure("R1").value is None and report.figure("R2").value is not None,
        "bridges": [(each, percent(each.between, 1)) for each in report.bridges],
        **linked(report),
    }


def linked(report: Report) -> dict[str, Any]:
    """Those that have a partner here, where they are few enough for a drawing to be read."""
    kept = [place for place, each in enumerate(report.actors) if each.partners]
    if not 0 < len(kept) <= DRAWN:
        return {"undrawn": number(len(kept)) if kept else ""}
    anew = {place: line for line, place in enumerate(kept)}
    actors = [
        replace(each, partners=tuple(anew[place] for place in each.partners))
        for each in (report.actors[place] for place in kept)
    ]
    title = _("Les initiatives d’ici, un arc entre celles qui sont liées.")
    return {
        "chart": charts.web("c-liens", title, actors, {each.slug for each in report.bridges}),
        "actors": [(each, [actors[place] for place in each.partners]) for each in actors],
    }


def comparison(report: Report) -> dict[str, Any]:
    around = tables.beside(report)
    peers = sorted(report.peers, key=lambda zone: zone.name)
    standing, few = report.figure("C2"), report.zone.count < FEW
    return {
        "chart": densities(report, None, around, peers),
        "interval": bool(interval_of(report.figure("D1"))),
        "around": tables.territories(
            report, "t-autour", _("Initiatives et densités, ici et autour"), around, few
        )
        if around
        else None,
        "peers": tables.territories(
            report, "t-similaires", _("Initiatives et densités, ici et chez les semblables"), peers, few
        )
        if peers
        else None,
        "standing": told(standing),
        "standing_others": str(OTHERS[report.zone.kind]),
        "official": [official(report, each) for each in report.figures if OFFICIAL.fullmatch(each.code)],
    }


def official(report: Report, figure: Figure) -> dict[str, Any]:
    """A figure that others publish: here, around, and where it comes from."""
    series = next((each for each in report.official if each.code == figure.code), None)
    return {
        "figure": told(figure),
        "series": series,
        "title": series.label if series else name_of(figure.code),
        "table": tables.official(report, figure, series) if series else None,
    }


def densities(
    report: Report, sector: SectorName | None, around: Sequence[Zone], peers: Sequence[Zone]
) -> charts.Chart | None:
    """D1 here with its interval, then around, then in the peers."""
    figure = report.figure("D1", sector.slug if sector else None)
    here = Row(report.zone.name, figure.value, value_of(figure) or "–", "here", figure.low, figure.high)
    rows = [here] + [
        Row(tables.title_of(zone), figure.references.get(zone.id), tables.elsewhere(figure, zone), role)
        for role, zones in (("around", around), ("peer", peers))
        for zone in zones
    ]
    title = _("Initiatives pour 10 000 habitants, ici et ailleurs.")
    return charts.bars("c-densite-secteur" if sector else "c-densite", title, rows)


def close_up(report: Report, sector: SectorName) -> dict[str, Any]:
    """One sector, looked at more closely."""
    around, peers = tables.beside(report), sorted(report.peers, key=lambda zone: zone.name)
    white = next((each for each in report.white_zones if each.sector == sector.slug), None)
    codes = ("N", "D1", "S1", "A1-5", "A1-10", "A1-20", "A2")
    return {
        "slug": sector.slug,
        "label": sector.label,
        "icon": icon_of(sector.slug),
        "figures": [weighed(report, each) for each in several(report, *codes, sector=sector.slug)],
        "count": report.zone.holds(sector.number),
        "chart": densities(report, sector, around, peers),
        "table": tables.of_sector(report, sector, [*around, *peers]),
        "having": [zone for zone in peers if zone.holds(sector.number)],
        "peers": len(peers),
        "white": white,
        "white_named": white.communes[:CLOSE] if white else [],
        "href": search_address({"territory": report.zone.id, "sector": sector.slug}),
    }


def weighed(report: Report, each: Told) -> Told:
    """S1 of one sector, by a name that says what it is beside."""
    if each.code != "S1" or not report.references:
        return each
    name = _("Part ici, divisée par sa part : {place}").format(place=report.references[-1].name)
    return replace(each, name=name, unit="")


def change(report: Report) -> dict[str, Any]:
    return {
        "chart": charts.years(
            "c-evolution", _("Initiatives fondées et fermées, par année."), report.evolution
        ),
        "entries": charts.entries(
            "c-entrees", _("Fiches entrées dans Maillage, par année."), report.evolution
        ),
        "table": tables.evolution(report),
        "last": told(report.figure("T1")),
        "undated": out_of(report.zone.undated, report.zone.count) if report.zone.undated else "",
    }
