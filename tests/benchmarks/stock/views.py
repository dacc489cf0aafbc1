"""A list as the guides of djangorestframework-gis and django-filter write it, and two exports."""

import csv
from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_gis.filters import DistanceToPointFilter, InBBoxFilter
from rest_framework_gis.serializers import GeoFeatureModelSerializer
from stock.models import Initiative, Territory

VISIBLE = (
    Initiative.objects.filter(publication="published", activity_state="open")
    .select_related("commune", "departement", "main_sector")
    .prefetch_related("sectors", "activities")
    .order_by("pk")
)


class PlaceSerializer(serializers.ModelSerializer):
    class Meta:
        model = Territory
        fields = ["id", "name"]


class InitiativeSerializer(GeoFeatureModelSerializer):
    sector = serializers.SlugRelatedField("slug", source="main_sector", read_only=True)
    sectors = serializers.SlugRelatedField("slug", many=True, read_only=True)
    activities = serializers.SlugRelatedField("slug", many=True, read_only=True)
    commune = PlaceSerializer()
    departement = PlaceSerializer()
    url = serializers.SerializerMethodField()
    example = serializers.SerializerMethodField()

    class Meta:
        model = Initiative
        geo_field = "location"
        id_field = "slug"
        fields = [
            "slug", "name", "summary", "sector", "sectors", "activities", "legal_form", "commune", "postcode",
            "departement", "precision", "website", "url", "verified_at", "updated_at", "source", "example",
        ]  # fmt: skip

    def get_url(self, initiative: Initiative) -> str:
        return self.context["request"].build_absolute_uri(f"/initiatives/{initiative.slug}/")

    def get_example(self, initiative: Initiative) -> bool:
        return initiative.origin == "example"


class InitiativeFilter(filters.FilterSet):
    sector = filters.CharFilter("sectors__slug")

    class Meta:
        model = Initiative
        fields = ["sector"]


class Pages(LimitOffsetPagination):
    """limit and offset; the features stand where GeoJSON wants them, beside the count."""

    default_limit = 100
    max_limit = 1_000

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "type": "FeatureCollection",
                "count": self.count,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
                "features": data["features"],
            }
        )


class Initiatives(ListAPIView):
    queryset = VISIBLE
    serializer_class = InitiativeSerializer
    pagination_class: Any = Pages
    filter_backends = [InBBoxFilter, filters.DjangoFilterBackend]
    filterset_class = InitiativeFilter
    bbox_filter_field = "location"


class Around(Initiatives):
    """``?point=lon,lat&dist=metres``, by the library's own filter."""

    filter_backends = [DistanceToPointFilter]
    distance_filter_field = "location"
    distance_filter_convert_meters = True


class Everything(Initiatives):
    """The whole of what matches in one answer: no pages."""

    pagination_class = None


class Table(Initiatives):
    """A CSV of what lies in a box, row by row through the ORM."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> StreamingHttpResponse:
        found = self.filter_queryset(self.get_queryset())
        return StreamingHttpResponse(lines(found), content_type="text/csv")


HEADER = [
    "id", "name", "summary", "sector", "sectors", "activities", "legal_form", "commune_id", "commune",
    "postcode", "departement_id", "departement", "longitude", "latitude", "precision", "website",
    "verified_at", "updated_at", "source",
]  # fmt: skip


class Echo:
    def write(self, line: str) -> str:
        return line


def lines(found: Any) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(HEADER)
    for i in found.iterator(chunk_size=2_000):
        yield writer.writerow([
            i.slug, i.name, i.summary, i.main_sector.slug, ";".join(s.slug for s in i.sectors.all()),
            ";".join(a.slug for a in i.activities.all()), i.legal_form, i.commune_id,
            i.commune.name if i.commune else "", i.postcode, i.departement_id,
            i.departement.name if i.departement else "", i.location.x if i.location else "",
            i.location.y if i.location else "", i.precision, i.website, i.verified_at, i.updated_at, i.source,
        ])  # fmt: skip
