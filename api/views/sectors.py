"""What initiatives do: sectors and their activities."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.forms import JsonForm, read
from api.parameters import parameters_of
from api.serializers import SectorsSerializer
from api.views.reading import HOUR, Reading
from directory.models import Sector


class Sectors(Reading):
    max_age = HOUR

    @extend_schema(
        operation_id="listSectors",
        summary="Sectors and activities",
        description="The whole taxonomy, with labels in French and English.",
        parameters=parameters_of(JsonForm),
        responses={(200, "application/json"): SectorsSerializer},
    )
    def get(self, request: Request) -> Response:
        read(JsonForm, request)
        sectors = Sector.objects.order_by("pk").prefetch_related("activities__replaced_by")
        return Response(SectorsSerializer({"sectors": sectors}).data)
