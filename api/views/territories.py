"""Territories: what they are, what contains what, where a point is, how they are drawn."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers, keyset, places
from api.errors import NotHere
from api.forms import DEFAULT_LIMIT, FeatureForm, LocateForm, OutlineForm, OutlinesForm, TerritoriesForm, read
from api.parameters import parameters_of
from api.schemas import Schema, ref
from api.views.reading import DAY, HOUR, GeoReading
from territories import gazetteer, outlines
from territories.drafts import BANDS
from territories.models import Kind, Territory
from territories.querysets import TerritoryQuerySet

# The finest of the simplified outlines: more has to be asked for.
DEFAULT_ZOOM = max(BANDS)


def in_geojson(name: str) -> dict[tuple[int, str], Schema]:
    return {(200, media_type): ref(name) for media_type in ("application/geo+json", "application/json")}


class Territories(GeoReading):
    @extend_schema(
        operation_id="listTerritories",
        summary="Territories",
        description="Each at its chief place, by kind and name, a page at a time.",
        parameters=parameters_of(
            TerritoriesForm,
            q="A name, or nearly: accents, case, hyphens, “St” and typing errors are set aside.",
        ),
        responses=in_geojson("TerritoryCollection"),
    )
    def get(self, request: Request) -> Response:
        form = read(TerritoriesForm, request)
        asked = form.cleaned_data
        found = matching(asked)
        rows, cursor = keyset.page(
            found.only(*places.COLUMNS),
            ("kind", "name", "pk"),
            asked["limit"] or DEFAULT_LIMIT,
            asked["cursor"],
            keyset.mark_of_list("territories", request.query_params),
        )
        features = places.features(rows, answers.site(request))
        return Response(
            {
                "type": "FeatureCollection",
                "numberMatched": found.count(),
                "numberReturned": len(features),
                "links": answers.links(request, request.accepted_renderer.media_type, cursor),
                "features": features,
            }
        )


def matching(asked: dict[str, Any]) -> TerritoryQuerySet:
    found = Territory.objects.listed()
    if asked["kind"]:
        found = found.of_kind(*asked["kind"])
    if asked["q"]:
        found = found.named(asked["q"])
    if asked["within"] is not None:
        found = found.within(asked["within"])
    if asked["outline"] is not None:
        found = found.filter(geometry__isnull=not asked["outline"])
    return found


class OneTerritory(GeoReading):
    @extend_schema(
        operation_id="readTerritory",
        summary="One territory",
        description="The code of a former commune redirects to the present one.",
        parameters=parameters_of(FeatureForm, "id"),
        responses=in_geojson("TerritoryDetailFeature"),
    )
    def get(self, request: Request, id: str) -> HttpResponse:
        read(FeatureForm, request)
        territory = gazetteer.resolve(id)
        if territory.pk != id:
            return answers.moved(request, "territory", id=territory.pk)
        [feature] = places.features([territory], answers.site(request))
        return Response(detailed(request, feature, territory))


def detailed(request: Request, feature: dict[str, Any], territory: Territory) -> dict[str, Any]:
    """What one territory says beyond the list: its box, its former communes, where its outline is."""
    extent = territory.envelope.extent if territory.envelope is not None else None
    feature["properties"] |= {
        "bbox": [round(edge, places.DECIMALS) for edge in extent] if extent else None,
        "dated": territory.dated and territory.dated.isoformat(),
        "former": [
            {"code": code, "name": name}
            for code, name in territory.former.order_by("code").values_list("code", "name")
        ],
        "outline": answers.address(request, "outline", id=territory.pk) if extent else None,
    }
    return feature


class Outline(GeoReading):
    max_age = DAY

    @extend_schema(
        operation_id="readOutline",
        summary="The outline of a territory",
        description="As detailed as the zoom needs; 404 where the open data used has none.",
        parameters=parameters_of(
            OutlineForm, "id", zoom=f"The zoom of the map that draws it, {DEFAULT_ZOOM} if nothing is said."
        ),
        responses=in_geojson("OutlineFeature"),
    )
    def get(self, request: Request, id: str) -> HttpResponse:
        zoom = read(OutlineForm, request).cleaned_data["zoom"]
        territory = gazetteer.resolve(id)
        if territory.pk != id:
            return answers.moved(request, "outline", id=territory.pk)
        if territory.envelope is None:
            raise NotHere(f"{territory.pk} has no outline in the open data used.")
        body = outlines.outline(territory.pk, DEFAULT_ZOOM if zoom is None else zoom)
        return HttpResponse(body, content_type=request.accepted_renderer.media_type)


class Outlines(GeoReading):
    max_age = DAY

    @extend_schema(
        operation_id="readOutlines",
        summary="Outlines for a view of the map",
        description="A base map where there are no tiles. The kind of territory drawn follows the zoom.",
        parameters=parameters_of(OutlinesForm, kind="The kinds to draw, instead of what the zoom calls for."),
        responses=in_geojson("OutlineCollection"),
    )
    def get(self, request: Request) -> HttpResponse:
        asked = read(OutlinesForm, request).cleaned_data
        body = outlines.outlines_in(asked["bbox"], asked["zoom"], asked["kind"])
        return HttpResponse(body, content_type=request.accepted_renderer.media_type)


class Locate(GeoReading):
    max_age = HOUR

    @extend_schema(
        operation_id="locate",
        summary="The commune of a point",
        description="And all that contain it. A point outside every outline belongs to the nearest commune up"
        f" to {gazetteer.REACH:.0f} m; 404 farther.",
        parameters=parameters_of(LocateForm),
        responses=in_geojson("LocatedFeature"),
    )
    def get(self, request: Request) -> Response:
        point = read(LocateForm, request).cleaned_data["point"]
        commune = gazetteer.locate(point)
        if commune is None:
            raise NotHere(f"No commune is within {gazetteer.REACH:.0f} m of {point}.")
        [feature] = places.features([commune], answers.site(request))
        arrondissements = (
            Territory.objects.of_kind(Kind.ARRONDISSEMENT).filter(commune=commune).containing(point)
        )
        around = [
            *arrondissements.order_by("pk")[:1],
            *gazetteer.containing(commune).order_by("kind", "name", "pk"),
        ]
        feature["properties"]["containing"] = [
            {"id": place.pk, "kind": place.kind, "code": place.code, "name": place.name} for place in around
        ]
        return Response(feature)
