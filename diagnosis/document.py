"""The report as a document of plain values, which the API sends as JSON."""

from __future__ import annotations

from typing import Any

from diagnosis.model import Figure, Report
from diagnosis.zones import Zone


def document(report: Report) -> dict[str, Any]:
    """What docs/api.md describes. Numbers are not rounded."""
    return {
        "territory": described(report.zone) | {"communes": report.zone.communes},
        "perimeter": report.perimeter
        and {"dated": report.perimeter.dated.isoformat(), "source": report.perimeter.source},
        "data_date": report.data_date.isoformat(),
        "references": [described(each) for each in report.references],
        "peers": [described(each) for each in report.peers],
        "messages": [{"text": each.text, "codes": list(each.codes)} for each in report.messages],
        "indicators": [told(each) for each in report.figures],
        "white_zones": [
            {
                "sector": each.sector,
                "count": each.count,
                "population": each.population,
                "communes": [{"id": c.id, "name": c.name, "population": c.population} for c in each.communes],
            }
            for each in report.white_zones
        ],
        "evolution": [
            {"year": y.year, "founded": y.founded, "closed": y.closed, "entered": y.entered}
            for y in report.evolution
        ],
        "bridges": [
            {"id": each.slug, "name": each.name, "betweenness": each.between} for each in report.bridges
        ],
        "actors": [
            {
                "id": each.slug,
                "name": each.name,
                "partners": [report.actors[place].slug for place in each.partners],
                "elsewhere": each.elsewhere,
            }
            for each in report.actors
        ],
    }


def described(zone: Zone) -> dict[str, Any]:
    return {
        "id": zone.id, "name": zone.name, "kind": zone.kind, "population": zone.population,
        "area_km2": zone.area,
    }  # fmt: skip


def told(figure: Figure) -> dict[str, Any]:
    return {
        "code": figure.code, "sector": figure.sector, "activity": None, "value": figure.value,
        "unit": figure.unit, "low": figure.low, "high": figure.high, "n": figure.n, "note": figure.why,
        "references": figure.references, "percentile": figure.percentile,
    }  # fmt: skip
