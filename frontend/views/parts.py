"""The outlines of the parts of a territory, for the maps that one moves: what the drawn ones show."""

from __future__ import annotations

import json

import shapely
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from printing.plates import DETAILED, parts_of
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve
from territories.models import Kind, Territory

KINDS = (Kind.COMMUNE, Kind.EPCI, Kind.DEPARTEMENT, Kind.REGION)
MOST = 1_500  # parts: all the intercommunalities of France, and the communes in none
# Band of detail (a map zoom) by how many parts there are: fewer are seen from nearer.
NEAR, MIDDLE, FAR = 10, 8, 6
DECIMALS = 4


@require_safe
def parts(request: HttpRequest, id: str, kind: str) -> HttpResponse:
    """GeoJSON: one feature for each part that has an outline, its ``id`` that of the territory."""
    try:
        found = resolve(id)
    except UnknownTerritory:
        raise Http404 from None
    if kind not in KINDS:
        raise Http404
    ids = [found.pk] if kind == found.kind else ids_of(found, kind)
    if not ids or len(ids) > MOST:
        raise Http404
    zoom = NEAR if len(ids) <= DETAILED else MIDDLE if len(ids) <= 5 * DETAILED else FAR
    features = [
        {
            "type": "Feature",
            "id": part.id,
            "geometry": json.loads(shapely.to_geojson(rounded(part.outline))),
            "properties": {"at": [round(degrees, DECIMALS) for degrees in part.at]},
        }
        for part in parts_of(ids, found.pk, zoom)
    ]
    body = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    return HttpResponse(body, content_type="application/geo+json")


def rounded(outline: shapely.Geometry) -> shapely.Geometry:
    """A simplified outline may touch itself, and rounding refuses what does."""
    return shapely.set_precision(shapely.make_valid(outline), 10.0**-DECIMALS)


def ids_of(territory: Territory, kind: str) -> list[str]:
    """The territories of a kind inside; with the intercommunalities, the communes that are in none."""
    wanted = Q(kind=kind)
    if kind == Kind.EPCI:
        wanted |= Q(kind=Kind.COMMUNE, epci=None)
    inside = Territory.objects.get_queryset().within(territory).filter(wanted).order_by("pk")
    return list(inside.values_list("pk", flat=True)[: MOST + 1])
