"""What matches, as the map draws it and as the filters count it."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers
from api.forms import FacetsForm, MapForm, read
from api.parameters import parameters_of
from api.schemas import ref
from api.views.reading import GeoReading, Reading
from directory.clusters import clusters
from directory.facets import facets

VIEW = "The view, in degrees: minimum longitude, minimum latitude, maximum longitude, maximum latitude."


class Map(GeoReading):
    @extend_schema(
        operation_id="readMap",
        summary="A view of the map",
        description="Clusters and single initiatives. The box is moved outward to the cells of the zoom, and"
        " the counts sum to `numberMatched`, which is that of `initiatives` with the box of the answer.",
        parameters=parameters_of(MapForm, bbox=VIEW),
        responses={
            (200, "application/geo+json"): ref("MapCollection"),
            (200, "application/json"): ref("MapCollection"),
        },
    )
    def get(self, request: Request) -> HttpResponse:
        form = read(MapForm, request)
        asked = form.cleaned_data
        view = clusters(form.criteria(), asked["bbox"], asked["zoom"], answers.site(request))
        body = answers.collection(
            view.features,
            bbox=[view.bbox.west, view.bbox.south, view.bbox.east, view.bbox.north],
            zoom=view.zoom,
            numberMatched=view.matched,
            numberReturned=len(view.features),
        )
        return HttpResponse(body, content_type=request.accepted_renderer.media_type)


class Facets(Reading):
    @extend_schema(
        operation_id="readFacets",
        summary="Counts by filter",
        description="How many match per value of each filter. Each facet sets its own filter aside and"
        " follows the others; what counts nothing is left out. An initiative with several sectors"
        " counts once in each.",
        parameters=parameters_of(FacetsForm),
        responses={(200, "application/json"): ref("Facets")},
    )
    def get(self, request: Request) -> Response:
        found = facets(read(FacetsForm, request).criteria())
        return Response(
            {"numberMatched": found.count, "withoutPlace": found.count - found.placed, **found.counts}
        )
